//! Forms: what each kind of event is stated with, as data that pages draw and people read.

use crate::case::KINDS;
use kernel::{Label, Refusal};
use serde::Deserialize;
use std::sync::OnceLock;

/// The file of `schema/transfer/` that is built in.
const SHIPPED: &str = include_str!("../../../schema/transfer/forms.yaml");

/// What a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Takes {
    /// A line of text.
    Text,
    /// A longer text.
    Long,
    /// Yuan with two decimals.
    Money,
    /// A share: `70%`.
    Share,
    /// A day.
    Day,
    /// A whole number.
    Number,
    /// One of its options.
    Choice,
    /// Several of its options.
    Choices,
    /// Yes, no, or not said.
    Truth,
    /// An entity of the atlas.
    Entity,
    /// Several lines of text.
    Texts,
    /// Members of its own.
    Group,
    /// Any number of groups.
    List,
}

impl Takes {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Takes::Text => "text",
            Takes::Long => "long",
            Takes::Money => "money",
            Takes::Share => "share",
            Takes::Day => "day",
            Takes::Number => "number",
            Takes::Choice => "choice",
            Takes::Choices => "choices",
            Takes::Truth => "truth",
            Takes::Entity => "entity",
            Takes::Texts => "texts",
            Takes::Group => "group",
            Takes::List => "list",
        }
    }
}

/// One answer of several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// As it is sent.
    pub value: String,
    /// Its name.
    pub label: Label,
}

/// A field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The member of the event.
    pub key: String,
    /// Its name.
    pub label: Label,
    /// What helps to fill it in.
    pub help: Option<Label>,
    /// What it takes.
    pub takes: Takes,
    /// Whether it must be filled in.
    pub required: bool,
    /// The answers of a choice.
    pub options: Vec<Choice>,
    /// The fields of a group or list.
    pub fields: Vec<Field>,
}

/// The form of a kind of event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// The kind of event.
    pub kind: String,
    /// Its name.
    pub label: Label,
    /// Who states it: `team`, `office`, `unit`, `anyone`.
    pub who: String,
    /// Whether the other side of a deal sees it too.
    pub both: bool,
    /// Its fields, in the order in which people think of them.
    pub fields: Vec<Field>,
}

/// Forms, and what the two sides of a deal share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forms {
    /// Every form, in the order of [`KINDS`].
    pub all: Vec<Form>,
    /// Keys of the facts that both sides see.
    pub both_facts: Vec<String>,
}

impl Forms {
    /// The forms that ship, read once.
    ///
    /// Fails with `E-RULE-03` when the file is not of its shape or lacks a kind.
    pub fn shipped() -> Result<&'static Forms, Refusal> {
        static READ: OnceLock<Result<Forms, Refusal>> = OnceLock::new();
        READ.get_or_init(read).as_ref().map_err(Refusal::clone)
    }

    /// The form of a kind of event.
    pub fn of(&self, kind: &str) -> Option<&Form> {
        self.all.iter().find(|form| form.kind == kind)
    }

    /// Whether the other side of a deal may state this.
    pub fn open_to_other_side(&self, kind: &str) -> bool {
        self.of(kind).is_some_and(|form| form.who == "anyone")
    }

    /// Whether the other side of a deal sees this.
    pub fn seen_by_other_side(&self, kind: &str) -> bool {
        self.of(kind).is_some_and(|form| form.both)
    }
}

fn read() -> Result<Forms, Refusal> {
    let file: File = serde_saphyr::from_str(SHIPPED).map_err(|error| bad(&error.to_string()))?;
    let mut all: Vec<Form> = file.forms.into_iter().map(FormEntry::into).collect();
    let place = |form: &Form| KINDS.iter().position(|kind| *kind == form.kind);
    if let Some(stray) = all.iter().find(|form| place(form).is_none()) {
        return Err(bad(&stray.kind));
    }
    all.sort_by_key(|form| place(form));
    match KINDS.iter().zip(&all).find(|(kind, form)| **kind != form.kind) {
        None if all.len() == KINDS.len() => Ok(Forms { all, both_facts: file.both_facts }),
        found => Err(bad(found.map_or("missing", |(kind, _)| kind))),
    }
}

fn bad(value: &str) -> Refusal {
    let en = "every kind of event has one form";
    Refusal::new("E-RULE-03", en, "每种事件应有且只有一份表单", en).value(value)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    both_facts: Vec<String>,
    forms: Vec<FormEntry>,
}

#[derive(Deserialize, Clone)]
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
struct FormEntry {
    kind: String,
    label: Words,
    who: String,
    #[serde(default)]
    both: bool,
    #[serde(default)]
    fields: Vec<FieldEntry>,
}

impl From<FormEntry> for Form {
    fn from(entry: FormEntry) -> Form {
        Form {
            kind: entry.kind,
            label: entry.label.into(),
            who: entry.who,
            both: entry.both,
            fields: entry.fields.into_iter().map(FieldEntry::into).collect(),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldEntry {
    key: String,
    label: Words,
    help: Option<Words>,
    takes: Takes,
    #[serde(default)]
    required: bool,
    /// Value and its names: `[value, Chinese, English]`.
    #[serde(default)]
    options: Vec<(String, String, String)>,
    #[serde(default)]
    fields: Vec<FieldEntry>,
}

impl From<FieldEntry> for Field {
    fn from(entry: FieldEntry) -> Field {
        let choice = |(value, zh, en)| Choice { value, label: Label { zh, en } };
        Field {
            key: entry.key,
            label: entry.label.into(),
            help: entry.help.map(Words::into),
            takes: entry.takes,
            required: entry.required,
            options: entry.options.into_iter().map(choice).collect(),
            fields: entry.fields.into_iter().map(FieldEntry::into).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: &str, fields: &[Field]) {
        for field in fields {
            assert!(!field.label.zh.is_empty() && !field.label.en.is_empty(), "{kind}");
            let chooses = matches!(field.takes, Takes::Choice | Takes::Choices);
            assert_eq!(chooses, !field.options.is_empty(), "{kind}.{}", field.key);
            let nests = matches!(field.takes, Takes::Group | Takes::List);
            assert_eq!(nests, !field.fields.is_empty(), "{kind}.{}", field.key);
            check(kind, &field.fields);
        }
    }

    #[test]
    fn the_other_side_says_what_is_its_to_say() {
        let forms = Forms::shipped().expect("sound");
        assert!(forms.open_to_other_side("objection_received"));
        assert!(!forms.open_to_other_side("contract_signed"));
        assert!(!forms.open_to_other_side("nothing"));
    }

    #[test]
    fn every_kind_has_its_form() {
        let forms = &Forms::shipped().expect("sound").all;
        assert_eq!(forms.len(), KINDS.len());
        for form in forms {
            check(&form.kind, &form.fields);
        }
    }
}
