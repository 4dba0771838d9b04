//! What the real district must answer.

use crate::xuhui::{Xuhui, load, on, root, xuhui};
use atlas::page::Page;
use atlas::search::{Answer, How, Index, Query};
use atlas::verify::verify;
use kernel::EntityId;

const TODAY: &str = "2026-11-23";

/// Rows of each shipped file, as its SOURCE.md says.
const ROWS: &[(&str, u64)] = &[
    ("shanghai_admin_divisions.csv", 234),
    ("shanghai_districts.geojson", 16),
    ("xuhui_subdistricts.geojson", 13),
    ("shanghai_metro_lines.geojson", 19),
    ("shanghai_metro_stations.csv", 408),
    ("shanghai_district_gdp_2025.csv", 17),
    ("shanghai_district_employment_2023.csv", 16),
    ("xuhui_subdistrict_employment_2023.csv", 13),
    ("shanghai_district_industry_employment_2023.csv", 112),
    ("ror_shanghai.csv", 201),
    ("ror_shanghai_relationships.csv", 180),
    ("moe_universities_shanghai_2017.csv", 64),
    ("listed_companies_shanghai.csv", 399),
    ("report_entities.csv", 260),
    ("xuhui_policy_catalogue.csv", 18),
    ("laws_index.csv", 244),
    ("report_facts.csv", 199),
    ("web_facts.csv", 57),
    ("report_contradictions.csv", 25),
    ("conference_papers_shanghai_2019_2025.csv", 1507),
    ("institution_alias_table.csv", 105),
    ("epoch_ai_models_china.csv", 489),
    ("epoch_ai_models_shanghai.csv", 60),
    ("llms_in_china.csv", 247),
];

#[test]
fn every_shipped_file_is_loaded_row_by_row() {
    let reports = &xuhui().reports;
    assert_eq!(reports.len(), ROWS.len());
    for (file, rows) in ROWS {
        let report = reports.iter().find(|r| r.file.ends_with(file));
        let report = report.unwrap_or_else(|| panic!("{file} was not loaded"));
        assert!(report.refusals.is_empty(), "{file}: {:?}", report.refusals.first());
        assert_eq!(report.counts.rows, *rows, "{file}");
        assert!(report.counts.new > 0, "{file} gave nothing");
    }
}

fn best(page: &Page, property: &str) -> Option<String> {
    let group = page.groups.iter().find(|group| group.property == property)?;
    group.statements[0].said.value.quantity().map(ToString::to_string)
}

#[test]
fn as_of_a_day_the_figures_of_the_time_come_first() {
    let house = xuhui();
    let district = house.named("district", "徐汇区");
    let past = house.page(district, on("2024-06-30"));
    assert_eq!(best(&past, "ai_firms").as_deref(), Some("~710"));
    let today = house.page(district, on(TODAY));
    assert_eq!(best(&today, "ai_firms").as_deref(), Some("~1500"));
    assert_eq!(best(&today, "filed_models").as_deref(), Some("83"));
    assert_eq!(best(&today, "gdp").as_deref(), Some("4153.08"));
    let firms = today.groups.iter().find(|g| g.property == "ai_firms").expect("figures");
    assert!(firms.statements.len() >= 5, "the others stay in view");
}

#[test]
fn each_of_the_25_contradictions_stands_on_the_page_of_its_subject() {
    let house = xuhui();
    let mut found = 0;
    for entity in house.all().filter(|id| house.view.kind_key(*id) == "discrepancy") {
        let own = house.page(entity, on(TODAY));
        let subject = own
            .groups
            .iter()
            .find(|group| group.property == "about")
            .and_then(|group| match group.statements[0].said.value {
                kernel::Value::Entity(subject) => Some(subject),
                _ => None,
            })
            .unwrap_or_else(|| panic!("{:?} is about nobody", house.view.label(entity)));
        let page = house.page(subject, on(TODAY));
        let here = page.discrepancies.iter().find(|d| d.entity == entity);
        let here = here.unwrap_or_else(|| panic!("{:?}", house.view.label(entity)));
        assert!(!here.text("claim_a").is_empty());
        assert!(here.said.iter().all(|statement| statement.said.source.0 > 0));
        found += 1;
    }
    assert_eq!(found, 25);
}

#[test]
fn claims_that_contradict_are_all_there_and_none_is_averaged() {
    let house = xuhui();
    let page = house.page(house.named("district", "徐汇区"), on(TODAY));
    let said = |property: &str| -> Vec<String> {
        let group = page.groups.iter().find(|group| group.property == property);
        let statements = group.map(|group| group.statements.clone()).unwrap_or_default();
        statements.iter().filter_map(|s| s.said.value.quantity()).map(|q| q.to_string()).collect()
    };
    for (property, wanted) in [
        ("filed_models", vec!["83", "62", "21"]),
        ("filed_models_share", vec!["60", "61"]),
        ("ai_firms", vec!["~710", "~1500", ">1000", "~1000"]),
        ("headquarters_and_rd", vec!["157", "174", "168"]),
        ("gdp", vec!["4153.08", ">4000"]),
        ("ai_output", vec!["705", "~1000"]),
        ("metro_stations", vec!["33"]),
        ("llm_firms", vec!["755", "464"]),
    ] {
        let all = said(property);
        for value in wanted {
            assert!(all.iter().any(|v| v == value), "{property}: {value} is not among {all:?}");
        }
    }
    assert!(!page.conflicts.is_empty());
}

#[test]
fn the_subdistrict_and_the_development_zone_stay_two() {
    let house = xuhui();
    let street = house.named("street", "漕河泾街道");
    let zone = house.named("place", "漕河泾新兴技术开发区");
    assert_ne!(street, zone);
    let kinds = (house.view.kind_key(street), house.view.kind_key(zone));
    assert_eq!(kinds.0, "street");
    assert_ne!(kinds.1, "street");
}

#[test]
fn stations_and_density_are_derived_from_geometry_and_agree_with_the_report() {
    let house = xuhui();
    let page = house.page(house.named("district", "徐汇区"), on(TODAY));
    let derived = |key: &str| {
        let found = page.derived.iter().find(|d| d.key == key && d.rule != "implied_city_total@1");
        found.unwrap_or_else(|| panic!("{key} is not derived")).clone()
    };
    let stations = derived("metro_stations");
    assert_eq!(stations.value.quantity().map(ToString::to_string).as_deref(), Some("33"));
    assert_eq!(stations.inputs[0].statements.len(), 33);
    let density = derived("metro_density");
    assert_eq!(density.value.quantity().map(ToString::to_string).as_deref(), Some("1.15"));
    let shown = |i: usize| density.inputs[i].value.quantity().map(ToString::to_string);
    // The source's own 55.17 was measured in a projection; geodesics on the ellipsoid give 55.18.
    assert_eq!(shown(1).as_deref(), Some("55.18"));
    let implied: Vec<String> = page
        .derived
        .iter()
        .filter(|d| d.rule == "implied_city_total@1")
        .filter_map(|d| d.value.quantity().map(ToString::to_string))
        .collect();
    assert_eq!(implied.len(), 2, "{implied:?}");
    assert!(implied.contains(&"~102".to_string()) && implied.contains(&"~138".to_string()));
}

#[test]
fn strong_keys_join_what_is_one_and_names_do_not_join_what_is_two() {
    let house = xuhui();
    let sioc = house.named("organization", "中国科学院上海有机化学研究所");
    let page = house.page(sioc, on(TODAY));
    let sources = page.sources.len();
    assert!(sources >= 2, "the registry and the reports speak of one institute, not {sources}");
    let fudan = house.named("organization", "复旦大学");
    let hospital = house.named("hospital", "中山医院");
    assert_ne!(fudan, hospital);
    let names: Vec<String> = house
        .page(hospital, on(TODAY))
        .groups
        .iter()
        .filter(|group| group.property == "name")
        .flat_map(|group| &group.statements)
        .filter_map(|s| match &s.said.value {
            kernel::Value::Text { text, .. } => Some(text.clone()),
            _ => None,
        })
        .collect();
    assert!(names.iter().any(|name| name == "复旦大学附属中山医院"), "{names:?}");
}

#[test]
fn every_row_verifies_and_a_second_load_changes_nothing() {
    let house: &Xuhui = xuhui();
    let verifier = house.store.signer().expect("a signer").verifier().clone();
    let report = house.store.read(|tx| verify(tx, &verifier)).expect("the journal reads");
    assert!(report.is_sound(), "{:?}", report.findings.first());
}

#[test]
fn both_engines_hold_the_same_district() {
    let Some(fresh) = store::testkit::postgres(atlas::MIGRATIONS) else { return };
    let (here, there) = (xuhui(), load(fresh));
    assert_eq!(here.view.entity_count(), there.view.entity_count());
    assert_eq!(here.view.statement_count(), there.view.statement_count());
    let roots =
        [here, &there].map(|house| house.store.read(store::journal::head).expect("a head").root);
    assert_eq!(roots[0], roots[1], "the same statements give the same journal, byte for byte");
    for entity in [1, 50, 500, 5_000].map(EntityId) {
        let pages = [here, &there].map(|house| house.page(entity, on(TODAY)));
        assert_eq!(format!("{:?}", pages[0]), format!("{:?}", pages[1]));
    }
}

#[test]
fn every_statement_is_believed_as_much_as_its_source_says() {
    let house = xuhui();
    let page = house.page(house.named("district", "徐汇区"), on(TODAY));
    for statement in page.groups.iter().flat_map(|group| &group.statements) {
        assert!(statement.said.confidence > 0, "{} of {}", statement.id, statement.said.property);
    }
}

#[test]
fn nothing_of_statute_texts_ships() {
    let folder = root().join("data/xuhui/policies");
    assert!(folder.join("laws_index.csv").is_file());
    assert!(!folder.join("law_articles.csv").exists());
}

fn index(house: &Xuhui) -> Index {
    let index = Index::open(None).expect("an index in memory");
    house.store.read(|tx| index.catch_up(tx, &house.view, None)).expect("the index catches up");
    index
}

fn search(house: &Xuhui, index: &Index, text: &str, kinds: &[&str]) -> Answer {
    let query = Query {
        text: text.to_string(),
        kinds: kinds.iter().map(ToString::to_string).collect(),
        place: None,
        industry: None,
        years: None,
        sight: house.view.sight(on(TODAY)),
        limit: 20,
        after: None,
    };
    index.search(&house.view, &query).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn search_finds_by_script_sound_initials_and_slips() {
    let house = xuhui();
    let index = index(house);
    for (text, kind, wanted) in [
        ("漕河泾街道", "street", "漕河泾街道"),
        ("漕河涇街道", "street", "漕河泾街道"),
        ("上海交通大学", "university", "上海交通大学"),
        ("上海交通大學", "university", "上海交通大学"),
        ("shanghaijiaotongdaxue", "university", "上海交通大学"),
        ("上海人工只能实验室", "organization", "上海人工智能实验室"),
        ("模速空间", "platform", "模速空间"),
        ("mskj", "platform", "模速空间"),
        ("徐汇区", "district", "徐汇区"),
    ] {
        let answer = search(house, &index, text, &[kind]);
        let first = answer.hits.first().unwrap_or_else(|| panic!("{text}: nothing"));
        assert_eq!(house.view.names(first.entity).zh, wanted, "{text}");
    }
}

#[test]
fn short_names_of_institutions_find_them_first() {
    let house = xuhui();
    let index = index(house);
    for (text, wanted) in [
        ("中科院上海有机所", "中国科学院上海有机化学研究所"),
        ("上海药物所", "中国科学院上海药物研究所"),
        ("微系统所", "中国科学院上海微系统与信息技术研究所"),
        ("交大医学院", "上海交通大学医学院"),
        ("复旦上医", "复旦大学上海医学院"),
        ("分子细胞卓越中心", "中科院分子细胞卓越创新中心"),
        ("上师大", "上海师范大学"),
        ("上海中医大", "上海中医药大学"),
        ("AI实验室", "上海人工智能实验室"),
    ] {
        let answer = search(house, &index, text, &[]);
        let first = answer.hits.first().unwrap_or_else(|| panic!("{text}: nothing"));
        assert_eq!(house.view.names(first.entity).zh, wanted, "{text}");
        assert!(answer.note.is_none(), "{text}");
    }
}

#[test]
fn what_was_typed_exactly_comes_before_what_is_like_it() {
    let house = xuhui();
    let index = index(house);
    let all = |text: &str| -> Vec<(How, String, &str)> {
        let hits = search(house, &index, text, &[]).hits;
        let name = |id| house.view.names(id).any_zh().to_string();
        hits.iter().map(|h| (h.how, name(h.entity), house.view.kind_key(h.entity))).collect()
    };
    let university = (How::Alias, "上海交通大学".to_string(), "university");
    assert_eq!(all("sjtu"), [university], "and nothing that is one slip away");
    for text in ["xian", "deep learning"] {
        let first = all(text);
        assert!(first.iter().take(5).all(|(how, ..)| *how != How::Alias), "{text}: {first:?}");
    }
    let inside = |name: &str| name.starts_with("Air") || name.starts_with("aiX");
    assert!(all("AI").iter().all(|(_, name, _)| !inside(name)), "{:?}", all("AI"));
    let zone: Vec<&str> = all("漕河泾").iter().map(|(_, _, kind)| *kind).take(2).collect();
    assert_eq!(zone, ["street", "park"]);
}

#[test]
fn a_note_comes_only_with_what_is_not_exact() {
    let house = xuhui();
    let index = index(house);
    for (text, note) in [
        ("chj", false),
        ("徐汇 人工智能", false),
        ("漕河泾 生物", true),
        ("shanghai jiao tong univercity", true),
    ] {
        let answer = search(house, &index, text, &[]);
        assert!(!answer.hits.is_empty(), "{text}");
        assert_eq!(answer.note.is_some(), note, "{text}");
    }
}
