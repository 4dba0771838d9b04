//! The atlas as a whole, on both engines, over a small made-up district.

use crate::changes::{self, TimeAxis};
use crate::correct::{self, Correction};
use crate::cube::{self, Axis, Measure};
use crate::graph;
use crate::load::{Cache, Mode, ScanFile, ScanReport, scan_file};
use crate::page::{self, Page};
use crate::series;
use crate::source;
use crate::verify::verify;
use crate::view::{AsOf, View};
use crate::{Error, MIGRATIONS};
use kernel::{Actor, Day, Decimal, EntityId, Quantity, StatementId, Timestamp, Valid, Value};
use scan::{Limits, Mapping};
use schema::Schema;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Signer, Store};

const FIRMS: &str = "source: {key: firms, title: {zh: 企业名录, en: Firms}, publisher: 测试, licence: CC0-1.0, retrieved: 2026-01-01, confidence: 90}
file: firms.csv
format: csv
record: \"{code}\"
entities:
  - {id: firm, kind: company, keys: {ticker: \"{code}\"}, names: [{zh: \"{name}\"}, {en: \"{name_en}\"}]}
  - {id: street, kind: street, names: [{zh: \"{street}\"}], optional: true}
statements:
  - {of: firm, property: located_in, entity: street}
  - {of: firm, property: established, value: \"{founded}\"}
";

const FIGURES: &str = "source: {key: figures, title: {zh: 数字, en: Figures}, publisher: 测试, licence: CC0-1.0, retrieved: 2026-02-01, confidence: 75}
file: figures.csv
format: csv
record: \"{n}\"
entities:
  - {id: place, kind: district, names: [{zh: \"{place}\"}]}
statements:
  - {of: place, property: ai_firms, value: \"{value}\", unit: 家, valid: \"{time}\", cite: {title: \"{said_by}\", published: \"{published}\"}}
";

const FIRMS_CSV: &str = "code,name,name_en,street,founded
600001.SS,甲科技有限公司,Jia Technology Co.,漕河泾街道,1999
600002.SS,乙生物有限公司,Yi Biology,漕河泾街道,2005-03
600003.SS,丙软件有限公司,,田林街道,2010-07-01
";

const FIGURES_CSV: &str = "n,place,value,time,said_by,published
1,徐汇区,≈710,2023-03,报道甲,2023-03-21
2,徐汇区,≈1500,2025,报道乙,2026-01-22
3,徐汇区,>1000,2025,报道丙,2025-06-01
";

pub(crate) struct House {
    pub(crate) store: Store,
    schema: Arc<Schema>,
    cache: Cache,
    clock: i64,
}

impl House {
    pub(crate) fn new(store: &Store) -> House {
        let schema = Arc::new(Schema::shipped().expect("the shipped schema is sound"));
        // 2026-03-01T00:00:00Z; each step is a day.
        House {
            store: store.clone(),
            schema,
            cache: Cache::default(),
            clock: 1_772_323_200_000_000,
        }
    }

    pub(crate) fn schema(&self) -> Arc<Schema> {
        Arc::clone(&self.schema)
    }

    fn now(&mut self) -> Timestamp {
        self.clock += 86_400_000_000;
        Timestamp::from_micros(self.clock)
    }

    pub(crate) fn scan(&mut self, mapping: &str, csv: &str) -> ScanReport {
        self.scan_as(mapping, csv, Mode::Write)
    }

    fn scan_as(&mut self, mapping: &str, csv: &str, mode: Mode) -> ScanReport {
        let parsed = Mapping::parse("test.mapping.yaml", mapping, &BTreeMap::new(), &self.schema)
            .unwrap_or_else(|refusal| panic!("{refusal}"));
        let file = ScanFile {
            name: "test.csv",
            bytes: csv.as_bytes(),
            mapping: &parsed,
            mapping_text: mapping,
            limits: &Limits::default(),
        };
        let (now, schema) = (self.now(), Arc::clone(&self.schema));
        let actor = Actor::system();
        scan_file(&self.store, &schema, &mut self.cache, &actor, now, &file, mode, &mut |_| {})
            .expect("storage works")
    }

    pub(crate) fn view(&self) -> View {
        let mut view = View::new(Arc::clone(&self.schema)).expect("the schema has what it needs");
        self.store.read(|tx| view.catch_up(tx)).expect("the view catches up");
        view
    }

    fn page(&self, view: &View, entity: EntityId, as_of: AsOf) -> Page {
        let sight = view.sight(as_of);
        self.store.read(|tx| page::page(tx, view, entity, sight)).expect("the entity is known")
    }

    pub(crate) fn verifies(&self) -> u64 {
        let verifier = self.store.signer().expect("a signer").verifier().clone();
        self.store.read(|tx| verify(tx, &verifier)).expect("the journal reads").finding_count
    }
}

pub(crate) fn on(day: &str) -> AsOf {
    AsOf { valid: Day::parse(day).expect("a day"), known: None }
}

fn named(view: &View, name: &str) -> EntityId {
    let all = (1..=view.entity_count() as i64).map(EntityId);
    let mut found = all.filter(|id| view.names(*id).zh == name);
    let one = found.next().unwrap_or_else(|| panic!("no `{name}`"));
    assert_eq!(found.next(), None, "`{name}` stands twice");
    one
}

pub(crate) fn each_engine(test: impl Fn(House)) {
    store::testkit::each_engine(MIGRATIONS, |store| test(House::new(store)));
}

#[test]
fn a_second_scan_changes_nothing_and_a_changed_file_says_what_changed() {
    each_engine(|mut house| {
        let first = house.scan(FIRMS, FIRMS_CSV);
        assert!(first.refusals.is_empty(), "{:?}", first.refusals);
        assert_eq!((first.counts.rows, first.counts.gone, first.entities_new), (3, 0, 5));
        assert_eq!(first.counts.new, first.counts.statements);
        let second = house.scan(FIRMS, FIRMS_CSV);
        assert_eq!((second.counts.new, second.counts.unchanged), (0, first.counts.new));
        assert_eq!(second.event, None);

        // The same rows in another order, spelled with other bytes: nothing changed either.
        let mut rows: Vec<&str> = FIRMS_CSV.trim_end().lines().collect();
        rows[1..].reverse();
        let third = house.scan(FIRMS, &rows.join("\r\n"));
        assert_eq!((third.counts.new, third.counts.changed, third.counts.gone), (0, 0, 0));

        let changed = FIRMS_CSV.replace("2005-03", "2006-03").replace(
            "600003.SS,丙软件有限公司,,田林街道,2010-07-01\n",
            "600004.SS,丁,,田林街道,\n",
        );
        let fourth = house.scan(FIRMS, &changed);
        assert_eq!(fourth.counts.changed, 1);
        assert!(fourth.counts.gone >= 3 && fourth.counts.new >= 3, "{:?}", fourth.counts);
        assert_eq!(house.verifies(), 0);
    });
}

#[test]
fn a_refused_file_leaves_nothing_behind() {
    each_engine(|mut house| {
        let report = house.scan(FIRMS, &FIRMS_CSV.replace("2010-07-01", "2015-13-32"));
        assert_eq!(report.refusals.len(), 1);
        let refusal = &report.refusals[0];
        assert_eq!(refusal.code, "E-DATE-01");
        assert_eq!(
            (refusal.place.row, refusal.place.column.as_deref()),
            (Some(4), Some("founded"))
        );
        let view = house.view();
        assert_eq!((view.entity_count(), view.statement_count(), view.event_count()), (0, 0, 0));
        let tried = house.scan_as(FIRMS, FIRMS_CSV, Mode::Try);
        assert!(tried.counts.new > 0);
        assert_eq!(house.view().event_count(), 0);
    });
}

#[test]
fn as_of_a_day_the_latest_claim_is_shown_first_and_the_others_stay() {
    each_engine(|mut house| {
        house.scan(FIGURES, FIGURES_CSV);
        let view = house.view();
        let district = named(&view, "徐汇区");
        let best = |as_of: AsOf| {
            let page = house.page(&view, district, as_of);
            let group = page.groups.into_iter().find(|g| g.property == "ai_firms");
            group.map(|group| {
                let number = group.statements[0].said.value.quantity().expect("a number");
                (number.to_string(), group.statements.len())
            })
        };
        assert_eq!(best(on("2024-06-30")), Some(("~710".to_string(), 1)));
        assert_eq!(best(on("2026-11-23")), Some(("~1500".to_string(), 3)));
        assert_eq!(best(on("2020-01-01")), None);
        let line = house
            .store
            .read(|tx| {
                series::series(
                    tx,
                    &view,
                    "ai_firms",
                    &[district],
                    true,
                    view.sight(on("2026-11-23")),
                )
            })
            .expect("a series");
        assert_eq!(line.points.len(), 3);
        assert!(line.conflicts.is_empty(), "over 1000 and about 1500 can both be true");
    });
}

#[test]
fn what_was_known_then_is_what_is_answered_for_then() {
    each_engine(|mut house| {
        house.scan(FIRMS, FIRMS_CSV);
        let then = Timestamp::from_micros(house.clock);
        house.scan(FIRMS, &FIRMS_CSV.replace("田林街道", "虹梅路街道"));
        let view = house.view();
        let firm = named(&view, "丙软件有限公司");
        let street = |known: Option<Timestamp>| {
            let sight = view.sight(AsOf { valid: Day::parse("2026-03-20").expect("a day"), known });
            view.located_in(firm, sight).map(|place| view.names(place).zh.to_string())
        };
        assert_eq!(street(None).as_deref(), Some("虹梅路街道"));
        assert_eq!(street(Some(then)).as_deref(), Some("田林街道"));
        assert_eq!(street(Some(Timestamp::from_micros(0))), None);
    });
}

#[test]
fn a_withdrawn_source_leaves_todays_view_and_history_whole() {
    each_engine(|mut house| {
        house.scan(FIRMS, FIRMS_CSV);
        house.scan(FIGURES, FIGURES_CSV);
        let before = Timestamp::from_micros(house.clock);
        let (now, actor) = (house.now(), Actor::new("A1"));
        house
            .store
            .write(|tx| source::withdraw(tx, &actor, now, "figures", "口径有误", None))
            .expect("it was in use");
        let again =
            house.store.write(|tx| source::withdraw(tx, &actor, now, "figures", "again", None));
        assert!(matches!(again, Err(Error::Refused(refusal)) if refusal.code == "E-SRC-04"));
        let stale =
            house.store.write(|tx| source::restore(tx, &actor, now, "figures", "x", Some(0)));
        assert!(matches!(stale, Err(Error::Stale { .. })));
        let view = house.view();
        let district = named(&view, "徐汇区");
        let today = house.page(&view, district, on("2026-11-23"));
        assert!(today.groups.is_empty(), "documents go with the file that cites them");
        let past = AsOf { known: Some(before), ..on("2026-11-23") };
        assert_eq!(house.page(&view, district, past).groups.len(), 2);
        assert_eq!(house.verifies(), 0);

        let now = house.now();
        house
            .store
            .write(|tx| source::restore(tx, &actor, now, "figures", "核实无误", None))
            .expect("it was withdrawn");
        let view = house.view();
        assert_eq!(house.page(&view, district, on("2026-11-23")).groups.len(), 2);
    });
}

#[test]
fn a_correction_supersedes_and_survives_the_next_scan() {
    each_engine(|mut house| {
        house.scan(FIGURES, FIGURES_CSV);
        let view = house.view();
        let district = named(&view, "徐汇区");
        let wrong = house.page(&view, district, on("2026-11-23")).groups.remove(1).statements[0].id;
        let correction = Correction {
            value: Value::Number {
                quantity: Quantity::exact(Decimal::whole(1512)),
                unit: Some("家".to_string()),
            },
            valid: Valid::parse("2025-12-31").expect("a day"),
            confidence: 95,
            reason: "与登记核对".to_string(),
        };
        let (now, actor, schema) = (house.now(), Actor::new("A2"), Arc::clone(&house.schema));
        let fix = |house: &House, correction: &Correction| {
            house
                .store
                .write(|tx| correct::supersede(tx, &schema, &actor, now, wrong, correction.clone()))
        };
        let text = Value::Text { text: "许多".to_string(), lang: None };
        let mistyped = fix(&house, &Correction { value: text, ..correction.clone() });
        assert!(matches!(mistyped, Err(Error::Refused(refusal)) if refusal.code == "E-TYPE-01"));
        fix(&house, &correction).expect("it stands");
        assert!(matches!(fix(&house, &correction), Err(Error::Stale { .. })));

        let grown = FIGURES_CSV.to_string() + "4,徐汇区,1600,2026,报道丁,2026-05-01\n";
        let report = house.scan(FIGURES, &grown);
        assert_eq!((report.counts.changed, report.counts.gone), (0, 0));
        let view = house.view();
        let page = house.page(&view, district, on("2025-12-31"));
        let group = page.groups.iter().find(|g| g.property == "ai_firms").expect("figures");
        let first = group.statements[0].said.value.quantity().map(ToString::to_string);
        assert_eq!(first.as_deref(), Some("1512"));
        assert!(group.statements.iter().all(|statement| statement.id != wrong));
        assert_eq!(house.verifies(), 0);
    });
}

#[test]
fn verification_finds_one_changed_byte_in_any_table() {
    let damages = [
        "update atlas_statement set value_text = '711' where value_text = '710'",
        "update atlas_statement set confidence = 100 where id = 2",
        "update atlas_statement set recorded_us = recorded_us + 1 where id = 2",
        "update atlas_entity set kind = 'park' where id = 1",
        "update atlas_entity_key set value = value || '街' where scheme = 'name:place'",
        "update atlas_source set publisher = 'x' where id = 1",
        "update atlas_source_event set new_count = 99",
        "delete from atlas_statement where id = 3",
        "insert into atlas_statement_end values (1, 2, 3, 'gone', null)",
        "update journal_event set actor = 'A9' where kind = 'source_added'",
    ];
    for damage in damages {
        each_engine(|mut house| {
            house.scan(FIGURES, FIGURES_CSV);
            assert_eq!(house.verifies(), 0);
            house.store.write(|tx| tx.execute(damage, &[])).expect("the damage is done");
            let verifier = house.store.signer().expect("a signer").verifier().clone();
            let found = house.store.read(|tx| verify(tx, &verifier));
            assert!(found.is_err() || found.is_ok_and(|r| !r.is_sound()), "{damage}");
        });
    }
}

#[test]
fn names_and_keys_decide_who_is_who() {
    each_engine(|mut house| {
        house.scan(FIRMS, FIRMS_CSV);
        let more = FIRMS.replace("key: firms", "key: more");
        // The same name with another ticker is one company; the same ticker with another name too.
        let csv = "code,name,name_en,street,founded
900001.SS,甲科技有限公司,,漕河泾街道,
600002.SS,乙生物股份有限公司,,漕河泾开发区,
";
        let report = house.scan(&more, csv);
        assert_eq!(report.entities_new, 1, "only 漕河泾开发区 is new: a street is not a zone");
        let view = house.view();
        let jia = named(&view, "甲科技有限公司");
        let tickers = view.schema().property_ix("ticker").expect("shipped");
        let count = view.about(jia).iter().filter(|at| view.property_at(**at) == tickers).count();
        assert_eq!(count, 2);

        let schools = "source: {key: schools, title: {zh: 校, en: Schools}, publisher: 测试, licence: CC0-1.0, confidence: 90}
file: s.csv
format: csv
record: \"{ror}\"
entities:
  - {id: school, kind: institute, keys: {ror: \"{ror}\"}, names: [{en: \"{name}\"}]}
";
        let report = house.scan(
            schools,
            "ror,name\n01y3hvq34,Institute of Physics\n03wkvpx79,Institute of Physics\n",
        );
        assert_eq!(report.entities_new, 2, "an exclusive key that differs forbids one entity");
        let bare = "source: {key: bare, title: {zh: 名, en: Names}, publisher: 测试, licence: CC0-1.0, confidence: 50}
file: b.csv
format: csv
record: \"{name}\"
entities:
  - {id: school, kind: institute, names: [{en: \"{name}\"}]}
";
        let report = house.scan(bare, "name\nInstitute of Physics\n");
        assert_eq!((report.entities_new, report.unresolved), (1, 1), "nobody can tell which");
        let view = house.view();
        let newest = EntityId(view.entity_count() as i64);
        assert!(view.is_unresolved(newest));
        assert_eq!(house.verifies(), 0);
    });
}

#[test]
fn the_cube_adds_up_and_opens_to_statements() {
    each_engine(|mut house| {
        house.scan(FIRMS, FIRMS_CSV);
        house.scan(FIGURES, FIGURES_CSV);
        let view = house.view();
        let sight = view.sight(on("2026-11-23"));
        for (rows, columns) in Axis::ALL.into_iter().flat_map(|a| Axis::ALL.map(|b| (a, b))) {
            let wish =
                cube::Wish { rows, columns, measure: Measure::Statements, filters: Vec::new() };
            if rows == columns {
                assert!(cube::cube(&view, &wish, sight).is_err());
                continue;
            }
            let table = cube::cube(&view, &wish, sight).expect("a table");
            assert_eq!(table.total, view.statement_count() as u64, "{rows:?} {columns:?}");
            assert_eq!(table.row_totals.iter().sum::<u64>(), table.total);
            for (row, column, count) in &table.cells {
                let (row, column) = (&table.rows[*row], &table.columns[*column]);
                let (behind, _) = cube::cell(&view, &wish, row, column, sight, None, 1_000)
                    .unwrap_or_else(|error| panic!("{error}"));
                assert_eq!(behind.len() as u64, *count, "{row} {column}");
            }
        }
    });
}

#[test]
fn the_graph_reaches_and_the_shortest_path_is_found() {
    each_engine(|mut house| {
        house.scan(FIRMS, FIRMS_CSV);
        let view = house.view();
        let sight = view.sight(on("2026-11-23"));
        let (jia, yi) = (named(&view, "甲科技有限公司"), named(&view, "乙生物有限公司"));
        let bing = named(&view, "丙软件有限公司");
        let wish =
            graph::Wish { focus: jia, hops: 2, kinds: vec![], relations: vec![], limit: 300 };
        let around = graph::around(&view, &wish, sight);
        assert_eq!(around.nodes.len(), 3);
        let paths = graph::paths(&view, jia, yi, 4, 5, sight);
        assert_eq!(paths.len(), 1);
        assert_eq!((paths[0].nodes.first(), paths[0].nodes.last()), (Some(&jia), Some(&yi)));
        assert_eq!(paths[0].nodes.len(), paths[0].edges.len() + 1);
        assert!(graph::paths(&view, jia, bing, 6, 5, sight).is_empty());
    });
}

#[test]
fn changes_say_what_came_went_and_gave_way() {
    each_engine(|mut house| {
        house.scan(FIGURES, FIGURES_CSV);
        let from = Timestamp::from_micros(house.clock).day();
        house.scan(
            FIGURES,
            &FIGURES_CSV
                .replace("≈1500", "1505")
                .replace("3,徐汇区,>1000,2025,报道丙,2025-06-01\n", ""),
        );
        let view = house.view();
        let to = Timestamp::from_micros(house.clock).day();
        let wish = |axis, from: Day, to: Day| changes::Wish {
            from,
            to,
            axis,
            kind: None,
            entity: None,
            property: None,
            after: None,
            limit: 50,
        };
        let today = Day::parse("2026-11-23").expect("a day");
        let known = house
            .store
            .read(|tx| changes::changes(tx, &view, &wish(TimeAxis::Known, from, to), today))
            .expect("changes");
        assert_eq!((known.changed, known.entities), (1, 1), "{known:?}");
        assert_eq!(known.ended, 1, "a claim is gone; other rows still give the name");
        let (a, b) = (Day::parse("2024-06-30").expect("a day"), today);
        let valid = house
            .store
            .read(|tx| changes::changes(tx, &view, &wish(TimeAxis::Valid, a, b), today))
            .expect("changes");
        assert_eq!(valid.items.len(), 1);
        let shown = |s: &Option<crate::statement::Statement>| {
            s.as_ref().and_then(|s| s.said.value.quantity()).map(ToString::to_string)
        };
        assert_eq!(shown(&valid.items[0].before).as_deref(), Some("~710"));
        assert_eq!(shown(&valid.items[0].after).as_deref(), Some("1505"));
    });
}

#[test]
fn what_is_asked_for_and_is_not_there_is_said_to_be_missing() {
    each_engine(|house| {
        let view = house.view();
        let sight = view.sight(on("2026-11-23"));
        let page = house.store.read(|tx| page::page(tx, &view, EntityId(1), sight));
        assert!(matches!(page, Err(Error::Missing { .. })));
        let none = house.store.read(|tx| crate::statement::get(tx, StatementId(1)));
        assert!(matches!(none, Err(Error::Missing { .. })));
        let empty = (Signer::new("x", &[1; 32]).is_ok(), view.event_count());
        assert_eq!(empty, (true, 0));
    });
}
