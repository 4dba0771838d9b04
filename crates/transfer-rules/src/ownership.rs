//! Ownership: whose a result is, who completed it, and who may dispose of it.
//! Source: TL 2, 40; CC 847, 860; SPC 2, 4–6, 20; PR 13, 14; invariant I1.

use crate::clock::{self, at};
use crate::input::{On, Share, refuse};
use crate::output;
use kernel::{Day, Proof, Ratio, Refusal};
use schema::Lookup;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

mod share;
pub(crate) use share::whole;
pub use share::{Holding, Holdings, Shares, shares};

/// How a result came about. What is left out is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Work {
    /// Whether it was done for a task of the unit.
    pub task: Option<bool>,
    /// The day the person left; none while employed.
    pub left: Option<On>,
    /// The day it was made.
    pub made: Option<On>,
    /// Whether it is related to the old post or its tasks.
    pub related_to_post: Option<bool>,
    /// Whether it mainly used the unit's funds, equipment, material or unpublished technology.
    pub mainly_used: Option<bool>,
    /// Whether funds were returned or a fee for use was agreed (SPC 4).
    pub paid_for: Option<bool>,
    /// Whether the unit's conditions only served to verify it once it was complete (SPC 4).
    pub verification_only: Option<bool>,
}

/// Whether a result is the unit's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Determined {
    /// Yes, no, or unknown.
    pub service: Option<bool>,
    /// The article that decided, or would.
    pub article: String,
    /// The last day on which work after leaving is still the unit's.
    pub until: Option<Day>,
    /// How that came about.
    pub proof: Proof,
}

impl Determined {
    /// As JSON.
    pub fn json(&self) -> Value {
        json!({
            "service": self.service,
            "article": self.article,
            "until": self.until.map(|day| day.to_string()),
            "proof": output::proof(&self.proof),
        })
    }
}

fn known(key: &'static str, value: Option<bool>) -> Proof {
    match value {
        Some(value) => Proof::fact(key, value),
        None => Proof::step(key, kernel::proof::Shown::Unknown, "fact", Vec::new()),
    }
}

/// Yes as soon as one is yes; no only when all are no; else unknown.
fn either(all: &[Option<bool>]) -> Option<bool> {
    if all.contains(&Some(true)) {
        return Some(true);
    }
    all.iter().all(|one| *one == Some(false)).then_some(false)
}

/// Whether a result is a service result (TL 2; CC 847): done for the unit's task, within a year
/// after leaving included (SPC 2; PR 13), or mainly using its conditions, unless paid for or used for
/// verification only (SPC 4).
///
/// Fails with `E-RULE-01`, `E-RULE-02` or `E-DATE-06`.
pub fn determine(facts: &Work, law: &Lookup<'_>) -> Result<Determined, Refusal> {
    let (_, task) = law.truth("ownership.task")?;
    let (_, used) = law.truth("ownership.mainly_used")?;
    let mut parts = vec![known("task", facts.task).citing(&task.cite)];
    let mut until = None;
    let mut later = Some(false);
    let (_, _, leaving) = law.period("ownership.after_leaving")?;
    if let Some(left) = facts.left {
        let start = Proof::fact("left", left.0);
        let law = at(law, left.0);
        let year = clock::exact("after_leaving", start, left.0, "ownership.after_leaving", &law)?;
        let last = year.due.last;
        until = Some(last);
        let inside = facts.made.map(|made| left.0 <= made.0 && made.0 <= last);
        later = match (inside, facts.related_to_post) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        };
        parts.push(year.proof);
        parts.extend(facts.made.map(|made| Proof::fact("made", made.0)));
        parts.push(known("related_to_post", facts.related_to_post));
        parts.push(known("within_a_year", later).citing(&leaving.cite));
    }
    let excepted = either(&[facts.paid_for, facts.verification_only]);
    let mainly = match (facts.mainly_used, excepted) {
        (Some(false), _) | (_, Some(true)) => Some(false),
        (Some(true), Some(false)) => Some(true),
        _ => None,
    };
    parts.push(known("mainly_used", facts.mainly_used));
    parts.push(known("paid_for", facts.paid_for));
    parts.push(known("verification_only", facts.verification_only));
    parts.push(known("mainly_used_counts", mainly).citing(&used.cite));
    let service = either(&[facts.task, later, mainly]);
    let rule = match (facts.task, later, mainly) {
        (Some(true), _, _) => task,
        (_, Some(true), _) => leaving,
        (_, _, Some(true)) => used,
        (Some(false), Some(false), _) => used,
        (Some(false), None, _) => leaving,
        _ => task,
    };
    let shown = match service {
        Some(true) => "service",
        Some(false) => "own",
        None => "unknown",
    };
    let proof = Proof::step("service_result", shown, "choice", parts).citing(&rule.cite);
    Ok(Determined { service, article: rule.cite.article.clone(), until, proof })
}

/// What someone did for a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Gave money or equipment.
    Funding,
    /// Organized the work.
    Organising,
    /// Drew.
    Drawing,
    /// Translated.
    Translating,
    /// Did something else, which says nothing yet.
    Other,
}

impl Role {
    fn name(self) -> &'static str {
        match self {
            Role::Funding => "funding",
            Role::Organising => "organising",
            Role::Drawing => "drawing",
            Role::Translating => "translating",
            Role::Other => "other",
        }
    }
}

/// Someone named as a completer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contributor {
    /// Whether they contributed creatively to its substance; unknown when left out.
    pub creative: Option<bool>,
    /// What else they did.
    pub roles: Vec<Role>,
}

/// Whether someone is a completer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completer {
    /// Yes, no, or unknown.
    pub completer: Option<bool>,
    /// How that came about.
    pub proof: Proof,
}

impl Completer {
    /// As JSON.
    pub fn json(&self) -> Value {
        json!({"completer": self.completer, "proof": output::proof(&self.proof)})
    }
}

/// Whether someone is a completer (SPC 6; PR 14): a creative contribution counts, funding,
/// organizing, drawing and translating do not. Unknown creativity with nothing but such roles is no.
///
/// Fails with `E-SIZE` and without a rule.
pub fn completer(facts: &Contributor, law: &Lookup<'_>) -> Result<Completer, Refusal> {
    clock::bounded(facts.roles.len(), "roles")?;
    let (excluded, rule) = law.text("ownership.not_completer")?;
    let only = |role: &Role| excluded.split(',').any(|one| one == role.name());
    let completer = match facts.creative {
        Some(creative) => Some(creative),
        None if !facts.roles.is_empty() && facts.roles.iter().all(only) => Some(false),
        None => None,
    };
    let mut parts = vec![known("creative", facts.creative)];
    parts.extend(facts.roles.iter().map(|role| Proof::fact("role", role.name())));
    parts.push(rule.proof());
    let shown = completer.map_or("unknown", |yes| if yes { "completer" } else { "no_completer" });
    let proof = Proof::step("completer", shown, "choice", parts).citing(&rule.cite);
    Ok(Completer { completer, proof })
}

/// A result that is a service result of two employers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Employers {
    /// What they agreed: party to share.
    pub agreed: Option<BTreeMap<String, Share>>,
    /// What each contributed: party to share.
    pub contributed: Option<BTreeMap<String, Share>>,
}

/// How two employers share a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    /// Party to share; none while neither agreement nor contribution is known.
    pub shares: Option<BTreeMap<String, Ratio>>,
    /// `agreement`, `contribution` or `unknown`.
    pub by: &'static str,
    /// How that came about.
    pub proof: Proof,
}

impl Shared {
    /// As JSON.
    pub fn json(&self) -> Value {
        let shares: Option<BTreeMap<&str, String>> = self.shares.as_ref().map(|shares| {
            shares.iter().map(|(party, share)| (party.as_str(), share.to_string())).collect()
        });
        json!({"shares": shares, "by": self.by, "proof": output::proof(&self.proof)})
    }
}

/// Between the old and the new employer: by agreement, else by contribution (SPC 5).
///
/// Fails with `E-SHARE-01` or `E-SHARE-02` for shares that do not make up one.
pub fn employers(facts: &Employers, law: &Lookup<'_>) -> Result<Shared, Refusal> {
    let (_, rule) = law.text("ownership.employers")?;
    let (named, by) = match (&facts.agreed, &facts.contributed) {
        (Some(agreed), _) => (Some(agreed), "agreement"),
        (None, Some(contributed)) => (Some(contributed), "contribution"),
        (None, None) => (None, "unknown"),
    };
    let mut parts = Vec::new();
    let mut shares = None;
    if let Some(named) = named {
        clock::bounded(named.len(), by)?;
        let list: BTreeMap<String, Ratio> =
            named.iter().map(|(party, share)| (party.clone(), share.0)).collect();
        share::whole(list.values().copied(), "I1", by)?;
        let fact =
            |(party, share): (&String, &Ratio)| Proof::fact(format!("share:{party}"), *share);
        parts.extend(list.iter().map(fact));
        shares = Some(list);
    }
    parts.push(rule.proof());
    let proof = Proof::step("employers", by, "choice", parts).citing(&rule.cite);
    Ok(Shared { shares, by, proof })
}

/// What a right is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// A patent or application.
    Patent,
    /// Undisclosed know-how.
    KnowHow,
}

/// What is done with a right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// It is assigned.
    Assign,
    /// It is licensed exclusively (独占 or 排他).
    ExclusiveLicence,
    /// It is licensed to one of many.
    OrdinaryLicence,
}

impl Act {
    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            Act::Assign => "assign",
            Act::ExclusiveLicence => "exclusive_licence",
            Act::OrdinaryLicence => "ordinary_licence",
        }
    }
}

/// A co-owner's consent.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// Whose.
    pub party: String,
    /// Since when.
    pub on: On,
}

/// What a completer answered to the notice of first refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// They do not want it.
    Waived,
    /// They take it on equal terms.
    Taken,
}

/// The notice to a completer that a service invention is to be assigned (CC 847).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// To whom.
    pub completer: String,
    /// When.
    pub on: On,
    /// What they answered; none when they did not.
    pub answer: Option<Answer>,
}

/// A right that someone wants to dispose of.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disposal {
    /// What the right is.
    pub right: Right,
    /// Who holds how much of it, when.
    pub holdings: Vec<Holding>,
    /// Who disposes of it.
    pub seller: String,
    /// To whom.
    pub buyer: String,
    /// What is done.
    pub act: Act,
    /// The day of signing.
    pub on: On,
    /// Consents of co-owners.
    pub consents: Vec<Consent>,
    /// Whether it is a service result; unknown counts as yes.
    pub service: Option<bool>,
    /// Who completed it.
    pub completers: Vec<String>,
    /// Notices to them.
    pub notices: Vec<Notice>,
    /// How many days the unit's own rule gives them to answer; no law does. Without a rule an
    /// answer is needed.
    pub answer_days: Option<u32>,
}

/// A disposal that may happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disposed {
    /// The share of the seller on the day.
    pub share: Ratio,
    /// Co-owners whose consent was needed and is there.
    pub consented: Vec<String>,
    /// How that came about.
    pub proof: Proof,
}

impl Disposed {
    /// As JSON.
    pub fn json(&self) -> Value {
        json!({
            "share": self.share.to_string(),
            "consented": self.consented,
            "proof": output::proof(&self.proof),
        })
    }
}

/// Whether a right may be disposed of.
///
/// Fails with `E-OWN-01` (the seller holds nothing of it on that day), `E-OWN-02` (a co-owner's
/// consent is missing; an ordinary licence needs none where the law lets one grant it alone),
/// `E-OWN-03` (the notice of first refusal is missing, unanswered, or was taken up),
/// `E-SHARE-01`, `E-SHARE-02`, `E-DATE-02`, `E-SIZE`.
pub fn dispose(facts: &Disposal, law: &Lookup<'_>) -> Result<Disposed, Refusal> {
    clock::bounded(facts.consents.len().saturating_add(facts.notices.len()), "notices")?;
    clock::bounded(facts.completers.len(), "completers")?;
    let on = facts.on.0;
    let law = &at(law, on);
    let (_, consent) = law.truth("ownership.consent")?;
    let held = share::on(&facts.holdings, on)?;
    let seller = facts.seller.trim();
    let Some(share) = held.get(seller).copied().filter(|share| *share > Ratio::ZERO) else {
        let zh = format!("{seller} 在 {on} 不持有该权利");
        let en = format!("{seller} holds nothing of the right on {on}");
        return Err(refuse("E-OWN-01", &consent.cite.article, &zh, &en)
            .value(seller)
            .column("seller"));
    };
    let mut parts = vec![Proof::fact("share", share), Proof::fact("on", on)];
    let alone = match (facts.act, facts.right) {
        (Act::OrdinaryLicence, Right::KnowHow) => Some("ownership.alone.know_how"),
        (Act::OrdinaryLicence, Right::Patent) => Some("ownership.alone.patent"),
        _ => None,
    };
    let free = match alone {
        None => false,
        Some(id) => {
            let (free, rule) = law.truth(id)?;
            parts.push(rule.proof());
            free
        }
    };
    let mut consented = Vec::new();
    if !free {
        for (party, share) in &held {
            if *party == seller || *share <= Ratio::ZERO {
                continue;
            }
            let given =
                facts.consents.iter().find(|one| one.party.trim() == *party && one.on.0 <= on);
            let Some(given) = given else {
                let zh = format!("缺少共有人 {party} 的同意");
                let en = format!("the consent of the co-owner {party} is missing");
                return Err(refuse("E-OWN-02", &consent.cite.article, &zh, &en)
                    .value(party)
                    .column("consents"));
            };
            parts.push(Proof::fact(format!("consent:{party}"), given.on.0).citing(&consent.cite));
            consented.push(party.to_string());
        }
    }
    if facts.act == Act::Assign && facts.service != Some(false) {
        parts.push(first_refusal(facts, law)?);
    }
    let proof = Proof::step("disposal", true, "choice", parts).citing(&consent.cite);
    Ok(Disposed { share, consented, proof })
}

/// Fails with `E-OWN-03` unless every completer was told and does not take it instead.
fn first_refusal(facts: &Disposal, law: &Lookup<'_>) -> Result<Proof, Refusal> {
    let (_, rule) = law.truth("ownership.first_refusal")?;
    let on = facts.on.0;
    let buyer = facts.buyer.trim();
    let refused = |zh: &str, en: &str, value: &str| {
        Err(refuse("E-OWN-03", &rule.cite.article, zh, en).value(value).column("notices"))
    };
    let completers: BTreeSet<&str> = facts.completers.iter().map(|name| name.trim()).collect();
    if completers.is_empty() {
        let zh = "职务成果转让前应写明完成人并通知其优先受让";
        return refused(zh, "name the completers and tell them of their first refusal", "");
    }
    let mut parts = vec![rule.proof()];
    for name in completers {
        if name == buyer {
            continue;
        }
        let told = facts.notices.iter().filter(|one| one.completer.trim() == name);
        // Of several notices the last one in time counts.
        let Some(told) = told.filter(|one| one.on.0 <= on).max_by_key(|one| one.on) else {
            let zh = format!("没有通知完成人 {name} 以同等条件优先受让");
            let en = format!("the completer {name} was not told of the first refusal");
            return refused(&zh, &en, name);
        };
        match told.answer {
            Some(Answer::Waived) => {}
            Some(Answer::Taken) => {
                let zh = format!("完成人 {name} 要求以同等条件优先受让");
                let en = format!("the completer {name} takes it on equal terms");
                return refused(&zh, &en, name);
            }
            None => {
                let last = match facts.answer_days {
                    None => None,
                    Some(days) => {
                        let roll = kernel::calendar::Roll::AnyNonWorkingDay;
                        let unit = kernel::calendar::Count::Day;
                        Some(law.calendar().due(told.on.0, days, unit, roll)?.last)
                    }
                };
                if last.is_none_or(|last| on <= last) {
                    let until = last.map_or_else(|| "?".to_string(), |last| last.to_string());
                    let zh = format!("完成人 {name} 尚未答复,答复期至 {until}");
                    let en =
                        format!("the completer {name} has not answered; they may until {until}");
                    return refused(&zh, &en, name);
                }
            }
        }
        parts.push(Proof::fact(format!("told:{name}"), told.on.0));
    }
    Ok(Proof::step("first_refusal", true, "choice", parts).citing(&rule.cite))
}

#[cfg(test)]
mod tests;
