//! 作价入股: a result as a contribution in kind, reward shares, and the ledger of who holds what.
//!
//! Fractions are exact and sum to one at every instant (I1); registered capital is exact in fen
//! where it comes out, and said to be rounded where it does not.
//! Source: CO 47 (paid in within five years), CO 48 (contributions in kind are appraised), CO 49
//! (title is transferred), CO 52 (a call gives at least 60 days); SH17 10; GF16 (leaders).

use crate::clock;
use crate::distribution::people::whole;
use crate::input::{On, Share, Yuan};
use crate::net_income::{bounded, too_large};
use crate::output;
use kernel::{Day, Fen, Proof, Ratio, Refusal, Rounding};
use schema::Lookup;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Whose contribution the result is (SH17 10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Path {
    /// In the unit's name.
    Unit,
    /// Through a wholly owned asset-management company.
    AssetCompany,
    /// Unit and persons together, agreed beforehand.
    Joint,
}

/// Someone who holds a part after the reward.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RewardShare {
    /// Who.
    pub name: String,
    /// Their part of the reward; parts sum to one.
    pub share: Share,
    /// Whether they are the chief leader of the unit.
    #[serde(default)]
    pub chief_leader: bool,
    /// Whether they take cash instead.
    #[serde(default)]
    pub cash: bool,
}

/// What is contributed, and by whom.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Founding {
    /// The day the company is founded.
    pub on: On,
    /// Registered capital, all of it.
    pub capital: Yuan,
    /// The value of the result as it was appraised; `None`: it was not.
    pub appraised: Option<Yuan>,
    /// Whose contribution it is.
    pub path: Path,
    /// Joint contribution: whether it was agreed beforehand.
    pub agreed: Option<bool>,
    /// Who holds the result's shares.
    pub holder: String,
    /// The part of the result's shares that is the reward.
    pub reward: Share,
    /// The team, when its shares stand together under one name.
    pub team: Option<String>,
    /// Who shares the reward; none: the team as one.
    #[serde(default)]
    pub people: Vec<RewardShare>,
    /// Who contributes cash, and how much of the capital.
    #[serde(default)]
    pub cash: Vec<CashPart>,
}

/// A cash contribution.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CashPart {
    /// Who.
    pub name: String,
    /// How much of the registered capital.
    pub capital: Yuan,
}

/// What happens to a company's shares.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// New money comes in at a price.
    Round {
        /// When.
        on: On,
        /// What it is called.
        name: String,
        /// The value before the money.
        pre: Yuan,
        /// The money.
        new: Yuan,
        /// Who brings it: one name, or several with their parts.
        investors: Vec<Holding>,
    },
    /// A pool is set aside for options, diluting everyone.
    Pool {
        /// When.
        on: On,
        /// Its part of the company afterwards.
        share: Share,
        /// What it is called.
        name: String,
    },
    /// One holder gives a part of the company to another.
    Transfer {
        /// When.
        on: On,
        /// Who gives.
        from: String,
        /// Who receives.
        to: String,
        /// Which part of the company.
        share: Share,
    },
    /// A holder leaves: their part goes to someone.
    Exit {
        /// When.
        on: On,
        /// Who leaves.
        holder: String,
        /// Who takes it.
        to: String,
    },
}

impl Change {
    fn on(&self) -> Day {
        match self {
            Change::Round { on, .. }
            | Change::Pool { on, .. }
            | Change::Transfer { on, .. }
            | Change::Exit { on, .. } => on.0,
        }
    }
}

/// A part of something, by name.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holding {
    /// Who.
    pub name: String,
    /// Which part.
    pub share: Share,
}

/// A company from its founding on: what `xiudai transfer dilute` reads.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dilute {
    /// Whose law applies.
    pub place: String,
    /// How it was founded.
    pub founding: Founding,
    /// What happened since, in order.
    #[serde(default)]
    pub changes: Vec<Change>,
}

/// Who holds what at one instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Since when.
    pub on: Day,
    /// What made it so: `founding`, or the name of the change.
    pub after: String,
    /// Holder to part; parts sum to one.
    pub parts: BTreeMap<String, Ratio>,
    /// Registered capital, rounded half up to the fen.
    pub capital: Fen,
    /// Registered capital that the change added.
    pub new_capital: Fen,
    /// The value of the company after a round.
    pub value: Option<Fen>,
    /// How the parts came about.
    pub proof: Proof,
}

/// A company's ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    /// Every table in order, the founding first.
    pub tables: Vec<Table>,
    /// The last day to pay in the capital.
    pub paid_by: Day,
    /// What people take in cash instead of shares: name and value.
    pub cash_rewards: Vec<(String, Fen)>,
    /// How the last day came about.
    pub proof: Proof,
}

impl Ledger {
    /// The newest table.
    pub fn now(&self) -> Option<&Table> {
        self.tables.last()
    }

    /// As JSON.
    pub fn json(&self) -> Value {
        let table = |one: &Table| {
            let parts = one.parts.iter();
            let parts: Vec<Value> = parts
                .map(|(name, part)| {
                    json!({
                        "name": name,
                        "share": part.to_string(),
                        "capital": part.of(one.capital, Rounding::HalfUp).map(|fen| fen.to_string()),
                    })
                })
                .collect();
            json!({
                "on": one.on.to_string(),
                "after": one.after,
                "holders": parts,
                "capital": one.capital.to_string(),
                "new_capital": one.new_capital.to_string(),
                "value": one.value.map(|value| value.to_string()),
                "proof": output::proof(&one.proof),
            })
        };
        let cash = self.cash_rewards.iter();
        json!({
            "paid_by": self.paid_by.to_string(),
            "tables": self.tables.iter().map(table).collect::<Vec<_>>(),
            "cash_rewards": cash.map(|(name, value)| {
                json!({"name": name, "value": value.to_string()})
            }).collect::<Vec<_>>(),
            "proof": output::proof(&self.proof),
        })
    }
}

/// Keeps the ledger of a company.
///
/// Fails with `E-EQUITY-01` (a contribution in kind that was not appraised), `E-EQUITY-02` (joint
/// contribution without agreement), `E-EQUITY-03` (parts of the capital do not sum to it, or a
/// holder gives more than they hold), `E-REW-03` (the chief leader and equity), `E-SHARE-01/02`,
/// `E-DATE-02`, `E-MONEY-02`, `E-SIZE`.
pub fn dilute(facts: &Dilute, law: &Lookup<'_>) -> Result<Ledger, Refusal> {
    bounded(facts.changes.len(), "changes")?;
    let (first, cash_rewards) = found(&facts.founding, law)?;
    let on = facts.founding.on.0;
    let start = Proof::fact("founded", on);
    let paid =
        clock::run("capital_paid_by", start, on, "capital.paid_within", &clock::at(law, on))?;
    let mut tables = vec![first];
    for (at, change) in facts.changes.iter().enumerate() {
        let column = format!("changes[{at}].on");
        let before = tables.last().ok_or_else(too_large)?;
        clock::in_order(Some(before.on), change.on(), &column)?;
        let next = apply(before, change, at)?;
        tables.push(next);
    }
    Ok(Ledger { tables, paid_by: paid.due.last, cash_rewards, proof: paid.proof })
}

fn equity(code: &'static str, article: &str, zh: &str, en: &str, column: &str) -> Refusal {
    Refusal::new(code, article, zh, en).column(column)
}

type Founded = (Table, Vec<(String, Fen)>);

fn found(facts: &Founding, law: &Lookup<'_>) -> Result<Founded, Refusal> {
    bounded(facts.people.len(), "founding.people")?;
    bounded(facts.cash.len(), "founding.cash")?;
    let law = clock::at(law, facts.on.0);
    let (must, rule) = law.truth("capital.appraisal")?;
    let value = match facts.appraised {
        Some(value) => value.0,
        None if must => {
            let (zh, en) = ("非货币出资应当评估作价", "a contribution in kind is appraised");
            let column = "founding.appraised";
            return Err(equity("E-EQUITY-01", &rule.cite.article, zh, en, column));
        }
        None => Fen::ZERO,
    };
    if facts.path == Path::Joint && facts.agreed != Some(true) {
        let zh = "单位与个人共同出资,须事先约定权属和份额";
        let en = "unit and persons contribute together only by prior agreement";
        return Err(equity("E-EQUITY-02", "SH17 10", zh, en, "founding.agreed"));
    }
    let capital = facts.capital.0;
    let cash = Fen::sum(facts.cash.iter().map(|part| part.capital.0)).ok_or_else(too_large)?;
    let positive = capital > Fen::ZERO && value > Fen::ZERO;
    let fits = facts.cash.iter().all(|part| part.capital.0 > Fen::ZERO);
    if !positive || !fits || value.plus(cash) != Some(capital) {
        let zh = format!("成果作价{value}元加货币出资{cash}元应等于注册资本{capital}元");
        let en = format!("the result ({value}) and cash ({cash}) make up the capital ({capital})");
        let refusal = equity("E-EQUITY-03", "CO 47", &zh, &en, "founding.capital");
        return Err(refusal.value(&capital.to_string()));
    }
    whole_share(facts.reward.0, "founding.reward")?;
    let result = Ratio::between(value, capital).ok_or_else(too_large)?;
    let reward = result.times(facts.reward.0).ok_or_else(too_large)?;
    let (mut parts, mut steps) = (BTreeMap::new(), Vec::new());
    let mut cash_rewards = Vec::new();
    let mut in_shares = Ratio::ZERO;
    if facts.people.is_empty() {
        let name = facts.team.clone().unwrap_or_else(|| "team".to_string());
        in_shares = reward;
        add(&mut parts, &name, reward)?;
        steps.push(of_result("reward_shares", reward, result, facts.reward.0));
    } else {
        let shares: Vec<Ratio> = facts.people.iter().map(|one| one.share.0).collect();
        whole(&shares, "I2", "founding.people")?;
        for (at, person) in facts.people.iter().enumerate() {
            let part = reward.times(person.share.0).ok_or_else(too_large)?;
            let worth = part.of(capital, Rounding::HalfUp).ok_or_else(too_large)?;
            let (may, rule) = law.truth("leader.chief_equity")?;
            if person.chief_leader && !may && !person.cash {
                let zh = format!("{}任正职,不得获得股权奖励,可改为现金{worth}元", person.name);
                let en = format!("{} is the chief leader: no equity; {worth} in cash", person.name);
                let column = format!("founding.people[{at}]");
                let refusal = equity("E-REW-03", &rule.cite.article, &zh, &en, &column);
                return Err(refusal.value(&worth.to_string()));
            }
            if person.cash {
                cash_rewards.push((person.name.clone(), worth));
                continue;
            }
            in_shares = in_shares.plus(part).ok_or_else(too_large)?;
            let name = facts.team.as_deref().unwrap_or(&person.name);
            add(&mut parts, name, part)?;
            steps.push(of_result(&person.name, part, reward, person.share.0));
        }
    }
    let kept = result.minus(in_shares).ok_or_else(too_large)?;
    add(&mut parts, &facts.holder, kept)?;
    steps.push(Proof::step(
        facts.holder.clone(),
        kept,
        "rest",
        vec![Proof::fact("result_share", result), Proof::fact("reward_shares", in_shares)],
    ));
    for part in &facts.cash {
        let share = Ratio::between(part.capital.0, capital).ok_or_else(too_large)?;
        add(&mut parts, &part.name, share)?;
        steps.push(Proof::step(
            part.name.clone(),
            share,
            "quotient",
            vec![Proof::fact("contribution", part.capital.0), Proof::fact("capital", capital)],
        ));
    }
    let worth = vec![Proof::fact("appraised", value), Proof::fact("capital", capital)];
    steps.insert(0, Proof::step("result_share", result, "quotient", worth).citing(&rule.cite));
    let proof = Proof::step("founding", Ratio::ONE, "choice", steps);
    let (on, after) = (facts.on.0, "founding".to_string());
    parts.retain(|_, part| *part != Ratio::ZERO);
    let table = Table { on, after, parts, capital, new_capital: capital, value: None, proof };
    Ok((table, cash_rewards))
}

fn of_result(key: &str, part: Ratio, whole: Ratio, share: Ratio) -> Proof {
    let parts = vec![Proof::fact("of", whole), Proof::fact("share", share)];
    Proof::step(key.to_string(), part, "share", parts)
}

fn add(parts: &mut BTreeMap<String, Ratio>, name: &str, part: Ratio) -> Result<(), Refusal> {
    let had = parts.get(name).copied().unwrap_or(Ratio::ZERO);
    let sum = had.plus(part).ok_or_else(too_large)?;
    parts.insert(name.to_string(), sum);
    Ok(())
}

fn whole_share(share: Ratio, column: &str) -> Result<(), Refusal> {
    if share.is_share() {
        return Ok(());
    }
    let (zh, en) = ("份额应在 0 至 100% 之间", "a share lies from 0 to 100 %");
    Err(equity("E-SHARE-02", "I1", zh, en, column).value(&share.to_string()))
}

/// The tables after one change.
fn apply(before: &Table, change: &Change, at: usize) -> Result<Table, Refusal> {
    let mut parts = before.parts.clone();
    let (mut capital, mut value) = (before.capital, before.value);
    let mut steps = Vec::new();
    let mut thin = |parts: &mut BTreeMap<String, Ratio>, keep: Ratio| -> Result<(), Refusal> {
        for (name, part) in parts.iter_mut() {
            let less = part.times(keep).ok_or_else(too_large)?;
            let from = vec![Proof::fact("before", *part), Proof::fact("kept", keep)];
            steps.push(Proof::step(name.clone(), less, "share", from));
            *part = less;
        }
        Ok(())
    };
    let after = match change {
        Change::Round { name, pre, new, investors, .. } => {
            let (pre, new) = (pre.0, new.0);
            if pre <= Fen::ZERO || new <= Fen::ZERO {
                let (zh, en) = ("投前估值和投资额应大于零", "value and money of a round pass zero");
                let column = format!("changes[{at}].pre");
                return Err(equity("E-MONEY-02", en, zh, en, &column));
            }
            bounded(investors.len(), &format!("changes[{at}].investors"))?;
            let shares: Vec<Ratio> = investors.iter().map(|one| one.share.0).collect();
            whole(&shares, "I1", &format!("changes[{at}].investors"))?;
            let post = pre.plus(new).ok_or_else(too_large)?;
            let bought = Ratio::between(new, post).ok_or_else(too_large)?;
            let keep = Ratio::ONE.minus(bought).ok_or_else(too_large)?;
            thin(&mut parts, keep)?;
            for investor in investors {
                let part = bought.times(investor.share.0).ok_or_else(too_large)?;
                add(&mut parts, &investor.name, part)?;
                let from = vec![Proof::fact("new_money", new), Proof::fact("post_money", post)];
                steps.push(Proof::step(investor.name.clone(), part, "quotient", from));
            }
            let grown = Ratio::between(new, pre).ok_or_else(too_large)?;
            let added = grown.of(capital, Rounding::HalfUp).ok_or_else(too_large)?;
            capital = capital.plus(added).ok_or_else(too_large)?;
            value = Some(post);
            name.clone()
        }
        Change::Pool { share, name, .. } => {
            whole_share(share.0, &format!("changes[{at}].share"))?;
            let keep = Ratio::ONE.minus(share.0).ok_or_else(too_large)?;
            if keep == Ratio::ZERO {
                let (zh, en) = ("期权池不能是全部", "a pool is not the whole company");
                return Err(equity("E-SHARE-02", "I1", zh, en, &format!("changes[{at}].share")));
            }
            thin(&mut parts, keep)?;
            add(&mut parts, name, share.0)?;
            let grown = share.0.over(keep).ok_or_else(too_large)?;
            let added = grown.of(capital, Rounding::HalfUp).ok_or_else(too_large)?;
            capital = capital.plus(added).ok_or_else(too_large)?;
            name.clone()
        }
        Change::Transfer { from, to, share, .. } => {
            whole_share(share.0, &format!("changes[{at}].share"))?;
            give(&mut parts, from, to, share.0, at)?;
            format!("{from} → {to}")
        }
        Change::Exit { holder, to, .. } => {
            let all = parts.get(holder).copied().unwrap_or(Ratio::ZERO);
            give(&mut parts, holder, to, all, at)?;
            format!("{holder} → {to}")
        }
    };
    parts.retain(|_, part| *part != Ratio::ZERO);
    whole(&parts.values().copied().collect::<Vec<_>>(), "I1", "changes")?;
    let new_capital = capital.minus(before.capital).ok_or_else(too_large)?;
    let proof = Proof::step("dilution", Ratio::ONE, "choice", steps);
    Ok(Table { on: change.on(), after, parts, capital, new_capital, value, proof })
}

fn give(
    parts: &mut BTreeMap<String, Ratio>,
    from: &str,
    to: &str,
    share: Ratio,
    at: usize,
) -> Result<(), Refusal> {
    let has = parts.get(from).copied().unwrap_or(Ratio::ZERO);
    if share > has || has == Ratio::ZERO {
        let zh = format!("{from}仅持有{has},不能转出{share}");
        let en = format!("{from} holds {has} and cannot give {share}");
        let refusal = equity("E-EQUITY-03", "I1", &zh, &en, &format!("changes[{at}]"));
        return Err(refusal.value(&share.to_string()));
    }
    let left = has.minus(share).ok_or_else(too_large)?;
    parts.insert(from.to_string(), left);
    add(parts, to, share)
}

/// A call on a shareholder who did not pay in, and the last day to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The last day to pay.
    pub until: Day,
    /// The first day on which shares may be forfeited.
    pub forfeit_from: Day,
    /// How it came about.
    pub proof: Proof,
}

/// What a call gives: at least the grace of CO 52.
pub fn call(on: Day, law: &Lookup<'_>) -> Result<Call, Refusal> {
    let start = Proof::fact("called", on);
    let grace = clock::run("pay_until", start, on, "capital.call_grace", &clock::at(law, on))?;
    let until = grace.due.last;
    let proof = clock::day_after("forfeit_from", grace.proof, until);
    Ok(Call { until, forfeit_from: until.next(), proof })
}

#[cfg(test)]
mod tests;
