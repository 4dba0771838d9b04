//! The shape of the files, and the checks that make them a [`Schema`].

use crate::model::{Concept, Edge, Kind, Property, Schema, ValueType};
use kernel::{Decimal, Label, Refusal, Unit, Units, text::name_key};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct File {
    kinds: Vec<KindEntry>,
    properties: Vec<PropertyEntry>,
    indicators: Vec<PropertyEntry>,
    units: Vec<UnitEntry>,
    concepts: Vec<ConceptEntry>,
}

#[derive(Deserialize, Default, Clone)]
#[serde(deny_unknown_fields)]
struct Words {
    zh: String,
    en: String,
}

impl From<Words> for Label {
    fn from(words: Words) -> Label {
        Label { zh: words.zh, en: words.en }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KindEntry {
    key: String,
    label: Words,
    plural: Option<Words>,
    description: Option<Words>,
    extends: Option<String>,
    #[serde(default, rename = "abstract")]
    is_abstract: bool,
    edge: Option<EdgeEntry>,
    #[serde(default)]
    properties: Vec<String>,
    open_data: Option<bool>,
    group: Option<String>,
    color: Option<u8>,
    icon: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EdgeEntry {
    source: String,
    target: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PropertyEntry {
    key: String,
    label: Words,
    inverse: Option<Words>,
    #[serde(rename = "type")]
    value_type: String,
    unit: Option<String>,
    family: Option<String>,
    #[serde(default)]
    aliases: Vec<String>,
    description: Option<Words>,
    scheme: Option<String>,
    #[serde(default)]
    strong: bool,
    #[serde(default)]
    exclusive: bool,
    url: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnitEntry {
    key: String,
    label: Words,
    dimension: String,
    factor: String,
    #[serde(default)]
    aliases: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConceptEntry {
    scheme: String,
    key: String,
    label: Words,
    parent: Option<String>,
    #[serde(default)]
    aliases: Vec<String>,
}

impl File {
    pub(crate) fn append(&mut self, mut other: File) {
        self.kinds.append(&mut other.kinds);
        self.properties.append(&mut other.properties);
        self.indicators.append(&mut other.indicators);
        self.units.append(&mut other.units);
        self.concepts.append(&mut other.concepts);
    }
}

pub(crate) fn parse(name: &str, text: &str) -> Result<File, Refusal> {
    serde_saphyr::from_str(text).map_err(|error| {
        let said = error.to_string();
        Refusal::new("E-SCHEMA-01", "a schema file has the documented shape", &said, &said)
            .file(name)
    })
}

fn undefined(what: &str, name: &str, where_used: &str) -> Refusal {
    Refusal::new(
        "E-SCHEMA-02",
        "every name a schema uses is defined by it",
        format!("未定义的{what}“{name}”,用于“{where_used}”"),
        format!("the {what} `{name}`, used by `{where_used}`, is not defined"),
    )
    .value(name)
}

fn twice(what: &str, name: &str) -> Refusal {
    Refusal::new(
        "E-SCHEMA-03",
        "a name is defined once",
        format!("{what}“{name}”重复定义"),
        format!("the {what} `{name}` is defined twice"),
    )
    .value(name)
}

/// Joins and checks everything.
pub(crate) fn resolve(file: File) -> Result<Schema, Refusal> {
    let units = units(file.units)?;
    let mut schema = Schema { units, ..Schema::default() };
    for entry in file.concepts {
        let concept = Concept {
            scheme: entry.scheme,
            key: entry.key,
            label: entry.label.into(),
            parent: entry.parent,
            aliases: entry.aliases,
        };
        let id = concept.id();
        if schema.concept_index.insert(id.clone(), schema.concepts.len()).is_some() {
            return Err(twice("concept", &id));
        }
        schema.concepts.push(concept);
    }
    for (entry, indicator) in file
        .properties
        .into_iter()
        .map(|entry| (entry, false))
        .chain(file.indicators.into_iter().map(|entry| (entry, true)))
    {
        let property = property(entry, indicator, &schema.units)?;
        add_property(&mut schema, property)?;
    }
    kinds(&mut schema, file.kinds)?;
    Ok(schema)
}

fn units(entries: Vec<UnitEntry>) -> Result<Units, Refusal> {
    let mut units = Vec::new();
    for entry in entries {
        units.push(Unit {
            factor: Decimal::parse(&entry.factor)?,
            key: entry.key,
            label: entry.label.into(),
            dimension: entry.dimension,
            aliases: entry.aliases,
        });
    }
    Units::new(units)
}

fn property(entry: PropertyEntry, indicator: bool, units: &Units) -> Result<Property, Refusal> {
    let value_type = ValueType::from_name(&entry.value_type)
        .ok_or_else(|| undefined("value type", &entry.value_type, &entry.key))?;
    if let Some(unit) = &entry.unit
        && units.find(unit).is_none()
    {
        return Err(undefined("unit", unit, &entry.key));
    }
    Ok(Property {
        key: entry.key,
        label: entry.label.into(),
        inverse: entry.inverse.map(Label::from),
        value_type,
        unit: entry.unit,
        indicator,
        family: entry.family,
        aliases: entry.aliases,
        description: entry.description.map(Label::from).unwrap_or_default(),
        scheme: entry.scheme,
        strong: entry.strong,
        exclusive: entry.exclusive,
        url: entry.url,
    })
}

fn add_property(schema: &mut Schema, property: Property) -> Result<(), Refusal> {
    let index = schema.properties.len();
    if schema.property_index.insert(property.key.clone(), index).is_some() {
        return Err(twice("property", &property.key));
    }
    if property.indicator {
        let names = [&property.key, &property.label.zh, &property.label.en];
        for name in names.into_iter().chain(&property.aliases) {
            match schema.alias_index.insert(name_key(name), index) {
                Some(other) if other != index => return Err(twice("indicator name", name)),
                _ => {}
            }
        }
    }
    schema.properties.push(property);
    Ok(())
}

fn kinds(schema: &mut Schema, entries: Vec<KindEntry>) -> Result<(), Refusal> {
    let parents: BTreeMap<String, Option<String>> =
        entries.iter().map(|k| (k.key.clone(), k.extends.clone())).collect();
    for entry in entries {
        let mut extends = Vec::new();
        let mut next = entry.extends.clone();
        while let Some(parent) = next {
            let grand =
                parents.get(&parent).ok_or_else(|| undefined("kind", &parent, &entry.key))?;
            if extends.contains(&parent) || parent == entry.key {
                return Err(twice("kind", &parent));
            }
            next = grand.clone();
            extends.push(parent);
        }
        let kind = kind(schema, entry, extends)?;
        if schema.kind_index.insert(kind.key.clone(), schema.kinds.len()).is_some() {
            return Err(twice("kind", &kind.key));
        }
        schema.kinds.push(kind);
    }
    Ok(())
}

/// A kind after those it extends: it takes from them what it does not say itself.
fn kind(schema: &Schema, entry: KindEntry, extends: Vec<String>) -> Result<Kind, Refusal> {
    let parent = match extends.first() {
        Some(key) => Some(schema.kind(key).ok_or_else(|| undefined("kind", key, &entry.key))?),
        None => None,
    };
    let edge = entry.edge.map(|e| Edge { source: e.source, target: e.target });
    let mut properties = entry.properties;
    if let Some(edge) = &edge {
        properties.extend([edge.source.clone(), edge.target.clone()]);
    }
    properties.extend(parent.iter().flat_map(|p| p.properties.iter().cloned()));
    let mut seen = std::collections::BTreeSet::new();
    properties.retain(|p| seen.insert(p.clone()));
    if let Some(missing) = properties.iter().find(|p| schema.property(p).is_none()) {
        return Err(undefined("property", missing, &entry.key));
    }
    let label: Label = entry.label.into();
    Ok(Kind {
        plural: entry.plural.map(Label::from).unwrap_or_else(|| label.clone()),
        label,
        description: entry.description.map(Label::from).unwrap_or_default(),
        is_abstract: entry.is_abstract,
        edge,
        properties,
        open_data: entry.open_data.unwrap_or(true),
        group: entry
            .group
            .or_else(|| parent.map(|p| p.group.clone()))
            .unwrap_or_else(|| entry.key.clone()),
        color: entry.color.or_else(|| parent.map(|p| p.color)).unwrap_or(0),
        icon: entry
            .icon
            .or_else(|| parent.map(|p| p.icon.clone()))
            .unwrap_or_else(|| "dot".to_string()),
        key: entry.key,
        extends,
    })
}
