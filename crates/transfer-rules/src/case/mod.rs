//! A case of technology transfer: what happened, what that makes it, and what may happen next.
//!
//! A case is a fold over its events. [`Case::apply`] judges one more event against the case and
//! the law as it was known when the event was recorded, and either takes it whole or refuses it
//! whole. [`Case::replay`] takes what was accepted before: a rule that would refuse it today
//! (after a corrected holiday table, say) becomes a note, never a lost event.

pub mod clock;
mod deal;
pub mod event;
pub mod intake;
mod money;
mod outcome;
mod pack;
mod pricing;
pub mod stage;
mod venture;

#[cfg(test)]
mod tests;

pub use clock::Clock;
pub use event::{Event, KINDS, Stamped};
pub use intake::{ResultKind, UnitKind};
pub use outcome::Outcome;
pub use pricing::Route;
pub use stage::Stage;

use crate::equity::Dilute;
use crate::export::Export;
use crate::grant::Grant;
use crate::licence::Open;
use crate::listing::Listing;
use crate::net_income::{Cost, Receipt};
use crate::notice::{Notice, Way};
use crate::ownership::{Consent, Holding};
use crate::patent::Filing;
use crate::registration::Course;
use crate::{ownership, poc, trl};
use kernel::proof::{Cite, Confidence};
use kernel::{Day, Fen, Label, Proof, Ratio, Refusal};
use schema::{Lookup, Rulebook};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

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

/// A right and whose it is.
#[derive(Debug, Clone)]
struct Right {
    kind: ownership::Right,
    patent: Option<Filing>,
    holdings: Vec<Holding>,
    open: Vec<Open>,
}

/// What is offered at which price, and to whom.
#[derive(Debug, Clone, PartialEq)]
struct Offer {
    way: Way,
    price: Option<Fen>,
    counterparty: Option<String>,
    counterparty_entity: Option<i64>,
    interested: Option<bool>,
    scope: Option<String>,
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
    /// Who made it, and how much of it; a part that is not known stays so.
    completers: Vec<(String, Option<Ratio>)>,
    disclosed: Option<Day>,
    trl: i64,
    trl_evidence: Vec<trl::Evidence>,
    right: Option<Right>,
    grants: Vec<Grant>,
    poc: Option<poc::Facts>,
    poc_state: Option<&'static str>,
    project: Option<poc::Project>,
    route: Option<Route>,
    offer: Option<Offer>,
    notice: Option<Notice>,
    published: Option<Published>,
    listing: Option<Listing>,
    appraised: bool,
    refusals: Vec<ownership::Notice>,
    consents: Vec<Consent>,
    export: Option<Export>,
    /// Who declared a conflict of interest, or none.
    declared: BTreeMap<String, bool>,
    pack: pack::Gathered,
    signed: Option<deal::Signed>,
    course: Option<Course>,
    /// Contracts of this case that were registered before.
    registrations: Vec<String>,
    registered: Option<bool>,
    receipts: Vec<Receipt>,
    costs: Vec<Cost>,
    decision: Option<money::Decision>,
    equity: Option<Dilute>,
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

    /// Keeps a proof.
    fn prove(&mut self, proof: Proof) {
        self.applied.proofs.push(proof);
    }

    /// Keeps a note.
    fn note(&mut self, zh: impl Into<String>, en: impl Into<String>) {
        self.applied.notes.push(Label::new(zh, en));
    }

    /// What a term that people wrote down rests on.
    fn own_cite(&self, rule: &str, article: &str) -> Arc<Cite> {
        Arc::new(Cite {
            rule: rule.to_string(),
            version: self.on().to_string(),
            article: article.to_string(),
            confidence: Confidence::Own,
        })
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
        // Opening a case asks no law but whether there is one of its place.
        let place = self.place.clone();
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
        let again = stage::once(kind) && self.happened.contains(kind);
        cx.need(!again, || {
            let (zh, en) = ("这一步已经办过", "this happened already");
            Refusal::new("E-CASE-01", en, zh, en).column("kind").value(kind)
        });
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
            "disclosed" => self.on_disclosed(cx),
            "screened" => self.on_screened(cx),
            "assessed" => self.on_assessed(cx),
            "trl_assessed" => self.on_trl_assessed(cx),
            "protection_decided" => self.on_protection_decided(cx),
            "right_recorded" => self.on_right_recorded(cx),
            "grant_requested" => self.on_grant_requested(cx),
            "grant_moved" => self.on_grant_moved(cx),
            "poc_applied" => self.on_poc_applied(cx),
            "poc_moved" => self.on_poc_moved(cx),
            "route_decided" => self.on_route_decided(cx),
            "priced" => self.on_priced(cx),
            "conflicts_declared" => self.on_conflicts_declared(cx),
            "decided" => self.on_decided(cx),
            "appraised" => self.on_appraised(cx),
            "first_refusal_notified" => self.on_first_refusal_notified(cx),
            "co_owner_consented" => self.on_co_owner_consented(cx),
            "notice_published" => self.on_notice_published(cx),
            "objection_received" => self.on_objection_received(cx),
            "objection_decided" => self.on_objection_decided(cx),
            "listing_moved" => self.on_listing_moved(cx),
            "export_moved" => self.on_export_moved(cx),
            "contract_signed" => self.on_contract_signed(cx),
            "registration_moved" => self.on_registration_moved(cx),
            "sales_reported" => self.on_sales_reported(cx),
            "obligation_met" => self.on_obligation_met(cx),
            "payment_demanded" => self.on_payment_demanded(cx),
            "received" => self.on_received(cx),
            "cost_booked" => self.on_cost_booked(cx),
            "distribution_decided" => self.on_distribution_decided(cx),
            "reward_published" => self.on_reward_published(cx),
            "reward_paid" => self.on_reward_paid(cx),
            "equity_moved" => self.on_equity_moved(cx),
            "evidence_added" => self.on_evidence_added(cx),
            "rules_recorded" => self.on_rules_recorded(cx),
            "supervised" => self.on_supervised(cx),
            "reported" => self.on_reported(cx),
            "closed" => self.on_closed(cx),
            _ => self.on_noted(cx),
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

    /// Lets a clock run; an older one of the same key goes.
    fn clock(&mut self, clock: Clock) {
        self.clocks.retain(|one| one.key != clock.key);
        self.clocks.push(clock);
    }

    /// Stops a clock that runs.
    fn finish(&mut self, key: &str, on: Day) {
        if let Some(clock) = self.clocks.iter_mut().find(|clock| clock.key == key) {
            clock.done = clock.done.or(Some(on));
        }
    }

    fn stated_price(&self) -> Option<Fen> {
        self.offer.as_ref().and_then(|offer| offer.price)
    }

    /// How it is to be transferred.
    pub fn route_name(&self) -> Option<&'static str> {
        self.route.map(Route::name)
    }

    /// To whom.
    pub fn counterparty(&self) -> Option<&str> {
        let signed = self.signed.as_ref().map(|signed| signed.counterparty.as_str());
        signed.or(self.offer.as_ref().and_then(|offer| offer.counterparty.as_deref()))
    }

    /// The price.
    pub fn price(&self) -> Option<Fen> {
        self.stated_price()
    }

    /// Where its proof of concept stands.
    pub fn poc_state(&self) -> Option<&'static str> {
        self.poc_state
    }

    /// Its proof of concept as it stands; none while it was only applied for.
    pub fn project(&self) -> Option<&poc::Project> {
        self.project.as_ref()
    }

    /// The day it was registered in the unit, while nothing came of it; for the radar.
    pub fn idle_since(&self) -> Option<Day> {
        self.disclosed.filter(|_| self.signed.is_none() && self.stage != Stage::Closed)
    }

    /// Entities of the atlas that take part, with what they are.
    pub fn parties(&self) -> Vec<(i64, &'static str)> {
        let signed = self.signed.as_ref().and_then(|signed| signed.entity);
        let offered = self.offer.as_ref().and_then(|offer| offer.counterparty_entity);
        let unit = self.unit_entity.map(|entity| (entity, "unit"));
        let other = signed.or(offered).map(|entity| (entity, "counterparty"));
        unit.into_iter().chain(other).collect()
    }

    /// Kinds of event that may come next, with why one would be refused today.
    pub fn openings(&self, today: Day, book: &Rulebook) -> Vec<(&'static str, Option<Refusal>)> {
        let possible = |kind: &&&'static str| {
            let kind: &'static str = kind;
            let comes = kind != "opened"
                && stage::needs(kind)
                    .iter()
                    .all(|need| need.split('|').any(|one| self.happened.contains(one)));
            let once = stage::once(kind) && self.happened.contains(kind);
            let closed = self.stage == Stage::Closed && kind != "noted";
            comes && !once && !closed
        };
        let blocked = |kind: &'static str| match kind {
            "contract_signed" => self.signing_blocked(today, book, today),
            _ => None,
        };
        event::KINDS.iter().filter(possible).map(|kind| (*kind, blocked(kind))).collect()
    }
}
