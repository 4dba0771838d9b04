//! Searching a small made-up district in every way people type.

use super::{Index, Query};
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
    house.scan(PLACES, PLACES_CSV);
    house.scan(FIRMS, FIRMS_CSV);
    let view = house.view();
    let index = Index::open(None).expect("an index in memory");
    house.store.read(|tx| index.catch_up(tx, &view, None)).expect("the index catches up");
    (view, index)
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
fn nothing_that_can_be_typed_breaks_it() {
    let fresh = store::testkit::sqlite(crate::MIGRATIONS);
    let (view, index) = full(&mut House::new(&fresh));
    proptest!(ProptestConfig::with_cases(200), |(text in "\\PC{0,60}")| {
        let _ = index.search(&view, &query(&view, &text));
    });
}
