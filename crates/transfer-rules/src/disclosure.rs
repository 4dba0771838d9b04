//! Invention disclosures: the form and what is missing in it, people and titles given twice, and
//! the clocks that run from a disclosure.
//!
//! Sources: SH17 5, 8, 31, 41, 42; TL 11; the fields are those that iEdison, INL and AppColl ask
//! for; the clocks of US federal funding are for cross-checks.

mod form;
mod person;

pub(crate) use form::is_sha256;
pub use form::{
    Attachment, Conflict, Facts, Form, Funding, Material, Moment, Publication, Route, Software,
    form,
};
pub use person::{Candidate, Inventor, PersonId, Reason, duplicates};

use crate::bound::{bounded, clock, number};
use crate::input::On;
use crate::output;
use kernel::text::{clean_name, fold, tokens};
use kernel::{Day, Proof, Ratio, Refusal};
use schema::Lookup;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// An earlier disclosure to compare with.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Earlier {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
}

/// A title to compare with earlier ones.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Titles {
    /// The title of the new disclosure.
    pub title: String,
    /// What was disclosed before.
    pub earlier: Vec<Earlier>,
}

/// An earlier disclosure that may be the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Similar {
    /// Its id.
    pub id: String,
    /// Twice the shared tokens over all tokens of both titles, from 0 to 1.
    pub similarity: Ratio,
    /// How that came about.
    pub proof: Proof,
}

impl Similar {
    /// As JSON: `id`, `similarity`, `proof`.
    pub fn json(&self) -> Value {
        json!({
            "id": self.id,
            "similarity": self.similarity.to_string(),
            "proof": output::proof(&self.proof),
        })
    }
}

fn title_tokens(title: &str) -> BTreeSet<String> {
    let folded = fold(title);
    let mut found = BTreeSet::new();
    tokens(&folded, |token, _, _| {
        found.insert(token.to_string());
    });
    found
}

/// Earlier disclosures whose titles are similar enough to ask about, the most similar first.
///
/// Similarity is Dice's: twice the shared tokens over the tokens of both, exactly; the threshold
/// is the parameter `disclosure.title_similarity`. A caller decides whether it is the same thing.
/// Fails with the codes of [`clean_name`], `E-SIZE` and `E-RULE-01`.
pub fn prior(facts: &Titles, law: &Lookup<'_>) -> Result<Vec<Similar>, Refusal> {
    bounded(&facts.earlier, "earlier")?;
    clean_name(&facts.title).map_err(|refusal| refusal.column("title"))?;
    let (threshold, parameter) = law.ratio("disclosure.title_similarity")?;
    let own = title_tokens(&facts.title);
    let mut found = Vec::new();
    for earlier in &facts.earlier {
        let theirs = title_tokens(&earlier.title);
        let shared = number(own.intersection(&theirs).count());
        let all = number(own.len() + theirs.len());
        let Some(similarity) = Ratio::new(i128::from(2 * shared), i128::from(all)) else {
            continue;
        };
        if similarity < threshold {
            continue;
        }
        let parts = vec![
            Proof::fact("shared_tokens", shared),
            Proof::fact("all_tokens", all),
            parameter.proof(),
        ];
        let proof =
            Proof::step("title_similarity", similarity, "quotient", parts).citing(&parameter.cite);
        found.push(Similar { id: earlier.id.clone(), similarity, proof });
    }
    found.sort_by(|a, b| b.similarity.cmp(&a.similarity).then_with(|| a.id.cmp(&b.id)));
    Ok(found)
}

/// The dates of a US federally funded invention, as far as they are known.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Milestones {
    /// When the inventor reported to the institution.
    pub inventor_reported: Option<On>,
    /// When the institution reported to the agency.
    pub agency_reported: Option<On>,
    /// When it elected title.
    pub elected: Option<On>,
    /// When it first filed, in the US.
    pub filed: Option<On>,
    /// When it filed abroad.
    pub filed_abroad: Option<On>,
}

/// One clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    /// `report`, `elect`, `file` or `foreign`.
    pub key: &'static str,
    /// Its last day; unknown while its start is.
    pub due: Option<Day>,
    /// When it was done.
    pub done: Option<Day>,
    /// Whether it was kept: unknown while neither done nor past.
    pub kept: Option<bool>,
    /// How the last day came about.
    pub proof: Proof,
}

impl Clock {
    /// As JSON: `key`, `due`, `done`, `kept` (each `null` while unknown), `proof`.
    pub fn json(&self) -> Value {
        json!({
            "key": self.key,
            "due": self.due.map(|day| day.to_string()),
            "done": self.done.map(|day| day.to_string()),
            "kept": self.kept,
            "proof": output::proof(&self.proof),
        })
    }
}

/// The four US clocks: report ≤ 2 months, elect ≤ 2 years, file ≤ 1 year after election, abroad
/// ≤ 10 months after the US filing. `now` decides what is overdue.
///
/// Fails with `E-DATE-02` when something was done before its clock started, `E-DATE-03` when it
/// is said to have been done after `now`, `E-RULE-01` where these clocks are no law.
/// Source: iEdison (era.nih.gov), an excerpt.
pub fn clocks(facts: &Milestones, law: &Lookup<'_>, now: Day) -> Result<Vec<Clock>, Refusal> {
    let rows = [
        (
            "report",
            "us_clock.report",
            "inventor_reported",
            facts.inventor_reported,
            "agency_reported",
            facts.agency_reported,
        ),
        (
            "elect",
            "us_clock.elect",
            "agency_reported",
            facts.agency_reported,
            "elected",
            facts.elected,
        ),
        ("file", "us_clock.file", "elected", facts.elected, "filed", facts.filed),
        ("foreign", "us_clock.foreign", "filed", facts.filed, "filed_abroad", facts.filed_abroad),
    ];
    let mut found = Vec::new();
    for (key, id, start_key, start, done_key, done) in rows {
        let (_, _, parameter) = law.period(id)?;
        let done = done.map(|on| on.0);
        if let Some(done) = done.filter(|done| *done > now) {
            return Err(Refusal::new(
                "E-DATE-03",
                &*parameter.cite.article,
                format!("{done_key} 为 {done},晚于今天 {now}:尚未发生的事不能记为已发生"),
                format!(
                    "{done_key} is {done}, after today {now}: what has not happened is no past"
                ),
            )
            .value(&done.to_string())
            .column(done_key));
        }
        let Some(start) = start.map(|on| on.0) else {
            let parts =
                vec![Proof::fact(start_key, kernel::proof::Shown::Unknown), parameter.proof()];
            let proof = Proof::step(key, kernel::proof::Shown::Unknown, "period", parts)
                .citing(&parameter.cite);
            found.push(Clock { key, due: None, done, kept: None, proof });
            continue;
        };
        if let Some(done) = done.filter(|done| *done < start) {
            return Err(Refusal::new(
                "E-DATE-02",
                &*parameter.cite.article,
                format!("{done_key} 为 {done},早于 {start_key} {start}"),
                format!("{done_key} is {done}, before {start_key} on {start}"),
            )
            .value(&done.to_string())
            .column(done_key));
        }
        let (due, proof) = clock(law, id, "us_clock.roll", (start_key, start), key)?;
        let kept = match done {
            Some(done) => Some(done <= due),
            None if now > due => Some(false),
            None => None,
        };
        found.push(Clock { key, due: Some(due), done, kept, proof });
    }
    Ok(found)
}

/// What is known of the report of a project into the S&T information system.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Project {
    /// Whether public money paid for it.
    pub publicly_funded: bool,
    /// When the results were reported into the system.
    #[serde(default)]
    pub reported: Option<On>,
    /// When the authority ordered that it be put right.
    #[serde(default)]
    pub ordered: Option<On>,
    /// When the failure was established after the order was not followed.
    #[serde(default)]
    pub failure_established: Option<On>,
    /// When misuse of the funds was established.
    #[serde(default)]
    pub misuse_established: Option<On>,
}

/// Where the report of a project stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// No public money, no duty.
    Free,
    /// To be reported.
    Due,
    /// Reported.
    Reported,
    /// Ordered to put it right.
    Ordered,
    /// Barred from applying for public projects.
    Barred,
}

impl Standing {
    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            Standing::Free => "free",
            Standing::Due => "due",
            Standing::Reported => "reported",
            Standing::Ordered => "ordered",
            Standing::Barred => "barred",
        }
    }
}

/// The duty to report, and a ban where one runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectReport {
    /// Where it stands on the day asked for.
    pub standing: Standing,
    /// The last day of the longest ban that was ever imposed.
    pub barred_until: Option<Day>,
    /// How that came about.
    pub proof: Proof,
}

impl ProjectReport {
    /// As JSON: `standing`, `barred_until`, `proof`.
    pub fn json(&self) -> Value {
        json!({
            "standing": self.standing.name(),
            "barred_until": self.barred_until.map(|day| day.to_string()),
            "proof": output::proof(&self.proof),
        })
    }
}

/// Whether a publicly funded project still owes its report, and how long it is barred.
///
/// Where the law of the place imposes no ban (TL 11 alone), none is computed.
/// Fails with `E-DATE-02` when the failure was established before the order.
/// Source: TL 11; SH17 31, 41 (2 years), 42 (5 years).
pub fn project_report(
    facts: &Project,
    law: &Lookup<'_>,
    now: Day,
) -> Result<ProjectReport, Refusal> {
    let (duty, parameter) = law.truth("project_report.duty")?;
    let owed = duty && facts.publicly_funded;
    if let (Some(ordered), Some(failed)) = (facts.ordered, facts.failure_established)
        && failed < ordered
    {
        return Err(Refusal::new(
            "E-DATE-02",
            "SH17 41",
            format!("认定拒不改正的日期 {} 早于责令改正的日期 {}", failed.0, ordered.0),
            format!(
                "the failure was established on {}, before the order of {}",
                failed.0, ordered.0
            ),
        )
        .value(&failed.0.to_string())
        .column("failure_established"));
    }
    let mut parts = vec![Proof::fact("publicly_funded", facts.publicly_funded), parameter.proof()];
    let mut ends = Vec::new();
    let bans = [
        ("project_report.ban", "failure_established", facts.failure_established, "ban_until"),
        (
            "project_report.misuse_ban",
            "misuse_established",
            facts.misuse_established,
            "misuse_ban_until",
        ),
    ];
    for (id, start_key, start, key) in bans {
        let Some(start) = start.filter(|_| owed && law.find(id).is_some()) else { continue };
        let (end, proof) = clock(law, id, "project_report.roll", (start_key, start.0), key)?;
        ends.push(proof.clone());
        parts.push(proof);
        if end >= now {
            // The ban runs through its last day.
            parts.push(Proof::fact("barred_on", now));
        }
    }
    let last = ends.iter().filter_map(|proof| match proof.value {
        kernel::proof::Shown::Day(day) => Some(day),
        _ => None,
    });
    let barred_until = last.max();
    let done = facts.reported.is_some_and(|on| on.0 <= now);
    let standing = if !owed {
        Standing::Free
    } else if barred_until.is_some_and(|until| now <= until) {
        Standing::Barred
    } else if done {
        Standing::Reported
    } else if facts.ordered.is_some_and(|on| on.0 <= now) {
        Standing::Ordered
    } else {
        Standing::Due
    };
    if let Some(until) = barred_until {
        parts.push(Proof::step("barred_until", until, "largest", ends));
    }
    let proof =
        Proof::step("project_report", standing.name(), "choice", parts).citing(&parameter.cite);
    Ok(ProjectReport { standing, barred_until, proof })
}

#[cfg(test)]
mod tests;
