//! 赋权: the unit grants its ownership of a result, or a long-term right of use, to the team.
//!
//! Requested → Checked → Decided → Public → Signed → Recorded → Performing → Extended | Terminated.
//! Source: SH24 13; BJ 9; ZJ 37; GK128; invariants I1 and I5.

use crate::clock::{self, at, filled, unfit};
use crate::input::{On, Share, refuse};
use crate::licence;
use crate::output;
use crate::ownership;
use crate::patent::Filing;
use kernel::{Day, Proof, Ratio, Refusal};
use schema::Lookup;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What is granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(tag = "form", rename_all = "snake_case", deny_unknown_fields)]
pub enum Form {
    /// Ownership, whole or in part.
    Ownership {
        /// The share of the team.
        team: Share,
        /// The share the unit keeps.
        unit: Share,
        /// The first day.
        from: On,
    },
    /// A right of use.
    Use {
        /// The first day.
        from: On,
        /// The first day on which it no longer holds.
        to: On,
    },
}

impl Form {
    fn span(self) -> (Day, Option<Day>) {
        match self {
            Form::Ownership { from, .. } => (from.0, None),
            Form::Use { from, to } => (from.0, Some(to.0)),
        }
    }
}

/// Another grant of the unit.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Other {
    /// What it is called.
    pub id: String,
    /// The right.
    pub right: String,
    /// The first day.
    pub from: On,
    /// The first day on which it no longer holds; none while it lasts.
    pub to: Option<On>,
}

/// What the check against the negative list found. What is left out is unknown and blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Findings {
    /// National security.
    pub national_security: Option<bool>,
    /// Secrecy.
    pub secrecy: Option<bool>,
    /// Major public interest.
    pub public_interest: Option<bool>,
    /// An unclear title.
    pub unclear_title: Option<bool>,
    /// Live rights of others.
    pub third_party_rights: Option<bool>,
}

impl Findings {
    fn of(&self, item: &str) -> Option<bool> {
        match item {
            "national_security" => self.national_security,
            "secrecy" => self.secrecy,
            "public_interest" => self.public_interest,
            "unclear_title" => self.unclear_title,
            "third_party_rights" => self.third_party_rights,
            _ => None,
        }
    }
}

/// What the agreement says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Agreement {
    /// How the owners decide.
    pub decision_mechanism: Option<String>,
    /// Who bears which cost.
    pub cost_split: Option<String>,
    /// Who keeps the right in force.
    pub upkeep: Option<String>,
    /// How income is split: at the same time as the grant (SH24 13).
    pub income_split: Option<String>,
    /// Whether the team also takes the reward from the unit's part (ZJ 37(3)).
    pub reward_too: bool,
}

impl Agreement {
    fn says(&self, field: &str) -> bool {
        let text = match field {
            "decision_mechanism" => &self.decision_mechanism,
            "cost_split" => &self.cost_split,
            "upkeep" => &self.upkeep,
            "income_split" => &self.income_split,
            _ => return false,
        };
        filled(text.as_deref())
    }
}

/// What happens to a grant.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    /// The team asks for it.
    Request {
        /// When.
        on: On,
        /// Who speaks for the team.
        representative: String,
        /// How the team splits it: person to share.
        split: BTreeMap<String, Share>,
        /// Whether that is in writing.
        in_writing: bool,
        /// What they mean to do with it.
        plan: String,
    },
    /// It is checked against the negative list.
    Check {
        /// When.
        on: On,
        /// What was found.
        findings: Findings,
    },
    /// The unit decides.
    Decide {
        /// When.
        on: On,
        /// Whether it agrees.
        approved: bool,
    },
    /// It is published.
    Publish {
        /// When.
        on: On,
    },
    /// The agreement is signed.
    Sign {
        /// When.
        on: On,
        /// What it says.
        agreement: Agreement,
    },
    /// The right is recorded, for ownership at the IP office.
    Record {
        /// When.
        on: On,
        /// The number of the entry.
        entry: String,
    },
    /// The team begins to perform its plan.
    Perform {
        /// When.
        on: On,
    },
    /// A right of use is extended.
    Extend {
        /// When.
        on: On,
        /// The first day on which it then no longer holds.
        to: On,
    },
    /// It is ended.
    Terminate {
        /// When.
        on: On,
        /// Why.
        reason: String,
    },
}

impl Event {
    fn on(&self) -> Day {
        match self {
            Event::Request { on, .. }
            | Event::Check { on, .. }
            | Event::Decide { on, .. }
            | Event::Publish { on }
            | Event::Sign { on, .. }
            | Event::Record { on, .. }
            | Event::Perform { on }
            | Event::Extend { on, .. }
            | Event::Terminate { on, .. } => on.0,
        }
    }
}

/// A grant in its course.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// The right: a patent or application number, or a name of the unit's own.
    pub right: String,
    /// What is granted.
    pub grant: Form,
    /// When the right is a patent: what was filed when.
    pub patent: Option<Filing>,
    /// Other grants of the unit.
    pub others: Vec<Other>,
    /// What happened, in order.
    pub events: Vec<Event>,
    /// The day it is asked about.
    pub now: On,
}

impl Grant {
    /// Since when it holds, and the first day on which it no longer does.
    pub fn span(&self) -> (Day, Option<Day>) {
        self.grant.span()
    }
}

/// Where a grant is in its course.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Not asked for.
    Draft,
    /// Asked for.
    Requested,
    /// Not on the negative list.
    Checked,
    /// The unit agreed.
    Decided,
    /// The unit did not agree.
    Rejected,
    /// Published.
    Public,
    /// The agreement is signed.
    Signed,
    /// The right is recorded.
    Recorded,
    /// The team performs its plan.
    Performing,
    /// Performing, for longer than first agreed.
    Extended,
    /// Ended.
    Terminated,
}

impl State {
    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            State::Draft => "draft",
            State::Requested => "requested",
            State::Checked => "checked",
            State::Decided => "decided",
            State::Rejected => "rejected",
            State::Public => "public",
            State::Signed => "signed",
            State::Recorded => "recorded",
            State::Performing => "performing",
            State::Extended => "extended",
            State::Terminated => "terminated",
        }
    }
}

/// How a grant stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its state.
    pub state: State,
    /// The last day of its notice.
    pub notice_last: Option<Day>,
    /// The first day on which the agreement may be signed.
    pub earliest_signing: Option<Day>,
    /// The share of the team, when ownership is granted.
    pub team: Option<Ratio>,
    /// The first day on which a right of use no longer holds.
    pub to: Option<Day>,
    /// Whether the team also takes the reward from the unit's part; known once signed.
    pub reward_too: Option<bool>,
    /// How these came about.
    pub proof: Proof,
}

impl Standing {
    /// As JSON.
    pub fn json(&self) -> Value {
        let day = |day: Option<Day>| day.map(|day| day.to_string());
        json!({
            "state": self.state.name(),
            "notice_last": day(self.notice_last),
            "earliest_signing": day(self.earliest_signing),
            "team": self.team.map(|share| share.to_string()),
            "to": day(self.to),
            "reward_too": self.reward_too,
            "proof": output::proof(&self.proof),
        })
    }
}

struct Fold {
    state: State,
    notice_last: Option<Day>,
    to: Option<Day>,
    reward_too: Option<bool>,
    parts: Vec<Proof>,
}

/// How a grant stands on a day.
///
/// Fails with `E-GRANT-01` (a right of use that is too short), `E-LIC-02` (past the life of the
/// patent), `E-GRANT-02` (on the negative list, or not known not to be), `E-GRANT-03` (another grant
/// of the right is live), `E-PRICE-01` (signed before the notice ended), `E-CON-01` (the agreement
/// lacks something), `E-SHARE-01`, `E-SHARE-02`, `E-INPUT-01` (a step that cannot follow),
/// `E-DATE-02`, `E-DATE-03`, `E-SIZE`.
pub fn stand(facts: &Grant, law: &Lookup<'_>) -> Result<Standing, Refusal> {
    clock::bounded(facts.events.len(), "events")?;
    clock::bounded(facts.others.len(), "others")?;
    let now = facts.now.0;
    let (_, allowed) = law.truth("grant.allowed")?;
    let mut parts = vec![Proof::fact("now", now), allowed.proof()];
    parts.extend(fits(facts, law)?);
    alone(facts, &allowed.cite.article)?;
    let (_, to) = facts.grant.span();
    let mut fold = Fold { state: State::Draft, notice_last: None, to, reward_too: None, parts };
    let mut before = None;
    for (index, event) in facts.events.iter().enumerate() {
        let column = format!("events/{index}");
        clock::in_order(before, event.on(), &column)?;
        clock::not_future(event.on(), now, &column)?;
        before = Some(event.on());
        step(&mut fold, event, facts, &column, law)?;
    }
    let team = match facts.grant {
        Form::Ownership { team, .. } => Some(team.0),
        Form::Use { .. } => None,
    };
    Ok(Standing {
        state: fold.state,
        notice_last: fold.notice_last,
        earliest_signing: fold.notice_last.map(Day::next),
        team,
        to: fold.to,
        reward_too: fold.reward_too,
        proof: Proof::step("grant", fold.state.name(), "choice", fold.parts).citing(&allowed.cite),
    })
}

/// Checks shares or term, and that it lies within the life of the patent.
fn fits(facts: &Grant, law: &Lookup<'_>) -> Result<Vec<Proof>, Refusal> {
    let mut parts = Vec::new();
    let last = match facts.grant {
        Form::Ownership { team, unit, from } => {
            ownership::whole([team.0, unit.0], "I1", "grant")?;
            if team.0 == Ratio::ZERO {
                let en = "the team receives a share";
                let refusal = Refusal::new("E-SHARE-02", "I1", "团队应获得份额", en);
                return Err(refusal.value("0%").column("grant/team"));
            }
            parts.push(Proof::fact("team_share", team.0));
            parts.push(Proof::fact("unit_share", unit.0));
            from.0.next()
        }
        Form::Use { from, to } => {
            let start = Proof::fact("from", from.0);
            let law = at(law, from.0);
            let least = clock::exact("shortest_term_end", start, from.0, "grant.term", &law)?;
            let (_, _, rule) = law.period("grant.term")?;
            if to.0 < least.due.last {
                let zh = format!("使用权期限过短,至少应到 {}", least.due.last);
                let en = format!("the right of use is too short; it lasts to {}", least.due.last);
                return Err(refuse("E-GRANT-01", &rule.cite.article, &zh, &en)
                    .value(&to.0.to_string())
                    .column("grant/to"));
            }
            parts.push(least.proof);
            parts.push(Proof::fact("to", to.0));
            to.0
        }
    };
    if let Some(filing) = &facts.patent {
        parts.push(licence::within_life(last, "grant", filing, law)?.1);
    }
    Ok(parts)
}

/// Fails with `E-GRANT-03` when another grant of the right is live at the same time.
fn alone(facts: &Grant, article: &str) -> Result<(), Refusal> {
    let (from, to) = facts.grant.span();
    let meets = |other: &&Other| {
        other.right.trim() == facts.right.trim()
            && to.is_none_or(|to| other.from.0 < to)
            && other.to.is_none_or(|other| from < other.0)
    };
    let Some(other) = facts.others.iter().find(meets) else { return Ok(()) };
    let zh = format!("该权利已有在期赋权 {},同一权利同时只能有一项", other.id);
    let en = format!("the grant {} of this right is live; there is one at a time", other.id);
    Err(refuse("E-GRANT-03", article, &zh, &en).value(&other.id).column("others"))
}

fn step(
    fold: &mut Fold,
    event: &Event,
    facts: &Grant,
    column: &str,
    law: &Lookup<'_>,
) -> Result<(), Refusal> {
    let law = &at(law, event.on());
    fold.state = match (fold.state, event) {
        (State::Draft, Event::Request { representative, split, in_writing, plan, .. })
            if filled(Some(representative)) && filled(Some(plan)) && *in_writing =>
        {
            clock::bounded(split.len(), column)?;
            let shares: Vec<Ratio> = split.values().map(|share| share.0).collect();
            ownership::whole(shares, "I1", column)?;
            State::Requested
        }
        (State::Requested, Event::Check { findings, .. }) => {
            fold.parts.push(listed(findings, column, law)?);
            State::Checked
        }
        (State::Checked, Event::Decide { approved, .. }) => {
            if *approved {
                State::Decided
            } else {
                State::Rejected
            }
        }
        (State::Decided, Event::Publish { on }) => {
            let start = Proof::fact("published", on.0);
            let notice = clock::run("last_notice_day", start, on.0, "grant.notice", law)?;
            let last = notice.due.last;
            fold.notice_last = Some(last);
            fold.parts.push(clock::day_after("earliest_signing", notice.proof, last));
            State::Public
        }
        (State::Public, Event::Sign { on, agreement }) => {
            signed(fold, on.0, agreement, column, law)?;
            State::Signed
        }
        (State::Signed, Event::Record { entry, .. }) if filled(Some(entry)) => State::Recorded,
        (State::Recorded, Event::Perform { .. }) => State::Performing,
        (State::Performing | State::Extended, Event::Extend { to, .. })
            if fold.to.is_some_and(|before| to.0 > before) =>
        {
            if let Some(filing) = &facts.patent {
                fold.parts.push(licence::within_life(to.0, column, filing, law)?.1);
            }
            fold.to = Some(to.0);
            State::Extended
        }
        (
            State::Signed | State::Recorded | State::Performing | State::Extended,
            Event::Terminate { reason, .. },
        ) if filled(Some(reason)) => State::Terminated,
        (state, _) => {
            let (_, rule) = law.truth("grant.allowed")?;
            return Err(unfit(
                &rule.cite.article,
                "当前状态下不能进行这一步,或者内容不全",
                "this step cannot follow here, or says too little",
                state.name(),
                column,
            ));
        }
    };
    Ok(())
}

fn listed(findings: &Findings, column: &str, law: &Lookup<'_>) -> Result<Proof, Refusal> {
    let (items, rule) = law.text("grant.negative_list")?;
    let mut parts = Vec::new();
    for item in items.split(',') {
        if findings.of(item) == Some(false) {
            parts.push(Proof::fact(item.to_string(), false));
            continue;
        }
        let (zh, en) = match findings.of(item) {
            Some(_) => (
                format!("属于赋权负面清单:{item}"),
                format!("it stands on the negative list: {item}"),
            ),
            None => (
                format!("尚未查明是否属于负面清单:{item}"),
                format!("it is not known whether it stands on the negative list: {item}"),
            ),
        };
        return Err(refuse("E-GRANT-02", &rule.cite.article, &zh, &en).value(item).column(column));
    }
    Ok(Proof::step("on_negative_list", false, "any", parts).citing(&rule.cite))
}

fn signed(
    fold: &mut Fold,
    on: Day,
    agreement: &Agreement,
    column: &str,
    law: &Lookup<'_>,
) -> Result<(), Refusal> {
    let (_, _, notice) = law.period("grant.notice")?;
    if let Some(last) = fold.notice_last.filter(|last| on <= *last) {
        let zh = format!("赋权公示期未满,最早可于 {} 签约", last.next());
        let en = format!("the notice has not ended; it may be signed from {}", last.next());
        return Err(refuse("E-PRICE-01", &notice.cite.article, &zh, &en)
            .value(&on.to_string())
            .column(column));
    }
    let (fields, rule) = law.text("grant.agreement")?;
    if let Some(field) = fields.split(',').find(|field| !agreement.says(field)) {
        let zh = format!("赋权协议缺少应有的内容:{field}");
        let en = format!("the agreement of the grant lacks: {field}");
        return Err(refuse("E-CON-01", &rule.cite.article, &zh, &en).value(field).column(column));
    }
    let (otherwise, reward) = law.truth("grant.reward_too")?;
    let too = otherwise || agreement.reward_too;
    fold.reward_too = Some(too);
    fold.parts.push(Proof::step("agreement", true, "choice", vec![rule.proof()]));
    let parts = vec![Proof::fact("reward_agreed", agreement.reward_too), reward.proof()];
    fold.parts.push(Proof::step("reward_too", too, "any", parts).citing(&reward.cite));
    Ok(())
}

#[cfg(test)]
mod tests;
