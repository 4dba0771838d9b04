//! The disclosure form: every required column, contributions that sum to the whole.

use super::person::Inventor;
use crate::bound::{ITEMS_MAX, bounded, missing, number};
use crate::input::On;
use crate::output;
use kernel::proof::{Cite, Shown};
use kernel::text::{clean, clean_name};
use kernel::{Day, Proof, Ratio, Refusal};
use schema::Lookup;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// When something happened, or that it has not.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Moment {
    /// It happened on a day.
    On(On),
    /// It has not happened yet.
    NotYet,
}

/// Who paid, under which number, with which duties.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Funding {
    /// The funder.
    pub source: String,
    /// The number of the project.
    pub project: String,
    /// Duties towards the funder; `none` says that there are none.
    pub obligations: String,
}

/// Material or data of others.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Material {
    /// What it is.
    pub what: String,
    /// Whose it is.
    pub owner: String,
    /// The agreement it came under, such as an MTA.
    #[serde(default)]
    pub agreement: Option<String>,
}

/// A publication, past or planned.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publication {
    /// The day.
    pub on: On,
    /// Where.
    pub place: String,
    /// What kind: paper, talk, poster, sale.
    pub kind: String,
    /// Whether it is only planned.
    pub planned: bool,
}

/// Software it needs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Software {
    /// Its name.
    pub name: String,
    /// Its licence.
    pub licence: String,
}

/// A declared conflict of interest.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conflict {
    /// Whose.
    pub person: String,
    /// What it is.
    pub interest: String,
}

/// The route that is wanted (TL 16).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// 自行实施.
    OwnUse,
    /// 转让.
    Assignment,
    /// 许可.
    Licence,
    /// 合作.
    Cooperation,
    /// 作价入股.
    Equity,
    /// 先使用后付费.
    TryFirst,
    /// 开放许可.
    OpenLicence,
    /// Not decided.
    Undecided,
}

/// A file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// SHA-256 of its bytes, 64 lower-case hexadecimal digits.
    pub sha256: String,
}

/// A disclosure as it was entered. A list that is absent was not answered; an empty one says
/// that there is none.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Facts {
    /// The day of the disclosure.
    pub disclosed_on: Option<On>,
    /// The title.
    pub title: Option<String>,
    /// What it is, for anyone.
    pub abstract_lay: Option<String>,
    /// What it is, for the field.
    pub abstract_technical: Option<String>,
    /// The problem it solves.
    pub problem: Option<String>,
    /// Who needs it.
    pub who_needs: Option<String>,
    /// Who made it.
    pub inventors: Option<Vec<Inventor>>,
    /// When it was conceived.
    pub conceived_on: Option<On>,
    /// When it was reduced to practice.
    pub reduced_on: Option<Moment>,
    /// Who paid.
    pub funding: Option<Vec<Funding>>,
    /// Material and data of others.
    pub third_party: Option<Vec<Material>>,
    /// What was or will be published.
    pub public_disclosure: Option<Vec<Publication>>,
    /// Prior art that is known.
    pub prior_art: Option<Vec<String>>,
    /// Evidence that it works.
    pub operation_evidence: Option<Vec<String>>,
    /// Software and its licences.
    pub software: Option<Vec<Software>>,
    /// Interests abroad.
    pub foreign_interest: Option<Vec<String>>,
    /// Conflicts of interest.
    pub conflicts: Option<Vec<Conflict>>,
    /// The route that is wanted.
    pub desired_route: Option<Route>,
    /// Files.
    pub attachments: Option<Vec<Attachment>>,
}

/// A complete disclosure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// How many made it.
    pub inventors: usize,
    /// What their contributions sum to: exactly one.
    pub contributions: Ratio,
    /// The first day on which it was public; `None`: it was not.
    pub public_since: Option<Day>,
    /// The first day on which it is planned to be public.
    pub public_planned: Option<Day>,
    /// How that came about.
    pub proof: Proof,
}

impl Form {
    /// As JSON: `inventors`, `contributions`, `public_since`, `public_planned`, `proof`.
    pub fn json(&self) -> Value {
        json!({
            "inventors": self.inventors,
            "contributions": self.contributions.to_string(),
            "public_since": self.public_since.map(|day| day.to_string()),
            "public_planned": self.public_planned.map(|day| day.to_string()),
            "proof": output::proof(&self.proof),
        })
    }
}

/// What each column should hold, in two languages.
fn wanted(column: &str) -> (&'static str, &'static str) {
    match column {
        "disclosed_on" => ("披露日期", "the day of the disclosure"),
        "title" => ("成果名称", "the title"),
        "abstract_lay" => ("通俗摘要", "an abstract for anyone"),
        "abstract_technical" => ("技术摘要", "a technical abstract"),
        "problem" => ("解决的问题", "the problem it solves"),
        "who_needs" => ("谁需要它", "who needs it"),
        "inventors" => ("至少一名完成人", "at least one inventor"),
        "conceived_on" => ("构思日期", "the day of conception"),
        "reduced_on" => {
            ("付诸实践的日期,或 not_yet", "the day of reduction to practice, or not_yet")
        }
        "funding" => ("资金来源(没有则填空表)", "funding sources (an empty list for none)"),
        "third_party" => {
            ("第三方材料和数据(没有则填空表)", "material of others (an empty list for none)")
        }
        "public_disclosure" => ("公开情况(没有则填空表)", "publications (an empty list for none)"),
        "prior_art" => ("已知现有技术(没有则填空表)", "known prior art (an empty list for none)"),
        "operation_evidence" => {
            ("运行证据(没有则填空表)", "evidence of operation (an empty list for none)")
        }
        "software" => {
            ("软件依赖和许可(没有则填空表)", "software and licences (an empty list for none)")
        }
        "foreign_interest" => {
            ("境外利益(没有则填空表)", "foreign interests (an empty list for none)")
        }
        "conflicts" => {
            ("利益冲突声明(没有则填空表)", "conflicts of interest (an empty list for none)")
        }
        "desired_route" => ("希望的转化方式", "the route that is wanted"),
        "attachments" => {
            ("附件及其哈希(没有则填空表)", "attachments with hashes (an empty list for none)")
        }
        _ => ("本栏", "this column"),
    }
}

/// Whether a required column is answered; a column that no form has is not.
fn answered(facts: &Facts, column: &str) -> bool {
    let text = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
    match column {
        "disclosed_on" => facts.disclosed_on.is_some(),
        "title" => text(&facts.title),
        "abstract_lay" => text(&facts.abstract_lay),
        "abstract_technical" => text(&facts.abstract_technical),
        "problem" => text(&facts.problem),
        "who_needs" => text(&facts.who_needs),
        "inventors" => facts.inventors.as_ref().is_some_and(|list| !list.is_empty()),
        "conceived_on" => facts.conceived_on.is_some(),
        "reduced_on" => facts.reduced_on.is_some(),
        "funding" => facts.funding.is_some(),
        "third_party" => facts.third_party.is_some(),
        "public_disclosure" => facts.public_disclosure.is_some(),
        "prior_art" => facts.prior_art.is_some(),
        "operation_evidence" => facts.operation_evidence.is_some(),
        "software" => facts.software.is_some(),
        "foreign_interest" => facts.foreign_interest.is_some(),
        "conflicts" => facts.conflicts.is_some(),
        "desired_route" => facts.desired_route.is_some(),
        "attachments" => facts.attachments.is_some(),
        _ => false,
    }
}

/// Reads a disclosure and says everything that is wrong with it at once.
///
/// Each missing column is an `E-INPUT-02` with its name; contributions that do not sum to 100 %
/// `E-SHARE-01`, one below nought or past 100 % `E-SHARE-02`; a personal id without purpose
/// `E-ID-03`; reduced before conceived `E-DATE-02`; a past that lies after the disclosure
/// `E-DATE-03`; names that deceive the eye `E-TEXT-01` to `-05`; too long lists `E-SIZE`.
/// Which columns are required is the parameter `disclosure.required`.
pub fn form(facts: &Facts, law: &Lookup<'_>) -> Result<Form, Vec<Refusal>> {
    let (required, parameter) = law.text("disclosure.required").map_err(|refusal| vec![refusal])?;
    let article = &*parameter.cite.article;
    let mut refusals = Vec::new();
    let mut filled = Vec::new();
    for column in required.split_whitespace() {
        let there = answered(facts, column);
        if !there {
            let (zh, en) = wanted(column);
            let (zh, en) =
                (format!("缺少 {column}:应填{zh}"), format!("{column} is missing: give {en}"));
            refusals.push(missing(column, article, &zh, &en));
        }
        filled.push(Proof::fact(column.to_string(), there));
    }
    sizes(facts, &mut refusals);
    if !refusals.iter().any(|refusal| refusal.code == "E-SIZE") {
        texts(facts, &mut refusals);
        dates(facts, article, &mut refusals);
        hashes(facts, article, &mut refusals);
    }
    let people = facts.inventors.as_deref().unwrap_or_default();
    // More people than the bound were refused above; they are not gone through.
    let people = people.get(..people.len().min(ITEMS_MAX)).unwrap_or_default();
    let contributions = contributions(people, &parameter.cite, &mut refusals);
    let Some((contributions, shares)) = contributions.filter(|_| refusals.is_empty()) else {
        return Err(refusals);
    };
    let days = |planned: bool| {
        let list = facts.public_disclosure.as_deref().unwrap_or_default();
        list.iter().filter(|one| one.planned == planned).map(|one| one.on.0).collect::<Vec<Day>>()
    };
    let (past, planned) = (days(false), days(true));
    let mut parts =
        vec![Proof::step("complete", true, "all", filled).citing(&parameter.cite), shares];
    for (key, days) in [("public_since", &past), ("public_planned", &planned)] {
        if let Some(first) = days.iter().min() {
            let facts = days.iter().map(|day| Proof::fact("publication", *day)).collect();
            parts.push(Proof::step(key, *first, "smallest", facts));
        }
    }
    Ok(Form {
        inventors: people.len(),
        contributions,
        public_since: past.iter().min().copied(),
        public_planned: planned.iter().min().copied(),
        proof: Proof::step("disclosure", true, "choice", parts).citing(&parameter.cite),
    })
}

fn sizes(facts: &Facts, refusals: &mut Vec<Refusal>) {
    fn size<T>(list: &Option<Vec<T>>, column: &str) -> Option<Refusal> {
        bounded(list.as_deref().unwrap_or_default(), column).err()
    }
    let found = [
        size(&facts.inventors, "inventors"),
        size(&facts.funding, "funding"),
        size(&facts.third_party, "third_party"),
        size(&facts.public_disclosure, "public_disclosure"),
        size(&facts.prior_art, "prior_art"),
        size(&facts.operation_evidence, "operation_evidence"),
        size(&facts.software, "software"),
        size(&facts.foreign_interest, "foreign_interest"),
        size(&facts.conflicts, "conflicts"),
        size(&facts.attachments, "attachments"),
    ];
    refusals.extend(found.into_iter().flatten());
}

/// Names and texts are clean; texts have at most so many characters.
const TEXT_CHARS: usize = 20_000;

fn texts(facts: &Facts, refusals: &mut Vec<Refusal>) {
    let mut name = |text: &str, column: &str| {
        if let Err(refusal) = clean_name(text) {
            refusals.push(refusal.column(column));
        }
    };
    if let Some(title) = facts.title.as_deref().filter(|title| !title.trim().is_empty()) {
        name(title, "title");
    }
    for (at, one) in facts.inventors.iter().flatten().enumerate() {
        name(&one.name, &format!("inventors[{}].name", at + 1));
        if let Some(employer) = one.employer.as_deref().filter(|text| !text.trim().is_empty()) {
            name(employer, &format!("inventors[{}].employer", at + 1));
        }
    }
    for (at, one) in facts.funding.iter().flatten().enumerate() {
        name(&one.source, &format!("funding[{}].source", at + 1));
    }
    for (at, one) in facts.conflicts.iter().flatten().enumerate() {
        name(&one.person, &format!("conflicts[{}].person", at + 1));
    }
    for (at, one) in facts.attachments.iter().flatten().enumerate() {
        name(&one.name, &format!("attachments[{}].name", at + 1));
    }
    let long = [
        ("abstract_lay", &facts.abstract_lay),
        ("abstract_technical", &facts.abstract_technical),
        ("problem", &facts.problem),
        ("who_needs", &facts.who_needs),
    ];
    for (column, text) in long {
        if let Some(Err(refusal)) = text.as_deref().map(|text| clean(text, TEXT_CHARS)) {
            refusals.push(refusal.column(column));
        }
    }
}

fn dates(facts: &Facts, article: &str, refusals: &mut Vec<Refusal>) {
    let disclosed = facts.disclosed_on.map(|on| on.0);
    let mut later = |day: Day, column: &str| {
        if let Some(disclosed) = disclosed.filter(|disclosed| day > *disclosed) {
            refusals.push(
                Refusal::new(
                    "E-DATE-03",
                    article,
                    format!("{column} 为 {day},晚于披露日 {disclosed}:尚未发生的事不能记为已发生"),
                    format!("{column} is {day}, after the disclosure on {disclosed}: it has not happened yet"),
                )
                .value(&day.to_string())
                .column(column),
            );
        }
    };
    let reduced = match facts.reduced_on {
        Some(Moment::On(on)) => Some(on.0),
        _ => None,
    };
    if let Some(conceived) = facts.conceived_on {
        later(conceived.0, "conceived_on");
    }
    if let Some(reduced) = reduced {
        later(reduced, "reduced_on");
    }
    for (at, one) in facts.public_disclosure.iter().flatten().enumerate() {
        if !one.planned {
            later(one.on.0, &format!("public_disclosure[{}].on", at + 1));
        }
    }
    if let (Some(conceived), Some(reduced)) = (facts.conceived_on, reduced)
        && reduced < conceived.0
    {
        refusals.push(
            Refusal::new(
                "E-DATE-02",
                article,
                format!("付诸实践 {reduced} 早于构思 {}", conceived.0),
                format!(
                    "reduced to practice on {reduced}, before its conception on {}",
                    conceived.0
                ),
            )
            .value(&reduced.to_string())
            .column("reduced_on"),
        );
    }
}

fn hashes(facts: &Facts, article: &str, refusals: &mut Vec<Refusal>) {
    for (at, one) in facts.attachments.iter().flatten().enumerate() {
        if !is_sha256(&one.sha256) {
            let column = format!("attachments[{}].sha256", at + 1);
            let zh = "应为 64 位小写十六进制的 SHA-256";
            let en = "give the SHA-256 of the file, 64 lower-case hexadecimal digits";
            refusals.push(missing(&column, article, zh, en).value(&one.sha256));
        }
    }
}

/// Whether a text is 64 lower-case hexadecimal digits.
pub(crate) fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// The contributions and their sum; what is wrong with the people goes to `refusals`.
fn contributions(
    people: &[Inventor],
    cite: &Arc<Cite>,
    refusals: &mut Vec<Refusal>,
) -> Option<(Ratio, Proof)> {
    let article = &*cite.article;
    let mut shares = Vec::new();
    let mut parts = Vec::new();
    for (at, one) in people.iter().enumerate() {
        let column = |name: &str| format!("inventors[{}].{name}", at + 1);
        let blank =
            |text: &Option<String>| text.as_deref().is_none_or(|text| text.trim().is_empty());
        if blank(&one.employer) {
            let (zh, en) = ("应填构思时的工作单位", "give the employer at conception");
            refusals.push(missing(&column("employer"), article, zh, en));
        }
        if blank(&one.creative_contribution) {
            let (zh, en) = ("应写明创造性贡献", "describe the creative contribution");
            refusals.push(missing(&column("creative_contribution"), article, zh, en));
        }
        if one.person_id.as_ref().is_some_and(|id| blank(&id.purpose)) {
            refusals.push(
                Refusal::new(
                    "E-ID-03",
                    "PIPL 6",
                    "个人身份号码应写明用途,否则不予收集",
                    "a personal id is taken only with its purpose; give the purpose or leave it out",
                )
                .column(&column("person_id")),
            );
        }
        match one.contribution.map(|share| share.0) {
            None => {
                let (zh, en) =
                    ("应填贡献比例,如 40%", "give the share of the contribution, such as 40%");
                refusals.push(missing(&column("contribution"), article, zh, en));
            }
            Some(share) if !share.is_share() => refusals.push(
                Refusal::new(
                    "E-SHARE-02",
                    article,
                    format!("贡献比例 {share} 应在 0 到 100% 之间"),
                    format!("a contribution lies from 0 to 100%, not {share}"),
                )
                .value(&share.to_string())
                .column(&column("contribution")),
            ),
            Some(share) => {
                shares.push(share);
                parts.push(Proof::fact(one.name.clone(), share));
            }
        }
    }
    if shares.len() < people.len() || people.is_empty() {
        return None;
    }
    let sum = Ratio::sum(shares);
    if sum != Some(Ratio::ONE) {
        let shown = sum.map_or_else(|| "?".to_string(), |sum| sum.to_string());
        refusals.push(
            Refusal::new(
                "E-SHARE-01",
                article,
                format!("贡献比例之和为 {shown},应恰为 100%"),
                format!("the contributions sum to {shown}; they must sum to exactly 100%"),
            )
            .value(&shown)
            .column("inventors"),
        );
        return None;
    }
    let count = Proof::fact("inventors", Shown::Number(number(people.len())));
    parts.push(count);
    Some((Ratio::ONE, Proof::step("contributions", Ratio::ONE, "total", parts).citing(cite)))
}
