use super::*;
use crate::clock::tests::facts;
use proptest::prelude::*;

fn hits(text: &str) -> Vec<Hit> {
    let patterns = Patterns::shipped().expect("sound patterns");
    let review: Review = facts(json!({"text": text}));
    let found = lint(&review, patterns).expect("linted");
    assert_eq!(found.proof.first_wrong(), None);
    found.hits
}

fn kinds(text: &str) -> Vec<&'static str> {
    hits(text).iter().map(|hit| hit.kind.name()).collect()
}

#[test]
fn clauses_that_are_void() {
    for (clause, text, kind) in [
        ("SPC 10(1) zh", "受让方对该技术作出的改进应无偿提供给转让方", "grant_back"),
        ("SPC 10(1) zh 归属", "乙方完成的后续研发成果归甲方所有,甲方不支付任何费用", "grant_back"),
        ("SPC 10(1) zh ban", "乙方不得对合同技术进行改进", "grant_back"),
        (
            "SPC 10(1) en",
            "All improvements made by the Licensee shall be assigned to the Licensor free of charge.",
            "grant_back",
        ),
        (
            "SPC 10(1) en ban",
            "The Licensee shall not make improvements to the process.",
            "grant_back",
        ),
        (
            "SPC 10(2) zh",
            "被许可方不得从其他来源获得与合同技术类似技术或者竞争技术",
            "other_sources",
        ),
        (
            "SPC 10(2) en",
            "The Licensee may not acquire competing technology from any third party.",
            "other_sources",
        ),
        ("SPC 10(3) zh price", "乙方的产品销售价格不得低于甲方公布的价格", "market_limits"),
        ("SPC 10(3) zh quantity", "乙方年产量不得超过一万件", "market_limits"),
        ("SPC 10(3) zh export", "合同产品不得出口到任何其他国家", "market_limits"),
        ("SPC 10(3) zh channel", "合同产品只能通过甲方指定的经销商销售", "market_limits"),
        (
            "SPC 10(3) en price",
            "The Licensee shall not sell the Products at a price below CNY 100.",
            "market_limits",
        ),
        (
            "SPC 10(3) en channel",
            "Products are sold only through channels designated by the Licensor.",
            "market_limits",
        ),
        ("SPC 10(4) zh", "乙方应当购买与实施技术无关的检测设备", "tying"),
        ("SPC 10(4) zh condition", "乙方聘用甲方人员作为许可的条件", "tying"),
        (
            "SPC 10(4) en",
            "The Licensee must purchase services not necessary for the technology.",
            "tying",
        ),
        ("SPC 10(5) zh", "乙方只能从甲方指定的供应商购买原材料", "purchase_sources"),
        ("SPC 10(5) zh ban", "乙方不得向其他供应商采购零部件", "purchase_sources"),
        (
            "SPC 10(5) en",
            "The Licensee shall purchase raw materials exclusively from the Licensor.",
            "purchase_sources",
        ),
        ("SPC 10(6) zh", "被许可方不得对专利权的有效性提出异议", "no_challenge"),
        ("SPC 10(6) zh 无效", "乙方承诺不就该专利请求无效", "no_challenge"),
        (
            "SPC 10(6) en",
            "The Licensee shall not challenge the validity of the Patents.",
            "no_challenge",
        ),
        ("SPC 10(6) en waiver", "Licensee waives any right to contest the patent.", "no_challenge"),
    ] {
        assert_eq!(kinds(text), [kind], "{clause}: {text}");
    }
}

#[test]
fn neighbours_that_are_harmless() {
    for text in [
        "双方均可改进合同技术,改进成果无偿许可给对方,互相对等",
        "乙方作出的改进归乙方所有,甲方可以有偿取得许可",
        "甲方不得限制乙方进行改进",
        "Each party shall grant the other its improvements royalty-free; such improvements belong to their maker.",
        "Improvements belong to the party that makes them.",
        "The Licensor shall not prevent the Licensee from improving or make improvements impossible",
        "乙方不得将合同技术披露给第三方",
        "甲方不得限制乙方从第三方获得类似技术",
        "Nothing in this agreement means the Licensee may not acquire competing technology.",
        "The Licensee shall not disclose the technology.",
        "产品质量不得低于国家标准",
        "乙方应当遵守出口管制法律,不得违法出口合同产品",
        "乙方应按销售价格的百分之三支付提成,每年不得低于二十万元",
        "The Licensee shall not sell counterfeit products.",
        "Shipments follow export control rules; the Licensee shall not export the products abroad against applicable law.",
        "乙方应当购买实施技术所必需的设备",
        "乙方无需购买与实施技术无关的设备",
        "甲方不得要求乙方购买非实施技术所必需的设备",
        "The Licensee shall not be required to purchase equipment not necessary for the technology.",
        "乙方可以从任何供应商购买原材料",
        "The Licensee may purchase materials from the Licensor or from any other supplier.",
        "The Licensee may purchase materials only from qualified suppliers.",
        "被许可方有权对专利权的有效性提出异议",
        "许可方不得因被许可方请求宣告专利权无效而解除合同",
        "乙方不得侵犯他人专利权,第三人提出异议的由甲方处理",
        "The Licensor may not terminate because the Licensee challenges the validity of the Patents.",
        "The Licensee may challenge the validity of the Patents.",
        "The parties shall not assign this agreement.",
        "",
    ] {
        assert_eq!(kinds(text), [""; 0], "{text}");
    }
}

#[test]
fn a_hit_shows_its_place() {
    let text = "第一条 定义。第二条 被许可方不得对专利权的有效性提出异议;其他从略。";
    let found = hits(text);
    let hit = found.first().expect("a hit");
    assert_eq!(hit.article, "SPC 10(6)");
    assert_eq!(hit.text, "不得对专利权的有效性提出异议");
    let shown: String = text.chars().skip(hit.start).take(hit.end - hit.start).collect();
    assert_eq!(shown, hit.text);
    assert_eq!((hit.start, hit.end), (15, 29));
    assert!(hit.label.zh.contains("有效性") && hit.label.en.contains("challenged"));
    // A sentence cannot borrow words from the next one; a number's point ends none.
    assert_eq!(kinds("乙方不得迟延。对专利权提出异议的,另行协商。"), [""; 0]);
    assert_eq!(kinds("The Licensee shall not pay late. Anyone may challenge the patent."), [""; 0]);
    assert_eq!(
        kinds("The Licensee shall not, save under 3.2 above, challenge the patent"),
        ["no_challenge"]
    );
    assert_eq!(kinds("The Licensee shall not challenge\nthe patent"), ["no_challenge"]);
    // Whole words only.
    assert_eq!(kinds("The Licensee shall not challenge patentability reports"), [""; 0]);
    assert_eq!(kinds("The Licensee marshall not challenge the patent"), [""; 0]);
    // The last word of a sentence is not the next one's first.
    assert_eq!(kinds("以下各项乙方须;购买不必要的设备"), [""; 0]);
    assert_eq!(kinds("乙方须购买不必要的设备"), ["tying"]);
    // The tightest stretch is shown, whichever phrase stands first.
    let shown = |text: &str| hits(text).first().map(|hit| hit.text.clone());
    assert_eq!(shown("乙方不得迟延,不得对专利异议").as_deref(), Some("不得对专利异议"));
    assert_eq!(shown("不得对专利异议,乙方不得迟延").as_deref(), Some("不得对专利异议"));
    assert_eq!(shown("专利说明,不得对专利异议,专利").as_deref(), Some("不得对专利异议"));
    // In the order of the text.
    let two = "乙方不得对专利提出异议;乙方不得对合同技术进行改进";
    assert_eq!(kinds(two), ["no_challenge", "grant_back"]);
}

#[test]
fn what_is_too_far_apart_is_no_clause() {
    let gap = |size: usize| format!("乙方不得{}专利异议", "的".repeat(size));
    // 不得 + gap + 专利 + 异议 = gap + 6 characters; the pattern reaches over 40.
    assert_eq!(kinds(&gap(34)), ["no_challenge"]);
    assert_eq!(kinds(&gap(35)), [""; 0]);
}

#[test]
fn a_warning_needs_a_reason() {
    let patterns = Patterns::shipped().expect("sound");
    let text = "乙方不得对专利提出异议;乙方不得对商标提出异议";
    let ask = |overrides: Value| {
        let review: Review = facts(json!({"text": text, "overrides": overrides}));
        accept(&review, patterns)
    };
    let refusal = ask(json!([])).expect_err("no reason");
    assert_eq!((refusal.code, refusal.rule.as_str()), ("E-CON-04", "SPC 10(6)"));
    assert_eq!(refusal.place.value.as_deref(), Some("不得对专利提出异议"));
    assert_eq!(refusal.place.column.as_deref(), Some("text:2..11"));
    let all = ask(json!([{"kind": "no_challenge", "reason": " settled in court "}])).expect("kept");
    assert_eq!(all.hits.len(), 2);
    assert!(all.hits.iter().all(|hit| hit.reason.as_deref() == Some("settled in court")));
    for kind in Kind::ALL {
        let said = all.proof.find(kind.name()).map(|part| part.value.text());
        let expected = if kind == Kind::NoChallenge { "true" } else { "false" };
        assert_eq!(said.as_deref(), Some(expected));
    }
    let json = all.json();
    assert_eq!(json["hits"][0]["kind"], "no_challenge");
    assert_eq!(json["hits"][0]["code"], "E-CON-04");
    assert_eq!(json["hits"][0]["start"], 2);
    assert_eq!(json["hits"][0]["end"], 11);
    assert_eq!(json["hits"][0]["reason"], "settled in court");
    let one = ask(json!([{"kind": "no_challenge", "start": 2, "reason": "agreed"}]));
    assert_eq!(one.map_err(|r| r.place.column).err().flatten().as_deref(), Some("text:14..23"));
    let blank = ask(json!([{"kind": "no_challenge", "reason": " "}]));
    assert_eq!(blank.map_err(|r| r.code).err(), Some("E-CON-04"));
    let other = ask(json!([{"kind": "tying", "reason": "agreed"}]));
    assert_eq!(other.map_err(|r| r.code).err(), Some("E-CON-04"));
    let clean: Review = facts(json!({"text": "双方友好协商"}));
    let clean = accept(&clean, patterns).expect("clean");
    assert_eq!(clean.proof.value, kernel::proof::Shown::Truth(false));
    assert_eq!(clean.proof.parts.len(), 6);
}

#[test]
fn bounds_and_shapes() {
    let patterns = Patterns::shipped().expect("sound");
    let long: Review = facts(json!({"text": "a".repeat(TEXT_MAX)}));
    assert!(lint(&long, patterns).is_ok());
    // One endless sentence of nothing but phrases.
    let dense: Review = facts(json!({"text": "不得专利异议".repeat(5_000)}));
    assert_eq!(lint(&dense, patterns).map(|found| found.hits.len()), Ok(1));
    let long: Review = facts(json!({"text": "a".repeat(TEXT_MAX + 1)}));
    assert_eq!(lint(&long, patterns).map_err(|r| r.code).err(), Some("E-SIZE"));
    let code = |text: &str| Patterns::parse(text).map(|_| ()).map_err(|r| r.code).err();
    let with = |all: &str, none: &str| {
        format!(
            "clauses:\n  - kind: tying\n    article: SPC 10(4)\n    label: {{zh: a, en: b}}\n    patterns:\n      - {{all: {all}, none: {none}, within: 9}}\n"
        )
    };
    assert_eq!(code(&with("[[a]]", "[]")), None);
    for (all, none) in [("[]", "[]"), ("[[]]", "[]"), ("[[a, ' ']]", "[]"), ("[[a]]", "[' ']")] {
        assert_eq!(code(&with(all, none)), Some("E-RULE-03"), "{all} {none}");
    }
    assert_eq!(code("clauses: 3"), Some("E-RULE-03"));
    assert_eq!(code("clauses: [{kind: color}]"), Some("E-RULE-03"));
    let shipped: std::collections::BTreeSet<Kind> =
        patterns.0.iter().map(|entry| entry.kind).collect();
    assert_eq!(shipped.into_iter().collect::<Vec<_>>(), Kind::ALL);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_text_is_linted(text in "\\PC{0,200}") {
        for hit in hits(&text) {
            prop_assert!(hit.start < hit.end && hit.end <= text.chars().count());
        }
    }
}
