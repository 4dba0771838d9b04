//! Merging and splitting, on both engines: what is undone leaves no trace.

use super::{JudgementId, Verdict, Wish, judge, standing, undo};
use crate::error::Error;
use crate::tests::{House, each_engine, on};
use crate::view::{AsOf, View};
use crate::{graph, page};
use kernel::{Actor, EntityId, Timestamp};
use proptest::prelude::*;

const FIRMS: &str = "source: {key: firms, title: {zh: 名录, en: Firms}, publisher: 测试, licence: CC0-1.0, retrieved: 2026-01-01, confidence: 90}
file: firms.csv
format: csv
record: \"{n}\"
entities:
  - {id: firm, kind: company, keys: {credit_code: \"{code}\"}, names: [{zh: \"{name}\"}]}
  - {id: street, kind: street, names: [{zh: \"{street}\"}]}
statements:
  - {of: firm, property: located_in, entity: street}
  - {of: firm, property: established, value: \"{founded}\"}
";

const FIRMS_CSV: &str = "n,code,name,street,founded
1,,甲科技有限公司,东街道,1999
2,,甲科技,东街道,1999
3,,上海甲科技有限公司,西街道,2005-03
4,,乙生物有限公司,西街道,2010-07-01
5,,乙生物,西街道,2010
";

fn actor() -> Actor {
    Actor::new("A7")
}

fn at(n: i64) -> Timestamp {
    Timestamp::from_micros(1_780_000_000_000_000 + n * 1_000_000)
}

fn say(house: &House, n: i64, left: EntityId, right: EntityId, verdict: Verdict) -> Outcome {
    let wish = Wish { left, right, verdict, reason: None };
    let schema = house.schema();
    match house.store.write(|tx| judge(tx, &schema, &actor(), at(n), &wish)) {
        Ok(judgement) => Ok(judgement.id),
        Err(Error::Refused(refusal)) => Err(refusal.code),
        Err(other) => panic!("{other}"),
    }
}

type Outcome = Result<JudgementId, &'static str>;

fn take_back(house: &House, n: i64, id: JudgementId) {
    house.store.write(|tx| undo(tx, &actor(), at(n), id)).expect("it stands");
}

/// Everything that can be asked of every entity, as text.
fn meaning(house: &House, view: &View, as_of: AsOf) -> String {
    let sight = view.sight(as_of);
    let mut all = String::new();
    for id in (1..=view.entity_count() as i64).map(EntityId) {
        let page = house.store.read(|tx| page::page(tx, view, id, sight));
        all += &format!("{id} {:?} {:?}\n", view.names(id), page.ok());
        all += &format!("{:?} {:?} {:?}\n", view.about(id), view.into(id), view.canonical(id));
    }
    all
}

fn named(view: &View, name: &str) -> EntityId {
    let mut ids = (1..=view.entity_count() as i64).map(EntityId);
    ids.find(|id| view.names(*id).zh == name).unwrap_or_else(|| panic!("no `{name}`"))
}

#[test]
fn two_become_one_and_two_again() {
    each_engine(|mut house| {
        house.scan(FIRMS, FIRMS_CSV);
        let mut view = house.view();
        let before = meaning(&house, &view, on("2026-06-01"));
        let (full, short) = (named(&view, "甲科技有限公司"), named(&view, "甲科技"));
        let id = say(&house, 1, full, short, Verdict::Positive).expect("they may be one");
        house.store.read(|tx| view.catch_up(tx)).expect("it catches up");
        let sight = view.sight(on("2026-06-01"));
        let one = house.store.read(|tx| page::page(tx, &view, full, sight)).expect("a page");
        let founded = one.groups.iter().find(|group| group.property == "established");
        assert_eq!(founded.map(|group| group.statements.len()), Some(2), "both sources speak");
        assert!(house.store.read(|tx| page::page(tx, &view, short, sight)).is_err());
        assert_eq!(view.canonical(short), full);
        assert_eq!(view.merged_into(full), [short]);
        let street = named(&view, "东街道");
        let firms = page::incoming(&view, street, sight);
        assert_eq!(firms.iter().map(|one| one.count).sum::<usize>(), 1, "one firm, not two");
        assert_eq!(
            meaning(&house, &house.view(), on("2026-06-01")),
            meaning(&house, &view, on("2026-06-01")),
            "a view made anew is the view that caught up"
        );

        // Asked what was known before, they are two.
        let past = AsOf { valid: on("2026-06-01").valid, known: Some(at(0)) };
        let then = view.at(view.sight(past)).expect("it was otherwise then");
        assert_eq!(then.canonical(short), short);

        take_back(&house, 2, id);
        house.store.read(|tx| view.catch_up(tx)).expect("it catches up");
        assert_eq!(meaning(&house, &view, on("2026-06-01")), before);
        assert_eq!(house.verifies(), 0);
        assert!(house.store.write(|tx| undo(tx, &actor(), at(3), id)).is_err(), "undone once");
    });
}

#[test]
fn what_was_judged_two_is_not_made_one() {
    each_engine(|mut house| {
        house.scan(FIRMS, FIRMS_CSV);
        let view = house.view();
        let firm = |name: &str| named(&view, name);
        let (a, b, c) = (firm("甲科技有限公司"), firm("甲科技"), firm("上海甲科技有限公司"));
        say(&house, 1, a, c, Verdict::Negative).expect("two");
        say(&house, 2, a, b, Verdict::Positive).expect("one");
        assert_eq!(say(&house, 3, b, c, Verdict::Positive), Err("E-ER-01"));
        say(&house, 4, b, c, Verdict::Unsure).expect("unsure ties nothing");
        assert_eq!(say(&house, 5, a, b, Verdict::Negative).map(|_| ()), Ok(()), "minds change");
        say(&house, 6, b, c, Verdict::Positive).expect("now they may be one");
        assert_eq!(say(&house, 7, a, a, Verdict::Positive), Err("E-ER-05"));
        assert_eq!(say(&house, 8, a, firm("东街道"), Verdict::Positive), Err("E-ER-05"));
        assert_eq!(house.verifies(), 0);
    });
}

#[test]
fn exclusive_keys_that_differ_keep_two_apart() {
    each_engine(|mut house| {
        // Two sound credit codes (GB 32100) of invented firms.
        let csv = "n,code,name,street,founded
1,91310000MA1FL00000,甲科技有限公司,东街道,1999
2,91310000MA1FL11112,甲科技,东街道,1999
";
        let (one, other) = (sound("91310000MA1FL0000"), sound("91310000MA1FL1111"));
        let csv = csv.replace("91310000MA1FL00000", &one).replace("91310000MA1FL11112", &other);
        let report = house.scan(FIRMS, &csv);
        assert!(report.refusals.is_empty(), "{:?}", report.refusals);
        let view = house.view();
        let (full, short) = (named(&view, "甲科技有限公司"), named(&view, "甲科技"));
        assert_eq!(say(&house, 1, full, short, Verdict::Positive), Err("E-ER-02"));
    });
}

/// The code with the check character that makes it sound.
fn sound(seventeen: &str) -> String {
    let all = "0123456789ABCDEFGHJKLMNPQRTUWXY".chars();
    let codes = all.map(|last| format!("{seventeen}{last}"));
    codes.into_iter().find(|code| kernel::identifier::credit_code(code).is_ok()).expect("one fits")
}

#[test]
fn a_later_scan_finds_the_one_they_became() {
    each_engine(|mut house| {
        house.scan(FIRMS, FIRMS_CSV);
        let view = house.view();
        let (full, short) = (named(&view, "甲科技有限公司"), named(&view, "甲科技"));
        say(&house, 1, full, short, Verdict::Positive).expect("one");
        let mapping = FIRMS.replace("key: firms", "key: more");
        house.scan(&mapping, "n,code,name,street,founded\n9,,甲科技,东街道,1998\n");
        let view = house.view();
        assert_eq!(view.merged_into(full), [short], "no third one came");
        let sight = view.sight(on("2026-06-01"));
        let page = house.store.read(|tx| page::page(tx, &view, full, sight)).expect("a page");
        let founded = page.groups.iter().find(|group| group.property == "established");
        assert_eq!(founded.map(|group| group.statements.len()), Some(3));
    });
}

#[test]
fn relations_between_members_are_no_loops_in_the_graph() {
    each_engine(|mut house| {
        house.scan(FIRMS, FIRMS_CSV);
        let view = house.view();
        let (full, short) = (named(&view, "甲科技有限公司"), named(&view, "甲科技"));
        say(&house, 1, full, short, Verdict::Positive).expect("one");
        let view = house.view();
        let sight = view.sight(on("2026-06-01"));
        let wish = graph::Wish {
            focus: full,
            hops: 2,
            kinds: Vec::new(),
            relations: Vec::new(),
            limit: 100,
        };
        let drawn = graph::around(&view, &wish, sight);
        assert!(drawn.edges.iter().all(|edge| edge.source != edge.target));
        assert!(drawn.nodes.iter().all(|node| node.entity != short));
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Any judgements on five firms, undone in any order, leave everything as it was.
    #[test]
    fn undoing_leaves_no_trace(
        steps in proptest::collection::vec((0usize..5, 0usize..5, 0u8..3, any::<u8>()), 1..14)
    ) {
        {
            let store = store::testkit::sqlite(crate::MIGRATIONS);
            let mut house = House::new(&store);
            house.scan(FIRMS, FIRMS_CSV);
            let mut view = house.view();
            let before = meaning(&house, &view, on("2026-06-01"));
            let names = ["甲科技有限公司", "甲科技", "上海甲科技有限公司", "乙生物有限公司", "乙生物"];
            let firms: Vec<EntityId> = names.iter().map(|name| named(&view, name)).collect();
            let mut clock = 10;
            for (left, right, verdict, dice) in &steps {
                clock += 1;
                let verdict = [Verdict::Positive, Verdict::Negative, Verdict::Unsure]
                    [usize::from(*verdict)];
                let _ = say(&house, clock, firms[*left], firms[*right], verdict);
                let stands = house.store.read(standing).expect("they read");
                if dice % 3 == 0 && !stands.is_empty() {
                    clock += 1;
                    take_back(&house, clock, stands[usize::from(*dice) % stands.len()].id);
                }
                house.store.read(|tx| view.catch_up(tx)).expect("it catches up");
            }
            let anew = house.view();
            let (caught, fresh) =
                (meaning(&house, &view, on("2026-06-01")), meaning(&house, &anew, on("2026-06-01")));
            assert_eq!(caught, fresh);
            for one in house.store.read(standing).expect("they read") {
                assert!(one.verdict != Verdict::Negative
                    || view.canonical(one.left) != view.canonical(one.right));
            }
            for one in house.store.read(standing).expect("they read").iter().rev() {
                clock += 1;
                take_back(&house, clock, one.id);
            }
            house.store.read(|tx| view.catch_up(tx)).expect("it catches up");
            assert_eq!(meaning(&house, &view, on("2026-06-01")), before);
            assert_eq!(house.verifies(), 0);
        }
    }
}
