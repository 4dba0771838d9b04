//! Rights granted to the team, proof of concept, equity.

use super::{Case, Clock, Cx, Stage};
use crate::equity::{self, Change, Dilute, Founding};
use crate::grant;
use crate::input::On;
use crate::patent::Filing;
use crate::poc;
use kernel::calendar::Roll;
use kernel::{Day, Proof, Refusal, Shown};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct PocApplied {
    funding: poc::Kind,
    applicants: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct PocMoved {
    what: poc::What,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct GrantRequested {
    right: String,
    grant: grant::Form,
    patent: Option<Filing>,
    representative: String,
    split: Vec<Part>,
    in_writing: bool,
    plan: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    person: String,
    share: crate::input::Share,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct EquityMoved {
    founding: Option<Founding>,
    change: Option<Change>,
}

impl Case {
    pub(super) fn on_poc_applied(&mut self, cx: &mut Cx<'_>) -> Result<(), Refusal> {
        let body: PocApplied = cx.take()?;
        let kind = body.funding;
        self.poc = Some(poc::Facts { kind, applicants: body.applicants, events: Vec::new() });
        self.poc_state = Some("applied");
        self.enter(Stage::ProofOfConcept, cx.on());
        Ok(())
    }

    pub(super) fn on_poc_moved(&mut self, cx: &mut Cx<'_>) -> Result<(), Refusal> {
        let body: PocMoved = cx.take()?;
        let Some(mut facts) = self.poc.clone() else { return Ok(()) };
        facts.events.push(poc::Event { on: On(cx.on()), what: body.what });
        let project = poc::run(&facts, &cx.law, cx.on())?;
        self.poc = Some(facts);
        self.poc_state = Some(project.state.name());
        self.fact(Proof { key: "poc".into(), ..project.proof.clone() });
        let shown = |fen: Option<kernel::Fen>| fen.map_or(Shown::Unknown, Shown::Money);
        self.fact(Proof::fact("poc_released", project.released));
        if project.refund.is_some() || project.state == poc::State::Killed {
            self.fact(Proof::fact("poc_refund", shown(project.refund)));
            self.fact(Proof::fact("poc_cancelled", shown(project.cancelled)));
        }
        if project.negative {
            cx.note("结论为阴性,仍可检索", "the result is negative and stays searchable");
        }
        cx.prove(project.proof.clone());
        let over = matches!(
            project.state,
            poc::State::Killed | poc::State::Closed | poc::State::HandedOver
        );
        if over && self.stage == Stage::ProofOfConcept {
            self.enter(Stage::Route, cx.on());
        }
        self.project = Some(project);
        Ok(())
    }

    pub(super) fn on_grant_requested(&mut self, cx: &mut Cx<'_>) -> Result<(), Refusal> {
        let body: GrantRequested = cx.take()?;
        let split: serde_json::Map<String, Value> = body
            .split
            .iter()
            .map(|part| (part.person.clone(), json!(part.share.0.to_string())))
            .collect();
        let event = json!({
            "event": "request",
            "on": cx.on().to_string(),
            "representative": body.representative,
            "split": split,
            "in_writing": body.in_writing,
            "plan": body.plan,
        });
        let patent = body.patent.or(self.right.as_ref().and_then(|right| right.patent));
        let others = self.grants.iter().map(|grant| grant::Other {
            id: format!("grant of {}", grant.right),
            right: grant.right.clone(),
            from: On(grant.span().0),
            to: grant.span().1.map(On),
        });
        let facts = grant::Grant {
            right: body.right,
            grant: body.grant,
            patent,
            others: others.collect(),
            events: vec![crate::input::take(event)?],
            now: On(cx.on()),
        };
        self.judge_grant(cx, &facts)?;
        self.grants.push(facts);
        Ok(())
    }

    pub(super) fn on_grant_moved(&mut self, cx: &mut Cx<'_>) -> Result<(), Refusal> {
        let event = cx.dated()?;
        let Some(mut facts) = self.grants.pop() else { return Ok(()) };
        facts.events.push(event);
        facts.now = On(cx.on());
        self.judge_grant(cx, &facts)?;
        self.grants.push(facts);
        Ok(())
    }

    fn judge_grant(&mut self, cx: &mut Cx<'_>, facts: &grant::Grant) -> Result<(), Refusal> {
        let standing = grant::stand(facts, &cx.law)?;
        self.fact(standing.proof.clone());
        if let Some(last) = standing.notice_last
            && !self.clocks.iter().any(|clock| clock.key == "grant_notice")
        {
            let period = cx.law.period("grant.notice")?;
            let calendar = cx.law.calendar();
            let clock =
                Clock::new("grant_notice", cx.on(), period, cx.roll()?, calendar, "office")?;
            debug_assert_eq!(clock.last, last);
            self.clock(clock);
        }
        cx.prove(standing.proof);
        Ok(())
    }

    pub(super) fn on_equity_moved(&mut self, cx: &mut Cx<'_>) -> Result<(), Refusal> {
        let body: EquityMoved = cx.take()?;
        let facts = match (body.founding, body.change, self.equity.clone()) {
            (Some(founding), None, None) => {
                Dilute { place: self.place.clone(), founding, changes: Vec::new() }
            }
            (None, Some(change), Some(mut facts)) => {
                facts.changes.push(change);
                facts
            }
            _ => {
                let en = "a company is founded once; then come changes, one at a time";
                let zh = "公司先设立一次,之后逐项变更";
                return Err(Refusal::new("E-INPUT-02", en, zh, en).column("founding"));
            }
        };
        let ledger = equity::dilute(&facts, &cx.law)?;
        if facts.changes.is_empty() {
            let period = cx.law.period("capital.paid_within")?;
            let (from, calendar) = (facts.founding.on.0, cx.law.calendar());
            let clock =
                Clock::new("capital_paid_by", from, period, cx.roll()?, calendar, "counterparty")?;
            self.clock(clock);
        }
        if let Some(table) = ledger.now() {
            for (holder, part) in &table.parts {
                let key = format!("holds {holder}");
                self.fact(Proof::step(key, *part, "choice", vec![table.proof.clone()]));
            }
            cx.prove(table.proof.clone());
        }
        self.equity = Some(facts);
        Ok(())
    }

    /// The company's ledger, when the route is equity.
    ///
    /// By the law as it was `known` when the last change was recorded: what was computed then.
    pub fn cap_table(&self, book: &schema::Rulebook, known: Day) -> Option<equity::Ledger> {
        let facts = self.equity.as_ref()?;
        let on = self.last_day?;
        equity::dilute(facts, &book.lookup(&self.place, on, known)).ok()
    }
}

/// Rolls as the law of contracts says.
impl Cx<'_> {
    pub(super) fn roll(&self) -> Result<Roll, Refusal> {
        let (name, rule) = self.law.text("contracts.roll")?;
        Roll::from_name(name).ok_or_else(|| {
            let (zh, en) = ("不认识的顺延规则", "this rule of rolling is not known");
            Refusal::new("E-RULE-02", &*rule.cite.article, zh, en).value(name)
        })
    }

    /// The body with the day of the event put in, as a shape that dates its events itself.
    pub(super) fn dated<T: serde::de::DeserializeOwned>(&self) -> Result<T, Refusal> {
        let mut body = self.stamped.event.body.clone();
        if let Some(members) = body.as_object_mut() {
            members.insert("on".to_string(), json!(self.on().to_string()));
        }
        crate::input::take(body)
    }
}
