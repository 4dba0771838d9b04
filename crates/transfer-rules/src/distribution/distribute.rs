//! One distribution from receipts to people: what `xiudai transfer distribute` reads and prints.

use super::floor::{Basis, reward};
use super::payment::{Payment, base, relief};
use super::people::{Divided, Form, Person, people};
use super::table::{COSTS, INVENTORS, Split, Table, Tables, UNIT};
use crate::case::UnitKind;
use crate::input::{On, Share};
use crate::net_income::{Cost, NetIncome, Receipt, net_income, too_large};
use crate::output;
use kernel::{Day, Fen, Label, Proof, Ratio, Refusal};
use schema::Lookup;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What is to be distributed.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Distribute {
    /// Whose law applies: `shanghai`, `zhejiang`, …
    pub place: String,
    /// What kind of unit holds the result.
    pub unit_kind: UnitKind,
    /// The day it is decided; the last receipt's when not said.
    pub on: Option<On>,
    /// A distribution table by id; `reward` when not said.
    pub table: Option<String>,
    /// What the reward rests on; `none` when not said.
    pub basis: Option<Basis>,
    /// What the rule or agreement gives.
    pub reward: Option<Share>,
    /// Everything received so far, in order.
    pub receipts: Vec<Receipt>,
    /// Everything spent so far.
    #[serde(default)]
    pub costs: Vec<Cost>,
    /// Who shares the reward; parts sum to one.
    pub people: Vec<Person>,
    /// How many of the receipts were distributed before: only the rest is paid now.
    #[serde(default)]
    pub distributed_before: usize,
    /// What is known about paying.
    #[serde(default)]
    pub payment: Payment,
}

/// What one person receives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonPaid {
    /// Who.
    pub name: String,
    /// Their part of the reward.
    pub share: Ratio,
    /// How much, of everything so far.
    pub amount: Fen,
    /// How much of it is new.
    pub now: Fen,
    /// In which form.
    pub form: Form,
    /// Whether it must be made public because they lead the unit.
    pub published: bool,
    /// What of the new amount is taxed as wage; `None`: not known, or not by this law.
    pub iit_base: Option<Fen>,
}

/// A distribution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distributed {
    /// Receipts.
    pub gross: Fen,
    /// Net income.
    pub net: Fen,
    /// The reward, of everything so far.
    pub reward: Fen,
    /// The share of net income it is, where the table leaves it open.
    pub reward_share: Option<Ratio>,
    /// The least share that the law allows, where a unit is bound.
    pub floor_share: Option<Ratio>,
    /// The least reward that the law allows.
    pub floor: Option<Fen>,
    /// What is new of the reward.
    pub reward_now: Fen,
    /// Everyone else: recipient to amount, costs left out.
    pub others: BTreeMap<String, Fen>,
    /// Costs that were repaid.
    pub costs: Fen,
    /// Who receives how much.
    pub people: Vec<PersonPaid>,
    /// What main contributors must have in all.
    pub main_least: Option<Fen>,
    /// What transfer staff must have in all.
    pub staff_least: Option<Fen>,
    /// What is worth knowing.
    pub notes: Vec<Label>,
    /// How it came about.
    pub proof: Proof,
}

impl Distributed {
    /// As JSON: money as texts in yuan.
    pub fn json(&self) -> Value {
        let shown = |fen: Option<Fen>| fen.map(|fen| fen.to_string());
        let person = |one: &PersonPaid| {
            json!({
                "name": one.name,
                "share": one.share.to_string(),
                "amount": one.amount.to_string(),
                "now": one.now.to_string(),
                "form": match one.form { Form::Cash => "cash", Form::Equity => "equity" },
                "published": one.published,
                "iit_base": shown(one.iit_base),
            })
        };
        let others: BTreeMap<&str, String> =
            self.others.iter().map(|(to, part)| (to.as_str(), part.to_string())).collect();
        json!({
            "gross": self.gross.to_string(),
            "net_income": self.net.to_string(),
            "reward": self.reward.to_string(),
            "reward_share": self.reward_share.map(|share| share.to_string()),
            "floor_share": self.floor_share.map(|share| share.to_string()),
            "floor": shown(self.floor),
            "reward_now": self.reward_now.to_string(),
            "unit": self.others.get(UNIT).copied().unwrap_or(Fen::ZERO).to_string(),
            "others": others,
            "costs_repaid": self.costs.to_string(),
            "people": self.people.iter().map(person).collect::<Vec<_>>(),
            "main_contributors_at_least": shown(self.main_least),
            "transfer_staff_at_least": shown(self.staff_least),
            "notes": self.notes.iter()
                .map(|note| json!({"zh": note.zh, "en": note.en})).collect::<Vec<_>>(),
            "proof": output::proof(&self.proof),
            "proof_digest": self.proof.digest(),
        })
    }
}

/// The share that a table leaves open, with its floor and proof.
type Open = (Option<Ratio>, Option<Ratio>, Vec<Label>, Option<Proof>);

fn open_share(facts: &Distribute, net: Fen, law: &Lookup<'_>) -> Result<Open, Refusal> {
    let basis = facts.basis.unwrap_or(Basis::None);
    let stated = facts.reward.map(|share| share.0);
    let found = reward(facts.unit_kind, basis, stated, net, law)?;
    Ok((Some(found.share), found.floor, found.notes, Some(found.proof)))
}

/// What the first receipts of a case come to: net income, the flow through the table, the people.
struct Upto {
    income: NetIncome,
    flow: super::table::Flow,
    divided: Divided,
}

fn upto(
    facts: &Distribute,
    income: NetIncome,
    table: &Table,
    share: Option<Ratio>,
    law: &Lookup<'_>,
) -> Result<Upto, Refusal> {
    let flow = table.flow(income.gross, income.deducted, share)?;
    let divided = people(flow.of(INVENTORS), &facts.people, table.split, law)?;
    Ok(Upto { income, flow, divided })
}

/// Distributes what was received.
///
/// Σ of rewards, others and repaid costs is the gross income, to the fen (I6). What was distributed
/// before is taken off person by person. Fails with the refusals of [`net_income`], [`reward`],
/// [`people`] and [`Table::flow`]; `E-DATE-02` when receipts are not in order, `E-RULE-01` for a
/// table that does not exist, `E-INPUT-02` without receipts.
pub fn distribute(
    facts: &Distribute,
    tables: &Tables,
    law: &Lookup<'_>,
) -> Result<Distributed, Refusal> {
    let received = last_receipt(&facts.receipts)?;
    let table = tables.get(facts.table.as_deref().unwrap_or("reward"))?;
    let income = net_income(&facts.receipts, &facts.costs, law)?;
    let (share, floor_share, mut notes, share_proof) = match table.id.as_str() {
        "reward" => open_share(facts, income.net, law)?,
        _ => (None, None, Vec::new(), None),
    };
    let net = income.net;
    let all = upto(facts, income, table, share, law)?;
    let before = match facts.distributed_before {
        0 => None,
        count if count <= facts.receipts.len() => {
            let earlier = facts.receipts.get(..count).unwrap_or_default();
            let income = net_income(earlier, &facts.costs, law)?;
            Some(upto(facts, income, table, share, law)?)
        }
        count => {
            let (zh, en) = ("已分配的笔数超过到账笔数", "more was distributed than was received");
            let refusal = Refusal::new("E-INPUT-02", en, zh, en).column("distributed_before");
            return Err(refusal.value(&count.to_string()));
        }
    };
    let given = all.flow.of(INVENTORS);
    let earlier = before.as_ref().map_or(Fen::ZERO, |before| before.flow.of(INVENTORS));
    let reward_now = given.minus(earlier).ok_or_else(too_large)?;
    let relief = match law.find("iit.part") {
        Some(_) => Some(relief(received, &facts.payment, law)?),
        None => None,
    };
    let mut paid = Vec::with_capacity(all.divided.people.len());
    let mut bases = Vec::new();
    for (at, one) in all.divided.people.iter().enumerate() {
        let had = before.as_ref().and_then(|before| before.divided.people.get(at));
        let now =
            one.amount.minus(had.map_or(Fen::ZERO, |had| had.amount)).ok_or_else(too_large)?;
        let taxed =
            relief.as_ref().filter(|_| one.form == Form::Cash).map(|relief| base(now, relief));
        let (iit_base, proof) = taxed.map_or((None, None), |(base, proof)| (base, Some(proof)));
        bases.extend(
            proof.map(|proof| Proof { key: format!("iit_base {}", one.name).into(), ..proof }),
        );
        paid.push(PersonPaid {
            name: one.name.clone(),
            share: one.share,
            amount: one.amount,
            now,
            form: one.form,
            published: one.published,
            iit_base,
        });
    }
    notes.extend(all.divided.notes);
    if net < Fen::ZERO {
        notes.push(Label::new("成本尚未收回,暂无可分配的净收入", "costs are not repaid yet"));
    }
    let positive = net.max(Fen::ZERO);
    let floor = floor_share.and_then(|share| share.of(positive, kernel::Rounding::Up));
    let costs = all.flow.of(COSTS);
    let mut parts = vec![all.income.proof, all.flow.proof, all.divided.proof];
    parts.extend(share_proof);
    parts.extend(bases);
    let proof = Proof::step("reward", given, "choice", parts).citing(&table.cite);
    let others = all.flow.parts.iter().filter(|(to, _)| *to != INVENTORS && *to != COSTS);
    Ok(Distributed {
        gross: all.income.gross,
        net,
        reward: given,
        reward_share: share,
        floor_share,
        floor,
        reward_now,
        others: others.map(|(to, part)| (to.clone(), *part)).collect(),
        costs,
        people: paid,
        main_least: all.divided.main_least,
        staff_least: all.divided.staff_least,
        notes,
        proof,
    })
}

/// The day of the last receipt; receipts come in order.
fn last_receipt(receipts: &[Receipt]) -> Result<Day, Refusal> {
    let late = receipts.windows(2).position(|pair| pair[1].on < pair[0].on);
    if let Some(at) = late {
        let (zh, en) = ("到账记录应按日期先后排列", "receipts stand in the order of their days");
        let refusal = Refusal::new("E-DATE-02", en, zh, en);
        return Err(refusal.column(&format!("receipts[{}].on", at + 1)));
    }
    receipts.last().map(|receipt| receipt.on.0).ok_or_else(|| {
        let (zh, en) = ("没有到账收入,无从分配", "nothing was received, so nothing is distributed");
        Refusal::new("E-INPUT-02", en, zh, en).column("receipts")
    })
}

/// Splits one way only where a table says so; for the command line.
pub fn split_name(split: Split) -> &'static str {
    match split {
        Split::Contribution => "contribution",
        Split::Equal => "equal",
    }
}

#[cfg(test)]
mod tests;
