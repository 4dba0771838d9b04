//! Shares of a right: at every instant they sum to exactly one (I1).

use crate::clock;
use crate::input::{On, Share};
use crate::output;
use kernel::{Day, Proof, Ratio, Refusal};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Someone's share of a right for a time.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holding {
    /// Who.
    pub party: String,
    /// How much.
    pub share: Share,
    /// The first day.
    pub from: On,
    /// The first day on which it no longer holds; none while it lasts.
    pub to: Option<On>,
}

impl Holding {
    fn holds(&self, on: Day) -> bool {
        self.from.0 <= on && self.to.is_none_or(|to| on < to.0)
    }
}

/// The shares of a right over time.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holdings {
    /// Who held how much, when.
    pub holdings: Vec<Holding>,
}

/// Shares that are sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shares {
    /// Every day on which something changes, with the shares since then. None after a day on which
    /// the right ends for all.
    pub since: Vec<(Day, BTreeMap<String, Ratio>)>,
    /// How that came about.
    pub proof: Proof,
}

impl Shares {
    /// As JSON.
    pub fn json(&self) -> Value {
        let since: Vec<Value> = self
            .since
            .iter()
            .map(|(day, shares)| {
                let shares: BTreeMap<&str, String> = shares
                    .iter()
                    .map(|(party, share)| (party.as_str(), share.to_string()))
                    .collect();
                json!({"from": day.to_string(), "shares": shares})
            })
            .collect();
        json!({"since": since, "proof": output::proof(&self.proof)})
    }
}

/// Checks that shares are shares and make up one; `E-SHARE-02`, `E-SHARE-01`.
pub(crate) fn whole(
    shares: impl IntoIterator<Item = Ratio> + Clone,
    rule: &str,
    column: &str,
) -> Result<(), Refusal> {
    if let Some(wrong) = shares.clone().into_iter().find(|share| !share.is_share()) {
        let en = "a share lies from 0 to 100%";
        return Err(Refusal::new("E-SHARE-02", rule, "份额应在 0 至 100% 之间", en)
            .value(&wrong.to_string())
            .column(column));
    }
    let sum = Ratio::sum(shares);
    if sum == Some(Ratio::ONE) {
        return Ok(());
    }
    let shown = sum.map_or_else(|| "unknown".to_string(), |sum| sum.to_string());
    let zh = format!("份额合计应为 100%,现为 {shown}");
    let en = format!("the shares come to {shown}; they sum to exactly 100%");
    Err(Refusal::new("E-SHARE-01", rule, zh, en).value(&shown).column(column))
}

/// The shares on a day. Fails with `E-SHARE-01`, `E-SHARE-02`, `E-DATE-02`, `E-SIZE`.
pub(crate) fn on(holdings: &[Holding], on: Day) -> Result<BTreeMap<&str, Ratio>, Refusal> {
    clock::bounded(holdings.len(), "holdings")?;
    let mut held: BTreeMap<&str, Ratio> = BTreeMap::new();
    for one in holdings {
        if one.to.is_some_and(|to| to <= one.from) {
            let en = "a share ends after it starts";
            return Err(Refusal::new("E-DATE-02", en, "份额的终止日应晚于起始日", en)
                .value(&one.party)
                .column("holdings"));
        }
        if !one.share.0.is_share() {
            whole([one.share.0], "I1", "holdings")?;
        }
        if one.holds(on) {
            let share = held.entry(one.party.trim()).or_insert(Ratio::ZERO);
            // Past all bounds it cannot be a share: the sum below refuses it.
            *share = share.plus(one.share.0).unwrap_or(Ratio::percent(200));
        }
    }
    whole(held.values().copied().collect::<Vec<_>>(), "I1", "holdings")?;
    Ok(held)
}

/// Checks that the shares of a right sum to exactly one at every instant from the first to the last
/// (I1). Fails with `E-SHARE-01`, `E-SHARE-02`, `E-DATE-02`, `E-SIZE`; shares times changes
/// past a million are past the size too.
pub fn shares(facts: &Holdings) -> Result<Shares, Refusal> {
    let list = &facts.holdings;
    clock::bounded(list.len(), "holdings")?;
    let mut days: BTreeSet<Day> = list.iter().map(|one| one.from.0).collect();
    days.extend(list.iter().filter_map(|one| one.to.map(|to| to.0)));
    // Every change looks at every share.
    let most = clock::LIST_MAX.saturating_mul(100);
    if days.len().saturating_mul(list.len()) > most {
        let zh = "份额及其变动过多,应分批检查";
        let en = "there are too many shares and changes to check at once";
        return Err(Refusal::new("E-SIZE", "I1", zh, en)
            .value(&list.len().to_string())
            .column("holdings"));
    }
    let mut since = Vec::new();
    let mut parts = Vec::new();
    for day in days {
        let lasting = list.iter().any(|one| one.holds(day));
        let later = list.iter().any(|one| one.from.0 > day);
        if !lasting && !later {
            // The right has ended for all.
            continue;
        }
        let held = on(list, day)?;
        let owned: BTreeMap<String, Ratio> =
            held.iter().map(|(party, share)| (party.to_string(), *share)).collect();
        let facts =
            owned.iter().map(|(party, share)| Proof::fact(format!("share:{party}"), *share));
        parts.push(Proof::step(format!("since:{day}"), Ratio::ONE, "choice", facts.collect()));
        since.push((day, owned));
    }
    if since.is_empty() {
        whole([], "I1", "holdings")?;
    }
    Ok(Shares { since, proof: Proof::step("shares", true, "choice", parts) })
}
