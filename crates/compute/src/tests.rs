//! The platform on SQLite and PostgreSQL: what is told is kept, once, and made again from the log.

use super::*;
use crate::book::{ARRAY_MAX, Member, Program};
use compute_rules::bill::Price;
use compute_rules::engine::{Decision, Event, Machine, Reservation, ReservationId};
use compute_rules::fragment::{Class, Target};
use compute_rules::job::{JobId, Outcome, Request, Standing};
use compute_rules::ledger::{Budget, Issue, Kinds, Tenant, Unit, VoucherId, Window};
use compute_rules::packing::Policy;
use compute_rules::party::{Group, Party};
use compute_rules::task::Models;
use kernel::{Actor, Timestamp};
use std::sync::Arc;
use store::testkit::{each, each_engine};
use store::{Store, Tx, params};

const HOUR: i64 = 3_600_000;

fn at(milliseconds: i64) -> Timestamp {
    Timestamp::from_micros(1_790_000_000_000_000 + milliseconds * 1_000)
}

fn settings() -> Settings {
    let class =
        Class { cpu: 1_000, share: 1_000, devices: 1, models: Models::default(), weight: 1.0 };
    Settings { policy: Policy::Xiudai, target: Target::new(vec![class]), patience: 6 * HOUR }
}

fn open(store: &Store) -> Platform {
    Platform::open(store.clone(), settings()).expect("opened")
}

fn actor() -> Actor {
    Actor::new("A1")
}

fn forever() -> Window {
    Window { from: at(0), until: Timestamp::MAX }
}

fn furnish(platform: &Platform, nodes: usize) {
    let node = |node: usize| {
        Event::Provide(Machine {
            name: format!("n{node}"),
            cpu: 128_000,
            memory: 1 << 20,
            devices: 8,
            kind: "A100".to_string(),
        })
    };
    let mut events: Vec<Event> = (0..nodes).map(node).collect();
    let Window { from, until } = forever();
    events.push(Event::Price(Price { kind: 0, from, until, micro_yuan: 8_000_000 }));
    let told = platform.tell_all(&actor(), at(0), events).expect("kept");
    assert!(told.iter().all(Result::is_ok));
}

fn voucher(id: u64, tenant: u32, yuan: i64) -> Event {
    Event::Issue(Issue {
        voucher: VoucherId(id),
        holder: Tenant(tenant),
        unit: Unit::Money,
        kinds: Kinds::default(),
        window: forever(),
        amount: yuan * 1_000_000,
    })
}

fn job(id: u64, tenant: u32, devices: i64) -> Request {
    Request {
        job: JobId(id),
        tenant: Tenant(tenant),
        user: 1,
        tasks: 1,
        cpu: 1_000,
        memory: 1_024,
        devices,
        share: if devices > 0 { 1_000 } else { 0 },
        kinds: vec![],
        limit: HOUR,
        priority: 0,
        after: vec![],
        preemptible_after: None,
        deadline: None,
    }
}

/// Findings of the journal and of the log against it.
fn findings(store: &Store) -> Vec<String> {
    let verifier = store.signer().expect("a signer").verifier().clone();
    store
        .read(|tx| -> Result<Vec<String>> {
            let mut rows = verify::gather(tx)?;
            let mut check = |event: &store::journal::Event, _: &mut Tx<'_>| rows.check(event);
            let report = store::journal::verify(tx, &verifier, &mut check)?;
            let found = report.findings.into_iter().chain(rows.left_over());
            Ok(found.map(|finding| finding.what).collect())
        })
        .expect("read")
}

#[test]
fn every_event_reads_as_it_was_written() {
    let events = [
        Event::Provide(Machine {
            name: "节点 \"一\"".into(),
            cpu: 1,
            memory: 2,
            devices: 3,
            kind: "昇腾".into(),
        }),
        Event::Price(Price { kind: 3, from: at(0), until: at(5), micro_yuan: 7 }),
        voucher(u64::MAX >> 1, u32::MAX, 5),
        Event::Issue(Issue {
            voucher: VoucherId(9),
            holder: Tenant(1),
            unit: Unit::Time(4),
            kinds: Kinds(u64::MAX),
            window: forever(),
            amount: i64::MAX,
        }),
        Event::Split(VoucherId(1), VoucherId(2), Tenant(3), 4),
        Event::Budget(Budget {
            tenant: Tenant(1),
            unit: Unit::Money,
            kinds: Kinds(5),
            window: forever(),
            limit: 6,
        }),
        Event::Weigh(Party::Tenant(Tenant(1)), 1_000),
        Event::Weigh(Party::Group(Group(0)), 1),
        Event::Join(Party::Tenant(Tenant(1)), Some(Group(2))),
        Event::Join(Party::Group(Group(1)), None),
        Event::Reserve(Reservation {
            id: ReservationId(1),
            holder: Party::Group(Group(3)),
            nodes: vec![0, 7],
            window: forever(),
            lent_after: Some(0),
        }),
        Event::Reserve(Reservation {
            id: ReservationId(u32::MAX),
            holder: Party::Tenant(Tenant(3)),
            nodes: vec![1],
            window: forever(),
            lent_after: None,
        }),
        Event::GiveUp(ReservationId(1)),
        Event::Submit(job(1, 2, 3)),
        Event::Submit(Request {
            kinds: vec![3, 1],
            after: vec![JobId(1 << 47), JobId(2)],
            preemptible_after: Some(0),
            deadline: Some(at(9)),
            ..job(4, 2, 0)
        }),
        Event::End(JobId(1), true),
        Event::End(JobId(1), false),
        Event::Report(JobId(1 << 47), true, at(3)),
        Event::Redo(JobId(2)),
        Event::Cancel(JobId(1)),
        Event::Lose(1),
        Event::Return(2),
        Event::Tick,
    ];
    for event in events {
        let text = record::write(&event);
        assert_eq!(record::read(&text).expect("readable"), event, "{text}");
    }
    for wrong in ["", "{}", "[]", "{\"event\":\"x\"}", "{\"event\":\"end\",\"job\":\"1\"}"] {
        assert!(matches!(record::read(wrong), Err(Error::Damaged(_))), "{wrong}");
    }
}

#[test]
fn what_was_told_is_there_again_after_the_end() {
    each_engine(MIGRATIONS, |store| {
        let platform = open(store);
        furnish(&platform, 2);
        let tell = |now, event| platform.tell(&actor(), at(now), event).expect("taken").decisions;
        tell(0, voucher(1, 7, 1_000));
        assert!(matches!(tell(1, Event::Submit(job(1, 7, 8)))[..], [Decision::Start { .. }]));
        tell(2, Event::Submit(job(2, 7, 8)));
        assert_eq!(tell(3, Event::Submit(job(3, 7, 8))), []);
        // What is refused leaves no record.
        let refused = platform.tell(&actor(), at(4), Event::Submit(job(4, 8, 1)));
        assert!(matches!(refused, Err(Error::Refused(refusal)) if refusal.code == "E-CMP-26"));
        let again = open(store);
        let states = |one: &Platform| {
            one.look(|engine| {
                let mut jobs: Vec<_> = engine.jobs().cloned().collect();
                jobs.sort_by_key(|job| job.request.job);
                (jobs, engine.ledger().totals(Unit::Money), engine.audit())
            })
        };
        assert_eq!(states(&again), states(&platform));
        // Time goes forward, also for a clock that went back; what is due comes by itself.
        assert_eq!(again.tick(&actor(), at(HOUR - 1)).expect("kept"), None);
        let out = again.tick(&actor(), at(HOUR + 1)).expect("kept").expect("a limit").decisions;
        assert!(
            out.contains(&Decision::Ended(JobId(1), Outcome::OverLimit, 64_000_000)),
            "{out:?}"
        );
        let early = again.tell(&actor(), at(0), Event::Cancel(JobId(3))).expect("kept");
        assert_eq!(early.decisions.len(), 2);
        let ended = again.look(|engine| engine.job(JobId(3)).map(|job| job.standing.clone()));
        let expected = Standing::Ended { outcome: Outcome::Cancelled, at: at(HOUR + 1) };
        assert_eq!(ended, Some(expected));
        assert_eq!(findings(store), Vec::<String>::new());
    });
}

#[test]
fn an_array_is_submitted_whole_or_not_at_all() {
    each_engine(MIGRATIONS, |store| {
        let platform = open(store);
        furnish(&platform, 2);
        let issue = Issue {
            voucher: VoucherId(0),
            holder: Tenant(0),
            unit: Unit::Money,
            kinds: Kinds::default(),
            window: forever(),
            amount: 24_000_000,
        };
        platform.issue(&actor(), at(0), "A1", issue).expect("issued");
        let asked = |count| Asked {
            tenant: "A1".to_string(),
            kinds: vec![],
            request: job(0, 0, 1),
            program: Program {
                name: "sweep".to_string(),
                command: vec!["true".to_string()],
                submitter: "A1".to_string(),
                key: format!("of {count}"),
                array: Some(Member { index: 0, count }),
            },
        };
        let jobs = |platform: &Platform| platform.look(|engine| engine.jobs().count());
        // Three hours are paid for: four are refused, and nothing of them is there.
        for (count, expected) in [(4, "E-CMP-26"), (0, "E-CMP-40"), (ARRAY_MAX + 1, "E-CMP-40")] {
            let told = platform.submit(&actor(), at(1), asked(count));
            let Err(Error::Refused(refusal)) = told else { panic!("{count}") };
            assert_eq!((refusal.code, jobs(&platform)), (expected, 0));
        }
        let (first, _) = platform.submit(&actor(), at(1), asked(3)).expect("submitted");
        assert_eq!(platform.submit(&actor(), at(2), asked(3)).expect("the same").0, first);
        let again = open(store);
        for one in [&platform, &again] {
            assert_eq!(jobs(one), 3);
            one.see(|engine, book| {
                let member = |job| book.program(job).and_then(|program| program.array);
                assert_eq!(member(JobId(first.0 + 2)), Some(Member { index: 2, count: 3 }));
                assert_eq!(engine.ledger().totals(Unit::Money).held, 24_000_000);
            });
        }
        again.cancel_array(&actor(), at(3), JobId(first.0 + 1)).expect("stopped");
        assert_eq!(again.look(|engine| engine.running().count()), 0);
        assert_eq!(findings(store), Vec::<String>::new());
    });
}

#[test]
fn groups_and_reservations_are_there_again_after_the_end() {
    each_engine(MIGRATIONS, |store| {
        let platform = open(store);
        furnish(&platform, 2);
        let group = platform.make_group(&actor(), at(0), "视觉组", (None, 3)).expect("made");
        let taken = platform.make_group(&actor(), at(0), "视觉组", (None, 1));
        assert!(matches!(taken, Err(Error::Refused(refusal)) if refusal.code == "E-CMP-47"));
        platform.place_party(&actor(), at(1), Who::Tenant("E7"), (Some(group), 5)).expect("placed");
        let reservation = Reservation {
            id: ReservationId(0),
            holder: Party::Group(group),
            nodes: vec![1],
            window: forever(),
            lent_after: None,
        };
        let id = platform.reserve(&actor(), at(2), Who::Group(group), reservation);
        assert_eq!(id.expect("reserved"), ReservationId(1));
        let stands = |platform: &Platform| {
            platform.see(|engine, book| {
                let tenant = Party::Tenant(book.tenant("E7").expect("enrolled"));
                let within: Vec<Group> = engine.within(tenant).collect();
                let held: Vec<Reservation> = engine.reservations().cloned().collect();
                let weights = (engine.weight(tenant), engine.weight(Party::Group(group)));
                (within, held, weights, book.group(group).map(str::to_string))
            })
        };
        let before = stands(&platform);
        assert_eq!((&before.0, before.2), (&vec![group], (5, 3)));
        assert_eq!(stands(&open(store)), before);
        assert_eq!(findings(store), Vec::<String>::new());
    });
}

#[test]
fn many_submitters_never_overdraw_a_voucher() {
    each_engine(MIGRATIONS, |store| {
        let platform = Arc::new(open(store));
        furnish(&platform, 4);
        platform.tell(&actor(), at(0), voucher(1, 7, 8 * 100)).expect("issued");
        let mut threads = Vec::new();
        for thread in 0..64u64 {
            let platform = Arc::clone(&platform);
            threads.push(std::thread::spawn(move || {
                let mut admitted = 0;
                for turn in 0..4 {
                    let id = thread * 4 + turn + 1;
                    for attempt in 0..2 {
                        // Each says it twice, as one does who heard no answer.
                        let told = platform.tell(&actor(), at(1), Event::Submit(job(id, 7, 1)));
                        match told {
                            Ok(_) => admitted += u64::from(attempt == 0),
                            Err(Error::Refused(refusal)) => assert_eq!(refusal.code, "E-CMP-26"),
                            Err(other) => panic!("{other}"),
                        }
                    }
                }
                admitted
            }));
        }
        let admitted: u64 = threads.into_iter().map(|thread| thread.join().expect("ended")).sum();
        assert_eq!(admitted, 100, "a hundred hours were paid for");
        let (faults, totals) =
            platform.look(|engine| (engine.audit(), engine.ledger().totals(Unit::Money)));
        assert_eq!(faults, Vec::<String>::new());
        assert_eq!((totals.remaining, totals.held), (0, 800_000_000));
        assert_eq!(open(store).look(|engine| engine.ledger().totals(Unit::Money)), totals);
        assert_eq!(findings(store), Vec::<String>::new());
    });
}

#[test]
fn a_second_program_is_found_out_and_nothing_is_said_twice() {
    each_engine(MIGRATIONS, |store| {
        let (one, other) = (open(store), open(store));
        furnish(&one, 1);
        // The other still thinks the log is empty: its record has a number that is taken.
        let told = other.tell(&actor(), at(5), voucher(1, 7, 10));
        assert!(matches!(told, Err(Error::NotKept(_))), "{told:?}");
        // By then it has read what the first wrote, and may say it again.
        other.tell(&actor(), at(5), voucher(1, 7, 10)).expect("kept");
        assert_eq!(other.look(|engine| engine.cluster().nodes.len()), 1);
        assert!(matches!(one.tell(&actor(), at(6), Event::Tick), Err(Error::NotKept(_))));
        one.tell(&actor(), at(6), Event::Submit(job(1, 7, 1))).expect("the voucher is there");
        assert_eq!(findings(store), Vec::<String>::new());
    });
}

#[test]
fn a_changed_byte_of_the_log_is_found() {
    for fresh in each(MIGRATIONS) {
        let platform = open(&fresh);
        furnish(&platform, 1);
        platform.tell(&actor(), at(0), voucher(1, 7, 10)).expect("issued");
        assert_eq!(findings(&fresh), Vec::<String>::new());
        let change = |sql: &str| {
            fresh.write(|tx| -> Result<u64> { Ok(tx.execute(sql, params![])?) }).expect("changed")
        };
        change("update compute_log set body = replace(body, 'money', 'monez') where seq = 3");
        assert_eq!(findings(&fresh).len(), 1);
        change("update compute_log set body = replace(body, 'monez', 'money') where seq = 3");
        assert_eq!(findings(&fresh), Vec::<String>::new());
        change("delete from compute_log where seq = 3");
        assert_eq!(findings(&fresh).len(), 1);
    }
}

mod running {
    //! The runner with real processes: supervisors on threads, tasks in a shell.

    use super::*;
    use crate::attend::Attendant;
    use crate::executor::Executor;
    use crate::here::Here;
    use crate::platform::Asked;
    use crate::runner::{Order, Runner, State, Stream, TaskId, supervise};
    use std::path::{Path, PathBuf};
    use std::time::{Duration, Instant};

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("xiudai-{name}-{}", std::process::id()));
        std::fs::remove_dir_all(&folder).ok();
        folder
    }

    /// A runner whose supervisors do nothing: threads of the test do it.
    fn runner(folder: &Path) -> Runner {
        Runner::open(folder.to_path_buf(), vec!["true".to_string()]).expect("opened")
    }

    fn order() -> Order {
        let command = vec!["true".to_string()];
        Order {
            command,
            tasks: 1,
            cpu: 1_000,
            memory: 256,
            limit: HOUR,
            devices: vec![0, 3],
            accelerators: 0,
            share: 1_000,
            array: (0, 1),
        }
    }

    fn attendant(folder: &Path, size: Option<(i64, i64)>) -> Attendant {
        let here: Box<dyn Executor> = Box::new(Here::new(runner(folder), "here", size));
        Attendant::new(vec![here], Actor::system())
    }

    fn shell(script: &str) -> Vec<String> {
        ["/bin/sh", "-c", script].map(str::to_string).to_vec()
    }

    fn until(mut done: impl FnMut() -> bool) {
        let began = Instant::now();
        while !done() {
            assert!(began.elapsed() < Duration::from_secs(60), "it never came");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    const ID: TaskId = TaskId { job: 7, attempt: 0, task: 0 };

    #[test]
    fn a_task_runs_once_and_how_it_ended_is_found_by_who_comes_back() {
        let place = folder("once");
        let mut first = runner(&place);
        assert_eq!(first.look(ID).expect("looked"), State::Absent);
        first.start(ID, &order()).expect("started");
        first.start(ID, &order()).expect("a second time is nothing");
        let task = place.join("7-0-0");
        supervise(&task, &shell("echo said; echo complained >&2; exit 3"), || at(5)).expect("ran");
        // A supervisor that comes late runs nothing.
        supervise(&task, &shell("echo again"), || at(9)).expect("nothing");
        let log = |stream, from| Runner::log(&place, ID, stream, from).expect("read");
        assert_eq!(log(Stream::Out, 0).text, "said\n");
        assert_eq!(log(Stream::Out, 2).text, "id\n");
        assert_eq!(log(Stream::Err, 0).text, "complained\n");
        let mut second = runner(&place);
        let State::Ended(end) = second.look(ID).expect("looked") else { panic!("it ended") };
        assert_eq!((end.code, end.signal, end.at), (Some(3), None, at(5)));
        assert_eq!(second.open_tasks(), []);
        std::fs::remove_dir_all(&place).expect("removed");
    }

    #[test]
    fn a_task_that_is_to_stop_stops_with_all_it_started() {
        let place = folder("stop");
        let mut runner = runner(&place);
        runner.start(ID, &order()).expect("started");
        let task = place.join("7-0-0");
        let script = "sleep 600 & echo $!; trap '' TERM; wait; sleep 600";
        let inside = shell(script);
        let watched = task.clone();
        let thread = std::thread::spawn(move || supervise(&watched, &inside, || at(1)));
        let child = || Runner::log(&place, ID, Stream::Out, 0).expect("read").text;
        until(|| child().ends_with('\n'));
        assert_eq!(runner.look(ID).expect("looked"), State::Running);
        let left = PathBuf::from(format!("/proc/{}", child().trim()));
        assert!(left.exists());
        runner.stop(ID).expect("wished");
        thread.join().expect("no panic").expect("supervised");
        let State::Ended(end) = runner.look(ID).expect("looked") else { panic!("it ended") };
        assert_eq!(end.code, None);
        let gone = || {
            let stat = std::fs::read_to_string(left.join("stat")).unwrap_or_default();
            stat.is_empty() || stat.contains(") Z ")
        };
        until(gone);
        std::fs::remove_dir_all(&place).expect("removed");
    }

    #[test]
    fn a_supervisor_that_died_leaves_a_task_that_is_gone_and_is_not_taken_up_again() {
        let place = folder("gone");
        let mut runner = runner(&place);
        runner.start(ID, &order()).expect("started");
        let task = place.join("7-0-0");
        // It held the folder and died: the lock is free and no end is written.
        std::fs::write(task.join("held"), "").expect("written");
        until(|| runner.look(ID).expect("looked") != State::Running);
        assert_eq!(runner.look(ID).expect("looked"), State::Gone);
        supervise(&task, &shell("echo too late"), || at(1)).expect("nothing");
        assert!(!task.join("out").exists());
        std::fs::remove_dir_all(&place).expect("removed");
    }

    /// What was decided is run, what died starts again with what was paid made good, and a server
    /// that comes back finds both.
    #[test]
    fn an_attendant_runs_what_is_decided_and_loses_nothing() {
        each_engine(crate::MIGRATIONS, |store| {
            let place = folder("attend");
            let mut platform = open(store);
            let size = Some((2, 1_024));
            let mut present = attendant(&place, size);
            present.survey(&platform, at(0)).expect("here");
            let Window { from, until: end } = forever();
            let price = Price { kind: 0, from, until: end, micro_yuan: 8_000_000 };
            platform.tell(&actor(), at(0), Event::Price(price)).expect("priced");
            let voucher = Issue {
                voucher: VoucherId(0),
                holder: Tenant(0),
                unit: Unit::Money,
                kinds: Kinds::default(),
                window: forever(),
                amount: 16_000_000,
            };
            platform.issue(&actor(), at(0), "A1", voucher).expect("issued");
            let asked = Asked {
                tenant: "A1".to_string(),
                kinds: vec!["core".to_string()],
                request: Request { memory: 256, ..job(0, 0, 1) },
                program: Program {
                    name: "count".to_string(),
                    command: vec!["true".to_string()],
                    submitter: "A1".to_string(),
                    key: "first".to_string(),
                    array: None,
                },
            };
            let (id, _) = platform.submit(&actor(), at(0), asked.clone()).expect("submitted");
            // Said again it is the same; said otherwise it is refused.
            let again = platform.submit(&actor(), at(1), asked.clone()).expect("the same");
            assert_eq!((again.0, again.1.decisions), (id, vec![]));
            let longer = Request { limit: 2 * HOUR, ..asked.request.clone() };
            let other =
                platform.submit(&actor(), at(1), Asked { request: longer, ..asked.clone() });
            let Err(Error::Refused(refusal)) = other else { panic!("it is refused") };
            assert_eq!(refusal.code, "E-CMP-20");
            assert!(present.round(&platform, at(1)).expect("a round"));
            let task = place.join(format!("{}-0-0", id.0));
            // Its supervisor dies; another server looks after it.
            std::fs::write(task.join("held"), "").expect("written");
            drop(platform);
            platform = open(store);
            present = attendant(&place, size);
            present.survey(&platform, at(HOUR / 4)).expect("still here");
            until(|| present.round(&platform, at(HOUR / 4)).expect("a round"));
            let standing = |platform: &Platform| {
                platform.look(|engine| {
                    let job = engine.job(id).expect("known");
                    (job.attempt, matches!(job.standing, Standing::Running { .. }))
                })
            };
            assert_eq!(standing(&platform), (1, true));
            until(|| {
                place.join(format!("{}-1-0", id.0)).exists() || {
                    present.round(&platform, at(HOUR / 4)).expect("a round");
                    false
                }
            });
            let second = place.join(format!("{}-1-0", id.0));
            supervise(&second, &shell("echo done"), || at(HOUR / 2)).expect("ran");
            // Heard of an hour later, charged to its end.
            until(|| present.round(&platform, at(2 * HOUR)).expect("a round"));
            // What is heard of an attempt that is no longer its own ends nothing.
            let late = Event::Report(id, false, at(HOUR / 2));
            let told = platform.tell_of(&actor(), at(2 * HOUR), (id, 0), late).expect("heard");
            assert_eq!(told, None);
            platform.look(|engine| {
                let job = engine.job(id).expect("known");
                let ended = Standing::Ended { outcome: Outcome::Done, at: at(HOUR / 2) };
                assert_eq!(job.standing, ended);
                let costs: Vec<i64> = job.runs.iter().map(|run| run.cost).collect();
                assert_eq!(costs, [2_000_000, 2_000_000]);
                let sum = engine.ledger().totals(Unit::Money);
                assert!(sum.balance());
                // The first quarter of an hour was made good.
                assert_eq!((sum.issued, sum.captured, sum.held), (18_000_000, 4_000_000, 0));
                assert_eq!(engine.audit(), Vec::<String>::new());
            });
            attendant(&place, None).survey(&platform, at(3 * HOUR)).expect("left");
            assert!(platform.look(|engine| engine.is_lost(0)));
            present.survey(&platform, at(3 * HOUR)).expect("back");
            assert!(!platform.look(|engine| engine.is_lost(0)));
            attendant(&place, Some((4, 1_024))).survey(&platform, at(3 * HOUR)).expect("grown");
            let lost = |engine: &compute_rules::engine::Engine| {
                (engine.is_lost(0), engine.is_lost(1), engine.cluster().nodes.len())
            };
            assert_eq!(platform.look(lost), (true, false, 2));
            let again = open(store);
            again.see(|engine, book| {
                assert_eq!(book.tenant("A1"), Some(Tenant(0)));
                assert_eq!(book.keyed("A1", "first"), Some(id));
                assert_eq!(book.program(id).map(|one| one.name.as_str()), Some("count"));
                assert_eq!(engine.job(id).map(|job| job.runs.len()), Some(2));
            });
            std::fs::remove_dir_all(&place).expect("removed");
        });
    }
}
