//! From a document to statements and back, on both engines.

use super::{Candidate, Decision, NewCandidate, Verdict, decide, learnt, of_document};
use crate::document::{self, Document};
use crate::error::Error;
use crate::reading::{self, Card};
use crate::tests::{House, each_engine, on};
use crate::view::View;
use crate::{page, source};
use kernel::{Actor, EntityId, Timestamp, Value};
use reader::Grammar;

/// Written for this test: an invented district's figures, with the damage that news has.
const NEWS: &str = "云澜区科技创新交出答卷\n来源:云澜发布 2024-05-06\n\n\
    2023年,云澜区拥有高新技术企业420家,新增 35 家。\n\
    云澜區(qū)人工智能企業(yè)達(dá)86家,副区长钱某某介绍了情况。\n";

fn actor() -> Actor {
    Actor::new("A7")
}

fn at(n: i64) -> Timestamp {
    Timestamp::from_micros(1_780_000_000_000_000 + n * 1_000_000)
}

fn keep(house: &House, text: &str) -> (Document, bool) {
    let grammar = Grammar::shipped().expect("the grammar that ships");
    let card = Card { name: "news.txt".to_string(), ..Card::default() };
    let read = reading::read(&house.schema(), &grammar, text.as_bytes(), &card).expect("it reads");
    let kept = house
        .store
        .write(|tx| document::keep(tx, &actor(), at(0), &read.document, &read.candidates));
    kept.expect("it is kept")
}

fn all(house: &House, document: &Document) -> Vec<Candidate> {
    house.store.read(|tx| of_document(tx, document.source)).expect("they read")
}

fn with_value(all: &[Candidate], value: &str) -> Candidate {
    let found = all.iter().find(|one| one.found.value.as_deref() == Some(value));
    found.unwrap_or_else(|| panic!("no candidate of {value}: {all:#?}")).clone()
}

fn plain(one: &Candidate, verdict: Verdict) -> Decision {
    Decision { candidate: one.id, verdict, correction: None, entity: None }
}

fn decided(house: &House, n: i64, key: &str, decisions: &[Decision]) -> Result<(), &'static str> {
    let schema = house.schema();
    match house.store.write(|tx| decide(tx, &schema, &actor(), at(n), key, decisions)) {
        Ok(_) => Ok(()),
        Err(Error::Refused(refusal)) => Err(refusal.code),
        Err(Error::Missing { what, .. }) => Err(what),
        Err(other) => panic!("{other}"),
    }
}

fn named(view: &View, name: &str) -> Option<EntityId> {
    let mut ids = (1..=view.entity_count() as i64).map(EntityId);
    ids.find(|id| view.names(*id).zh == name)
}

#[test]
fn what_is_accepted_becomes_a_statement_with_the_document_as_its_source() {
    each_engine(|house| {
        let (document, new) = keep(&house, NEWS);
        assert!(new);
        assert_eq!(keep(&house, NEWS), (document.clone(), false), "the same file is read once");
        let found = all(&house, &document);
        let firms = with_value(&found, "86");
        assert_eq!(firms.found.subject, "云澜区");
        assert_eq!(firms.found.indicator.as_deref(), Some("ai_firms"));
        let quoted = &NEWS.as_bytes()[firms.found.bytes.0 as usize..firms.found.bytes.1 as usize];
        assert_eq!(std::str::from_utf8(quoted), Ok(firms.found.quote.as_str()), "exact bytes");
        let body = house.store.read(|tx| document::body(tx, document.source)).expect("a text");
        assert_eq!(document.characters, body.chars().count() as u64);
        let units: Vec<u16> = body.encode_utf16().collect();
        let shown = &units[firms.found.shown.0 as usize..firms.found.shown.1 as usize];
        assert!(String::from_utf16_lossy(shown).contains("86"), "the place in the shown text");
        assert!(!body.contains("钱某某"), "persons are masked");

        // Nobody is called so yet: the kind says what the new entity is.
        let mut district = firms.found.clone();
        district.subject_kind = Some("district".to_string());
        let correct = Decision { correction: Some(district), ..plain(&firms, Verdict::Corrected) };
        assert_eq!(decided(&house, 1, &document.key, std::slice::from_ref(&correct)), Ok(()));
        let view = house.view();
        let entity = named(&view, "云澜区").expect("it is known now");
        let sight = view.sight(on("2026-06-01"));
        let page = house.store.read(|tx| page::page(tx, &view, entity, sight)).expect("a page");
        let group = page.groups.iter().find(|group| group.property == "ai_firms");
        let said = &group.expect("the figure stands").statements[0].said;
        assert_eq!((said.source, &said.record), (document.source, &firms.id.to_string()));
        assert_eq!(said.quote.as_deref(), Some(firms.found.quote.as_str()));
        assert!(
            matches!(&said.value, Value::Number { quantity, .. } if quantity.to_string() == "86")
        );
        assert_eq!(house.verifies(), 0);

        // Reopened, the statement is taken back and history keeps both.
        assert_eq!(decided(&house, 2, &document.key, &[correct]), Err("E-CAND-01"));
        let reopen = plain(&firms, Verdict::Reopened);
        assert_eq!(decided(&house, 3, &document.key, std::slice::from_ref(&reopen)), Ok(()));
        assert_eq!(decided(&house, 4, &document.key, &[reopen]), Err("E-CAND-01"));
        let view = house.view();
        let sight = view.sight(on("2026-06-01"));
        let page = house.store.read(|tx| page::page(tx, &view, entity, sight)).expect("a page");
        assert!(page.groups.iter().all(|group| group.property != "ai_firms"));
        assert_eq!(house.verifies(), 0);
    });
}

#[test]
fn decisions_are_all_taken_or_none() {
    each_engine(|house| {
        let (document, _) = keep(&house, NEWS);
        let found = all(&house, &document);
        let (one, other) = (with_value(&found, "420"), with_value(&found, "86"));
        let good = plain(&other, Verdict::Rejected);
        let stranger = Decision { entity: Some(EntityId(99)), ..plain(&one, Verdict::Accepted) };
        let wrong_value = NewCandidate { value: Some("many".to_string()), ..one.found.clone() };
        let wrong = Decision {
            correction: Some(NewCandidate { subject_kind: Some("district".into()), ..wrong_value }),
            ..plain(&one, Verdict::Corrected)
        };
        let table: Vec<(Vec<Decision>, &str)> = vec![
            (vec![], "E-CAND-04"),
            (vec![good.clone(), good.clone()], "E-CAND-04"),
            (vec![good.clone(), stranger], "entity"),
            (vec![good.clone(), wrong], "E-CAND-02"),
            (
                vec![Decision {
                    correction: Some(NewCandidate {
                        subject: "谁也不是".to_string(),
                        subject_kind: None,
                        ..one.found.clone()
                    }),
                    ..plain(&one, Verdict::Corrected)
                }],
                "E-CAND-03",
            ),
        ];
        let before = house.view().event_count();
        for (decisions, code) in table {
            assert_eq!(decided(&house, 1, &document.key, &decisions), Err(code), "{decisions:?}");
        }
        assert_eq!(house.view().event_count(), before, "nothing was half written");
        assert_eq!(decided(&house, 2, "document-0", std::slice::from_ref(&good)), Err("document"));
        assert_eq!(decided(&house, 3, &document.key, &[good]), Ok(()));
        assert_eq!(house.verifies(), 0);
    });
}

#[test]
fn a_withdrawn_document_accepts_nothing_and_takes_its_statements_along() {
    each_engine(|house| {
        let (document, _) = keep(&house, NEWS);
        let found = all(&house, &document);
        let firms = with_value(&found, "86");
        let gone = house
            .store
            .write(|tx| source::withdraw(tx, &actor(), at(1), &document.key, "wrong", None));
        gone.expect("it is withdrawn");
        let accept = plain(&firms, Verdict::Accepted);
        assert_eq!(decided(&house, 2, &document.key, &[accept]), Err("E-SRC-06"));
    });
}

#[test]
fn what_reviewers_decide_changes_what_is_believed() {
    each_engine(|house| {
        let (document, _) = keep(&house, NEWS);
        let found = all(&house, &document);
        let one = with_value(&found, "420");
        let other = with_value(&found, "86");
        assert_eq!(decided(&house, 1, &document.key, &[plain(&one, Verdict::Rejected)]), Ok(()));
        let learnt = house.store.read(learnt).expect("it reads");
        assert_eq!(learnt.len(), 1);
        let ranking = reading::ranking(&learnt);
        let believed = ranking.confidence_of(other.found.confidence, &other.found.features);
        assert!(believed < other.found.confidence, "{believed} {}", other.found.confidence);
    });
}

#[test]
fn a_changed_byte_in_a_candidate_or_decision_is_found() {
    each_engine(|house| {
        let (document, _) = keep(&house, NEWS);
        let found = all(&house, &document);
        let reject = plain(&found[0], Verdict::Rejected);
        assert_eq!(decided(&house, 1, &document.key, &[reject]), Ok(()));
        assert_eq!(house.verifies(), 0);
        for (change, back) in [
            (
                "update atlas_candidate set value = '87' where value = '86'",
                "update atlas_candidate set value = '86' where value = '87'",
            ),
            (
                "update atlas_decision set verdict = 'accepted'",
                "update atlas_decision set verdict = 'rejected'",
            ),
            (
                "update atlas_document set name = 'other.txt'",
                "update atlas_document set name = 'news.txt'",
            ),
        ] {
            let run = |sql: &str| house.store.write(|tx| tx.execute(sql, &[])).expect("it runs");
            run(change);
            assert!(house.verifies() > 0, "{change}");
            run(back);
            assert_eq!(house.verifies(), 0, "{back}");
        }
    });
}
