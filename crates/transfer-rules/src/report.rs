//! The annual report: when it is due, whether it came late, and its numbers from events.
//!
//! Source: SH17 18; TL 46.

use crate::activity::{Event, Figure, Receiver, What};
use crate::bound::{bounded, roll};
use crate::input::On;
use crate::output;
use kernel::calendar::Count;
use kernel::proof::{Cite, Shown};
use kernel::{Day, Proof, Refusal};
use schema::Lookup;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Who reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reporter {
    /// The institution, to its supervising body.
    Institution,
    /// The supervising body, to the city's finance and science departments.
    SupervisingBody,
}

/// A report that is to be made.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// The year it is about.
    pub year: i16,
    /// Who reports.
    pub reporter: Reporter,
    /// Whether it is an institution of the central government.
    pub central: bool,
    /// When it was filed.
    #[serde(default)]
    pub filed: Option<On>,
}

/// When a report is due and whether it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The last day.
    pub due: Day,
    /// When it was filed.
    pub filed: Option<Day>,
    /// Whether it is late; unknown while it is neither filed nor overdue.
    pub late: Option<bool>,
    /// By how many days, on the day it was filed or on `now`.
    pub days_late: i64,
    /// What follows when it is not made (TL 46); only while it is late and not filed.
    pub follows: Option<String>,
    /// Whether the city receives a copy.
    pub copy_to_city: bool,
    /// How that came about.
    pub proof: Proof,
}

impl Due {
    /// As JSON: each member under its name.
    pub fn json(&self) -> Value {
        json!({
            "due": self.due.to_string(),
            "filed": self.filed.map(|day| day.to_string()),
            "late": self.late,
            "days_late": self.days_late,
            "follows": self.follows,
            "copy_to_city": self.copy_to_city,
            "proof": output::proof(&self.proof),
        })
    }
}

/// When the report about a year is due, and whether it is late on `now`.
///
/// The date is fixed and does not move past free days unless `report.roll` says so. Fails with
/// `E-RULE-01` where no date is law, `E-DATE-01` for a year outside the calendar, `E-DATE-02` for
/// one filed before its year was over, `E-DATE-03` for one filed after `now`. Source: SH17 18.
pub fn due(facts: &Facts, law: &Lookup<'_>, now: Day) -> Result<Due, Refusal> {
    let id = match facts.reporter {
        Reporter::Institution => "report.institution_due",
        Reporter::SupervisingBody => "report.supervisor_due",
    };
    let (month_day, parameter) = law.text(id)?;
    let year = i32::from(facts.year) + 1;
    let fixed = Day::parse(&format!("{year:04}-{month_day}"))
        .map_err(|refusal| refusal.value(&facts.year.to_string()).column("year"))?;
    let (roll, roll_proof) = roll(law, "report.roll")?;
    let last = law.calendar().due(fixed.previous(), 1, Count::Day, roll)?.last;
    let filed = facts.filed.map(|on| on.0);
    let article = &*parameter.cite.article;
    if let Some(filed) = filed {
        let refuse = |code, zh: String, en: String| {
            Err(Refusal::new(code, article, zh, en).value(&filed.to_string()).column("filed"))
        };
        if filed > now {
            let en = format!("filed on {filed}, after today {now}: it has not happened yet");
            return refuse("E-DATE-03", format!("报送日 {filed} 晚于今天 {now}"), en);
        }
        if filed.year() <= facts.year {
            let (year, next) = (facts.year, facts.year.saturating_add(1));
            let en = format!("a report about {year} is filed from {next} on, not on {filed}");
            return refuse("E-DATE-02", format!("{year} 年度报告应在 {next} 年起报送"), en);
        }
    }
    let until = filed.unwrap_or(now);
    let late = match filed {
        Some(filed) => Some(filed > last),
        None if now > last => Some(true),
        None => None,
    };
    let days_late = i64::from(until.number() - last.number()).max(0);
    let mut parts = vec![
        Proof::step(
            "due",
            last,
            "period",
            vec![Proof::fact("year", i64::from(facts.year)), parameter.proof(), roll_proof],
        )
        .citing(&parameter.cite),
        match filed {
            Some(filed) => Proof::fact("filed", filed),
            None => Proof::fact("now", now),
        },
    ];
    let institution = facts.reporter == Reporter::Institution;
    let copy_to_city = match law.find("report.central_copies_city") {
        Some(found) if facts.central && institution => {
            parts.push(found.proof());
            found.setting == schema::Setting::Truth(true)
        }
        _ => false,
    };
    let mut follows = None;
    if late == Some(true) && filed.is_none() {
        let (what, found) = law.text("report.failure")?;
        parts.push(found.proof());
        follows = Some(what.to_string());
    }
    let value = late.map_or(Shown::Unknown, Shown::Truth);
    let proof = Proof::step("late", value, "choice", parts).citing(&parameter.cite);
    Ok(Due { due: last, filed, late, days_late, follows, copy_to_city, proof })
}

/// The events of a year's report; those of other years are left out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// The year.
    pub year: i16,
    /// What happened.
    pub events: Vec<Event>,
}

/// The numbers of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The figures in order.
    pub figures: Vec<Figure>,
    /// All of them, with what the law asks for.
    pub proof: Proof,
}

impl Report {
    /// The figure with a key.
    pub fn figure(&self, key: &str) -> Option<&Figure> {
        self.figures.iter().find(|one| one.key == key)
    }

    /// As JSON: `figures`, `proof`.
    pub fn json(&self) -> Value {
        json!({
            "figures": self.figures.iter().map(Figure::json).collect::<Vec<Value>>(),
            "proof": output::proof(&self.proof),
        })
    }
}

/// The numbers of the year's report, each with the ids of its events.
///
/// A transformation whose amount is not stated makes the sum unknown, not smaller. Fails with
/// `E-INPUT-02` for an id given twice, `E-MONEY-02` for a negative amount, `E-SIZE`, `E-RULE-01`.
/// Source: SH17 18: results obtained, transformations, distribution of income.
pub fn content(facts: &Content, law: &Lookup<'_>) -> Result<Report, Refusal> {
    bounded(&facts.events, "events")?;
    let (_, parameter) = law.text("report.content")?;
    let cite = &parameter.cite;
    let mut ids = BTreeSet::new();
    for (at, one) in facts.events.iter().enumerate() {
        let column = format!("events[{}]", at + 1);
        if !ids.insert(one.id.as_str()) {
            let (zh, en) = ("事件编号重复", "an event is given once; this id was there before");
            return Err(crate::bound::missing(&column, &cite.article, zh, en).value(&one.id));
        }
        if let Some(amount) = one.what.amount().filter(|amount| amount.fen() < 0) {
            return Err(Refusal::new(
                "E-MONEY-02",
                &*cite.article,
                format!("事件 {} 的金额 {amount} 不能为负", one.id),
                format!("event {} has the negative amount {amount}", one.id),
            )
            .value(&amount.to_string())
            .column(&column));
        }
    }
    let within: Vec<&Event> =
        facts.events.iter().filter(|one| one.on.0.year() == facts.year).collect();
    let figures = figures(&within, cite);
    let mut parts = vec![parameter.proof()];
    parts.extend(figures.iter().map(|one| one.proof.clone()));
    let proof = Proof::step("annual_report", i64::from(facts.year), "choice", parts).citing(cite);
    Ok(Report { figures, proof })
}

fn figures(within: &[&Event], cite: &Arc<Cite>) -> Vec<Figure> {
    let of = |wanted: fn(&What) -> bool| -> Vec<&Event> {
        within.iter().copied().filter(|one| wanted(&one.what)).collect()
    };
    let paid = |to: Receiver| -> Vec<&Event> {
        let wanted =
            |one: &&Event| matches!(&one.what, What::Distributed { to: found, .. } if *found == to);
        within.iter().copied().filter(wanted).collect()
    };
    let transformed = of(|what| matches!(what, What::Transformed { .. }));
    vec![
        Figure::count("results", &of(|what| matches!(what, What::ResultObtained { .. })), cite),
        Figure::count("transformations", &transformed, cite),
        Figure::money("transformation_amount", &transformed, cite),
        Figure::money(
            "income_distributed",
            &of(|what| matches!(what, What::Distributed { .. })),
            cite,
        ),
        Figure::money("income_to_people", &paid(Receiver::People), cite),
        Figure::money("income_to_unit", &paid(Receiver::Unit), cite),
        Figure::money("income_to_office", &paid(Receiver::Office), cite),
    ]
}

#[cfg(test)]
mod tests;
