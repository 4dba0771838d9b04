//! Reservations, groups and deadlines: what is somebody's own is theirs at once, what is common is
//! shared down the tree, and what comes too late is of no use.

use super::*;
use crate::party::{Group, Party};

fn reservation(id: u32, tenant: u32, nodes: &[u32], hours: (i64, i64)) -> Reservation {
    Reservation {
        id: ReservationId(id),
        holder: Party::Tenant(Tenant(tenant)),
        nodes: nodes.to_vec(),
        window: Window { from: at(hours.0 * HOUR), until: at(hours.1 * HOUR) },
        lent_after: Some(0),
    }
}

fn spot(id: u64, tenant: u32, devices: i64) -> Event {
    Event::Submit(Request { preemptible_after: Some(0), ..job(id, tenant, devices) })
}

fn with_vouchers(nodes: usize, tenants: u32) -> Engine {
    let mut engine = engine(nodes, 0);
    for tenant in 0..tenants {
        act(&mut engine, 0, voucher(u64::from(tenant) + 1, tenant, 1_000_000));
    }
    engine
}

#[test]
fn what_is_reserved_is_its_holders_and_is_lent_meanwhile() {
    let mut engine = with_vouchers(2, 3);
    act(&mut engine, 0, Event::Reserve(reservation(1, 1, &[0], (0, 100))));
    // Another takes what is common, and no more.
    assert_eq!(started(&act(&mut engine, 0, Event::Submit(job(1, 0, 8)))), [1]);
    assert_eq!(started(&act(&mut engine, 0, Event::Submit(job(2, 0, 8)))), [0u64; 0]);
    let why = engine.explain(at(0), JobId(2)).expect("it waits");
    assert_eq!((why.reserved, why.as_borrower), (1, true));
    // One that gives way borrows what is not needed.
    assert_eq!(started(&act(&mut engine, 0, spot(3, 2, 8))), [3]);
    // The holder takes it back at once, though what it asks would give way itself.
    let back = act(&mut engine, HOUR / 2, spot(4, 1, 8));
    assert!(back.contains(&Decision::Stop(JobId(3))) && started(&back) == [4]);
    assert_eq!(engine.audit(), Vec::<String>::new());
    // When it is over all is common.
    act(&mut engine, HOUR, Event::End(JobId(4), true));
    act(&mut engine, HOUR, Event::Cancel(JobId(3)));
    assert_eq!(started(&act(&mut engine, HOUR, Event::GiveUp(ReservationId(1)))), [2]);
    assert_eq!(code(&mut engine, HOUR, Event::GiveUp(ReservationId(1))), "E-CMP-52");
}

#[test]
fn before_it_begins_a_reservation_is_used_by_what_is_over_by_then() {
    let mut engine = with_vouchers(1, 2);
    act(&mut engine, 0, Event::Reserve(reservation(1, 1, &[0], (3, 5))));
    let long = Request { limit: 4 * HOUR, ..job(1, 0, 8) };
    assert_eq!(started(&act(&mut engine, 0, Event::Submit(long))), [0u64; 0]);
    let short = Request { limit: 3 * HOUR, ..job(2, 0, 8) };
    assert_eq!(started(&act(&mut engine, 0, Event::Submit(short))), [2]);
    assert_eq!(engine.due(), Some(at(3 * HOUR)));
    act(&mut engine, 3 * HOUR, Event::Tick);
    assert_eq!(started(&act(&mut engine, 3 * HOUR, Event::Submit(job(3, 1, 8)))), [3]);
    act(&mut engine, 4 * HOUR, Event::End(JobId(3), true));
    // What would not fit while it lasts holds nobody up, and starts when it is over.
    assert_eq!(
        engine.explain(at(4 * HOUR), JobId(1)).map(|why| why.blocking),
        Some(Blocking::Reserved(at(5 * HOUR)))
    );
    assert_eq!(started(&act(&mut engine, 5 * HOUR, Event::Tick)), [1]);
    assert_eq!(engine.reservations().count(), 0);
}

#[test]
fn reservations_that_cannot_be_are_refused() {
    let mut engine = with_vouchers(2, 2);
    act(&mut engine, 0, Event::Submit(Request { limit: 2 * HOUR, ..job(1, 0, 8) }));
    let busy = engine.running().next().map(|job| match &job.standing {
        Standing::Running { places, .. } => places[0].node as u32,
        _ => unreachable!(),
    });
    let (busy, free) = (busy.expect("it runs"), 1 - busy.expect("it runs"));
    let ask = |nodes: &[u32], hours| Event::Reserve(reservation(1, 1, nodes, hours));
    assert_eq!(code(&mut engine, 0, ask(&[busy], (0, 9))), "E-CMP-48");
    assert_eq!(code(&mut engine, 0, ask(&[], (0, 9))), "E-CMP-40");
    assert_eq!(code(&mut engine, 0, ask(&[7], (0, 9))), "E-CMP-46");
    assert_eq!(code(&mut engine, 0, ask(&[1, 0], (0, 9))), "E-CMP-40");
    assert_eq!(code(&mut engine, 0, ask(&[free], (9, 9))), "E-CMP-40");
    let never = Reservation { lent_after: Some(-1), ..reservation(1, 1, &[free], (0, 9)) };
    assert_eq!(code(&mut engine, 0, Event::Reserve(never)), "E-CMP-40");
    // It is over by then.
    act(&mut engine, 0, ask(&[0, 1], (2, 9)));
    act(&mut engine, 0, ask(&[0, 1], (2, 9)));
    assert_eq!(code(&mut engine, 0, ask(&[0, 1], (2, 8))), "E-CMP-20");
    let other = Event::Reserve(reservation(2, 1, &[1], (9, 10)));
    assert_eq!(code(&mut engine, 0, other), "E-CMP-49");
    let long = Request { deadline: Some(at(0)), ..job(9, 0, 1) };
    assert_eq!(code(&mut engine, 0, Event::Submit(long)), "E-CMP-51");
    let join = |party, group| Event::Join(party, Some(Group(group)));
    for (inner, outer) in [(2, 1), (3, 2), (4, 3)] {
        act(&mut engine, 0, join(Party::Group(Group(inner)), outer));
    }
    act(&mut engine, 0, join(Party::Tenant(Tenant(1)), 4));
    for (party, group) in [
        (Party::Group(Group(1)), 4),
        (Party::Group(Group(1)), 1),
        (Party::Group(Group(5)), 4),
        (Party::Group(Group(1)), 9),
    ] {
        assert_eq!(code(&mut engine, 0, join(party, group)), "E-CMP-50");
    }
    assert_eq!(engine.within(Party::Tenant(Tenant(1))).count(), 4);
}

#[test]
fn one_that_may_not_be_passed_does_not_keep_others_from_what_is_theirs() {
    let mut engine = with_vouchers(3, 2);
    act(&mut engine, 0, Event::Reserve(reservation(1, 1, &[0], (0, 1_000))));
    // Two nodes are common; one is taken for ever, and a job for both waits past all patience.
    act(&mut engine, 0, Event::Submit(Request { limit: 100 * HOUR, ..job(1, 0, 8) }));
    act(&mut engine, 0, Event::Submit(Request { tasks: 2, ..job(2, 0, 8) }));
    act(&mut engine, 7 * HOUR, Event::Tick);
    assert_eq!(started(&act(&mut engine, 7 * HOUR, Event::Submit(job(3, 0, 8)))), [0u64; 0]);
    assert_eq!(started(&act(&mut engine, 7 * HOUR, Event::Submit(job(4, 1, 8)))), [4]);
    // The next of the holder waits for its own, and gets it when that is free.
    assert_eq!(started(&act(&mut engine, 7 * HOUR, Event::Submit(job(5, 1, 8)))), [0u64; 0]);
    assert!(started(&act(&mut engine, 8 * HOUR, Event::End(JobId(4), true))).contains(&5));
}

#[test]
fn what_was_hopeless_is_not_when_machines_come() {
    let mut engine = with_vouchers(2, 2);
    act(&mut engine, 0, Event::Reserve(reservation(1, 1, &[0], (0, 1_000))));
    act(&mut engine, 0, Event::Submit(Request { tasks: 2, limit: 9 * HOUR, ..job(1, 0, 8) }));
    let blocking = |engine: &Engine| engine.explain(at(0), JobId(1)).map(|why| why.blocking);
    assert_eq!(blocking(&engine), Some(Blocking::Reserved(at(1_000 * HOUR))));
    // It holds nobody up, though it has waited past all patience.
    act(&mut engine, 7 * HOUR, Event::Tick);
    let small = Request { limit: 90 * HOUR, ..job(2, 0, 1) };
    assert_eq!(started(&act(&mut engine, 7 * HOUR, Event::Submit(small))), [2]);
    let machine = |name: &str| {
        Event::Provide(Machine {
            name: name.to_string(),
            cpu: 64_000,
            memory: 1 << 19,
            devices: 8,
            kind: "first".to_string(),
        })
    };
    act(&mut engine, 7 * HOUR, machine("one"));
    assert_eq!(blocking(&engine), Some(Blocking::Gang(1)));
    act(&mut engine, 14 * HOUR, Event::Tick);
    let small = Request { limit: 90 * HOUR, ..job(3, 0, 1) };
    assert_eq!(started(&act(&mut engine, 14 * HOUR, Event::Submit(small))), [0u64; 0]);
    assert!(started(&act(&mut engine, 15 * HOUR, machine("two"))).contains(&1));
}

/// Two groups of one weight, with one tenant in the one and three in the other, are served alike, and
/// the three alike.
#[test]
fn groups_are_served_by_weight_and_those_in_them_by_theirs() {
    let mut engine = with_vouchers(2, 4);
    for (tenant, group) in [(0, 1), (1, 2), (2, 2), (3, 2)] {
        let join = Event::Join(Party::Tenant(Tenant(tenant)), Some(Group(group)));
        act(&mut engine, 0, join);
    }
    let (mut next, mut served) = (0, [0i64; 4]);
    let mut running: BTreeSet<(i64, u64, u32)> = BTreeSet::new();
    let mut ready: Vec<(i64, u32)> = (0..240).map(|at| (0, at % 4)).collect();
    loop {
        for (now, tenant) in std::mem::take(&mut ready) {
            next += 1;
            let limit = (5 + next as i64 * 7 % 50) * 60_000;
            let out =
                act(&mut engine, now, Event::Submit(Request { limit, ..job(next, tenant, 1) }));
            assert!(started(&out).len() <= 1);
        }
        for one in engine.running() {
            let Standing::Running { since, .. } = one.standing else { continue };
            let end = since.micros() / 1_000 + one.request.limit;
            running.insert((end, one.request.job.0, one.request.tenant.0));
        }
        let Some((now, id, tenant)) = running.pop_first().filter(|one| one.0 < 24 * HOUR) else {
            break;
        };
        served[tenant as usize] += engine.job(JobId(id)).expect("it runs").request.limit;
        act(&mut engine, now, Event::End(JobId(id), true));
        ready.push((now, tenant));
    }
    let whole: i64 = served.iter().sum();
    let share = |of: i64| of as f64 / whole as f64;
    assert!((share(served[0]) - 0.5).abs() < 0.02, "{served:?}");
    for one in &served[1..] {
        assert!((share(*one) - 1.0 / 6.0).abs() < 0.02, "{served:?}");
    }
}

#[test]
fn a_deadline_that_is_near_goes_first_and_one_that_is_past_is_over() {
    let mut engine = with_vouchers(1, 2);
    act(&mut engine, 0, Event::Submit(Request { limit: 2 * HOUR, ..job(1, 0, 8) }));
    act(&mut engine, 0, Event::Submit(Request { limit: HOUR / 2, ..job(2, 0, 8) }));
    let by = |id, hours: i64| {
        let deadline = Some(at(hours * HOUR));
        Event::Submit(Request { limit: HOUR, deadline, ..job(id, 0, 8) })
    };
    act(&mut engine, 0, by(3, 3));
    act(&mut engine, 0, by(4, 1));
    // The one is past, and nothing of its voucher stays set aside.
    assert_eq!(engine.due(), Some(at(HOUR)));
    let out = act(&mut engine, HOUR, Event::Tick);
    assert!(out.contains(&Decision::Ended(JobId(4), Outcome::Missed, 0)));
    assert_eq!(engine.held_for(JobId(4)), 0);
    // The other would not go first by what it takes, but it has to.
    act(&mut engine, 2 * HOUR, Event::Tick);
    let out = act(&mut engine, 2 * HOUR, Event::Tick);
    assert!(out.is_empty());
    let ended = engine.jobs[&JobId(1)].standing.clone();
    assert!(matches!(ended, Standing::Ended { outcome: Outcome::OverLimit, .. }));
    let runs: Vec<u64> = engine.running().map(|job| job.request.job.0).collect();
    assert_eq!(runs, [3]);
    assert_eq!(engine.audit(), Vec::<String>::new());
}

/// A job that comes: when, how many tasks of how many devices, how long it runs, milliseconds, and
/// within which limit, and whether it gives way.
#[derive(Debug, Clone, Copy)]
struct Came {
    at: i64,
    tasks: u32,
    devices: i64,
    runs: i64,
    limit: i64,
    gives_way: bool,
}

/// What the jobs of each tenant are queued in all, milliseconds, through an engine where each has these
/// nodes reserved and some more are common.
fn queued(jobs: &[Vec<Came>], reserved: &[usize], common: usize) -> Vec<i64> {
    let nodes = reserved.iter().sum::<usize>() + common;
    let mut engine = patient(nodes, 0, 7 * 24 * HOUR);
    let mut first = 0;
    for (own, tenant) in reserved.iter().zip(0u32..) {
        act(&mut engine, 0, voucher(u64::from(tenant) + 1, tenant, 1_000_000_000));
        let nodes: Vec<u32> = (first..first + *own as u32).collect();
        first += *own as u32;
        if *own > 0 {
            let one = reservation(tenant + 1, tenant, &nodes, (0, 10_000_000));
            act(&mut engine, 0, Event::Reserve(one));
        }
    }
    let of = |(jobs, tenant): (&Vec<Came>, u32)| {
        jobs.iter().map(|came| (tenant, *came)).collect::<Vec<_>>()
    };
    let mut comes: Vec<(u32, Came)> = jobs.iter().zip(0..).flat_map(of).collect();
    comes.sort_by_key(|(tenant, came)| (came.at, *tenant));
    let (mut ends, mut next) = (BTreeSet::new(), 0);
    let (mut queued, mut since) = (vec![0; jobs.len()], vec![0; comes.len()]);
    while next < comes.len() || !ends.is_empty() {
        let coming = comes.get(next).map_or(i64::MAX, |(_, came)| came.at);
        let (now, event) = match ends.pop_first() {
            Some((end, id)) if end <= coming => (end, Event::End(JobId(id), true)),
            other => {
                ends.extend(other);
                let (tenant, came) = comes[next];
                since[next] = came.at;
                next += 1;
                let preemptible_after = came.gives_way.then_some(0);
                let Came { tasks, devices, .. } = came;
                let one = job(next as u64, tenant, devices);
                let limit = came.limit;
                (came.at, Event::Submit(Request { tasks, limit, preemptible_after, ..one }))
            }
        };
        for decision in act(&mut engine, now, event) {
            match decision {
                Decision::Start { job, .. } => {
                    let at = job.0 as usize - 1;
                    let (tenant, came) = comes[at];
                    queued[tenant as usize] += now - since[at];
                    ends.insert((now + came.runs.max(1), job.0));
                }
                Decision::Again(job) => {
                    since[job.0 as usize - 1] = now;
                    ends.retain(|(_, other)| *other != job.0);
                }
                _ => {}
            }
        }
    }
    assert_eq!(engine.audit(), Vec::<String>::new());
    queued
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    /// No tenant waits longer where others run beside it, borrow of it, and share what is common with
    /// it, than with what is reserved for it alone: the anomaly of HiveD (OSDI '20), in the same order.
    #[test]
    fn sharing_is_never_worse_than_what_is_reserved_alone(
        drawn in proptest::collection::vec(
            (proptest::collection::vec(0i64..20, 0..12), 1i64..6), 4),
        mut reserved in proptest::collection::vec(1usize..3, 3),
        common in 0usize..3,
    ) {
        let part = HOUR / 4;
        // The last has nothing of its own, and borrows.
        reserved.push(0);
        let came = |(at, runs, own): (i64, i64, usize)| {
            let gives_way = own == 0;
            let (at, runs) = (at * part, runs * part);
            Came { at, tasks: 1, devices: 8, runs, limit: runs, gives_way }
        };
        let jobs: Vec<Vec<Came>> = drawn
            .iter()
            .zip(&reserved)
            .map(|((times, runs), own)| times.iter().map(|at| came((*at, *runs, *own))).collect())
            .collect();
        let shared = queued(&jobs, &reserved, common);
        for (tenant, own) in reserved.iter().enumerate().filter(|(_, own)| **own > 0) {
            let alone = queued(&jobs[tenant..=tenant], &[*own], 0)[0];
            prop_assert!(shared[tenant] <= alone, "{}: {} > {}", tenant, shared[tenant], alone);
        }
    }
}

/// The two virtual clusters of Venus, each with its nodes reserved: each waits as long beside the other
/// as alone, and all of them on the whole no longer than the bar for a queue that learns durations as
/// jobs end (7,150 s; first come, first served 16,534 s, shortest first with known durations 6,273 s).
#[test]
fn the_clusters_of_a_trace_wait_no_longer_together_than_alone() {
    let root = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("../../tests/data/compute/venus.csv"));
    let jobs = crate::queue::read(&text.expect("a file of the tests")).expect("jobs");
    let of = |vc: &str| -> Vec<Came> {
        let came = |one: &crate::queue::Job| {
            let (tasks, devices) = ((one.devices / 8).max(1) as u32, one.devices.min(8));
            let (at, runs) = (one.submit * 1_000, one.duration * 1_000);
            // How long it will run is not known: a day is asked, or more where more was needed.
            Came { at, tasks, devices, runs, limit: runs.max(24 * HOUR), gives_way: false }
        };
        jobs.iter().filter(|one| one.vc == vc).map(came).collect()
    };
    let (both, sizes) = (["vcvGl", "vcvlY"].map(of), [20, 2]);
    let shared = queued(&both, &sizes, 0);
    for ((own, size), shared) in both.iter().zip(sizes).zip(&shared) {
        let alone = queued(std::slice::from_ref(own), &[size], 0)[0];
        assert!(*shared <= alone, "{shared} > {alone}");
    }
    let ran: i64 = both.iter().flatten().map(|one| one.runs).sum();
    let whole = shared.iter().sum::<i64>() + ran;
    let mean = whole / 1_000 / jobs.len() as i64;
    assert_eq!(jobs.len(), both.iter().map(Vec::len).sum::<usize>());
    assert!(mean <= 7_150, "{mean}");
}
