//! Net income: receipts less the costs that the law of the place lets it deduct.
//!
//! Source: SH17 33 (taxes, upkeep of the right, direct costs of the deal such as appraisal and
//! authentication); BJ 12 (negotiation too); ZJ 37 (contract amount less cost and tax; fiscal
//! research money is no cost).

use crate::input::{On, Yuan};
use kernel::{Fen, Proof, Refusal};
use schema::Lookup;
use serde::{Deserialize, Serialize};

/// Receipts or costs of one case at most.
pub const ITEMS_MAX: usize = 10_000;

/// What a cost was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CostKind {
    /// Taxes and dues of the deal, stamp duty among them.
    Tax,
    /// Keeping the right in force.
    Upkeep,
    /// Appraisal of the price.
    Appraisal,
    /// Authentication, expert opinions.
    Authentication,
    /// Other direct costs of the deal.
    Transaction,
    /// Negotiating.
    Negotiation,
    /// Research paid by the unit itself.
    Research,
    /// Research paid by public funds.
    FiscalResearch,
}

impl CostKind {
    /// All of them.
    pub const ALL: [CostKind; 8] = [
        CostKind::Tax,
        CostKind::Upkeep,
        CostKind::Appraisal,
        CostKind::Authentication,
        CostKind::Transaction,
        CostKind::Negotiation,
        CostKind::Research,
        CostKind::FiscalResearch,
    ];

    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            CostKind::Tax => "tax",
            CostKind::Upkeep => "upkeep",
            CostKind::Appraisal => "appraisal",
            CostKind::Authentication => "authentication",
            CostKind::Transaction => "transaction",
            CostKind::Negotiation => "negotiation",
            CostKind::Research => "research",
            CostKind::FiscalResearch => "fiscal_research",
        }
    }
}

/// Money that came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// The day it was received.
    pub on: On,
    /// How much.
    pub amount: Yuan,
}

/// Money that was spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// What for.
    pub kind: CostKind,
    /// How much; `None` when it is not known yet, which leaves net income unknown.
    pub amount: Option<Yuan>,
}

/// Net income and what it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetIncome {
    /// What was received.
    pub gross: Fen,
    /// Costs that were deducted.
    pub deducted: Fen,
    /// Receipts less costs; below zero when costs pass receipts.
    pub net: Fen,
    /// Kinds of cost that the place does not deduct, with their sums.
    pub left_out: Vec<(CostKind, Fen)>,
    /// How it came about.
    pub proof: Proof,
}

pub(crate) fn too_large() -> Refusal {
    Refusal::new(
        "E-MONEY-04",
        "an amount lies within 10^15 fen",
        "金额合计超出 10^15 分的上限",
        "the sum passes the limit of 10^15 fen",
    )
}

pub(crate) fn not_negative(amount: Fen, column: &str) -> Result<Fen, Refusal> {
    if amount >= Fen::ZERO {
        return Ok(amount);
    }
    let (zh, en) = ("此处金额不能为负", "this amount is not below zero");
    Err(Refusal::new("E-MONEY-02", en, zh, en).column(column).value(&amount.to_string()))
}

pub(crate) fn bounded(count: usize, column: &str) -> Result<(), Refusal> {
    if count <= ITEMS_MAX {
        return Ok(());
    }
    let (zh, en) = ("条目过多(最多10000条)", "there are more than 10,000 items");
    Err(Refusal::new("E-SIZE", en, zh, en).column(column).value(&count.to_string()))
}

/// Net income of a case.
///
/// Fails with `E-MONEY-02` for an amount below zero, `E-MONEY-05` for a cost that is not known,
/// `E-SIZE`, `E-MONEY-04`, and `E-RULE-…` without a rule.
pub fn net_income(
    receipts: &[Receipt],
    costs: &[Cost],
    law: &Lookup<'_>,
) -> Result<NetIncome, Refusal> {
    bounded(receipts.len(), "receipts")?;
    bounded(costs.len(), "costs")?;
    let (deducts, rule) = law.text("net_income.deducts")?;
    let mut gross = Fen::ZERO;
    let mut received = Vec::with_capacity(receipts.len());
    for (at, receipt) in receipts.iter().enumerate() {
        let amount = not_negative(receipt.amount.0, &format!("receipts[{at}].amount"))?;
        gross = gross.plus(amount).ok_or_else(too_large)?;
        received.push(Proof::fact("receipt", amount));
    }
    let mut sums: Vec<(CostKind, Fen)> = Vec::new();
    for (at, cost) in costs.iter().enumerate() {
        let column = format!("costs[{at}].amount");
        let Some(amount) = cost.amount else {
            let (zh, en) =
                ("费用金额未知,净收入无法计算", "a cost is unknown, so net income is too");
            let refusal = Refusal::new("E-MONEY-05", &*rule.cite.article, zh, en);
            return Err(refusal.column(&column).value(cost.kind.name()));
        };
        let amount = not_negative(amount.0, &column)?;
        match sums.iter_mut().find(|(kind, _)| *kind == cost.kind) {
            Some((_, sum)) => *sum = sum.plus(amount).ok_or_else(too_large)?,
            None => sums.push((cost.kind, amount)),
        }
    }
    sums.sort_by_key(|(kind, _)| *kind);
    let deductible = |kind: CostKind| deducts.split(',').any(|name| name.trim() == kind.name());
    let (counted, left_out): (Vec<_>, Vec<_>) =
        sums.into_iter().partition(|(kind, _)| deductible(*kind));
    let deducted = Fen::sum(counted.iter().map(|(_, sum)| *sum)).ok_or_else(too_large)?;
    let net = gross.minus(deducted).ok_or_else(too_large)?;
    let mut parts = vec![Proof::step("receipts", gross, "sum", received)];
    parts.extend(counted.iter().map(|(kind, sum)| Proof::fact(kind.name(), *sum)));
    let income = Proof::step("net_income", net, "difference", parts).citing(&rule.cite);
    let proof = match left_out.is_empty() {
        true => income,
        false => {
            let mut parts = vec![income, rule.proof()];
            parts.extend(left_out.iter().map(|(kind, sum)| {
                Proof::step("not_deducted", *sum, "choice", vec![Proof::fact(kind.name(), *sum)])
            }));
            Proof::step("net_income", net, "choice", parts).citing(&rule.cite)
        }
    };
    Ok(NetIncome { gross, deducted, net, left_out, proof })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkit::{book, day, yuan};
    use kernel::Shown;

    fn cost(kind: CostKind, amount: &str) -> Cost {
        Cost { kind, amount: Some(Yuan(yuan(amount))) }
    }

    fn receipt(amount: &str) -> Receipt {
        Receipt { on: On(day("2026-04-10")), amount: Yuan(yuan(amount)) }
    }

    fn net(place: &str, receipts: &[Receipt], costs: &[Cost]) -> Result<NetIncome, &'static str> {
        let law = book().lookup(place, day("2026-04-10"), day("2026-11-27"));
        net_income(receipts, costs, &law).map_err(|refusal| refusal.code)
    }

    #[test]
    fn scenario_1_deducts_taxes_upkeep_and_appraisal() {
        let costs = [
            cost(CostKind::Tax, "900.00"),
            cost(CostKind::Upkeep, "24600.00"),
            cost(CostKind::Appraisal, "40000.00"),
        ];
        let found = net("shanghai", &[receipt("3000000.00")], &costs).expect("net income");
        assert_eq!(found.net, yuan("2934500.00"));
        assert_eq!((found.gross, found.deducted), (yuan("3000000"), yuan("65500")));
        assert_eq!(found.left_out, []);
        assert_eq!(found.proof.first_wrong(), None);
        assert_eq!(found.proof.key, "net_income");
        assert_eq!(found.proof.how, "difference");
        let cite = found.proof.cite.as_ref().map(|cite| cite.article.as_str());
        assert_eq!(cite, Some("SH17 33"));
        let parts: Vec<_> = found.proof.parts.iter().map(|part| &*part.key).collect();
        assert_eq!(parts, ["receipts", "tax", "upkeep", "appraisal"]);
    }

    #[test]
    fn each_place_deducts_what_its_law_says() {
        use CostKind::{
            Appraisal, Authentication, FiscalResearch, Negotiation, Research, Tax, Transaction,
            Upkeep,
        };
        let common = [Tax, Upkeep, Appraisal, Authentication, Transaction];
        let table: &[(&str, &[CostKind], &str)] = &[
            ("china", &[], "HOUSE 净收入"),
            ("shanghai", &[], "SH17 33"),
            ("beijing", &[Negotiation], "BJ 12"),
            ("zhejiang", &[Negotiation, Research], "ZJ 37"),
        ];
        for (place, more, article) in table {
            for kind in CostKind::ALL {
                let deducts = common.contains(&kind) || more.contains(&kind);
                let found = net(place, &[receipt("100")], &[cost(kind, "30")]).expect("income");
                let expected = if deducts { "70" } else { "100" };
                assert_eq!(found.net, yuan(expected), "{place} {}", kind.name());
                assert_eq!(found.left_out.is_empty(), deducts, "{place} {}", kind.name());
                assert_eq!(found.proof.first_wrong(), None);
                let cite = found.proof.cite.as_ref().map(|cite| cite.article.as_str());
                assert_eq!(cite, Some(*article));
                let named = found.proof.find("not_deducted").map(|part| part.value.clone());
                let left = (!deducts).then(|| Shown::Money(yuan("30")));
                assert_eq!(named, left, "{place} {}", kind.name());
            }
            let fiscal =
                net(place, &[receipt("1")], &[cost(FiscalResearch, "30")]).expect("income");
            assert_eq!(fiscal.left_out, [(FiscalResearch, yuan("30"))]);
        }
    }

    #[test]
    fn sums_are_exact_and_bounded() {
        let many = [receipt("0.01"), receipt("0.02"), receipt("0")];
        let costs = [cost(CostKind::Tax, "0.01"), cost(CostKind::Tax, "0.05")];
        let found = net("shanghai", &many, &costs).expect("income");
        assert_eq!(found.net, yuan("-0.03"), "costs may pass receipts");
        assert_eq!(found.deducted, yuan("0.06"));
        assert_eq!(found.proof.parts.len(), 2, "one part a kind");
        assert_eq!(net("shanghai", &[receipt("-1")], &[]).err(), Some("E-MONEY-02"));
        assert_eq!(net("shanghai", &[], &[cost(CostKind::Tax, "-1")]).err(), Some("E-MONEY-02"));
        let unknown = Cost { kind: CostKind::Tax, amount: None };
        assert_eq!(net("shanghai", &[receipt("1")], &[unknown]).err(), Some("E-MONEY-05"));
        let huge = [receipt("9999999999999"), receipt("9999999999999")];
        assert_eq!(net("shanghai", &huge, &[]).err(), Some("E-MONEY-04"));
        let list = vec![receipt("1"); ITEMS_MAX + 1];
        assert_eq!(net("shanghai", &list, &[]).err(), Some("E-SIZE"));
        assert!(net("shanghai", &list[1..], &[]).is_ok());
        let costs = vec![cost(CostKind::Tax, "0"); ITEMS_MAX + 1];
        assert_eq!(net("shanghai", &[], &costs).err(), Some("E-SIZE"));
        let law = book().lookup("us", day("2026-04-10"), day("2026-11-27"));
        assert_eq!(net_income(&[], &[], &law).map_err(|r| r.code).err(), Some("E-RULE-01"));
    }
}
