//! Demands: what someone looks for, in words and under conditions, and what of the atlas fits.
//!
//! What is offered is a copy of the view in a small engine of its own, made anew when something
//! but an answer changed; answers are laid over it for each question.

use crate::answer::{self, Answer, Reply};
use crate::error::{Error, Result};
use crate::view::{At, LIVE, Sight, View};
use kernel::canon::Object;
use kernel::text::fold;
use kernel::{Day, Decimal, EntityId, Fen, Refusal, Valid};
use matching::supply::{self, Offer};
use matching::{Compare, Engine, Fact, Feedback, Matches, Options, Record, Rules, Unknowns};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::{Tx, params};

/// Characters of a demand's title.
const TITLE_CHARS_MAX: usize = 200;
/// Characters of a demand's text.
const TEXT_CHARS_MAX: usize = 8_000;
/// Characters of one condition.
const CONDITION_CHARS_MAX: usize = 300;
/// Characters of the name of a group.
const GROUP_CHARS_MAX: usize = 120;
/// Records that are offered at most.
const OFFERED_MAX: usize = 300_000;
/// Results of one question at most.
pub const LIMIT_MAX: usize = 50;

/// What someone looks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Demand {
    /// A line that says it.
    pub title: String,
    /// The problem and what is asked of a solution.
    pub text: String,
    /// Kinds of records wanted, of the rules; any when empty.
    pub kinds: Vec<String>,
    /// Conditions by constraint key, as people write them.
    pub constraints: BTreeMap<String, String>,
}

impl Demand {
    /// Checks the words; fails with `E-TEXT-…`, `E-MATCH-10` without a title or text, and
    /// `E-MATCH-11` for a kind or condition that the rules do not know.
    pub fn check(&self, rules: &Rules) -> Result<()> {
        kernel::text::clean(&self.title, TITLE_CHARS_MAX).map_err(|r| r.column("title"))?;
        kernel::text::clean(&self.text, TEXT_CHARS_MAX).map_err(|r| r.column("text"))?;
        if self.title.trim().is_empty() && self.text.trim().is_empty() {
            let (zh, en) = ("请写明需求", "say what is looked for");
            let rule = "a demand has a title or a text";
            return Err(Refusal::new("E-MATCH-10", rule, zh, en).column("title").into());
        }
        let unknown = |column: &str, value: &str| {
            let rule = "kinds and conditions are those of the vocabulary";
            let (zh, en) = ("词表中没有这一项", "the vocabulary has no such entry");
            Error::from(Refusal::new("E-MATCH-11", rule, zh, en).column(column).value(value))
        };
        if let Some(kind) = self.kinds.iter().find(|kind| rules.kind(kind).is_none()) {
            return Err(unknown("kinds", kind));
        }
        match self.constraints.keys().find(|key| rules.constraint(key).is_none()) {
            Some(key) => Err(unknown("constraints", key)),
            None => Ok(()),
        }
    }

    /// Canonical JSON.
    pub fn canonical(&self) -> String {
        let constraints = self.constraints.iter().filter(|(_, value)| !value.trim().is_empty());
        let constraints =
            constraints.fold(Object::new(), |all, (key, value)| all.text(key, value.trim()));
        let mut kinds = self.kinds.clone();
        kinds.sort();
        kinds.dedup();
        Object::new()
            .text("title", self.title.trim())
            .text("text", self.text.trim())
            .texts("kinds", &kinds)
            .object("constraints", &constraints)
            .to_string()
    }
}

/// What a supply depends on: the content of the view, and how many judgements lie over it.
type Stamp = (u64, u64);

/// What is offered, at one state of the view.
pub struct Supply {
    stamp: Stamp,
    engine: Engine,
    /// Kinds of records that are offered.
    kinds: Vec<String>,
    /// Whom each group of the records is: by the name that the engine knows it by.
    groups: BTreeMap<String, EntityId>,
    /// Answers that the engine has learnt from: id, record, question.
    learnt: BTreeMap<String, (String, String)>,
}

impl Supply {
    /// What of the view is offered now.
    ///
    /// Cost: one pass over the texts of what is offered, some tens of microseconds a record.
    pub fn gather(tx: &mut Tx<'_>, view: &View, rules: &Arc<Rules>) -> Result<Supply> {
        let offers = supply::shipped(rules)?;
        let engine = Engine::create(None, Arc::clone(rules)).map_err(of_engine)?;
        let gather = Gather::new(view, &offers);
        let records = gather.records(tx)?;
        let groups = gather.groups.into_inner();
        engine.add(&records).map_err(of_engine)?;
        engine.commit().map_err(of_engine)?;
        let (stamp, kinds, learnt) = (stamp(view), kinds_of(&offers), BTreeMap::new());
        Ok(Supply { stamp, engine, kinds, groups, learnt })
    }

    /// Whether nothing but answers came since it was gathered.
    pub fn fresh(&self, view: &View) -> bool {
        self.stamp == stamp(view)
    }

    /// Whom a group of a result is.
    pub fn group(&self, name: &str) -> Option<EntityId> {
        self.groups.get(name).copied()
    }

    /// How many records are offered.
    pub fn len(&self) -> usize {
        self.engine.record_count()
    }

    /// Whether nothing is offered.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Brings what was learnt to the answers that stand.
    fn teach(&mut self, answers: &[Answer]) -> Result<()> {
        let accepted = answers.iter().filter(|one| one.reply == Reply::Accept);
        let wanted: BTreeMap<String, (String, String)> = accepted
            .map(|one| (one.id.to_string(), (one.entity.to_string(), question(&one.demand))))
            .collect();
        if wanted == self.learnt {
            return Ok(());
        }
        if let Err(error) = self.change(&wanted) {
            self.engine.rollback().map_err(of_engine)?;
            return Err(of_engine(error));
        }
        self.learnt = wanted;
        Ok(())
    }

    fn change(&self, wanted: &BTreeMap<String, (String, String)>) -> matching::Result<()> {
        for (id, (record, _)) in &self.learnt {
            if wanted.get(id) != self.learnt.get(id) {
                self.engine.forget(record, id)?;
            }
        }
        for (id, (record, question)) in wanted {
            if self.learnt.get(id) != wanted.get(id) {
                self.engine.learn(record, id, question)?;
            }
        }
        self.engine.commit()
    }

    /// What fits a demand, best first, with what was answered before taken into account.
    pub fn matching(
        &mut self,
        view: &View,
        demand: &Demand,
        answers: &[Answer],
        limit: usize,
    ) -> Result<Matches> {
        // What is asked for is read first: a refusal changes nothing.
        let record = record_of(view, self.engine.rules(), demand)?;
        self.teach(answers)?;
        let rules = self.engine.rules();
        let feedback = Feedback::replay(rules, &replayable(answers)).map_err(of_engine)?;
        let kinds = match demand.kinds.is_empty() {
            true => self.kinds.clone(),
            false => demand.kinds.clone(),
        };
        let options = Options {
            kinds,
            limit: limit.clamp(1, LIMIT_MAX),
            unknowns: Unknowns::Lower,
            feedback: Some(&feedback),
            ..Options::default()
        };
        matching::match_records(&self.engine, &record, &options).map_err(of_engine)
    }
}

/// Kinds of records that something of the atlas is offered as.
pub fn offered_kinds(rules: &Rules) -> Result<Vec<String>> {
    Ok(kinds_of(&supply::shipped(rules)?))
}

fn kinds_of(offers: &[Offer]) -> Vec<String> {
    let kinds: BTreeSet<&String> = offers.iter().map(|offer| &offer.offered_as).collect();
    kinds.into_iter().cloned().collect()
}

fn stamp(view: &View) -> Stamp {
    (view.content_revision(), view.judgement_event_count())
}

fn of_engine(error: matching::Error) -> Error {
    match error {
        matching::Error::Refused(refusal) => Error::Refused(*refusal),
        other => Error::Damaged(format!("the matching engine failed: {other}")),
    }
}

/// What a kept demand asks for, in words.
fn question(demand: &str) -> String {
    let read: serde_json::Value = serde_json::from_str(demand).unwrap_or_default();
    let text = |key: &str| read.get(key).and_then(|value| value.as_str()).unwrap_or_default();
    format!("{}\n{}", text("title"), text("text")).trim().to_string()
}

fn replayable(answers: &[Answer]) -> Vec<matching::Answer> {
    let of = |one: &Answer| matching::Answer {
        id: one.id.to_string(),
        demand_id: one.digest.clone(),
        record_id: one.entity.to_string(),
        question: question(&one.demand),
        verdict: match one.reply {
            Reply::Accept => matching::Verdict::Accepted,
            Reply::Decline => matching::Verdict::Declined(one.reason.iter().cloned().collect()),
        },
        at: one.at,
    };
    answers.iter().map(of).collect()
}

/// The demand as a record. Fails with `E-MATCH-12` for a condition that cannot be read.
fn record_of(view: &View, rules: &Rules, demand: &Demand) -> Result<Record> {
    demand.check(rules)?;
    let mut facts = BTreeMap::new();
    for (key, value) in &demand.constraints {
        let value = kernel::text::clean(value, CONDITION_CHARS_MAX)
            .map_err(|refusal| refusal.column(key))?;
        if value.is_empty() {
            continue;
        }
        let compare = rules.constraint(key).map(|constraint| constraint.compare);
        let fact = compare.and_then(|compare| wanted(view, compare, value));
        let fact = fact.ok_or_else(|| {
            let rule = "a condition is a level, an amount, a time or names, as the vocabulary says";
            let (zh, en) = ("条件无法识别", "the condition cannot be read");
            Error::from(Refusal::new("E-MATCH-12", rule, zh, en).column(key).value(value))
        })?;
        facts.insert(key.clone(), fact);
    }
    Ok(Record {
        id: answer::demand_digest(&demand.canonical()),
        kind: "demand".to_string(),
        fields: BTreeMap::from([
            ("title".to_string(), demand.title.clone()),
            ("problem".to_string(), demand.text.clone()),
        ]),
        facts,
        ..Record::default()
    })
}

/// A condition as people write it.
fn wanted(view: &View, compare: Compare, value: &str) -> Option<Fact> {
    match compare {
        Compare::AtLeast | Compare::AtMost => {
            let digits: String = value.chars().filter(char::is_ascii_digit).collect();
            digits.parse().ok().map(Fact::Level)
        }
        Compare::Affordable => {
            let (number, factor) = money(view, value)?;
            Some(Fact::up_to(Fen::from_yuan(number, factor).ok()?))
        }
        Compare::Overlap => {
            let valid = Valid::parse(value).ok()?;
            Some(Fact::Days { from: valid.from, to: valid.to })
        }
        Compare::Within => {
            let names = codes(value);
            let paths = names.iter().map(|name| place_path(view, name));
            let paths = paths.collect::<Option<BTreeSet<String>>>()?;
            (!paths.is_empty()).then_some(Fact::Codes(paths))
        }
        Compare::AnyOf | Compare::AllOf => {
            let codes = codes(value);
            (!codes.is_empty()).then_some(Fact::Codes(codes))
        }
    }
}

/// `300万元`, `3,000,000`, `2.5亿元`: a number and the yuan in one of its unit.
fn money(view: &View, value: &str) -> Option<(Decimal, Decimal)> {
    let plain: String = value.chars().filter(|c| *c != ',' && !c.is_whitespace()).collect();
    let at = plain.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(plain.len());
    let (number, unit) = plain.split_at(at);
    let unit = match unit {
        "" => "元".to_string(),
        unit if unit.ends_with('元') => unit.to_string(),
        unit => format!("{unit}元"),
    };
    let unit = view.schema().units().find(&unit).filter(|unit| unit.is_money())?;
    Some((Decimal::parse(number).ok()?, unit.factor))
}

/// Names with commas, semicolons or ideographic commas between.
fn codes(value: &str) -> BTreeSet<String> {
    let parts = value.split([',', ';', '，', '；', '、', '|']);
    parts.map(|part| fold(part.trim())).filter(|part| !part.is_empty()).collect()
}

/// Where a place is, widest first, `上海市/徐汇区`; `None` for a place nobody knows.
fn place_path(view: &View, name: &str) -> Option<String> {
    let ids = (1..=view.entity_count() as i64).map(EntityId);
    let place = |id: &EntityId| {
        let names = view.names(*id);
        let of_group = view.kind(*id).is_some_and(|ix| view.schema().kind_at(ix).group == "place");
        of_group && (fold(names.zh) == name || fold(names.en) == name)
    };
    ids.filter(|id| view.canonical(*id) == *id).find(place).map(|id| path_of(view, id))
}

/// The path of a place: the places it is in, widest first, each by its Chinese or else English
/// name.
fn path_of(view: &View, place: EntityId) -> String {
    let sight = Sight { day: i32::MAX - 1, horizon: LIVE };
    let mut names = Vec::new();
    let mut next = Some(place);
    for _ in 0..8 {
        let Some(here) = next else { break };
        names.push(fold(view.names(here).any_zh()).replace('/', " "));
        next = view.located_in(here, sight);
    }
    names.reverse();
    names.join("/")
}

/// Fills records from the view and the texts in storage.
struct Gather<'a> {
    view: &'a View,
    /// By number of kind.
    offers: BTreeMap<u16, &'a Offer>,
    /// Properties that some offer wants, by number.
    wanted: BTreeSet<u16>,
    /// Owners by the names that records bear.
    groups: RefCell<BTreeMap<String, EntityId>>,
}

impl<'a> Gather<'a> {
    fn new(view: &'a View, offers: &'a [Offer]) -> Gather<'a> {
        let schema = view.schema();
        let by_kind =
            offers.iter().filter_map(|offer| Some((schema.kind_ix(&offer.kind)?.0, offer)));
        let fields = offers.iter().flat_map(|offer| offer.fields.values().flatten());
        let facts = offers.iter().flat_map(|offer| offer.facts.values().map(|feed| &feed.property));
        let wanted = fields.chain(facts).filter_map(|key| schema.property_ix(key));
        Gather {
            view,
            offers: by_kind.collect(),
            wanted: wanted.map(|ix| ix.0).collect(),
            groups: RefCell::default(),
        }
    }

    fn offer(&self, entity: EntityId) -> Option<&'a Offer> {
        self.offers.get(&self.view.kind(entity)?.0).copied()
    }

    fn records(&self, tx: &mut Tx<'_>) -> Result<Vec<Record>> {
        let now = Sight { day: i32::MAX - 1, horizon: LIVE };
        let mut said: BTreeMap<EntityId, BTreeMap<u16, Vec<String>>> = BTreeMap::new();
        let sql = "select id, value_text, value_type from atlas_statement
            where value_type in ('text', 'concept', 'date') order by id";
        tx.for_each(sql, params![], |row| -> Result<()> {
            let Ok(at) = At::try_from(row.int(0)? - 1) else { return Ok(()) };
            if at as usize >= self.view.statement_count() || !self.view.stands(at, now) {
                return Ok(());
            }
            let (entity, property) = (self.view.entity_at(at), self.view.property_at(at).0);
            if !self.wanted.contains(&property) || self.offer(entity).is_none() {
                return Ok(());
            }
            if said.len() >= OFFERED_MAX && !said.contains_key(&entity) {
                return Ok(());
            }
            let texts = said.entry(entity).or_default().entry(property).or_default();
            match &*row.str(2)? {
                "concept" => {
                    if let Some(concept) = self.view.schema().concept(&row.str(1)?) {
                        texts.extend([concept.label.zh.clone(), concept.label.en.clone()]);
                    }
                }
                _ => texts.push(row.text(1)?),
            }
            Ok(())
        })?;
        let of =
            |(entity, texts)| self.offer(entity).map(|offer| self.record(entity, offer, &texts));
        Ok(said.into_iter().filter_map(of).collect())
    }

    fn record(
        &self,
        entity: EntityId,
        offer: &Offer,
        texts: &BTreeMap<u16, Vec<String>>,
    ) -> Record {
        let of = |key: &String| {
            let ix = self.view.schema().property_ix(key);
            ix.and_then(|ix| texts.get(&ix.0)).map_or(&[] as &[String], Vec::as_slice)
        };
        let fill = |keys: &Vec<String>| {
            let texts: Vec<&str> = keys.iter().flat_map(of).map(String::as_str).collect();
            texts.join("\n")
        };
        let fields = offer.fields.iter().map(|(field, keys)| (field.clone(), fill(keys)));
        let mut facts: BTreeMap<String, Fact> = BTreeMap::new();
        for (key, feed) in &offer.facts {
            if let Some(fact) = fact(key, of(&feed.property), &feed.map) {
                facts.insert(key.clone(), fact);
            }
        }
        let owners = self.owners(entity, offer);
        let places: BTreeSet<String> = owners
            .iter()
            .chain([&entity])
            .filter_map(|id| self.view.located_in(*id, Sight { day: i32::MAX - 1, horizon: LIVE }))
            .map(|place| path_of(self.view, place))
            .collect();
        if !places.is_empty() {
            facts.insert("place".to_string(), Fact::Codes(places));
        }
        Record {
            id: entity.to_string(),
            kind: offer.offered_as.clone(),
            group: owners.first().map_or(String::new(), |id| self.group(*id)),
            topics: BTreeSet::new(),
            cited: 0,
            fields: fields.filter(|(_, text)| !text.is_empty()).collect(),
            facts,
        }
    }

    /// The name by which the engine knows an owner; two of one name are told apart by their ids.
    fn group(&self, owner: EntityId) -> String {
        let names = self.view.names(owner);
        let name: String = names.any_zh().chars().take(GROUP_CHARS_MAX).collect();
        let mut groups = self.groups.borrow_mut();
        match groups.get(&name) {
            Some(known) if *known != owner => {
                let name = format!("{name} {owner}");
                groups.insert(name.clone(), owner);
                name
            }
            _ => {
                groups.insert(name.clone(), owner);
                name
            }
        }
    }

    /// The institutions or firms that a record belongs to.
    fn owners(&self, entity: EntityId, offer: &Offer) -> Vec<EntityId> {
        let Some(kind) = &offer.group else { return Vec::new() };
        let now = Sight { day: i32::MAX - 1, horizon: LIVE };
        let into = self.view.into(entity).iter().filter(|at| self.view.stands(**at, now));
        let relations = into.map(|at| self.view.entity_at(*at));
        let of_kind = relations.filter(|id| self.view.kind_key(*id) == kind);
        let mut owners = Vec::new();
        for relation in of_kind {
            if let Some((source, _)) = self.view.ends(relation)
                && !owners.contains(&source)
            {
                owners.push(source);
            }
        }
        owners
    }
}

/// What texts say about a constraint; `None` when they say nothing about it.
fn fact(key: &str, texts: &[String], map: &BTreeMap<String, Vec<String>>) -> Option<Fact> {
    if texts.is_empty() {
        return None;
    }
    if key == "dates" {
        let days: Vec<Day> = texts.iter().filter_map(|text| Day::parse(text).ok()).collect();
        let (from, to) = (days.iter().min().copied()?, days.iter().max().copied()?);
        return Some(Fact::Days { from: Some(from), to: Some(to) });
    }
    let codes: BTreeSet<String> = match map.is_empty() {
        true => texts.iter().map(|text| fold(text)).collect(),
        false => texts.iter().filter_map(|text| map.get(text)).flatten().cloned().collect(),
    };
    (!codes.is_empty()).then_some(Fact::Codes(codes))
}

/// A short name of a demand for people: the first twelve digits of its digest.
pub fn short_name(canonical: &str) -> String {
    format!("D{}", &answer::demand_digest(canonical)[..12])
}
