//! From a file to a policy: everything that is wrong is said, with its place.

mod cases;
mod compile;
mod figures;
pub(crate) mod kinds;

use crate::code::{Code, Op};
use crate::fault::{At, Fault};
use crate::kind::Kind;
use crate::node::{self, Node};
use crate::policy::{
    Amount, Approximated, Condition, Definition, Exception, Input, Justification, Material,
    Parameter, Per, Policy, Pool, Process, Source, Support, Table, Way,
};
use crate::syntax;
use crate::vocabulary::{Vocabulary, plain};
use kernel::calendar::Count;
use kernel::canon::{hex, sha256};
use kernel::proof::{Cite, Confidence};
use kernel::{Day, Fen, Label, Ratio, Rounding};
use kinds::{fen, label, maybe_day, only};
use std::sync::Arc;

/// A policy has at most so many inputs, and so many parameters: a bit stands for each.
pub(crate) const NAMES_MAX: usize = 64;

pub(crate) const MEMBERS: &[&str] = &[
    "policy",
    "title",
    "summary",
    "audience",
    "place",
    "source",
    "valid",
    "known",
    "inputs",
    "parameters",
    "tables",
    "define",
    "eligible",
    "amount",
    "pool",
    "support",
    "discretion",
    "approximated",
    "justifications",
    "process",
    "tests",
];

/// A policy with what is to be said of it: no error is among the faults when there is a policy.
#[derive(Debug, Clone)]
pub struct Read {
    /// The policy, when it may be used.
    pub policy: Option<Policy>,
    /// Errors and warnings in the order of their places.
    pub faults: Vec<Fault>,
}

/// Reads a policy from the text of its file.
pub fn read(text: &str, vocabulary: &Vocabulary) -> Read {
    let node = match node::read(text) {
        Ok(node) => node,
        Err(fault) => return Read { policy: None, faults: vec![fault] },
    };
    let mut reading = Reading::new(vocabulary);
    let policy = reading.policy(&node, text);
    let mut faults = reading.faults;
    if let Some(policy) = &policy {
        faults.extend(crate::lint::all(policy));
    }
    faults.sort_by_key(|fault| fault.at);
    faults.dedup();
    let sound = faults.iter().all(|fault| fault.weight == crate::fault::Weight::Warning);
    Read { policy: policy.filter(|_| sound), faults }
}

/// A definition that is being read.
struct Draft<'n> {
    name: String,
    at: At,
    node: &'n Node,
    state: DraftState,
}

enum DraftState {
    Waiting,
    Open,
    Done(Box<Definition>),
    Failed,
}

struct Reading<'n> {
    vocabulary: &'n Vocabulary,
    faults: Vec<Fault>,
    inputs: Vec<Input>,
    parameters: Vec<Parameter>,
    tables: Vec<Table>,
    drafts: Vec<Draft<'n>>,
    conditions: Vec<Condition>,
    words: Vec<String>,
    cite: Arc<Cite>,
    used_inputs: u64,
    used_parameters: u64,
    used_tables: u64,
}

impl<'n> Reading<'n> {
    fn new(vocabulary: &'n Vocabulary) -> Reading<'n> {
        let cite = Cite {
            rule: String::new(),
            version: String::new(),
            article: String::new(),
            confidence: Confidence::Own,
        };
        Reading {
            vocabulary,
            faults: Vec::new(),
            inputs: Vec::new(),
            parameters: Vec::new(),
            tables: Vec::new(),
            drafts: Vec::new(),
            conditions: Vec::new(),
            words: Vec::new(),
            cite: Arc::new(cite),
            used_inputs: 0,
            used_parameters: 0,
            used_tables: 0,
        }
    }

    /// Keeps a fault and goes on without what it spoils.
    fn keep<T>(&mut self, result: Result<T, Fault>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(fault) => {
                self.faults.push(fault);
                None
            }
        }
    }

    fn word(&mut self, text: &str) -> u32 {
        let place = self.words.iter().position(|word| word == text).unwrap_or_else(|| {
            self.words.push(text.to_string());
            self.words.len() - 1
        });
        u32::try_from(place).unwrap_or(u32::MAX)
    }

    fn policy(&mut self, node: &'n Node, text: &str) -> Option<Policy> {
        let known = only(node, MEMBERS);
        self.keep(known);
        let missing = |key: &str| {
            let zh = format!("缺少 {key}");
            Fault::new("E-POL-09", node.at, zh, format!("`{key}` is missing"))
        };
        let id = node.get("policy").and_then(Node::text).ok_or_else(|| missing("policy"));
        let id = self.keep(id)?.to_string();
        let title = node.get("title").ok_or_else(|| missing("title")).and_then(label);
        let title = self.keep(title).unwrap_or_else(|| plain(&id));
        let source = self.source(node)?;
        let valid = self.valid(node);
        let known = maybe_day(node.get("known")).map(|known| known.or(source.issued));
        let known = self.keep(known)?;
        let Some(known) = known else {
            let en = "`known` or `source.issued` says since when it is known";
            self.faults.push(Fault::new("E-POL-01", node.at, "须写明 known 或 source.issued", en));
            return None;
        };
        let article = match &source.clause {
            Some(clause) => format!("{} {clause}", source.document),
            None => source.document.clone(),
        };
        self.cite = Arc::new(Cite {
            rule: id.clone(),
            version: known.to_string(),
            article,
            confidence: source.confidence,
        });
        self.read_inputs(node);
        self.read_parameters(node);
        self.read_tables(node);
        self.read_definitions(node);
        let eligible = node.get("eligible").map(|node| self.condition(node, 0));
        let eligible = eligible.and_then(|eligible| self.keep(eligible));
        let amount = node.get("amount").map(|node| self.amount(node));
        let amount = amount.and_then(|amount| self.keep(amount));
        for place in 0..self.drafts.len() {
            let defined = self.define(place, self.drafts[place].at);
            if let Err(fault) = defined
                && !self.faults.contains(&fault)
            {
                self.faults.push(fault);
            }
        }
        let pool = node.get("pool").map(pool);
        let pool = pool.and_then(|pool| self.keep(pool));
        let support = node.get("support").map(support);
        let support = support.and_then(|support| self.keep(support)).unwrap_or_default();
        let process = node.get("process").map(|node| self.process(node));
        let process = process.and_then(|process| self.keep(process)).unwrap_or_default();
        let discretion = node.get("discretion").and_then(Node::text) == Some("true");
        let approximated = self.approximated(node);
        let justifications = self.justifications(node);
        let words = |node: &Node, key: &str| node.get(key).map(label).transpose();
        let (summary, audience) = (words(node, "summary"), words(node, "audience"));
        let (summary, audience) = (self.keep(summary).flatten(), self.keep(audience).flatten());
        let place = node.get("place").and_then(Node::text).unwrap_or("china").to_string();
        self.warn_unused();
        let definitions: Vec<Definition> = std::mem::take(&mut self.drafts)
            .into_iter()
            .filter_map(|draft| match draft.state {
                DraftState::Done(definition) => Some(*definition),
                _ => None,
            })
            .collect();
        if !self.faults.iter().all(|fault| fault.weight == crate::fault::Weight::Warning) {
            return None;
        }
        let mut policy = Policy {
            id,
            title,
            summary,
            audience,
            place,
            source,
            valid,
            known,
            inputs: std::mem::take(&mut self.inputs),
            parameters: std::mem::take(&mut self.parameters),
            tables: std::mem::take(&mut self.tables),
            definitions,
            conditions: std::mem::take(&mut self.conditions),
            words: std::mem::take(&mut self.words),
            eligible,
            amount,
            pool,
            support,
            discretion,
            approximated,
            justifications,
            process,
            tests: Vec::new(),
            digest: hex(&sha256(text.as_bytes())),
            cite: Arc::clone(&self.cite),
        };
        let (tests, faults) = cases::read(node, &policy);
        self.faults.extend(faults);
        policy.tests = tests;
        Some(policy)
    }

    fn source(&mut self, node: &Node) -> Option<Source> {
        let none = |at: At| {
            Fault::new(
                "E-POL-01",
                at,
                "政策须写明来源文件、发布日期",
                "a policy names its document and the day it was issued",
            )
            .hint(
                "source: {document: …, issued: 2025-07-28, confidence: verified}",
                "source: {document: …, issued: 2025-07-28, confidence: verified}",
            )
        };
        let Some(source) = node.get("source") else {
            self.faults.push(none(node.at));
            return None;
        };
        let known = only(
            source,
            &["document", "issuer", "number", "issued", "clause", "url", "confidence"],
        );
        self.keep(known);
        let text = |key: &str| source.get(key).and_then(Node::text).map(str::to_string);
        let issued = maybe_day(source.get("issued"));
        let issued = self.keep(issued)?;
        let confidence = text("confidence").and_then(|name| Confidence::from_name(&name));
        let (Some(document), Some(confidence)) = (text("document"), confidence) else {
            let en = "`confidence` is verified, excerpt, draft, general or own";
            let fault =
                none(source.at).hint("confidence: verified、excerpt、draft、general 或 own", en);
            self.faults.push(fault);
            return None;
        };
        Some(Source {
            document,
            issuer: text("issuer"),
            number: text("number"),
            issued,
            clause: text("clause"),
            url: text("url"),
            confidence,
        })
    }

    fn valid(&mut self, node: &Node) -> (Option<Day>, Option<Day>) {
        let Some(valid) = node.get("valid") else { return (None, None) };
        let known = only(valid, &["from", "to"]);
        self.keep(known);
        let (from, to) = (maybe_day(valid.get("from")), maybe_day(valid.get("to")));
        let (from, to) = (self.keep(from).flatten(), self.keep(to).flatten());
        if from.zip(to).is_some_and(|(from, to)| to < from) {
            let en = "it ends before it begins";
            self.faults.push(Fault::new("E-DATE-02", valid.at, "止日早于起日", en));
        }
        (from, to)
    }

    fn read_inputs(&mut self, node: &Node) {
        let Some(inputs) = node.get("inputs") else { return };
        let Some(members) = inputs.members() else {
            let en = "`inputs` is a map of names";
            self.faults.push(Fault::new("E-POL-09", inputs.at, "inputs 应为名称到类型的映射", en));
            return;
        };
        for (name, at, node) in members {
            if self.inputs.len() >= NAMES_MAX {
                self.faults.push(many(*at));
                return;
            }
            let input = kinds::input(name, *at, node, Some(self.vocabulary));
            if let Some(input) = self.keep(input) {
                self.options(&input.kind);
                self.inputs.push(input);
            }
        }
    }

    /// The answers of a choice are words of the policy.
    fn options(&mut self, kind: &Kind) {
        match kind {
            Kind::Text(options) => options.iter().for_each(|option| {
                self.word(option);
            }),
            Kind::List(fields) => fields.iter().for_each(|(_, kind)| self.options(kind)),
            _ => {}
        }
    }

    fn read_definitions(&mut self, node: &'n Node) {
        for (name, at, node) in node.get("define").and_then(Node::members).unwrap_or_default() {
            let name = name.clone();
            self.drafts.push(Draft { name, at: *at, node, state: DraftState::Waiting });
        }
        let mut names: Vec<(&str, At)> = Vec::new();
        let inputs = self.inputs.iter().map(|one| (&*one.name, one.at));
        let parameters = self.parameters.iter().map(|one| (&*one.name, one.at));
        let tables = self.tables.iter().map(|one| (&*one.name, one.at));
        let drafts = self.drafts.iter().map(|one| (&*one.name, one.at));
        let mut twice = Vec::new();
        for (name, at) in inputs.chain(parameters).chain(tables).chain(drafts) {
            match names.iter().any(|(known, _)| *known == name) {
                true => twice.push(Fault::new(
                    "E-POL-09",
                    at,
                    format!("名称“{name}”重复"),
                    format!("the name `{name}` is taken already"),
                )),
                false => names.push((name, at)),
            }
        }
        self.faults.extend(twice);
    }

    /// Reads a definition when it is first needed; one that needs itself is refused.
    fn define(&mut self, place: usize, at: At) -> Result<Kind, Fault> {
        let (name, node) = (self.drafts[place].name.clone(), self.drafts[place].node);
        match &self.drafts[place].state {
            DraftState::Done(definition) => return Ok(definition.kind.clone()),
            DraftState::Open => {
                let en = format!("`{name}` needs itself");
                return Err(Fault::new("E-POL-08", at, format!("“{name}”的定义循环"), en));
            }
            DraftState::Failed => {
                let en = format!("`{name}` could not be read");
                return Err(Fault::new("E-POL-11", at, format!("“{name}”有错"), en));
            }
            DraftState::Waiting => {}
        }
        self.drafts[place].state = DraftState::Open;
        match self.definition(&name, self.drafts[place].at, node) {
            Ok(definition) => {
                let kind = definition.kind.clone();
                self.drafts[place].state = DraftState::Done(Box::new(definition));
                Ok(kind)
            }
            Err(fault) => {
                self.drafts[place].state = DraftState::Failed;
                Err(fault)
            }
        }
    }

    fn definition(&mut self, name: &str, at: At, node: &'n Node) -> Result<Definition, Fault> {
        let expression = match node.text() {
            Some(_) => node,
            None => {
                only(
                    node,
                    &[
                        "type",
                        "unit",
                        "per",
                        "of",
                        "label",
                        "expr",
                        "exceptions",
                        "clause",
                        "confidence",
                    ],
                )?;
                node.get("expr")
                    .ok_or_else(|| Fault::new("E-POL-09", at, "缺少 expr", "`expr` is missing"))?
            }
        };
        let (value, mut kind) = self.expression(expression)?;
        if node.get("type").is_some() {
            let declared = kinds::kind(node)?;
            self.options(&declared);
            if !kind.fits(&declared) {
                let en = format!("it is said to be {declared}, and is {kind}");
                let zh = format!("写明为 {declared},实为 {kind}");
                return Err(Fault::new("E-POL-10", expression.at, zh, en));
            }
            kind = declared;
        }
        let cite = self.part_cite(name, node)?;
        let mut exceptions = Vec::new();
        for item in node.get("exceptions").and_then(Node::items).unwrap_or_default() {
            only(item, &["label", "when", "value", "over", "clause", "confidence"])?;
            let part = |key: &str| {
                let (zh, en) = (format!("缺少 {key}"), format!("`{key}` is missing"));
                item.get(key).ok_or_else(|| Fault::new("E-POL-09", item.at, zh, en))
            };
            let label = part("label")?.text().unwrap_or_default().to_string();
            let when = self.condition(part("when")?, 0)?;
            let (value, other) = self.expression(part("value")?)?;
            if !other.fits(&kind) {
                let en = format!("the exception is {other}, the rule is {kind}");
                let zh = format!("例外为 {other},规则为 {kind}");
                return Err(Fault::new("E-POL-10", part("value")?.at, zh, en));
            }
            if kind == Kind::Literal {
                kind = other;
            }
            let over = match item.get("over") {
                None => Vec::new(),
                Some(node) => match node.items() {
                    Some(items) => {
                        items.iter().filter_map(Node::text).map(str::to_string).collect()
                    }
                    None => node.text().into_iter().map(str::to_string).collect(),
                },
            };
            let cite = self.part_cite(&format!("{name}.{label}"), item)?;
            exceptions.push(Exception { label, at: item.at, when, value, over, cite });
        }
        for one in &exceptions {
            let stray = one.over.iter().find(|over| !exceptions.iter().any(|e| e.label == **over));
            if let Some(stray) = stray {
                let known = exceptions.iter().map(|one| one.label.as_str());
                return Err(compile::unknown(stray, one.at, known));
            }
        }
        let label = node.get("label").map(label).transpose()?.unwrap_or_else(|| plain(name));
        Ok(Definition { name: name.to_string(), at, kind, label, value, exceptions, cite })
    }

    fn expression(&mut self, node: &Node) -> Result<(Code, Kind), Fault> {
        let Some(text) = node.text() else {
            let (zh, en) = ("此处应为表达式", "an expression is wanted here");
            return Err(Fault::new("E-POL-09", node.at, zh, en));
        };
        let part = syntax::read(text, node.at)?;
        self.compile(&part, &Vec::new())
    }

    /// A condition: an expression, or `{all: […]}`, `{any: […]}`, `{not: …}`, each of which may be
    /// `{that: …, label: …, clause: …}`.
    fn condition(&mut self, node: &Node, depth: usize) -> Result<Code, Fault> {
        let at = node.at;
        if node.text().is_some() {
            return match self.expression(node)? {
                (code, Kind::Truth) => Ok(code),
                (_, kind) => Err(Fault::new(
                    "E-POL-10",
                    at,
                    format!("条件应为真假,而不是 {kind}"),
                    format!("a condition is true or false, not {kind}"),
                )),
            };
        }
        only(node, &["all", "any", "not", "that", "label", "clause", "confidence"])?;
        let all = |reading: &mut Self, list: &Node| -> Result<Vec<Code>, Fault> {
            let items = list.items().unwrap_or_default();
            if items.is_empty() || depth > 16 {
                let en = "a list of conditions holds at least one";
                return Err(Fault::new("E-POL-09", list.at, "条件列表至少一项", en));
            }
            items.iter().map(|item| reading.condition(item, depth + 1)).collect()
        };
        let that = match (node.get("all"), node.get("any"), node.get("not"), node.get("that")) {
            (Some(list), None, None, None) => Code::new(at, Op::All(all(self, list)?)),
            (None, Some(list), None, None) => Code::new(at, Op::Any(all(self, list)?)),
            (None, None, Some(of), None) => {
                Code::new(at, Op::Not(Box::new(self.condition(of, depth + 1)?)))
            }
            (None, None, None, Some(of)) => self.condition(of, depth + 1)?,
            _ => {
                let en = "a condition is one of `all`, `any`, `not`, `that`";
                return Err(Fault::new("E-POL-09", at, "条件须为 all、any、not、that 之一", en));
            }
        };
        if node.get("label").is_none() && node.get("clause").is_none() {
            return Ok(that);
        }
        let label = node.get("label").map(label).transpose()?;
        let place = self.conditions.len();
        let cite = self.part_cite(&format!("condition {}", place + 1), node)?;
        let label = label.unwrap_or_else(|| plain(&cite.article));
        self.conditions.push(Condition { label, cite, that });
        Ok(Code::new(at, Op::Condition(place)))
    }

    fn amount(&mut self, node: &Node) -> Result<Amount, Fault> {
        only(node, &["kind", "expr", "round", "step", "per"])?;
        let up_to = match node.get("kind").and_then(Node::text) {
            None | Some("exact") => false,
            Some("up_to") => true,
            Some(other) => {
                return Err(compile::unknown(other, node.at, ["exact", "up_to"].into_iter()));
            }
        };
        let expression = node.get("expr").ok_or_else(|| {
            Fault::new("E-POL-02", node.at, "金额须写明 expr", "an amount has an `expr`")
        })?;
        let (expr, kind) = self.expression(expression)?;
        if !kind.fits(&Kind::money()) {
            let en = format!("an amount is money, not {kind}");
            return Err(Fault::new(
                "E-POL-10",
                expression.at,
                format!("金额不是钱,而是 {kind}"),
                en,
            ));
        }
        let way = node.get("round").and_then(Node::text).unwrap_or("fen_half_up");
        let round = compile::rounding(way).ok_or_else(|| {
            let known = ["fen_half_up", "fen_down", "fen_up"].into_iter();
            compile::unknown(way, node.at, known)
        })?;
        let step = match node.get("step") {
            None => Ratio::new(1, 100),
            Some(node) => fen(node).ok().and_then(|fen| Ratio::new(i128::from(fen.fen()), 100)),
        };
        let step = step.filter(|step| *step > Ratio::ZERO).ok_or_else(|| {
            Fault::new("E-POL-02", node.at, "step 应为正的金额", "`step` is an amount above zero")
        })?;
        let per = match node.get("per").and_then(Node::text) {
            None | Some("once") => Per::Once,
            Some("year") => Per::Year,
            Some("month") => Per::Month,
            Some(other) => {
                let known = ["once", "year", "month"].into_iter();
                return Err(compile::unknown(other, node.at, known));
            }
        };
        Ok(Amount { up_to, expr, round, step, per })
    }

    fn approximated(&mut self, node: &Node) -> Vec<Approximated> {
        let mut all = Vec::new();
        for item in node.get("approximated").and_then(Node::items).unwrap_or_default() {
            let read = only(item, &["criterion", "because"]).and_then(|()| {
                let part = |key: &str| {
                    let (zh, en) = (format!("缺少 {key}"), format!("`{key}` is missing"));
                    let none = || Fault::new("E-POL-09", item.at, zh, en);
                    item.get(key).ok_or_else(none).and_then(label)
                };
                Ok(Approximated { criterion: part("criterion")?, because: part("because")? })
            });
            all.extend(self.keep(read));
        }
        all
    }

    fn justifications(&mut self, node: &Node) -> Vec<Justification> {
        let mut all = Vec::new();
        for item in node.get("justifications").and_then(Node::items).unwrap_or_default() {
            let read = only(item, &["of", "article", "until"]).and_then(|()| {
                let part = |key: &str| {
                    let (zh, en) = (format!("缺少 {key}"), format!("`{key}` is missing"));
                    item.get(key).ok_or_else(|| Fault::new("E-POL-14", item.at, zh, en))
                };
                let text = |key: &str| Ok(part(key)?.text().unwrap_or_default().to_string());
                let until = kinds::day(part("until")?)?;
                Ok(Justification { of: text("of")?, article: text("article")?, until })
            });
            all.extend(self.keep(read));
        }
        all
    }

    fn process(&mut self, node: &Node) -> Result<Process, Fault> {
        only(node, &["way", "within", "materials", "office", "phone", "closes"])?;
        let way = match node.get("way") {
            None => Way::default(),
            Some(node) => {
                let name = node.text().unwrap_or_default();
                let known = ["automatic", "quick", "application", "by_law"].into_iter();
                Way::from_name(name).ok_or_else(|| compile::unknown(name, node.at, known))?
            }
        };
        let within = match node.get("within") {
            None => None,
            Some(node) => {
                let text = node.text().unwrap_or_default();
                let read = text.split_once(' ').and_then(|(number, count)| {
                    Some((number.parse::<u32>().ok()?, Count::from_name(count)?))
                });
                Some(read.ok_or_else(|| {
                    let en = "`within` is a number and day, workday, month or year";
                    Fault::new("E-POL-09", node.at, "within 应如 60 workday", en)
                })?)
            }
        };
        let mut materials = Vec::new();
        for item in node.get("materials").and_then(Node::items).unwrap_or_default() {
            only(item, &["label", "shows"])?;
            let name = item.get("label").ok_or_else(|| {
                Fault::new("E-POL-09", item.at, "材料须有 label", "a material has a `label`")
            })?;
            let shows = item.get("shows").and_then(Node::text).map(str::to_string);
            if let Some(shows) = &shows
                && !self.inputs.iter().any(|input| input.name == *shows)
            {
                let known = self.inputs.iter().map(|input| input.name.as_str());
                return Err(compile::unknown(shows, item.at, known));
            }
            materials.push(Material { at: item.at, label: label(name)?, shows });
        }
        Ok(Process {
            way,
            within,
            materials,
            office: node.get("office").map(label).transpose()?,
            phone: node.get("phone").and_then(Node::text).map(str::to_string),
            closes: maybe_day(node.get("closes"))?,
        })
    }

    fn warn_unused(&mut self) {
        let inputs = self.inputs.iter().enumerate();
        let inputs = inputs.filter(|(at, _)| self.used_inputs & (1 << at) == 0);
        let inputs = inputs.map(|(_, one)| (one.name.clone(), one.at));
        let parameters = self.parameters.iter().enumerate();
        let parameters = parameters.filter(|(at, _)| self.used_parameters & (1 << at) == 0);
        let parameters = parameters.map(|(_, one)| (one.name.clone(), one.at));
        let tables = self.tables.iter().enumerate();
        let tables = tables.filter(|(at, _)| self.used_tables & (1 << at) == 0);
        let tables = tables.map(|(_, one)| (one.name.clone(), one.at));
        let all: Vec<(String, At)> = inputs.chain(parameters).chain(tables).collect();
        for (name, at) in all {
            let en = format!("nothing uses `{name}`");
            self.faults.push(Fault::warning("E-POL-16", at, format!("“{name}”没有用到"), en));
        }
    }
}

fn many(at: At) -> Fault {
    let en = format!("a policy has at most {NAMES_MAX} inputs and parameters each");
    Fault::new("E-SIZE", at, format!("输入和参数各最多{NAMES_MAX}个"), en)
}

fn pool(node: &Node) -> Result<Pool, Fault> {
    only(node, &["id", "budget"])?;
    let id = node
        .get("id")
        .and_then(Node::text)
        .ok_or_else(|| Fault::new("E-POL-09", node.at, "资金池须有 id", "a pool has an `id`"))?;
    let budget = match node.get("budget") {
        None => None,
        Some(node) if node.text() == Some("unread") => None,
        Some(node) => Some(fen(node)?),
    };
    Ok(Pool { id: id.to_string(), budget })
}

fn support(node: &Node) -> Result<Support, Fault> {
    only(node, &["cost", "excludes", "group", "yearly_cap", "alternative_to", "needs_approval"])?;
    let text = |key: &str| node.get(key).and_then(Node::text).map(str::to_string);
    let excludes = node.get("excludes").and_then(Node::items).unwrap_or_default();
    let yearly_cap: Option<Fen> = node.get("yearly_cap").map(fen).transpose()?;
    Ok(Support {
        cost: text("cost"),
        excludes: excludes.iter().filter_map(Node::text).map(str::to_string).collect(),
        group: text("group"),
        yearly_cap,
        alternative_to: text("alternative_to"),
        needs_approval: text("needs_approval").as_deref() == Some("true"),
    })
}

/// The name of a way of rounding, as amounts write it.
pub(crate) fn rounding_name(way: Rounding) -> String {
    format!("fen_{}", way.name())
}

/// A label as it is shown when a proof names a condition.
pub(crate) fn shown(label: &Label) -> &str {
    &label.zh
}
