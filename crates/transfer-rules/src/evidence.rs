//! The evidence pack of a deal: what it must hold for its deciders to be deemed diligent
//! (尽职免责), and a sealed form that anyone can check offline.
//!
//! Sources: SH17 25–26; ZJ 19 (immunity tied to listing or auction, or to a price published at
//! the unit and at the market); BJ 19; TL 18; STL 68. Whoever acts does not approve, and people
//! with a conflict of interest are left out of the quorum.

mod seal;

pub use seal::{Fault, Report, Sealed, Sealing, canonical, check, seal};

use crate::bound::{bounded, clock};
use crate::disclosure::is_sha256;
use crate::input::On;
use crate::output;
use kernel::{Proof, Ratio, Refusal};
use schema::Lookup;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// How the price was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pricing {
    /// 协议定价.
    Negotiated,
    /// 挂牌.
    Listing,
    /// 拍卖.
    Auction,
}

/// Where a notice hung.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Board {
    /// At the unit.
    Unit,
    /// At the technology market.
    Market,
}

/// Proof of a notice.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// Where.
    pub at: Board,
    /// Its address.
    pub url: String,
    /// SHA-256 of what was shown.
    pub sha256: String,
    /// The day it was published; not counted.
    pub from: On,
    /// The last day on which it hung.
    pub to: On,
}

/// What the price was held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceKind {
    /// An appraisal report.
    Appraisal,
    /// Comparable deals or another proof from the market.
    Market,
    /// The voucher of a listing or auction.
    Voucher,
}

/// A document under its digest.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceEvidence {
    /// What it is.
    pub kind: PriceKind,
    /// SHA-256 of the document.
    pub sha256: String,
}

/// A member of the body that decided.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Who.
    pub person: String,
    /// Whether the person was there.
    pub present: bool,
    /// Whether the person has a conflict of interest; unknown while not declared.
    #[serde(default)]
    pub conflicted: Option<bool>,
    /// Whether the person voted in favor.
    pub in_favor: bool,
}

/// The decision.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Minutes {
    /// When.
    pub on: On,
    /// SHA-256 of the minutes.
    pub sha256: String,
    /// Everyone with a vote.
    pub members: Vec<Member>,
}

/// The rules of the unit.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HouseRules {
    /// When the staff were heard.
    #[serde(default)]
    pub heard_on: Option<On>,
    /// When the staff congress passed them.
    #[serde(default)]
    pub passed_on: Option<On>,
}

/// An entry of the log of supervision.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Supervision {
    /// When.
    pub on: On,
    /// What was looked at.
    pub what: String,
}

/// What a pack holds, as far as it is there.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// The deal.
    pub deal: String,
    /// How the price was made.
    pub pricing: Pricing,
    /// Who acted.
    #[serde(default)]
    pub actor: Option<String>,
    /// Who approved.
    #[serde(default)]
    pub approver: Option<String>,
    /// The decision.
    #[serde(default)]
    pub minutes: Option<Minutes>,
    /// The notices.
    #[serde(default)]
    pub notices: Vec<Notice>,
    /// What the price was held against.
    #[serde(default)]
    pub price: Vec<PriceEvidence>,
    /// Alternatives that were considered.
    #[serde(default)]
    pub alternatives: Vec<String>,
    /// The log of supervision.
    #[serde(default)]
    pub supervision: Vec<Supervision>,
    /// The rules of the unit.
    #[serde(default)]
    pub rules: Option<HouseRules>,
}

/// An element that is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Which.
    pub element: &'static str,
    /// The article that asks for it.
    pub article: String,
    /// Why, in Chinese and English.
    pub why: kernel::Label,
}

/// What a pack lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completeness {
    /// Whether nothing is missing.
    pub complete: bool,
    /// What is, in order.
    pub gaps: Vec<Gap>,
    /// Every element asked for and whether it is there.
    pub proof: Proof,
}

impl Completeness {
    /// As JSON: `complete`, `gaps` (`element`, `article`, `why`), `proof`.
    pub fn json(&self) -> Value {
        let gap = |one: &Gap| {
            json!({
                "element": one.element,
                "article": one.article,
                "why": {"zh": one.why.zh, "en": one.why.en},
            })
        };
        json!({
            "complete": self.complete,
            "gaps": self.gaps.iter().map(gap).collect::<Vec<Value>>(),
            "proof": output::proof(&self.proof),
        })
    }
}

/// The elements in the order they are looked at.
pub const ELEMENTS: [&str; 11] = [
    "minutes",
    "quorum",
    "separation",
    "notice_unit",
    "notice_market",
    "price",
    "conflicts",
    "alternatives",
    "supervision",
    "rules_heard",
    "rules_passed",
];

type Lack = Option<(String, String)>;

fn lack(missing: bool, zh: &str, en: &str) -> Lack {
    missing.then(|| (zh.to_string(), en.to_string()))
}

/// What a pack lacks under the law of a place.
///
/// Which elements are asked for are the parameters `evidence.<element>`. A notice is asked for
/// only of a negotiated price: listing and auction are public by themselves (TL 18, ZJ 19).
/// Fails with `E-SIZE` for long lists, `E-DATE-02` for a notice that ends before it starts, and
/// `E-RULE-01`. What is missing is no refusal but a gap with its article.
pub fn missing(facts: &Pack, law: &Lookup<'_>) -> Result<Completeness, Refusal> {
    bounded(&facts.notices, "notices")?;
    bounded(&facts.price, "price")?;
    bounded(&facts.alternatives, "alternatives")?;
    bounded(&facts.supervision, "supervision")?;
    if let Some(minutes) = &facts.minutes {
        bounded(&minutes.members, "members")?;
    }
    let mut gaps = Vec::new();
    let mut parts = Vec::new();
    for element in ELEMENTS {
        let Some(parameter) = law.find(&format!("evidence.{element}")) else { continue };
        let asked = parameter.setting == schema::Setting::Truth(true);
        let negotiated = facts.pricing == Pricing::Negotiated;
        if !asked || (element.starts_with("notice") && !negotiated) {
            continue;
        }
        let (lacks, under) = look(facts, element, law)?;
        parts.push(Proof::step(element, lacks.is_none(), "choice", under).citing(&parameter.cite));
        if let Some((zh, en)) = lacks {
            let article = parameter.cite.article.clone();
            gaps.push(Gap { element, article, why: kernel::Label::new(zh, en) });
        }
    }
    let complete = gaps.is_empty();
    let proof = Proof::step("evidence_complete", complete, "all", parts);
    Ok(Completeness { complete, gaps, proof })
}

/// Why an element is missing, and what was looked at.
fn look(facts: &Pack, element: &str, law: &Lookup<'_>) -> Result<(Lack, Vec<Proof>), Refusal> {
    let bare = |lacks: Lack| Ok((lacks, Vec::new()));
    match element {
        "minutes" => bare(match &facts.minutes {
            None => lack(true, "缺民主决策纪要", "the minutes of the decision are missing"),
            Some(minutes) => lack(
                !is_sha256(&minutes.sha256),
                "纪要没有有效的哈希",
                "the minutes have no valid digest (64 hexadecimal digits)",
            ),
        }),
        "quorum" => quorum(facts, law),
        "separation" => bare(match (&facts.actor, &facts.approver) {
            (Some(actor), Some(approver)) => lack(
                actor == approver,
                "经办人与批准人为同一人",
                "the same person acted and approved; another approves",
            ),
            _ => lack(true, "未写明经办人和批准人", "who acted and who approved is not said"),
        }),
        "notice_unit" => notice(facts, Board::Unit, law),
        "notice_market" => notice(facts, Board::Market, law),
        "price" => {
            let negotiated = facts.pricing == Pricing::Negotiated;
            let counts = |one: &PriceEvidence| {
                is_sha256(&one.sha256) && (negotiated != (one.kind == PriceKind::Voucher))
            };
            let lacks = !facts.price.iter().any(counts);
            bare(if negotiated {
                lack(
                    lacks,
                    "缺评估报告或市场证据",
                    "an appraisal or evidence of the market is missing",
                )
            } else {
                lack(
                    lacks,
                    "缺挂牌或拍卖的交易凭证",
                    "the voucher of the listing or auction is missing",
                )
            })
        }
        "conflicts" => {
            let members = facts.minutes.iter().flat_map(|minutes| &minutes.members);
            let silent: Vec<&str> = members
                .filter(|one| one.conflicted.is_none())
                .map(|one| one.person.as_str())
                .collect();
            if facts.minutes.is_none() {
                return bare(lack(
                    true,
                    "没有决策成员,无从声明利益冲突",
                    "no members, so no declarations of conflicts",
                ));
            }
            let names = silent.join("、");
            let zh = format!("未作利益冲突声明:{names}");
            let en = format!("these have not declared conflicts of interest: {names}");
            bare(lack(!silent.is_empty(), &zh, &en))
        }
        "alternatives" => bare(lack(
            !facts.alternatives.iter().any(|one| !one.trim().is_empty()),
            "缺备选方案比较",
            "the alternatives that were considered are missing",
        )),
        "supervision" => bare(lack(
            facts.supervision.is_empty(),
            "缺监督管理记录",
            "the log of supervision is empty",
        )),
        "rules_heard" | "rules_passed" => {
            let rules = facts.rules.as_ref();
            let heard = rules.and_then(|rules| rules.heard_on);
            let passed = rules.and_then(|rules| rules.passed_on);
            let decided = facts.minutes.as_ref().map(|minutes| minutes.on);
            // Rules that came after the decision did not guide it.
            let before = |on: Option<On>| on.is_some_and(|on| decided.is_none_or(|day| on <= day));
            bare(if element == "rules_heard" {
                lack(
                    !before(heard),
                    "决策前未就转化规则听取职工意见",
                    "staff were not heard on the rules before the decision",
                )
            } else {
                let order =
                    matches!((heard, passed), (Some(heard), Some(passed)) if passed < heard);
                lack(
                    !before(passed) || order,
                    "转化规则未在决策前经职代会通过,或先于听取意见通过",
                    "the staff congress did not pass the rules before the decision, after hearing staff",
                )
            })
        }
        _ => bare(None),
    }
}

/// Whether enough unconflicted members were there and more than half of these were in favor.
fn quorum(facts: &Pack, law: &Lookup<'_>) -> Result<(Lack, Vec<Proof>), Refusal> {
    let (needed, parameter) = law.ratio("evidence.quorum_share")?;
    let Some(minutes) = &facts.minutes else {
        return Ok((
            lack(true, "缺纪要,无法核对法定人数", "without minutes there is no quorum"),
            Vec::new(),
        ));
    };
    let (mut eligible, mut present, mut in_favor) =
        (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut biased = None;
    for one in &minutes.members {
        let person = one.person.as_str();
        if one.conflicted != Some(false) {
            // Whoever has not declared is treated as conflicted: unknown never counts in favor.
            if one.in_favor {
                biased = Some(person);
            }
            continue;
        }
        eligible.insert(person);
        if one.present {
            present.insert(person);
        }
        if one.present && one.in_favor {
            in_favor.insert(person);
        }
    }
    let [all, there, yes] =
        [&eligible, &present, &in_favor].map(|set| crate::bound::number(set.len()));
    let share = Ratio::new(i128::from(there), i128::from(all));
    let parts = vec![
        Proof::fact("eligible", all),
        Proof::fact("present", there),
        Proof::fact("in_favor", yes),
        parameter.proof(),
    ];
    let lacks = if let Some(person) = biased {
        let zh = format!("{person} 有利益冲突或未声明,却参加了表决");
        let en =
            format!("{person} has a conflict of interest or declared none, and voted all the same");
        Some((zh, en))
    } else if share.is_none_or(|share| share < needed) {
        let zh = format!("无利害关系成员 {all} 人,到会 {there} 人,不足 {needed}");
        let en = format!("{there} of {all} unconflicted members were there, fewer than {needed}");
        Some((zh, en))
    } else {
        let zh = format!("到会 {there} 人,赞成 {yes} 人,未过半数");
        let en = format!("{yes} of {there} present were in favor, not more than half");
        lack(yes * 2 <= there, &zh, &en)
    };
    Ok((lacks, parts))
}

/// Whether a notice hung long enough at a place.
fn notice(facts: &Pack, at: Board, law: &Lookup<'_>) -> Result<(Lack, Vec<Proof>), Refusal> {
    let mut parts = Vec::new();
    let mut why = lack(true, "缺公示证明", "no notice hung there");
    for one in facts.notices.iter().filter(|one| one.at == at) {
        if one.to < one.from {
            return Err(Refusal::new(
                "E-DATE-02",
                "GF16 notice",
                format!("公示结束 {} 早于开始 {}", one.to.0, one.from.0),
                format!("the notice ended on {}, before its start on {}", one.to.0, one.from.0),
            )
            .value(&one.to.0.to_string())
            .column("notices"));
        }
        let start = ("notice_from", one.from.0);
        let (last, proof) =
            clock(law, "evidence.notice_days", "evidence.notice_roll", start, "notice_last_day")?;
        parts.push(proof);
        parts.push(Proof::fact("notice_to", one.to.0));
        if !is_sha256(&one.sha256) || one.url.trim().is_empty() {
            why =
                lack(true, "公示证明缺网址或哈希", "the notice has no address or no valid digest");
        } else if one.to.0 < last {
            let zh = format!("公示应至 {last},实际止于 {}", one.to.0);
            let en = format!("the notice had to hang until {last} and ended on {}", one.to.0);
            why = Some((zh, en));
        } else {
            return Ok((None, parts));
        }
    }
    Ok((why, parts))
}

#[cfg(test)]
mod tests;
