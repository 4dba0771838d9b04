//! Proof of concept and pilot projects: a grant in tranches, a gate before each further one.
//!
//! `Applied → Reviewed → Funded → gates → Closed → Handed over`. Tranche `k` needs gates 1 to
//! `k` − 1 passed; what is spent stays within what was released; a kill returns what was released
//! and not rightly spent. Source: SHKH17 (an excerpt) and the unit's own rules.

use crate::bound::{bounded, number, past_money};
use crate::input::{On, Yuan};
use crate::output;
use kernel::proof::Shown;
use kernel::{Day, Fen, Proof, Refusal};
use schema::{Lookup, Parameter};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What is funded; both run the same machine with other amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 概念验证.
    ProofOfConcept,
    /// 中试.
    Pilot,
}

impl Kind {
    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            Kind::ProofOfConcept => "proof_of_concept",
            Kind::Pilot => "pilot",
        }
    }
}

/// A reviewer of the panel.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reviewer {
    /// Who.
    pub person: String,
    /// Whether there is a conflict of interest; unknown while not declared.
    #[serde(default)]
    pub conflicted: Option<bool>,
    /// Whether the person took part.
    pub voted: bool,
}

/// How a project ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// It works.
    Success,
    /// It does not; that is a result too.
    NegativeResult,
}

/// Where a result goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Destination {
    /// Into incubation.
    Incubation,
    /// Into a licence.
    Licence,
    /// Into the archive.
    Archive,
}

/// What a gate decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Decision {
    /// Go on.
    Pass,
    /// Go on once a condition is met, by this day at the latest.
    Conditional(On),
    /// Stop.
    Kill,
}

/// What happened.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields, tag = "kind")]
pub enum What {
    /// The panel reviewed.
    Reviewed {
        /// The panel.
        panel: Vec<Reviewer>,
    },
    /// It was funded.
    Funded {
        /// The grant.
        grant: Yuan,
        /// Its tranches; they sum to the grant.
        tranches: Vec<Yuan>,
    },
    /// A tranche was released.
    Released {
        /// Which, from 1.
        tranche: u32,
    },
    /// Money was spent.
    Spent {
        /// Id of the expense.
        id: String,
        /// How much.
        amount: Yuan,
    },
    /// An expense was audited.
    Audited {
        /// Id of the expense.
        id: String,
        /// Whether it counts.
        accepted: bool,
    },
    /// A gate was held.
    Gate {
        /// Which, from 1.
        gate: u32,
        /// What it decided.
        decision: Decision,
    },
    /// The condition of a gate was met.
    Met {
        /// Which gate.
        gate: u32,
    },
    /// The project was closed.
    Closed {
        /// How it ended.
        ending: Ending,
    },
    /// The result was handed over.
    HandedOver {
        /// Where to.
        to: Destination,
    },
}

/// Something that happened on a day.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// The day.
    pub on: On,
    /// What.
    pub what: What,
}

/// A project: who applied, and what happened in order.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// What is funded.
    pub kind: Kind,
    /// Who applied; none of them reviews.
    pub applicants: Vec<String>,
    /// What happened, in order.
    pub events: Vec<Event>,
}

/// Where a project stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Applied.
    Applied,
    /// Reviewed.
    Reviewed,
    /// Funded and running.
    Funded,
    /// Waiting for the condition of a gate.
    Waiting,
    /// Killed at a gate.
    Killed,
    /// Closed.
    Closed,
    /// Handed over.
    HandedOver,
}

impl State {
    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            State::Applied => "applied",
            State::Reviewed => "reviewed",
            State::Funded => "funded",
            State::Waiting => "waiting",
            State::Killed => "killed",
            State::Closed => "closed",
            State::HandedOver => "handed_over",
        }
    }
}

/// A project as its events make it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Where it stands.
    pub state: State,
    /// The grant; nought before it was funded.
    pub grant: Fen,
    /// What was released.
    pub released: Fen,
    /// What was spent and accepted; `None` while an expense is not audited.
    pub accepted: Option<Fen>,
    /// What comes back after a kill or at the close; `None` before, and while an expense is not
    /// audited.
    pub refund: Option<Fen>,
    /// What will not be released any more; `None` before a kill or the close.
    pub cancelled: Option<Fen>,
    /// Gates passed.
    pub gates_passed: u32,
    /// Whether the result is negative; it stays searchable like any other.
    pub negative: bool,
    /// Whether others can find the result: once there is one, always.
    pub searchable: bool,
    /// Whether the grant lies within the usual amounts; `None` before it was funded.
    pub usual: Option<bool>,
    /// How that came about.
    pub proof: Proof,
}

impl Project {
    /// As JSON: each member under its name, money as texts, `null` for what is unknown.
    pub fn json(&self) -> Value {
        let money = |fen: Option<Fen>| fen.map(|fen| fen.to_string());
        json!({
            "state": self.state.name(),
            "grant": self.grant.to_string(),
            "released": self.released.to_string(),
            "accepted": money(self.accepted),
            "refund": money(self.refund),
            "cancelled": money(self.cancelled),
            "gates_passed": self.gates_passed,
            "negative": self.negative,
            "searchable": self.searchable,
            "usual": self.usual,
            "proof": output::proof(&self.proof),
        })
    }
}

/// An expense: how much, and whether it counts once audited.
struct Expense {
    amount: Fen,
    accepted: Option<bool>,
}

/// The machine between two events.
struct Machine<'a> {
    state: State,
    grant: Fen,
    tranches: Vec<Fen>,
    released: Vec<(u32, Fen)>,
    spent: BTreeMap<&'a str, Expense>,
    passed: u32,
    until: Option<Day>,
    ending: Option<Ending>,
    killed_on: Option<Day>,
    panel: Option<Proof>,
    article: &'a str,
}

/// Runs the events of a project and gives what they come to.
///
/// Fails with `E-POC-01` for a step before its time (a release before its gate above all),
/// `E-POC-02` for more spent than released and for tranches that do not sum to the grant,
/// `E-POC-03` for a panel that is too small or conflicted, `E-DATE-02` for events out of order,
/// `E-DATE-03` after `now`, `E-MONEY-02` for an amount not above nought, `E-SIZE`.
pub fn run(facts: &Facts, law: &Lookup<'_>, now: Day) -> Result<Project, Refusal> {
    bounded(&facts.events, "events")?;
    bounded(&facts.applicants, "applicants")?;
    let (panel, parameter) = law.number("poc.panel")?;
    let (_, least) = law.money(&format!("poc.{}.least", facts.kind.name()))?;
    let article = &*least.cite.article;
    let mut machine = Machine {
        state: State::Applied,
        grant: Fen::ZERO,
        tranches: Vec::new(),
        released: Vec::new(),
        spent: BTreeMap::new(),
        passed: 0,
        until: None,
        ending: None,
        killed_on: None,
        panel: None,
        article,
    };
    let mut last: Option<Day> = None;
    for (at, event) in facts.events.iter().enumerate() {
        let column = format!("events[{}]", at + 1);
        let day = event.on.0;
        let out_of_order = last.filter(|last| day < *last);
        let refused = if let Some(last) = out_of_order {
            Err(Refusal::new(
                "E-DATE-02",
                article,
                format!("事件日期 {day} 早于前一事件 {last}"),
                format!("the event on {day} stands after one on {last}; give events in order"),
            )
            .value(&day.to_string()))
        } else if day > now {
            Err(Refusal::new(
                "E-DATE-03",
                article,
                format!("事件日期 {day} 晚于今天 {now}:尚未发生的事不能记为已发生"),
                format!("the event is dated {day}, after today {now}: it has not happened yet"),
            )
            .value(&day.to_string()))
        } else if let What::Reviewed { panel: people } = &event.what {
            machine.review(people, &facts.applicants, panel, parameter)
        } else {
            machine.step(day, &event.what)
        };
        refused.map_err(|refusal| refusal.column(&column))?;
        last = Some(day);
    }
    machine.finish(facts.kind, law)
}

impl<'a> Machine<'a> {
    /// The refusal of a step that is not the next.
    fn early(&self, zh: &str, en: &str) -> Refusal {
        Refusal::new("E-POC-01", self.article, zh, en).value(self.state.name())
    }

    fn review(
        &mut self,
        people: &[Reviewer],
        applicants: &[String],
        panel: i64,
        parameter: &Parameter,
    ) -> Result<(), Refusal> {
        bounded(people, "panel")?;
        if self.state != State::Applied {
            return Err(self.early(
                "只有待评审的项目可以评审",
                "only a project that was applied for is reviewed",
            ));
        }
        let article = &*parameter.cite.article;
        let mut counted = BTreeSet::new();
        for one in people.iter().filter(|one| one.voted) {
            let own = applicants.contains(&one.person);
            if own || one.conflicted != Some(false) {
                let (zh, en) = match one.conflicted {
                    _ if own => {
                        ("申请人不得参加评审", "an applicant does not review; the vote is void")
                    }
                    None => (
                        "评审人未作利益冲突声明,不得参加评审",
                        "the reviewer has not declared conflicts of interest and may not vote",
                    ),
                    _ => (
                        "评审人有利益冲突,应回避",
                        "the reviewer has a conflict of interest and stays out",
                    ),
                };
                return Err(Refusal::new("E-POC-03", article, zh, en).value(&one.person));
            }
            counted.insert(one.person.as_str());
        }
        let size = number(counted.len());
        if size < panel {
            return Err(Refusal::new(
                "E-POC-03",
                article,
                format!("无利害关系的评审人只有 {size} 名,至少要 {panel} 名"),
                format!("{size} unconflicted reviewers voted; at least {panel} are needed"),
            )
            .value(&size.to_string()));
        }
        let mut parts = vec![parameter.proof()];
        parts.extend(counted.iter().map(|person| Proof::fact("reviewer", (*person).to_string())));
        self.panel = Some(Proof::step("panel", size, "count", parts).citing(&parameter.cite));
        self.state = State::Reviewed;
        Ok(())
    }

    fn step(&mut self, day: Day, what: &'a What) -> Result<(), Refusal> {
        match what {
            What::Reviewed { .. } => Ok(()),
            What::Funded { grant, tranches } => self.fund(grant.0, tranches),
            What::Released { tranche } => self.release(*tranche),
            What::Spent { id, amount } => self.spend(id, amount.0),
            What::Audited { id, accepted } => self.audit(id, *accepted),
            What::Gate { gate, decision } => self.gate(day, *gate, *decision),
            What::Met { gate } => self.met(day, *gate),
            What::Closed { ending } => self.close(*ending),
            What::HandedOver { to } => self.hand_over(*to),
        }
    }

    fn fund(&mut self, grant: Fen, tranches: &[Yuan]) -> Result<(), Refusal> {
        bounded(tranches, "tranches")?;
        if self.state != State::Reviewed {
            return Err(
                self.early("评审通过后才能立项资助", "a project is funded after its review")
            );
        }
        positive(grant)?;
        for tranche in tranches {
            positive(tranche.0)?;
        }
        let sum = Fen::sum(tranches.iter().map(|tranche| tranche.0))
            .ok_or_else(|| past_money("tranches"))?;
        if sum != grant {
            return Err(Refusal::new(
                "E-POC-02",
                self.article,
                format!("各期拨款之和 {sum} 应等于资助总额 {grant}"),
                format!("the tranches sum to {sum}; they must sum to the grant of {grant}"),
            )
            .value(&sum.to_string()));
        }
        self.grant = grant;
        self.tranches = tranches.iter().map(|tranche| tranche.0).collect();
        self.state = State::Funded;
        Ok(())
    }

    fn release(&mut self, tranche: u32) -> Result<(), Refusal> {
        if self.state != State::Funded {
            return Err(self.early(
                "项目不在执行中,不能拨款",
                "nothing is released while the project is not running",
            ));
        }
        let next = self.released.len() as u32 + 1;
        let amount = tranche.checked_sub(1).and_then(|at| self.tranches.get(at as usize)).copied();
        let Some(amount) = amount.filter(|_| tranche == next) else {
            return Err(Refusal::new(
                "E-POC-01",
                self.article,
                format!("下一期应为第 {next} 期,不是第 {tranche} 期;共 {} 期", self.tranches.len()),
                format!("the next of {} tranches is {next}, not {tranche}", self.tranches.len()),
            )
            .value(&tranche.to_string()));
        };
        if self.passed + 1 < tranche {
            let gate = tranche - 1;
            return Err(Refusal::new(
                "E-POC-01",
                self.article,
                format!("第 {tranche} 期拨款须先通过第 {gate} 道门;已通过 {} 道", self.passed),
                format!("tranche {tranche} needs gate {gate} passed; {} are", self.passed),
            )
            .value(&tranche.to_string()));
        }
        self.released.push((tranche, amount));
        Ok(())
    }

    /// What was released so far; tranches sum to the grant, so no part of them passes its bound.
    fn total_released(&self) -> Fen {
        Fen::sum(self.released.iter().map(|(_, amount)| *amount)).unwrap_or(self.grant)
    }

    fn spend(&mut self, id: &'a str, amount: Fen) -> Result<(), Refusal> {
        if !matches!(self.state, State::Funded | State::Waiting) {
            return Err(Refusal::new(
                "E-POC-02",
                self.article,
                "项目不在执行中,不能列支",
                "nothing is spent while the project is not running",
            )
            .value(self.state.name()));
        }
        positive(amount)?;
        if self.spent.contains_key(id) {
            return Err(Refusal::new(
                "E-INPUT-02",
                self.article,
                "支出编号重复",
                "an expense is entered once; give another id",
            )
            .value(id));
        }
        let open = self.spent.values().filter(|one| one.accepted != Some(false));
        let spent = Fen::sum(open.map(|one| one.amount).chain([amount]))
            .ok_or_else(|| past_money("spent"))?;
        let released = self.total_released();
        if spent > released {
            return Err(Refusal::new(
                "E-POC-02",
                self.article,
                format!("累计支出 {spent} 超过已拨款 {released}"),
                format!("{spent} would be spent of {released} released"),
            )
            .value(&amount.to_string()));
        }
        self.spent.insert(id, Expense { amount, accepted: None });
        Ok(())
    }

    fn audit(&mut self, id: &str, accepted: bool) -> Result<(), Refusal> {
        match self.spent.get_mut(id).filter(|one| one.accepted.is_none()) {
            Some(one) => {
                one.accepted = Some(accepted);
                Ok(())
            }
            None => Err(Refusal::new(
                "E-INPUT-02",
                self.article,
                "只能审核已登记且未审核的支出",
                "an audit is of an expense that was entered and not yet audited",
            )
            .value(id)),
        }
    }

    fn gate(&mut self, day: Day, gate: u32, decision: Decision) -> Result<(), Refusal> {
        let next = self.passed + 1;
        if self.state != State::Funded || gate != next || gate as usize > self.tranches.len() {
            return Err(self
                .early(
                    &format!(
                        "当前应过第 {next} 道门(共 {} 道),且项目应在执行中",
                        self.tranches.len()
                    ),
                    &format!(
                        "the next of {} gates is {next}, of a running project",
                        self.tranches.len()
                    ),
                )
                .value(&gate.to_string()));
        }
        match decision {
            Decision::Pass => self.passed = gate,
            Decision::Conditional(until) if until.0 < day => {
                return Err(Refusal::new(
                    "E-DATE-02",
                    self.article,
                    format!("整改期限 {} 早于评审日 {day}", until.0),
                    format!("the deadline {} lies before the gate on {day}", until.0),
                )
                .value(&until.0.to_string()));
            }
            Decision::Conditional(until) => {
                self.until = Some(until.0);
                self.state = State::Waiting;
            }
            Decision::Kill => {
                self.killed_on = Some(day);
                self.ending = Some(Ending::NegativeResult);
                self.state = State::Killed;
            }
        }
        Ok(())
    }

    fn met(&mut self, day: Day, gate: u32) -> Result<(), Refusal> {
        let Some(until) =
            self.until.filter(|_| self.state == State::Waiting && gate == self.passed + 1)
        else {
            return Err(self.early("没有待满足条件的门", "no gate waits for this condition"));
        };
        if day > until {
            return Err(Refusal::new(
                "E-POC-01",
                self.article,
                format!("条件应在 {until} 前满足,{day} 已逾期"),
                format!("the condition was to be met by {until}; {day} is too late"),
            )
            .value(&day.to_string()));
        }
        self.passed = gate;
        self.until = None;
        self.state = State::Funded;
        Ok(())
    }

    fn close(&mut self, ending: Ending) -> Result<(), Refusal> {
        let running = matches!(self.state, State::Funded | State::Waiting);
        let sound = match ending {
            Ending::NegativeResult => running || self.state == State::Killed,
            // Success has passed the gate of every tranche.
            Ending::Success => {
                self.state == State::Funded && self.passed as usize == self.tranches.len()
            }
        };
        if !sound {
            return Err(self.early(
                "成功结题须通过全部门;被终止的项目只能以负结果结题",
                "success has passed every gate; a project that was killed closes with a negative result",
            ));
        }
        self.ending = Some(ending);
        self.state = State::Closed;
        Ok(())
    }

    fn hand_over(&mut self, to: Destination) -> Result<(), Refusal> {
        let negative = self.ending == Some(Ending::NegativeResult);
        if self.state != State::Closed || (negative && to != Destination::Archive) {
            return Err(self.early(
                "结题后才能移交;负结果移交归档",
                "a project is handed over once closed; a negative result goes to the archive",
            ));
        }
        self.state = State::HandedOver;
        Ok(())
    }

    fn finish(self, kind: Kind, law: &Lookup<'_>) -> Result<Project, Refusal> {
        let (least, least_parameter) = law.money(&format!("poc.{}.least", kind.name()))?;
        let (most, most_parameter) = law.money(&format!("poc.{}.most", kind.name()))?;
        let funded = !self.tranches.is_empty();
        let released = self.total_released();
        let leaves = self
            .released
            .iter()
            .map(|(tranche, amount)| Proof::fact(format!("tranche_{tranche}"), *amount))
            .collect();
        let released_proof = Proof::step("released", released, "sum", leaves);
        let counted = self.spent.iter().filter(|(_, one)| one.accepted != Some(false));
        let leaves: Vec<Proof> = counted
            .map(|(id, one)| match one.accepted {
                Some(_) => Proof::fact((*id).to_string(), one.amount),
                None => Proof::fact((*id).to_string(), Shown::Unknown),
            })
            .collect();
        let open = self.spent.values().any(|one| one.accepted.is_none());
        let right = self.spent.values().filter(|one| one.accepted == Some(true));
        let accepted = Fen::sum(right.map(|one| one.amount)).filter(|_| !open);
        let accepted_proof = Proof::step(
            "accepted_spend",
            accepted.map_or(Shown::Unknown, Shown::Money),
            "sum",
            leaves,
        );
        let grant_proof = Proof::fact("grant", self.grant);
        let ended = self.ending.is_some();
        let refund = accepted.filter(|_| ended).and_then(|accepted| released.minus(accepted));
        let cancelled = if ended { self.grant.minus(released) } else { None };
        let mut parts = Vec::new();
        parts.extend(self.panel);
        parts.extend([grant_proof.clone(), released_proof.clone(), accepted_proof.clone()]);
        if ended {
            let value = refund.map_or(Shown::Unknown, Shown::Money);
            let of = vec![released_proof.clone(), accepted_proof];
            parts.push(Proof::step("refund", value, "difference", of));
            let value = cancelled.map_or(Shown::Unknown, Shown::Money);
            parts.push(Proof::step(
                "cancelled",
                value,
                "difference",
                vec![grant_proof, released_proof],
            ));
        }
        if let Some(day) = self.killed_on {
            parts.push(Proof::fact("killed_on", day));
        }
        let usual = funded.then_some(least <= self.grant && self.grant <= most);
        if let Some(usual) = usual {
            let of = vec![least_parameter.proof(), most_parameter.proof()];
            parts.push(Proof::step("usual_amount", usual, "choice", of));
        }
        Ok(Project {
            state: self.state,
            grant: self.grant,
            released,
            accepted,
            refund,
            cancelled,
            gates_passed: self.passed,
            negative: self.ending == Some(Ending::NegativeResult),
            searchable: ended,
            usual,
            proof: Proof::step("project", self.state.name(), "choice", parts),
        })
    }
}

fn positive(amount: Fen) -> Result<(), Refusal> {
    if amount > Fen::ZERO {
        return Ok(());
    }
    Err(Refusal::new(
        "E-MONEY-02",
        "an amount is above nought",
        format!("金额 {amount} 应大于零"),
        format!("the amount {amount} must be above nought"),
    )
    .value(&amount.to_string()))
}

#[cfg(test)]
mod tests;
