//! Income: receipts, costs, distribution, rewards made public and paid, reports.

use super::{Case, Clock, Cx, Stage};
use crate::distribution::{
    Basis, Distribute, Distributed, Payment, Person, Tables, distribute, payment,
};
use crate::input::{On, Share, Yuan};
use crate::net_income::{Cost, CostKind, Receipt, not_negative};
use kernel::calendar::Roll;
use kernel::{Fen, Proof, Refusal};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Received {
    amount: Yuan,
    /// The obligation it pays: `payment.price`, `payment.royalty.2`.
    #[serde(rename = "for")]
    pays: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct CostBooked {
    cost: CostKind,
    amount: Option<Yuan>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct DistributionDecided {
    basis: Option<Basis>,
    reward: Option<Share>,
    table: Option<String>,
    /// The completers by their contribution, when not said.
    #[serde(default)]
    people: Vec<Person>,
    nonprofit: Option<bool>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct RewardPaid {
    person: String,
    amount: Yuan,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reported {
    year: i16,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Closed {
    reason: String,
}

/// A distribution that was decided.
#[derive(Debug, Clone)]
pub(super) struct Decision {
    facts: Distribute,
    pub(super) outcome: Distributed,
    published: Option<On>,
    paid: BTreeMap<String, Fen>,
}

impl Case {
    pub(super) fn on_received(&mut self, cx: &mut Cx<'_>) -> Result<(), Refusal> {
        let body: Received = cx.take()?;
        let amount = not_negative(body.amount.0, "amount")?;
        self.receipts.push(Receipt { on: On(cx.on()), amount: Yuan(amount) });
        if let Some(key) = &body.pays {
            let Some(clock) = self.clocks.iter_mut().find(|clock| clock.key == *key) else {
                let (zh, en) = ("合同中没有这笔应收款", "the contract makes no such sum due");
                return Err(Refusal::new("E-INPUT-02", "I9", zh, en).column("for").value(key));
            };
            if clock.done.is_some() {
                let (zh, en) = ("该笔款项已经收讫", "this sum was received already");
                return Err(Refusal::new("E-PAY-03", "I9", zh, en).column("for").value(key));
            }
            if clock.amount.is_none_or(|due| amount >= due) {
                clock.done = Some(cx.stamped.event.on);
            } else {
                let due = clock.amount.unwrap_or(Fen::ZERO);
                cx.note(format!("少于应收的{due}元"), format!("less than the {due} due"));
            }
        }
        let receipts = self.receipts.iter().map(|one| Proof::fact("receipt", one.amount.0));
        let sum = Fen::sum(self.receipts.iter().map(|one| one.amount.0));
        let sum = sum.ok_or_else(crate::net_income::too_large)?;
        self.fact(Proof::step("receipts", sum, "sum", receipts.collect()));
        if self.stage < Stage::Performance {
            self.enter(Stage::Performance, cx.on());
        }
        // Where the law sets a time for rewards that nobody agreed on.
        if let Some(rule) = cx.law.find("reward.payment")
            && let schema::Setting::Period(number, count) = rule.setting
        {
            let (roll, calendar) = (cx.roll()?, cx.law.calendar());
            let key = format!("reward_payment.{}", self.receipts.len());
            self.clock(Clock::new(key, cx.on(), (number, count, rule), roll, calendar, "unit")?);
        }
        Ok(())
    }

    pub(super) fn on_cost_booked(&mut self, cx: &mut Cx<'_>) -> Result<(), Refusal> {
        let body: CostBooked = cx.take()?;
        if let Some(amount) = body.amount {
            not_negative(amount.0, "amount")?;
        }
        self.costs.push(Cost { kind: body.cost, amount: body.amount });
        Ok(())
    }

    pub(super) fn on_distribution_decided(&mut self, cx: &mut Cx<'_>) -> Result<(), Refusal> {
        let body: DistributionDecided = cx.take()?;
        let mut people = body.people;
        if people.is_empty() {
            for (name, share) in &self.completers {
                let Some(share) = share else {
                    let zh = "完成人的贡献比例未知,请列出奖励分配";
                    let en = "contributions are not known: say who receives which part";
                    let refusal = Refusal::new("E-SHARE-01", "I2", zh, en);
                    return Err(refusal.column("people").value(name));
                };
                people.push(Person {
                    name: name.clone(),
                    share: Share(*share),
                    roles: Vec::new(),
                    form: None,
                    amount: None,
                });
            }
        }
        let before = self.decision.as_ref().map_or(0, |one| one.facts.receipts.len());
        if before == self.receipts.len() {
            let (zh, en) = ("没有新的到账收入可分配", "nothing new was received to be distributed");
            return Err(Refusal::new("E-PAY-03", "I6", zh, en).column("kind"));
        }
        let unpaid = self.decision.as_ref().is_some_and(|one| {
            one.outcome
                .people
                .iter()
                .any(|who| who.now > Fen::ZERO && !one.paid.contains_key(&who.name))
        });
        cx.need(!unpaid, || {
            let (zh, en) = ("上一次分配尚未付清", "the distribution before is not paid out");
            Refusal::new("E-PAY-03", "I6", zh, en).column("kind")
        });
        let unit_kind = self.unit_kind.unwrap_or(super::UnitKind::Private);
        let payment = Payment {
            published_on: None,
            paid_on: None,
            nonprofit: body.nonprofit,
            registered: self.registered,
        };
        let facts = Distribute {
            place: self.place.clone(),
            unit_kind,
            on: Some(On(cx.on())),
            table: body.table,
            basis: body.basis,
            reward: body.reward,
            receipts: self.receipts.clone(),
            costs: self.costs.clone(),
            people,
            distributed_before: before,
            payment,
        };
        let outcome = distribute(&facts, Tables::shipped()?, &cx.law)?;
        cx.applied.notes.extend(outcome.notes.iter().cloned());
        cx.prove(outcome.proof.clone());
        for key in ["net_income", "reward_share"] {
            if let Some(proof) = outcome.proof.find(key) {
                self.fact(proof.clone());
            }
        }
        self.fact(outcome.proof.clone());
        self.decision = Some(Decision { facts, outcome, published: None, paid: BTreeMap::new() });
        self.enter(Stage::Distribution, cx.on());
        Ok(())
    }

    pub(super) fn on_reward_published(&mut self, cx: &mut Cx<'_>) -> Result<(), Refusal> {
        let on = On(cx.on());
        let Some(decision) = &mut self.decision else { return Ok(()) };
        decision.published = Some(on);
        decision.facts.payment.published_on = Some(on);
        let proof = payment::payable(&decision.facts.payment, &cx.law)?;
        let received = decision.facts.receipts.last().map(|receipt| receipt.on.0);
        self.fact(proof.clone());
        cx.prove(proof);
        let period = cx.law.period("reward.publicity")?;
        let calendar = cx.law.calendar();
        let clock = Clock::new("reward_publicity", on.0, period, cx.roll()?, calendar, "office")?;
        self.clock(clock);
        if let (Some(received), Ok(period)) = (received, cx.law.period("iit.window")) {
            let clock = Clock::new("iit_window", received, period, Roll::None, calendar, "unit")?;
            self.clock(clock);
        }
        Ok(())
    }

    pub(super) fn on_reward_paid(&mut self, cx: &mut Cx<'_>) -> Result<(), Refusal> {
        let body: RewardPaid = cx.take()?;
        let on = On(cx.on());
        let Some(decision) = &mut self.decision else { return Ok(()) };
        let Some(person) = decision.outcome.people.iter().find(|one| one.name == body.person)
        else {
            let (zh, en) = ("此人不在奖励名单之内", "this person is not on the list");
            let refusal = Refusal::new("E-REW-02", "I6", zh, en);
            return Err(refusal.column("person").value(&body.person));
        };
        if decision.paid.contains_key(&body.person) {
            let (zh, en) =
                ("该笔奖励已经支付,不得重复", "this reward was paid; nobody is paid twice");
            let refusal = Refusal::new("E-PAY-03", "I6", zh, en);
            return Err(refusal.column("person").value(&body.person));
        }
        if person.now != body.amount.0 {
            let zh = format!("应付{}元", person.now);
            let en = format!("{} is due", person.now);
            let refusal = Refusal::new("E-REW-02", "I6", zh, en);
            return Err(refusal.column("amount").value(&body.amount.0.to_string()));
        }
        let mut facts = decision.facts.payment.clone();
        facts.paid_on = Some(on);
        facts.registered = self.registered;
        match payment::payable(&facts, &cx.law) {
            Ok(proof) => cx.prove(proof),
            Err(refusal) => {
                cx.refuse(refusal);
                return Ok(());
            }
        }
        let received = decision.facts.receipts.last().map(|receipt| receipt.on.0);
        if let (Some(received), Some(_)) = (received, cx.law.find("iit.part")) {
            let relief = payment::relief(received, &facts, &cx.law)?;
            let (_, proof) = payment::base(body.amount.0, &relief);
            cx.prove(Proof { key: format!("iit_base {}", body.person).into(), ..proof });
        }
        decision.paid.insert(body.person, body.amount.0);
        let all = decision
            .outcome
            .people
            .iter()
            .all(|one| one.now == Fen::ZERO || decision.paid.contains_key(&one.name));
        if all {
            self.finish("reward_publicity", on.0);
            self.finish("iit_window", on.0);
            let key = format!("reward_payment.{}", self.receipts.len());
            self.finish(&key, on.0);
            self.enter(Stage::Report, on.0);
        }
        Ok(())
    }

    pub(super) fn on_reported(&mut self, cx: &mut Cx<'_>) -> Result<(), Refusal> {
        let body: Reported = cx.take()?;
        let key = format!("report.{}", body.year);
        let Some(clock) = self.clocks.iter().find(|clock| clock.key == key) else {
            let (zh, en) = ("该年度没有须报告的合同", "nothing of this year is to be reported");
            let refusal = Refusal::new("E-INPUT-02", "SH17 18", zh, en);
            return Err(refusal.column("year").value(&body.year.to_string()));
        };
        if cx.on() > clock.last {
            let last = clock.last;
            cx.note(format!("报告晚于{last}"), format!("the report is later than {last}"));
        }
        self.finish(&key, cx.on());
        Ok(())
    }

    pub(super) fn on_closed(&mut self, cx: &mut Cx<'_>) -> Result<(), Refusal> {
        let body: Closed = cx.take()?;
        super::intake::words(&body.reason, 4_000, "reason")?;
        let on = cx.on();
        let open = self.clocks.iter().find(|clock| {
            clock.done.is_none() && (clock.amount.is_some() || clock.key.starts_with("report."))
        });
        cx.need(open.is_none(), || {
            let key = open.map_or("", |clock| clock.key.as_str());
            let zh = format!("尚有未了事项:{key}");
            let en = format!("something is still due: {key}");
            Refusal::new("E-CASE-02", "I9", zh, en).column("kind").value(key)
        });
        for clock in &mut self.clocks {
            clock.done = clock.done.or(Some(on));
        }
        self.enter(Stage::Closed, on);
        Ok(())
    }
}
