//! 技术合同认定登记: which version of the rules, what may be registered, and by when.
//!
//! Draft → Submitted → (CorrectionRequested → Submitted) → Accepted → (ExpertReview →) Registered |
//! NotRegistered → Changed | Cancelled. The version is the one in force on the day of acceptance.
//! Source: R2000, R2026 (clocks of the draft), SHTM 20.

use crate::clock::{self, at, filled, unfit};
use crate::contract::{self, Fit, Form, Kind, Price, Traits, Turnover};
use crate::input::{On, refuse};
use crate::output;
use kernel::{Day, Proof, Refusal};
use schema::Lookup;
use serde::Deserialize;
use serde_json::{Value, json};

/// Who applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The one who gives the technology.
    Seller,
    /// The one who takes it.
    Buyer,
}

impl Side {
    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            Side::Seller => "seller",
            Side::Buyer => "buyer",
        }
    }
}

/// A contract that is to be registered.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// What the contract is called: the same one is registered once.
    pub contract: String,
    /// Contracts that are registered or applied for already.
    pub known: Vec<String>,
    /// Who applies.
    pub applicant: Side,
    /// Whether technology is imported by it.
    pub import: bool,
    /// Its form; unknown when left out.
    pub form: Option<Form>,
    /// Whether the parties are clear; unknown when left out.
    pub parties_clear: Option<bool>,
    /// Whether its subject is clear.
    pub subject_clear: Option<bool>,
    /// Whether its price is clear.
    pub price_clear: Option<bool>,
    /// What its content shows.
    pub traits: Traits,
    /// The price.
    pub price: Price,
    /// The day it is handed in.
    pub on: On,
}

/// What an examination comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// It may be registered.
    Registrable,
    /// It may not: see the reasons.
    NotRegistered,
    /// Something that would decide it is not known.
    Unknown,
}

impl Verdict {
    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Registrable => "registrable",
            Verdict::NotRegistered => "not_registered",
            Verdict::Unknown => "unknown",
        }
    }
}

/// An application that was examined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examined {
    /// `R2000` or `R2026`.
    pub version: String,
    /// What it comes to.
    pub verdict: Verdict,
    /// Why not, or what is not known.
    pub reasons: Vec<&'static str>,
    /// The type it is registered as.
    pub kind: Option<Kind>,
    /// What the price pays for technology.
    pub turnover: Turnover,
    /// How these came about.
    pub proof: Proof,
}

impl Examined {
    /// As JSON.
    pub fn json(&self) -> Value {
        json!({
            "version": self.version,
            "verdict": self.verdict.name(),
            "reasons": self.reasons,
            "kind": self.kind.map(Kind::name),
            "total": self.turnover.total.to_string(),
            "technical": self.turnover.technical.to_string(),
            "proof": output::proof(&self.proof),
        })
    }
}

/// Whether a contract may be registered.
///
/// Fails with `E-REG-01` (it is another type than it says), `E-REG-02` (non-technical sums not
/// itemised), `E-REG-03` (registered or applied for already), `E-CON-02` (a form that is not
/// accepted), `E-INPUT-01` (the wrong side applies), and like [`contract::turnover`].
pub fn examine(facts: &Application, law: &Lookup<'_>) -> Result<Examined, Refusal> {
    clock::bounded(facts.known.len(), "known")?;
    let law = &at(law, facts.on.0);
    let (version, rule) = law.text("registration.version")?;
    let mut parts = vec![rule.proof(), once(facts, law)?, applicant(facts, law)?];
    parts.push(form(facts, law)?);
    let classified = contract::classify(&facts.traits, law)?;
    if classified.fit == Fit::Reclassified {
        let article = classified.reason.as_ref().map_or("", |reason| &*reason.article);
        let fits = classified.kind.map_or("", Kind::name);
        let zh = format!("合同类型与内容不符,按内容应为 {fits}");
        let en = format!("the type does not fit the content; by its content it is {fits}");
        return Err(refuse("E-REG-01", article, &zh, &en)
            .value(facts.traits.stated.name())
            .column("traits/stated"));
    }
    let turnover = contract::turnover(&facts.price, law)?;
    let (named, grounds) = law.text("registration.not_registered")?;
    let technical = match classified.fit {
        Fit::Unknown => None,
        fit => Some(fit == Fit::Fits),
    };
    let mut wrong = Vec::new();
    let mut open = Vec::new();
    for (reason, holds) in [
        ("parties_unclear", facts.parties_clear),
        ("subject_unclear", facts.subject_clear),
        ("price_unclear", facts.price_clear),
        ("not_technical", technical),
    ] {
        if !named.split(',').any(|ground| ground == reason) {
            continue;
        }
        match holds {
            Some(true) => {}
            Some(false) => wrong.push(reason),
            None => open.push(reason),
        }
        parts.extend(holds.map(|holds| Proof::fact(reason, !holds).citing(&grounds.cite)));
    }
    let (verdict, reasons) = match (wrong.is_empty(), open.is_empty()) {
        (false, _) => (Verdict::NotRegistered, wrong),
        (true, false) => (Verdict::Unknown, open),
        (true, true) => (Verdict::Registrable, open),
    };
    parts.push(classified.proof);
    parts.push(turnover.proof.clone());
    let proof = Proof::step("registrable", verdict.name(), "choice", parts).citing(&rule.cite);
    let version = version.to_string();
    Ok(Examined { version, verdict, reasons, kind: classified.kind, turnover, proof })
}

fn once(facts: &Application, law: &Lookup<'_>) -> Result<Proof, Refusal> {
    let (once, rule) = law.truth("registration.once")?;
    let name = facts.contract.trim();
    if name.is_empty() {
        let en = "name the contract that is to be registered";
        return Err(unfit(&rule.cite.article, "应写明申请登记的合同", en, name, "contract"));
    }
    if once && facts.known.iter().any(|known| known.trim() == name) {
        return Err(refuse(
            "E-REG-03",
            &rule.cite.article,
            "该合同已登记或者已申请登记,不得重复登记",
            "the contract is registered or applied for already; it is registered once",
        )
        .value(name)
        .column("contract"));
    }
    Ok(rule.proof())
}

fn applicant(facts: &Application, law: &Lookup<'_>) -> Result<Proof, Refusal> {
    let id = if facts.import { "registration.import_applicant" } else { "registration.applicant" };
    let (side, rule) = law.text(id)?;
    if side != facts.applicant.name() {
        let zh = format!("应由 {side} 一方申请登记");
        let en = format!("the {side} applies for registration");
        let value = facts.applicant.name();
        return Err(unfit(&rule.cite.article, &zh, &en, value, "applicant"));
    }
    Ok(rule.proof())
}

fn form(facts: &Application, law: &Lookup<'_>) -> Result<Proof, Refusal> {
    let (forms, rule) = law.text("registration.forms")?;
    let form = facts.form.map_or("unknown", Form::name);
    if !forms.split(',').any(|one| one == form) {
        let zh = format!("可受理的合同形式:{forms}");
        let en = format!("contracts of these forms are accepted: {forms}");
        return Err(refuse("E-CON-02", &rule.cite.article, &zh, &en).value(form).column("form"));
    }
    Ok(rule.proof())
}

/// What happens to an application.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    /// It is handed in.
    Submit {
        /// When.
        on: On,
    },
    /// Corrections are asked for.
    RequestCorrection {
        /// When.
        on: On,
    },
    /// Corrected material is filed.
    Correct {
        /// When.
        on: On,
    },
    /// It is accepted: the clock starts.
    Accept {
        /// When.
        on: On,
    },
    /// Experts review it.
    Review {
        /// When.
        on: On,
    },
    /// It is registered.
    Register {
        /// When.
        on: On,
        /// The certificate's number.
        certificate: String,
    },
    /// It is not registered.
    Refuse {
        /// When.
        on: On,
        /// Why.
        reason: String,
    },
    /// The registered contract changed.
    Change {
        /// When.
        on: On,
    },
    /// The registration is cancelled.
    Cancel {
        /// When.
        on: On,
    },
}

impl Event {
    fn on(&self) -> Day {
        match self {
            Event::Submit { on }
            | Event::RequestCorrection { on }
            | Event::Correct { on }
            | Event::Accept { on }
            | Event::Review { on }
            | Event::Register { on, .. }
            | Event::Refuse { on, .. }
            | Event::Change { on }
            | Event::Cancel { on } => on.0,
        }
    }
}

/// An application in its course.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Course {
    /// What happened, in order.
    pub events: Vec<Event>,
    /// The price: the technical amount decides on expert review.
    pub price: Price,
    /// Whether the type or amount is disputed; unknown counts as disputed where it matters.
    pub disputed: Option<bool>,
    /// The day it is asked about.
    pub now: On,
}

/// Where an application is in its course.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Not handed in.
    Draft,
    /// Handed in.
    Submitted,
    /// Corrections are asked for.
    CorrectionRequested,
    /// Accepted: the clock runs.
    Accepted,
    /// Under expert review.
    ExpertReview,
    /// Registered.
    Registered,
    /// Not registered.
    NotRegistered,
    /// Registered, and changed since.
    Changed,
    /// No longer registered.
    Cancelled,
}

impl State {
    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            State::Draft => "draft",
            State::Submitted => "submitted",
            State::CorrectionRequested => "correction_requested",
            State::Accepted => "accepted",
            State::ExpertReview => "expert_review",
            State::Registered => "registered",
            State::NotRegistered => "not_registered",
            State::Changed => "changed",
            State::Cancelled => "cancelled",
        }
    }

    fn registered(self) -> bool {
        matches!(self, State::Registered | State::Changed)
    }
}

/// How an application stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its state.
    pub state: State,
    /// `R2000` or `R2026`, once accepted.
    pub version: Option<String>,
    /// Whether it takes expert review.
    pub review: bool,
    /// The last day to decide, once accepted.
    pub due: Option<Day>,
    /// Whether it was, or still is, decided late.
    pub late: bool,
    /// The certificate.
    pub certificate: Option<String>,
    /// Why it was not registered.
    pub reason: Option<String>,
    /// Whether tax benefits are open to it (SHTM 20): no without registration where a law says so,
    /// unknown where none was read.
    pub benefit: Option<bool>,
    /// What the price pays for technology.
    pub turnover: Turnover,
    /// How these came about.
    pub proof: Proof,
}

impl Standing {
    /// As JSON.
    pub fn json(&self) -> Value {
        json!({
            "state": self.state.name(),
            "version": self.version,
            "review": self.review,
            "due": self.due.map(|day| day.to_string()),
            "late": self.late,
            "certificate": self.certificate,
            "reason": self.reason,
            "benefit": self.benefit,
            "total": self.turnover.total.to_string(),
            "technical": self.turnover.technical.to_string(),
            "proof": output::proof(&self.proof),
        })
    }
}

#[derive(Default)]
struct Fold<'a> {
    accepted: Option<Day>,
    corrected: Option<Day>,
    decided: Option<Day>,
    certificate: Option<&'a str>,
    reason: Option<&'a str>,
}

/// How an application stands on a day, and by when it must be decided.
///
/// Fails with `E-INPUT-01` (a step that cannot follow, or a certificate or reason left out),
/// `E-DATE-02`, `E-DATE-03`, `E-RULE-02` (a correction under a text that was not read), `E-SIZE`,
/// and like [`contract::turnover`].
pub fn stand(facts: &Course, law: &Lookup<'_>) -> Result<Standing, Refusal> {
    clock::bounded(facts.events.len(), "events")?;
    let now = facts.now.0;
    let mut state = State::Draft;
    let mut fold = Fold::default();
    let mut before = None;
    for (index, event) in facts.events.iter().enumerate() {
        let column = format!("events/{index}");
        let on = event.on();
        clock::in_order(before, on, &column)?;
        clock::not_future(on, now, &column)?;
        before = Some(on);
        state = next(state, event, &mut fold).ok_or_else(|| {
            unfit(
                "R2026 认定登记",
                "当前状态下不能进行这一步,或者缺少证书编号、理由",
                "this step cannot follow here, or lacks its certificate or reason",
                state.name(),
                &column,
            )
        })?;
    }
    let turnover = contract::turnover(&facts.price, law)?;
    let mut parts = vec![Proof::fact("now", now), turnover.proof.clone()];
    let (mut version, mut review, mut due) = (None, false, None);
    if let Some(accepted) = fold.accepted {
        let law = &at(law, accepted);
        let (name, rule) = law.text("registration.version")?;
        version = Some(name.to_string());
        parts.push(rule.proof());
        let (asked, proof) = reviewed(&turnover, facts.disputed, law)?;
        review = asked || state == State::ExpertReview;
        parts.extend(proof);
        let (start, from) = match fold.corrected {
            None => (Proof::fact("accepted", accepted), accepted),
            Some(corrected) => {
                let (restarts, rule) = law.truth("registration.correction_restarts")?;
                let from = if restarts { corrected } else { accepted };
                let facts = vec![
                    Proof::fact("accepted", accepted),
                    Proof::fact("corrected", corrected),
                    rule.proof(),
                ];
                (Proof::step("clock_start", from, "choice", facts).citing(&rule.cite), from)
            }
        };
        let id = if review { "registration.review_clock" } else { "registration.clock" };
        let clock = clock::run("decision_due", start, from, id, law)?;
        due = Some(clock.due.last);
        parts.push(clock.proof);
    }
    let late = due.is_some_and(|due| fold.decided.unwrap_or(now) > due);
    let benefit = match (state.registered(), law.find("registration.benefit")) {
        (true, _) => Some(true),
        (false, Some(rule)) => {
            parts.push(rule.proof());
            Some(rule.setting != schema::Setting::Truth(true))
        }
        (false, None) => None,
    };
    Ok(Standing {
        state,
        version,
        review,
        due,
        late,
        certificate: fold.certificate.map(str::to_string),
        reason: fold.reason.map(str::to_string),
        benefit,
        turnover,
        proof: Proof::step("registration", state.name(), "choice", parts),
    })
}

/// The state after an event; none when it cannot follow.
fn next<'a>(state: State, event: &'a Event, fold: &mut Fold<'a>) -> Option<State> {
    Some(match (state, event) {
        (State::Draft, Event::Submit { .. }) => State::Submitted,
        (
            State::Submitted | State::Accepted | State::ExpertReview,
            Event::RequestCorrection { .. },
        ) => State::CorrectionRequested,
        (State::CorrectionRequested, Event::Correct { on }) => {
            // What is corrected before acceptance does not touch the clock: acceptance starts it.
            match fold.accepted {
                None => State::Submitted,
                Some(_) => {
                    fold.corrected = Some(on.0);
                    State::Accepted
                }
            }
        }
        (State::Submitted, Event::Accept { on }) => {
            fold.accepted = Some(on.0);
            State::Accepted
        }
        (State::Accepted, Event::Review { .. }) => State::ExpertReview,
        (State::Accepted | State::ExpertReview, Event::Register { on, certificate })
            if filled(Some(certificate)) =>
        {
            fold.decided = Some(on.0);
            fold.certificate = Some(certificate.trim());
            State::Registered
        }
        (
            State::Submitted | State::CorrectionRequested | State::Accepted | State::ExpertReview,
            Event::Refuse { on, reason },
        ) if filled(Some(reason)) => {
            fold.decided = Some(on.0);
            fold.reason = Some(reason.trim());
            State::NotRegistered
        }
        (State::Registered | State::Changed, Event::Change { .. }) => State::Changed,
        (State::Registered | State::Changed, Event::Cancel { .. }) => State::Cancelled,
        _ => return None,
    })
}

/// Whether experts review: from a technical amount on, or when disputed; under R2000 never.
fn reviewed(
    turnover: &Turnover,
    disputed: Option<bool>,
    law: &Lookup<'_>,
) -> Result<(bool, Option<Proof>), Refusal> {
    if law.find("registration.review_threshold").is_none() {
        return Ok((false, None));
    }
    let (threshold, rule) = law.money("registration.review_threshold")?;
    let large = turnover.technical >= threshold;
    let disputed = disputed != Some(false);
    let amount = vec![turnover.proof.clone(), rule.proof()];
    let parts = vec![
        Proof::step("from_threshold", large, "choice", amount).citing(&rule.cite),
        Proof::fact("disputed", disputed),
    ];
    let proof = Proof::step("expert_review", large || disputed, "any", parts).citing(&rule.cite);
    Ok((large || disputed, Some(proof)))
}

#[cfg(test)]
mod tests;
