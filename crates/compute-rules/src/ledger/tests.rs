//! Nothing is made and nothing is lost, whatever is said in whatever order.

use super::*;
use proptest::prelude::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_micros(second * 1_000_000)
}

fn voucher(id: u64, holder: u32, amount: i64, until: i64) -> Issue {
    Issue {
        voucher: VoucherId(id),
        holder: Tenant(holder),
        unit: Unit::Money,
        kinds: Kinds::default(),
        window: Window { from: at(0), until: at(until) },
        amount,
    }
}

fn ask(hold: u64, tenant: u32, amount: i64) -> Ask {
    Ask { hold: HoldId(hold), tenant: Tenant(tenant), unit: Unit::Money, kinds: Kinds(0b1), amount }
}

fn pockets(ledger: &Ledger, id: u64) -> [i64; 5] {
    let one = ledger.voucher(VoucherId(id)).expect("a voucher");
    [one.remaining, one.held, one.captured, one.expired, one.given]
}

fn code(done: Result<(), Refusal>) -> &'static str {
    done.expect_err("refused").code
}

#[test]
fn a_job_is_held_captured_and_released() {
    let (mut ledger, mut out) = (Ledger::default(), Vec::new());
    ledger.issue(at(0), voucher(1, 7, 100, 50), &mut out).expect("issued");
    ledger.issue(at(0), voucher(2, 7, 100, 40), &mut out).expect("issued");
    ledger.hold(at(1), ask(9, 7, 130), &mut out).expect("held");
    // The one that expires first pays first.
    assert_eq!((pockets(&ledger, 1), pockets(&ledger, 2)), ([70, 30, 0, 0, 0], [0, 100, 0, 0, 0]));
    ledger.capture(at(2), HoldId(9), 110, &mut out).expect("captured");
    assert_eq!((pockets(&ledger, 1), pockets(&ledger, 2)), ([70, 20, 10, 0, 0], [0, 0, 100, 0, 0]));
    ledger.release(at(3), HoldId(9), &mut out).expect("released");
    assert_eq!(pockets(&ledger, 1), [90, 0, 10, 0, 0]);
    let sum = ledger.totals(Unit::Money);
    assert_eq!((sum.issued, sum.remaining, sum.captured), (200, 90, 110));
    assert_eq!(ledger.audit(), Vec::<String>::new());
    // Each posting took from one pocket what it gave another.
    let captured = out.iter().filter(|one| one.to.1 == Pocket::Captured);
    assert_eq!(captured.map(|one| one.amount).sum::<i64>(), 110);
}

#[test]
fn what_is_said_twice_is_done_once_and_said_otherwise_is_refused() {
    let (mut ledger, mut out) = (Ledger::default(), Vec::new());
    for _ in 0..2 {
        ledger.issue(at(1), voucher(1, 7, 100, 50), &mut out).expect("issued");
        ledger.split(at(1), (VoucherId(1), VoucherId(2)), Tenant(8), 40, &mut out).expect("split");
        ledger.hold(at(1), ask(9, 7, 50), &mut out).expect("held");
        ledger.capture(at(1), HoldId(9), 20, &mut out).expect("captured");
    }
    for _ in 0..2 {
        ledger.release(at(1), HoldId(9), &mut out).expect("released");
        // A capture that was counted already is no news after the release either.
        ledger.capture(at(1), HoldId(9), 20, &mut out).expect("the same");
    }
    assert_eq!(pockets(&ledger, 1), [40, 0, 20, 0, 40]);
    assert_eq!(out.len(), 5);
    let split = |ledger: &mut Ledger, amount| {
        ledger.split(at(1), (VoucherId(1), VoucherId(2)), Tenant(8), amount, &mut Vec::new())
    };
    assert_eq!(code(ledger.issue(at(1), voucher(1, 7, 101, 50), &mut out)), "E-CMP-20");
    assert_eq!(code(split(&mut ledger, 41)), "E-CMP-20");
    assert_eq!(code(ledger.hold(at(1), ask(9, 7, 51), &mut out)), "E-CMP-20");
    assert_eq!(code(ledger.capture(at(1), HoldId(9), 21, &mut out)), "E-CMP-29");
    assert_eq!(out.len(), 5);
}

#[test]
fn each_refusal_has_both_sides_of_its_bound() {
    let (mut ledger, mut out) = (Ledger::default(), Vec::new());
    assert_eq!(code(ledger.issue(at(0), voucher(1, 7, 0, 50), &mut out)), "E-CMP-21");
    assert_eq!(code(ledger.issue(at(9), voucher(1, 7, 1, 9), &mut out)), "E-CMP-23");
    assert_eq!(code(ledger.issue(at(8), voucher(1, 7, 100, 50), &mut out)), "E-CMP-22");
    ledger.issue(at(9), voucher(1, 7, 100, 10), &mut out).expect("its last second");
    ledger.issue(at(9), voucher(2, 7, 100, 50), &mut out).expect("issued");
    let split = |ledger: &mut Ledger, from, amount| {
        ledger.split(at(9), (VoucherId(from), VoucherId(5)), Tenant(8), amount, &mut Vec::new())
    };
    assert_eq!(code(split(&mut ledger, 3, 1)), "E-CMP-24");
    assert_eq!(code(split(&mut ledger, 2, 101)), "E-CMP-25");
    assert_eq!(code(split(&mut ledger, 2, 0)), "E-CMP-21");
    split(&mut ledger, 2, 100).expect("all of it");
    assert_eq!(code(ledger.hold(at(9), ask(1, 7, 101), &mut out)), "E-CMP-26");
    assert_eq!(code(ledger.hold(at(9), ask(1, 7, 0), &mut out)), "E-CMP-21");
    ledger.hold(at(9), ask(1, 7, 100), &mut out).expect("all there is");
    assert_eq!(code(ledger.capture(at(9), HoldId(1), 101, &mut out)), "E-CMP-28");
    ledger.capture(at(9), HoldId(1), 60, &mut out).expect("captured");
    assert_eq!(code(ledger.capture(at(9), HoldId(1), 59, &mut out)), "E-CMP-28");
    assert_eq!(code(ledger.capture(at(9), HoldId(2), 1, &mut out)), "E-CMP-24");
    assert_eq!(code(ledger.release(at(9), HoldId(2), &mut out)), "E-CMP-24");
    // Its window is over while it is held: the job goes on, what is left of it expires.
    ledger.advance(at(10), &mut out).expect("a second later");
    assert_eq!(pockets(&ledger, 1), [0, 40, 60, 0, 0]);
    ledger.release(at(11), HoldId(1), &mut out).expect("released");
    assert_eq!(pockets(&ledger, 1), [0, 0, 60, 40, 0]);
    assert_eq!(code(ledger.hold(at(11), ask(3, 7, 1), &mut out)), "E-CMP-26");
    assert_eq!(ledger.audit(), Vec::<String>::new());
}

#[test]
fn what_is_no_longer_kept_still_counts_and_its_name_stays_taken() {
    let (mut ledger, mut out) = (Ledger::default(), Vec::new());
    ledger.issue(at(0), voucher(4, 7, 100, 10), &mut out).expect("issued");
    ledger.hold(at(1), ask(9, 7, 60), &mut out).expect("held");
    ledger.capture(at(2), HoldId(9), 25, &mut out).expect("captured");
    ledger.release(at(3), HoldId(9), &mut out).expect("released");
    ledger.advance(at(12), &mut out).expect("later");
    ledger.forget(at(12));
    assert!(ledger.voucher(VoucherId(4)).is_none() && ledger.held(HoldId(9)).is_none());
    let sum = ledger.totals(Unit::Money);
    assert_eq!((sum.issued, sum.captured, sum.expired), (100, 25, 75));
    assert_eq!(code(ledger.issue(at(12), voucher(4, 7, 100, 20), &mut out)), "E-CMP-33");
    ledger.issue(at(12), voucher(5, 7, 100, 20), &mut out).expect("a new name");
    assert_eq!(code(ledger.hold(at(12), ask(9, 7, 60), &mut out)), "E-CMP-33");
    ledger.hold(at(12), ask(10, 7, 60), &mut out).expect("a new name");
    assert_eq!(ledger.audit(), Vec::<String>::new());
}

#[test]
fn kinds_windows_and_budgets_are_kept() {
    let (mut ledger, mut out) = (Ledger::default(), Vec::new());
    let later = Window { from: at(5), until: at(50) };
    let only = Issue { kinds: Kinds(0b10), window: later, ..voucher(1, 7, 100, 50) };
    ledger.issue(at(0), only, &mut out).expect("issued");
    let of = |hold, kinds, amount| Ask { kinds: Kinds(kinds), ..ask(hold, 7, amount) };
    assert_eq!(code(ledger.hold(at(4), of(1, 0b10, 10), &mut out)), "E-CMP-26");
    assert_eq!(code(ledger.hold(at(5), of(1, 0b11, 10), &mut out)), "E-CMP-26");
    ledger.budget(Budget {
        tenant: Tenant(7),
        unit: Unit::Money,
        kinds: Kinds(0b10),
        window: Window { from: at(0), until: at(10) },
        limit: 30,
    });
    ledger.hold(at(5), of(1, 0b10, 30), &mut out).expect("up to the budget");
    assert_eq!(code(ledger.hold(at(6), of(2, 0b10, 1), &mut out)), "E-CMP-27");
    ledger.capture(at(6), HoldId(1), 10, &mut out).expect("captured");
    ledger.release(at(7), HoldId(1), &mut out).expect("released");
    // Twenty of the thirty came back.
    assert_eq!(code(ledger.hold(at(9), of(3, 0b10, 21), &mut out)), "E-CMP-27");
    ledger.hold(at(9), of(3, 0b10, 20), &mut out).expect("what came back");
    ledger.hold(at(10), of(4, 0b10, 50), &mut out).expect("past the budget's window");
    assert_eq!(ledger.audit(), Vec::<String>::new());
}

/// A command drawn at random; names collide on purpose.
#[derive(Debug, Clone)]
enum Draw {
    Issue(u64, u32, i64, i64),
    Split(u64, u64, u32, i64),
    Hold(u64, u32, i64),
    Capture(u64, i64),
    Release(u64),
    Wait(i64),
    Forget,
}

fn draws() -> impl Strategy<Value = Draw> {
    let (id, tenant) = (0u64..12, 0u32..3);
    prop_oneof![
        (id.clone(), tenant.clone(), -5i64..200, 0i64..90)
            .prop_map(|(a, b, c, d)| Draw::Issue(a, b, c, d)),
        (id.clone(), id.clone(), tenant.clone(), -5i64..90)
            .prop_map(|(a, b, c, d)| Draw::Split(a, b, c, d)),
        (id.clone(), tenant, -5i64..150).prop_map(|(a, b, c)| Draw::Hold(a, b, c)),
        (id.clone(), -5i64..160).prop_map(|(a, b)| Draw::Capture(a, b)),
        id.prop_map(Draw::Release),
        (-1i64..9).prop_map(Draw::Wait),
        Just(Draw::Forget),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    /// After every command the ledger adds up, a refusal changes nothing, and the postings alone
    /// make the same pockets.
    #[test]
    fn the_ledger_adds_up_after_every_command(
        commands in proptest::collection::vec(draws(), 1..80),
    ) {
        let (mut ledger, mut now) = (Ledger::default(), 0);
        let mut replayed: BTreeMap<(VoucherId, Pocket), i64> = BTreeMap::new();
        for command in commands {
            let mut out = Vec::new();
            let before = ledger.clone();
            let done = match command {
                Draw::Issue(id, holder, amount, until) => {
                    ledger.issue(at(now), voucher(id, holder, amount, until), &mut out)
                }
                Draw::Split(from, to, holder, amount) => {
                    let ids = (VoucherId(from), VoucherId(to));
                    ledger.split(at(now), ids, Tenant(holder), amount, &mut out)
                }
                Draw::Hold(hold, tenant, amount) => {
                    ledger.hold(at(now), ask(hold, tenant, amount), &mut out)
                }
                Draw::Capture(hold, total) => {
                    ledger.capture(at(now), HoldId(hold), total, &mut out)
                }
                Draw::Release(hold) => ledger.release(at(now), HoldId(hold), &mut out),
                Draw::Forget => {
                    let sums = ledger.totals.clone();
                    ledger.forget(at(now));
                    prop_assert_eq!(&ledger.totals, &sums);
                    Ok(())
                }
                Draw::Wait(seconds) => {
                    let done = ledger.advance(at(now + seconds), &mut out);
                    now += seconds.max(0);
                    prop_assert!(done.is_ok() || seconds < 0);
                    Ok(())
                }
            };
            if done.is_err() {
                prop_assert_eq!(&ledger.vouchers, &before.vouchers);
                prop_assert_eq!(&ledger.holds, &before.holds);
                prop_assert!(out.is_empty());
            }
            for posting in &out {
                prop_assert!(posting.amount > 0);
                *replayed.entry(posting.from).or_default() -= posting.amount;
                *replayed.entry(posting.to).or_default() += posting.amount;
            }
            prop_assert_eq!(ledger.audit(), Vec::<String>::new());
            for (id, voucher) in &ledger.vouchers {
                let of = |pocket| replayed.get(&(*id, pocket)).copied().unwrap_or(0);
                prop_assert_eq!(of(Pocket::Remaining), voucher.remaining);
                prop_assert_eq!(of(Pocket::Held), voucher.held);
                prop_assert_eq!(of(Pocket::Captured), voucher.captured);
                prop_assert_eq!(of(Pocket::Expired), voucher.expired);
            }
        }
    }
}
