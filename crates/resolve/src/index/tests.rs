use super::*;
use proptest::prelude::*;

fn index(names: &[&str]) -> Index {
    let entries = names.iter().map(|name| Entry {
        id: (*name).to_string(),
        names: vec![(*name).to_string()],
        ..Entry::default()
    });
    let lexicon = Arc::new(Lexicon::shipped().expect("the shipped lists are sound"));
    Index::build(lexicon, Weights::shipped().expect("the shipped weights are sound"), entries)
}

const NAMES: [&str; 16] = [
    "复旦大学",
    "复旦大学附属中山医院",
    "复旦大学出版社",
    "中国科学院上海有机化学研究所",
    "中国科学院上海药物研究所",
    "上海师范大学",
    "华东师范大学",
    "漕河泾街道",
    "漕河泾开发区",
    "上海市第一人民医院",
    "上海市第二人民医院",
    "浙江省科学技术厅",
    "上海科技大学",
    "魔珐(上海)信息科技有限公司",
    "深圳职业技术大学",
    "苏州纳米技术研究所",
];

#[test]
fn people_write_names_in_many_ways() {
    let index = index(&NAMES);
    for (query, expected) in [
        ("復旦大學", "复旦大学"),
        ("中科院上海有机所", "中国科学院上海有机化学研究所"),
        ("上师大", "上海师范大学"),
        ("浙江省科技厅", "浙江省科学技术厅"),
        ("深圳职业技术学院", "深圳职业技术大学"),
        ("上海市第1人民医院", "上海市第一人民医院"),
        ("魔珐科技", "魔珐(上海)信息科技有限公司"),
        ("漕河泾街道办事处", "漕河泾街道"),
    ] {
        let matches = index.resolve(query);
        let best = matches.first().expect("a candidate");
        assert_eq!(best.id, expected, "{query}");
        assert_ne!(best.zone, Zone::Separate, "{query} {:.3}", best.probability);
    }
}

#[test]
fn what_must_not_link_stays_apart() {
    for (name, other) in [
        ("复旦大学", "复旦大学附属中山医院"),
        ("复旦大学附属中山医院", "复旦大学"),
        ("复旦大学出版社", "复旦大学"),
        ("漕河泾街道", "漕河泾开发区"),
        ("上海市第一人民医院", "上海市第二人民医院"),
        ("上海市科学技术厅", "浙江省科学技术厅"),
    ] {
        let matches = index(&[other, "苏州纳米技术研究所", "浙江省教育厅"]);
        let matches = matches.resolve(name);
        let found = matches.iter().find(|found| found.id == other);
        assert!(found.is_none_or(|found| found.zone == Zone::Separate), "{name} {other}");
    }
}

#[test]
fn kinds_and_places_count() {
    let lexicon = Arc::new(Lexicon::shipped().expect("sound"));
    let entry = |id: &str, place: &str| Entry {
        id: id.to_string(),
        names: vec!["东方生物科技有限公司".to_string()],
        kind: Some("company".to_string()),
        place: Some(place.to_string()),
    };
    let entries = [entry("a", "浙江省杭州市"), entry("b", "广东省深圳市")];
    let index = Index::build(lexicon, Weights::shipped().expect("sound"), entries);
    let name = "东方生物科技有限公司";
    let ask = |place| Query { name, kind: Some("company"), place };
    assert_eq!(index.resolve(ask(Some("深圳市")))[0].id, "b");
    assert_eq!(index.resolve(ask(Some("杭州")))[0].id, "a");
    let unsure = &index.resolve(ask(None))[0];
    assert_ne!(unsure.zone, Zone::Merge, "two of one name: a person decides");
    let other = Query { kind: Some("person"), ..ask(Some("杭州")) };
    assert!(index.resolve(other)[0].score < index.resolve(ask(Some("杭州")))[0].score);
}

proptest! {
    #[test]
    fn the_parts_add_up_to_the_score(query in "[大学上海复旦中科院有限公司第一二a-c() ]{0,14}") {
        let index = index(&NAMES);
        let matches = index.resolve(query.as_str());
        prop_assert!(matches.len() <= MATCHES_MAX);
        for found in &matches {
            let sum: f64 = found.parts().iter().map(|part| part.contribution).sum();
            prop_assert!((sum - found.score).abs() < 1e-3, "{} {}", sum, found.score);
            prop_assert!((0.0..=1.0).contains(&found.probability));
        }
        prop_assert!(matches.windows(2).all(|pair| pair[0].score >= pair[1].score));
        prop_assert_eq!(&matches, &index.resolve(query.as_str()));
        let total: f64 = matches.iter().map(|found| found.probability).sum();
        prop_assert!(total <= 1.0 + 1e-6);
    }

    #[test]
    fn any_text_is_a_name(text in "\\PC{0,40}") {
        let index = index(&NAMES[..2]);
        let _ = index.resolve(text.as_str());
        let part = crate::distinctive(index.lexicon(), &text);
        prop_assert!(part.is_none_or(|part| text.contains(part)));
    }
}
