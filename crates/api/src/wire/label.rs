//! Names of things, and pages of lists.

use atlas::{Sight, View};
use kernel::{Day, EntityId, SourceId};
use serde::Serialize;
use utoipa::ToSchema;

/// A text in Chinese and English; either may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct Label {
    /// Chinese.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zh: Option<String>,
    /// English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
}

impl From<&kernel::Label> for Label {
    fn from(label: &kernel::Label) -> Label {
        let some = |text: &str| Some(text.to_string()).filter(|text| !text.is_empty());
        Label { zh: some(&label.zh), en: some(&label.en) }
    }
}

impl From<kernel::Label> for Label {
    fn from(label: kernel::Label) -> Label {
        Label::from(&label)
    }
}

impl Label {
    /// Both languages at once.
    pub fn new(zh: &str, en: &str) -> Label {
        Label::from(kernel::Label::new(zh, en))
    }

    /// Chinese, or else English.
    pub fn text(&self) -> &str {
        self.zh.as_deref().or(self.en.as_deref()).unwrap_or_default()
    }
}

/// An entity by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct EntityRef {
    /// `E12`.
    pub id: String,
    /// Key of its kind.
    pub kind: String,
    /// What it is called.
    pub name: Label,
}

/// A property by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PropertyRef {
    /// Its key.
    pub key: String,
    /// For people.
    pub label: Label,
    /// What its values are.
    pub value_type: String,
    /// Whether it is a figure that is followed through time.
    pub indicator: bool,
}

/// A source by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SourceRef {
    /// Its key, such as `companies/listed`.
    pub key: String,
    /// Title.
    pub title: String,
    /// Who published it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// Licence, as its publisher names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// Its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Whether it was taken out of today's view.
    pub withdrawn: bool,
}

/// From which point of view an answer is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AsOf {
    /// Day in the world.
    pub valid: String,
    /// Instant by which statements had been recorded.
    pub known: String,
}

impl AsOf {
    /// Of a point of view, now being `now`.
    pub fn new(as_of: atlas::AsOf, now: kernel::Timestamp) -> AsOf {
        let known = as_of.known.unwrap_or(now);
        AsOf { valid: as_of.valid.to_string(), known: known.to_string() }
    }
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Where the next one begins; absent at the end.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// A list of up to `limit` items from one that is one longer when there is more.
    pub fn cut(mut items: Vec<T>, limit: usize, place: impl Fn(&T) -> String) -> Page<T> {
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(place);
        Page { items, next }
    }
}

/// Turns what the domain says into what goes over the wire, from one point of view.
#[derive(Clone, Copy)]
pub struct Look<'a> {
    /// The statements in memory.
    pub view: &'a View,
    /// The point of view.
    pub sight: Sight,
}

impl Look<'_> {
    /// An entity by name.
    pub fn entity(&self, id: EntityId) -> EntityRef {
        EntityRef {
            id: id.to_string(),
            kind: self.view.kind_key(id).to_string(),
            name: self.view.label(id).into(),
        }
    }

    /// A property by name, or a kind of relation that stands for one.
    pub fn property(&self, key: &str) -> PropertyRef {
        let schema = self.view.schema();
        if let Some(property) = schema.property(key) {
            return PropertyRef {
                key: key.to_string(),
                label: (&property.label).into(),
                value_type: property.value_type.name().to_string(),
                indicator: property.indicator,
            };
        }
        let label = schema.kind(key).map(|kind| Label::from(&kind.label));
        PropertyRef {
            key: key.to_string(),
            label: label.unwrap_or_else(|| Label::new(key, key)),
            value_type: "entity".to_string(),
            indicator: false,
        }
    }

    /// A source by name.
    pub fn source(&self, id: SourceId) -> SourceRef {
        let withdrawn = self.view.source_withdrawn(id, self.sight);
        match self.view.source(id) {
            Some(source) => SourceRef { withdrawn, ..source_ref(source) },
            None => SourceRef {
                key: id.to_string(),
                title: id.to_string(),
                publisher: None,
                licence: None,
                url: None,
                withdrawn,
            },
        }
    }
}

/// A source by name, as not withdrawn.
pub(crate) fn source_ref(source: &atlas::source::Source) -> SourceRef {
    let told = &source.description;
    let title = &told.title;
    SourceRef {
        key: told.key.clone(),
        title: if title.zh.is_empty() { title.en.clone() } else { title.zh.clone() },
        publisher: told.publisher.clone(),
        licence: told.licence.clone(),
        url: told.url.clone(),
        withdrawn: false,
    }
}

/// A day by its number.
pub(crate) fn day(number: i32) -> String {
    Day::from_number(number).to_string()
}
