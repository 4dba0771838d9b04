//! Readiness levels that evidence holds up.
//!
//! A level is held only if every condition of it and of all lower levels has an accepted item of
//! evidence; a system is as ready as its least ready critical element. Levels and conditions are
//! data (`schema/law/trl.yaml`). Source: GB/T 22900-2022, its scale as commonly understood.

use crate::bound::{bounded, missing};
use crate::output;
use kernel::proof::Shown;
use kernel::{Proof, Refusal};
use schema::Lookup;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// An item of evidence for one condition.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// The condition it is for, such as `laboratory_test_report`.
    pub condition: String,
    /// Its id.
    pub id: String,
    /// Who submitted it.
    pub submitted_by: String,
    /// Who accepted it; absent while nobody has. Nobody accepts what they submitted.
    #[serde(default)]
    pub accepted_by: Option<String>,
}

impl Evidence {
    /// Whether someone else than the submitter accepted it.
    pub fn accepted(&self) -> bool {
        self.accepted_by.as_deref().is_some_and(|by| !by.is_empty() && by != self.submitted_by)
    }
}

/// A technology element of a system.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Element {
    /// Its id.
    pub id: String,
    /// Whether the system fails without it.
    pub critical: bool,
    /// Its evidence.
    pub evidence: Vec<Evidence>,
}

/// A system with its elements.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct System {
    /// Its elements.
    pub elements: Vec<Element>,
}

/// The level of one element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// The element.
    pub id: String,
    /// Whether it is critical.
    pub critical: bool,
    /// The level it holds; 0 holds none.
    pub level: i64,
    /// Conditions of the next level that lack accepted evidence.
    pub lacking: Vec<String>,
}

/// The level of a system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The least level of the critical elements.
    pub level: i64,
    /// Each element's level.
    pub elements: Vec<Level>,
    /// How that came about.
    pub proof: Proof,
}

impl Held {
    /// As JSON: `level`, `elements` (`id`, `critical`, `level`, `lacking`), `proof`.
    pub fn json(&self) -> Value {
        let element = |one: &Level| {
            json!({
                "id": one.id,
                "critical": one.critical,
                "level": one.level,
                "lacking": one.lacking,
            })
        };
        json!({
            "level": self.level,
            "elements": self.elements.iter().map(element).collect::<Vec<Value>>(),
            "proof": output::proof(&self.proof),
        })
    }
}

/// The level a body of evidence holds, what the next one lacks, and the steps to it.
fn climb(
    evidence: &[Evidence],
    law: &Lookup<'_>,
    most: i64,
) -> Result<(i64, Vec<String>, Vec<Proof>), Refusal> {
    let accepted: BTreeSet<&str> =
        evidence.iter().filter(|one| one.accepted()).map(|one| one.condition.as_str()).collect();
    let mut steps = Vec::new();
    for level in 1..=most {
        let (conditions, parameter) = law.text(&format!("trl.level.{level}"))?;
        let mut parts = Vec::new();
        let mut lacking = Vec::new();
        for condition in conditions.split_whitespace() {
            let there = accepted.contains(condition);
            if !there {
                lacking.push(condition.to_string());
            }
            parts.push(Proof::fact(condition.to_string(), there));
        }
        let held = lacking.is_empty();
        let key = format!("trl.level.{level}");
        steps.push(Proof::step(key, held, "all", parts).citing(&parameter.cite));
        if !held {
            return Ok((level - 1, lacking, steps));
        }
    }
    Ok((most, Vec::new(), steps))
}

/// The level a system holds: the least over its critical elements.
///
/// Fails with `E-INPUT-02` for a system without a critical element, `E-SIZE` for long lists and
/// `E-RULE-01` where no scale is in force. Source: GBT22900 scale; domain rule I15.
pub fn hold(facts: &System, law: &Lookup<'_>) -> Result<Held, Refusal> {
    bounded(&facts.elements, "elements")?;
    let (most, parameter) = law.number("trl.levels")?;
    let mut elements = Vec::new();
    let mut critical = Vec::new();
    let mut others = Vec::new();
    for one in &facts.elements {
        bounded(&one.evidence, "evidence")?;
        let (level, lacking, steps) = climb(&one.evidence, law, most)?;
        let proof = Proof::step(one.id.clone(), level, "choice", steps);
        if one.critical {
            critical.push(proof)
        } else {
            others.push(proof)
        }
        elements.push(Level { id: one.id.clone(), critical: one.critical, level, lacking });
    }
    let level = elements.iter().filter(|one| one.critical).map(|one| one.level).min();
    let Some(level) = level else {
        return Err(missing(
            "elements",
            &parameter.cite.article,
            "系统至少要有一个关键技术要素",
            "a system has at least one critical element",
        ));
    };
    let least = Proof::step("trl", level, "smallest", critical).citing(&parameter.cite);
    let proof = if others.is_empty() {
        least
    } else {
        let mut parts = vec![least];
        parts.extend(others);
        Proof::step("trl_system", level, "choice", parts).citing(&parameter.cite)
    };
    Ok(Held { level, elements, proof })
}

/// A change of level.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The level before.
    pub from: i64,
    /// The level asked for.
    pub to: i64,
    /// All evidence, that of lower levels among it.
    pub evidence: Vec<Evidence>,
    /// Why it is lowered.
    #[serde(default)]
    pub reason: Option<String>,
}

/// A change that was admitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The level now.
    pub level: i64,
    /// Whether it went up.
    pub raised: bool,
    /// Why.
    pub proof: Proof,
}

impl Changed {
    /// As JSON: `level`, `raised`, `proof`.
    pub fn json(&self) -> Value {
        json!({
            "level": self.level,
            "raised": self.raised,
            "proof": output::proof(&self.proof),
        })
    }
}

/// Admits a change of level: up with evidence for every level up to it, down with a reason.
///
/// Fails with `E-TRL-01` for a level past the scale and for a rise that evidence does not hold up
/// (naming the first level that lacks it and its conditions), `E-INPUT-02` for a fall without a
/// reason. Source: GBT22900 scale; domain rule I15.
pub fn change(facts: &Change, law: &Lookup<'_>) -> Result<Changed, Refusal> {
    bounded(&facts.evidence, "evidence")?;
    let (most, parameter) = law.number("trl.levels")?;
    let article = &*parameter.cite.article;
    for (column, level) in [("from", facts.from), ("to", facts.to)] {
        if !(0..=most).contains(&level) {
            return Err(Refusal::new(
                "E-TRL-01",
                article,
                format!("成熟度等级 {level} 应在 0 到 {most} 之间"),
                format!("a readiness level lies from 0 to {most}, not {level}"),
            )
            .value(&level.to_string())
            .column(column));
        }
    }
    let mut parts = vec![Proof::fact("from", facts.from), Proof::fact("to", facts.to)];
    if facts.to < facts.from {
        let reason = facts.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
        let Some(reason) = reason else {
            return Err(missing(
                "reason",
                article,
                "调低成熟度应写明理由",
                "a level is lowered with a reason; give it",
            ));
        };
        parts.push(Proof::fact("reason", reason.to_string()));
    } else {
        let (held, lacking, steps) = climb(&facts.evidence, law, most)?;
        if held < facts.to {
            let (next, lacking) = (held + 1, lacking.join("、"));
            return Err(Refusal::new(
                "E-TRL-01",
                article,
                format!("不能由 {} 级升至 {} 级:第 {next} 级缺少已由他人验收的证据 {lacking}", facts.from, facts.to),
                format!(
                    "level {} cannot become {}: level {next} lacks evidence that someone else accepted: {lacking}",
                    facts.from, facts.to
                ),
            )
            .value(&facts.to.to_string())
            .column("evidence"));
        }
        parts.push(Proof::step("evidence_holds", held, "choice", steps));
    }
    let proof =
        Proof::step("trl", Shown::Number(facts.to), "choice", parts).citing(&parameter.cite);
    Ok(Changed { level: facts.to, raised: facts.to > facts.from, proof })
}

/// The names of the levels, the lowest first, in Chinese and English.
pub fn names(law: &Lookup<'_>) -> Result<Vec<(i64, kernel::Label)>, Refusal> {
    let (most, _) = law.number("trl.levels")?;
    (1..=most)
        .map(|level| Ok((level, law.get(&format!("trl.level.{level}"))?.label.clone())))
        .collect()
}

#[cfg(test)]
mod tests;
