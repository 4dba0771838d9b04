//! Applications, from a draft or an offer to paid or refused: what may follow what, and for how much.
//!
//! An application is what its steps say. What is not known never pays (I12), what is paid never
//! passes the grant, its pool (I7) or its cost (I8), and who asks does not decide (I13).
//! Source: 免申即享 and 快申快享 as YSHJ 24 and the notices after it describe them.

use kernel::{Day, Fen, Refusal};
use serde::{Deserialize, Serialize};

/// What the rules made of the facts, as it was when a step was taken.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Judged {
    /// Whether it is granted; absent while that is not known.
    pub eligible: Option<bool>,
    /// The most it comes to, in fen; absent when it is no amount, or not known.
    pub bound: Option<i64>,
    /// Whether that is exactly it, and no upper bound.
    pub exact: bool,
    /// Whether it is an amount of money at all.
    pub money: bool,
    /// Facts that could still change it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// The cost it supports, in fen, when that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<i64>,
    /// The day it was worked out for.
    pub as_of: String,
    /// The facts it was worked out from, as the policy asks them.
    #[serde(default)]
    pub facts: serde_json::Map<String, serde_json::Value>,
    /// Digest of the policy's text.
    pub policy: String,
    /// Digest of the proof.
    pub proof: String,
}

/// A material that was handed in, or is held already.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Handed {
    /// Which, by its place in the policy from 1.
    pub material: usize,
    /// What shows it: a number, an address, a digest.
    pub evidence: String,
}

/// What happens to an application.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
pub enum Step {
    /// A firm began one.
    Drafted {
        /// What the rules make of it.
        judged: Judged,
    },
    /// The office offers what the firm has not asked for (免申即享).
    Offered {
        /// What the rules make of it.
        judged: Judged,
    },
    /// The firm wants what is offered.
    Consented,
    /// The firm hands it in.
    Submitted {
        /// What the rules make of it now.
        judged: Judged,
        /// What was handed in.
        #[serde(default)]
        materials: Vec<Handed>,
    },
    /// Something is missing.
    Returned {
        /// What.
        reason: String,
    },
    /// A datum is not verified: it goes on by a short application (快申快享).
    Moved {
        /// Which.
        reason: String,
    },
    /// It is granted.
    Granted {
        /// How much, in fen; absent when it is no amount.
        amount: Option<i64>,
        /// Digest of the sharing of a short pool that it comes from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        round: Option<String>,
    },
    /// It is not granted.
    Refused {
        /// Why.
        reason: String,
    },
    /// The firm does not want it any more.
    Withdrawn,
    /// Money went out.
    Paid {
        /// How much, in fen.
        amount: i64,
        /// What the payer calls it; one payment is made once.
        reference: String,
    },
    /// It was worked out again by other facts.
    Rejudged {
        /// What the rules make of it now.
        judged: Judged,
        /// Why.
        reason: String,
    },
    /// Money came back.
    Reclaimed {
        /// How much, in fen.
        amount: i64,
        /// What the payer calls it.
        reference: String,
    },
    /// It was published who received it.
    Published,
}

impl Step {
    /// The name in data.
    pub fn name(&self) -> &'static str {
        match self {
            Step::Drafted { .. } => "drafted",
            Step::Offered { .. } => "offered",
            Step::Consented => "consented",
            Step::Submitted { .. } => "submitted",
            Step::Returned { .. } => "returned",
            Step::Moved { .. } => "moved",
            Step::Granted { .. } => "granted",
            Step::Refused { .. } => "refused",
            Step::Withdrawn => "withdrawn",
            Step::Paid { .. } => "paid",
            Step::Rejudged { .. } => "rejudged",
            Step::Reclaimed { .. } => "reclaimed",
            Step::Published => "published",
        }
    }

    /// Whether the firm says it, and not the office.
    pub fn of_firm(&self) -> bool {
        matches!(
            self,
            Step::Drafted { .. } | Step::Consented | Step::Submitted { .. } | Step::Withdrawn
        )
    }
}

/// Where an application stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum State {
    /// The firm is at it.
    #[default]
    Draft,
    /// Offered without being asked for.
    Offered,
    /// The firm wants what was offered.
    Consented,
    /// The office decides.
    Submitted,
    /// Something is missing.
    Returned,
    /// It is granted.
    Granted,
    /// It is not.
    Refused,
    /// The firm does not want it.
    Withdrawn,
    /// Paid in full.
    Paid,
    /// Published who received it.
    Published,
}

impl State {
    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            State::Draft => "draft",
            State::Offered => "offered",
            State::Consented => "consented",
            State::Submitted => "submitted",
            State::Returned => "returned",
            State::Granted => "granted",
            State::Refused => "refused",
            State::Withdrawn => "withdrawn",
            State::Paid => "paid",
            State::Published => "published",
        }
    }
}

/// What a policy says of how its support is had.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    /// Whether it may be offered without an application.
    pub automatic: bool,
    /// How many materials it asks for.
    pub materials: usize,
    /// Those that the house holds already, by their places from 1: they are not asked for again.
    pub held: Vec<usize>,
}

/// What the house knows beside the application.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Around {
    /// Who acts.
    pub by: String,
    /// What is left of the pool: the budget less what was paid to all. Absent when there is no pool.
    pub pool: Option<PoolLeft>,
    /// What was paid for the same cost of the same firm by other applications, in fen.
    pub paid_for_cost: i64,
    /// How many more of its policy the firm may have; absent when that is not limited.
    pub places_left: Option<i64>,
}

/// What is left of a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PoolLeft {
    /// So much, in fen.
    Left(i64),
    /// Its budget could not be read.
    Unknown,
}

/// An application as its steps make it.
#[derive(Debug, Clone, Default)]
pub struct Application {
    /// Where it stands.
    pub state: State,
    /// Whether it has begun.
    pub begun: bool,
    /// What the rules made of it last.
    pub judged: Judged,
    /// What was handed in.
    pub materials: Vec<Handed>,
    /// Who handed it in, or consented.
    pub asked_by: Option<String>,
    /// When it was handed in: its time to pay runs from there.
    pub asked_on: Option<Day>,
    /// What was granted, in fen.
    pub granted: Option<i64>,
    /// The sharing it comes from.
    pub round: Option<String>,
    /// What was paid and did not come back, in fen.
    pub paid: i64,
    /// What the payer called its payments.
    pub references: Vec<String>,
    /// Whether it left the way without an application.
    pub moved: bool,
    /// Why it was returned or refused.
    pub reason: Option<String>,
}

fn refuse(code: &'static str, rule: &str, zh: impl Into<String>, en: &str) -> Refusal {
    Refusal::new(code, rule, zh, en)
}

fn unknown(missing: &[String]) -> Refusal {
    let zh = "仍有未核实的事实,未知不兑付";
    let en = "facts are not known yet, and what is not known does not pay";
    refuse("E-PAY-02", "what is not known does not pay (I12)", zh, en).value(&missing.join(", "))
}

impl Application {
    /// What must come back: what was paid beyond what the facts grant now, in fen.
    pub fn owed_back(&self) -> i64 {
        let due = match (self.judged.eligible, self.judged.exact, self.judged.bound) {
            (Some(false), ..) => 0,
            (Some(true), true, Some(bound)) => bound,
            _ => return 0,
        };
        (self.paid - due).max(0)
    }

    /// What is still to be paid, in fen.
    pub fn unpaid(&self) -> i64 {
        self.granted.map_or(0, |granted| (granted - self.paid).max(0))
    }

    /// Adds a step that happened on a day.
    ///
    /// Fails with `E-APP-01` for what does not follow from where it stands, `E-APP-02` for what the
    /// rules do not grant, `E-APP-03` for materials that are missing, `E-APP-04` when who asked
    /// would decide, `E-APP-05` for more than the rules grant, `E-PAY-01` past the pool, `E-PAY-02`
    /// for what is not known, `E-PAY-03` for a payment that was made, `E-PAY-04` past the cost,
    /// `E-PAY-05` past the places of a firm. The application is unchanged then.
    pub fn apply(
        &mut self,
        step: &Step,
        on: Day,
        terms: &Terms,
        around: &Around,
    ) -> Result<(), Refusal> {
        self.follows(step)?;
        match step {
            Step::Drafted { judged } => {
                self.judged = judged.clone();
                self.begun = true;
            }
            Step::Offered { judged } => {
                if !terms.automatic {
                    let en = "this policy is applied for; it is not offered by itself";
                    return Err(refuse("E-APP-02", "YSHJ 24", "该政策须申报,不能免申即享", en));
                }
                granted(judged)?;
                (self.judged, self.begun, self.state) = (judged.clone(), true, State::Offered);
            }
            Step::Consented => {
                (self.asked_by, self.asked_on) = (Some(around.by.clone()), Some(on));
                self.state = State::Consented;
            }
            Step::Submitted { judged, materials } => {
                if judged.eligible == Some(false) {
                    let zh = "按已知事实不符合条件,理由见测算";
                    let en = "by the facts it is not granted; the calculation says why";
                    return Err(refuse("E-APP-02", "conditions of the policy", zh, en));
                }
                let handed = |place: &usize| {
                    terms.held.contains(place)
                        || materials
                            .iter()
                            .any(|one| one.material == *place && !one.evidence.trim().is_empty())
                };
                if let Some(place) = (1..=terms.materials).find(|place| !handed(place)) {
                    let zh = format!("第{place}项材料尚未提交");
                    let en = "a material is missing";
                    let refusal = refuse("E-APP-03", "materials of the policy", zh, en);
                    return Err(refusal.column("materials").value(&place.to_string()));
                }
                if let Some(one) = materials.iter().find(|one| {
                    one.material == 0
                        || one.material > terms.materials
                        || one.evidence.chars().count() > 500
                }) {
                    let (zh, en) =
                        ("没有这项材料,或说明过长", "no such material, or too long a text");
                    let refusal = refuse("E-APP-03", "YSHJ 24", zh, en);
                    return Err(refusal.column("materials").value(&one.material.to_string()));
                }
                (self.judged, self.materials) = (judged.clone(), materials.clone());
                (self.asked_by, self.asked_on) = (Some(around.by.clone()), Some(on));
                (self.state, self.reason) = (State::Submitted, None);
            }
            Step::Returned { reason } => {
                self.reason = Some(said(reason)?);
                self.state = State::Returned;
            }
            Step::Moved { reason } => {
                self.reason = Some(said(reason)?);
                (self.state, self.moved, self.granted) = (State::Returned, true, None);
            }
            Step::Granted { amount, round } => {
                if self.asked_by.as_deref() == Some(&around.by) {
                    let (zh, en) = ("申请人不得自行审批", "who asks does not decide");
                    return Err(refuse("E-APP-04", "who acts does not approve (I13)", zh, en));
                }
                granted(&self.judged)?;
                if around.places_left.is_some_and(|left| left <= 0) {
                    let (zh, en) = ("该单位的名额已用完", "the firm has no place left");
                    return Err(refuse("E-PAY-05", "places of a firm", zh, en));
                }
                self.granted = self.amount(*amount)?;
                self.round = round.clone();
                self.state = State::Granted;
            }
            Step::Refused { reason } => {
                self.reason = Some(said(reason)?);
                self.state = State::Refused;
            }
            Step::Withdrawn => {
                (self.state, self.granted, self.round) = (State::Withdrawn, None, None);
            }
            Step::Paid { amount, reference } => {
                self.pay(*amount, reference, around)?;
                if self.unpaid() == 0 {
                    self.state = State::Paid;
                }
            }
            Step::Rejudged { judged, reason } => {
                said(reason)?;
                self.judged = judged.clone();
            }
            Step::Reclaimed { amount, reference } => {
                if *amount <= 0 || *amount > self.owed_back() {
                    let back = Fen::new(self.owed_back()).map(|fen| fen.to_string());
                    let en = "no more comes back than was paid beyond what the facts grant";
                    let refusal = refuse("E-PAY-03", en, "退回金额超过应退", en);
                    return Err(refusal.column("amount").value(&back.unwrap_or_default()));
                }
                self.once(reference)?;
                self.paid -= amount;
                self.granted = Some(self.paid);
            }
            Step::Published => self.state = State::Published,
        }
        Ok(())
    }

    fn follows(&self, step: &Step) -> Result<(), Refusal> {
        use State as S;
        let state = self.state;
        let follows = match step {
            Step::Drafted { .. } => !self.begun || state == S::Draft,
            Step::Offered { .. } => !self.begun,
            _ if !self.begun => false,
            Step::Consented => state == S::Offered,
            Step::Submitted { .. } => matches!(state, S::Draft | S::Returned),
            Step::Returned { .. } => state == S::Submitted,
            Step::Moved { .. } => {
                matches!(state, S::Offered | S::Consented | S::Granted) && self.paid == 0
            }
            Step::Granted { round: Some(_), .. } => {
                // A pool is shared anew until it is paid.
                matches!(state, S::Consented | S::Submitted)
                    || (state == S::Granted && self.round.is_some() && self.paid == 0)
            }
            Step::Granted { .. } => matches!(state, S::Consented | S::Submitted),
            Step::Refused { .. } => matches!(state, S::Submitted | S::Consented),
            Step::Withdrawn => {
                let early = matches!(
                    state,
                    S::Draft | S::Offered | S::Consented | S::Submitted | S::Returned | S::Granted
                );
                early && self.paid == 0
            }
            Step::Paid { .. } => state == S::Granted,
            Step::Rejudged { .. } => matches!(state, S::Granted | S::Paid | S::Published),
            Step::Reclaimed { .. } => self.paid > 0,
            Step::Published => state == S::Paid,
        };
        match follows {
            true => Ok(()),
            false => {
                let zh = format!("申请处于“{}”,不能“{}”", state.name(), step.name());
                let en = format!("an application that is {} is not {}", state.name(), step.name());
                Err(refuse("E-APP-01", "steps of an application", zh, &en).value(step.name()))
            }
        }
    }

    /// The amount of a grant: the bound unless a lower one is said.
    fn amount(&self, wish: Option<i64>) -> Result<Option<i64>, Refusal> {
        if !self.judged.money {
            return Ok(None);
        }
        let bound = self.judged.bound.ok_or_else(|| unknown(&self.judged.missing))?;
        let amount = wish.unwrap_or(bound);
        if amount < 0 || amount > bound {
            let most = Fen::new(bound).map(|fen| fen.to_string()).unwrap_or_default();
            let en = "no more is granted than the rules come to";
            let refusal = refuse("E-APP-05", en, "超过按规则测算的金额", en);
            return Err(refusal.column("amount").value(&most));
        }
        Ok(Some(amount))
    }

    fn once(&mut self, reference: &str) -> Result<(), Refusal> {
        let reference = kernel::text::clean(reference.trim(), 100)
            .map_err(|refusal| refusal.column("reference"))?;
        if reference.is_empty() || self.references.iter().any(|one| one == reference) {
            let (zh, en) = ("该笔已登记,不能重复", "this payment was made; it is made once");
            let refusal = refuse("E-PAY-03", "one payment is made once", zh, en);
            return Err(refusal.column("reference").value(reference));
        }
        self.references.push(reference.to_string());
        Ok(())
    }

    fn pay(&mut self, amount: i64, reference: &str, around: &Around) -> Result<(), Refusal> {
        granted(&self.judged)?;
        if amount <= 0 || amount > self.unpaid() {
            let left = Fen::new(self.unpaid()).map(|fen| fen.to_string()).unwrap_or_default();
            let en = "no more is paid than was granted and is not paid yet";
            let refusal = refuse("E-PAY-03", en, "超过批准而未付的金额", en);
            return Err(refusal.column("amount").value(&left));
        }
        match around.pool {
            Some(PoolLeft::Unknown) => return Err(unknown(&["pool.budget".to_string()])),
            Some(PoolLeft::Left(left)) if amount > left => {
                let shown = Fen::new(left).map(|fen| fen.to_string()).unwrap_or_default();
                let rule = "what a pool pays never passes its budget (I7)";
                let refusal = refuse("E-PAY-01", rule, "资金池余额不足", "the pool has less left");
                return Err(refusal.column("amount").value(&shown));
            }
            _ => {}
        }
        if let Some(cost) = self.judged.cost
            && around.paid_for_cost.saturating_add(self.paid).saturating_add(amount) > cost
        {
            let shown = Fen::new(cost).map(|fen| fen.to_string()).unwrap_or_default();
            let rule = "support for one cost never passes it (I8)";
            let en = "more would be paid for this cost than it was";
            let refusal = refuse("E-PAY-04", rule, "同一成本的支持合计超过该成本", en);
            return Err(refusal.column("amount").value(&shown));
        }
        self.once(reference)?;
        self.paid += amount;
        Ok(())
    }
}

/// Refuses what the rules do not grant, or not yet.
fn granted(judged: &Judged) -> Result<(), Refusal> {
    match judged.eligible {
        Some(true) if !judged.money || judged.bound.is_some() => Ok(()),
        Some(false) => {
            let (zh, en) = ("按已知事实不符合条件", "by the facts it is not granted");
            Err(refuse("E-APP-02", "conditions of the policy", zh, en))
        }
        _ => Err(unknown(&judged.missing)),
    }
}

fn said(text: &str) -> Result<String, Refusal> {
    let text =
        kernel::text::clean(text.trim(), 1_000).map_err(|refusal| refusal.column("reason"))?;
    if text.is_empty() {
        let (zh, en) = ("请说明理由", "say why");
        return Err(refuse("E-APP-06", "a decision says why", zh, en).column("reason"));
    }
    Ok(text.to_string())
}

#[cfg(test)]
mod tests;
