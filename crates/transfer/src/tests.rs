//! Commands on SQLite and PostgreSQL: what is written, what is refused, who comes second.

use super::*;
use crate::case::{self, Filter};
use crate::holidays::{NewTable, add, moves_of};
use kernel::{Actor, Day, Timestamp};
use schema::{Rulebook, Schema};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::OnceLock;
use store::testkit::each_engine;
use store::{Store, params};

const SALE: &str = include_str!("../../../docs/transfer/scenario-1-sale.json");
const LICENCE: &str = include_str!("../../../docs/transfer/scenario-2-licence.json");

fn book() -> &'static Rulebook {
    static BOOK: OnceLock<Rulebook> = OnceLock::new();
    BOOK.get_or_init(|| Rulebook::shipped().expect("sound"))
}

fn ground() -> Ground<'static> {
    static SCHEMA: OnceLock<Schema> = OnceLock::new();
    let schema = SCHEMA.get_or_init(|| Schema::shipped().expect("sound"));
    Ground { book: book(), schema }
}

/// The tables of cases, with the atlas that their outcomes are told to.
fn tables() -> Vec<store::Migration> {
    [atlas::MIGRATIONS, MIGRATIONS].concat()
}

fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

/// The end of a day, as the instant things are recorded.
fn now(text: &str) -> Timestamp {
    Timestamp::end_of(day(text))
}

fn events(text: &str) -> Vec<Value> {
    let deal: Value = serde_json::from_str(text).expect("JSON");
    deal["events"].as_array().expect("events").clone()
}

fn actor() -> Actor {
    Actor::new("A1")
}

/// Opens a case and adds events in order; what is refused is left out.
fn play(store: &Store, all: &[Value]) -> CaseId {
    let (first, rest) = all.split_first().expect("one event");
    let at = now("2027-06-01");
    let opened = store.write(|tx| case::open(tx, &actor(), at, ground(), first.clone(), false));
    let id = opened.expect("opened").id;
    for event in rest {
        let done = store
            .write(|tx| case::act(tx, &actor(), at, ground(), (id, None), event.clone(), false));
        assert!(matches!(done, Ok(_) | Err(Error::Refused(_))), "{done:?}");
    }
    id
}

fn code(done: Result<case::Acted>) -> &'static str {
    match done {
        Ok(_) => "-",
        Err(Error::Refused(refusals)) => refusals.first().map_or("?", |refusal| refusal.code),
        Err(Error::Conflict { .. }) => "E-CONFLICT",
        Err(Error::Missing { .. }) => "missing",
        Err(_) => "broken",
    }
}

#[test]
fn a_case_is_what_its_events_say() {
    each_engine(&tables(), |store| {
        let id = play(store, &events(SALE));
        let whole = store.read(|tx| case::get(tx, book(), id)).expect("found");
        assert_eq!(whole.case.stage.name(), "closed");
        assert_eq!(whole.events.len(), 33, "four of 37 were refused");
        let line = store
            .read(|tx| case::list(tx, Sight::All, &Filter::default(), (0, 10)))
            .expect("listed");
        assert_eq!(line.len(), 1);
        assert_eq!((line[0].stage.as_str(), line[0].version), ("closed", 33));
        assert_eq!(line[0].price_fen, Some(300_000_000));
        assert_eq!(line[0].next, None);
        // What was computed when it was recorded is computed again, to the byte.
        for (kept, applied) in &whole.events {
            let digests: Vec<String> = applied.proofs.iter().map(kernel::Proof::digest).collect();
            let joined = kernel::canon::sha256(digests.join(" ").as_bytes());
            let again = (!digests.is_empty()).then(|| kernel::canon::hex(&joined));
            assert_eq!(kept.proof, again, "step {}", kept.seq);
        }
        let counts = store.read(|tx| case::counts(tx, Sight::All)).expect("counted");
        assert_eq!(counts, [("closed".to_string(), 1)]);
        assert_eq!(
            code(store.read(|tx| case::get(tx, book(), CaseId(99))).map(|_| unreachable!())),
            "missing"
        );
    });
}

#[test]
fn what_is_refused_leaves_nothing_behind() {
    each_engine(&tables(), |store| {
        let all = events(SALE);
        let id = play(store, &all[..17]);
        let size = |table: &str| {
            let sql = format!("select count(*) from {table}");
            store.read(|tx| tx.query_one(&sql, params![], |row| row.int(0))).expect("counted")
        };
        let tables = ["transfer_event", "journal_event", "transfer_clock", "transfer_notice"];
        let before = tables.map(size);
        let at = now("2026-11-27");
        let refused = store
            .write(|tx| case::act(tx, &actor(), at, ground(), (id, None), all[17].clone(), false));
        assert_eq!(code(refused), "E-PRICE-01");
        // Trying writes nothing either.
        let tried = store
            .write(|tx| case::act(tx, &actor(), at, ground(), (id, None), all[18].clone(), true));
        let tried = tried.expect("it would stand");
        assert_eq!((tried.version, tried.case.stage.name()), (17, "registration"));
        assert_eq!(tables.map(size), before);
    });
}

#[test]
fn the_second_of_two_is_told_so() {
    each_engine(&tables(), |store| {
        let all = events(SALE);
        let id = play(store, &all[..25]);
        let at = now("2026-11-27");
        let version = store
            .read(|tx| case::get(tx, book(), id))
            .map(|whole| whole.events.len() as i64)
            .expect("found");
        let pay = |event: &Value| {
            store.write(|tx| {
                case::act(tx, &actor(), at, ground(), (id, Some(version)), event.clone(), false)
            })
        };
        let cost =
            json!({"kind": "cost_booked", "on": "2026-04-11", "cost": "tax", "amount": "1.00"});
        assert_eq!(code(pay(&cost)), "-");
        assert_eq!(code(pay(&cost)), "E-CONFLICT");
    });
}

#[test]
fn nobody_is_paid_twice_however_many_pay() {
    each_engine(&tables(), |store| {
        let all = events(SALE);
        let id = play(store, &all[..29]);
        let at = now("2026-11-27");
        let paid = all[30].clone();
        assert_eq!(paid["kind"], "reward_paid");
        let done: Vec<&'static str> = std::thread::scope(|scope| {
            let pay = || {
                code(store.write(|tx| {
                    case::act(tx, &actor(), at, ground(), (id, None), paid.clone(), false)
                }))
            };
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(pay)).collect();
            threads.into_iter().map(|thread| thread.join().expect("joined")).collect()
        });
        let mut sorted = done;
        sorted.sort_unstable();
        assert_eq!(sorted, ["-", "E-PAY-03", "E-PAY-03", "E-PAY-03"]);
        let sql = "select count(*) from transfer_event where kind = 'reward_paid'";
        let count = store.read(|tx| tx.query_one(sql, params![], |row| row.int(0)));
        assert_eq!(count.expect("counted"), 1);
    });
}

#[test]
fn a_clock_set_back_loses_nothing() {
    each_engine(&tables(), |store| {
        let all = events(SALE);
        let id = play(store, &all[..17]);
        // The machine's clock says January: March has not happened for it.
        let early = now("2026-01-15");
        let done = store.write(|tx| {
            case::act(tx, &actor(), early, ground(), (id, None), all[18].clone(), false)
        });
        assert_eq!(code(done), "E-DATE-03");
        let right = now("2026-11-27");
        let done = store.write(|tx| {
            case::act(tx, &actor(), right, ground(), (id, None), all[18].clone(), false)
        });
        assert_eq!(code(done), "-");
    });
}

#[test]
fn exclusive_licences_of_two_cases_do_not_overlap() {
    each_engine(&tables(), |store| {
        let all = events(LICENCE);
        let first = play(store, &all[..18]);
        let whole = store.read(|tx| case::get(tx, book(), first)).expect("found");
        assert_eq!(whole.case.stage.name(), "registration");
        // Another case of the same right, and the same field inside the other's.
        let second = play(store, &all[..15]);
        let at = now("2026-11-27");
        let sign = |change: fn(&mut Value)| {
            let mut event = all[17].clone();
            event["counterparty"] = json!("恒达材料公司");
            change(&mut event);
            code(store.write(|tx| {
                case::act(tx, &actor(), at, ground(), (second, None), event.clone(), false)
            }))
        };
        assert_eq!(sign(|_| {}), "E-LIC-01");
        // What the sender says of other licences does not count.
        assert_eq!(sign(|event| event["other_licences"] = json!([])), "E-LIC-01");
        assert_eq!(sign(|event| event["scope"]["fields"] = json!(["industry"])), "-");
    });
}

#[test]
fn members_see_the_cases_of_their_organization_only() {
    each_engine(&tables(), |store| {
        let names = ["研究所", "买方", "旁人"];
        let [unit, buyer, stranger] = names.map(|name| organization(store, name));
        let id = |entity: i64| json!(kernel::EntityId(entity).to_string());
        let mut mine = events(SALE);
        mine[0]["unit"]["entity"] = id(unit);
        mine[8]["counterparty_entity"] = id(buyer);
        let own = play(store, &mine[..9]);
        let other = play(store, &events(SALE)[..3]);
        let list = |sight| {
            let found = store.read(|tx| case::list(tx, sight, &Filter::default(), (0, 10)));
            found.expect("listed").iter().map(|line| line.id).collect::<Vec<_>>()
        };
        assert_eq!(list(Sight::All).len(), 2);
        assert_eq!(list(Sight::Of(unit)), [own]);
        assert_eq!(list(Sight::Of(buyer)), [own], "the buyer takes part");
        assert_eq!(list(Sight::Of(stranger)), []);
        let side = |sight, id| store.read(|tx| case::side(tx, sight, id)).ok();
        assert_eq!(side(Sight::Of(unit), own), Some(case::Side::Unit));
        assert_eq!(side(Sight::Of(buyer), own), Some(case::Side::Other));
        assert_eq!(side(Sight::Of(unit), other), None);
        assert_eq!(side(Sight::All, other), Some(case::Side::Office));
        let due = |sight| {
            let from = day("2025-01-01");
            let all = store.read(|tx| case::due(tx, sight, from, 100)).expect("read");
            all.into_iter().map(|one| one.key).collect::<BTreeSet<_>>()
        };
        assert!(due(Sight::Of(unit)).contains("inaction"));
        assert!(!due(Sight::Of(buyer)).contains("inaction"), "how the unit stands is its own");
    });
}

#[test]
fn a_new_holiday_table_moves_what_runs_and_says_so() {
    each_engine(&tables(), |store| {
        let all = events(SALE);
        let mut notice = all[14].clone();
        notice["on"] = json!("2027-02-01");
        let mut before = all[..14].to_vec();
        before.push(notice);
        let id = play(store, &before);
        let due = |store: &Store| {
            let found = store.read(|tx| case::due(tx, Sight::All, day("2027-02-01"), 10));
            found.expect("due").iter().find(|one| one.key == "notice").map(|one| one.last)
        };
        // 2027 has no table: 15 days from 1 February end on Tuesday the 16th.
        assert_eq!(due(store), Some(day("2027-02-16")));
        let free: BTreeSet<Day> = (5..=18).filter_map(|day| Day::from_ymd(2027, 2, day)).collect();
        let table = NewTable {
            year: 2027,
            version: "2027-1".to_string(),
            free,
            worked: BTreeSet::from([day("2027-02-20")]),
        };
        let at = now("2026-11-27");
        let run = |dry| store.write(|tx| add(tx, &actor(), at, book(), &table, dry));
        let tried = run(true).expect("tried");
        assert_eq!(tried.event, None);
        let moved: Vec<_> = tried.moved.iter().map(|one| (one.before, one.after)).collect();
        assert_eq!(moved, [(day("2027-02-16"), day("2027-02-19"))]);
        assert_eq!(due(store), Some(day("2027-02-16")), "trying writes nothing");
        let done = run(false).expect("added");
        assert_eq!(done.moved, tried.moved);
        assert_eq!(due(store), Some(day("2027-02-19")));
        let kept = store.read(|tx| moves_of(tx, id.0, 10)).expect("kept");
        assert_eq!(kept.len(), 1);
        let again = run(false).map(|_| ()).map_err(|error| error.to_string());
        assert!(again.is_err_and(|error| error.contains("E-DATE-07")));
        let line = store.read(|tx| case::list(tx, Sight::All, &Filter::default(), (0, 1)));
        let next = line.expect("listed")[0].next.clone();
        assert_eq!(next.map(|(_, day)| day), Some(day("2026-10-15")), "the year of inaction first");
        // A case read with the new calendar has the new day, too.
        let calendar = store.read(|tx| holidays::calendar(tx, book().calendar())).expect("read");
        let newer = book().clone().with_calendar(calendar);
        let whole = store.read(|tx| case::get(tx, &newer, id)).expect("found");
        let clock = whole.case.clocks().iter().find(|clock| clock.key == "notice");
        assert_eq!(clock.map(|clock| clock.last), Some(day("2027-02-19")));
    });
}

#[test]
fn one_changed_byte_of_a_step_is_found() {
    each_engine(&tables(), |store| {
        play(store, &events(SALE)[..9]);
        let findings = || {
            store.read(|tx| -> Result<usize> {
                let mut rows = verify::gather(tx)?;
                let verifier = store.signer().expect("a key").verifier().clone();
                let report =
                    store::journal::verify(tx, &verifier, &mut |event, _| rows.check(event))?;
                Ok(report.findings.len() + rows.left_over().len())
            })
        };
        assert_eq!(findings().expect("verified"), 0);
        for sql in [
            "update transfer_event set body = replace(body, '3000000.00', '3000001.00') where kind = 'priced'",
            "update transfer_event set actor = 'A2' where seq = 3",
            "update transfer_event set proof = null where seq = 2",
            "delete from transfer_event where seq = 9",
        ] {
            let undone = store.write(|tx| -> Result<()> {
                tx.execute(sql, params![])?;
                let mut rows = verify::gather(tx)?;
                let verifier = store.signer().expect("a key").verifier().clone();
                let report =
                    store::journal::verify(tx, &verifier, &mut |event, _| rows.check(event))?;
                assert!(report.findings.len() + rows.left_over().len() > 0, "{sql}");
                Err(Error::missing("case", "undo"))
            });
            assert!(undone.is_err());
        }
        assert_eq!(findings().expect("verified"), 0);
    });
}

#[test]
fn demands_meet_results() {
    use crate::demand::{self, Follow, NewDemand};
    each_engine(&tables(), |store| {
        let at = now("2026-11-27");
        let new = NewDemand {
            title: "低温导电胶".to_string(),
            body: "{}".to_string(),
            firm: "恒达材料公司".to_string(),
            firm_entity: Some(9),
        };
        let made = store.write(|tx| demand::post(tx, &actor(), at, &new)).expect("kept");
        assert_eq!((made.state.as_str(), made.firm_entity), ("open", Some(9)));
        let seen =
            |sight| store.read(|tx| demand::list(tx, sight, None, 10)).expect("listed").len();
        assert_eq!((seen(Sight::All), seen(Sight::Of(9)), seen(Sight::Of(8))), (1, 1, 0));
        let task = Follow { task: Some("约见".to_string()), ..Follow::default() };
        let ends = (made.id, kernel::EntityId(3));
        let one = store.write(|tx| demand::introduce(tx, &actor(), at, ends, &task)).expect("made");
        assert_eq!((one.state.as_str(), one.task.as_deref()), ("proposed", Some("约见")));
        let follow = |state: &str| {
            let wish = Follow { state: state.to_string(), ..Follow::default() };
            store
                .write(|tx| demand::follow(tx, &actor(), at, one.id, &wish))
                .map(|one| one.state)
                .map_err(|error| error.to_string().chars().take(10).collect::<String>())
        };
        assert_eq!(follow("negotiating").as_deref(), Ok("negotiating"));
        assert_eq!(follow("met"), Err("E-CASE-01:".to_string()), "it does not go back");
        assert_eq!(follow("married"), Err("E-INPUT-01".to_string()));
        let end = |met| store.write(|tx| demand::end(tx, &actor(), at, Sight::All, (made.id, met)));
        assert_eq!(end(true).map(|one| one.state).ok().as_deref(), Some("met"));
        assert!(end(false).is_err());
        let claim = |unit| demand::Claim {
            entity: kernel::EntityId(3),
            unit: kernel::EntityId(unit),
            registered: day("2025-10-15"),
            case: None,
        };
        assert!(store.write(|tx| demand::claim(tx, &actor(), at, &claim(7))).is_ok());
        assert!(store.write(|tx| demand::claim(tx, &actor(), at, &claim(8))).is_err());
        assert_eq!(store.read(demand::claims).expect("claims"), [claim(7)]);
    });
}

#[test]
fn reports_count_events_and_the_radar_finds_what_lies_idle() {
    use crate::report;
    each_engine(&tables(), |store| {
        let sold = play(store, &events(SALE));
        let idle = play(store, &events(SALE)[..5]);
        let found = store
            .read(|tx| {
                let year = (day("2026-01-01"), day("2027-01-01"));
                report::activities(tx, book(), Sight::All, "shanghai", year)
            })
            .expect("counted");
        let law = book().lookup("shanghai", day("2026-12-31"), day("2027-06-01"));
        let content = transfer_rules::report::Content { year: 2026, events: found };
        let report = transfer_rules::report::content(&content, &law).expect("a report");
        let value = |key: &str| report.figure(key).map(|figure| figure.value.text());
        let keys: Vec<_> = report.figures.iter().map(|one| (one.key, one.value.text())).collect();
        assert!(keys.iter().any(|(_, value)| value == "3000000.00"), "{keys:?}");
        assert!(report.figures.iter().all(|one| value(one.key).is_some()));
        let radar = |on| {
            let days = (day(on), day("2027-06-01"));
            let found = store.read(|tx| report::radar(tx, book(), Sight::All, days, 10));
            found.expect("radar").iter().map(|one| one.case).collect::<Vec<_>>()
        };
        assert_eq!(radar("2026-10-15"), [], "not over a year");
        assert_eq!(radar("2026-10-16"), [idle]);
        assert_ne!(sold, idle);
    });
}

/// An organization of the atlas, told under a made-up key.
fn organization(store: &Store, name: &str) -> i64 {
    let outcome = atlas::outcome::Outcome {
        source: atlas::source::Description {
            key: "test/organizations".to_string(),
            kind: atlas::source::SourceKind::Register,
            parent: None,
            title: kernel::Label::new("测试", "Test"),
            publisher: None,
            licence: None,
            attribution: None,
            url: None,
            published: None,
        },
        kind: "company",
        key: ("name", name.to_string()),
        record: name.to_string(),
        event: kernel::EventId(1),
        said: vec![("name", kernel::Value::Text { text: name.to_string(), lang: None })],
        ties: Vec::new(),
    };
    let now = now("2026-01-05");
    let told = store.write(|tx| atlas::outcome::tell(tx, ground().schema, &actor(), now, &outcome));
    told.expect("told").0
}

/// What the register says of a case: property and value, relations with their ends.
fn told(store: &Store, id: CaseId) -> Vec<String> {
    let all = store.read(|tx| atlas::outcome::told(tx, outcome::REGISTER, &id.to_string()));
    let shown = |value: &kernel::Value| match value {
        kernel::Value::Text { text, .. } | kernel::Value::Concept(text) => text.clone(),
        kernel::Value::Entity(entity) => entity.0.to_string(),
        kernel::Value::Money { fen, .. } => fen.to_string(),
        kernel::Value::Date { day, .. } => day.to_string(),
        other => format!("{other:?}"),
    };
    let all = all.expect("read");
    // Each statement names the event of the case that it comes from.
    assert!(all.iter().all(|one| {
        one.said.qualifiers.iter().any(|(key, event)| key == "journal" && event.starts_with('J'))
    }));
    all.iter().map(|one| format!("{}={}", one.said.property, shown(&one.said.value))).collect()
}

#[test]
fn what_a_case_came_to_stands_in_the_atlas_with_its_event() {
    each_engine(&tables(), |store| {
        let (institute, buyer) = (organization(store, "研究所"), organization(store, "买方"));
        let all = naming(events(SALE), institute, buyer);
        let signed = all.iter().rposition(|event| event["kind"] == "contract_signed");
        let signed = signed.expect("signed");
        let id = play(store, &all[..signed]);
        assert_eq!(told(store, id), Vec::<String>::new(), "nothing before it is signed");
        let at = now("2027-06-01");
        for event in &all[signed..] {
            let done = store.write(|tx| {
                case::act(tx, &actor(), at, ground(), (id, None), event.clone(), false)
            });
            assert!(matches!(done, Ok(_) | Err(Error::Refused(_))), "{done:?}");
        }
        let standing = told(store, id);
        let has = |wanted: &str| standing.iter().any(|one| one == wanted);
        assert!(has("contract_kind=contract_kind:transfer"), "{standing:?}");
        assert!(has("contract_amount=3000000.00"), "{standing:?}");
        assert!(has(&format!("party={institute}")) && has("role=seller"), "{standing:?}");
        assert!(has(&format!("party={buyer}")) && has("role=buyer"), "{standing:?}");
        assert!(standing.iter().any(|one| one.starts_with("contract_registered=")));
        assert_eq!(standing.len(), 12, "told once each: {standing:?}");
        let verifier = store.signer().expect("a key").verifier().clone();
        let found = store.read(|tx| atlas::verify::verify(tx, &verifier)).expect("read");
        assert_eq!(found.finding_count, 0);
    });
}

/// The events with both sides named by their entities.
fn naming(mut all: Vec<Value>, institute: i64, buyer: i64) -> Vec<Value> {
    let id = |entity: i64| json!(kernel::EntityId(entity).to_string());
    for event in &mut all {
        if event["kind"] == "opened" {
            event["unit"]["entity"] = id(institute);
        }
        if event["kind"] == "contract_signed" {
            event["counterparty_entity"] = id(buyer);
        }
    }
    all
}

#[test]
fn a_party_that_the_atlas_does_not_know_is_refused() {
    each_engine(&tables(), |store| {
        let all = naming(events(SALE), 7, 8);
        let at = now("2027-06-01");
        let first = all[0].clone();
        let opened = store.write(|tx| case::open(tx, &actor(), at, ground(), first.clone(), false));
        assert_eq!(code(opened), "E-INPUT-01");
        let kept = store
            .read(|tx| tx.query_one("select count(*) from transfer_event", &[], |row| row.int(0)));
        assert_eq!(kept.expect("counted"), 0);
    });
}
