//! Saved questions and what is told of them, on both engines.

use super::*;
use crate::MIGRATIONS;
use store::Store;

const DAY_US: i64 = 86_400_000_000;

fn at(day: i64) -> Timestamp {
    // 2026-03-01T00:00:00Z and days after it.
    Timestamp::from_micros(1_772_323_200_000_000 + day * DAY_US)
}

fn mei() -> Actor {
    Actor::new("A1")
}

fn stranger() -> Actor {
    Actor::new("A2")
}

fn wish(title: &str, path: &str) -> Wish {
    Wish { title: title.to_string(), path: path.to_string(), webhook: None }
}

fn each_engine(test: impl Fn(&Store)) {
    store::testkit::each_engine(MIGRATIONS, |store| test(store));
}

fn saved(store: &Store, path: &str) -> Question {
    store.write(|tx| save(tx, &mei(), at(0), &wish("企业", path))).expect("a saved question")
}

fn got(store: &Store, id: QuestionId) -> Result<Question> {
    store.read(|tx| get(tx, &mei(), id))
}

/// Notes an answer as the watch does, which read the question before.
fn answered(store: &Store, question: &Question, digest: &str, day: i64) -> bool {
    store.write(|tx| note(tx, at(day), question, digest, EventId(0))).expect("the answer is noted")
}

fn told(store: &Store, owner: &Actor) -> Vec<Notification> {
    store.read(|tx| notifications(tx, owner, None, 100)).expect("notifications")
}

/// Kind and subject of each event in the journal, and whether it says anything else.
fn events(store: &Store) -> Vec<(String, String)> {
    let sql = "select kind, subject from journal_event order by event_index";
    let read = |row: &Row<'_>| Ok((row.text(0)?, row.text(1)?));
    store.read(|tx| tx.query(sql, params![], read)).expect("the journal reads")
}

#[test]
fn a_question_is_kept_as_it_was_wished_for() {
    each_engine(|store| {
        let hook = Some("https://example.org/heard".to_string());
        let wish = Wish { webhook: hook.clone(), ..wish("人工智能企业", "/search?q=ai") };
        let new = store.write(|tx| save(tx, &mei(), at(0), &wish)).expect("saved");
        let expected = Question {
            id: new.id,
            owner: "A1".to_string(),
            title: "人工智能企业".to_string(),
            path: "/search?q=ai".to_string(),
            webhook: hook,
            version: 1,
            digest: None,
            checked: None,
            changed: false,
        };
        assert_eq!(new, expected);
        assert_eq!(got(store, new.id).expect("kept"), expected);
        let event = ("question_saved".to_string(), new.id.to_string());
        assert_eq!(events(store), [event], "the journal names it and not what it asks");
    });
}

#[test]
fn the_first_answer_tells_nothing_and_each_change_tells_once() {
    each_engine(|store| {
        let id = saved(store, "/overview").id;
        // (digest, whether it is news), day after day.
        let days = [("a", false), ("a", false), ("b", true), ("b", false), ("a", true)];
        for (day, (digest, news)) in (1..).zip(days) {
            let question = got(store, id).expect("kept");
            assert_eq!(answered(store, &question, digest, day), news, "day {day}");
            let kept = got(store, id).expect("kept");
            assert_eq!((kept.digest.as_deref(), kept.checked), (Some(digest), Some(at(day))));
            assert_eq!(kept.version, 1, "an answer is no change of the question");
        }
        let days: Vec<Timestamp> = told(store, &mei()).iter().map(|n| n.at).collect();
        assert_eq!(days, [at(5), at(3)], "newest first");
    });
}

#[test]
fn two_who_saw_the_same_answer_before_tell_of_a_change_once() {
    each_engine(|store| {
        let id = saved(store, "/overview").id;
        answered(store, &got(store, id).expect("kept"), "a", 1);
        let seen = got(store, id).expect("kept");
        assert!(answered(store, &seen, "b", 2));
        assert!(!answered(store, &seen, "b", 2), "the other comes too late");
        assert_eq!(told(store, &mei()).len(), 1);
    });
}

#[test]
fn a_changed_question_begins_anew_and_a_renamed_one_goes_on() {
    each_engine(|store| {
        let question = saved(store, "/overview");
        answered(store, &question, "a", 1);
        let change_to = |version, title: &str, path: &str| {
            let which = (question.id, version);
            store.write(|tx| change(tx, &mei(), at(2), which, &wish(title, path)))
        };
        let renamed = change_to(Some(1), "总览", "/overview").expect("renamed");
        assert_eq!((renamed.version, renamed.digest.as_deref()), (2, Some("a")));
        let before = change_to(Some(1), "总览", "/coverage");
        assert!(matches!(before, Err(Error::Stale { what: "question", .. })), "{before:?}");
        let other = change_to(None, "覆盖", "/coverage").expect("any version will do");
        assert_eq!((other.version, other.digest), (3, None));
        // An answer to what it asked before is no answer to what it asks now.
        assert!(!answered(store, &renamed, "b", 3));
        assert_eq!(got(store, question.id).expect("kept").digest, None);
        assert!(!answered(store, &got(store, question.id).expect("kept"), "b", 4), "the first");
        assert!(told(store, &mei()).is_empty());
    });
}

#[test]
fn reading_a_notification_clears_the_mark_for_good() {
    each_engine(|store| {
        let id = saved(store, "/overview").id;
        for (day, digest) in [(1, "a"), (2, "b")] {
            answered(store, &got(store, id).expect("kept"), digest, day);
        }
        assert!(got(store, id).expect("kept").changed);
        let new = told(store, &mei()).remove(0);
        assert_eq!((new.question, new.title.as_str(), new.read), (id, "企业", false));
        for day in [3, 4] {
            store.write(|tx| mark_read(tx, &mei(), at(day), new.id)).expect("read");
            assert!(!got(store, id).expect("kept").changed);
            assert!(told(store, &mei())[0].read);
        }
    });
}

#[test]
fn only_the_owner_comes_near_a_question() {
    each_engine(|store| {
        let id = saved(store, "/overview").id;
        for (day, digest) in [(1, "a"), (2, "b")] {
            answered(store, &got(store, id).expect("kept"), digest, day);
        }
        let new = told(store, &mei()).remove(0);
        let other = stranger();
        let nobody = |result: Result<()>| matches!(result, Err(Error::Missing { .. }));
        assert!(nobody(store.read(|tx| get(tx, &other, id).map(|_| ()))));
        let wish = wish("mine", "/feed");
        assert!(nobody(store.write(|tx| change(tx, &other, at(3), (id, None), &wish).map(|_| ()))));
        assert!(nobody(store.write(|tx| remove(tx, &other, at(3), (id, None)))));
        assert!(nobody(store.write(|tx| mark_read(tx, &other, at(3), new.id))));
        assert!(told(store, &other).is_empty());
        let listed = store.read(|tx| list(tx, &other, None, 10)).expect("a list");
        assert!(listed.is_empty());
        assert!(!told(store, &mei())[0].read, "and nothing of it has changed");
        assert_eq!(events(store).len(), 1);
    });
}

#[test]
fn removal_takes_what_was_told_along() {
    each_engine(|store| {
        let [first, second] = ["/overview", "/feed"].map(|path| saved(store, path).id);
        for id in [first, second] {
            for (day, digest) in [(1, "a"), (2, "b")] {
                answered(store, &got(store, id).expect("kept"), digest, day);
            }
        }
        let before = got(store, first).expect("kept");
        let stale = store.write(|tx| remove(tx, &mei(), at(3), (first, Some(7))));
        assert!(matches!(stale, Err(Error::Stale { .. })), "{stale:?}");
        store.write(|tx| remove(tx, &mei(), at(3), (first, Some(1)))).expect("removed");
        assert!(matches!(got(store, first), Err(Error::Missing { .. })));
        let told = told(store, &mei());
        assert_eq!(told.iter().map(|n| n.question).collect::<Vec<_>>(), [second]);
        assert!(!answered(store, &before, "c", 4), "an answer that comes late finds no one");
        let last = events(store).pop();
        assert_eq!(last, Some(("question_removed".to_string(), first.to_string())));
    });
}

#[test]
fn an_account_keeps_a_hundred_and_pages_follow_one_another() {
    each_engine(|store| {
        let all: Vec<QuestionId> = (0..QUESTIONS_MAX).map(|_| saved(store, "/feed").id).collect();
        let more = store.write(|tx| save(tx, &mei(), at(1), &wish("more", "/feed")));
        let code = match more {
            Err(Error::Refused(refusal)) => refusal.code,
            other => panic!("{other:?}"),
        };
        assert_eq!(code, "E-QUESTION-01");
        store.write(|tx| save(tx, &stranger(), at(1), &wish("theirs", "/feed"))).expect("theirs");
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = store.read(|tx| list(tx, &mei(), after, 33)).expect("a page");
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            seen.extend(page.iter().map(|question| question.id));
        }
        assert_eq!(seen, all);
        let everyone = store.read(|tx| super::all(tx, 0, 1_000)).expect("everyone's");
        assert_eq!(everyone.len(), all.len() + 1);
        store.write(|tx| remove(tx, &mei(), at(2), (all[0], None))).expect("removed");
        saved(store, "/feed");
    });
}
