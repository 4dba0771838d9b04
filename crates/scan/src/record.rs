//! From a row to a record: its entities, their relations, what it says of them.

mod cite;
mod measure;

pub use measure::{Measured, measured};

use crate::draft::{DraftEntity, DraftName, DraftStatement, DraftValue, Record};
use crate::expression::{Expression, Scope};
use crate::mapping::{
    Condition, ConfidenceRule, Each, EntityRule, FixedProperty, KindRule, Mapping, NameRule,
    PropertyRule, RelationRule, StatementRule, ValueRule,
};
use crate::table::{Geometry, Row};
use crate::value::{Target, Typed, Values, identifier};
use cite::Citations;
use kernel::text::{clean, clean_name, has_han, name_key};
use kernel::{Rank, Refusal, Valid, Value};
use schema::Schema;

/// What a row gives.
pub(crate) enum Built {
    Record(Record),
    /// It was left out, for this reason.
    Skipped(String),
}

/// Builds records, one row after another.
pub(crate) struct Builder<'m> {
    mapping: &'m Mapping,
    schema: &'m Schema,
    values: Values<'m>,
    citations: Citations,
    measures: measure::Measures<'m>,
}

/// One occurrence of an entity rule in a row.
struct Instance<'a> {
    /// Position in the record's entities.
    entity: usize,
    items: Vec<(usize, &'a str)>,
    number: usize,
}

/// The occurrences of every rule; those that a row leaves out are `None`.
type Instances<'a> = Vec<Vec<Option<Instance<'a>>>>;

impl<'m> Builder<'m> {
    pub(crate) fn new(mapping: &'m Mapping, schema: &'m Schema) -> Builder<'m> {
        Builder {
            mapping,
            schema,
            values: Values::new(schema),
            citations: Citations::default(),
            measures: measure::Measures::new(schema, &mapping.lookups),
        }
    }

    /// The record of a row, or the refusal of the first thing that is wrong in it.
    pub(crate) fn build(&mut self, row: &Row<'_>) -> Result<Built, Refusal> {
        let mapping = self.mapping;
        let cells: Vec<&str> = row
            .cells
            .iter()
            .map(|cell| {
                let cell = cell.trim();
                if mapping.unknown.iter().any(|unknown| unknown == cell) { "" } else { cell }
            })
            .collect();
        let whole = Scope {
            cells: &cells,
            items: &[],
            row: row.number,
            item: 1,
            lookups: &mapping.lookups,
        };
        for (condition, reason) in &mapping.skip {
            if condition.holds(&whole)? {
                return Ok(Built::Skipped(reason.clone()));
            }
        }
        let key = mapping.record.eval(&whole)?;
        let key = clean(&key, 300).map_err(|r| at(r, &self.blamed(&mapping.record, &cells)))?;
        if key.is_empty() {
            let rule = "every record has a key";
            let columns = self.columns_of(&mapping.record);
            return Err(Refusal::new("E-KEY-01", rule, "记录缺少标识", rule).column(&columns));
        }
        let confidence = mapping.source.confidence;
        let mut record =
            Record { key: key.to_string(), row: row.number, confidence, ..Record::default() };
        let instances = self.entities(&whole, &mut record)?;
        for rule in &mapping.statements {
            self.statements(rule, row, &whole, &instances, &mut record)
                .map_err(|r| at(r, &rule.field))?;
        }
        Ok(Built::Record(record))
    }

    /// The columns that an expression reads, with `+` between.
    fn columns_of(&self, expression: &Expression) -> String {
        let names = &self.mapping.columns.names;
        let names = expression.slots.iter().map(|slot| names[*slot].as_str());
        names.collect::<Vec<_>>().join("+")
    }

    /// The column of an expression whose own text is refused; all of its columns, if none is.
    fn blamed(&self, expression: &Expression, cells: &[&str]) -> String {
        let wrong = expression.slots.iter().find(|slot| clean(cells[**slot], 300).is_err());
        match wrong {
            Some(slot) => self.mapping.columns.names[*slot].clone(),
            None => self.columns_of(expression),
        }
    }

    fn entities<'a>(
        &self,
        whole: &Scope<'a>,
        record: &mut Record,
    ) -> Result<Instances<'a>, Refusal> {
        let mut instances: Instances<'a> = Vec::with_capacity(self.mapping.entities.len());
        for (index, rule) in self.mapping.entities.iter().enumerate() {
            let mut own = Vec::new();
            for (position, items) in items_of(rule, whole, &instances).into_iter().enumerate() {
                let Some(items) = items else {
                    own.push(None);
                    continue;
                };
                let number = position + 1;
                let scope = Scope { items: &items, item: number, ..*whole };
                let found = match &rule.relation {
                    None => self.entity(rule, &scope)?,
                    Some(relation) => {
                        let at = (index, position);
                        self.relation(rule, relation, &scope, &instances, at, record)?
                    }
                };
                own.push(found.map(|entity| {
                    record.entities.push(entity);
                    let entity = record.entities.len() - 1;
                    Instance { entity, items, number }
                }));
            }
            if own.is_empty() && rule.each.is_none() {
                own.push(None);
            }
            let several = own.len() > 1;
            instances.push(own);
            if let Some(relation) = &rule.relation {
                self.ends(relation, index, several, &instances, record);
            }
        }
        Ok(instances)
    }

    fn entity(&self, rule: &EntityRule, scope: &Scope<'_>) -> Result<Option<DraftEntity>, Refusal> {
        if !holds(rule.when.as_ref(), scope)? {
            return Ok(None);
        }
        let mut keys = Vec::new();
        for key in &rule.keys {
            let text = key.value.eval(scope).map_err(|r| at(r, &key.property))?;
            for part in parts(&text, key.split.as_deref()) {
                let value = identifier(part, key.check).map_err(|r| at(r, &key.property))?;
                keys.push((key.property.clone(), value.into_owned()));
            }
        }
        let mut names: Vec<DraftName> = Vec::new();
        for name in &rule.names {
            self.names(name, scope, &mut names).map_err(|r| at(r, &name.field))?;
        }
        if keys.is_empty() && names.is_empty() {
            if rule.optional || rule.each.is_some() || rule.when.is_some() {
                return Ok(None);
            }
            let rule_text = "a record names its entities";
            return Err(Refusal::new(
                "E-KEY-02",
                rule_text,
                "记录没有给出实体的名称或标识",
                rule_text,
            )
            .column(&rule.id));
        }
        Ok(Some(DraftEntity { kind: self.kind(&rule.kind, scope)?, keys, names }))
    }

    fn names(
        &self,
        rule: &NameRule,
        scope: &Scope<'_>,
        names: &mut Vec<DraftName>,
    ) -> Result<(), Refusal> {
        let text = rule.value.eval(scope)?;
        let parts = parts(&text, rule.split.as_deref());
        let several = parts.len() > 1;
        let items = !scope.items.is_empty();
        for (index, part) in parts.into_iter().enumerate() {
            let text = clean_name(part)?;
            let lang = rule.lang.unwrap_or(if has_han(text) { "zh" } else { "en" });
            if names.iter().any(|other| other.text == text) {
                continue;
            }
            let mut field = rule.field.clone();
            if items {
                field = format!("{field}[{}]", scope.item);
            }
            if several {
                field = format!("{field}[{}]", index + 1);
            }
            names.push(DraftName { text: text.to_string(), lang, field });
        }
        Ok(())
    }

    fn kind(&self, rule: &KindRule, scope: &Scope<'_>) -> Result<String, Refusal> {
        let (from, map, otherwise) = match rule {
            KindRule::Fixed(kind) => return Ok(kind.clone()),
            KindRule::From { from, map, otherwise } => (from, map, otherwise),
        };
        let text = from.eval(scope)?;
        let found =
            map.get(text.as_ref()).map(String::as_str).or(otherwise.as_deref()).unwrap_or(&text);
        match self.schema.kind(found) {
            Some(kind) if !kind.is_abstract => Ok(kind.key.clone()),
            _ => Err(Refusal::new(
                "E-VAL-04",
                "an entity has a kind that the schema defines",
                format!("没有类型“{text}”,也没有对应关系"),
                format!("there is no kind `{text}`, nor does the mapping translate it"),
            )
            .value(&text)),
        }
    }

    fn relation(
        &self,
        rule: &EntityRule,
        relation: &RelationRule,
        scope: &Scope<'_>,
        instances: &Instances<'_>,
        (index, position): (usize, usize),
        record: &Record,
    ) -> Result<Option<DraftEntity>, Refusal> {
        if !holds(rule.when.as_ref(), scope)? {
            return Ok(None);
        }
        let end = |of: usize| self.end(of, index, position, instances);
        let (Some(from), Some(to)) = (end(relation.from), end(relation.to)) else {
            return Ok(None);
        };
        let kind = self.kind(&rule.kind, scope)?;
        if self.end_key(&record.entities[from]) == self.end_key(&record.entities[to]) {
            return Ok(None);
        }
        Ok(Some(DraftEntity { kind, keys: Vec::new(), names: Vec::new() }))
    }

    /// How an end of a relation is told from others: its best key, or its name.
    fn end_key(&self, entity: &DraftEntity) -> String {
        if let Some((property, value)) = entity.keys.first() {
            return format!("{property}={value}");
        }
        let group = self.schema.kind(&entity.kind).map_or("", |kind| kind.group.as_str());
        let name = entity.names.first().map_or(String::new(), |name| name_key(&name.text));
        format!("{group}:{name}")
    }

    /// The entity of rule `of` that belongs to an occurrence of rule `index`.
    fn end(
        &self,
        of: usize,
        index: usize,
        position: usize,
        instances: &Instances<'_>,
    ) -> Option<usize> {
        let same = self.root(of).is_some() && self.root(of) == self.root(index);
        let position = if same { position } else { 0 };
        instances[of].get(position)?.as_ref().map(|found| found.entity)
    }

    /// The rule whose `each` a rule follows.
    fn root(&self, index: usize) -> Option<usize> {
        match &self.mapping.entities[index].each {
            None => None,
            Some(Each::Cell { .. }) => Some(index),
            Some(Each::Entity(of)) => self.root(*of).or(Some(*of)),
        }
    }

    /// The statements that give a relation its two ends.
    fn ends(
        &self,
        relation: &RelationRule,
        index: usize,
        several: bool,
        instances: &Instances<'_>,
        record: &mut Record,
    ) {
        for (position, instance) in instances[index].iter().enumerate() {
            let Some(instance) = instance else { continue };
            let end = |of: usize| self.end(of, index, position, instances);
            let (Some(mut from), Some(mut to)) = (end(relation.from), end(relation.to)) else {
                continue;
            };
            let [first, second] = [from, to].map(|end| self.end_key(&record.entities[end]));
            if relation.symmetric && first > second {
                std::mem::swap(&mut from, &mut to);
            }
            for ((property, field), end) in [(&relation.source, from), (&relation.target, to)] {
                record.statements.push(DraftStatement {
                    subject: instance.entity,
                    property: property.clone(),
                    value: DraftValue::Entity(end),
                    valid: Valid::ALWAYS,
                    field: numbered(field, several.then_some(instance.number), None),
                    rank: Rank::Normal,
                    confidence: self.mapping.source.confidence,
                    quote: None,
                    qualifiers: Vec::new(),
                    citation: None,
                });
            }
        }
    }

    fn statements<'a>(
        &mut self,
        rule: &StatementRule,
        row: &Row<'_>,
        whole: &Scope<'a>,
        instances: &Instances<'a>,
        record: &mut Record,
    ) -> Result<(), Refusal> {
        let several = instances[rule.of].len() > 1;
        for (position, instance) in instances[rule.of].iter().enumerate() {
            let Some(instance) = instance else { continue };
            let scope = Scope { items: &instance.items, item: instance.number, ..*whole };
            if !holds(rule.when.as_ref(), &scope)? {
                continue;
            }
            let found = self.found(rule, row, &scope, instances, position)?;
            if found.is_empty() {
                continue;
            }
            let about = self.about(rule, &scope)?;
            let many = found.len() > 1;
            for (index, found) in found.into_iter().enumerate() {
                let number = several.then_some(instance.number);
                let mut qualifiers = found.qualifiers;
                qualifiers.extend(about.qualifiers.iter().cloned());
                qualifiers.sort();
                qualifiers.dedup_by(|later, earlier| later.0 == earlier.0);
                record.statements.push(DraftStatement {
                    subject: instance.entity,
                    property: found.property,
                    value: found.value,
                    valid: about.valid,
                    field: numbered(&rule.field, number, many.then_some(index + 1)),
                    rank: rule.rank,
                    confidence: about.confidence,
                    quote: about.quote.clone(),
                    qualifiers,
                    citation: about.citation.clone(),
                });
            }
        }
        Ok(())
    }

    /// The values of a statement rule for one subject.
    fn found(
        &mut self,
        rule: &StatementRule,
        row: &Row<'_>,
        scope: &Scope<'_>,
        instances: &Instances<'_>,
        position: usize,
    ) -> Result<Vec<Found>, Refusal> {
        let key = match &rule.property {
            PropertyRule::Fixed(property) => property.key.as_str(),
            PropertyRule::From(..) | PropertyRule::Measure { .. } => "",
        };
        match &rule.value {
            ValueRule::Entity(of) => {
                let same = self.root(*of).is_some() && self.root(*of) == self.root(rule.of);
                let all = instances[*of].iter().enumerate();
                let fitting = all.filter(|(at, _)| !same || *at == position);
                let entities = fitting.filter_map(|(_, found)| found.as_ref());
                Ok(entities
                    .map(|found| Found::plain(key, DraftValue::Entity(found.entity)))
                    .collect())
            }
            ValueRule::Point(lon, lat) => {
                let (lon, lat) = (lon.eval(scope)?, lat.eval(scope)?);
                if lon.is_empty() && lat.is_empty() {
                    return Ok(Vec::new());
                }
                let point = crate::table::geojson::degrees(&lon, &lat)?;
                Ok(vec![Found::plain(key, DraftValue::Value(Value::Point(point)))])
            }
            ValueRule::Geometry => geometry(rule, row, key),
            ValueRule::Text(text) => {
                let text = text.eval(scope)?;
                let unit = eval(rule.unit.as_ref(), scope)?;
                let mut found = Vec::new();
                for part in parts(&text, rule.split.as_deref()) {
                    found.push(self.typed(rule, part, &unit, scope)?);
                }
                Ok(found)
            }
        }
    }

    fn typed(
        &mut self,
        rule: &StatementRule,
        text: &str,
        unit: &str,
        scope: &Scope<'_>,
    ) -> Result<Found, Refusal> {
        match &rule.property {
            PropertyRule::Fixed(property) => self.fixed(rule, property, text, unit),
            PropertyRule::From(from, map) => {
                let name = from.eval(scope)?;
                let property = map.get(name.as_ref()).ok_or_else(|| {
                    let rule = "the mapping translates every name of a property";
                    let zh = format!("“{name}”没有对应的属性");
                    Refusal::new("E-VAL-06", rule, zh, rule).value(&name)
                })?;
                self.fixed(rule, property, text, unit)
            }
            PropertyRule::Measure { name, table, date_units } => {
                let name = name.eval(scope)?;
                let written = measure::Written { name: &name, text, unit, date_units };
                self.measures.read(&written, table.as_ref(), &mut self.values)
            }
        }
    }

    fn fixed(
        &mut self,
        rule: &StatementRule,
        property: &FixedProperty,
        text: &str,
        unit: &str,
    ) -> Result<Found, Refusal> {
        let target = Target {
            value_type: property.value_type,
            check: property.check,
            scheme: property.scheme.as_deref(),
            own_unit: property.unit.as_deref(),
            unit,
            lang: rule.lang.as_deref(),
        };
        let Typed { value, qualifiers } = self.values.read(text, &target)?;
        Ok(Found { property: property.key.clone(), value: DraftValue::Value(value), qualifiers })
    }

    /// What holds for all values of a statement rule in one row.
    fn about(&mut self, rule: &StatementRule, scope: &Scope<'_>) -> Result<About, Refusal> {
        let mut qualifiers = Vec::new();
        for (key, value) in &rule.qualifiers {
            let text = value.eval(scope)?;
            if !text.is_empty() {
                qualifiers.push((key.clone(), clean(&text, 1_000)?.to_string()));
            }
        }
        let written = eval(rule.valid.as_ref(), scope)?;
        let (valid, plain) = match Valid::parse(&written) {
            Ok(valid) => (valid, !written.contains(['(', '（', '前', '止'])),
            Err(_) if rule.loose_valid => (Valid::ALWAYS, false),
            Err(refusal) => {
                let columns = rule.valid.as_ref().map(|valid| self.columns_of(valid));
                return Err(at(refusal, &columns.unwrap_or_default()));
            }
        };
        if !plain {
            qualifiers.push(("valid_as_written".to_string(), written.to_string()));
        }
        let quote = eval(rule.quote.as_ref(), scope)?;
        let quote = clean(&quote, 300)?;
        Ok(About {
            valid,
            confidence: confidence(&rule.confidence, scope)?,
            quote: (!quote.is_empty()).then(|| quote.to_string()),
            qualifiers,
            citation: match &rule.cite {
                Some(cite) => {
                    let read = self.citations.read(cite, scope);
                    let columns = cite.url.as_ref().map(|url| self.columns_of(url));
                    read.map_err(|r| at(r, &columns.unwrap_or_default()))?
                }
                None => None,
            },
        })
    }
}

/// A value with its property.
pub(crate) struct Found {
    pub(crate) property: String,
    pub(crate) value: DraftValue,
    pub(crate) qualifiers: Vec<(String, String)>,
}

impl Found {
    fn plain(key: &str, value: DraftValue) -> Found {
        Found { property: key.to_string(), value, qualifiers: Vec::new() }
    }
}

struct About {
    valid: Valid,
    confidence: u8,
    quote: Option<String>,
    qualifiers: Vec<(String, String)>,
    citation: Option<crate::draft::Citation>,
}

impl Condition {
    pub(crate) fn holds(&self, scope: &Scope<'_>) -> Result<bool, Refusal> {
        let value = self.value.eval(scope)?;
        let wanted = match &self.is {
            Some(list) => list.iter().any(|one| *one == value),
            None => !self.not.is_empty() || !value.is_empty(),
        };
        Ok(wanted && !self.not.iter().any(|one| *one == value))
    }
}

fn holds(condition: Option<&Condition>, scope: &Scope<'_>) -> Result<bool, Refusal> {
    condition.map_or(Ok(true), |condition| condition.holds(scope))
}

pub(crate) fn eval<'a>(
    expression: Option<&Expression>,
    scope: &Scope<'a>,
) -> Result<std::borrow::Cow<'a, str>, Refusal> {
    expression.map_or(Ok(std::borrow::Cow::Borrowed("")), |e| e.eval(scope))
}

/// A refusal with its column, unless it has one.
fn at(refusal: Refusal, column: &str) -> Refusal {
    if refusal.place.column.is_some() { refusal } else { refusal.column(column) }
}

/// The parts of a text that are there, each once.
fn parts<'t>(text: &'t str, split: Option<&str>) -> Vec<&'t str> {
    let Some(mark) = split else {
        let text = text.trim();
        return if text.is_empty() { Vec::new() } else { vec![text] };
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in text.split(mark) {
        let part = part.trim();
        if !part.is_empty() && !parts.contains(&part) {
            parts.push(part);
        }
    }
    parts
}

fn numbered(field: &str, item: Option<usize>, part: Option<usize>) -> String {
    match (item, part) {
        (None, None) => field.to_string(),
        (Some(n), None) | (None, Some(n)) => format!("{field}[{n}]"),
        (Some(item), Some(part)) => format!("{field}[{item}][{part}]"),
    }
}

/// The cells that each occurrence of a rule sees in place of whole ones.
fn items_of<'a>(
    rule: &EntityRule,
    whole: &Scope<'a>,
    instances: &Instances<'a>,
) -> Vec<Option<Vec<(usize, &'a str)>>> {
    match &rule.each {
        None => vec![Some(Vec::new())],
        Some(Each::Entity(of)) => instances[*of]
            .iter()
            .map(|found| found.as_ref().map(|found| found.items.clone()))
            .collect(),
        Some(Each::Cell { slot, split, with }) => {
            let main: Vec<&str> = whole.cell(*slot).split(split.as_str()).map(str::trim).collect();
            let beside: Vec<(usize, Vec<&str>)> = with
                .iter()
                .map(|slot| {
                    let cell = whole.cell(*slot);
                    (*slot, cell.split(split.as_str()).map(str::trim).collect())
                })
                .collect();
            let mut out: Vec<Option<Vec<(usize, &'a str)>>> = Vec::new();
            for (index, item) in main.iter().enumerate() {
                if item.is_empty() || main[..index].contains(item) {
                    continue;
                }
                let mut items = vec![(*slot, *item)];
                for (slot, list) in &beside {
                    // Lists of another length do not say which part belongs to which.
                    let part = if list.len() == main.len() { list[index] } else { "" };
                    items.push((*slot, part));
                }
                out.push(Some(items));
            }
            out
        }
    }
}

fn geometry(rule: &StatementRule, row: &Row<'_>, key: &str) -> Result<Vec<Found>, Refusal> {
    let wants_point = matches!(
        &rule.property,
        PropertyRule::Fixed(property) if property.value_type == schema::ValueType::Point
    );
    let value = match &row.geometry {
        None => return Ok(Vec::new()),
        Some(Geometry::Point(point)) if wants_point => Value::Point(*point),
        Some(Geometry::Shape(shape)) if !wants_point => Value::Shape(shape.clone()),
        Some(_) => {
            let rule = "a point goes into a point, a line or an area into a shape";
            return Err(Refusal::new("E-GEO-03", rule, "几何类型与属性不符", rule));
        }
    };
    Ok(vec![Found::plain(key, DraftValue::Value(value))])
}

fn confidence(rule: &ConfidenceRule, scope: &Scope<'_>) -> Result<u8, Refusal> {
    let (from, map) = match rule {
        ConfidenceRule::Fixed(number) => return Ok(*number),
        ConfidenceRule::From(from, map) => (from, map),
    };
    let text = from.eval(scope)?;
    map.get(text.as_ref()).copied().ok_or_else(|| {
        let rule = "the mapping translates every grade of confidence";
        Refusal::new("E-VAL-05", rule, format!("可信度等级“{text}”没有对应值"), rule).value(&text)
    })
}
