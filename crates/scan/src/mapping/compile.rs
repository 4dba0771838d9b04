//! From the shape of a mapping file to rules that are checked against a schema.

use super::file::{
    Choice, CiteEntry, ConditionEntry, ConfidenceEntry, EachEntry, EntityEntry, File, KeyEntry,
    MeasureEntry, NameEntry, OneOrMany, PropertyEntry, RelationEntry, SourceEntry, StatementEntry,
};
use super::{
    Check, CiteRule, Condition, ConfidenceRule, Each, EntityRule, FixedProperty, Format, KeyRule,
    KindRule, Mapping, MeasureTable, NameRule, PropertyRule, RelationRule, SourceCard,
    StatementRule, ValueRule,
};
use crate::encoding::Encoding;
use crate::expression::{Columns, Expression, Names};
use crate::lookup::Lookup;
use kernel::{Label, Rank, Refusal};
use schema::{Schema, ValueType};
use std::collections::BTreeMap;

/// Reads the shape; fails with `E-MAP-01`, with the line.
pub(super) fn shape(name: &str, yaml: &str) -> Result<File, Refusal> {
    serde_saphyr::from_str(yaml).map_err(|error| {
        let said = error.to_string();
        let line = error.location().map(|location| location.line());
        let refusal = Refusal::new(
            "E-MAP-01",
            "a mapping file has the documented shape",
            format!("映射文件的写法有误:{said}"),
            format!("the mapping file is not of the documented shape: {said}"),
        )
        .file(name);
        match line {
            Some(line) => refusal.row(line),
            None => refusal,
        }
    })
}

/// Adds the mapping's name, and the first line on which the offending value stands.
pub(super) fn locate(refusal: Refusal, name: &str, yaml: &str) -> Refusal {
    if refusal.place.file.is_some() {
        return refusal;
    }
    let wanted = refusal.place.value.clone().unwrap_or_default();
    let line = yaml.lines().position(|line| !wanted.is_empty() && line.contains(&wanted));
    let refusal = refusal.file(name);
    match line {
        Some(line) => refusal.row(line as u64 + 1),
        None => refusal,
    }
}

/// `E-MAP-03`: a name that nothing defines.
fn undefined(zh: &str, en: &str, name: &str) -> Refusal {
    Refusal::new(
        "E-MAP-03",
        "a mapping names only what the schema and the mapping define",
        format!("映射引用了未定义的{zh}“{name}”"),
        format!("the mapping names the {en} `{name}`, which is not defined"),
    )
    .value(name)
}

/// `E-MAP-06`: something that is said twice, not at all, or not possible.
fn unsound(zh: &str, en: &str, value: &str) -> Refusal {
    Refusal::new("E-MAP-06", en, zh, en).value(value)
}

pub(super) fn mapping(
    name: &str,
    file: File,
    texts: &BTreeMap<String, String>,
    schema: &Schema,
) -> Result<Mapping, Refusal> {
    let (tables, lookups) = tables(&file.lookups, texts)?;
    let mut columns = Columns::default();
    let mut compiler = Compiler {
        schema,
        names: Names { columns: &mut columns, tables: &tables, lookups: &lookups },
        ids: file.entities.iter().map(|e| e.id.clone()).collect(),
        fields: BTreeMap::new(),
        confidence: file.source.confidence,
    };
    let record = compiler.expression(&file.record)?;
    let mut skip = Vec::new();
    for entry in file.skip {
        let condition = compiler.condition(entry.value, entry.is, entry.not)?;
        skip.push((condition, entry.reason));
    }
    let mut entities = Vec::new();
    for entry in file.entities {
        let rule = compiler.entity(entry, &entities)?;
        entities.push(rule);
    }
    let mut statements = Vec::new();
    for entry in file.statements {
        let rule = compiler.statement(entry, &file.defaults, &entities)?;
        statements.push(rule);
    }
    if entities.is_empty() {
        return Err(unsound("映射没有实体", "a mapping has an entity", ""));
    }
    let format = format(&file.format, file.delimiter, file.items, file.sheet)?;
    let encodings = match file.encoding {
        Some(name) => {
            Some(Encoding::family(&name).ok_or_else(|| undefined("编码", "encoding", &name))?)
        }
        None => None,
    };
    let optional = columns.names.iter().map(|column| file.optional.contains(column)).collect();
    Ok(Mapping {
        name: name.to_string(),
        source: source(file.source)?,
        file: file.file,
        format,
        encodings,
        unknown: file.unknown,
        columns,
        optional,
        record,
        lookups,
        skip,
        entities,
        statements,
    })
}

type Tables = (BTreeMap<String, usize>, Vec<Lookup>);

fn tables(
    entries: &BTreeMap<String, String>,
    texts: &BTreeMap<String, String>,
) -> Result<Tables, Refusal> {
    let (mut tables, mut lookups) = (BTreeMap::new(), Vec::new());
    for (name, path) in entries {
        let text =
            texts.get(path).ok_or_else(|| undefined("对照表文件", "lookup table's file", path))?;
        tables.insert(name.clone(), lookups.len());
        lookups.push(Lookup::parse(path, text)?);
    }
    Ok((tables, lookups))
}

fn source(entry: SourceEntry) -> Result<SourceCard, Refusal> {
    if entry.confidence > 100 {
        return Err(unsound(
            "可信度应为 0 到 100",
            "a confidence lies between 0 and 100",
            &entry.confidence.to_string(),
        ));
    }
    for date in [&entry.retrieved, &entry.published].into_iter().flatten() {
        kernel::Valid::parse(date)?;
    }
    if let Some(url) = entry.url.as_deref().filter(|url| !url.is_empty()) {
        crate::value::url(url).map_err(|refusal| refusal.column("url"))?;
    }
    Ok(SourceCard {
        key: entry.key,
        title: Label::new(entry.title.zh, entry.title.en),
        publisher: entry.publisher,
        licence: entry.licence,
        attribution: entry.attribution,
        url: entry.url,
        retrieved: entry.retrieved,
        published: entry.published,
        expected_rows: entry.expected_rows,
        confidence: entry.confidence,
    })
}

fn format(
    name: &str,
    delimiter: Option<String>,
    items: Option<String>,
    sheet: Option<String>,
) -> Result<Format, Refusal> {
    let delimiter = match delimiter.as_deref() {
        None => None,
        Some("," | "\t" | ";") => delimiter.map(|text| text.as_bytes()[0]),
        Some(other) => return Err(undefined("分隔符", "delimiter", other)),
    };
    match name {
        "csv" => Ok(Format::Csv(delimiter)),
        "json" => Ok(Format::Json(items.unwrap_or_default())),
        "geojson" => Ok(Format::GeoJson),
        "xlsx" => Ok(Format::Xlsx(sheet)),
        other => Err(undefined("格式", "format", other)),
    }
}

struct Compiler<'a> {
    schema: &'a Schema,
    names: Names<'a>,
    ids: Vec<String>,
    /// How often a field was used, so that fields stay unique inside a record.
    fields: BTreeMap<String, usize>,
    confidence: u8,
}

impl Compiler<'_> {
    fn expression(&mut self, text: &str) -> Result<Expression, Refusal> {
        Expression::parse(text, &mut self.names)
    }

    fn maybe(&mut self, text: Option<&str>) -> Result<Option<Expression>, Refusal> {
        text.map(|text| self.expression(text)).transpose()
    }

    fn condition(
        &mut self,
        value: String,
        is: Option<OneOrMany>,
        not: Option<OneOrMany>,
    ) -> Result<Condition, Refusal> {
        Ok(Condition {
            value: self.expression(&value)?,
            is: is.map(OneOrMany::list),
            not: not.map(OneOrMany::list).unwrap_or_default(),
        })
    }

    fn when(&mut self, entry: Option<ConditionEntry>) -> Result<Option<Condition>, Refusal> {
        entry.map(|entry| self.condition(entry.value, entry.is, entry.not)).transpose()
    }

    /// The entity with this id, which must stand before the one that names it.
    fn entity_at(&self, id: &str, before: usize) -> Result<usize, Refusal> {
        self.ids
            .iter()
            .take(before)
            .position(|other| other == id)
            .ok_or_else(|| undefined("实体", "entity", id))
    }

    /// A field that no other rule of this mapping has.
    fn unique_field(&mut self, column: &str, apart: &str) -> String {
        let mut field = column.to_string();
        if self.fields.contains_key(&field) {
            field = format!("{column}:{apart}");
        }
        while self.fields.contains_key(&field) {
            let count = self.fields.get_mut(column).map_or(2, |count| {
                *count += 1;
                *count
            });
            field = format!("{column}:{apart}:{count}");
        }
        self.fields.insert(field.clone(), 1);
        field
    }

    fn columns_of(&self, expression: &Expression) -> String {
        let names = expression.slots.iter().map(|slot| self.names.columns.names[*slot].as_str());
        names.collect::<Vec<_>>().join("+")
    }

    fn concrete_kind(&self, key: &str) -> Result<(), Refusal> {
        match self.schema.kind(key) {
            Some(kind) if !kind.is_abstract => Ok(()),
            _ => Err(undefined("类型", "kind", key)),
        }
    }

    fn kind(&mut self, choice: Choice) -> Result<KindRule, Refusal> {
        match choice {
            Choice::Fixed(kind) => {
                self.concrete_kind(&kind)?;
                Ok(KindRule::Fixed(kind))
            }
            Choice::From { from, map, otherwise } => {
                for kind in map.values().chain(&otherwise) {
                    self.concrete_kind(kind)?;
                }
                Ok(KindRule::From { from: self.expression(&from)?, map, otherwise })
            }
        }
    }

    fn check(&self, key: &str) -> Result<Check, Refusal> {
        let property =
            self.schema.property(key).ok_or_else(|| undefined("属性", "property", key))?;
        Ok(match property.scheme.as_deref() {
            Some("ror") => Check::Ror,
            Some("uscc") => Check::Credit,
            _ => Check::Plain,
        })
    }

    fn entity(&mut self, entry: EntityEntry, before: &[EntityRule]) -> Result<EntityRule, Refusal> {
        if before.iter().any(|other| other.id == entry.id) {
            return Err(unsound("实体重复", "an entity stands once", &entry.id));
        }
        let mut keys = Vec::new();
        for (property, value) in entry.keys {
            let (value, split) = match value {
                KeyEntry::One(value) => (value, None),
                KeyEntry::Several { value, split } => (value, Some(split)),
            };
            keys.push(KeyRule {
                check: self.check(&property)?,
                property,
                value: self.expression(&value)?,
                split,
            });
        }
        let mut names = Vec::new();
        for name in entry.names {
            names.extend(self.name(name)?);
        }
        let each = match entry.each {
            None => None,
            Some(EachEntry::OfEntity(id)) => Some(Each::Entity(self.entity_at(&id, before.len())?)),
            Some(EachEntry::OfColumn { column, split, with }) => Some(Each::Cell {
                slot: self.names.columns.slot(&column),
                split,
                with: with.iter().map(|name| self.names.columns.slot(name)).collect(),
            }),
        };
        let relation = match entry.relation {
            Some(relation) => Some(self.relation(relation, &entry.kind, before.len())?),
            None => None,
        };
        let nameless = relation.is_none() && keys.is_empty() && names.is_empty();
        if nameless {
            return Err(unsound(
                "实体没有名称也没有标识",
                "an entity has a name, a key, or the two ends of a relation",
                &entry.id,
            ));
        }
        Ok(EntityRule {
            kind: self.kind(entry.kind)?,
            id: entry.id,
            keys,
            names,
            each,
            relation,
            when: self.when(entry.when)?,
            optional: entry.optional,
        })
    }

    fn name(&mut self, entry: NameEntry) -> Result<Vec<NameRule>, Refusal> {
        let mut rules = Vec::new();
        let given = [(Some("zh"), &entry.zh), (Some("en"), &entry.en), (None, &entry.auto)];
        for (lang, text) in given {
            if let Some(text) = text {
                let value = self.expression(text)?;
                let column = self.columns_of(&value);
                let column = if column.is_empty() { "name".to_string() } else { column };
                rules.push(NameRule {
                    field: self.unique_field(&column, "name"),
                    lang,
                    value,
                    split: entry.split.clone(),
                });
            }
        }
        Ok(rules)
    }

    fn relation(
        &mut self,
        entry: RelationEntry,
        kind: &Choice,
        before: usize,
    ) -> Result<RelationRule, Refusal> {
        let Choice::Fixed(kind) = kind else {
            return Err(unsound("关系的类型应固定", "the kind of a relation is fixed", ""));
        };
        let edge = self
            .schema
            .kind(kind)
            .and_then(|kind| kind.edge.clone())
            .ok_or_else(|| undefined("关系", "relation", kind))?;
        let mut end = |property: String| {
            let field = self.unique_field(&format!("{kind}.{property}"), "end");
            (property, field)
        };
        let (source, target) = (end(edge.source), end(edge.target));
        Ok(RelationRule {
            from: self.entity_at(&entry.from, before)?,
            to: self.entity_at(&entry.to, before)?,
            symmetric: entry.symmetric,
            source,
            target,
        })
    }

    fn statement(
        &mut self,
        entry: StatementEntry,
        defaults: &super::file::Defaults,
        entities: &[EntityRule],
    ) -> Result<StatementRule, Refusal> {
        let of = self.entity_at(&entry.of, entities.len())?;
        let property = self.property(&entry)?;
        let value = self.value(&entry, &property, entities.len())?;
        let mut qualifiers = Vec::new();
        for (key, text) in &entry.qualifiers {
            qualifiers.push((key.clone(), self.expression(text)?));
        }
        let rank = match entry.rank.as_deref() {
            None => Rank::Normal,
            Some(name) => Rank::from_name(name).ok_or_else(|| undefined("等级", "rank", name))?,
        };
        let valid = entry.valid.as_deref().or(defaults.valid.as_deref());
        let quote = entry.quote.as_deref().or(defaults.quote.as_deref());
        let confidence = entry.confidence.as_ref().or(defaults.confidence.as_ref());
        let cite = entry.cite.as_ref().or(defaults.cite.as_ref());
        Ok(StatementRule {
            field: self.field(&entry, &value, entities),
            of,
            value,
            split: entry.split,
            unit: self.unit(entry.unit.as_deref(), &property)?,
            lang: entry.lang.or_else(|| defaults.lang.clone()),
            valid: self.maybe(valid)?,
            loose_valid: entry.loose_valid.unwrap_or(defaults.loose_valid),
            rank,
            confidence: self.confidence(confidence)?,
            quote: self.maybe(quote)?,
            qualifiers,
            cite: cite.map(|cite| self.cite(cite)).transpose()?,
            when: self.when(entry.when)?,
            property,
        })
    }

    fn property(&mut self, entry: &StatementEntry) -> Result<PropertyRule, Refusal> {
        match (&entry.property, &entry.measure) {
            (Some(PropertyEntry::Fixed(key)), None) => {
                Ok(PropertyRule::Fixed(self.fixed_property(key)?))
            }
            (Some(PropertyEntry::From { from, map }), None) => {
                let mut properties = BTreeMap::new();
                for (text, key) in map {
                    properties.insert(text.clone(), self.fixed_property(key)?);
                }
                Ok(PropertyRule::From(self.expression(from)?, properties))
            }
            (None, Some(measure)) => self.measure(measure),
            _ => Err(unsound(
                "陈述应有 property 或 measure 之一",
                "a statement has either a property or a measure",
                &entry.of,
            )),
        }
    }

    fn fixed_property(&self, key: &str) -> Result<FixedProperty, Refusal> {
        let check = self.check(key)?;
        let property =
            self.schema.property(key).ok_or_else(|| undefined("属性", "property", key))?;
        Ok(FixedProperty {
            key: key.to_string(),
            value_type: property.value_type,
            check,
            scheme: property.scheme.clone(),
            unit: property.unit.clone(),
        })
    }

    fn measure(&mut self, entry: &MeasureEntry) -> Result<PropertyRule, Refusal> {
        for generic in ["figure", "figure_money", "figure_date", "figure_text"] {
            self.check(generic)?;
        }
        let table = match &entry.table {
            None => None,
            Some(name) => Some(self.measure_table(name)?),
        };
        Ok(PropertyRule::Measure {
            name: self.expression(&entry.name)?,
            table,
            date_units: entry.date_units.clone(),
        })
    }

    fn measure_table(&self, name: &str) -> Result<MeasureTable, Refusal> {
        let index = *self
            .names
            .tables
            .get(name)
            .ok_or_else(|| undefined("对照表", "lookup table", name))?;
        let lookup = &self.names.lookups[index];
        let at = |wanted: &str| lookup.columns.iter().position(|column| column == wanted);
        let property = at("property").ok_or_else(|| undefined("列", "column", "property"))?;
        for (_, key) in lookup.column(property) {
            if !key.is_empty() {
                self.check(key)?;
            }
        }
        let others = lookup.columns.iter().enumerate();
        Ok(MeasureTable {
            table: index,
            property,
            unit: at("unit"),
            qualifiers: others
                .filter(|(_, column)| !matches!(column.as_str(), "property" | "unit"))
                .map(|(at, column)| (column.clone(), at))
                .collect(),
        })
    }

    fn value(
        &mut self,
        entry: &StatementEntry,
        property: &PropertyRule,
        before: usize,
    ) -> Result<ValueRule, Refusal> {
        let wanted = match property {
            PropertyRule::Fixed(property) => Some(property.value_type),
            PropertyRule::From(..) | PropertyRule::Measure { .. } => None,
        };
        let word = entry.property.as_ref().map_or("measure", PropertyEntry::word);
        let rule = match (&entry.value, &entry.entity, &entry.lon, &entry.lat, entry.geometry) {
            (Some(text), None, None, None, false) => ValueRule::Text(self.expression(text)?),
            (None, Some(id), None, None, false) => ValueRule::Entity(self.entity_at(id, before)?),
            (None, None, Some(lon), Some(lat), false) => {
                ValueRule::Point(self.expression(lon)?, self.expression(lat)?)
            }
            (None, None, None, None, true) => ValueRule::Geometry,
            _ => {
                return Err(unsound(
                    "陈述应有且只有一种值",
                    "a statement has one of value, entity, lon and lat, geometry",
                    word,
                ));
            }
        };
        let fits = match &rule {
            ValueRule::Entity(_) => wanted == Some(ValueType::Entity),
            ValueRule::Point(..) => wanted == Some(ValueType::Point),
            ValueRule::Geometry => {
                matches!(wanted, Some(ValueType::Point | ValueType::Shape))
            }
            ValueRule::Text(_) => {
                !matches!(wanted, Some(ValueType::Entity | ValueType::Point | ValueType::Shape))
            }
        };
        if fits {
            return Ok(rule);
        }
        Err(unsound(
            "值的写法与属性的类型不符",
            "the way a value is given fits the type of its property",
            word,
        ))
    }

    fn unit(
        &mut self,
        text: Option<&str>,
        property: &PropertyRule,
    ) -> Result<Option<Expression>, Refusal> {
        let Some(text) = text else { return Ok(None) };
        let expression = self.expression(text)?;
        if expression.slots.is_empty() {
            let units = self.schema.units();
            let unit = units.find(text).ok_or_else(|| undefined("单位", "unit", text))?;
            if let PropertyRule::Fixed(property) = property
                && let Some(own) = &property.unit
            {
                let own = units.find(own).ok_or_else(|| undefined("单位", "unit", own))?;
                if own.dimension != unit.dimension {
                    return Err(undefined("适用单位", "fitting unit", text));
                }
            }
        }
        Ok(Some(expression))
    }

    fn confidence(&mut self, entry: Option<&ConfidenceEntry>) -> Result<ConfidenceRule, Refusal> {
        let rule = match entry {
            None => ConfidenceRule::Fixed(self.confidence),
            Some(ConfidenceEntry::Fixed(number)) => ConfidenceRule::Fixed(*number),
            Some(ConfidenceEntry::From { from, map }) => {
                ConfidenceRule::From(self.expression(from)?, map.clone())
            }
        };
        let sound = match &rule {
            ConfidenceRule::Fixed(number) => *number <= 100,
            ConfidenceRule::From(_, map) => map.values().all(|number| *number <= 100),
        };
        if sound {
            return Ok(rule);
        }
        Err(unsound("可信度应为 0 到 100", "a confidence lies between 0 and 100", "confidence"))
    }

    fn cite(&mut self, entry: &CiteEntry) -> Result<CiteRule, Refusal> {
        Ok(CiteRule {
            key: self.maybe(entry.key.as_deref())?,
            url: self.maybe(entry.url.as_deref())?,
            title: self.expression(&entry.title)?,
            publisher: self.maybe(entry.publisher.as_deref())?,
            published: self.maybe(entry.published.as_deref())?,
            ditto: entry.ditto.clone(),
        })
    }

    fn field(
        &mut self,
        entry: &StatementEntry,
        value: &ValueRule,
        entities: &[EntityRule],
    ) -> String {
        let property = entry.property.as_ref().map_or("measure", PropertyEntry::word);
        let column = match (&entry.field, value) {
            (Some(field), _) => field.clone(),
            (None, ValueRule::Text(text)) => self.columns_of(text),
            (None, ValueRule::Point(lon, lat)) => {
                format!("{}+{}", self.columns_of(lon), self.columns_of(lat))
            }
            (None, ValueRule::Geometry) => "geometry".to_string(),
            (None, ValueRule::Entity(index)) => {
                let rule = &entities[*index];
                let names = rule.names.iter().map(|name| &name.value);
                let keys = rule.keys.iter().map(|key| &key.value);
                let columns = names.chain(keys).map(|value| self.columns_of(value));
                columns.into_iter().find(|column| !column.is_empty()).unwrap_or_default()
            }
        };
        let column = if column.is_empty() { property } else { &column };
        self.unique_field(column, property)
    }
}
