//! Idempotency keys, schedules and deliveries, on every engine at hand.

use crate::*;
use kernel::{Actor, Timestamp};
use store::Store;
use store::testkit::each_engine;

const SECOND_US: i64 = 1_000_000;
const HOUR: i64 = 3_600;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds * SECOND_US)
}

fn code<T>(result: Result<T>) -> Option<&'static str> {
    result.err().and_then(|error| error.code())
}

fn kinds(store: &Store) -> Vec<String> {
    let events = store.read(|tx| store::journal::events(tx, None, 1_000));
    let events = events.expect("the journal reads");
    for event in &events {
        assert!(!event.entry.contains("example"), "{}", event.entry);
    }
    events.into_iter().map(|event| event.kind).collect()
}

#[test]
fn a_request_sent_twice_happens_once() {
    each_engine(MIGRATIONS, |store| {
        let (mei, lan) = (Actor::new("A1"), Actor::new("A2"));
        let request = |actor, key, body: &str| Request {
            actor,
            key,
            digest: idempotency::digest("POST", "/api/v1/questions", body.as_bytes()),
        };
        let begin = |seconds, request: &Request<'_>| {
            store.write(|tx| idempotency::begin(tx, at(seconds), request))
        };
        let first = request(&mei, "k1", "{}");
        let lookup = |seconds, request: &Request<'_>| {
            store.read(|tx| idempotency::lookup(tx, at(seconds), request))
        };
        assert_eq!(lookup(0, &first).expect("nothing yet"), None);
        assert_eq!(begin(0, &first).expect("begun"), Begun::Fresh);
        assert_eq!(code(begin(59, &first)), Some("E-IDEM-03"));
        assert_eq!(lookup(59, &first).expect("no answer yet"), None);
        assert_eq!(begin(60, &first).expect("taken for dead"), Begun::Fresh);
        let response = Response {
            status: 201,
            location: Some("/api/v1/questions/Q1".to_string()),
            etag: None,
            body: "{\"id\":\"Q1\"}".to_string(),
        };
        store.write(|tx| idempotency::finish(tx, &first, &response)).expect("kept");
        let replay = Begun::Replay(response.clone());
        assert_eq!(begin(61, &first).expect("again"), replay);
        assert_eq!(lookup(61, &first).expect("again"), Some(response.clone()));
        // The same key for something else, and for someone else.
        assert_eq!(code(begin(62, &request(&mei, "k1", "[]"))), Some("E-IDEM-02"));
        assert_eq!(code(lookup(62, &request(&mei, "k1", "[]"))), Some("E-IDEM-02"));
        let other = request(&lan, "k1", "[]");
        assert_eq!(begin(62, &other).expect("begun"), Begun::Fresh);
        // What came to nothing can be sent again; what was answered cannot be taken back.
        let abandon = |request: &Request<'_>| store.write(|tx| idempotency::abandon(tx, request));
        abandon(&other).expect("free");
        assert_eq!(begin(63, &other).expect("begun"), Begun::Fresh);
        abandon(&first).expect("nothing to free");
        assert_eq!(begin(63, &first).expect("again"), replay);
        // After a day the key is new.
        let sweep = |seconds| store.write(|tx| idempotency::sweep(tx, at(seconds)));
        assert_eq!(sweep(60 + 24 * HOUR - 1).expect("swept"), 0);
        assert_eq!(begin(60 + 24 * HOUR, &first).expect("begun"), Begun::Fresh);
        assert_eq!(sweep(61 + 48 * HOUR).expect("swept"), 2);
        assert_eq!(kinds(store), Vec::<String>::new());
    });
}

#[test]
fn keys_and_answers_are_bounded() {
    each_engine(MIGRATIONS, |store| {
        let mei = Actor::new("A1");
        let digest = [1; 32];
        let begin = |key: &str| {
            let request = Request { actor: &mei, key, digest };
            code(store.write(|tx| idempotency::begin(tx, at(0), &request)))
        };
        for wrong in ["", "a b", "é", "a\nb", &"k".repeat(201)] {
            assert_eq!(begin(wrong), Some("E-IDEM-01"), "{wrong}");
        }
        assert_eq!(begin(&"k".repeat(200)), None);
        let response = Response {
            status: 200,
            location: None,
            etag: None,
            body: "x".repeat(idempotency::BODY_BYTES_MAX + 1),
        };
        let request = Request { actor: &mei, key: "k", digest };
        let long = store.write(|tx| idempotency::finish(tx, &request, &response));
        assert_eq!(code(long), Some("E-IDEM-04"));
        let columns = ["actor", "key", "digest", "begun_us"];
        store
            .write(|tx| {
                let mut rows = (1..idempotency::KEYS_MAX).map(|number| {
                    let key = format!("n{number}");
                    [store::Cell::from("A1"), key.into(), (&digest).into(), 0i64.into()]
                });
                tx.insert_rows("work_idempotency", &columns, &mut rows)
            })
            .expect("a full day");
        assert_eq!(begin("one-more"), Some("E-JOB-02"));
    });
}

fn nightly() -> Schedule {
    Schedule {
        name: "nightly".to_string(),
        kind: "check_questions".to_string(),
        payload: "{}".to_string(),
        every_us: 24 * HOUR * SECOND_US,
        next_run: at(2 * HOUR),
        job: None,
    }
}

#[test]
fn a_schedule_comes_back() {
    each_engine(MIGRATIONS, |store| {
        let system = Actor::system();
        let set = |wanted: &Schedule| store.write(|tx| schedule::set(tx, &system, at(0), wanted));
        let run = |seconds| {
            let jobs = store.write(|tx| schedule::run_due(tx, at(seconds)));
            jobs.expect("a round").into_iter().map(|id| id.0).collect::<Vec<_>>()
        };
        let finish = |seconds| {
            store.write(|tx| -> Result<()> {
                let (lease, _) = job::claim(tx, at(seconds), SECOND_US)?.expect("it is due");
                let result = String::new();
                job::settle(tx, at(seconds), lease, &Outcome::Done { result })?;
                Ok(())
            })
        };
        set(&nightly()).map(|_| ()).expect("set");
        assert!(run(2 * HOUR - 1).is_empty());
        assert_eq!(run(2 * HOUR), [1]);
        assert!(run(2 * HOUR).is_empty());
        // Setting it again at the next start changes nothing.
        assert_eq!(set(&nightly()).expect("set").next_run, at(26 * HOUR));
        assert!(run(26 * HOUR).is_empty(), "the last one is not over");
        finish(27 * HOUR).expect("settled");
        // Three turns were missed; one is made up for.
        assert_eq!(run(24 * HOUR * 4 + 3 * HOUR), [2]);
        let kept = store.read(|tx| schedule::find(tx, "nightly"));
        let kept = kept.expect("a look").expect("it is there");
        assert_eq!((kept.next_run, kept.job), (at(24 * HOUR * 5 + 2 * HOUR), Some(JobId(2))));
        let hourly = Schedule { every_us: HOUR * SECOND_US, ..nightly() };
        assert_eq!(set(&hourly).expect("set").next_run, at(2 * HOUR));
        let short = Schedule { every_us: SECOND_US, ..nightly() };
        assert_eq!(code(set(&short)), Some("E-JOB-01"));
        assert_eq!(store.read(schedule::list).expect("a list").len(), 1);
        let remove = || store.write(|tx| schedule::remove(tx, &system, at(0), "nightly"));
        assert!(remove().expect("removed") && !remove().expect("gone already"));
        assert_eq!(kinds(store), ["schedule_set", "schedule_set", "schedule_removed"]);
    });
}

#[test]
fn turns_keep_their_step() {
    let next = |turn, every, now| schedule::next_turn(at(turn), every * SECOND_US, at(now));
    assert_eq!(next(0, 60, 0), at(60));
    assert_eq!(next(0, 60, 59), at(60));
    assert_eq!(next(0, 60, 60), at(120));
    assert_eq!(next(100, 60, 0), at(160));
    let extreme = schedule::next_turn(at(0), i64::MAX, Timestamp::MAX);
    assert_eq!(extreme, Timestamp::MAX);
}

#[test]
fn a_message_is_tried_again_and_given_up() {
    each_engine(MIGRATIONS, |store| {
        let url = WebhookUrl::parse("https://hooks.example.com/x").expect("sound");
        let mei = Actor::new("A1");
        let write = || {
            let new =
                NewDelivery { url: &url, event: "question_changed", body: "{\"question\":\"Q1\"}" };
            store.write(|tx| webhook::enqueue(tx, &mei, at(0), &new))
        };
        let (one, two, three) = (write(), write(), write());
        assert_eq!(one.expect("written"), DeliveryId(1));
        let send = |seconds: i64, answer: Answer| {
            store.write(|tx| -> Result<Option<Delivery>> {
                let claimed = webhook::claim(tx, at(seconds), 30 * SECOND_US)?;
                let Some((lease, _)) = claimed else {
                    return Ok(None);
                };
                webhook::settle(tx, at(seconds), lease, &answer).map(Some)
            })
        };
        let sent = |seconds, answer| send(seconds, answer).expect("sent").expect("it is due");
        let well = sent(0, Answer::Status(204));
        assert_eq!((well.standing.state, well.last_status), (State::Done, Some(204)));
        let gone = sent(0, Answer::Status(410));
        assert_eq!((gone.id, gone.standing.state), (two.expect("written"), State::Failed));
        let mut now = 0;
        for attempt in 1..=webhook::ATTEMPTS_MAX {
            let answer = match attempt % 2 {
                0 => Answer::Status(302),
                _ => Answer::Unreached("no answer within\0 10 s".to_string()),
            };
            let tried = sent(now, answer);
            assert_eq!(tried.standing.attempts, attempt);
            now = match tried.standing.due {
                Some(due) => due.micros() / SECOND_US + 1,
                None => break,
            };
        }
        assert!((15 * HOUR..17 * HOUR).contains(&now), "{now}");
        let three = three.expect("written");
        let dead = store.read(|tx| webhook::get(tx, three)).expect("kept");
        assert_eq!((dead.standing.state, dead.standing.attempts), (State::Failed, 8));
        assert_eq!(send(now + HOUR, Answer::Status(200)).expect("nothing"), None);
        assert_eq!(kinds(store), ["webhook_abandoned", "webhook_abandoned"]);
        let swept = store.write(|tx| webhook::sweep(tx, at(now + 31 * 24 * HOUR)));
        assert_eq!(swept.expect("swept"), 3);
    });
}

#[test]
fn an_outbox_is_bounded_and_its_transaction_stays_sound() {
    each_engine(MIGRATIONS, |store| {
        let mei = Actor::new("A1");
        let urls = ["https://a.example", "https://b.example"];
        let urls = urls.map(|text| WebhookUrl::parse(text).expect("sound"));
        let written = store.write(|tx| -> Result<i64> {
            let mut written = 0;
            for turn in 0..150 {
                let new = NewDelivery {
                    url: &urls[usize::from(turn % 10 == 0)],
                    event: "question_changed",
                    body: "{}",
                };
                match webhook::enqueue(tx, &mei, at(0), &new) {
                    Ok(_) => written += 1,
                    Err(Error::Full { most, .. }) => assert_eq!(most, 100),
                    Err(error) => return Err(error),
                }
            }
            Ok(written)
        });
        assert_eq!(written.expect("written"), 115);
    });
}

#[test]
fn a_slow_sender_is_not_heard() {
    each_engine(MIGRATIONS, |store| {
        let url = WebhookUrl::parse("https://a.example").expect("sound");
        let new = NewDelivery { url: &url, event: "question_changed", body: "{}" };
        store
            .write(|tx| webhook::enqueue(tx, &Actor::system(), at(0), &new))
            .map(|_| ())
            .expect("written");
        let claim = |seconds| {
            let claimed = store.write(|tx| webhook::claim(tx, at(seconds), SECOND_US));
            claimed.expect("a claim").expect("it is due").0
        };
        let (slow, quick) = (claim(0), claim(1));
        let settle =
            |lease| store.write(|tx| webhook::settle(tx, at(2), lease, &Answer::Status(200)));
        assert!(matches!(settle(slow), Err(Error::LeaseLost)));
        assert_eq!(settle(quick).expect("settled").standing.state, State::Done);
    });
}

#[test]
fn every_refusal_has_its_code() {
    let errors = [Error::Full { of: "x", most: 1 }, Error::NoJob, Error::KeyReused, Error::KeyBusy];
    for error in errors {
        let code = error.code().expect("a code");
        assert!(include_str!("../README.md").contains(code), "{code}");
    }
    assert_eq!(Error::LeaseLost.code(), None);
}
