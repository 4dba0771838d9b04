//! Records: either side of a match, with its texts and its typed facts.

use crate::rules::Rules;
use kernel::text::clean;
use kernel::{Day, Fen, Refusal};
use std::collections::{BTreeMap, BTreeSet};

/// An id or a group has at most so many characters.
pub const ID_CHARS_MAX: usize = 200;
/// A field has at most so many characters.
pub const FIELD_CHARS_MAX: usize = 200_000;
/// A record has at most so many topics, and a fact so many codes.
pub const CODES_MAX: usize = 200;

/// One side of a match: a result, a demand, a firm, a policy, an article.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Record {
    /// The caller's id, unique over all kinds; 1 to 200 characters.
    pub id: String,
    /// Key of a kind in the rules.
    pub kind: String,
    /// What it belongs to: the institution of a result, the law of an article; may be empty.
    pub group: String,
    /// Codes of what it is about, as the caller's taxonomy has them.
    pub topics: BTreeSet<String>,
    /// How many others point at it or at its group: 0 when nobody knows.
    pub cited: u32,
    /// Texts by field key of its kind.
    pub fields: BTreeMap<String, String>,
    /// Facts by constraint key of the rules. Of a demand they are what it wants; a key that is
    /// absent from a demand is no condition, absent from a result it is unknown.
    pub facts: BTreeMap<String, Fact>,
}

/// A typed fact that a constraint can compare.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Fact {
    /// Nobody said.
    #[default]
    Unknown,
    /// A level on a ladder such as readiness 1 to 9 or secrecy 0 to 3.
    Level(u8),
    /// An amount or a range of amounts; an open end has no bound.
    Money {
        /// The least.
        from: Option<Fen>,
        /// The most.
        to: Option<Fen>,
    },
    /// A day or a range of days, both ends included; an open end has no bound.
    Days {
        /// The first day.
        from: Option<Day>,
        /// The last day.
        to: Option<Day>,
    },
    /// Codes such as kinds of licence, places or disciplines; `/` parts the steps of a path.
    Codes(BTreeSet<String>),
}

impl Fact {
    /// Codes from texts: `Fact::codes(["exclusive", "ordinary"])`.
    pub fn codes<T: Into<String>>(codes: impl IntoIterator<Item = T>) -> Fact {
        Fact::Codes(codes.into_iter().map(Into::into).collect())
    }

    /// Money up to this much.
    pub fn up_to(to: Fen) -> Fact {
        Fact::Money { from: None, to: Some(to) }
    }

    /// Whether nothing is known.
    pub fn is_unknown(&self) -> bool {
        match self {
            Fact::Unknown => true,
            Fact::Level(_) => false,
            Fact::Money { from, to } => from.is_none() && to.is_none(),
            Fact::Days { from, to } => from.is_none() && to.is_none(),
            Fact::Codes(codes) => codes.is_empty(),
        }
    }
}

impl Record {
    /// Whether the rules know its kind, fields and facts, its id is clean and its texts bounded.
    ///
    /// Fails with `E-MATCH-01` (id or group), `E-MATCH-02` (kind), `E-MATCH-03` (field) or
    /// `E-MATCH-04` (fact).
    pub fn check(&self, rules: &Rules) -> Result<(), Refusal> {
        check_id("id", &self.id, 1)?;
        check_id("group", &self.group, 0)?;
        let Some(kind) = rules.kind(&self.kind) else {
            return Err(Refusal::new(
                "E-MATCH-02",
                "the kind of a record is one that the matching rules define",
                "匹配规则中没有这种记录类型",
                "the matching rules define no such kind of record",
            )
            .column("kind")
            .value(&self.kind));
        };
        for (key, text) in &self.fields {
            if !kind.fields.contains_key(key) {
                return Err(Refusal::new(
                    "E-MATCH-03",
                    "a field of a record is one that its kind has",
                    "该类型的记录没有这个字段",
                    "records of this kind have no such field",
                )
                .column(key)
                .value(&self.kind));
            }
            // What a text says is not judged here: it is only cut into words.
            if text.chars().nth(FIELD_CHARS_MAX).is_some() {
                return Err(Refusal::new(
                    "E-MATCH-03",
                    format!("a field has at most {FIELD_CHARS_MAX} characters"),
                    format!("字段超过 {FIELD_CHARS_MAX} 个字符"),
                    format!("a field has more than {FIELD_CHARS_MAX} characters"),
                )
                .column(key));
            }
        }
        self.check_facts(rules)
    }

    fn check_facts(&self, rules: &Rules) -> Result<(), Refusal> {
        let refuse = |key: &str| {
            Refusal::new(
                "E-MATCH-04",
                "a fact is one that the matching rules define, of its type, with few codes",
                "该条件不在匹配规则中,或类型不符",
                "the matching rules have no such fact of this type",
            )
            .column(key)
        };
        if self.topics.len() > CODES_MAX {
            return Err(refuse("topics"));
        }
        for (key, fact) in &self.facts {
            let fits = match (rules.constraint(key), fact) {
                (None, _) => false,
                (Some(_), Fact::Unknown) => true,
                (Some(constraint), fact) => constraint.compare.takes(fact),
            };
            let few = !matches!(fact, Fact::Codes(codes) if codes.len() > CODES_MAX);
            if !fits || !few {
                return Err(refuse(key));
            }
        }
        Ok(())
    }
}

fn check_id(name: &str, text: &str, chars_min: usize) -> Result<(), Refusal> {
    let chars = text.chars().count();
    if (chars_min..=ID_CHARS_MAX).contains(&chars) && clean(text, ID_CHARS_MAX) == Ok(text) {
        return Ok(());
    }
    Err(Refusal::new(
        "E-MATCH-01",
        format!("an id is clean text of {chars_min} to {ID_CHARS_MAX} characters"),
        format!("标识应为 {chars_min} 至 {ID_CHARS_MAX} 个字符的文本"),
        format!("an id is clean text of {chars_min} to {ID_CHARS_MAX} characters"),
    )
    .column(name)
    .value(text))
}
