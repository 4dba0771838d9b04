//! Patents: numbers with their check digit, terms, priority, and the clock of a disclosure.
//! Source: PL 24, 29, 30, 42; the numbering standard of the patent office (ZC 0006).

use crate::clock::{self, at};
use crate::input::On;
use crate::output;
use kernel::{Day, Proof, Refusal};
use schema::Lookup;
use serde::Deserialize;
use serde_json::{Value, json};

/// What is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 发明.
    Invention,
    /// 实用新型.
    Utility,
    /// 外观设计.
    Design,
}

impl Kind {
    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Invention => "invention",
            Kind::Utility => "utility",
            Kind::Design => "design",
        }
    }
}

/// An application or patent number whose check digit holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// The digits and the check digit, without `ZL`, `CN` and the point: `851000010`.
    pub digits: String,
    /// Whether it was written as a granted patent (`ZL`).
    pub granted: bool,
    /// The year of the application.
    pub year: u16,
    /// What is protected, from the kind digit.
    pub kind: Kind,
}

impl Number {
    /// As it is usually written: `ZL202310000001.7`.
    pub fn text(&self) -> String {
        let split = self.digits.len().saturating_sub(1);
        let (body, check) = self.digits.split_at(split);
        format!("{}{body}.{check}", if self.granted { "ZL" } else { "" })
    }

    /// As JSON.
    pub fn json(&self) -> Value {
        json!({
            "number": self.text(),
            "granted": self.granted,
            "year": self.year,
            "kind": self.kind.name(),
        })
    }
}

/// The check digit of 8 or 12 digits: weights 2 to 9, then 2 to 5, modulo 11; `X` stands for ten.
pub fn check_digit(body: &[u32]) -> char {
    let weighted = body.iter().zip((2..=9).chain(2..=5)).map(|(digit, weight)| digit * weight);
    let rest = weighted.sum::<u32>() % 11;
    char::from_digit(rest, 10).unwrap_or('X')
}

/// Reads an application or patent number: 9 or 13 characters, the last a check digit; `ZL` or `CN`,
/// spaces and the point are passed over.
///
/// Fails with `E-ID-02`, saying which check digit would be right.
pub fn number(text: &str) -> Result<Number, Refusal> {
    let rule = "a patent number has 8 or 12 digits and a check digit modulo 11";
    let wrong = |zh: &str, en: &str| Refusal::new("E-ID-02", rule, zh, en).value(text);
    let shape = || {
        wrong(
            "专利号应为 ZL 加 8 位或 12 位数字和 1 位校验位",
            "a patent number is ZL, 8 or 12 digits and a check digit",
        )
    };
    let bare: String = text
        .chars()
        .filter(|c| !matches!(c, ' ' | '.'))
        .take(20)
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let granted = bare.starts_with("ZL");
    let digits = bare.strip_prefix("ZL").or_else(|| bare.strip_prefix("CN")).unwrap_or(&bare);
    let mut body: Vec<char> = digits.chars().collect();
    let last = body.pop().ok_or_else(shape)?;
    let values: Option<Vec<u32>> = body.iter().map(|c| c.to_digit(10)).collect();
    let values = values.ok_or_else(shape)?;
    let (year, kind) = match values.as_slice() {
        [a, b, kind, _, _, _, _, _] => (1900 + a * 10 + b, *kind),
        [a, b, c, d, kind, _, _, _, _, _, _, _] => (a * 1000 + b * 100 + c * 10 + d, *kind),
        _ => return Err(shape()),
    };
    // Two-digit years ran from 1985 to 2003; the long form began in 2003.
    let year = if values.len() == 8 && year < 1985 { year + 100 } else { year };
    let kind = match kind {
        1 | 8 => Kind::Invention,
        2 | 9 => Kind::Utility,
        3 => Kind::Design,
        _ => return Err(wrong("专利号中的种类位不对", "the kind digit is 1, 2, 3, 8 or 9")),
    };
    let right = check_digit(&values);
    if last != right {
        return Err(wrong(
            &format!("专利号校验位不对:应为 {right}"),
            &format!("the check digit of this patent number would be {right}"),
        ));
    }
    let year = u16::try_from(year).map_err(|_| shape())?;
    Ok(Number { digits: digits.to_string(), granted, year, kind })
}

/// What was filed when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filing {
    /// What is protected.
    pub kind: Kind,
    /// The filing date.
    pub filed: On,
}

/// The life of a patent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Life {
    /// The filing date.
    pub filed: Day,
    /// The first day on which it no longer lives: the corresponding day of the term's last year.
    pub end: Day,
    /// How that came about.
    pub proof: Proof,
}

impl Life {
    /// As JSON.
    pub fn json(&self) -> Value {
        json!({
            "filed": self.filed.to_string(),
            "end": self.end.to_string(),
            "proof": output::proof(&self.proof),
        })
    }
}

/// The end of a patent's life from its filing date (PL 42), by the term in force on that date.
///
/// Fails with `E-RULE-01`, `E-RULE-02` or `E-DATE-06`.
pub fn life(facts: &Filing, law: &Lookup<'_>) -> Result<Life, Refusal> {
    let filed = facts.filed.0;
    let id = match facts.kind {
        Kind::Invention => "patent.term.invention",
        Kind::Utility => "patent.term.utility",
        Kind::Design => "patent.term.design",
    };
    let start = Proof::fact("filed", filed);
    let term = clock::exact("patent_end", start, filed, id, &at(law, filed))?;
    Ok(Life { filed, end: term.due.last, proof: term.proof })
}

/// A first filing whose priority may be claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FirstFiling {
    /// What is protected.
    pub kind: Kind,
    /// When it was first filed.
    pub filed: On,
}

/// Until when priority may be claimed and its copy handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Priority {
    /// The last day to file with priority (PL 29).
    pub until: Day,
    /// The last day for the copy of the first filing (PL 30); not known here for designs.
    pub copy_until: Option<Day>,
    /// How these came about.
    pub proof: Proof,
}

impl Priority {
    /// As JSON.
    pub fn json(&self) -> Value {
        json!({
            "until": self.until.to_string(),
            "copy_until": self.copy_until.map(|day| day.to_string()),
            "proof": output::proof(&self.proof),
        })
    }
}

/// The priority clocks of a first filing (PL 29, 30). Fails like [`life`].
pub fn priority(facts: &FirstFiling, law: &Lookup<'_>) -> Result<Priority, Refusal> {
    let filed = facts.filed.0;
    let law = at(law, filed);
    let id = match facts.kind {
        Kind::Invention => "patent.priority.invention",
        Kind::Utility => "patent.priority.utility",
        Kind::Design => "patent.priority.design",
    };
    let start = || Proof::fact("first_filed", filed);
    let until = clock::run("priority_until", start(), filed, id, &law)?;
    let mut parts = vec![until.proof];
    // The sixteen months of PL 30 are said of inventions and utility models.
    let copy = if facts.kind == Kind::Design {
        None
    } else {
        Some(clock::run("copy_until", start(), filed, "patent.priority_copy", &law)?)
    };
    let copy_until = copy.as_ref().map(|copy| copy.due.last);
    parts.extend(copy.map(|copy| copy.proof));
    let proof = Proof::step("priority", until.due.last, "choice", parts);
    Ok(Priority { until: until.due.last, copy_until, proof })
}

/// Why a disclosure may not hurt (PL 24).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// First made public for the public interest in a national emergency.
    Emergency,
    /// First shown at an international exhibition the government sponsors or recognizes.
    Exhibition,
    /// First made public at a prescribed academic or technical meeting.
    Meeting,
    /// Disclosed by another without the applicant's consent.
    WithoutConsent,
    /// None of the four.
    Other,
}

impl Cause {
    /// The cause with this name; none for what names no cause.
    pub fn from_name(name: &str) -> Option<Cause> {
        match name {
            "emergency" => Some(Cause::Emergency),
            "exhibition" => Some(Cause::Exhibition),
            "meeting" => Some(Cause::Meeting),
            "without_consent" => Some(Cause::WithoutConsent),
            "other" => Some(Cause::Other),
            _ => None,
        }
    }
}

/// Something that was, or will be, made public.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publication {
    /// When.
    pub on: On,
    /// Why; unknown when left out.
    pub cause: Option<Cause>,
}

/// What was made public of a result, and when it was filed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disclosure {
    /// Publications, past and planned.
    pub publications: Vec<Publication>,
    /// The filing or priority date, when there is one.
    pub filed: Option<On>,
    /// The day the question is asked.
    pub now: On,
}

/// How novelty stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Novelty {
    /// Nothing public stands against it.
    Safe,
    /// It must be filed by [`Standing::until`].
    Grace,
    /// A publication's cause is not known: treat it as lost until it is.
    Unknown,
    /// It is lost.
    Lost,
}

impl Novelty {
    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            Novelty::Safe => "safe",
            Novelty::Grace => "grace",
            Novelty::Unknown => "unknown",
            Novelty::Lost => "lost",
        }
    }
}

/// How the novelty of a disclosed result stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The worst that any publication does.
    pub novelty: Novelty,
    /// The last day to file, where one is known: the end of the grace, or the day of a planned
    /// publication (what is public on the filing date itself does not count against it).
    pub until: Option<Day>,
    /// How that came about.
    pub proof: Proof,
}

impl Standing {
    /// As JSON.
    pub fn json(&self) -> Value {
        json!({
            "novelty": self.novelty.name(),
            "until": self.until.map(|day| day.to_string()),
            "proof": output::proof(&self.proof),
        })
    }
}

/// The public-disclosure clock (PL 24). Fails with `E-SIZE` and like [`life`].
pub fn novelty(facts: &Disclosure, law: &Lookup<'_>) -> Result<Standing, Refusal> {
    clock::bounded(facts.publications.len(), "publications")?;
    let now = facts.now.0;
    let filed = facts.filed.map(|on| on.0);
    // Judged as of the filing, or of today while nothing is filed.
    let judged = filed.unwrap_or(now);
    let mut worst = Novelty::Safe;
    let mut until: Option<Day> = None;
    let mut parts = vec![match filed {
        Some(filed) => Proof::fact("filed", filed),
        None => Proof::fact("now", now),
    }];
    for one in &facts.publications {
        let on = one.on.0;
        let fact = Proof::fact("published", on);
        let (novelty, last, proof) = if filed.is_some_and(|filed| on >= filed) {
            (Novelty::Safe, None, fact)
        } else if on > now {
            // Planned: filing on that day at the latest keeps it harmless.
            (Novelty::Safe, Some(on), fact)
        } else {
            match one.cause {
                None => (Novelty::Unknown, None, fact),
                Some(Cause::Other) => (Novelty::Lost, None, fact),
                Some(_) => {
                    let law = at(law, on);
                    let grace = clock::run("grace_until", fact, on, "patent.grace", &law)?;
                    let last = grace.due.last;
                    let novelty = match (judged <= last, filed.is_some()) {
                        (false, _) => Novelty::Lost,
                        (true, true) => Novelty::Safe,
                        (true, false) => Novelty::Grace,
                    };
                    (novelty, Some(last), grace.proof)
                }
            }
        };
        worst = worst.max(novelty);
        if filed.is_none() {
            until = match (until, last) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
        }
        parts.push(Proof::step("publication", novelty.name(), "choice", vec![proof]));
    }
    // Once lost or unknown no day promises anything.
    let until = until.filter(|_| worst < Novelty::Unknown);
    let proof = Proof::step("novelty", worst.name(), "choice", parts);
    Ok(Standing { novelty: worst, until, proof })
}

#[cfg(test)]
mod tests;
