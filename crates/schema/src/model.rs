//! What a schema holds once it is read and checked.

use kernel::{Label, Units};
use std::collections::BTreeMap;

/// A property's number: dense, in the order of the files. Never stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PropertyIx(pub u16);

/// A kind's number: dense, in the order of the files. Never stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KindIx(pub u16);

/// What a property's values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ValueType {
    /// Another entity.
    Entity,
    /// Text in a language.
    Text,
    /// A web address, kept as text.
    Url,
    /// A key in a scheme of identifiers, kept as text.
    Identifier,
    /// A number with a unit.
    Number,
    /// An amount of money.
    Money,
    /// A date.
    Date,
    /// A point on earth.
    Point,
    /// A line or area on earth.
    Shape,
    /// A concept.
    Concept,
}

impl ValueType {
    /// The name in the files and on the wire.
    pub fn name(self) -> &'static str {
        match self {
            ValueType::Entity => "entity",
            ValueType::Text => "text",
            ValueType::Url => "url",
            ValueType::Identifier => "identifier",
            ValueType::Number => "number",
            ValueType::Money => "money",
            ValueType::Date => "date",
            ValueType::Point => "point",
            ValueType::Shape => "shape",
            ValueType::Concept => "concept",
        }
    }

    /// The type with this name.
    pub fn from_name(name: &str) -> Option<ValueType> {
        use ValueType::*;
        [Entity, Text, Url, Identifier, Number, Money, Date, Point, Shape, Concept]
            .into_iter()
            .find(|t| t.name() == name)
    }
}

/// The two ends of a relation: properties of the relation's entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// Property that holds the near end.
    pub source: String,
    /// Property that holds the far end.
    pub target: String,
}

/// A kind of entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// Key, such as `company`.
    pub key: String,
    /// One of it.
    pub label: Label,
    /// Many of it.
    pub plural: Label,
    /// What it is and, where it has no open data, why it starts empty.
    pub description: Label,
    /// Kinds it extends, nearest first.
    pub extends: Vec<String>,
    /// Whether entities are only of the kinds that extend it.
    pub is_abstract: bool,
    /// Present for relations.
    pub edge: Option<Edge>,
    /// Keys of the properties it may have, its own first, then those of what it extends.
    pub properties: Vec<String>,
    /// Whether open data for it was found.
    pub open_data: bool,
    /// Names are unique among the kinds of one group: `place`, `organization`, `work`, …
    pub group: String,
    /// Number of a color in the categorical palette, from 0.
    pub color: u8,
    /// Name of a pictogram.
    pub icon: String,
}

/// A property that statements may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    /// Key, such as `located_in` or `ai_firms`.
    pub key: String,
    /// For people.
    pub label: Label,
    /// How the far end of an entity-valued property names it.
    pub inverse: Option<Label>,
    /// What its values are.
    pub value_type: ValueType,
    /// Default unit.
    pub unit: Option<String>,
    /// Whether it is a figure that is followed through time.
    pub indicator: bool,
    /// Indicators of one family are near enough to be shown side by side.
    pub family: Option<String>,
    /// Other names that sources use for it.
    pub aliases: Vec<String>,
    /// How it is defined.
    pub description: Label,
    /// Scheme of its concepts or identifiers.
    pub scheme: Option<String>,
    /// A strong key: one value names one entity.
    pub strong: bool,
    /// An entity has one value of this strong key at most.
    pub exclusive: bool,
    /// Address of what an identifier names, with `{}` for the identifier.
    pub url: Option<String>,
}

/// A concept of a taxonomy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concept {
    /// Scheme, such as `industry`.
    pub scheme: String,
    /// Key in the scheme.
    pub key: String,
    /// For people.
    pub label: Label,
    /// Key of the broader concept.
    pub parent: Option<String>,
    /// Other spellings.
    pub aliases: Vec<String>,
}

impl Concept {
    /// `scheme:key`, as values store it.
    pub fn id(&self) -> String {
        format!("{}:{}", self.scheme, self.key)
    }
}

/// Everything that a district may know, checked.
#[derive(Debug, Clone, Default)]
pub struct Schema {
    pub(crate) kinds: Vec<Kind>,
    pub(crate) kind_index: BTreeMap<String, usize>,
    pub(crate) properties: Vec<Property>,
    pub(crate) property_index: BTreeMap<String, usize>,
    pub(crate) alias_index: BTreeMap<String, usize>,
    pub(crate) concepts: Vec<Concept>,
    pub(crate) concept_index: BTreeMap<String, usize>,
    pub(crate) units: Units,
}

impl Schema {
    /// All kinds in the order of the files.
    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// The kind with this key.
    pub fn kind(&self, key: &str) -> Option<&Kind> {
        self.kind_index.get(key).map(|index| &self.kinds[*index])
    }

    /// The number of a kind.
    pub fn kind_ix(&self, key: &str) -> Option<KindIx> {
        self.kind_index.get(key).map(|index| KindIx(*index as u16))
    }

    /// The kind with this number.
    pub fn kind_at(&self, ix: KindIx) -> &Kind {
        &self.kinds[usize::from(ix.0)]
    }

    /// Whether `key` is `ancestor` or extends it.
    pub fn is_a(&self, key: &str, ancestor: &str) -> bool {
        key == ancestor || self.kind(key).is_some_and(|k| k.extends.iter().any(|e| e == ancestor))
    }

    /// All properties, indicators included.
    pub fn properties(&self) -> &[Property] {
        &self.properties
    }

    /// The property with this key.
    pub fn property(&self, key: &str) -> Option<&Property> {
        self.property_index.get(key).map(|index| &self.properties[*index])
    }

    /// The number of a property.
    pub fn property_ix(&self, key: &str) -> Option<PropertyIx> {
        self.property_index.get(key).map(|index| PropertyIx(*index as u16))
    }

    /// The property with this number.
    pub fn property_at(&self, ix: PropertyIx) -> &Property {
        &self.properties[usize::from(ix.0)]
    }

    /// The indicator that a source calls by this name: its key, label or alias, brackets and
    /// quotation marks aside.
    pub fn indicator_named(&self, name: &str) -> Option<&Property> {
        let key = kernel::text::name_key(name);
        self.alias_index.get(&key).map(|index| &self.properties[*index])
    }

    /// All concepts.
    pub fn concepts(&self) -> &[Concept] {
        &self.concepts
    }

    /// The concept with this id (`scheme:key`).
    pub fn concept(&self, id: &str) -> Option<&Concept> {
        self.concept_index.get(id).map(|index| &self.concepts[*index])
    }

    /// The concept of a scheme with this key, label or alias.
    pub fn concept_named(&self, scheme: &str, name: &str) -> Option<&Concept> {
        let wanted = kernel::text::name_key(name);
        self.concept(&format!("{scheme}:{}", name.trim())).or_else(|| {
            self.concepts.iter().filter(|c| c.scheme == scheme).find(|c| {
                let names = [&c.key, &c.label.zh, &c.label.en];
                names.into_iter().chain(&c.aliases).any(|n| kernel::text::name_key(n) == wanted)
            })
        })
    }

    /// All units.
    pub fn units(&self) -> &Units {
        &self.units
    }
}
