//! Assessment by the five values: scores with assessor, day, purpose and evidence, never a total.
//!
//! Source: GB/T 44731-2024, first-level indicators (an excerpt).

use crate::bound::{bounded, missing, number};
use crate::input::On;
use crate::output;
use kernel::{Day, Proof, Refusal};
use schema::Lookup;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What kind of result is assessed; the standard classifies by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResultKind {
    /// 基础研究.
    Basic,
    /// 应用研究.
    Applied,
    /// 技术开发和产业化.
    Development,
    /// 软科学.
    Soft,
}

impl ResultKind {
    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            ResultKind::Basic => "basic",
            ResultKind::Applied => "applied",
            ResultKind::Development => "development",
            ResultKind::Soft => "soft",
        }
    }
}

/// One score by one assessor.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Score {
    /// The indicator, such as `technical`.
    pub indicator: String,
    /// Points, from nought to the parameter `assessment.score_max`.
    pub points: i64,
    /// Who gave it.
    pub assessor: String,
    /// When.
    pub on: On,
    /// Ids of the evidence; at least one.
    pub evidence: Vec<String>,
}

/// An assessor's declaration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assessor {
    /// Who.
    pub person: String,
    /// Whether the person has a conflict of interest; unknown while not declared.
    #[serde(default)]
    pub conflicted: Option<bool>,
}

/// An assessment as it was entered.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// What is assessed.
    pub result_kind: ResultKind,
    /// What for: pricing, a prize, a project.
    pub purpose: String,
    /// Who made the result.
    pub completers: Vec<String>,
    /// Who assesses, with declarations.
    pub assessors: Vec<Assessor>,
    /// The scores.
    pub scores: Vec<Score>,
}

/// What one indicator came to: each score stands, none is averaged away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indicator {
    /// Its key.
    pub key: String,
    /// The lowest points; `None` while nobody scored.
    pub lowest: Option<i64>,
    /// The highest points.
    pub highest: Option<i64>,
    /// How many scored.
    pub scores: usize,
}

/// An assessment; it has no total on purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessed {
    /// The indicators in the order of the standard.
    pub indicators: Vec<Indicator>,
    /// Whether every indicator was scored.
    pub complete: bool,
    /// Assessors whose scores were left out for a conflict of interest.
    pub excluded: Vec<String>,
    /// How that came about.
    pub proof: Proof,
}

impl Assessed {
    /// As JSON: `indicators` (`key`, `lowest`, `highest`, `scores`), `complete`, `excluded`, `proof`.
    pub fn json(&self) -> Value {
        let indicator = |one: &Indicator| {
            json!({
                "key": one.key,
                "lowest": one.lowest,
                "highest": one.highest,
                "scores": one.scores,
            })
        };
        json!({
            "indicators": self.indicators.iter().map(indicator).collect::<Vec<Value>>(),
            "complete": self.complete,
            "excluded": self.excluded,
            "proof": output::proof(&self.proof),
        })
    }
}

/// Gathers scores per indicator; scores of conflicted assessors are left out and named.
///
/// Fails with `E-POC-03` for an assessor who made the result or has not declared, `E-INPUT-02`
/// for an unknown indicator, points past the scale, no purpose or no evidence, `E-DATE-03` for a
/// score after `now`. One assessor scores an indicator once.
pub fn assess(facts: &Facts, law: &Lookup<'_>, now: Day) -> Result<Assessed, Refusal> {
    bounded(&facts.scores, "scores")?;
    bounded(&facts.assessors, "assessors")?;
    bounded(&facts.completers, "completers")?;
    let (keys, parameter) = law.text("assessment.indicators")?;
    let (most, scale) = law.number("assessment.score_max")?;
    let article = &*parameter.cite.article;
    if facts.purpose.trim().is_empty() {
        let (zh, en) = ("应写明评估目的", "give the purpose of the assessment");
        return Err(missing("purpose", article, zh, en));
    }
    let completers: BTreeSet<&str> = facts.completers.iter().map(String::as_str).collect();
    let mut cleared = BTreeSet::new();
    let mut excluded = BTreeSet::new();
    for one in &facts.assessors {
        let refuse = |zh: &str, en: &str| {
            Err(Refusal::new("E-POC-03", article, zh, en).value(&one.person).column("assessors"))
        };
        if completers.contains(one.person.as_str()) {
            let en = "whoever made the result does not assess it; name another assessor";
            return refuse("完成人不得评估自己的成果,请另请评估人", en);
        }
        match one.conflicted {
            None => {
                let en = "the assessor has not declared; declare whether there is a conflict of interest";
                return refuse("评估人尚未作利益冲突声明", en);
            }
            Some(true) => excluded.insert(one.person.as_str()),
            Some(false) => cleared.insert(one.person.as_str()),
        };
    }
    let known: Vec<&str> = keys.split_whitespace().collect();
    let mut seen = BTreeSet::new();
    for (at, one) in facts.scores.iter().enumerate() {
        let column = |name: &str| format!("scores[{}].{name}", at + 1);
        let wrong = |name: &str, value: &str, zh: &str, en: &str| {
            Err(missing(&column(name), article, zh, en).value(value))
        };
        if !known.contains(&one.indicator.as_str()) {
            let en = format!("the indicators are {keys}");
            return wrong("indicator", &one.indicator, &format!("评估指标应为 {keys}"), &en);
        }
        if !(0..=most).contains(&one.points) {
            let en = format!("points lie from 0 to {most}");
            return wrong(
                "points",
                &one.points.to_string(),
                &format!("分值应在 0 到 {most} 之间"),
                &en,
            );
        }
        if one.evidence.is_empty() {
            return wrong(
                "evidence",
                "",
                "每个分值至少要有一项证据",
                "each score has at least one item of evidence",
            );
        }
        let person = one.assessor.as_str();
        if !cleared.contains(person) && !excluded.contains(person) {
            return wrong(
                "assessor",
                person,
                "打分人应在评估人名单中并已声明",
                "who scores is listed among the assessors, with a declaration",
            );
        }
        if !seen.insert((one.indicator.as_str(), person)) {
            return wrong(
                "assessor",
                person,
                "同一评估人对同一指标只打一次分",
                "one assessor scores an indicator once",
            );
        }
        if one.on.0 > now {
            return Err(Refusal::new(
                "E-DATE-03",
                article,
                format!("打分日期 {} 晚于今天 {now}", one.on.0),
                format!("the score is dated {}, after today {now}", one.on.0),
            )
            .value(&one.on.0.to_string())
            .column(&column("on")));
        }
    }
    let mut indicators = Vec::new();
    let mut parts = vec![
        Proof::fact("result_kind", facts.result_kind.name()),
        Proof::fact("purpose", facts.purpose.clone()),
        scale.proof(),
    ];
    let mut scored = Vec::new();
    for key in known {
        let counts = |one: &&Score| one.indicator == key && cleared.contains(one.assessor.as_str());
        let scores: Vec<&Score> = facts.scores.iter().filter(counts).collect();
        let points = || scores.iter().map(|one| one.points);
        let (lowest, highest) = (points().min(), points().max());
        for (name, value, how) in [("lowest", lowest, "smallest"), ("highest", highest, "largest")]
        {
            let Some(value) = value else { continue };
            let leaf = |one: &&Score| {
                let more = [Proof::fact("on", one.on.0)]
                    .into_iter()
                    .chain(one.evidence.iter().map(|id| Proof::fact("evidence", id.clone())));
                Proof::step(one.assessor.clone(), one.points, "fact", more.collect())
            };
            let leaves = scores.iter().map(leaf).collect();
            parts.push(Proof::step(format!("{key}.{name}"), value, how, leaves));
        }
        scored.push(Proof::fact(key.to_string(), lowest.is_some()));
        let scores = scores.len();
        indicators.push(Indicator { key: key.to_string(), lowest, highest, scores });
    }
    let complete = indicators.iter().all(|one| one.lowest.is_some());
    parts.push(Proof::step("complete", complete, "all", scored).citing(&parameter.cite));
    for person in &excluded {
        parts.push(Proof::fact("excluded", (*person).to_string()));
    }
    let given = number(facts.scores.len());
    let proof = Proof::step("assessment", given, "count", parts).citing(&parameter.cite);
    let excluded = excluded.into_iter().map(str::to_string).collect();
    Ok(Assessed { indicators, complete, excluded, proof })
}

#[cfg(test)]
mod tests;
