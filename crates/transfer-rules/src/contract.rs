//! Technology contracts: what they must say, their payment, and which type they are by content.
//! Source: CC 843–887; SPC 14, 15, 17, 19, 22.

use crate::clock::{self, at, filled};
use crate::input::{On, Share, Yuan, refuse};
use crate::licence::{self, Stated as StatedLicence};
use crate::output;
use crate::patent;
use kernel::{Day, Fen, Proof, Refusal};
use schema::{Lookup, Parameter};
use serde::Deserialize;
use serde_json::{Value, json};

mod classify;
pub use classify::{Classified, Fit, Reason, Traits, classify};

/// The types of contract, and what people call one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 委托开发: one side develops, the other pays.
    DevelopmentCommissioned,
    /// 合作开发: both sides develop.
    DevelopmentCooperative,
    /// 转让.
    Transfer,
    /// 许可.
    Licence,
    /// 咨询.
    Consulting,
    /// 服务.
    Service,
    /// 技术入股 by name: what it is, its content says.
    Investment,
    /// 中介: other rules apply (CC 887).
    Intermediary,
    /// 培训: other rules apply (CC 887).
    Training,
}

impl Kind {
    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            Kind::DevelopmentCommissioned => "development_commissioned",
            Kind::DevelopmentCooperative => "development_cooperative",
            Kind::Transfer => "transfer",
            Kind::Licence => "licence",
            Kind::Consulting => "consulting",
            Kind::Service => "service",
            Kind::Investment => "investment",
            Kind::Intermediary => "intermediary",
            Kind::Training => "training",
        }
    }

    /// The parameter that says whether it must be written; none for what is no technology contract
    /// by its name.
    fn written(self) -> Option<&'static str> {
        match self {
            Kind::DevelopmentCommissioned | Kind::DevelopmentCooperative => {
                Some("contract.written.development")
            }
            Kind::Transfer => Some("contract.written.transfer"),
            Kind::Licence => Some("contract.written.licence"),
            Kind::Consulting => Some("contract.written.consulting"),
            Kind::Service => Some("contract.written.service"),
            Kind::Investment | Kind::Intermediary | Kind::Training => None,
        }
    }
}

/// The form a contract has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// On paper.
    Written,
    /// An electronic document: written too (CC 469).
    Electronic,
    /// By word of mouth.
    Oral,
}

impl Form {
    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            Form::Written => "written",
            Form::Electronic => "electronic",
            Form::Oral => "oral",
        }
    }
}

/// The content of CC 845.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Content {
    /// The project's name.
    pub name: Option<String>,
    /// What it is about.
    pub content: Option<String>,
    /// How far it reaches.
    pub scope: Option<String>,
    /// What is required.
    pub requirements: Option<String>,
    /// The plan and its dates.
    pub plan: Option<String>,
    /// Where.
    pub place: Option<String>,
    /// How.
    pub manner: Option<String>,
    /// What is kept secret.
    pub confidentiality: Option<String>,
    /// Whose the results are.
    pub ownership: Option<String>,
    /// How income is shared.
    pub income_sharing: Option<String>,
    /// How it is accepted.
    pub acceptance: Option<String>,
    /// What its words mean.
    pub definitions: Option<String>,
}

impl Content {
    fn says(&self, field: &str) -> bool {
        let text = match field {
            "name" => &self.name,
            "content" => &self.content,
            "scope" => &self.scope,
            "requirements" => &self.requirements,
            "plan" => &self.plan,
            "place" => &self.place,
            "manner" => &self.manner,
            "confidentiality" => &self.confidentiality,
            "ownership" => &self.ownership,
            "income_sharing" => &self.income_sharing,
            "acceptance" => &self.acceptance,
            "definitions" => &self.definitions,
            _ => return false,
        };
        filled(text.as_deref())
    }
}

/// What a contract says of a patent it concerns (CC 845).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PatentData {
    /// Whether it is granted: an application has no patent number and no term yet.
    pub granted: bool,
    /// The title of the invention.
    pub title: Option<String>,
    /// The applicant or owner.
    pub holder: Option<String>,
    /// The filing date.
    pub filed: Option<On>,
    /// The application number.
    pub application_number: Option<String>,
    /// The patent number.
    pub patent_number: Option<String>,
    /// The day its term ends.
    pub term_end: Option<On>,
}

impl PatentData {
    fn says(&self, field: &str) -> bool {
        match field {
            "title" => filled(self.title.as_deref()),
            "holder" => filled(self.holder.as_deref()),
            "filed" => self.filed.is_some(),
            "application_number" => filled(self.application_number.as_deref()),
            "patent_number" => !self.granted || filled(self.patent_number.as_deref()),
            "term_end" => !self.granted || self.term_end.is_some(),
            _ => false,
        }
    }
}

/// What a sum in the price is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Technology.
    Technical,
    /// Equipment.
    Equipment,
    /// Material.
    Material,
    /// Anything else that is not technology.
    Other,
}

/// A sum in the price.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub part: Part,
    /// How much; unknown when left out.
    pub amount: Option<Yuan>,
}

/// The price of a contract.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// 成交额: all of it.
    pub total: Yuan,
    /// Sums named one by one.
    pub items: Vec<Item>,
    /// Whether it pays for anything that is not technology; unknown when left out.
    pub non_technical: Option<bool>,
}

/// What a price pays for technology.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turnover {
    /// 成交额.
    pub total: Fen,
    /// 技术交易额: without equipment, material and other non-technical items.
    pub technical: Fen,
    /// How that came about.
    pub proof: Proof,
}

impl Turnover {
    /// As JSON.
    pub fn json(&self) -> Value {
        json!({
            "total": self.total.to_string(),
            "technical": self.technical.to_string(),
            "proof": output::proof(&self.proof),
        })
    }
}

/// 技术交易额 = 成交额 − equipment, material and non-technical items (SPC 14).
///
/// Fails with `E-REG-02` when non-technical sums are, or may be, in the price but are not itemised,
/// `E-MONEY-02` for negative sums, `E-INPUT-01` when the items pass the price, `E-SIZE`.
pub fn turnover(facts: &Price, law: &Lookup<'_>) -> Result<Turnover, Refusal> {
    clock::bounded(facts.items.len(), "price/items")?;
    let (_, itemised) = law.truth("contract.itemised")?;
    let total = facts.total.0;
    not_negative(total, "price/total")?;
    let missing = |name: &str| {
        refuse(
            "E-REG-02",
            &itemised.cite.article,
            "合同价款中的非技术性款项应当分项写明金额",
            "non-technical sums in the price are itemised, each with its amount",
        )
        .value(name)
        .column("price/items")
    };
    let mut parts = vec![Proof::fact("contract_total", total)];
    let mut technical = total;
    let mut named = Fen::ZERO;
    let past = |named: &str| {
        let zh = format!("分项金额超过合同总额 {total}");
        let en = format!("the items pass the price of {total}");
        clock::unfit(&itemised.cite.article, &zh, &en, named, "price/items")
    };
    for item in &facts.items {
        let amount = item.amount.ok_or_else(|| missing(&item.name))?.0;
        not_negative(amount, "price/items")?;
        named = named.plus(amount).ok_or_else(|| past(&item.name))?;
        if item.part != Part::Technical {
            technical = technical.minus(amount).ok_or_else(|| past(&item.name))?;
            parts.push(Proof::fact(format!("item:{}", item.name), amount));
        }
    }
    if named > total {
        return Err(past(&named.to_string()));
    }
    let itemises = parts.len() > 1;
    match (facts.non_technical, itemises) {
        (Some(true) | None, false) => return Err(missing("non_technical")),
        (Some(false), true) => {
            return Err(clock::unfit(
                &itemised.cite.article,
                "写明没有非技术性款项,却列有非技术性分项",
                "it says there are no non-technical sums, yet lists some",
                "non_technical",
                "price/non_technical",
            ));
        }
        _ => {}
    }
    let proof = Proof::step("technical_total", technical, "difference", parts);
    Ok(Turnover { total, technical, proof: proof.citing(&itemised.cite) })
}

fn not_negative(amount: Fen, column: &str) -> Result<(), Refusal> {
    if amount >= Fen::ZERO {
        return Ok(());
    }
    let en = "an amount is not negative";
    Err(Refusal::new("E-MONEY-02", en, "金额不能为负", en)
        .value(&amount.to_string())
        .column(column))
}

/// What a royalty is counted on (CC 846).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Base {
    /// The price of the products.
    ProductPrice,
    /// The new output value.
    NewOutput,
    /// The profit.
    Profit,
    /// The sales.
    Sales,
}

/// A royalty.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Royalty {
    /// What it is counted on; must be said.
    pub base: Option<Base>,
    /// One rate, or one a year: rising or falling.
    pub rates: Vec<Share>,
    /// Whether the contract says how the books may be audited.
    pub audit: bool,
}

/// How the price is paid (CC 846).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "form", rename_all = "snake_case", deny_unknown_fields)]
pub enum Payment {
    /// All of it at once.
    Once,
    /// In instalments that make up the price.
    Instalments {
        /// How much each.
        amounts: Vec<Yuan>,
    },
    /// A royalty alone.
    Royalty {
        /// Which.
        royalty: Royalty,
    },
    /// An entry fee and a royalty.
    EntryAndRoyalty {
        /// The entry fee.
        entry: Yuan,
        /// The royalty.
        royalty: Royalty,
    },
}

/// How the rates of a royalty run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Run {
    /// One rate, or the same every year.
    Fixed,
    /// Never falling.
    Rising,
    /// Never rising.
    Falling,
}

impl Run {
    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            Run::Fixed => "fixed",
            Run::Rising => "rising",
            Run::Falling => "falling",
        }
    }
}

/// A contract as it is signed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contract {
    /// What it calls itself.
    pub kind: Kind,
    /// Its form; unknown when left out.
    pub form: Option<Form>,
    /// What it says.
    pub content: Content,
    /// Whether patents are concerned; unknown when left out.
    pub concerns_patents: Option<bool>,
    /// Their data.
    pub patents: Vec<PatentData>,
    /// The price.
    pub price: Price,
    /// How it is paid.
    pub payment: Payment,
    /// For a licence: what it says of its kind.
    pub licence: Option<StatedLicence>,
    /// The day of signing.
    pub signed: On,
}

/// A contract that says what it must.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// What the price pays for technology.
    pub turnover: Turnover,
    /// The kind its licence is kept under.
    pub licence: Option<licence::Kept>,
    /// How the royalty runs.
    pub run: Option<Run>,
    /// Things that are allowed but should be looked at.
    pub notes: Vec<&'static str>,
    /// How these came about.
    pub proof: Proof,
}

impl Checked {
    /// As JSON.
    pub fn json(&self) -> Value {
        json!({
            "total": self.turnover.total.to_string(),
            "technical": self.turnover.technical.to_string(),
            "licence": self.licence.as_ref().map(|kept| kept.kind.name()),
            "run": self.run.map(Run::name),
            "notes": self.notes,
            "proof": output::proof(&self.proof),
        })
    }
}

/// Whether a contract says what it must.
///
/// Fails with `E-CON-01` (a field of CC 845 is missing, or the price is not clear), `E-CON-02`
/// (oral where writing is asked for, CC 851, 863), `E-CON-03` (patent data missing), `E-ID-02`
/// (a patent number's check digit), `E-REG-02` (non-technical sums not itemised, SPC 14), and like
/// [`turnover`].
pub fn check(facts: &Contract, law: &Lookup<'_>) -> Result<Checked, Refusal> {
    let law = &at(law, facts.signed.0);
    clock::bounded(facts.patents.len(), "patents")?;
    let (fields, required) = law.text("contract.required")?;
    if let Some(field) = fields.split(',').find(|field| !facts.content.says(field)) {
        return Err(missing(field, required));
    }
    let mut notes = Vec::new();
    let mut parts = vec![Proof::step("content", true, "choice", vec![required.proof()])];
    parts.push(written(facts, law)?);
    parts.push(patents(facts, law)?);
    let turnover = turnover(&facts.price, law)?;
    parts.push(turnover.proof.clone());
    let (run, audited) = payment(facts, law)?;
    if !audited {
        notes.push("no_audit_of_books");
    }
    let licence = match (facts.kind, facts.licence) {
        (Kind::Licence, stated) => {
            let silent = StatedLicence { kind: None, sublicence: false, otherwise_agreed: false };
            Some(licence::kind(&stated.unwrap_or(silent), law)?)
        }
        _ => None,
    };
    if licence.as_ref().is_some_and(|kept| kept.by_law) {
        notes.push("licence_kind_by_law");
    }
    parts.extend(licence.as_ref().map(|kept| kept.proof.clone()));
    let proof = Proof::step("contract", true, "choice", parts);
    Ok(Checked { turnover, licence, run, notes, proof })
}

fn missing(field: &str, rule: &Parameter) -> Refusal {
    let zh = format!("合同缺少应有的内容:{field}");
    let en = format!("the contract lacks: {field}");
    refuse("E-CON-01", &rule.cite.article, &zh, &en).value(field).column("content")
}

fn written(facts: &Contract, law: &Lookup<'_>) -> Result<Proof, Refusal> {
    let form = facts.form.map_or("unknown", Form::name);
    let Some(id) = facts.kind.written() else { return Ok(Proof::fact("form", form)) };
    let (must, rule) = law.truth(id)?;
    if must && !matches!(facts.form, Some(Form::Written | Form::Electronic)) {
        return Err(refuse(
            "E-CON-02",
            &rule.cite.article,
            "这类合同应当采用书面形式",
            "this type of contract is made in writing",
        )
        .value(form)
        .column("form"));
    }
    let parts = vec![Proof::fact("form", form), rule.proof()];
    Ok(Proof::step("form_fits", true, "choice", parts).citing(&rule.cite))
}

fn patents(facts: &Contract, law: &Lookup<'_>) -> Result<Proof, Refusal> {
    let (fields, rule) = law.text("contract.patent_data")?;
    let wrong = |value: &str, column: &str| {
        let zh = format!("合同涉及专利时应注明:{value}");
        let en = format!("a contract that concerns patents says: {value}");
        refuse("E-CON-03", &rule.cite.article, &zh, &en).value(value).column(column)
    };
    let moves = matches!(facts.kind, Kind::Transfer | Kind::Licence);
    match facts.concerns_patents {
        Some(true) if facts.patents.is_empty() => return Err(wrong(fields, "patents")),
        None if facts.patents.is_empty() && moves => {
            return Err(wrong("concerns_patents", "concerns_patents"));
        }
        _ => {}
    }
    for (at, one) in facts.patents.iter().enumerate() {
        let column = format!("patents/{at}");
        if let Some(field) = fields.split(',').find(|field| !one.says(field)) {
            return Err(wrong(field, &column));
        }
        for number in [&one.application_number, &one.patent_number].into_iter().flatten() {
            patent::number(number).map_err(|refusal| refusal.column(&column))?;
        }
    }
    let count = i64::try_from(facts.patents.len()).unwrap_or(i64::MAX);
    Ok(Proof::step("patents", count, "choice", vec![rule.proof()]).citing(&rule.cite))
}

/// How the royalty runs, and whether its books may be audited (true without a royalty).
fn payment(facts: &Contract, law: &Lookup<'_>) -> Result<(Option<Run>, bool), Refusal> {
    let (_, rule) = law.text("contract.payment_forms")?;
    let unclear = |zh: &str, en: &str, value: &str| {
        refuse("E-CON-01", &rule.cite.article, zh, en).value(value).column("payment")
    };
    let royalty = match &facts.payment {
        Payment::Once => return Ok((None, true)),
        Payment::Instalments { amounts } => {
            clock::bounded(amounts.len(), "payment")?;
            for amount in amounts {
                not_negative(amount.0, "payment")?;
            }
            let sum = Fen::sum(amounts.iter().map(|amount| amount.0));
            if sum != Some(facts.price.total.0) {
                let zh = format!("各期款之和应等于合同总额 {}", facts.price.total.0);
                let en = format!("the instalments make up the price of {}", facts.price.total.0);
                let shown = sum.map_or_else(|| "unknown".to_string(), |sum| sum.to_string());
                return Err(unclear(&zh, &en, &shown));
            }
            return Ok((None, true));
        }
        Payment::Royalty { royalty } => royalty,
        Payment::EntryAndRoyalty { entry, royalty } => {
            not_negative(entry.0, "payment")?;
            royalty
        }
    };
    clock::bounded(royalty.rates.len(), "payment")?;
    if royalty.base.is_none() || royalty.rates.is_empty() {
        let en = "a royalty says its base and its rate";
        return Err(unclear("提成应写明基数和比例", en, "royalty"));
    }
    if let Some(rate) = royalty.rates.iter().find(|rate| !rate.0.is_share()) {
        let en = "a rate lies from 0 to 100%";
        return Err(Refusal::new("E-SHARE-02", en, "提成比例应在 0 至 100% 之间", en)
            .value(&rate.0.to_string())
            .column("payment"));
    }
    let pairs = || royalty.rates.iter().zip(royalty.rates.iter().skip(1));
    let run = match (pairs().all(|(a, b)| a <= b), pairs().all(|(a, b)| a >= b)) {
        (true, true) => Run::Fixed,
        (true, false) => Run::Rising,
        (false, true) => Run::Falling,
        (false, false) => {
            let en = "the rates of a royalty are fixed, rising or falling";
            return Err(unclear("提成比例应为固定、逐年递增或者逐年递减", en, "rates"));
        }
    };
    Ok((Some(run), royalty.audit))
}

/// A main obligation that was demanded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Demand {
    /// The day of the demand.
    pub demanded: On,
    /// When it was performed, if it was.
    pub performed: Option<On>,
}

/// Since when a contract may be ended for delay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delay {
    /// The last day to perform.
    pub until: Day,
    /// The first day of the right to end the contract; none when performed in time.
    pub right_from: Option<Day>,
    /// How that came about.
    pub proof: Proof,
}

impl Delay {
    /// As JSON.
    pub fn json(&self) -> Value {
        json!({
            "until": self.until.to_string(),
            "right_from": self.right_from.map(|day| day.to_string()),
            "proof": output::proof(&self.proof),
        })
    }
}

/// The right to end a contract after a demand (SPC 15). Fails with `E-DATE-02` and like the calendar.
pub fn delay(facts: &Demand, law: &Lookup<'_>) -> Result<Delay, Refusal> {
    let demanded = facts.demanded.0;
    if let Some(performed) = facts.performed {
        clock::in_order(Some(demanded), performed.0, "performed")?;
    }
    let start = Proof::fact("demanded", demanded);
    let term = clock::run("perform_until", start, demanded, "contract.delay", &at(law, demanded))?;
    let until = term.due.last;
    let late = facts.performed.is_none_or(|performed| performed.0 > until);
    let right_from = late.then(|| until.next());
    let after = clock::day_after("termination_right", term.proof, until);
    let proof = Proof::step("delay", late, "choice", vec![after]);
    Ok(Delay { until, right_from, proof })
}

#[cfg(test)]
mod tests;
