//! The AUTM survey, derived from events and never typed, with checks for common mistakes.
//!
//! Source: AUTM FAQ, key seven questions (their numbering was verified) and others also tracked.

use crate::activity::{Event, Figure, Income, Licensee, What};
use crate::bound::{bounded, number};
use crate::input::On;
use crate::output;
use kernel::proof::Shown;
use kernel::{Day, Fen, Proof, Ratio, Refusal};
use schema::Lookup;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A survey year and everything that happened up to its end: what is active depends on the past.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// The first day of the year.
    pub from: On,
    /// The first day after it.
    pub to: On,
    /// What happened, also before the year.
    pub events: Vec<Event>,
}

/// The survey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// The figures in order.
    pub figures: Vec<Figure>,
    /// What looks like a mistake: each names its event (`place.column`) and is counted nowhere.
    pub mistakes: Vec<Refusal>,
    /// All figures.
    pub proof: Proof,
}

impl Survey {
    /// The figure with a key or a question's number.
    pub fn figure(&self, key: &str) -> Option<&Figure> {
        self.figures.iter().find(|one| one.key == key || one.question == Some(key))
    }

    /// As JSON: `figures`, `mistakes`, `proof`.
    pub fn json(&self) -> Value {
        json!({
            "figures": self.figures.iter().map(Figure::json).collect::<Vec<Value>>(),
            "mistakes": self.mistakes.iter().map(output::refusal).collect::<Vec<Value>>(),
            "proof": output::proof(&self.proof),
        })
    }
}

/// What was signed and formed so far, while events are gone through in the order of their days.
#[derive(Default)]
struct Known<'a> {
    ids: BTreeSet<&'a str>,
    licences: BTreeMap<&'a str, bool>,
    startups: BTreeMap<&'a str, bool>,
    things: BTreeSet<(&'static str, &'a str)>,
}

impl<'a> Known<'a> {
    /// What is wrong with an event, given those before it: code, Chinese, English.
    fn mistake(
        &mut self,
        event: &'a Event,
        to: Day,
    ) -> Option<(&'static str, &'static str, &'static str)> {
        if !self.ids.insert(&event.id) {
            return Some((
                "E-INPUT-02",
                "事件编号重复",
                "the id was there before; an event counts once",
            ));
        }
        if event.on.0 >= to {
            return Some(("E-DATE-03", "日期在调查年度之后", "the day lies after the survey year"));
        }
        if event.what.amount().is_some_and(|amount| amount < Fen::ZERO) {
            return Some((
                "E-MONEY-02",
                "金额不能为负",
                "an amount is not negative; enter a correction of the other event",
            ));
        }
        if event.what.amount() == Some(Fen::ZERO) {
            return Some((
                "E-INPUT-02",
                "金额为零",
                "an amount of nought is no event; leave it out or give the amount",
            ));
        }
        let signed = |licence: &Option<String>| {
            licence.as_deref().is_some_and(|licence| self.licences.contains_key(licence))
        };
        match &event.what {
            What::LicenceSigned { licence, .. } if self.licences.contains_key(licence.as_str()) => {
                return Some((
                    "E-INPUT-02",
                    "许可重复登记",
                    "the licence was signed before; it counts once",
                ));
            }
            What::LicenceSigned { licence, .. } => {
                self.licences.insert(licence, true);
            }
            What::LicenceEnded { licence } => match self.licences.get_mut(licence.as_str()) {
                Some(active) if *active => *active = false,
                _ => {
                    return Some((
                        "E-INPUT-02",
                        "终止的许可未签署或已终止",
                        "the licence that ended was never signed or has ended",
                    ));
                }
            },
            What::LicenceIncome { licence, .. } if !signed(licence) => {
                return Some((
                    "E-INPUT-02",
                    "许可收入没有对应的已签许可",
                    "licence income names a licence that was signed before",
                ));
            }
            What::StartupFormed { licence, .. } if !signed(licence) => {
                return Some((
                    "E-INPUT-02",
                    "新创企业没有对应的已签许可",
                    "a startup names the licence that it began with, signed before",
                ));
            }
            What::StartupFormed { startup, .. } if self.startups.contains_key(startup.as_str()) => {
                return Some((
                    "E-INPUT-02",
                    "新创企业重复登记",
                    "the startup was formed before; it counts once",
                ));
            }
            What::StartupFormed { startup, .. } => {
                self.startups.insert(startup, true);
            }
            What::StartupCeased { startup } => match self.startups.get_mut(startup.as_str()) {
                Some(running) if *running => *running = false,
                _ => {
                    return Some((
                        "E-INPUT-02",
                        "停业的企业未登记或已停业",
                        "the startup that ceased was never formed or has ceased",
                    ));
                }
            },
            What::ProductLaunched { licence, .. }
                if !self.licences.contains_key(licence.as_str()) =>
            {
                return Some((
                    "E-INPUT-02",
                    "新产品没有对应的已签许可",
                    "a product names a licence that was signed before",
                ));
            }
            What::Disclosed { disclosure } if !self.things.insert(("disclosure", disclosure)) => {
                return Some((
                    "E-INPUT-02",
                    "披露重复登记",
                    "the disclosure came in before; it counts once",
                ));
            }
            What::PatentFiled { application, .. }
                if !self.things.insert(("application", application)) =>
            {
                return Some((
                    "E-INPUT-02",
                    "专利申请重复登记",
                    "the application was filed before; it counts once",
                ));
            }
            What::OptionSigned { option } if !self.things.insert(("option", option)) => {
                return Some((
                    "E-INPUT-02",
                    "选择权重复登记",
                    "the option was signed before; it counts once",
                ));
            }
            _ => {}
        }
        None
    }
}

/// Licences to firms of a size; unknown while the size of one licensee is not stated, for it may be
/// this one.
fn by_size(
    key: &'static str,
    licences: &[&Event],
    wanted: Licensee,
    cite: &std::sync::Arc<kernel::proof::Cite>,
) -> Figure {
    let of = |size: Licensee| -> Vec<&Event> {
        let signed = |one: &&Event| matches!(&one.what, What::LicenceSigned { licensee, .. } if *licensee == size);
        licences.iter().copied().filter(signed).collect()
    };
    let (stated, unstated) = (of(wanted), of(Licensee::Unknown));
    if unstated.is_empty() {
        return Figure::count(key, &stated, cite);
    }
    let all: Vec<&Event> = stated.into_iter().chain(unstated).collect();
    let part = |one: &&Event| match &one.what {
        What::LicenceSigned { licensee: Licensee::Unknown, .. } => {
            Proof::fact(one.id.clone(), Shown::Unknown)
        }
        _ => Proof::fact(one.id.clone(), one.on.0),
    };
    Figure::new(key, Shown::Unknown, "count", all.iter().map(part).collect(), &all, cite)
}

/// Derives the survey. Events that look like mistakes are listed and counted nowhere.
///
/// Fails with `E-DATE-02` for a year that ends before it starts, `E-SIZE`, `E-RULE-01`.
pub fn survey(facts: &Facts, law: &Lookup<'_>) -> Result<Survey, Refusal> {
    bounded(&facts.events, "events")?;
    let (_, parameter) = law.text("autm.survey")?;
    let cite = &parameter.cite;
    let (from, to) = (facts.from.0, facts.to.0);
    if to <= from {
        return Err(Refusal::new(
            "E-DATE-02",
            &*cite.article,
            format!("年度结束 {to} 应晚于开始 {from}"),
            format!("the year ends on {to}, not after its start {from}"),
        )
        .value(&to.to_string())
        .column("to"));
    }
    let mut ordered: Vec<&Event> = facts.events.iter().collect();
    ordered.sort_by_key(|one| one.on);
    let mut known = Known::default();
    let mut sound = Vec::new();
    let mut mistakes = Vec::new();
    for event in ordered {
        match known.mistake(event, to) {
            None => sound.push(event),
            Some((code, zh, en)) => {
                let refusal = Refusal::new(code, &*cite.article, zh, en);
                mistakes.push(refusal.value(&event.on.0.to_string()).column(&event.id));
            }
        }
    }
    let year: Vec<&Event> = sound.iter().copied().filter(|one| one.on.0 >= from).collect();
    let of = |wanted: fn(&What) -> bool| -> Vec<&Event> {
        year.iter().copied().filter(|one| wanted(&one.what)).collect()
    };
    let licences = of(|what| matches!(what, What::LicenceSigned { .. }));
    let income = of(|what| matches!(what, What::LicenceIncome { .. }));
    let startups = of(|what| matches!(what, What::StartupFormed { .. }));
    let count = |key, wanted| Figure::count(key, &of(wanted), cite);
    let sized = |key, size| by_size(key, &licences, size, cite);
    let money = |key, wanted| Figure::money(key, &of(wanted), cite);
    let active: Vec<&Event> = sound
        .iter()
        .copied()
        .filter(|one| matches!(&one.what, What::LicenceSigned { licence, .. } if known.licences.get(licence.as_str()) == Some(&true)))
        .collect();
    let operating: Vec<&Event> = sound
        .iter()
        .copied()
        .filter(|one| matches!(&one.what, What::StartupFormed { startup, .. } if known.startups.get(startup.as_str()) == Some(&true)))
        .collect();
    let spent = money("legal_fees_spent", |what| matches!(what, What::LegalFeeSpent { .. }));
    let repaid =
        money("legal_fees_reimbursed", |what| matches!(what, What::LegalFeeReimbursed { .. }));
    if let (Shown::Money(spent), Shown::Money(repaid)) = (&spent.value, &repaid.value)
        && repaid > spent
    {
        mistakes.push(
            Refusal::new(
                "E-INPUT-02",
                &*cite.article,
                format!("补偿的法律费用 {repaid} 超过支出 {spent},请核对"),
                format!("{repaid} of legal fees were reimbursed and {spent} spent; check both"),
            )
            .value(&repaid.to_string())
            .column("legal_fees_reimbursed"),
        );
    }
    let home =
        count("startups_home", |what| matches!(what, What::StartupFormed { home: true, .. }));
    let share =
        Ratio::new(i128::from(number(home.events.len())), i128::from(number(startups.len())));
    let started = Figure::count("startups", &startups, cite).asked("Q8.1");
    let home_share = Figure::new(
        "startups_home_share",
        share.map_or(Shown::Unknown, Shown::Ratio),
        "quotient",
        vec![home.proof.clone(), started.proof.clone()],
        &startups,
        cite,
    );
    let figures = vec![
        money("research_expenditure", |what| matches!(what, What::ResearchSpent { .. }))
            .asked("Q3.1"),
        Figure::count("licences_executed", &licences, cite).asked("Q4.1"),
        count("options_executed", |what| matches!(what, What::OptionSigned { .. })).asked("Q4.2"),
        Figure::money("licence_income", &income, cite).asked("Q5.4"),
        count("disclosures", |what| matches!(what, What::Disclosed { .. })).asked("Q7.1"),
        count("new_patent_applications", |what| {
            matches!(what, What::PatentFiled { new: true, .. })
        })
        .asked("Q7.4"),
        started,
        Figure::count("active_licences", &active, cite),
        count("exclusive_licences", |what| {
            matches!(what, What::LicenceSigned { exclusive: true, .. })
        }),
        count("non_exclusive_licences", |what| {
            matches!(what, What::LicenceSigned { exclusive: false, .. })
        }),
        sized("licences_to_startups", Licensee::Startup),
        sized("licences_to_small", Licensee::Small),
        sized("licences_to_large", Licensee::Large),
        count("licences_with_equity", |what| {
            matches!(what, What::LicenceSigned { equity: true, .. })
        }),
        money("running_royalties", |what| {
            matches!(what, What::LicenceIncome { income: Income::RunningRoyalty, .. })
        }),
        money("cashed_in_equity", |what| {
            matches!(what, What::LicenceIncome { income: Income::CashedEquity, .. })
        }),
        spent,
        repaid,
        Figure::count("startups_operating", &operating, cite),
        home,
        home_share,
        count("new_products", |what| matches!(what, What::ProductLaunched { .. })),
    ];
    let mut parts = vec![Proof::fact("from", from), Proof::fact("to", to), parameter.proof()];
    parts.extend(figures.iter().map(|one| one.proof.clone()));
    let proof = Proof::step("autm_survey", from, "choice", parts).citing(cite);
    Ok(Survey { figures, mistakes, proof })
}

#[cfg(test)]
mod tests;
