//! A case of technology transfer: what happened, what that makes it, and what may happen next.
//!
//! A case is a fold over its events. [`Case::apply`] judges one more event against the case and
//! the law as it was known when the event was recorded, and either takes it whole or refuses it
//! whole. [`Case::replay`] takes what was accepted before: a rule that would refuse it today
//! (after a corrected holiday table, say) becomes a note, never a lost event.

pub mod clock;
pub mod event;
pub mod intake;
pub mod stage;

pub use clock::Clock;
pub use event::{Event, KINDS, Stamped};
pub use intake::{ResultKind, UnitKind};
pub use stage::Stage;

use kernel::{Day, Fen, Label, Proof, Refusal};
use schema::{Lookup, Rulebook};
use std::collections::{BTreeMap, BTreeSet};

/// What was computed for an event.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Applied {
    /// Figures, dates and decisions, each open to its facts and articles.
    pub proofs: Vec<Proof>,
    /// What is worth knowing, and does not stop it.
    pub notes: Vec<Label>,
}

/// A published notice as the public sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The day it was published.
    pub first: Day,
    /// The last day of its window.
    pub last: Day,
    /// `public`, `objected` or `void`.
    pub state: &'static str,
    /// What is shown, canonical JSON.
    pub body: String,
}

/// A case as it stands.
#[derive(Debug, Clone, Default)]
pub struct Case {
    /// What it is about.
    pub title: String,
    /// Whose law applies: a place of the rulebook.
    pub place: String,
    /// Whose result it is.
    pub unit: String,
    /// The entity of the atlas that the unit is.
    pub unit_entity: Option<i64>,
    /// Where it stands.
    pub stage: Stage,
    unit_kind: Option<UnitKind>,
    result: Option<ResultKind>,
    publicly_funded: Option<bool>,
    entered: BTreeMap<Stage, Day>,
    /// Kinds of event that happened, and `screening_passed`.
    happened: BTreeSet<&'static str>,
    last_day: Option<Day>,
    clocks: Vec<Clock>,
    facts: Vec<Proof>,
}

/// What a step works with.
struct Cx<'a> {
    law: Lookup<'a>,
    stamped: &'a Stamped,
    /// Whether it was accepted before.
    again: bool,
    applied: Applied,
    refusals: Vec<Refusal>,
}

impl Cx<'_> {
    fn on(&self) -> Day {
        self.stamped.event.on
    }

    fn take<T: serde::de::DeserializeOwned>(&self) -> Result<T, Refusal> {
        self.stamped.event.take()
    }

    /// Refuses; what was accepted before is noted instead.
    fn refuse(&mut self, refusal: Refusal) {
        if self.again {
            self.applied.notes.push(refusal.message);
        } else {
            self.refusals.push(refusal);
        }
    }

    /// Refuses unless it holds.
    fn need(&mut self, holds: bool, refusal: impl FnOnce() -> Refusal) {
        if !holds {
            self.refuse(refusal());
        }
    }
}

impl Case {
    /// Judges an event and takes it, or gives every rule that it breaks and takes nothing.
    pub fn apply(&mut self, stamped: &Stamped, book: &Rulebook) -> Result<Applied, Vec<Refusal>> {
        let mut after = self.clone();
        let applied = after.step(stamped, book, false)?;
        *self = after;
        Ok(applied)
    }

    /// Takes an event that was accepted before.
    pub fn replay(&mut self, stamped: &Stamped, book: &Rulebook) -> Applied {
        let mut after = self.clone();
        match after.step(stamped, book, true) {
            Ok(applied) => {
                *self = after;
                applied
            }
            Err(refusals) => {
                let notes = refusals.into_iter().map(|refusal| refusal.message).collect();
                Applied { proofs: Vec::new(), notes }
            }
        }
    }

    fn step(
        &mut self,
        stamped: &Stamped,
        book: &Rulebook,
        again: bool,
    ) -> Result<Applied, Vec<Refusal>> {
        let event = &stamped.event;
        let place = match event.kind {
            "opened" => event.body.get("place").and_then(|place| place.as_str()).unwrap_or("china"),
            _ => self.place.as_str(),
        }
        .to_string();
        let law = book.lookup(&place, event.on, stamped.recorded);
        let (applied, refusals) = (Applied::default(), Vec::new());
        let mut cx = Cx { law, stamped, again, applied, refusals };
        self.check_order(&mut cx);
        if cx.refusals.is_empty()
            && let Err(refusal) = self.dispatch(&mut cx)
        {
            cx.refusals.push(refusal);
        }
        if !cx.refusals.is_empty() {
            return Err(cx.refusals);
        }
        self.happened.insert(event.kind);
        self.last_day = self.last_day.max(Some(event.on));
        Ok(cx.applied)
    }

    /// Whether it may come now: after what it needs, not in a closed case, not in the future.
    fn check_order(&self, cx: &mut Cx<'_>) {
        let event = &cx.stamped.event;
        // Offices east of Greenwich are a day ahead of UTC for some hours.
        let today = cx.stamped.recorded.next();
        let (on, kind) = (event.on, event.kind);
        cx.need(on <= today, || {
            let (zh, en) = ("不能把将来的事记为已发生", "what lies ahead is not recorded as done");
            Refusal::new("E-DATE-03", en, zh, en).column("on").value(&on.to_string())
        });
        let first = self.happened.is_empty();
        cx.need((kind == "opened") == first, || {
            let (zh, en) = ("案件以 opened 开始,且只开始一次", "a case begins with `opened`, once");
            Refusal::new("E-CASE-01", en, zh, en).column("kind").value(kind)
        });
        let closed = self.stage == Stage::Closed && !matches!(kind, "noted" | "evidence_added");
        cx.need(!closed, || {
            let (zh, en) = ("案件已关闭", "the case is closed");
            Refusal::new("E-CASE-01", en, zh, en).column("kind").value(kind)
        });
        if first {
            return;
        }
        let missing = stage::needs(kind)
            .iter()
            .find(|need| !need.split('|').any(|one| self.happened.contains(one)));
        if let Some(missing) = missing {
            let zh = format!("须先有 {missing},才能 {kind}");
            let en = format!("{kind} comes after {missing}");
            let rule = "a case goes step by step";
            cx.refuse(Refusal::new("E-CASE-01", rule, zh, en).column("kind").value(kind));
        }
    }

    fn dispatch(&mut self, cx: &mut Cx<'_>) -> Result<(), Refusal> {
        match cx.stamped.event.kind {
            "opened" => self.on_opened(cx),
            "screened" => self.on_screened(cx),
            "protection_decided" => self.on_protection_decided(cx),
            _ => Ok(()),
        }
    }

    /// Comes into a stage; the day it first did stays.
    fn enter(&mut self, stage: Stage, on: Day) {
        self.stage = stage;
        self.entered.entry(stage).or_insert(on);
    }

    /// Keeps a fact; an older one of the same key goes.
    fn fact(&mut self, proof: Proof) {
        self.facts.retain(|fact| fact.key != proof.key);
        self.facts.push(proof);
    }

    /// The day the case came into a stage.
    pub fn entered(&self, stage: Stage) -> Option<Day> {
        self.entered.get(&stage).copied()
    }

    /// What is known of it, each figure open.
    pub fn facts(&self) -> &[Proof] {
        &self.facts
    }

    /// Periods that run or ran.
    pub fn clocks(&self) -> &[Clock] {
        &self.clocks
    }

    /// The period that ends first.
    pub fn next(&self) -> Option<&Clock> {
        let running = self.clocks.iter().filter(|clock| clock.done.is_none());
        running.min_by(|a, b| (a.last, &a.key).cmp(&(b.last, &b.key)))
    }

    /// How it is to be transferred.
    pub fn route_name(&self) -> Option<&str> {
        None
    }

    /// To whom.
    pub fn counterparty(&self) -> Option<&str> {
        None
    }

    /// The price.
    pub fn price(&self) -> Option<Fen> {
        None
    }

    /// Where its proof of concept stands.
    pub fn poc_state(&self) -> Option<&str> {
        None
    }

    /// Entities of the atlas that take part, with what they are.
    pub fn parties(&self) -> Vec<(i64, &'static str)> {
        self.unit_entity.map(|entity| (entity, "unit")).into_iter().collect()
    }

    /// The notice that was published last.
    pub fn notice(&self) -> Option<Published> {
        None
    }

    /// Kinds of event that may come next, with why one would be refused today.
    pub fn openings(&self, today: Day, book: &Rulebook) -> Vec<(&'static str, Option<Refusal>)> {
        let _ = (today, book);
        Vec::new()
    }

    /// What an evidence pack still lacks.
    pub fn missing_evidence(&self, book: &Rulebook, today: Day) -> Vec<Refusal> {
        let _ = (today, book);
        Vec::new()
    }
}
