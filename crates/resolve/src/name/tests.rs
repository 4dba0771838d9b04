use super::*;

fn lexicon() -> Lexicon {
    Lexicon::shipped().expect("the shipped lists are sound")
}

#[test]
fn takes_names_apart() {
    let lexicon = lexicon();
    for (name, parent, core, form) in [
        ("复旦大学附属中山医院", Some("复旦大学"), "中山", "医院"),
        ("中国科学院上海有机化学研究所", Some("中国科学院"), "有机化学", "研究所"),
        ("中科院上海有机所", Some("中国科学院"), "有机", "所"),
        ("山东省科学院新材料研究所", Some("山东省科学院"), "新材料", "研究所"),
        ("中国科学院大学", None, "科学院", "大学"),
        ("上海人工智能實驗室", None, "人工智能", "实验室"),
        ("安徽省科技厅", None, "科学技术", "厅"),
        ("魔珐（上海）信息科技有限公司", None, "魔珐", "有限公司"),
        ("漕河泾街道", None, "漕河泾", "街道"),
        ("漕河泾开发区", None, "漕河泾", "开发区"),
    ] {
        let parsed = OrgName::parse(&lexicon, name);
        assert_eq!(parsed.parent(), parent, "{name}");
        let own = |role| {
            let after = |piece: &&Piece| piece.role == role && piece.start >= parsed.parent_end;
            parsed.pieces.iter().filter(after).map(|p| &parsed.text[p.start..p.end]).collect()
        };
        let (cores, forms): (String, String) = (own(Role::Core), own(Role::Form));
        assert_eq!((cores.as_str(), forms.as_str()), (core, form), "{name}");
    }
}
