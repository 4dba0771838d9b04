//! Searching a small made-up district in every way people type.

use super::{Answer, How, Index, Query, ShortForms};
use crate::tests::{House, each_engine, on};
use crate::view::View;
use kernel::EntityId;
use proptest::prelude::*;

const PLACES: &str = "source: {key: places, title: {zh: 地名, en: Places}, publisher: 测试, licence: CC0-1.0, confidence: 90}
file: p.csv
format: csv
record: \"{name}\"
entities:
  - {id: place, kind: street, names: [{zh: \"{name}\"}, {en: \"{name_en}\"}]}
";

const FIRMS: &str = "source: {key: firms, title: {zh: 名录, en: Firms}, publisher: 测试, licence: CC0-1.0, confidence: 90}
file: f.csv
format: csv
record: \"{code}\"
entities:
  - {id: firm, kind: company, keys: {ticker: \"{code}\"}, names: [{zh: \"{name}\"}, {en: \"{name_en}\"}]}
  - {id: place, kind: street, names: [{zh: \"{street}\"}], optional: true}
statements:
  - {of: firm, property: located_in, entity: place}
  - {of: firm, property: established, value: \"{founded}\"}
  - {of: firm, property: description, value: \"{says}\"}
";

const PLACES_CSV: &str = "name,name_en
漕河泾街道,Caohejing Subdistrict
徐家汇街道,Xujiahui Subdistrict
田林街道,Tianlin Subdistrict
";

const FIRMS_CSV: &str = "code,name,name_en,street,founded,says
600001.SS,上海人工智能实验室,Shanghai Artificial Intelligence Laboratory,徐家汇街道,2020,大模型
600002.SS,上海交通大学,Shanghai Jiao Tong University,徐家汇街道,1896,
600003.SS,漕河泾生物科技有限公司,Caohejing Biotech,漕河泾街道,2005,蛋白质设计
600004.SS,Fudan Ventures,Fudan Ventures,田林街道,2015,venture capital
";

fn full(house: &mut House) -> (View, Index) {
    scanned(house, &[(PLACES, PLACES_CSV), (FIRMS, FIRMS_CSV)])
}

const ORGS: &str = "source: {key: orgs, title: {zh: 机构, en: Organizations}, publisher: 测试, licence: CC0-1.0, confidence: 90}
file: o.csv
format: csv
record: \"{code}\"
entities:
  - {id: org, kind: {from: \"{kind}\"}, keys: {ror: \"https://ror.org/{code}\"}, names: [{zh: \"{name}\"}, {en: \"{name_en}\"}]}
  - {id: place, kind: street, names: [{zh: \"{street}\"}], optional: true}
statements:
  - {of: org, property: located_in, entity: place}
  - {of: org, property: acronym, value: \"{acronym}\"}
  - {of: org, property: description, value: \"{says}\"}
";

const ORGS_CSV: &str = "code,kind,name,name_en,acronym,street,says
0aaaaaa01,university,北京大学,Peking University,PKU,,
0aaaaaa02,hospital,北京大学第三医院,Peking University Third Hospital,,,
0aaaaaa03,university,北京科技大学,,USTB,,
0aaaaaa04,institute,中国科学院半导体研究所,Institute of Semiconductors,,,
0aaaaaa05,institute,中国科学院声学研究所,Institute of Acoustics,IOA,,
0aaaaaa06,organization,远山机器人研究院,Far Hills Robotics,,田林街道,
0aaaaaa07,organization,远山农业研究院,Far Hills Farming,,徐家汇街道,采摘机器人
0aaaaaa08,organization,Airy Works North,Airy Works North,,,
0aaaaaa09,organization,AI Harbour,AI Harbour,,,
";

const MODELS: &str = "source: {key: models, title: {zh: 模型, en: Models}, publisher: 测试, licence: CC0-1.0, confidence: 90}
file: m.csv
format: csv
record: \"{code}\"
entities:
  - {id: model, kind: model, keys: {list_code: \"{code}\"}, names: [{en: \"{name}\"}]}
";

const MODELS_CSV: &str = "code,name
list:Quiet-Harbour-deep-tide,QH-1
list:Loud-Harbour,LH-20240501
list:000123456,Deep Harbour
";

const NOTES: &str = "source: {key: notes, title: {zh: 注, en: Notes}, publisher: 测试, licence: CC0-1.0, confidence: 90}
file: n.csv
format: csv
record: \"{n}\"
entities:
  - {id: firm, kind: company, keys: {ticker: \"600009.SS\"}, names: [{zh: \"寒武测绘\"}]}
statements:
  - {of: firm, property: note, value: \"{says}\"}
";

const ALIASES: &str = "source: {key: aliases, title: {zh: 别名, en: Aliases}, publisher: 测试, licence: CC0-1.0, confidence: 90}
file: a.csv
format: csv
record: \"{alias}\"
entities:
  - {id: firm, kind: company, keys: {ticker: \"600009.SS\"}, names: [{zh: \"寒武测绘\"}]}
statements:
  - {of: firm, property: alias, value: \"{alias}\", lang: zh}
";

fn caught_up(house: &House) -> (View, Index) {
    let view = house.view();
    let index = Index::open(None).expect("an index in memory");
    house.store.read(|tx| index.catch_up(tx, &view, None)).expect("the index catches up");
    (view, index)
}

fn scanned(house: &mut House, files: &[(&str, &str)]) -> (View, Index) {
    for (mapping, csv) in files {
        let report = house.scan(mapping, csv);
        assert!(report.refusals.is_empty(), "{:?}", report.refusals);
    }
    caught_up(house)
}

fn answer(view: &View, index: &Index, text: &str) -> Answer {
    index.search(view, &query(view, text)).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Names of what a text finds, and whether a note comes with it.
fn noted(view: &View, index: &Index, text: &str) -> (Vec<String>, bool) {
    let answer = answer(view, index, text);
    let names = answer.hits.iter().map(|hit| view.names(hit.entity).any_zh().to_string());
    (names.collect(), answer.note.is_some())
}

fn query(view: &View, text: &str) -> Query {
    Query {
        text: text.to_string(),
        kinds: Vec::new(),
        place: None,
        industry: None,
        years: None,
        sight: view.sight(on("2026-11-23")),
        limit: 20,
        after: None,
    }
}

fn found(view: &View, index: &Index, query: &Query) -> Vec<String> {
    let answer = index.search(view, query).unwrap_or_else(|error| panic!("{error}"));
    answer.hits.iter().map(|hit| view.names(hit.entity).any_zh().to_string()).collect()
}

#[test]
fn each_way_of_typing_finds_it_first() {
    each_engine(|mut house| {
        let (view, index) = full(&mut house);
        for (typed, wanted) in [
            ("漕河泾街道", "漕河泾街道"),
            ("漕河涇街道", "漕河泾街道"),
            ("caohejingjiedao", "漕河泾街道"),
            ("chjjd", "漕河泾街道"),
            ("上海交通大学", "上海交通大学"),
            ("上海交通大學", "上海交通大学"),
            ("sjtu", "上海交通大学"),
            ("shanghai jiao tong", "上海交通大学"),
            ("shanghai jiao tong univercity", "上海交通大学"),
            ("上海人工只能实验室", "上海人工智能实验室"),
            ("人工智能实验室", "上海人工智能实验室"),
            ("ＦＵＤＡＮ", "Fudan Ventures"),
            ("600003.SS", "漕河泾生物科技有限公司"),
            ("蛋白质", "漕河泾生物科技有限公司"),
        ] {
            let all = found(&view, &index, &query(&view, typed));
            assert_eq!(all.first().map(String::as_str), Some(wanted), "{typed}: {all:?}");
        }
        assert!(found(&view, &index, &query(&view, "火星移民局")).is_empty());
    });
}

#[test]
fn filters_keep_what_they_name_and_pages_follow_one_another() {
    each_engine(|mut house| {
        let (view, index) = full(&mut house);
        let only = Query { kinds: vec!["street".to_string()], ..query(&view, "") };
        assert_eq!(found(&view, &index, &only).len(), 3);
        let old = Query { years: Some(1800..=1900), ..query(&view, "") };
        assert_eq!(found(&view, &index, &old), ["上海交通大学"]);
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let page = Query { limit: 2, after: after.clone(), ..query(&view, "") };
            let answer = index.search(&view, &page).expect("a page");
            seen.extend(answer.hits.iter().map(|hit| hit.entity));
            after = answer.next;
            if after.is_none() {
                break;
            }
        }
        let mut different = seen.clone();
        different.sort();
        different.dedup();
        assert_eq!((seen.len(), different.len()), (7, 7), "{seen:?}");
    });
}

#[test]
fn every_name_finds_its_own_entity_first_and_a_later_catch_up_equals_a_rebuild() {
    each_engine(|mut house| {
        house.scan(PLACES, PLACES_CSV);
        let grown = Index::open(None).expect("an index in memory");
        let early = house.view();
        house.store.read(|tx| grown.catch_up(tx, &early, None)).expect("caught up");
        house.scan(FIRMS, FIRMS_CSV);
        let view = house.view();
        house.store.read(|tx| grown.catch_up(tx, &view, None)).expect("caught up");
        let anew = Index::open(None).expect("an index in memory");
        house.store.read(|tx| anew.catch_up(tx, &view, None)).expect("caught up");
        for entity in (1..=view.entity_count() as i64).map(EntityId) {
            let name = view.names(entity).any_zh().to_string();
            let (a, b) = (query(&view, &name), query(&view, &name));
            let (a, b) = (found(&view, &grown, &a), found(&view, &anew, &b));
            assert_eq!(a, b, "{name}");
            assert_eq!(a.first(), Some(&name));
        }
    });
}

#[test]
fn short_names_find_the_long_ones_and_say_so() {
    each_engine(|mut house| {
        let (view, index) = scanned(&mut house, &[(ORGS, ORGS_CSV)]);
        for (typed, wanted) in [
            ("北大", vec!["北京大学", "北京科技大学", "北京大学第三医院"]),
            ("北科大", vec!["北京科技大学"]),
            ("北大三院", vec!["北京大学第三医院"]),
            ("半导体所", vec!["中国科学院半导体研究所"]),
            ("中科院半导体所", vec!["中国科学院半导体研究所"]),
            ("中科院", vec!["中国科学院声学研究所", "中国科学院半导体研究所"]),
            ("中科院声学研究所", vec!["中国科学院声学研究所"]),
        ] {
            let answer = answer(&view, &index, typed);
            let (found, note) = noted(&view, &index, typed);
            assert_eq!(found, wanted, "{typed}");
            assert!(!note && answer.hits.iter().all(|hit| hit.how == How::Short), "{typed}");
        }
        let mark = |text: &str| answer(&view, &index, text).hits[0].highlight.clone();
        let shown = mark("北科大").unwrap_or_default().replace('\u{2}', "<").replace('\u{3}', ">");
        assert_eq!(shown, "<北>京<科>技<大>学");
        let none = ShortForms::parse("{}").expect("an empty list");
        let plain = index.with_short_forms(none);
        assert!(found(&view, &plain, &query(&view, "中科院")).is_empty());
    });
}

#[test]
fn an_exact_match_keeps_what_is_only_like_it_away() {
    each_engine(|mut house| {
        let (view, index) =
            scanned(&mut house, &[(ORGS, ORGS_CSV), (MODELS, MODELS_CSV), (FIRMS, FIRMS_CSV)]);
        for (typed, wanted) in [
            // Not by a slip, though `pku` and `ioa` are near other words.
            ("pku", vec!["北京大学"]),
            ("sjtu", vec!["上海交通大学"]),
            // Not inside Latin words; then what it is short for.
            ("ai", vec!["AI Harbour", "上海人工智能实验室"]),
            // Names before the codes of lists, and codes found by what only codes have.
            ("harbour", vec!["AI Harbour", "Deep Harbour", "QH-1", "LH-20240501"]),
            ("000123456", vec!["Deep Harbour"]),
            ("0aaaaaa04", vec!["中国科学院半导体研究所"]),
        ] {
            assert_eq!(noted(&view, &index, typed), (own(&wanted), false), "{typed}");
        }
    });
}

fn own(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_string()).collect()
}

#[test]
fn a_note_says_when_nothing_has_just_what_was_typed() {
    each_engine(|mut house| {
        let (view, index) = full(&mut house);
        for (typed, note) in [
            ("chj", false),
            ("caohej", false),
            ("漕河泾", false),
            ("上海人工只能实验室", true),
            ("univercity", true),
            ("漕河井街道", true),
        ] {
            let (found, said) = noted(&view, &index, typed);
            assert!(!found.is_empty(), "{typed}");
            assert_eq!(said, note, "{typed}: {found:?}");
        }
    });
}

#[test]
fn words_are_all_wanted_then_with_the_place_then_some() {
    each_engine(|mut house| {
        let (view, index) = scanned(&mut house, &[(PLACES, PLACES_CSV), (ORGS, ORGS_CSV)]);
        for (typed, wanted, note) in [
            ("远山 机器人", vec!["远山机器人研究院", "远山农业研究院"], false),
            // Where it is says the rest.
            ("田林 机器人", vec!["远山机器人研究院"], false),
            ("tianlin robotics", vec!["远山机器人研究院"], false),
            (
                "声学 机器人",
                vec!["远山机器人研究院", "远山农业研究院", "中国科学院声学研究所"],
                true,
            ),
            // Of one run without a space at least half.
            ("机器人研究中心", vec!["远山机器人研究院", "远山农业研究院"], true),
            ("火星 移民局", vec![], false),
        ] {
            assert_eq!(noted(&view, &index, typed), (own(&wanted), note), "{typed}");
        }
    });
}

#[test]
fn of_names_that_begin_with_the_text_the_closer_and_the_better_known_come_first() {
    each_engine(|mut house| {
        let (view, index) = full(&mut house);
        assert_eq!(
            found(&view, &index, &query(&view, "漕河泾")),
            ["漕河泾街道", "漕河泾生物科技有限公司"]
        );
    });
}

#[test]
fn names_and_standing_texts_have_room_of_their_own() {
    each_engine(|mut house| {
        let rows = |say: &dyn Fn(usize) -> String| -> String {
            let rows = (0..400).map(|n| format!("{n},{}\n", say(n)));
            format!("n,says\n{}", rows.collect::<String>())
        };
        let many = rows(&|n| format!("第{n}号图幅按旧的坐标系测成;精度与范围另见说明"));
        let (view, index) = scanned(&mut house, &[(NOTES, &many), (ALIASES, "alias\n青石勘测\n")]);
        assert_eq!(found(&view, &index, &query(&view, "青石勘测")), ["寒武测绘"]);
        // The old notes end; they are many enough to fill the room of any entity.
        let few = rows(&|n| if n == 7 { "激光雷达".to_string() } else { "旧图".to_string() });
        let (view, index) = scanned(&mut house, &[(NOTES, &few)]);
        assert_eq!(found(&view, &index, &query(&view, "激光雷达")), ["寒武测绘"]);
        assert!(found(&view, &index, &query(&view, "第7号图幅")).is_empty());
    });
}

#[test]
fn nothing_that_can_be_typed_breaks_it() {
    let fresh = store::testkit::sqlite(crate::MIGRATIONS);
    let (view, index) = full(&mut House::new(&fresh));
    proptest!(ProptestConfig::with_cases(200), |(text in "\\PC{0,60}")| {
        let _ = index.search(&view, &query(&view, &text));
    });
}
