//! The grammar: numbers, units, times, subjects, properties and stops, all as data.

mod file;
mod words;

pub(crate) use file::{RelationShape, UnitKind};
pub(crate) use words::Words;

use file::{EventEntry, File, Genre, LineRule, RelationEntry, Sign, Topic};
use kernel::{Comparator, Decimal, Refusal};
use std::collections::BTreeMap;

/// The files of `schema/reading/` that are built into the binary: name and text.
const SHIPPED: &[(&str, &str)] = &[
    ("numbers.yaml", include_str!("../../../schema/reading/numbers.yaml")),
    ("units.yaml", include_str!("../../../schema/reading/units.yaml")),
    ("times.yaml", include_str!("../../../schema/reading/times.yaml")),
    ("properties.yaml", include_str!("../../../schema/reading/properties.yaml")),
    ("subjects.yaml", include_str!("../../../schema/reading/subjects.yaml")),
    ("stops.yaml", include_str!("../../../schema/reading/stops.yaml")),
    ("document.yaml", include_str!("../../../schema/reading/document.yaml")),
    ("patterns.yaml", include_str!("../../../schema/reading/patterns.yaml")),
];

/// A unit of the grammar, resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReadingUnit {
    pub(crate) key: String,
    pub(crate) dimension: String,
    pub(crate) factor: Decimal,
    pub(crate) large: bool,
    pub(crate) kind: UnitKind,
}

/// What a name's end says about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EntityKind {
    pub(crate) kind: String,
    pub(crate) strong: bool,
}

/// Words for years and parts of years.
#[derive(Debug, Clone, Default)]
pub(crate) struct Times {
    pub(crate) windows: Words,
    pub(crate) window_years: Vec<(i16, i16)>,
    pub(crate) window_end: Words,
    pub(crate) compare_before: Words,
    pub(crate) relative: Words,
    pub(crate) relative_shifts: Vec<i16>,
    pub(crate) current: Words,
    pub(crate) whole_year: Words,
    pub(crate) parts: Words,
    pub(crate) part_months: Vec<(i8, i8)>,
    pub(crate) year_end: Words,
    pub(crate) last_before: Words,
    pub(crate) last_after: Words,
    pub(crate) since: Words,
    pub(crate) flows: Words,
    pub(crate) flow_month_max: i8,
    pub(crate) forecast: Words,
    pub(crate) modalities: Vec<String>,
    pub(crate) target_before: Words,
    /// Before a year that a figure is only compared with.
    pub(crate) compared_before: Words,
    /// Behind a number of years that have passed.
    pub(crate) years_ago: Words,
}

/// A grammar, checked and ready to read with.
#[derive(Debug, Clone, Default)]
pub struct Grammar {
    pub(crate) digits: BTreeMap<char, i64>,
    pub(crate) powers: BTreeMap<char, u32>,
    pub(crate) before: Words,
    pub(crate) before_signs: Vec<Comparator>,
    pub(crate) after: Words,
    pub(crate) after_signs: Vec<Comparator>,
    pub(crate) range_marks: Words,
    pub(crate) fraction_marks: Words,
    pub(crate) tenth_marks: Words,
    pub(crate) tenth_not_before: Words,
    pub(crate) doubling_before: Words,
    pub(crate) doubling_after: Words,
    pub(crate) firsts: Words,
    pub(crate) first_units: Vec<String>,
    pub(crate) ordinal_marks: Words,
    pub(crate) rank_words: Words,
    pub(crate) rank_values: Vec<i64>,
    pub(crate) rank_units: Words,
    pub(crate) rank_verbs: Words,
    pub(crate) scopes: Words,
    pub(crate) structures: Words,
    pub(crate) structure_units: Vec<String>,
    pub(crate) units: Vec<ReadingUnit>,
    pub(crate) unit_words: Words,
    unit_index: BTreeMap<String, usize>,
    pub(crate) bare_money: BTreeMap<String, String>,
    pub(crate) bare_money_before: Words,
    pub(crate) span_words: Words,
    pub(crate) span_not_after: Words,
    pub(crate) times: Times,
    pub(crate) genres: Vec<(Vec<String>, i16)>,
    pub(crate) links: Words,
    pub(crate) openings: Words,
    pub(crate) verbs: Words,
    pub(crate) light_verbs: Words,
    pub(crate) change_verbs: Words,
    pub(crate) dependent_attributes: Words,
    pub(crate) district_heads: Words,
    pub(crate) article_ends: Words,
    pub(crate) noun_ends: Words,
    pub(crate) joins: Words,
    pub(crate) bare_attributes: Words,
    pub(crate) growth_up: Words,
    pub(crate) growth_down: Words,
    pub(crate) growth_names: Words,
    pub(crate) growth_level: Words,
    pub(crate) share_verbs: Words,
    pub(crate) per: Words,
    pub(crate) heads: Words,
    pub(crate) place_ends: Words,
    pub(crate) place_not: Words,
    /// Ends that a class of places and the name of one share: 山区, 宝山区.
    pub(crate) place_doubtful: Words,
    /// What stands before such an end where it is the class: 深山区.
    pub(crate) not_before_doubtful: Words,
    pub(crate) self_words: Words,
    pub(crate) self_words_city: Words,
    pub(crate) cities: Words,
    pub(crate) city_names: Vec<String>,
    pub(crate) before_place: Words,
    pub(crate) entity_ends: Words,
    pub(crate) entity_kinds: Vec<EntityKind>,
    pub(crate) generic: Words,
    pub(crate) subject_verbs: Words,
    pub(crate) anaphors: Words,
    pub(crate) anaphor_kinds: Vec<String>,
    /// Words before the end of a name that was said before: 这座…中心.
    pub(crate) demonstratives: Words,
    /// Words that begin like the end of a name and are none: 科技创新.
    pub(crate) end_not: Words,
    /// Ends that end a name only where no word goes on behind them: 锦澜发布.
    pub(crate) closing_ends: Words,
    /// Words that stand for the last name said, whatever its kind: 它.
    pub(crate) pronouns: Words,
    /// Words that begin like one of these and are none: 其中.
    pub(crate) pronoun_not: Words,
    /// Who answers in an interview calls what it is about so: 我们.
    pub(crate) speakers_we: Words,
    /// Behind a name that stands for others: 以某某为例.
    pub(crate) examples: Words,
    /// Words that lead the reader to a place or firm: 走进.
    pub(crate) scenes: Words,
    /// Words that present a name at the end of a clause: 最大的是….
    pub(crate) presents: Words,
    /// What is measured, no part of a name.
    pub(crate) not_in_names: Words,
    /// What the own place does, where it stands behind its name.
    pub(crate) not_behind_place: Words,
    /// What a firm is called before its name: 链主企业.
    pub(crate) descriptors: Words,
    /// Ends of a firm's full name that its short name lacks.
    pub(crate) firm_ends: Words,
    /// Before a quoted short name: 以下简称“…”.
    pub(crate) shortened: Words,
    pub(crate) topics: Vec<Topic>,
    pub(crate) speech: Words,
    pub(crate) topic_kinds: Vec<String>,
    pub(crate) apposition: Words,
    pub(crate) quotes_open: Words,
    pub(crate) quotes_close: Words,
    pub(crate) line_rules: Vec<LineRule>,
    pub(crate) debris: Words,
    pub(crate) debris_before_source: Words,
    pub(crate) not_after: Words,
    /// Before a numeral in characters that is vague.
    pub(crate) not_after_written: Words,
    pub(crate) not_before: Words,
    pub(crate) idioms: Words,
    pub(crate) slogan_counters: Words,
    pub(crate) indefinite: Words,
    pub(crate) empty_nouns: Words,
    pub(crate) source_labels: Words,
    pub(crate) source_damaged: Words,
    pub(crate) author_labels: Words,
    pub(crate) date_labels: Words,
    pub(crate) summary_labels: Words,
    pub(crate) meta_title: Vec<String>,
    pub(crate) meta_source: Vec<String>,
    pub(crate) meta_date: Vec<String>,
    pub(crate) skip_elements: Vec<String>,
    pub(crate) skip_classes: Vec<String>,
    pub(crate) block_elements: Vec<String>,
    pub(crate) neutral_glosses: Words,
    pub(crate) paragraph_starts: Words,
    pub(crate) titles_before: Words,
    pub(crate) titles_after: Words,
    pub(crate) titles_sure: Words,
    pub(crate) surnames: String,
    pub(crate) name_stops: Words,
    pub(crate) not_names: Words,
    pub(crate) priors: BTreeMap<String, u8>,
    pub(crate) relations: Vec<RelationEntry>,
    pub(crate) events: Vec<EventEntry>,
    pub(crate) words: Spoken,
}

/// Single words that the machine writes itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spoken {
    pub(crate) rank_unit: String,
    pub(crate) ratio_unit: String,
    pub(crate) times_unit: String,
    pub(crate) growth: String,
    pub(crate) share: String,
    pub(crate) rank: String,
    pub(crate) area: String,
    pub(crate) slogan_chars_max: usize,
}

impl Grammar {
    /// The grammar that ships, from the files built into the binary.
    pub fn shipped() -> Result<Grammar, Refusal> {
        Grammar::parse(SHIPPED)
    }

    /// The names and texts of the files that ship, to extend with a district's own.
    pub fn shipped_files() -> &'static [(&'static str, &'static str)] {
        SHIPPED
    }

    /// The grammar in these files (name and YAML text), lists joined in order.
    ///
    /// Fails with `E-GRAMMAR-01` (not YAML of this shape), `E-GRAMMAR-02` (a value that cannot be:
    /// sign, factor, prior, years) or `E-GRAMMAR-03` (a unit that nothing defines, or defined twice).
    pub fn parse(files: &[(&str, &str)]) -> Result<Grammar, Refusal> {
        let mut all = File::default();
        for (name, text) in files {
            let file = file::parse(name, text)?;
            check(name, &file)?;
            all.append(file);
        }
        build(all)
    }

    /// The end of a name that begins at `at`, unless it begins another word: 科技创新.
    pub(crate) fn end_at(&self, chars: &[char], at: usize) -> Option<(usize, usize)> {
        let found = self.entity_ends.at(chars, at)?;
        let end = at + found.0;
        let acts = self.verbs.at(chars, end).is_some_and(|(length, _)| length >= 2)
            || self.subject_verbs.at(chars, end).is_some();
        let goes_on = chars.get(end).is_some_and(|c| kernel::text::is_han(*c)) && !acts;
        if goes_on && self.closing_ends.has(&chars[at..end]) {
            return None;
        }
        self.end_not.at(chars, at).is_none_or(|(length, _)| length <= found.0).then_some(found)
    }

    /// The unit with this key.
    pub(crate) fn unit(&self, key: &str) -> Option<&ReadingUnit> {
        self.unit_index.get(key).map(|index| &self.units[*index])
    }

    /// Of 100 candidates of a pattern, how many are expected to be right; 50 when nobody said.
    pub fn prior(&self, pattern: &str) -> u8 {
        self.priors.get(pattern).copied().unwrap_or(50)
    }
}

fn wrong(name: &str, what: &str, value: &str) -> Refusal {
    Refusal::new(
        "E-GRAMMAR-02",
        "signs are of the kernel, factors exact, priors 0 to 100, spans in order",
        format!("语法文件中的值无效:{what}"),
        format!("a value of the grammar cannot be: {what}"),
    )
    .file(name)
    .value(value)
}

/// Checks what one file can answer for by itself, so that the refusal names it.
fn check(name: &str, file: &File) -> Result<(), Refusal> {
    for sign in file.before.iter().chain(&file.after) {
        Comparator::from_sign(&sign.sign).ok_or_else(|| wrong(name, "sign", &sign.sign))?;
    }
    for unit in &file.units {
        let factor =
            Decimal::parse(&unit.factor).map_err(|_| wrong(name, "factor", &unit.factor))?;
        if factor <= Decimal::ZERO {
            return Err(wrong(name, "factor", &unit.factor));
        }
    }
    for pattern in &file.patterns {
        if pattern.prior > 100 {
            return Err(wrong(name, "prior", &pattern.key));
        }
    }
    for window in &file.windows {
        if window.from > window.to || window.from < 1000 || window.to > 9000 {
            return Err(wrong(name, "window", &format!("{}/{}", window.from, window.to)));
        }
    }
    for part in &file.parts {
        if part.from < 1 || part.to > 12 || part.from > part.to {
            return Err(wrong(name, "part of a year", &format!("{}-{}", part.from, part.to)));
        }
    }
    for power in &file.magnitudes {
        if power.power > 12 || power.write.iter().any(|w| w.chars().count() != 1) {
            return Err(wrong(name, "magnitude", &power.write.join(" ")));
        }
    }
    for digit in &file.digits {
        if !(0..=9).contains(&digit.value) || digit.write.iter().any(|w| w.chars().count() != 1) {
            return Err(wrong(name, "digit", &digit.write.join(" ")));
        }
    }
    let shifts =
        file.relative_years.iter().map(|s| s.shift).chain(file.genres.iter().map(|g| g.shift));
    for shift in shifts {
        if !(-100..=100).contains(&shift) {
            return Err(wrong(name, "shift of years", &shift.to_string()));
        }
    }
    Ok(())
}

/// One list of words and, for each, what it means.
fn valued<T, V>(
    entries: &[T],
    write: impl Fn(&T) -> &Vec<String>,
    value: impl Fn(&T) -> V,
) -> (Words, Vec<V>) {
    let words = entries
        .iter()
        .enumerate()
        .flat_map(|(number, entry)| write(entry).iter().map(move |word| (word.as_str(), number)));
    (Words::new(words), entries.iter().map(value).collect())
}

fn signs(entries: &[Sign]) -> (Words, Vec<Comparator>) {
    valued(entries, |s| &s.write, |s| Comparator::from_sign(&s.sign).unwrap_or(Comparator::Exact))
}

/// Units in order, their numbers by key, and the words that mean them.
type UnitTable = (Vec<ReadingUnit>, BTreeMap<String, usize>, Words);

fn units(file: &File) -> Result<UnitTable, Refusal> {
    let mut units = Vec::with_capacity(file.units.len());
    let mut index = BTreeMap::new();
    let mut words: Vec<(&str, usize)> = Vec::new();
    for entry in &file.units {
        let factor = Decimal::parse(&entry.factor).map_err(|r| r.file("units"))?;
        let number = units.len();
        units.push(ReadingUnit {
            key: entry.unit.clone(),
            dimension: entry.dimension.clone(),
            factor,
            large: entry.large,
            kind: entry.kind,
        });
        // Two spellings may carry one key, but not with two meanings.
        let first = *index.entry(entry.unit.clone()).or_insert(number);
        let known: &ReadingUnit = &units[first];
        if (known.factor, &known.dimension) != (factor, &entry.dimension) {
            return Err(Refusal::new(
                "E-GRAMMAR-03",
                "a unit is defined once",
                format!("计量单位“{}”有两种定义", entry.unit),
                format!("the unit `{}` is defined in two ways", entry.unit),
            )
            .value(&entry.unit));
        }
        words.extend(entry.write.iter().map(|word| (word.as_str(), number)));
    }
    for (prefix, power) in [("万", 4u32), ("亿", 8), ("万亿", 12)] {
        for number in 0..units.len() {
            let base = units[number].clone();
            let factor = base.factor.times(Decimal::whole(10i64.pow(power)));
            let key = format!("{prefix}{}", base.key);
            if let (true, Some(factor), false) = (base.large, factor, index.contains_key(&key)) {
                index.insert(key.clone(), units.len());
                units.push(ReadingUnit { key, factor, large: false, ..base });
            }
        }
    }
    Ok((units, index, Words::new(words)))
}

/// Every unit that a section names must be defined.
fn check_units(file: &File, index: &BTreeMap<String, usize>) -> Result<(), Refusal> {
    let named = file.structures.iter().map(|s| &s.unit).chain(file.bare_money.values());
    for unit in named {
        if !index.contains_key(unit) {
            return Err(Refusal::new(
                "E-GRAMMAR-03",
                "every unit that the grammar names is defined by it",
                format!("未定义的计量单位“{unit}”"),
                format!("the unit `{unit}` is not defined"),
            )
            .value(unit));
        }
    }
    Ok(())
}

fn times(file: &File) -> Times {
    let plain = |words: &[String]| Words::plain(words);
    let (windows, window_years) = valued(&file.windows, |w| &w.write, |w| (w.from, w.to));
    let (relative, relative_shifts) = valued(&file.relative_years, |s| &s.write, |s| s.shift);
    let (parts, part_months) = valued(&file.parts, |p| &p.write, |p| (p.from, p.to));
    let (forecast, modalities) = valued(&file.forecast, |m| &m.write, |m| m.modality.clone());
    Times {
        windows,
        window_years,
        window_end: plain(&file.window_end_words),
        compare_before: plain(&file.compare_before),
        relative,
        relative_shifts,
        current: plain(&file.current),
        whole_year: plain(&file.whole_year),
        parts,
        part_months,
        year_end: plain(&file.year_end),
        last_before: plain(&file.last_years_before),
        last_after: plain(&file.last_years_after),
        since: plain(&file.since),
        flows: plain(&file.flows),
        flow_month_max: file.flow_month_max.unwrap_or(6),
        forecast,
        modalities,
        target_before: plain(&file.target_before),
        compared_before: plain(&file.compared_before),
        years_ago: plain(&file.years_ago),
    }
}

fn single(entries: &[(Vec<String>, i64)]) -> BTreeMap<char, i64> {
    let chars = entries.iter().flat_map(|(write, value)| {
        write.iter().filter_map(|word| word.chars().next()).map(|c| (c, *value))
    });
    chars.collect()
}

fn build(file: File) -> Result<Grammar, Refusal> {
    let (units, unit_index, unit_words) = units(&file)?;
    let (first_words, first_units) = valued(&file.firsts, |f| &f.write, |f| f.unit.clone());
    let mut grammar = Grammar { units, unit_index, unit_words, ..Grammar::default() };
    check_units(&file, &grammar.unit_index)?;
    grammar.firsts = first_words;
    grammar.first_units = first_units;
    numbers(&mut grammar, &file);
    properties(&mut grammar, &file);
    subjects(&mut grammar, &file);
    document(&mut grammar, &file);
    grammar.times = times(&file);
    grammar.genres = file.genres.iter().map(|g: &Genre| (g.title.clone(), g.shift)).collect();
    grammar.priors = file.patterns.iter().map(|p| (p.key.clone(), p.prior)).collect();
    grammar.words = Spoken {
        rank_unit: file.rank_unit.unwrap_or_default(),
        ratio_unit: file.ratio_unit.unwrap_or_default(),
        times_unit: file.times_unit.unwrap_or_default(),
        growth: file.growth_property.unwrap_or_default(),
        share: file.share_property.unwrap_or_default(),
        rank: file.rank_property.unwrap_or_default(),
        area: file.area_property.unwrap_or_default(),
        slogan_chars_max: file.slogan_chars_max.unwrap_or(4),
    };
    grammar.surnames = file.surnames.unwrap_or_default();
    grammar.relations = file.relations;
    grammar.events = file.events;
    Ok(grammar)
}

fn numbers(grammar: &mut Grammar, file: &File) {
    let plain = |words: &[String]| Words::plain(words);
    let digits: Vec<_> = file.digits.iter().map(|d| (d.write.clone(), d.value)).collect();
    grammar.digits = single(&digits);
    let powers: Vec<_> =
        file.magnitudes.iter().map(|m| (m.write.clone(), i64::from(m.power))).collect();
    grammar.powers = single(&powers).into_iter().map(|(c, power)| (c, power as u32)).collect();
    (grammar.before, grammar.before_signs) = signs(&file.before);
    (grammar.after, grammar.after_signs) = signs(&file.after);
    grammar.range_marks = plain(&file.range_marks);
    grammar.fraction_marks = plain(&file.fraction_marks);
    grammar.tenth_not_before = plain(&file.tenth_not_before);
    grammar.tenth_marks = plain(&file.tenth_marks);
    grammar.doubling_before = plain(&file.doubling_before);
    grammar.doubling_after = plain(&file.doubling_after);
    grammar.ordinal_marks = plain(&file.ordinal_marks);
    (grammar.rank_words, grammar.rank_values) = valued(&file.rank_words, |r| &r.write, |r| r.value);
    grammar.rank_units = plain(&file.rank_units);
    grammar.rank_verbs = plain(&file.rank_verbs);
    grammar.scopes = plain(&file.scopes);
    (grammar.structures, grammar.structure_units) =
        valued(&file.structures, |s| &s.write, |s| s.unit.clone());
    grammar.bare_money = file.bare_money.clone();
    grammar.bare_money_before = plain(&file.bare_money_before);
    grammar.span_words = plain(&file.span_words);
    grammar.span_not_after = plain(&file.span_not_after);
    grammar.not_after = plain(&file.not_after);
    grammar.not_after_written = plain(&file.not_after_written);
    grammar.not_before = plain(&file.not_before);
    grammar.idioms = plain(&file.idioms);
    grammar.slogan_counters = plain(&file.slogan_counters);
    grammar.indefinite = plain(&file.indefinite);
    grammar.empty_nouns = plain(&file.empty_nouns);
}

fn properties(grammar: &mut Grammar, file: &File) {
    let plain = |words: &[String]| Words::plain(words);
    grammar.links = plain(&file.links);
    grammar.openings = plain(&file.openings);
    grammar.verbs = plain(&file.verbs);
    grammar.light_verbs = plain(&file.light_verbs);
    grammar.change_verbs = plain(&file.change_verbs);
    grammar.district_heads = plain(&file.district_heads);
    grammar.article_ends = plain(&file.article_ends);
    grammar.dependent_attributes = plain(&file.dependent_attributes);
    grammar.noun_ends = plain(&file.noun_ends);
    grammar.joins = plain(&file.joins);
    grammar.bare_attributes = plain(&file.bare_attributes);
    grammar.growth_up = plain(&file.growth_up);
    grammar.growth_down = plain(&file.growth_down);
    grammar.growth_names = plain(&file.growth_names);
    grammar.growth_level = plain(&file.growth_level_words);
    grammar.share_verbs = plain(&file.share_verbs);
    grammar.per = plain(&file.per);
    grammar.heads = plain(&file.heads);
}

fn subjects(grammar: &mut Grammar, file: &File) {
    let plain = |words: &[String]| Words::plain(words);
    grammar.place_ends = plain(&file.place_ends);
    grammar.place_not = plain(&file.place_not);
    grammar.place_doubtful = plain(&file.place_doubtful);
    grammar.not_before_doubtful = plain(&file.not_before_doubtful);
    grammar.self_words = plain(&file.self_words);
    grammar.self_words_city = plain(&file.self_words_city);
    (grammar.cities, grammar.city_names) = valued(&file.cities, |c| &c.write, |c| c.name.clone());
    grammar.before_place = plain(&file.before_place);
    (grammar.entity_ends, grammar.entity_kinds) = valued(
        &file.entity_ends,
        |e| &e.write,
        |e| EntityKind { kind: e.kind.clone(), strong: e.strong },
    );
    grammar.generic = plain(&file.generic);
    grammar.subject_verbs = plain(&file.subject_verbs);
    grammar.demonstratives = plain(&file.demonstratives);
    grammar.end_not = plain(&file.end_not);
    grammar.closing_ends = plain(&file.closing_ends);
    grammar.pronouns = plain(&file.pronouns);
    grammar.pronoun_not = plain(&file.pronoun_not);
    grammar.speakers_we = plain(&file.speakers_we);
    grammar.examples = plain(&file.examples);
    grammar.scenes = plain(&file.scenes);
    grammar.presents = plain(&file.presents);
    grammar.firm_ends = plain(&file.firm_ends);
    grammar.not_in_names = plain(&file.not_in_names);
    grammar.not_behind_place = plain(&file.not_behind_place);
    grammar.descriptors = plain(&file.descriptors);
    grammar.shortened = plain(&file.shortened);
    (grammar.anaphors, grammar.anaphor_kinds) =
        valued(&file.anaphors, |a| &a.write, |a| a.kind.clone());
    grammar.topics = file.topics.clone();
    grammar.speech = plain(&file.speech);
    grammar.topic_kinds = file.topic_kinds.clone();
    grammar.apposition = plain(&file.apposition);
    grammar.quotes_open = plain(&file.quotes_open);
    grammar.quotes_close = plain(&file.quotes_close);
}

fn document(grammar: &mut Grammar, file: &File) {
    let plain = |words: &[String]| Words::plain(words);
    let lower = |words: &[String]| words.iter().map(|w| w.to_lowercase()).collect::<Vec<_>>();
    grammar.line_rules = file.lines.clone();
    grammar.debris = plain(&file.debris);
    grammar.debris_before_source = plain(&file.debris_before_source);
    grammar.source_labels = plain(&file.source_labels);
    grammar.source_damaged = plain(&file.source_damaged);
    grammar.author_labels = plain(&file.author_labels);
    grammar.date_labels = plain(&file.date_labels);
    grammar.summary_labels = plain(&file.summary_labels);
    grammar.meta_title = lower(&file.meta_title);
    grammar.meta_source = lower(&file.meta_source);
    grammar.meta_date = lower(&file.meta_date);
    grammar.skip_elements = lower(&file.skip_elements);
    grammar.skip_classes = lower(&file.skip_classes);
    grammar.block_elements = lower(&file.block_elements);
    grammar.neutral_glosses = plain(&file.neutral_glosses);
    grammar.paragraph_starts = plain(&file.paragraph_starts);
    grammar.titles_before = plain(&file.person_titles_before);
    grammar.titles_after = plain(&file.person_titles_after);
    grammar.titles_sure = plain(&file.person_titles_sure);
    grammar.name_stops = plain(&file.name_stops);
    grammar.not_names = plain(&file.not_names);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_file_is_refused_by_name() {
        let table = [
            ("links: 5", "E-GRAMMAR-01"),
            ("no_such_section: [a]", "E-GRAMMAR-01"),
            ("before: [{sign: '!', write: [a]}]", "E-GRAMMAR-02"),
            ("units: [{write: [a], unit: a, dimension: b, factor: x}]", "E-GRAMMAR-02"),
            ("patterns: [{key: a, prior: 101}]", "E-GRAMMAR-02"),
            ("windows: [{write: [a], from: 2030, to: 2020}]", "E-GRAMMAR-02"),
            ("units: [{write: [家], unit: 家, dimension: other, factor: '2'}]", "E-GRAMMAR-03"),
            ("bare_money: {亿: 金}", "E-GRAMMAR-03"),
        ];
        for (text, code) in table {
            let files: Vec<(&str, &str)> =
                SHIPPED.iter().copied().chain([("own.yaml", text)]).collect();
            let refusal = Grammar::parse(&files).expect_err(text);
            assert_eq!(refusal.code, code, "{text}");
            let named = refusal.place.file.as_deref() == Some("own.yaml");
            assert!(named || code == "E-GRAMMAR-03", "{text}");
        }
    }

    #[test]
    fn units_mean_what_the_schema_says() {
        let grammar = Grammar::shipped().expect("grammar");
        let schema = schema::Schema::shipped().expect("schema");
        for unit in schema.units().all() {
            if let Some(own) = grammar.unit(&unit.key) {
                let same = (&own.dimension, own.factor) == (&unit.dimension, unit.factor);
                assert!(same, "{}", unit.key);
            }
        }
    }
}
