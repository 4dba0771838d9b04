//! The shape of the grammar's files.

use kernel::Refusal;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Words that share one meaning with a number.
#[derive(Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct Valued {
    pub(crate) write: Vec<String>,
    pub(crate) value: i64,
}

#[derive(Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct Power {
    pub(crate) write: Vec<String>,
    pub(crate) power: u32,
}

#[derive(Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sign {
    pub(crate) sign: String,
    pub(crate) write: Vec<String>,
}

#[derive(Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct UnitOf {
    pub(crate) write: Vec<String>,
    pub(crate) unit: String,
}

#[derive(Deserialize, Clone, Copy, Debug, PartialEq, Eq, Default)]
#[serde(rename_all = "lowercase")]
pub(crate) enum UnitKind {
    /// Something measured or counted.
    #[default]
    Plain,
    /// 五大功能区: a group that is named by its number.
    Group,
    /// A length of time.
    Span,
}

#[derive(Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct UnitEntry {
    pub(crate) write: Vec<String>,
    pub(crate) unit: String,
    pub(crate) dimension: String,
    pub(crate) factor: String,
    #[serde(default)]
    pub(crate) large: bool,
    #[serde(default)]
    pub(crate) kind: UnitKind,
}

#[derive(Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct Window {
    pub(crate) write: Vec<String>,
    pub(crate) from: i16,
    pub(crate) to: i16,
}

#[derive(Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct Shift {
    pub(crate) write: Vec<String>,
    pub(crate) shift: i16,
}

#[derive(Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct Part {
    pub(crate) write: Vec<String>,
    pub(crate) from: i8,
    pub(crate) to: i8,
}

#[derive(Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct Genre {
    pub(crate) title: Vec<String>,
    pub(crate) shift: i16,
}

#[derive(Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct Modality {
    pub(crate) write: Vec<String>,
    pub(crate) modality: String,
}

#[derive(Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct City {
    pub(crate) write: Vec<String>,
    pub(crate) name: String,
}

#[derive(Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct EntityEnd {
    pub(crate) write: Vec<String>,
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) strong: bool,
}

#[derive(Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct Anaphor {
    pub(crate) write: Vec<String>,
    pub(crate) kind: String,
}

#[derive(Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct Topic {
    pub(crate) before: Vec<String>,
    pub(crate) after: Vec<String>,
}

#[derive(Deserialize, Clone, Debug, Default)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LineRule {
    pub(crate) equals: Vec<String>,
    pub(crate) starts: Vec<String>,
    pub(crate) contains: Vec<String>,
    pub(crate) max: usize,
}

#[derive(Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pattern {
    pub(crate) key: String,
    pub(crate) prior: u8,
}

#[derive(Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RelationShape {
    With,
    By,
    At,
}

#[derive(Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct RelationEntry {
    pub(crate) kind: String,
    pub(crate) pattern: String,
    pub(crate) shape: RelationShape,
    #[serde(default)]
    pub(crate) before: Vec<String>,
    pub(crate) verbs: Vec<String>,
}

#[derive(Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct EventEntry {
    pub(crate) key: String,
    pub(crate) pattern: String,
    pub(crate) words: Vec<String>,
}

/// Declares the sections of a file once: their fields and how two files are joined.
macro_rules! sections {
    ($(lists { $($list:ident: $item:ty),* $(,)? })? $(scalars { $($scalar:ident: $kind:ty),* $(,)? })?
     $(maps { $($map:ident),* $(,)? })?) => {
        /// Everything that files of the grammar may say.
        #[derive(Deserialize, Clone, Debug, Default)]
        #[serde(deny_unknown_fields, default)]
        pub(crate) struct File {
            $($(pub(crate) $list: Vec<$item>,)*)?
            $($(pub(crate) $scalar: Option<$kind>,)*)?
            $($(pub(crate) $map: BTreeMap<String, String>,)*)?
        }

        impl File {
            /// Lists are joined; a later file's single words replace earlier ones.
            pub(crate) fn append(&mut self, mut other: File) {
                $($(self.$list.append(&mut other.$list);)*)?
                $($(self.$scalar = other.$scalar.take().or_else(|| self.$scalar.take());)*)?
                $($(self.$map.append(&mut other.$map);)*)?
            }
        }
    };
}

sections! {
    lists {
        // numbers
        digits: Valued, magnitudes: Power, before: Sign, after: Sign, range_marks: String,
        fraction_marks: String, tenth_marks: String, tenth_not_before: String, doubling_before: String,
        doubling_after: String, halves: String, firsts: UnitOf, ordinal_marks: String,
        rank_words: Valued, rank_units: String, rank_verbs: String, scopes: String,
        structures: UnitOf,
        // units
        units: UnitEntry, bare_money_before: String, span_words: String, span_not_after: String,
        // times
        windows: Window, window_end_words: String, compare_before: String, relative_years: Shift,
        current: String, whole_year: String, parts: Part, year_end: String,
        last_years_before: String, last_years_after: String, since: String, flows: String,
        genres: Genre, forecast: Modality, target_before: String, compared_before: String, years_ago: String,
        // properties
        links: String, openings: String, verbs: String, light_verbs: String,
        change_verbs: String, dependent_attributes: String, district_heads: String, article_ends: String, noun_ends: String, joins: String,
        bare_attributes: String, growth_up: String, growth_down: String, growth_names: String,
        growth_level_words: String, share_verbs: String, per: String, of: String, heads: String,
        // subjects
        place_ends: String, place_not: String, place_doubtful: String, not_before_doubtful: String, self_words: String, self_words_city: String,
        cities: City, before_place: String, entity_ends: EntityEnd, generic: String,
        subject_verbs: String, anaphors: Anaphor, demonstratives: String, end_not: String, closing_ends: String, examples: String, pronouns: String, pronoun_not: String, speakers_we: String, scenes: String, presents: String, firm_ends: String, descriptors: String, not_in_names: String, not_behind_place: String, shortened: String, topics: Topic, speech: String,
        topic_kinds: String, apposition: String, quotes_open: String, quotes_close: String,
        // stops
        lines: LineRule, debris: String, debris_before_source: String, not_after: String, not_after_written: String,
        not_before: String, idioms: String, slogan_counters: String, indefinite: String,
        empty_nouns: String, clock_marks: String,
        // the document
        source_labels: String, source_damaged: String, author_labels: String, date_labels: String,
        summary_labels: String, meta_title: String, meta_source: String, meta_date: String,
        skip_elements: String, skip_classes: String, block_elements: String,
        neutral_glosses: String, paragraph_starts: String, person_titles_before: String,
        person_titles_after: String, person_titles_sure: String, name_stops: String, not_names: String,
        // patterns
        patterns: Pattern, relations: RelationEntry, events: EventEntry,
    }
    scalars {
        rank_unit: String, ratio_unit: String, times_unit: String, growth_property: String,
        share_property: String, rank_property: String, area_property: String, surnames: String,
        slogan_chars_max: usize, flow_month_max: i8,
    }
    maps { bare_money }
}

/// Reads one file; fails with `E-GRAMMAR-01`, naming the file and what is wrong.
pub(crate) fn parse(name: &str, text: &str) -> Result<File, Refusal> {
    serde_saphyr::from_str(text).map_err(|error| {
        let said = error.to_string();
        Refusal::new("E-GRAMMAR-01", "a grammar file has the documented shape", &said, &said)
            .file(name)
    })
}
