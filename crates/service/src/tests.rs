//! Commands on SQLite and PostgreSQL: what is written, what is refused, what is paid.

use super::*;
use crate::application::{Acting, ApplicationId, Ground, Offered};
use crate::application_rules::{State, Step};
use crate::declared::NewFact;
use crate::request_rules::{Grade, Lane};
use kernel::{Actor, Day, EntityId, Fen, Timestamp};
use policy_rules::facts::Given;
use policy_rules::pool::Sharing;
use policy_rules::{Facts, Moment, Policy, Shelf, Vocabulary};
use schema::Rulebook;
use std::sync::OnceLock;
use store::testkit::each_engine;
use store::{Store, params};

const POOLED: &str = "
policy: test.pooled
title: {zh: 稳岗奖励, en: Reward for keeping jobs}
place: shanghai/xuhui
source: {document: 测试办法, issued: 2026-01-01, clause: 第三条, confidence: own}
valid: {from: 2026-01-01, to: null}
inputs:
  jobs.kept: {type: truth, label: {zh: 未裁员, en: Kept its jobs}, ask: 2}
eligible:
  all:
    - {that: jobs.kept, label: {zh: 未裁员, en: Kept its jobs}, clause: 第三条}
amount: {kind: exact, expr: '300000.00'}
pool: {id: test.2026, budget: 10000000.00}
process: {way: automatic, within: 60 workday}
tests:
  - {name: 未裁员, in: {jobs.kept: true}, out: {exact: 300000.00}, clause: 第三条}
  - {name: 裁员, in: {jobs.kept: false}, out: {eligible: false}, clause: 第三条}
  - {name: 未知, in: {}, out: {unknown: [jobs.kept]}, clause: 第三条}
";

const RENT: &str = include_str!("../../../data/policies/sh.rent-subsidy.songjiang.yaml");

fn book() -> &'static Rulebook {
    static BOOK: OnceLock<Rulebook> = OnceLock::new();
    BOOK.get_or_init(|| Rulebook::shipped().expect("sound"))
}

fn law() -> Law<'static> {
    Law { book: book(), place: "shanghai" }
}

fn shelf() -> &'static Shelf {
    static SHELF: OnceLock<Shelf> = OnceLock::new();
    SHELF.get_or_init(|| {
        let files = [("pooled.yaml", POOLED), ("rent.yaml", RENT)];
        let shelf = Shelf::read(files, &Vocabulary::default(), book().calendar());
        let faults: Vec<String> = shelf.faults.iter().map(ToString::to_string).collect();
        assert!(!shelf.is_broken(), "{faults:#?}");
        shelf
    })
}

fn policy(id: &str) -> &'static Policy {
    shelf().get(id).expect("on the shelf")
}

fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

/// Noon in China, as the instant things are recorded.
fn at(text: &str) -> Timestamp {
    Timestamp::from_micros(Timestamp::end_of(day(text)).micros() - 12 * 3_600_000_000)
}

fn actor(name: &str) -> Actor {
    Actor::new(name)
}

fn ground() -> Ground<'static> {
    Ground { shelf: shelf(), calendar: book().calendar() }
}

fn fen(text: &str) -> i64 {
    Fen::parse(text).expect("yuan").fen()
}

fn code<T: std::fmt::Debug>(done: Result<T>) -> &'static str {
    match done {
        Ok(_) => "-",
        Err(Error::Refused(refusal)) => refusal.code,
        Err(Error::Conflict { .. }) => "E-CONFLICT",
        Err(Error::Missing { .. }) => "missing",
        Err(error) => panic!("{error:?}"),
    }
}

fn facts(kept: Option<bool>) -> Facts {
    let given = kept.map_or(Given::Unknown, |kept| Given::Text(kept.to_string()));
    Facts([("jobs.kept".to_string(), given)].into())
}

/// A step of the office or of a firm.
fn act(store: &Store, who: &str, id: ApplicationId, step: Step) -> Result<application::Whole> {
    let by = actor(who);
    let acting = Acting { actor: &by, now: at("2026-03-10"), ground: ground() };
    store.write(|tx| application::act(tx, acting, &Sight::All, (id, None), |_| false, step.clone()))
}

fn offer(store: &Store, firms: &[(EntityId, Facts)]) -> Offered {
    let by = actor("A1");
    let acting = Acting { actor: &by, now: at("2026-03-09"), ground: ground() };
    let done = store.write(|tx| application::offer(tx, acting, policy("test.pooled"), firms));
    done.expect("offered")
}

fn share(store: &Store) -> policy_rules::pool::Allocation {
    let by = actor("A1");
    let acting = Acting { actor: &by, now: at("2026-03-11"), ground: ground() };
    let done =
        store.write(|tx| application::share(tx, acting, policy("test.pooled"), Sharing::ProRata));
    done.expect("shared").1
}

/// Scenario 8: 37 firms of 300,000 each and ten million; one of unknown data, one that withdraws.
#[test]
fn a_short_pool_is_offered_shared_and_paid_to_the_fen() {
    each_engine(MIGRATIONS, |store| {
        let mut firms: Vec<(EntityId, Facts)> =
            (1..=37).map(|firm| (EntityId(firm), facts(Some(true)))).collect();
        firms.push((EntityId(38), facts(None)));
        firms.push((EntityId(39), facts(Some(false))));
        let offered = offer(store, &firms);
        assert_eq!((offered.offered.len(), offered.moved.len(), offered.skipped.len()), (37, 1, 1));
        // A second time, everyone has one under way.
        assert_eq!(offer(store, &firms).skipped.len(), 39);
        let (_, unknown) = offered.moved[0];
        let asked = Step::Submitted {
            judged: store
                .read(|tx| application::get(tx, ground(), &Sight::All, unknown))
                .expect("there")
                .application
                .judged,
            materials: vec![],
        };
        act(store, "A38", unknown, asked).expect("it may be handed in");
        let grant = Step::Granted { amount: None, round: None };
        assert_eq!(code(act(store, "A1", unknown, grant.clone())), "E-PAY-02");
        for (_, id) in &offered.offered {
            act(store, "A9", *id, Step::Consented).expect("consents");
        }
        let shared = share(store);
        assert_eq!(shared.paid.len(), 37);
        assert_eq!(shared.paid[0].1.to_string(), "270270.28");
        assert!(shared.paid[1..].iter().all(|(_, paid)| paid.to_string() == "270270.27"));
        assert_eq!(Fen::sum(shared.paid.iter().map(|(_, paid)| *paid)), Fen::new(fen("10000000")));
        // One takes its consent back: the rest is shared anew, and proved anew.
        let (_, last) = offered.offered[36];
        act(store, "A9", last, Step::Withdrawn).expect("withdrawn");
        let again = share(store);
        assert_eq!((again.paid.len(), again.paid[0].1.to_string()), (36, "277777.78".to_string()));
        assert_ne!(again.proof.digest(), shared.proof.digest());
        let kept = store.read(|tx| application::last_round(tx, "test.2026")).expect("read");
        assert_eq!(kept.expect("a round").1, again.proof.canonical());
        // What was shared is paid, and no fen more: neither to one, nor from the pool.
        for ((_, id), (_, amount)) in offered.offered.iter().zip(&again.paid) {
            let pay = |amount, reference: &str| {
                act(store, "A1", *id, Step::Paid { amount, reference: reference.to_string() })
            };
            assert_eq!(code(pay(amount.fen() + 1, "1")), "E-PAY-03");
            assert_eq!(pay(amount.fen(), "1").expect("paid").application.state, State::Paid);
        }
        let balance = store.read(|tx| application::balances(tx, shelf())).expect("balances");
        let pool = balance.iter().find(|one| one.pool == "test.2026").expect("the pool");
        assert_eq!((pool.paid.to_string(), pool.left), ("10000000.00".into(), Some(Fen::ZERO)));
        let more = offer(store, &[(EntityId(50), facts(Some(true)))]);
        let (_, late) = more.offered[0];
        act(store, "A9", late, Step::Consented).expect("consents");
        act(store, "A1", late, grant).expect("it is granted by the rules");
        let pay = Step::Paid { amount: fen("1"), reference: "1".to_string() };
        assert_eq!(code(act(store, "A1", late, pay)), "E-PAY-01");
    });
}

/// Scenario 11: a month was paid that the facts no longer grant; the firm has two places.
#[test]
fn a_subsidy_is_worked_out_again_and_comes_back() {
    each_engine(MIGRATIONS, |store| {
        let rent = policy("sh.rent-subsidy.songjiang");
        let given = |to: &str, moved: bool| {
            let all = serde_json::json!({
                "rent.monthly_rate": "1500.00", "rent.from": "2026-03-16", "rent.to": to,
                "rent.moved_into_flat": moved, "rent.moved_on": "2026-07-01",
                "rent.owns_home": false,
            });
            Facts::from_json(&all).expect("facts")
        };
        let judged = |facts: &Facts| {
            let moment = Moment { on: day("2026-08-03"), known: day("2026-08-03") };
            application::judge(rent, facts, moment, book().calendar()).expect("judged").0
        };
        let begin = |who: &str| {
            let by = actor(who);
            let acting = Acting { actor: &by, now: at("2026-08-03"), ground: ground() };
            let step = Step::Drafted { judged: judged(&given("2026-07-31", false)) };
            store.write(|tx| application::begin(tx, acting, EntityId(7), rent, step.clone()))
        };
        let id = begin("A9").expect("begun").id;
        assert_eq!(code(begin("A9")), "E-APP-07");
        let materials = vec![application_rules::Handed {
            material: 1,
            evidence: "租赁备案 2026-118".into(),
        }];
        let judged_first = judged(&given("2026-07-31", false));
        assert_eq!(judged_first.bound, Some(fen("6774.19")));
        let submit = Step::Submitted { judged: judged_first, materials };
        act(store, "A9", id, submit).expect("handed in");
        let grant = Step::Granted { amount: None, round: None };
        assert_eq!(code(act(store, "A9", id, grant.clone())), "E-APP-04");
        act(store, "A1", id, grant).expect("granted");
        let pay = Step::Paid { amount: fen("6774.19"), reference: "3月至7月".into() };
        act(store, "A1", id, pay).expect("paid");
        let moved = Step::Rejudged {
            judged: judged(&given("2026-12-31", true)),
            reason: "7月1日入住人才公寓".into(),
        };
        let now = act(store, "A1", id, moved).expect("judged again").application;
        assert_eq!(now.judged.bound, Some(fen("5274.19")));
        assert_eq!(now.owed_back(), fen("1500.00"));
        let back = |amount| Step::Reclaimed { amount, reference: "退7月".into() };
        assert_eq!(code(act(store, "A1", id, back(fen("1500.01")))), "E-PAY-03");
        let now = act(store, "A1", id, back(fen("1500.00"))).expect("it came back").application;
        assert_eq!((now.paid, now.owed_back()), (fen("5274.19"), 0));
        // Its steps make the same of it when they are read again, and the bytes are the same.
        let kept = store.read(|tx| application::get(tx, ground(), &Sight::All, id)).expect("there");
        assert_eq!(kept.application.paid, fen("5274.19"));
        let again = Facts::from_json(&kept.application.judged.facts.clone().into()).expect("facts");
        assert_eq!(judged(&again).proof, kept.application.judged.proof);
    });
}

#[test]
fn many_at_once_pay_once_and_never_past_the_pool() {
    each_engine(MIGRATIONS, |store| {
        let firms: Vec<(EntityId, Facts)> =
            (1..=40).map(|firm| (EntityId(firm), facts(Some(true)))).collect();
        let offered = offer(store, &firms);
        let ids: Vec<ApplicationId> = offered.offered.iter().map(|(_, id)| *id).collect();
        for id in &ids {
            act(store, "A9", *id, Step::Consented).expect("consents");
            act(store, "A1", *id, Step::Granted { amount: None, round: None }).expect("granted");
        }
        // Four at a time pay the same forty, under names of their own: 33 fit into the pool.
        std::thread::scope(|scope| {
            for who in 0..4 {
                let (ids, store): (&[ApplicationId], &Store) = (&ids, store);
                scope.spawn(move || {
                    for id in ids {
                        let reference = format!("{who}-{id}");
                        let pay = Step::Paid { amount: 30_000_000, reference };
                        let done = code(act(store, "A1", *id, pay));
                        assert!(matches!(done, "-" | "E-PAY-01" | "E-APP-01"), "{done}");
                    }
                });
            }
        });
        let sql = "select count(*), coalesce(sum(amount_fen), 0) from service_payment";
        let (count, sum) = store
            .read(|tx| tx.query_one(sql, params![], |row| Ok((row.int(0)?, row.int(1)?))))
            .expect("counted");
        assert_eq!((count, sum), (33, fen("9900000")));
    });
}

fn file(store: &Store, who: &str, firm: Option<i64>) -> request::Whole {
    let by = actor(who);
    let (title, text) = ("停车位不足".to_string(), "园区早高峰没有车位".to_string());
    let step = request_rules::Step::Filed { lane: Lane::Firm, title, text };
    let now = at("2026-09-18");
    store.write(|tx| request::file(tx, (&by, now), law(), firm, step.clone())).expect("filed")
}

/// Scenario 9 in the store: who asks rates, who serves settles, and nobody sees another's.
#[test]
fn requests_have_their_clocks_and_their_sides() {
    each_engine(MIGRATIONS, |store| {
        let id = file(store, "A9", Some(7)).id;
        let act = |who: &str, on: &str, sight: &Sight, version, step: request_rules::Step| {
            let by = actor(who);
            let now = at(on);
            store
                .write(|tx| request::act(tx, (&by, now), law(), sight, (id, version), step.clone()))
        };
        let own = Sight::Firm(7, "A9".into());
        let other = Sight::Firm(8, "A8".into());
        let answer =
            || request_rules::Step::Settled { answer: "已协调增加临时车位".into() };
        let rate = |mark| request_rules::Step::Rated { mark, named: true, text: None };
        assert_eq!(code(act("A9", "2026-09-21", &own, None, answer())), "E-AUTH-05");
        assert_eq!(code(act("A8", "2026-09-21", &other, None, rate(1))), "missing");
        let hard =
            request_rules::Step::Graded { grade: Grade::Difficult, reason: "跨部门".into() };
        act("A1", "2026-09-21", &Sight::All, Some(1), hard).expect("graded");
        let line = store.read(|tx| request::list(tx, &own, &request::Filter::default(), (0, 10)));
        let line = line.expect("listed")[0].clone();
        assert_eq!(line.clock, Some(("difficult".to_string(), day("2026-10-15"))));
        assert_eq!(code(act("A1", "2026-09-24", &Sight::All, Some(1), answer())), "E-CONFLICT");
        act("A1", "2026-09-24", &Sight::All, Some(2), answer()).expect("settled");
        // An officer does not rate what officers settled.
        assert_eq!(code(act("A1", "2026-09-30", &Sight::All, None, rate(5))), "E-AUTH-05");
        let rated = act("A9", "2026-09-30", &own, None, rate(1)).expect("rated");
        assert_eq!(rated.request.running().expect("a call").last, day("2026-10-08"));
        let late = |on: &str| {
            store.read(|tx| request::counts(tx, &Sight::All, day(on))).expect("counted").late
        };
        assert_eq!((late("2026-10-08"), late("2026-10-09")), (0, 1));
        let call = request_rules::Step::CalledBack { outcome: "已致电说明".into() };
        act("A1", "2026-10-08", &Sight::All, None, call).expect("called");
        file(store, "A8", Some(8));
        let seen = |sight: &Sight| {
            let found =
                store.read(|tx| request::list(tx, sight, &request::Filter::default(), (0, 10)));
            found.expect("listed").len()
        };
        assert_eq!([&own, &other, &Sight::All, &Sight::Own("A5".into())].map(seen), [1, 1, 2, 0]);
        let whole = store.read(|tx| request::get(tx, law(), &own, id)).expect("there");
        assert_eq!((whole.steps.len(), whole.request.clocks.len()), (5, 2));
        // At seven in the morning of Saturday in China it is still Friday in UTC.
        let by = actor("A9");
        let early =
            Timestamp::from_micros(Timestamp::end_of(day("2026-09-18")).micros() - 3_600_000_000);
        let step = request_rules::Step::Filed {
            lane: Lane::Resident,
            title: "噪声".into(),
            text: "夜间施工".into(),
        };
        let filed = store.write(|tx| request::file(tx, (&by, early), law(), None, step.clone()));
        assert_eq!(filed.expect("filed").request.filed, Some(day("2026-09-19")));
    });
}

#[test]
fn what_firms_say_is_checked_and_the_last_counts() {
    each_engine(MIGRATIONS, |store| {
        let say = |name: &str, value: Option<&str>, evidence: Option<&str>| {
            let by = actor("A9");
            let fact = NewFact {
                name: name.to_string(),
                value: value.map(str::to_string),
                evidence: evidence.map(str::to_string),
            };
            let facts = [fact];
            store.write(|tx| declared::declare(tx, (&by, at("2026-03-09")), shelf(), 7, &facts))
        };
        assert_eq!(code(say("jobs.kept", Some("maybe"), None)), "E-INPUT-01");
        assert_eq!(code(say("nobody.asks", Some("true"), None)), "E-INPUT-01");
        assert_eq!(code(say("rent.owns_home", Some("true"), None)), "E-ID-03");
        say("jobs.kept", Some("false"), None).expect("kept");
        say("jobs.kept", Some("true"), Some("社保缴费记录")).expect("kept");
        let said = store.read(|tx| declared::declared(tx, 7)).expect("read");
        let one = &said[&(7, "jobs.kept".to_string())];
        assert_eq!((one.value.as_str(), one.evidence.as_deref()), ("true", Some("社保缴费记录")));
        say("jobs.kept", None, None).expect("taken back");
        assert!(store.read(|tx| declared::declared(tx, 0)).expect("read").is_empty());
    });
}

#[test]
fn a_changed_byte_is_found() {
    each_engine(MIGRATIONS, |store| {
        let offered = offer(store, &[(EntityId(1), facts(Some(true)))]);
        let (_, id) = offered.offered[0];
        act(store, "A9", id, Step::Consented).expect("consents");
        act(store, "A1", id, Step::Granted { amount: None, round: None }).expect("granted");
        let pay = Step::Paid { amount: 30_000_000, reference: "1".to_string() };
        act(store, "A1", id, pay).expect("paid");
        file(store, "A9", Some(7));
        let found = || {
            let all = store.read(|tx| {
                let mut rows = verify::gather(tx)?;
                let mut found = Vec::new();
                let events = store::journal::events(tx, None, 1_000)?;
                for event in events {
                    found.extend(rows.check(&event).err());
                }
                found.extend(rows.left_over());
                Ok::<_, Error>(found.len())
            });
            all.expect("verified")
        };
        assert_eq!(found(), 0);
        for (change, back) in [
            (
                "update service_payment set amount_fen = 29999999",
                "update service_payment set amount_fen = 30000000",
            ),
            (
                "update service_request_step set body = replace(body, '车位', '车库')",
                "update service_request_step set body = replace(body, '车库', '车位')",
            ),
            (
                "update service_application_step set on_day = on_day + 1 where seq = 2",
                "update service_application_step set on_day = on_day - 1 where seq = 2",
            ),
        ] {
            let run = |sql: &str| store.write(|tx| tx.execute(sql, params![])).expect("written");
            run(change);
            assert_eq!(found(), 1, "{change}");
            run(back);
            assert_eq!(found(), 0);
        }
    });
}
