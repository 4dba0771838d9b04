//! Proofs: how a figure, a date or a decision came about, open down to facts and articles.
//!
//! A proof is a tree. Leaves are facts (what someone stated) and parameters (what a rule says,
//! with its article and how sure we are of it); inner nodes are steps. The same facts and rules
//! give the same tree, so its canonical bytes and their digest can be compared years later.

use crate::canon::{hex, quoted, sha256};
use crate::day::Day;
use crate::money::Fen;
use crate::ratio::Ratio;
use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::Arc;

/// How sure we are of a rule's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// The primary text was read in full.
    Verified,
    /// Only an excerpt was read.
    Excerpt,
    /// General knowledge, no text at hand.
    General,
    /// The text is a draft.
    Draft,
    /// Set by the unit itself.
    Own,
}

impl Confidence {
    /// All of them, the surest first.
    pub const ALL: [Confidence; 5] = [
        Confidence::Verified,
        Confidence::Excerpt,
        Confidence::General,
        Confidence::Draft,
        Confidence::Own,
    ];

    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            Confidence::Verified => "verified",
            Confidence::Excerpt => "excerpt",
            Confidence::General => "general",
            Confidence::Draft => "draft",
            Confidence::Own => "own",
        }
    }

    /// The one with this name.
    pub fn from_name(name: &str) -> Option<Confidence> {
        Confidence::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// What a step rests on: a rule in one version, and where its text stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Cite {
    /// Stable id of the rule or parameter.
    pub rule: String,
    /// Which version of it: the day since which it holds, or a name such as `R2026`.
    pub version: String,
    /// Law and article, such as `SH17 33`.
    pub article: String,
    /// How sure we are of it.
    pub confidence: Confidence,
}

/// What a node of a proof says.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Shown {
    /// Money.
    Money(Fen),
    /// A share or a rate.
    Ratio(Ratio),
    /// A day.
    Day(Day),
    /// A whole number.
    Number(i64),
    /// Yes or no.
    Truth(bool),
    /// A code or a text.
    Text(Cow<'static, str>),
    /// Not known: it never pays and never becomes zero.
    Unknown,
}

impl Shown {
    /// The kind in canonical bytes and on the wire.
    pub fn kind(&self) -> &'static str {
        match self {
            Shown::Money(_) => "money",
            Shown::Ratio(_) => "ratio",
            Shown::Day(_) => "day",
            Shown::Number(_) => "number",
            Shown::Truth(_) => "truth",
            Shown::Text(_) => "text",
            Shown::Unknown => "unknown",
        }
    }

    /// As text: yuan with two decimals, `70%`, `2026-03-18`.
    pub fn text(&self) -> String {
        match self {
            Shown::Money(fen) => fen.to_string(),
            Shown::Ratio(ratio) => ratio.to_string(),
            Shown::Day(day) => day.to_string(),
            Shown::Number(number) => number.to_string(),
            Shown::Truth(truth) => truth.to_string(),
            Shown::Text(text) => text.to_string(),
            Shown::Unknown => "unknown".to_string(),
        }
    }
}

impl From<Fen> for Shown {
    fn from(fen: Fen) -> Shown {
        Shown::Money(fen)
    }
}

impl From<Ratio> for Shown {
    fn from(ratio: Ratio) -> Shown {
        Shown::Ratio(ratio)
    }
}

impl From<Day> for Shown {
    fn from(day: Day) -> Shown {
        Shown::Day(day)
    }
}

impl From<i64> for Shown {
    fn from(number: i64) -> Shown {
        Shown::Number(number)
    }
}

impl From<bool> for Shown {
    fn from(truth: bool) -> Shown {
        Shown::Truth(truth)
    }
}

impl From<&'static str> for Shown {
    fn from(text: &'static str) -> Shown {
        Shown::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Shown {
    fn from(text: String) -> Shown {
        Shown::Text(Cow::Owned(text))
    }
}

/// A node of a proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// What it is: a stable key such as `net_income`; pages have its name in two languages.
    pub key: Cow<'static, str>,
    /// What it came to.
    pub value: Shown,
    /// How it came about: `fact`, `parameter`, `sum`, `difference`, `share`, `period`, `largest`,
    /// `smallest`, `choice`, `all`, `any`.
    pub how: &'static str,
    /// The rule it rests on.
    pub cite: Option<Arc<Cite>>,
    /// What it was made from, in order.
    pub parts: Vec<Proof>,
}

impl Proof {
    /// A fact: someone stated it.
    pub fn fact(key: impl Into<Cow<'static, str>>, value: impl Into<Shown>) -> Proof {
        Proof::step(key, value, "fact", Vec::new())
    }

    /// A parameter of a rule.
    pub fn parameter(
        key: impl Into<Cow<'static, str>>,
        value: impl Into<Shown>,
        cite: &Arc<Cite>,
    ) -> Proof {
        Proof::step(key, value, "parameter", Vec::new()).citing(cite)
    }

    /// A step made from parts.
    pub fn step(
        key: impl Into<Cow<'static, str>>,
        value: impl Into<Shown>,
        how: &'static str,
        parts: Vec<Proof>,
    ) -> Proof {
        Proof { key: key.into(), value: value.into(), how, cite: None, parts }
    }

    /// Resting on a rule.
    pub fn citing(mut self, cite: &Arc<Cite>) -> Proof {
        self.cite = Some(Arc::clone(cite));
        self
    }

    /// The first node with a key, depth first; the root among them.
    pub fn find(&self, key: &str) -> Option<&Proof> {
        if self.key == key {
            return Some(self);
        }
        self.parts.iter().find_map(|part| part.find(key))
    }

    /// Canonical JSON: members sorted, no spaces, values as texts.
    pub fn canonical(&self) -> String {
        let mut out = String::with_capacity(256);
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        out.push('{');
        if let Some(cite) = &self.cite {
            let _ = write!(
                out,
                "\"cite\":{{\"article\":{},\"confidence\":\"{}\",\"rule\":{},\"version\":{}}},",
                quoted(&cite.article),
                cite.confidence.name(),
                quoted(&cite.rule),
                quoted(&cite.version),
            );
        }
        let _ = write!(out, "\"how\":\"{}\",\"key\":{},\"parts\":[", self.how, quoted(&self.key));
        for (at, part) in self.parts.iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            part.write(out);
        }
        let _ = write!(
            out,
            "],\"type\":\"{}\",\"value\":{}}}",
            self.value.kind(),
            quoted(&self.value.text())
        );
    }

    /// SHA-256 of the canonical bytes, hex.
    pub fn digest(&self) -> String {
        hex(&sha256(self.canonical().as_bytes()))
    }

    /// Recomputes the steps whose arithmetic is closed (`sum`, `difference`, `largest`, `smallest`,
    /// `all`, `any`) from their parts and gives the key of the first that does not come out.
    ///
    /// Anyone can do this without our rules: it is the check of an evidence pack on its own.
    pub fn first_wrong(&self) -> Option<&str> {
        if let Some(key) = self.parts.iter().find_map(Proof::first_wrong) {
            return Some(key);
        }
        let sound = match self.how {
            "sum" => self.total(|parts| Fen::sum(parts.iter().copied())),
            "difference" => self.total(|parts| {
                let (first, rest) = parts.split_first()?;
                rest.iter().try_fold(*first, |left, part| left.minus(*part))
            }),
            "largest" => self.pick(std::cmp::Ordering::Greater),
            "smallest" => self.pick(std::cmp::Ordering::Less),
            "all" => self.truth(|parts| parts.iter().all(|part| *part)),
            "any" => self.truth(|parts| parts.iter().any(|part| *part)),
            _ => true,
        };
        (!sound).then_some(&*self.key)
    }

    /// Whether the money of the parts comes to the value, by `total`.
    fn total(&self, total: impl Fn(&[Fen]) -> Option<Fen>) -> bool {
        let money = |part: &Proof| match part.value {
            Shown::Money(fen) => Some(fen),
            _ => None,
        };
        let parts: Option<Vec<Fen>> = self.parts.iter().map(money).collect();
        match (parts, &self.value) {
            (Some(parts), Shown::Money(value)) => total(&parts) == Some(*value),
            // Something unknown among the parts: the whole is unknown too.
            (None, Shown::Unknown) => true,
            _ => false,
        }
    }

    /// Whether the value stands among the parts and none lies on the other side of it.
    fn pick(&self, side: std::cmp::Ordering) -> bool {
        let beyond = |part: &Proof| match (&part.value, &self.value) {
            (Shown::Money(a), Shown::Money(b)) => Some(a.cmp(b) == side),
            (Shown::Day(a), Shown::Day(b)) => Some(a.cmp(b) == side),
            (Shown::Ratio(a), Shown::Ratio(b)) => Some(a.cmp(b) == side),
            (Shown::Number(a), Shown::Number(b)) => Some(a.cmp(b) == side),
            _ => None,
        };
        let inside = self.parts.iter().any(|part| part.value == self.value);
        inside && self.parts.iter().all(|part| beyond(part) == Some(false))
    }

    fn truth(&self, join: impl Fn(&[bool]) -> bool) -> bool {
        let parts: Vec<bool> =
            self.parts.iter().map(|part| part.value == Shown::Truth(true)).collect();
        self.value == Shown::Truth(join(&parts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yuan(number: i64) -> Fen {
        Fen::new(number * 100).expect("fen")
    }

    fn day(text: &str) -> Day {
        Day::parse(text).expect("a day")
    }

    fn net() -> Proof {
        let cite = Arc::new(Cite {
            rule: "net_income".to_string(),
            version: "2017-06-01".to_string(),
            article: "SH17 33".to_string(),
            confidence: Confidence::Verified,
        });
        let parts = vec![
            Proof::fact("receipts", yuan(100)),
            Proof::fact("taxes", yuan(7)),
            Proof::fact("upkeep", yuan(3)),
        ];
        Proof::step("net_income", yuan(90), "difference", parts).citing(&cite)
    }

    #[test]
    fn the_same_tree_has_the_same_bytes() {
        assert_eq!(net().canonical(), net().canonical());
        assert_eq!(net().digest(), net().digest());
        assert_eq!(
            Proof::fact("a", true).canonical(),
            r#"{"how":"fact","key":"a","parts":[],"type":"truth","value":"true"}"#
        );
        assert!(net().canonical().starts_with(
            r#"{"cite":{"article":"SH17 33","confidence":"verified","rule":"net_income","version":"2017-06-01"},"how":"difference""#
        ));
        let mut other = net();
        other.parts[2].value = Shown::Money(yuan(4));
        assert_ne!(other.digest(), net().digest());
        assert_eq!(net().find("upkeep").map(|part| part.value.text()).as_deref(), Some("3.00"));
    }

    #[test]
    fn arithmetic_is_checked_without_rules() {
        assert_eq!(net().first_wrong(), None);
        let mut wrong = net();
        wrong.parts[2].value = Shown::Money(yuan(4));
        assert_eq!(wrong.first_wrong(), Some("net_income"));
        wrong.parts[2].value = Shown::Unknown;
        assert_eq!(wrong.first_wrong(), Some("net_income"));
        wrong.value = Shown::Unknown;
        assert_eq!(wrong.first_wrong(), None);

        let parts = vec![Proof::fact("a", day("2026-03-18")), Proof::fact("b", day("2026-03-20"))];
        let latest =
            |value| Proof::step("c", value, "largest", parts.clone()).first_wrong().is_none();
        assert!(latest(day("2026-03-20")));
        assert!(!latest(day("2026-03-18")) && !latest(day("2026-03-21")));
        let parts = vec![Proof::fact("a", true), Proof::fact("b", false)];
        let step = |value, how| Proof::step("c", value, how, parts.clone()).first_wrong().is_none();
        assert!(step(false, "all") && !step(true, "all"));
        assert!(step(true, "any") && !step(false, "any"));
        let sum = vec![Proof::fact("a", yuan(1)), Proof::fact("b", yuan(2))];
        assert_eq!(Proof::step("s", yuan(3), "sum", sum.clone()).first_wrong(), None);
        assert_eq!(Proof::step("s", yuan(4), "sum", sum).first_wrong(), Some("s"));
    }

    #[test]
    fn names_read_back() {
        for one in Confidence::ALL {
            assert_eq!(Confidence::from_name(one.name()), Some(one));
        }
        assert_eq!(Confidence::from_name("sure"), None);
        assert_eq!(Shown::from(Ratio::percent(70)).text(), "70%");
        assert_eq!(Shown::Unknown.text(), "unknown");
    }
}
