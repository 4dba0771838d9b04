//! What a technology may be worth, by methods that are exact and say what they are.
//!
//! Each value is labelled with its method, the role the law as data gives it (`price`,
//! `sanity_check`, `shown_only`) and how sure the method's source is. Costs are shown and never
//! the price. Source: Razgaitis, IP Handbook 9.3 (an excerpt); APL 27–29 for appraisal reports.

use crate::bound::{bounded, missing, number, past_money};
use crate::input::{On, Share, Yuan};
use crate::output;
use kernel::calendar::Roll;
use kernel::proof::Confidence;
use kernel::{Day, Fen, Proof, Ratio, Refusal, Rounding};
use schema::Lookup;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What a value is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It may become the price.
    Price,
    /// It only says whether another value is plausible.
    SanityCheck,
    /// It is shown and never the price.
    ShownOnly,
}

impl Role {
    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            Role::Price => "price",
            Role::SanityCheck => "sanity_check",
            Role::ShownOnly => "shown_only",
        }
    }
}

/// A value with its method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Valued {
    /// The method: `comparables`, `rating`, `rule_of_thumb`, `dcf`, `rnpv`, `cost`.
    pub method: &'static str,
    /// What it is for.
    pub role: Role,
    /// How sure the method's source is.
    pub confidence: Confidence,
    /// The value.
    pub value: Fen,
    /// How fractions of a fen became whole.
    pub rounding: Rounding,
    /// How it came about.
    pub proof: Proof,
}

impl Valued {
    /// As JSON: `method`, `role`, `confidence`, `value`, `rounding`, `proof`.
    pub fn json(&self) -> Value {
        json!({
            "method": self.method,
            "role": self.role.name(),
            "confidence": self.confidence.name(),
            "value": self.value.to_string(),
            "rounding": self.rounding.name(),
            "proof": output::proof(&self.proof),
        })
    }
}

/// Half a fen goes up: no side gains by rounding.
const ROUNDING: Rounding = Rounding::HalfUp;

/// Factors are kept to so many decimals, rounded half up each year, as tables of factors are.
const FACTOR_DECIMALS: u32 = 12;

/// Flows reach at most so many years ahead.
const YEARS_MAX: u32 = 60;

fn valued(
    method: &'static str,
    (value, how): (Fen, &'static str),
    parts: Vec<Proof>,
    law: &Lookup<'_>,
) -> Result<Valued, Refusal> {
    let (role, parameter) = law.text(&format!("valuation.{method}"))?;
    let role = match role {
        "price" => Role::Price,
        "sanity_check" => Role::SanityCheck,
        _ => Role::ShownOnly,
    };
    let proof = Proof::step(method, value, how, parts).citing(&parameter.cite);
    let confidence = parameter.cite.confidence;
    Ok(Valued { method, role, confidence, value, rounding: ROUNDING, proof })
}

fn not_negative(amount: Fen, column: &str) -> Result<(), Refusal> {
    if amount >= Fen::ZERO {
        return Ok(());
    }
    Err(Refusal::new(
        "E-MONEY-02",
        "IPH 9.3",
        format!("{column} 为 {amount},不能为负"),
        format!("{column} is {amount}; it must not be negative"),
    )
    .value(&amount.to_string())
    .column(column))
}

fn probability(share: Ratio, column: &str) -> Result<(), Refusal> {
    if share.is_share() {
        return Ok(());
    }
    Err(Refusal::new(
        "E-SHARE-02",
        "IPH 9.3",
        format!("{column} 为 {share},应在 0 到 100% 之间"),
        format!("{column} is {share}; it lies from 0 to 100%"),
    )
    .value(&share.to_string())
    .column(column))
}

/// A deal to compare with.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comparable {
    /// Its id.
    pub id: String,
    /// Its price.
    pub price: Yuan,
}

/// Deals to compare with.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comparables {
    /// The deals, at least one.
    pub deals: Vec<Comparable>,
}

/// The median price of comparable deals; of an even number the middle of the two in the middle.
///
/// Fails with `E-INPUT-02` for no deal or one given twice, `E-MONEY-02` for a negative price,
/// `E-SIZE`.
pub fn comparables(facts: &Comparables, law: &Lookup<'_>) -> Result<Valued, Refusal> {
    bounded(&facts.deals, "deals")?;
    let mut ids = BTreeSet::new();
    for one in &facts.deals {
        not_negative(one.price.0, "price")?;
        if !ids.insert(one.id.as_str()) {
            let (zh, en) =
                ("可比交易重复", "a deal is compared with once; this id was there before");
            return Err(missing("deals", "IPH 9.3", zh, en).value(&one.id));
        }
    }
    let mut sorted: Vec<&Comparable> = facts.deals.iter().collect();
    sorted.sort_by_key(|one| one.price);
    let upper = sorted.get(sorted.len() / 2);
    let lower = sorted.get(sorted.len().saturating_sub(1) / 2);
    let (Some(lower), Some(upper)) = (lower, upper) else {
        let (zh, en) = ("至少要有一笔可比交易", "at least one comparable deal is needed");
        return Err(missing("deals", "IPH 9.3", zh, en));
    };
    let middle =
        lower.price.0.plus(upper.price.0).and_then(|sum| Ratio::percent(50).of(sum, ROUNDING));
    let middle = middle.ok_or_else(|| past_money("deals"))?;
    let parts = sorted.iter().map(|one| Proof::fact(one.id.clone(), one.price.0)).collect();
    valued("comparables", (middle, "median"), parts, law)
}

/// A factor of a rating.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Factor {
    /// What is rated.
    pub key: String,
    /// Its weight; all sum to 100 %.
    pub weight: Share,
    /// Points of the technology, from 1.
    pub points: u32,
    /// Points of the reference deal, from 1.
    pub reference_points: u32,
}

/// A rating against a reference deal.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rating {
    /// The price of the reference deal.
    pub reference: Yuan,
    /// The factors.
    pub factors: Vec<Factor>,
}

/// Points past this are a mistake of entry.
const POINTS_MAX: u32 = 1_000;

/// The reference price times the weighted points over the weighted points of the reference.
///
/// Fails with `E-SHARE-01` for weights that do not sum to 100 %, `E-SHARE-02` for one outside 0 to
/// 100 %, `E-INPUT-02` for points of nought or past 1,000, `E-MONEY-02`, `E-MONEY-04`, `E-SIZE`.
pub fn rating(facts: &Rating, law: &Lookup<'_>) -> Result<Valued, Refusal> {
    bounded(&facts.factors, "factors")?;
    not_negative(facts.reference.0, "reference")?;
    let mut parts = Vec::new();
    let (mut own, mut theirs) = (Some(Ratio::ZERO), Some(Ratio::ZERO));
    for (at, one) in facts.factors.iter().enumerate() {
        let column = |name: &str| format!("factors[{}].{name}", at + 1);
        probability(one.weight.0, &column("weight"))?;
        for (name, points) in [("points", one.points), ("reference_points", one.reference_points)] {
            if points == 0 || points > POINTS_MAX {
                let (zh, en) = ("分值应为 1 至 1000", "points lie from 1 to 1,000");
                return Err(missing(&column(name), "IPH 9.3", zh, en).value(&points.to_string()));
            }
        }
        let weighed = |points: u32| {
            Ratio::new(i128::from(points), 1).and_then(|points| points.times(one.weight.0))
        };
        own = own.and_then(|sum| sum.plus(weighed(one.points)?));
        theirs = theirs.and_then(|sum| sum.plus(weighed(one.reference_points)?));
        let under = vec![
            Proof::fact("weight", one.weight.0),
            Proof::fact("points", i64::from(one.points)),
            Proof::fact("reference_points", i64::from(one.reference_points)),
        ];
        parts.push(Proof::step(one.key.clone(), one.weight.0, "fact", under));
    }
    let sum = Ratio::sum(facts.factors.iter().map(|one| one.weight.0));
    if sum != Some(Ratio::ONE) {
        let shown = sum.map_or_else(|| "?".to_string(), |sum| sum.to_string());
        return Err(Refusal::new(
            "E-SHARE-01",
            "IPH 9.3",
            format!("权重之和为 {shown},应恰为 100%"),
            format!("the weights sum to {shown}; they must sum to exactly 100%"),
        )
        .value(&shown)
        .column("factors"));
    }
    let multiple = own.zip(theirs).and_then(|(own, theirs)| own.over(theirs));
    let multiple = multiple.ok_or_else(|| past_money("factors"))?;
    let value = multiple.of(facts.reference.0, ROUNDING).ok_or_else(|| past_money("reference"))?;
    let parts = vec![
        Proof::fact("reference", facts.reference.0),
        Proof::step("multiple", multiple, "quotient", parts),
    ];
    valued("rating", (value, "share"), parts, law)
}

/// Profit that the technology is expected to bring.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profit {
    /// The profit.
    pub profit: Yuan,
}

/// A share of the profit by the rule of thumb; only ever a check of another value.
///
/// Fails with `E-MONEY-02` for a loss, `E-RULE-01`.
pub fn rule_of_thumb(facts: &Profit, law: &Lookup<'_>) -> Result<Valued, Refusal> {
    not_negative(facts.profit.0, "profit")?;
    let (share, parameter) = law.ratio("valuation.thumb_share")?;
    let value = share.of(facts.profit.0, ROUNDING).ok_or_else(|| past_money("profit"))?;
    let parts = vec![Proof::fact("profit", facts.profit.0), parameter.proof()];
    valued("rule_of_thumb", (value, "share"), parts, law)
}

/// What was spent; shown so that nobody takes it for the price.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Costs {
    /// The sums.
    pub items: Vec<Comparable>,
}

/// The sum of the costs. "The market pays for value to be received, not the cost to create."
///
/// Fails with `E-MONEY-02` for a negative cost, `E-MONEY-04` past the bound of money, `E-SIZE`.
pub fn cost(facts: &Costs, law: &Lookup<'_>) -> Result<Valued, Refusal> {
    bounded(&facts.items, "items")?;
    for one in &facts.items {
        not_negative(one.price.0, "items")?;
    }
    let sum = Fen::sum(facts.items.iter().map(|one| one.price.0));
    let sum = sum.ok_or_else(|| past_money("items"))?;
    let parts = facts.items.iter().map(|one| Proof::fact(one.id.clone(), one.price.0)).collect();
    valued("cost", (sum, "sum"), parts, law)
}

/// Money that comes or goes in a year.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flow {
    /// How many years ahead; nought is now.
    pub year: u32,
    /// How much; below nought goes out.
    pub amount: Yuan,
}

/// Flows and the rate they are discounted at.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flows {
    /// The rate without risk.
    pub base_rate: Share,
    /// What is added for the risk.
    pub risk_premium: Share,
    /// The flows.
    pub flows: Vec<Flow>,
}

/// Divides rounding half up; both above zero.
fn half_up(num: i128, den: i128) -> Option<i128> {
    let (whole, rest) = (num.checked_div(den)?, num.checked_rem(den)?);
    whole.checked_add(i128::from(rest.checked_mul(2)? >= den))
}

/// A ratio above zero to [`FACTOR_DECIMALS`] decimals, half up.
fn rounded(num: i128, den: i128) -> Option<Ratio> {
    let scale = 10i128.pow(FACTOR_DECIMALS);
    Ratio::new(half_up(num.checked_mul(scale)?, den)?, scale)
}

/// The factor of each year from nought: each is the one before over one plus the rate, rounded
/// half up to twelve decimals.
fn factors(rate: Ratio, years: u32) -> Option<Vec<Ratio>> {
    let growth = Ratio::ONE.plus(rate)?;
    let mut found = vec![Ratio::ONE];
    let mut last = Ratio::ONE;
    for _ in 0..years {
        let num = last.num().checked_mul(growth.den())?;
        last = rounded(num, last.den().checked_mul(growth.num())?)?;
        found.push(last);
    }
    Some(found)
}

/// The rate of some flows and its proof.
fn rate(base: Share, premium: Share) -> Result<(Ratio, Proof), Refusal> {
    probability(base.0, "base_rate")?;
    probability(premium.0, "risk_premium")?;
    let rate = base.0.plus(premium.0).ok_or_else(|| past_money("base_rate"))?;
    let parts = vec![Proof::fact("base_rate", base.0), Proof::fact("risk_premium", premium.0)];
    Ok((rate, Proof::step("rate", rate, "total", parts)))
}

fn check_years(flows: &[Flow]) -> Result<u32, Refusal> {
    let last = flows.iter().map(|one| one.year).max();
    let Some(last) = last else {
        let (zh, en) = ("至少要有一笔现金流", "at least one flow is needed");
        return Err(missing("flows", "IPH 9.3", zh, en));
    };
    if last > YEARS_MAX {
        let (zh, en) = ("现金流最多到第 60 年", "flows reach at most 60 years ahead");
        return Err(missing("flows", "IPH 9.3", zh, en).value(&last.to_string()));
    }
    Ok(last)
}

/// A flow's present value under a weight.
fn present(flow: &Flow, weight: Ratio) -> Option<(Fen, Proof)> {
    let value = weight.of(flow.amount.0, ROUNDING)?;
    let parts = vec![Proof::fact("flow", flow.amount.0), Proof::fact("factor", weight)];
    Some((value, Proof::step(format!("year_{}", flow.year), value, "share", parts)))
}

/// Discounted cash flow at a risk-adjusted rate: each flow times its year's factor, to the fen
/// half up, and their sum.
///
/// Factors are exact to twelve decimals (see the proof). Fails with `E-SHARE-02` for rates outside
/// 0 to 100 %, `E-INPUT-02` for no flow or one past 60 years, `E-MONEY-04`, `E-SIZE`.
pub fn dcf(facts: &Flows, law: &Lookup<'_>) -> Result<Valued, Refusal> {
    bounded(&facts.flows, "flows")?;
    let years = check_years(&facts.flows)?;
    let (rate, rate_proof) = rate(facts.base_rate, facts.risk_premium)?;
    let beyond = || past_money("flows");
    let factors = factors(rate, years).ok_or_else(beyond)?;
    let mut parts = Vec::new();
    let mut values = Vec::new();
    for flow in &facts.flows {
        let factor = factors.get(flow.year as usize).copied().ok_or_else(beyond)?;
        let (value, proof) = present(flow, factor).ok_or_else(beyond)?;
        values.push(value);
        parts.push(proof);
    }
    finish("dcf", values, parts, rate_proof, law)
}

/// The sum of present values with the rate beside it.
fn finish(
    method: &'static str,
    values: Vec<Fen>,
    parts: Vec<Proof>,
    rate: Proof,
    law: &Lookup<'_>,
) -> Result<Valued, Refusal> {
    let sum = Fen::sum(values).ok_or_else(|| past_money("flows"))?;
    let parts = vec![Proof::step("present_value", sum, "sum", parts), rate];
    valued(method, (sum, "choice"), parts, law)
}

/// A stage of development: its flows happen if it is reached.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// What it is.
    pub key: String,
    /// How likely it succeeds, so that the next is reached.
    pub success: Share,
    /// Its flows.
    pub flows: Vec<Flow>,
}

/// Stages in order.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stages {
    /// The rate; risk is in the probabilities and not in it.
    pub rate: Share,
    /// The stages.
    pub stages: Vec<Stage>,
}

/// Net present value with stage probabilities: each flow counts by the chance that its stage is
/// reached, times its year's factor, rounded half up to twelve decimals.
///
/// Fails like [`dcf`].
pub fn rnpv(facts: &Stages, law: &Lookup<'_>) -> Result<Valued, Refusal> {
    bounded(&facts.stages, "stages")?;
    let beyond = || past_money("flows");
    let flows: Vec<Flow> = facts.stages.iter().flat_map(|one| one.flows.iter().cloned()).collect();
    bounded(&flows, "flows")?;
    let years = check_years(&flows)?;
    let (rate, rate_proof) = rate(facts.rate, Share(Ratio::ZERO))?;
    let factors = factors(rate, years).ok_or_else(beyond)?;
    let mut reached = Ratio::ONE;
    let mut parts = Vec::new();
    let mut values = Vec::new();
    for (at, stage) in facts.stages.iter().enumerate() {
        probability(stage.success.0, &format!("stages[{}].success", at + 1))?;
        let mut under = Vec::new();
        let mut sums = Vec::new();
        for flow in &stage.flows {
            let factor = factors.get(flow.year as usize).copied().ok_or_else(beyond)?;
            let weight = weigh(factor, reached).ok_or_else(beyond)?;
            let (value, mut proof) = present(flow, weight).ok_or_else(beyond)?;
            proof.parts.push(Proof::fact("reached", reached));
            sums.push(value);
            under.push(proof);
        }
        let sum = Fen::sum(sums).ok_or_else(beyond)?;
        values.push(sum);
        parts.push(Proof::step(stage.key.clone(), sum, "sum", under));
        reached = weigh(reached, stage.success.0).ok_or_else(beyond)?;
    }
    finish("rnpv", values, parts, rate_proof, law)
}

/// The product of two shares to [`FACTOR_DECIMALS`] decimals, half up.
fn weigh(a: Ratio, b: Ratio) -> Option<Ratio> {
    rounded(a.num().checked_mul(b.num())?, a.den().checked_mul(b.den())?)
}

/// An appraisal report.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppraisalReport {
    /// The appraisers who signed.
    pub signers: Vec<String>,
    /// Whether the appraisal is required by statute.
    pub statutory: bool,
    /// The day of the report.
    pub on: On,
    /// Until when the archive says that it keeps it.
    #[serde(default)]
    pub kept_until: Option<On>,
}

/// What holds of an appraisal report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appraisal {
    /// How many different appraisers signed.
    pub signers: usize,
    /// The last day on which the archive must still hold it.
    pub keep_until: Day,
    /// Whether the archive keeps it long enough; unknown while it has not said.
    pub kept: Option<bool>,
    /// How that came about.
    pub proof: Proof,
}

impl Appraisal {
    /// As JSON: `signers`, `keep_until`, `kept`, `proof`.
    pub fn json(&self) -> Value {
        json!({
            "signers": self.signers,
            "keep_until": self.keep_until.to_string(),
            "kept": self.kept,
            "proof": output::proof(&self.proof),
        })
    }
}

/// Checks who signed an appraisal report and how long its archive must hold it.
///
/// Fails with `E-INPUT-02` for fewer different signers than the law asks for.
/// Source: APL 27–28 (two appraisers), 29 (15 years, statutory ones 30).
pub fn appraisal(facts: &AppraisalReport, law: &Lookup<'_>) -> Result<Appraisal, Refusal> {
    bounded(&facts.signers, "signers")?;
    let prefix = if facts.statutory { "appraisal.statutory_" } else { "appraisal." };
    let (least, parameter) = law.number(&format!("{prefix}signers"))?;
    let named = facts.signers.iter().map(|name| name.trim()).filter(|name| !name.is_empty());
    let signers: BTreeSet<&str> = named.collect();
    let there = number(signers.len());
    if there < least {
        let zh = format!("评估报告只有 {there} 名评估师签字,至少要 {least} 名");
        let en = format!("{there} appraisers signed the report; at least {least} sign it");
        let refusal = missing("signers", &parameter.cite.article, &zh, &en);
        return Err(refusal.value(&there.to_string()));
    }
    let (years, count, archive) = law.period(&format!("{prefix}archive"))?;
    let keep_until = law.calendar().due(facts.on.0, years, count, Roll::None)?.last;
    let kept = facts.kept_until.map(|on| on.0 >= keep_until);
    let period = vec![Proof::fact("on", facts.on.0), archive.proof()];
    let parts = vec![
        Proof::step("signed", there, "count", vec![parameter.proof()]).citing(&parameter.cite),
        Proof::step("keep_until", keep_until, "period", period).citing(&archive.cite),
    ];
    let proof = Proof::step("appraisal", keep_until, "choice", parts);
    Ok(Appraisal { signers: signers.len(), keep_until, kept, proof })
}

#[cfg(test)]
mod tests;
