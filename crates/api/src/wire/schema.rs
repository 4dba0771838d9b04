//! What a district may know.

use crate::wire::label::Label;
use serde::Serialize;
use utoipa::ToSchema;

/// Colors of kinds by their number: of middle lightness, to hold on light and on dark ground.
const PALETTE: [&str; 15] = [
    "#3b6fb6", "#c4632b", "#5a8f3c", "#8a5fb0", "#2f8f8b", "#b8860b", "#a8436b", "#4f7d9c",
    "#c14953", "#6b6f7d", "#7a8b2a", "#996633", "#4457a8", "#b5588f", "#2e7d5b",
];

/// Kinds, properties, concepts and units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Schema {
    /// Kinds of entity; a kind with an `edge` is a relation.
    pub kinds: Vec<Kind>,
    /// Properties, indicators included.
    pub properties: Vec<Property>,
    /// Concepts of all schemes.
    pub concepts: Vec<Concept>,
    /// Units.
    pub units: Vec<Unit>,
}

/// A kind of entity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SchemaKind)]
pub struct Kind {
    /// Its key.
    pub key: String,
    /// One of it.
    pub label: Label,
    /// Many of it.
    pub plural: Label,
    /// Its color on maps and graphs, `#rrggbb`; readable on light and dark ground.
    pub color: String,
    /// Name of a pictogram.
    pub icon: String,
    /// What it is and, where it has no open data, why it starts empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Label>,
    /// Whether entities are only of the kinds that extend it.
    #[serde(rename = "abstract")]
    pub is_abstract: bool,
    /// Kinds it extends, nearest first.
    pub extends: Vec<String>,
    /// Present for relations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edge: Option<Edge>,
    /// Keys of the properties it may have.
    pub properties: Vec<String>,
    /// Whether open data for it was found.
    pub open_data: bool,
    /// Names are unique among the kinds of one group.
    pub group: String,
}

/// The two ends of a relation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SchemaEdge)]
pub struct Edge {
    /// Property that holds the near end.
    pub source: String,
    /// Property that holds the far end.
    pub target: String,
}

/// A property.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SchemaProperty)]
pub struct Property {
    /// Its key.
    pub key: String,
    /// For people.
    pub label: Label,
    /// What its values are.
    pub value_type: String,
    /// Default unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Whether it is a figure that is followed through time.
    pub indicator: bool,
    /// Indicators of one family are near enough to be shown side by side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// How it is defined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Label>,
    /// How the far end names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inverse: Option<Label>,
}

/// A concept of a taxonomy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SchemaConcept)]
pub struct Concept {
    /// The taxonomy.
    pub scheme: String,
    /// Key in it.
    pub key: String,
    /// For people.
    pub label: Label,
    /// Key of the broader concept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
}

/// A unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SchemaUnit)]
pub struct Unit {
    /// Its key.
    pub key: String,
    /// For people.
    pub label: Label,
    /// What it measures.
    pub dimension: String,
    /// How many base units of its dimension it is, an exact decimal text.
    pub factor: String,
}

fn some(label: &kernel::Label) -> Option<Label> {
    (!label.zh.is_empty() || !label.en.is_empty()).then(|| label.into())
}

impl From<&schema::Schema> for Schema {
    fn from(schema: &schema::Schema) -> Schema {
        Schema {
            kinds: schema.kinds().iter().map(Kind::from).collect(),
            properties: schema.properties().iter().map(Property::from).collect(),
            concepts: schema.concepts().iter().map(Concept::from).collect(),
            units: schema.units().all().iter().map(Unit::from).collect(),
        }
    }
}

impl From<&schema::Kind> for Kind {
    fn from(kind: &schema::Kind) -> Kind {
        let edge =
            |edge: &schema::Edge| Edge { source: edge.source.clone(), target: edge.target.clone() };
        Kind {
            key: kind.key.clone(),
            label: (&kind.label).into(),
            plural: (&kind.plural).into(),
            color: PALETTE[usize::from(kind.color) % PALETTE.len()].to_string(),
            icon: kind.icon.clone(),
            description: some(&kind.description),
            is_abstract: kind.is_abstract,
            extends: kind.extends.clone(),
            edge: kind.edge.as_ref().map(edge),
            properties: kind.properties.clone(),
            open_data: kind.open_data,
            group: kind.group.clone(),
        }
    }
}

impl From<&schema::Property> for Property {
    fn from(property: &schema::Property) -> Property {
        Property {
            key: property.key.clone(),
            label: (&property.label).into(),
            value_type: property.value_type.name().to_string(),
            unit: property.unit.clone(),
            indicator: property.indicator,
            family: property.family.clone(),
            description: some(&property.description),
            inverse: property.inverse.as_ref().map(Label::from),
        }
    }
}

impl From<&schema::Concept> for Concept {
    fn from(concept: &schema::Concept) -> Concept {
        Concept {
            scheme: concept.scheme.clone(),
            key: concept.key.clone(),
            label: (&concept.label).into(),
            parent: concept.parent.clone(),
        }
    }
}

impl From<&kernel::Unit> for Unit {
    fn from(unit: &kernel::Unit) -> Unit {
        Unit {
            key: unit.key.clone(),
            label: (&unit.label).into(),
            dimension: unit.dimension.clone(),
            factor: unit.factor.to_string(),
        }
    }
}
