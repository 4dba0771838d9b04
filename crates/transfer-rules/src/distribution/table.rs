//! Distribution tables: one small typed language for statutes and university policies.
//!
//! A table is a list of steps that gross income flows through: a fee first, costs repaid at most by
//! a part of what is left, then bands of net income by shares that sum to one. It is applied to the
//! income since the beginning, so that money received in pieces is shared as if it came at once.

use crate::net_income::too_large;
use kernel::proof::{Cite, Confidence};
use kernel::ratio::divide;
use kernel::{Fen, Label, Proof, Ratio, Refusal, Rounding};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// The file of `schema/law/` that is built in.
const SHIPPED: &str = include_str!("../../../../schema/law/distributions.yaml");

/// Who makes the result: the share of a table that people divide.
pub const INVENTORS: &str = "inventors";
/// The unit that holds it.
pub const UNIT: &str = "unit";
/// Costs that income repaid.
pub const COSTS: &str = "costs";

/// How the inventors' share is divided among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    /// By contribution.
    Contribution,
    /// Equally, unless all agree otherwise in writing.
    Equal,
}

/// A share in a band: fixed, or decided by rule or agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Fixed(Ratio),
    /// The reward that was ruled or agreed.
    Reward,
    /// What the others leave.
    Rest,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Fee { share: Ratio, to: String },
    Recover { share: Ratio },
    Band { upto: Option<Fen>, shares: Vec<(String, Part)> },
}

/// A distribution table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its id.
    pub id: String,
    /// The place it is of.
    pub place: String,
    /// Its name.
    pub label: Label,
    /// Where it stands.
    pub source: String,
    /// The currency of its bounds: the hundredth of it counts as fen does.
    pub currency: String,
    /// How the inventors divide their share.
    pub split: Split,
    /// What it rests on.
    pub cite: Arc<Cite>,
    steps: Vec<Step>,
}

/// What a table makes of an income.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// Recipient to amount, by name; costs that were repaid stand under [`COSTS`].
    pub parts: BTreeMap<String, Fen>,
    /// Costs that income did not repay yet.
    pub costs_left: Fen,
    /// How it came about.
    pub proof: Proof,
}

impl Flow {
    /// What one recipient has.
    pub fn of(&self, recipient: &str) -> Fen {
        self.parts.get(recipient).copied().unwrap_or(Fen::ZERO)
    }
}

impl Table {
    /// Sends a gross income and its costs, both since the beginning, through the table.
    ///
    /// `reward` is the share that a rule or an agreement gives the inventors, for tables that leave
    /// it open. What does not divide to the fen goes by largest remainders. Σ parts = gross.
    /// Fails with `E-SHARE-01` when an open share is not said or lies outside 0 to 1, `E-MONEY-04`.
    pub fn flow(&self, gross: Fen, costs: Fen, reward: Option<Ratio>) -> Result<Flow, Refusal> {
        let (mut left, mut owed, mut seen) = (gross, costs, Fen::ZERO);
        let mut parts: BTreeMap<String, Fen> = BTreeMap::new();
        let mut steps = Vec::with_capacity(self.steps.len());
        let add = |parts: &mut BTreeMap<String, Fen>, to: &str, amount: Fen| {
            let had = parts.get(to).copied().unwrap_or(Fen::ZERO);
            had.plus(amount).map(|sum| parts.insert(to.to_string(), sum)).ok_or_else(too_large)
        };
        for step in &self.steps {
            match step {
                Step::Fee { share, to } => {
                    let fee = share.of(gross, Rounding::HalfUp).ok_or_else(too_large)?;
                    add(&mut parts, to, fee)?;
                    left = left.minus(fee).ok_or_else(too_large)?;
                    let from = vec![Proof::fact("gross", gross), Proof::fact("fee_rate", *share)];
                    steps.push(Proof::step("fee", fee, "share", from));
                }
                Step::Recover { share } => {
                    let most = share.of(left, Rounding::Down).ok_or_else(too_large)?;
                    let repaid = owed.min(most).max(Fen::ZERO);
                    add(&mut parts, COSTS, repaid)?;
                    left = left.minus(repaid).ok_or_else(too_large)?;
                    let owing = owed;
                    owed = owed.minus(repaid).ok_or_else(too_large)?;
                    let from = vec![Proof::fact("costs", owing), Proof::fact("at_most", most)];
                    steps.push(Proof::step("costs_repaid", repaid, "smallest", from));
                }
                Step::Band { upto, shares } => {
                    let room = match upto {
                        Some(upto) => upto.minus(seen).ok_or_else(too_large)?.max(Fen::ZERO),
                        None => left,
                    };
                    let amount = left.min(room);
                    seen = seen.plus(amount).ok_or_else(too_large)?;
                    left = left.minus(amount).ok_or_else(too_large)?;
                    let open = shares.iter().position(|(_, part)| *part == Part::Reward);
                    let shares = settle(shares, reward)?;
                    let ratios: Vec<Ratio> = shares.iter().map(|(_, ratio)| *ratio).collect();
                    let mut divided = divide(amount, &ratios).ok_or_else(|| open_share(reward))?;
                    if let Some(at) = open {
                        raise(amount, &ratios, &mut divided, at).ok_or_else(too_large)?;
                    }
                    let mut given = Vec::with_capacity(shares.len());
                    for ((to, ratio), part) in shares.iter().zip(divided) {
                        add(&mut parts, to, part)?;
                        let from = vec![
                            Proof::fact("band_income", amount),
                            Proof::fact("band_share", *ratio),
                        ];
                        given.push(Proof::step((*to).to_string(), part, "share", from));
                    }
                    steps.push(Proof::step("band", amount, "sum", given));
                }
            }
        }
        let mut sum = vec![Proof::step("distributed", gross, "sum", steps)];
        sum.push(Proof::fact("table", self.id.clone()));
        let proof = Proof::step("distribution", gross, "choice", sum).citing(&self.cite);
        Ok(Flow { parts, costs_left: owed, proof })
    }
}

/// Rounds the part at `at` up, taking the fen from the last of the others that has one: a floor that
/// the law sets is never missed by rounding.
fn raise(amount: Fen, ratios: &[Ratio], divided: &mut [Fen], at: usize) -> Option<()> {
    let up = ratios.get(at)?.of(amount, Rounding::Up)?;
    let one = up.minus(*divided.get(at)?)?;
    let giver = (0..divided.len())
        .rev()
        .find(|other| *other != at && divided.get(*other).is_some_and(|part| *part >= one));
    if let Some(giver) = giver.filter(|_| one > Fen::ZERO) {
        let less = divided.get(giver)?.minus(one)?;
        *divided.get_mut(giver)? = less;
        *divided.get_mut(at)? = up;
    }
    Some(())
}

fn open_share(reward: Option<Ratio>) -> Refusal {
    let (zh, en) = ("奖励比例应在 0 至 100% 之间", "the reward lies from 0 to 100 %");
    let shown = reward.map_or("unknown".to_string(), |reward| reward.to_string());
    Refusal::new("E-SHARE-01", "shares of a band sum to one", zh, en).column("reward").value(&shown)
}

/// The shares of a band with what was left open filled in.
fn settle(shares: &[(String, Part)], reward: Option<Ratio>) -> Result<Vec<(&str, Ratio)>, Refusal> {
    let mut left = Ratio::ONE;
    let mut known = Vec::with_capacity(shares.len());
    for (to, part) in shares {
        let ratio = match part {
            Part::Fixed(ratio) => Some(*ratio),
            Part::Reward => {
                Some(reward.filter(|r| r.is_share()).ok_or_else(|| open_share(reward))?)
            }
            Part::Rest => None,
        };
        left = left.minus(ratio.unwrap_or(Ratio::ZERO)).ok_or_else(too_large)?;
        known.push((to.as_str(), ratio));
    }
    Ok(known.into_iter().map(|(to, ratio)| (to, ratio.unwrap_or(left))).collect())
}

/// Every table that ships, by id.
#[derive(Debug, Clone)]
pub struct Tables(BTreeMap<String, Table>);

impl Tables {
    /// The tables that ship, read once: every case that was distributed asks for them again.
    pub fn shipped() -> Result<&'static Tables, Refusal> {
        static READ: OnceLock<Result<Tables, Refusal>> = OnceLock::new();
        READ.get_or_init(|| Tables::parse(SHIPPED)).as_ref().map_err(Refusal::clone)
    }

    /// Tables in YAML.
    ///
    /// Fails with `E-RULE-03` for what is not of this shape: shares that do not sum to one, a band
    /// that ends below the one before, a last step that leaves money over.
    pub fn parse(text: &str) -> Result<Tables, Refusal> {
        let file: File = serde_saphyr::from_str(text).map_err(|error| bad(&error.to_string()))?;
        let mut tables = BTreeMap::new();
        for entry in file.tables {
            let table = entry.read()?;
            if let Some(twice) = tables.insert(table.id.clone(), table) {
                return Err(bad(&twice.id));
            }
        }
        Ok(Tables(tables))
    }

    /// A table; fails with `E-RULE-01`.
    pub fn get(&self, id: &str) -> Result<&Table, Refusal> {
        self.0.get(id).ok_or_else(|| {
            let (zh, en) = ("没有这个分配方案", "there is no such distribution table");
            Refusal::new("E-RULE-01", en, zh, en).column("table").value(id)
        })
    }

    /// Every table, by id.
    pub fn all(&self) -> impl Iterator<Item = &Table> {
        self.0.values()
    }
}

fn bad(value: &str) -> Refusal {
    let en = "a table sends all income through fees, costs and bands whose shares sum to one";
    Refusal::new("E-RULE-03", en, "分配方案的写法不对:各档份额之和应为 1,且最后一档不设上限", en)
        .value(value)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    tables: Vec<TableEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    zh: String,
    en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TableEntry {
    id: String,
    place: String,
    label: Words,
    source: String,
    confidence: String,
    currency: String,
    split: Split,
    steps: Vec<StepEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StepEntry {
    fee: Option<FeeEntry>,
    recover: Option<String>,
    band: Option<BandEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FeeEntry {
    share: String,
    to: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BandEntry {
    upto: Option<String>,
    shares: BTreeMap<String, String>,
}

impl TableEntry {
    fn read(self) -> Result<Table, Refusal> {
        let confidence = Confidence::from_name(&self.confidence).ok_or_else(|| bad(&self.id))?;
        let steps: Vec<Step> =
            self.steps.into_iter().map(StepEntry::read).collect::<Result<_, _>>()?;
        check(&self.id, &steps)?;
        let cite = Cite {
            rule: format!("table.{}", self.id),
            version: "-".to_string(),
            article: self.source.clone(),
            confidence,
        };
        Ok(Table {
            label: Label { zh: self.label.zh, en: self.label.en },
            cite: Arc::new(cite),
            id: self.id,
            place: self.place,
            source: self.source,
            currency: self.currency,
            split: self.split,
            steps,
        })
    }
}

impl StepEntry {
    fn read(self) -> Result<Step, Refusal> {
        match (self.fee, self.recover, self.band) {
            (Some(fee), None, None) => Ok(Step::Fee { share: rate(&fee.share)?, to: fee.to }),
            (None, Some(share), None) => Ok(Step::Recover { share: rate(&share)? }),
            (None, None, Some(band)) => {
                let upto = band.upto.as_deref().map(Fen::parse).transpose()?;
                let part = |text: &str| match text {
                    "reward" => Ok(Part::Reward),
                    "rest" => Ok(Part::Rest),
                    share => rate(share).map(Part::Fixed),
                };
                let shares = band.shares.into_iter();
                let shares: Result<Vec<_>, Refusal> =
                    shares.map(|(to, text)| Ok((to, part(&text)?))).collect();
                Ok(Step::Band { upto, shares: shares? })
            }
            _ => Err(bad("a step is one of fee, recover, band")),
        }
    }
}

fn rate(text: &str) -> Result<Ratio, Refusal> {
    Ratio::parse(text).and_then(|ratio| match ratio.is_share() {
        true => Ok(ratio),
        false => Err(bad(text)),
    })
}

/// Bands rise, the last has no end, shares sum to one.
fn check(id: &str, steps: &[Step]) -> Result<(), Refusal> {
    let mut before = Fen::ZERO;
    for step in steps {
        let Step::Band { upto, shares } = step else { continue };
        let rests = shares.iter().filter(|(_, part)| *part == Part::Rest).count();
        let opens = shares.iter().any(|(_, part)| *part == Part::Reward);
        let fixed = shares.iter().filter_map(|(_, part)| match part {
            Part::Fixed(ratio) => Some(*ratio),
            _ => None,
        });
        let sum = Ratio::sum(fixed).ok_or_else(|| bad(id))?;
        let whole = match (rests, opens) {
            (0, false) => sum == Ratio::ONE,
            (1, _) => sum <= Ratio::ONE,
            _ => false,
        };
        if !whole || upto.is_some_and(|upto| upto <= before) {
            return Err(bad(id));
        }
        before = upto.unwrap_or(before);
    }
    match steps.last() {
        Some(Step::Band { upto: None, .. }) => Ok(()),
        _ => Err(bad(id)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkit::{share, yuan};
    use proptest::prelude::*;

    fn tables() -> &'static Tables {
        Tables::shipped().expect("sound")
    }

    #[test]
    fn five_university_policies() {
        // Table, gross, costs, recipient and amount: below, at and above each bound.
        for (id, gross, costs, parts, left) in [
            ("uthsc", "5000", "0", &[("inventors", "5000")][..], "0"),
            ("uthsc", "4999.99", "10", &[("inventors", "4999.99")], "10"),
            ("uthsc", "5000.01", "10", &[("inventors", "5000"), ("costs", "0.01")], "9.99"),
            (
                "uthsc",
                "15010",
                "10",
                &[
                    ("inventors", "9000"),
                    ("department", "1500"),
                    ("college", "1500"),
                    ("unit", "3000"),
                    ("costs", "10"),
                ],
                "0",
            ),
            (
                // 5,000 + 40 % of 995,000 + 35 % of 100,000.
                "uthsc",
                "1100000",
                "0",
                &[
                    ("inventors", "438000"),
                    ("department", "169250"),
                    ("college", "169250"),
                    ("unit", "323500"),
                ],
                "0",
            ),
            (
                "dayton",
                "100000",
                "10000",
                &[
                    ("administration", "20000"),
                    ("costs", "10000"),
                    ("inventors", "35000"),
                    ("unit", "35000"),
                ],
                "0",
            ),
            ("dayton", "10000", "9000", &[("administration", "2000"), ("costs", "8000")], "1000"),
            (
                "loma_linda",
                "1000",
                "150",
                &[("costs", "100"), ("inventors", "300"), ("department", "300"), ("unit", "300")],
                "50",
            ),
            (
                "loma_linda",
                "2000",
                "150",
                &[
                    ("costs", "150"),
                    ("department", "616.67"),
                    ("inventors", "616.67"),
                    ("unit", "616.66"),
                ],
                "0",
            ),
            ("notre_dame", "100000", "0", &[("inventors", "50000"), ("unit", "50000")], "0"),
            ("notre_dame", "100004", "0", &[("inventors", "50001"), ("unit", "50003")], "0"),
            (
                "notre_dame",
                "210000",
                "10000",
                &[("costs", "10000"), ("inventors", "75000"), ("unit", "125000")],
                "0",
            ),
            (
                "columbia",
                "125000",
                "0",
                &[("inventors", "62500"), ("research", "31250"), ("unit", "31250")],
                "0",
            ),
            (
                "columbia",
                "225000",
                "0",
                &[("inventors", "87500"), ("research", "56250"), ("unit", "81250")],
                "0",
            ),
        ] {
            let tables = tables();
            let flow = tables.get(id).expect(id).flow(yuan(gross), yuan(costs), None).expect(id);
            let kept = flow.parts.iter().filter(|(_, part)| **part != Fen::ZERO);
            let found: BTreeMap<&str, Fen> = kept.map(|(to, part)| (to.as_str(), *part)).collect();
            let wanted: BTreeMap<&str, Fen> =
                parts.iter().map(|(to, part)| (*to, yuan(part))).collect();
            assert_eq!(found, wanted, "{id} {gross}");
            assert_eq!(flow.costs_left, yuan(left), "{id} {gross}");
            assert_eq!(flow.proof.first_wrong(), None, "{id} {gross}");
            assert_eq!(flow.of("nobody"), Fen::ZERO);
        }
    }

    #[test]
    fn an_open_share_is_filled_in() {
        let tables = tables();
        let table = tables.get("reward").expect("it ships");
        let flow = table.flow(yuan("3000000"), yuan("65500"), Some(share("70%"))).expect("flows");
        assert_eq!(flow.of(INVENTORS), yuan("2054150"));
        assert_eq!(flow.of(UNIT), yuan("880350"));
        assert_eq!(flow.of(COSTS), yuan("65500"));
        // 70 % of 3,069.69 is 2,148.783: the law's part is rounded up.
        let flow = table.flow(yuan("3069.69"), Fen::ZERO, Some(share("70%"))).expect("flows");
        assert_eq!((flow.of(INVENTORS), flow.of(UNIT)), (yuan("2148.79"), yuan("920.90")));
        let flow = table.flow(yuan("0.01"), Fen::ZERO, Some(share("70%"))).expect("flows");
        assert_eq!((flow.of(INVENTORS), flow.of(UNIT)), (yuan("0.01"), yuan("0")));
        for wrong in [None, Some(share("101%")), Some(share("-1%"))] {
            let refused = table.flow(yuan("1"), Fen::ZERO, wrong).map_err(|r| r.code);
            assert_eq!(refused.err(), Some("E-SHARE-01"));
        }
        for edge in ["0", "100%"] {
            assert!(table.flow(yuan("1"), Fen::ZERO, Some(share(edge))).is_ok());
        }
        assert_eq!(tables.get("harvard").map_err(|r| r.code).err(), Some("E-RULE-01"));
        assert_eq!(tables.all().count(), 6);
        assert_eq!(tables.get("notre_dame").map(|table| table.split), Ok(Split::Equal));
        assert_eq!(tables.get("uthsc").map(|table| table.split), Ok(Split::Contribution));
    }

    const SOUND: &str = "tables:\n  - id: a\n    place: us\n    label: {zh: 甲, en: A}\n    source: s\n    confidence: general\n    currency: USD\n    split: equal\n    steps:\n      - {fee: {share: 20%, to: office}}\n      - {band: {upto: \"10.00\", shares: {inventors: 50%, unit: 50%}}}\n      - {band: {shares: {inventors: 25%, unit: rest}}}\n";

    #[test]
    fn tables_that_lose_money_are_refused() {
        assert!(Tables::parse(SOUND).is_ok());
        for (from, to) in [
            ("inventors: 50%, unit: 50%", "inventors: 50%, unit: 49%"),
            ("inventors: 50%, unit: 50%", "inventors: 60%, unit: 50%"),
            ("inventors: 50%, unit: 50%", "inventors: reward, unit: 50%"),
            ("inventors: 25%, unit: rest", "inventors: 101%, unit: rest"),
            ("inventors: 25%, unit: rest", "inventors: rest, unit: rest"),
            ("{band: {shares:", "{band: {upto: \"10.00\", shares:"),
            ("{band: {shares:", "{band: {upto: \"20.00\", shares:"),
            ("upto: \"10.00\"", "upto: \"0.00\""),
            ("fee: {share: 20%", "fee: {share: 120%"),
            ("confidence: general", "confidence: sure"),
            ("{fee: {share: 20%, to: office}}", "{recover: 10%, fee: {share: 20%, to: office}}"),
            ("{fee: {share: 20%, to: office}}", "{}"),
            ("currency", "money"),
        ] {
            let text = SOUND.replace(from, to);
            assert_ne!(text, SOUND, "{from}");
            assert_eq!(Tables::parse(&text).map_err(|r| r.code).err(), Some("E-RULE-03"), "{to}");
        }
        let twice = format!("{SOUND}{}", SOUND.trim_start_matches("tables:\n"));
        assert_eq!(Tables::parse(&twice).map_err(|r| r.code).err(), Some("E-RULE-03"));
    }

    proptest! {
        #[test]
        fn nothing_is_lost_on_the_way(
            gross in 0i64..10_000_000_000, costs in 0i64..100_000_000, percent in 0i64..=100,
            id in prop::sample::select(vec![
                "reward", "uthsc", "dayton", "loma_linda", "notre_dame", "columbia",
            ]),
        ) {
            let tables = tables();
            let (gross, costs) = (Fen::new(gross).expect("fen"), Fen::new(costs).expect("fen"));
            let table = tables.get(id).expect("it ships");
            let flow = table.flow(gross, costs, Some(Ratio::percent(percent))).expect("flows");
            prop_assert_eq!(Fen::sum(flow.parts.values().copied()), Some(gross));
            let repaid = flow.of(COSTS).plus(flow.costs_left);
            prop_assert_eq!(repaid, Some(costs));
            prop_assert!(flow.parts.values().all(|part| *part >= Fen::ZERO));
            prop_assert_eq!(flow.proof.first_wrong(), None);
            // More income never takes from anyone.
            let more = gross.plus(Fen::new(12_345).expect("fen")).expect("fits");
            let later = table.flow(more, costs, Some(Ratio::percent(percent))).expect("flows");
            for (to, part) in &flow.parts {
                prop_assert!(later.of(to).fen() >= part.fen() - 1, "{} of {}", to, id);
            }
        }
    }
}
