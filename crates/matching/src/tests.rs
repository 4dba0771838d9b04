//! A small made-up district of results and demands, searched, matched and answered.

use crate::{
    Answer, Compare, Engine, Fact, Feedback, Hit, Holds, Matches, Options, PartKey, Query, Record,
    Rules, Unknowns, Verdict, coverage, match_records, table,
};
use kernel::{Day, Fen, Timestamp};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

fn rules() -> Arc<Rules> {
    Arc::new(Rules::shipped().expect("shipped rules"))
}

fn fen(yuan: i64) -> Fen {
    Fen::new(yuan * 100).expect("an amount")
}

fn result(id: &str, group: &str, title: &str, summary: &str) -> Record {
    let fields = [("title", title), ("summary", summary)];
    Record {
        id: id.to_string(),
        kind: "result".to_string(),
        group: group.to_string(),
        fields: fields.map(|(key, text)| (key.to_string(), text.to_string())).into(),
        ..Record::default()
    }
}

fn with(mut record: Record, facts: &[(&str, Fact)]) -> Record {
    record.facts = facts.iter().map(|(key, fact)| ((*key).to_string(), fact.clone())).collect();
    record
}

fn demand(title: &str, facts: &[(&str, Fact)]) -> Record {
    let record = Record { kind: "demand".to_string(), ..result("d1", "虹桥水务", title, "") };
    with(record, facts)
}

fn district() -> Vec<Record> {
    let price = |yuan| Fact::Money { from: Some(fen(yuan)), to: None };
    vec![
        with(
            result("r1", "枫林研究所", "陶瓷膜处理高盐废水", "用陶瓷膜分离高盐废水中的有机物"),
            &[
                ("stage", Fact::Level(6)),
                ("licence", Fact::codes(["ordinary"])),
                ("budget", price(50)),
            ],
        ),
        with(
            result("r2", "枫林研究所", "高盐废水电渗析", "电渗析浓缩高盐废水,回收盐分"),
            &[("stage", Fact::Level(3)), ("licence", Fact::codes(["exclusive", "ordinary"]))],
        ),
        with(
            result("r3", "田林大学", "废水深度脱氮菌剂", "菌剂在低温下脱氮,用于高盐废水"),
            &[("stage", Fact::Unknown), ("licence", Fact::codes(["ordinary"]))],
        ),
        with(
            result("r4", "田林大学", "激光雷达点云分割", "车载激光雷达点云的实时分割"),
            &[("stage", Fact::Level(7)), ("licence", Fact::codes(["assignment"]))],
        ),
        result("r5", "康健医院", "内窥镜息肉识别", "内窥镜图像中识别息肉"),
    ]
}

fn engine(records: &[Record]) -> Engine {
    let engine = Engine::create(None, rules()).expect("an engine");
    engine.add(records).expect("records are added");
    engine.commit().expect("a commit");
    engine
}

fn search(engine: &Engine, text: &str) -> Vec<Hit> {
    engine.search(&Query::new(text)).expect("a search")
}

fn ids(hits: &[Hit]) -> Vec<&str> {
    hits.iter().map(|hit| hit.id.as_str()).collect()
}

fn matched(engine: &Engine, demand: &Record, options: &Options<'_>) -> Matches {
    match_records(engine, demand, options).unwrap_or_else(|error| panic!("{error}"))
}

fn shown(matches: &Matches) -> Vec<&str> {
    matches.matches.iter().map(|found| found.record.id.as_str()).collect()
}

#[test]
fn what_is_asked_finds_what_answers() {
    let engine = engine(&district());
    for (asked, first) in [
        ("高盐废水怎么处理", "r1"),
        ("请问有没有激光雷达点云算法", "r4"),
        ("高鹽廢水電滲析", "r2"),
        ("內窺鏡", "r5"),
    ] {
        assert_eq!(ids(&search(&engine, asked)).first(), Some(&first), "{asked}");
    }
    assert!(search(&engine, "").is_empty() && search(&engine, "zzz").is_empty());
    let only = Query { kinds: vec!["demand".to_string()], ..Query::new("废水") };
    assert!(engine.search(&only).expect("a search").is_empty());
    assert_eq!(engine.find("r2").expect("a look"), Some(district()[1].clone()));
}

#[test]
fn ties_go_by_id_whatever_the_order_of_adding() {
    let twins = |order: [&str; 3]| {
        let records = order.map(|id| result(id, "", "石墨烯涂层", ""));
        ids(&search(&engine(&records), "石墨烯"))
            .iter()
            .map(|id| id.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(twins(["c", "a", "b"]), ["a", "b", "c"]);
    assert_eq!(twins(["b", "c", "a"]), ["a", "b", "c"]);
}

#[test]
fn scores_do_not_depend_on_how_records_came() {
    let at_once = engine(&district());
    let bit_by_bit = Engine::create(None, rules()).expect("an engine");
    let stray = result("r9", "枫林研究所", "高盐废水废水废水", "废水");
    bit_by_bit.add(&[stray, district()[3].clone()]).expect("added");
    bit_by_bit.commit().expect("a commit");
    for record in district().iter().rev() {
        bit_by_bit.add(std::slice::from_ref(record)).expect("added");
        bit_by_bit.commit().expect("a commit");
    }
    bit_by_bit.remove(&["r9", "never there"]).expect("removed");
    bit_by_bit.commit().expect("a commit");
    for asked in ["高盐废水", "激光雷达", "识别 废水 脱氮"] {
        assert_eq!(search(&at_once, asked), search(&bit_by_bit, asked), "{asked}");
    }
}

#[test]
fn a_folder_keeps_what_was_committed() {
    let folder = std::env::temp_dir().join(format!("matching-{}", std::process::id()));
    let kept = Engine::create(Some(&folder), rules()).expect("an engine");
    kept.add(&district()).expect("added");
    kept.learn("r5", "a1", "胃镜里的小肉球怎么自动找出来").expect("learnt");
    kept.commit().expect("a commit");
    let before = search(&kept, "胃镜小肉球");
    kept.add(&[result("r6", "", "胃镜", "")]).expect("added");
    kept.rollback().expect("a rollback");
    drop(kept);
    let again = Engine::open(&folder, rules()).expect("the same engine");
    assert_eq!(ids(&before), ["r5"]);
    assert_eq!(search(&again, "胃镜小肉球"), before);
    assert_eq!((again.record_count(), again.answer_count()), (5, 1));
    drop(again);
    std::fs::remove_dir_all(&folder).expect("the folder goes");
    assert!(Engine::open(&folder, rules()).is_err());
}

#[test]
fn learning_helps_and_forgetting_undoes_it() {
    let engine = engine(&district());
    let asked = "龙头怪味";
    assert!(search(&engine, asked).is_empty());
    let before = search(&engine, "废水");
    for (record, answer) in [("r3", "a1"), ("r3", "a2"), ("gone", "a1")] {
        engine.learn(record, answer, "龙头有怪味怎么办").expect("learnt");
    }
    engine.commit().expect("a commit");
    assert_eq!(ids(&search(&engine, asked)), ["r3"]);
    let parts = search(&engine, asked)[0].parts.clone();
    assert!(parts.iter().any(|(key, points)| *key == PartKey::Learnt && *points > 0.0));
    assert_eq!(engine.find("r3").expect("a look"), Some(district()[2].clone()));
    engine.add(&[district()[2].clone()]).expect("added again");
    engine.commit().expect("a commit");
    assert_eq!(ids(&search(&engine, asked)), ["r3"], "a new version keeps what was learnt");
    for (record, answer) in [("r3", "a1"), ("r3", "a2"), ("gone", "a1"), ("r3", "no such")] {
        engine.forget(record, answer).expect("forgotten");
    }
    engine.commit().expect("a commit");
    assert_eq!(search(&engine, "废水"), before);
    assert!(search(&engine, asked).is_empty());
}

#[test]
fn constraints_gate_before_points_rank() {
    let engine = engine(&district());
    let facts = [
        ("stage", Fact::Level(5)),
        ("licence", Fact::codes(["ordinary"])),
        ("budget", Fact::up_to(fen(60))),
    ];
    let demand = demand("高盐废水处理技术", &facts);
    let found = matched(&engine, &demand, &Options::default());
    assert_eq!(shown(&found), ["r1", "r3"]);
    assert_eq!(found.failed, [("stage".to_string(), 1)]);
    let holds = |at: usize| -> Vec<Holds> {
        found.matches[at].constraints.iter().map(|line| line.holds).collect()
    };
    assert_eq!(holds(0), [Holds::Yes; 3]);
    assert_eq!(holds(1), [Holds::Unknown, Holds::Yes, Holds::Unknown]);
    assert!(found.matches[0].sure() && !found.matches[1].sure());
    let reasons: Vec<&str> =
        found.matches[0].reasons.iter().map(|reason| reason.zh.as_str()).collect();
    assert!(reasons.iter().any(|zh| zh.contains("高盐废水")), "{reasons:?}");
    assert!(reasons.iter().any(|zh| zh.contains("满足技术成熟度:6级")), "{reasons:?}");
    let strict = Options { unknowns: Unknowns::Drop, ..Options::default() };
    let strict = matched(&engine, &demand, &strict);
    assert_eq!((shown(&strict), strict.unknown), (vec!["r1"], 1));
}

#[test]
fn unknown_last_puts_every_sure_one_before() {
    let records: Vec<Record> = (0..12)
        .map(|at| {
            let unsure = at % 2 == 0;
            let title = if unsure { "固态电池电解质固态电池" } else { "固态电池" };
            let stage = if unsure { Fact::Unknown } else { Fact::Level(7) };
            with(result(&format!("r{at:02}"), "", title, ""), &[("stage", stage)])
        })
        .collect();
    let engine = engine(&records);
    let demand = demand("固态电池电解质", &[("stage", Fact::Level(5))]);
    let last = Options { unknowns: Unknowns::Last, limit: 12, ..Options::default() };
    let found = matched(&engine, &demand, &last);
    let sure: Vec<bool> = found.matches.iter().map(|found| found.sure()).collect();
    assert_eq!(sure, [[true; 6], [false; 6]].concat());
    assert!(found.matches[6].score > found.matches[0].score);
}

#[test]
fn comparing_says_yes_no_or_unknown() {
    let level = Fact::Level;
    let money =
        |from: Option<i64>, to: Option<i64>| Fact::Money { from: from.map(fen), to: to.map(fen) };
    let day = |text: &str| Some(Day::parse(text).expect("a day"));
    let days = |from, to| Fact::Days { from, to };
    use Compare::{Affordable, AllOf, AnyOf, AtLeast, AtMost, Overlap, Within};
    use Holds::{No, Unknown, Yes};
    for (compare, wanted, has, expected) in [
        (AtLeast, level(5), level(5), Yes),
        (AtLeast, level(5), level(4), No),
        (AtLeast, level(5), Fact::Unknown, Unknown),
        (AtLeast, level(5), Fact::codes(["5"]), Unknown),
        (AtMost, level(1), level(2), No),
        (AtMost, level(1), level(0), Yes),
        (Affordable, money(None, Some(100)), money(Some(100), Some(900)), Yes),
        (Affordable, money(None, Some(100)), money(Some(101), None), No),
        (Affordable, money(None, Some(100)), money(None, Some(101)), Unknown),
        (Affordable, money(None, Some(100)), money(None, Some(99)), Yes),
        (Affordable, money(None, Some(100)), money(None, None), Unknown),
        (Overlap, days(day("2026-03-01"), None), days(None, day("2026-03-01")), Yes),
        (Overlap, days(day("2026-03-02"), None), days(None, day("2026-03-01")), No),
        (Overlap, days(None, day("2026-01-01")), days(day("2026-01-02"), None), No),
        (AnyOf, Fact::codes(["a", "b"]), Fact::codes(["b"]), Yes),
        (AnyOf, Fact::codes(["a"]), Fact::codes(["b"]), No),
        (AnyOf, Fact::codes(["a"]), Fact::codes::<&str>([]), Unknown),
        (AllOf, Fact::codes(["a", "b"]), Fact::codes(["b"]), No),
        (AllOf, Fact::codes(["a", "b"]), Fact::codes(["b", "a", "c"]), Yes),
        (Within, Fact::codes(["sh/xuhui"]), Fact::codes(["sh/xuhui/tianlin"]), Yes),
        (Within, Fact::codes(["sh/xuhui"]), Fact::codes(["sh/xuhuixi"]), No),
        (Within, Fact::codes(["sh/xuhui"]), Fact::codes(["sh"]), Unknown),
    ] {
        assert_eq!(compare.holds(&wanted, &has), expected, "{compare:?} {wanted:?} {has:?}");
    }
}

#[test]
fn difference_shows_another_institution_sooner() {
    let mut records: Vec<Record> = (0..4)
        .map(|at| result(&format!("a{at}"), "枫林研究所", "钙钛矿光伏组件", "钙钛矿"))
        .collect();
    records.push(result("b0", "田林大学", "钙钛矿光伏", "组件封装"));
    let engine = engine(&records);
    let demand = demand("钙钛矿光伏组件", &[]);
    let place = |diversity: f64| {
        let options = Options { diversity, ..Options::default() };
        let found = matched(&engine, &demand, &options);
        let at = shown(&found).iter().position(|id| *id == "b0").expect("it is shown");
        (at, found.matches[at].place)
    };
    assert_eq!(place(0.0), (4, 5));
    assert_eq!(place(0.7), (1, 5), "its place by points is still told");
    let options = Options { limit: 2, diversity: 0.0, ..Options::default() };
    let lines = coverage(&engine, &[], &[matched(&engine, &demand, &options)]);
    let line = |at: usize| (lines[at].records, lines[at].shown, lines[at].evenness);
    assert_eq!(lines[0].group, "枫林研究所");
    assert_eq!(line(0), (4, 2, Some(1.25)));
    assert_eq!(line(1), (1, 0, Some(0.0)));
}

fn answer(id: &str, record: &str, verdict: Verdict) -> Answer {
    Answer {
        id: id.to_string(),
        demand_id: "d1".to_string(),
        record_id: record.to_string(),
        question: "河道淤泥发臭怎么治".to_string(),
        verdict,
        at: Timestamp::from_micros(0),
    }
}

fn declined(codes: &[&str]) -> Verdict {
    Verdict::Declined(codes.iter().map(|code| (*code).to_string()).collect())
}

#[test]
fn a_no_lowers_and_taking_it_back_restores() {
    let engine = engine(&district());
    let demand = demand("高盐废水", &[]);
    let rules = engine.rules();
    let run = |answers: &[Answer]| {
        let feedback = Feedback::replay(rules, answers).expect("answers that stand");
        let options = Options { feedback: Some(&feedback), ..Options::default() };
        matched(&engine, &demand, &options)
    };
    let before = run(&[]);
    let first = before.matches[0].record.id.clone();
    let no = answer("a1", &first, declined(&["not_our_field", "too_early"]));
    let after = run(std::slice::from_ref(&no));
    let of = |matches: &Matches| {
        matches.matches.iter().find(|found| found.record.id == first).cloned().expect("the first")
    };
    let (was, is) = (of(&before), of(&after));
    assert_ne!(after.matches[0].record.id, first);
    assert!((is.score - was.score * 0.4 * 0.9).abs() < 1e-9);
    assert!(is.reasons.iter().any(|reason| reason.en.contains("Too early a stage")));
    let back = [no, answer("a1", &first, Verdict::Withdrawn)];
    assert_eq!(run(&back), before);
    for bad in [declined(&[]), declined(&["no such reason"])] {
        assert!(Feedback::replay(rules, &[answer("a2", &first, bad)]).is_err());
    }
}

#[test]
fn a_yes_is_learnt_and_its_withdrawal_forgotten() {
    let engine = engine(&district());
    let asked = "河道淤泥发臭";
    for (verdict, found) in [
        (Verdict::Accepted, vec!["r3"]),
        (declined(&["price"]), vec![]),
        (Verdict::Accepted, vec!["r3"]),
        (Verdict::Withdrawn, vec![]),
    ] {
        engine.take(&answer("a1", "r3", verdict.clone())).expect("taken");
        engine.commit().expect("a commit");
        assert_eq!(ids(&search(&engine, asked)), found, "{verdict:?}");
    }
    engine.take(&answer("a1", "r3", Verdict::Accepted)).expect("taken");
    engine.commit().expect("a commit");
    let found = matched(&engine, &demand("淤泥发臭的河道", &[]), &Options::default());
    let learnt = found.matches[0].parts.iter().find(|part| part.key == PartKey::Learnt);
    assert_eq!(learnt.expect("a learnt part").terms, ["河道淤泥发臭怎么治"]);
}

#[test]
fn what_breaks_a_rule_is_refused_with_a_stable_code() {
    let engine = Engine::create(None, rules()).expect("an engine");
    let good = result("r1", "g", "标题", "");
    let mut field = good.clone();
    field.fields.insert("colour".to_string(), "蓝".to_string());
    let long = result("r1", "g", &"长".repeat(200_001), "");
    for (record, code) in [
        (Record { id: String::new(), ..good.clone() }, "E-MATCH-01"),
        (Record { id: "a\u{1}b".to_string(), ..good.clone() }, "E-MATCH-01"),
        (Record { kind: "dragon".to_string(), ..good.clone() }, "E-MATCH-02"),
        (field, "E-MATCH-03"),
        (long, "E-MATCH-03"),
        (with(good.clone(), &[("height", Fact::Level(1))]), "E-MATCH-04"),
        (with(good.clone(), &[("stage", Fact::codes(["5"]))]), "E-MATCH-04"),
    ] {
        let error = engine.add(&[good.clone(), record]).expect_err(code).to_string();
        assert!(error.starts_with(code), "{error}");
    }
    engine.commit().expect("a commit");
    assert_eq!(engine.record_count(), 0, "all or none");
    let error = engine.learn("r1", "a1", " ").expect_err("an empty question").to_string();
    assert!(error.starts_with("E-MATCH-06"), "{error}");
    let odd = Options { diversity: f64::NAN, ..Options::default() };
    let error = match_records(&engine, &demand("水", &[]), &odd).expect_err("not a number");
    assert!(error.to_string().starts_with("E-MATCH-09"), "{error}");
}

#[test]
fn a_district_extends_the_rules_without_rust() {
    let more = "kinds:\n  - key: course\n    label: {zh: 课程, en: Course}\n    fields: {title: 2}\n\
        synonyms:\n  - {words: [臭水], mean: [黑臭水体]}\n\
        constraints:\n  - {key: hours, label: {zh: 学时, en: Hours}, compare: at_least}\n";
    let rules = Rules::extended(&[("local.yaml", more)]).expect("rules");
    assert!(rules.kind("course").is_some() && rules.kind("result").is_some());
    let engine = Engine::create(None, Arc::new(rules)).expect("an engine");
    engine.add(&[result("r1", "", "黑臭水体治理", "")]).expect("added");
    engine.commit().expect("a commit");
    let hit = search(&engine, "臭水").remove(0);
    assert!(hit.parts.iter().any(|(key, points)| *key == PartKey::Meaning && *points > 0.0));
    for wrong in [
        "kinds:\n  - key: x\n    label: {zh: x, en: x}\n    fields: {title: 9}\n",
        "reasons:\n  - {code: x, label: {zh: x, en: x}, against: pair, weight: 2}\n",
        "surprise: 1\n",
        "- not a file",
    ] {
        let error = Rules::extended(&[("bad.yaml", wrong)]).expect_err(wrong);
        assert_eq!((error.code, error.place.file.as_deref()), ("E-MATCH-05", Some("bad.yaml")));
    }
    assert!(Rules::parse(&[]).is_err(), "no weights");
}

#[test]
fn shipped_rules_have_both_languages_and_codes_of_the_domain() {
    let rules = rules();
    let labels = rules.kinds().map(|kind| &kind.label);
    let labels = labels.chain(rules.constraints().iter().map(|constraint| &constraint.label));
    for label in labels.chain(rules.reasons().map(|reason| &reason.label)) {
        assert!(!label.zh.is_empty() && !label.en.is_empty(), "{label:?}");
    }
    let five = ["too_early", "benefit_unclear", "route_unclear", "description_unclear"];
    for code in five.into_iter().chain(["scientific_doubt"]) {
        let reason = rules.reason(code).expect(code);
        assert!(!reason.improves.is_empty(), "{code}");
    }
}

/// Records whose facts are anything at all.
fn any_fact(key: &'static str) -> BoxedStrategy<Fact> {
    let known = match key {
        "stage" => (1..=9_u8).prop_map(Fact::Level).boxed(),
        "budget" => (0..100_i64, 0..100_i64)
            .prop_map(|(from, more)| Fact::Money {
                from: (from > 20).then(|| fen(from)),
                to: (more > 30).then(|| fen(from + more)),
            })
            .boxed(),
        _ => prop::collection::btree_set("[abc]", 0..3).prop_map(Fact::Codes).boxed(),
    };
    prop_oneof![1 => Just(Fact::Unknown), 3 => known].boxed()
}

fn any_record() -> impl Strategy<Value = Record> {
    let facts = (any_fact("stage"), any_fact("budget"), any_fact("licence"));
    let words = prop::collection::vec("(高盐|废水|膜|激光|雷达|电池|ai)", 1..6);
    let topics = prop::collection::btree_set("(green/water|green/air|ai)", 0..3);
    (words, facts, "(甲|乙|丙)", topics, 0..20_u32).prop_map(
        |(words, (stage, budget, licence), group, topics, cited)| {
            let record = result("r", &group, &words.concat(), "");
            let facts = [("stage", stage), ("budget", budget), ("licence", licence)];
            Record { topics, cited, ..with(record, &facts) }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn matches_keep_their_promises(
        mut records in prop::collection::vec(any_record(), 1..25),
        wanted in any_record(),
        options in (0.0..=1.0_f64, 1..12_usize, 0..3_usize),
    ) {
        for (at, record) in records.iter_mut().enumerate() {
            record.id = format!("r{at}");
        }
        let wanted = Record { kind: "demand".to_string(), id: "d".to_string(), ..wanted };
        let engine = engine(&records);
        engine.learn("r0", "a", "高盐废水").expect("learnt");
        engine.commit().expect("a commit");
        let codes = BTreeSet::from(["price".to_string()]);
        let no = Answer { demand_id: "d".to_string(), ..answer("n", "r0", Verdict::Declined(codes)) };
        let feedback = Feedback::replay(engine.rules(), &[no]).expect("it stands");
        let unknowns = [Unknowns::Lower, Unknowns::Last, Unknowns::Drop][options.2];
        let options = Options {
            diversity: options.0, limit: options.1, unknowns, feedback: Some(&feedback),
            ..Options::default()
        };
        let found = matched(&engine, &wanted, &options);
        prop_assert!(found.matches.len() <= options.limit);
        let mut places = BTreeSet::new();
        for one in &found.matches {
            let lines = table(engine.rules(), &wanted, &one.record);
            prop_assert_eq!(&lines, &one.constraints);
            prop_assert!(lines.iter().all(|line| line.holds != Holds::No));
            prop_assert!(unknowns != Unknowns::Drop || one.sure());
            let sum = one.parts.iter().fold(0.0, |sum, part| sum + part.points);
            prop_assert_eq!(sum, one.score);
            prop_assert!(one.score >= 0.0 && one.parts.iter().all(|part| part.points != 0.0));
            let shares: f64 = one.parts.iter().map(|part| part.share).sum();
            prop_assert!(one.score == 0.0 || (shares - 1.0).abs() < 1e-9);
            prop_assert!(places.insert(one.place));
            prop_assert!(!one.reasons.is_empty());
        }
        prop_assert_eq!(matched(&engine, &wanted, &options), found);
    }

    #[test]
    fn nothing_that_can_be_asked_breaks_it(text in "\\PC{0,80}") {
        let engine = engine(&district());
        for hit in search(&engine, &text) {
            let sum = hit.parts.iter().fold(0.0, |sum, (_, points)| sum + points);
            prop_assert_eq!(sum, hit.score);
        }
    }
}
