//! Law as data: places, laws, parameters in versions, holiday tables.
//!
//! A parameter is bitemporal: it holds from one day to another in the world, and was known to us
//! since a day. A question names the place, the day the facts happened and the day as of which we
//! knew; the answer cites its article and says how sure the text is.

use kernel::calendar::{Count, HolidayYear};
use kernel::proof::{Cite, Confidence, Shown};
use kernel::{Calendar, Day, Fen, Label, Proof, Ratio, Refusal};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The files of `schema/law/` that are built in: name and text.
const SHIPPED: &[(&str, &str)] = &[
    ("laws.yaml", include_str!("../../../schema/law/laws.yaml")),
    ("holidays.yaml", include_str!("../../../schema/law/holidays.yaml")),
    ("pricing.yaml", include_str!("../../../schema/law/pricing.yaml")),
    ("rewards.yaml", include_str!("../../../schema/law/rewards.yaml")),
    ("contracts.yaml", include_str!("../../../schema/law/contracts.yaml")),
    ("rights.yaml", include_str!("../../../schema/law/rights.yaml")),
    ("ventures.yaml", include_str!("../../../schema/law/ventures.yaml")),
    ("service.yaml", include_str!("../../../schema/law/service.yaml")),
    ("reports.yaml", include_str!("../../../schema/law/reports.yaml")),
    ("trl.yaml", include_str!("../../../schema/law/trl.yaml")),
];

/// What a parameter says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setting {
    /// Money.
    Money(Fen),
    /// A share or a rate.
    Ratio(Ratio),
    /// A period, such as 15 working days.
    Period(u32, Count),
    /// A whole number.
    Number(i64),
    /// Yes or no.
    Truth(bool),
    /// A code.
    Text(String),
    /// A day.
    Day(Day),
    /// The text could not be read: nothing may be computed with it.
    Unknown,
}

impl Setting {
    /// As a node of a proof says it.
    pub fn shown(&self) -> Shown {
        match self {
            Setting::Money(fen) => Shown::Money(*fen),
            Setting::Ratio(ratio) => Shown::Ratio(*ratio),
            Setting::Period(number, count) => Shown::from(format!("{number} {}", count.name())),
            Setting::Number(number) => Shown::Number(*number),
            Setting::Truth(truth) => Shown::Truth(*truth),
            Setting::Text(text) => Shown::from(text.clone()),
            Setting::Day(day) => Shown::Day(*day),
            Setting::Unknown => Shown::Unknown,
        }
    }
}

/// One version of a parameter for one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// What it is called, such as `pricing_notice.days`.
    pub id: String,
    /// Its name for people.
    pub label: Label,
    /// The place whose law it is.
    pub place: String,
    /// What it says.
    pub setting: Setting,
    /// Since when it holds; `None`: as long as anyone asks.
    pub from: Option<Day>,
    /// The first day on which it no longer holds.
    pub to: Option<Day>,
    /// Since when we knew.
    pub known: Day,
    /// What it rests on.
    pub cite: Arc<Cite>,
}

impl Parameter {
    /// As a leaf of a proof.
    pub fn proof(&self) -> Proof {
        Proof::parameter(self.id.clone(), self.setting.shown(), &self.cite)
    }
}

/// A law that parameters cite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Law {
    /// Its code, such as `SH17`.
    pub code: String,
    /// Its name.
    pub label: Label,
    /// Since when it is in force.
    pub from: Option<Day>,
    /// The first day on which it no longer is.
    pub to: Option<Day>,
}

/// Where a holiday table comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HolidayNotice {
    /// The year.
    pub year: i16,
    /// Version of the table.
    pub version: String,
    /// The notice.
    pub source: String,
    /// How sure we are of it.
    pub confidence: Confidence,
}

/// Laws, their parameters, and the calendar.
#[derive(Debug, Clone, Default)]
pub struct Rulebook {
    /// Place to its name and the place whose law applies where it has none.
    places: BTreeMap<String, (Label, Option<String>)>,
    laws: BTreeMap<String, Law>,
    /// By id; the versions of one in the order of the files.
    parameters: BTreeMap<String, Vec<Parameter>>,
    calendar: Calendar,
    notices: Vec<HolidayNotice>,
}

/// A question to the rulebook: which law, of when, as known when.
#[derive(Debug, Clone, Copy)]
pub struct Lookup<'a> {
    /// The rulebook.
    pub book: &'a Rulebook,
    /// The place whose law applies.
    pub place: &'a str,
    /// The day the facts happened.
    pub on: Day,
    /// As known at the end of that day.
    pub known: Day,
}

impl<'a> Lookup<'a> {
    /// The parameter in force: the nearest place first, then the version known last.
    ///
    /// Fails with `E-RULE-01` when none is in force, so that nothing is computed without a rule.
    pub fn get(&self, id: &str) -> Result<&'a Parameter, Refusal> {
        self.find(id).ok_or_else(|| {
            Refusal::new(
                "E-RULE-01",
                "nothing is computed without a rule in force",
                format!("{}在{}没有可用的规则参数 {id}", self.place, self.on),
                format!("no parameter {id} is in force in {} on {}", self.place, self.on),
            )
            .value(id)
        })
    }

    /// Like [`Lookup::get`], or none.
    pub fn find(&self, id: &str) -> Option<&'a Parameter> {
        let versions = self.book.parameters.get(id)?;
        let mut place = Some(self.place);
        while let Some(here) = place {
            let holds = |one: &&Parameter| {
                one.place == here
                    && one.known <= self.known
                    && one.from.is_none_or(|from| from <= self.on)
                    && one.to.is_none_or(|to| self.on < to)
            };
            let found = versions.iter().filter(holds).max_by_key(|one| (one.known, one.from));
            if found.is_some() {
                return found;
            }
            place = self.book.places.get(here).and_then(|(_, within)| within.as_deref());
        }
        None
    }

    /// A period; fails with `E-RULE-01` (none in force) or `E-RULE-02` (unknown, or no period).
    pub fn period(&self, id: &str) -> Result<(u32, Count, &'a Parameter), Refusal> {
        let found = self.get(id)?;
        match found.setting {
            Setting::Period(number, count) => Ok((number, count, found)),
            _ => Err(unusable(found)),
        }
    }

    /// A share or rate; fails like [`Lookup::period`].
    pub fn ratio(&self, id: &str) -> Result<(Ratio, &'a Parameter), Refusal> {
        let found = self.get(id)?;
        match found.setting {
            Setting::Ratio(ratio) => Ok((ratio, found)),
            _ => Err(unusable(found)),
        }
    }

    /// Money; fails like [`Lookup::period`].
    pub fn money(&self, id: &str) -> Result<(Fen, &'a Parameter), Refusal> {
        let found = self.get(id)?;
        match found.setting {
            Setting::Money(fen) => Ok((fen, found)),
            _ => Err(unusable(found)),
        }
    }

    /// A whole number; fails like [`Lookup::period`].
    pub fn number(&self, id: &str) -> Result<(i64, &'a Parameter), Refusal> {
        let found = self.get(id)?;
        match found.setting {
            Setting::Number(number) => Ok((number, found)),
            _ => Err(unusable(found)),
        }
    }

    /// Yes or no; fails like [`Lookup::period`].
    pub fn truth(&self, id: &str) -> Result<(bool, &'a Parameter), Refusal> {
        let found = self.get(id)?;
        match found.setting {
            Setting::Truth(truth) => Ok((truth, found)),
            _ => Err(unusable(found)),
        }
    }

    /// A code; fails like [`Lookup::period`].
    pub fn text(&self, id: &str) -> Result<(&'a str, &'a Parameter), Refusal> {
        let found = self.get(id)?;
        match &found.setting {
            Setting::Text(text) => Ok((text, found)),
            _ => Err(unusable(found)),
        }
    }

    /// The calendar of the rulebook.
    pub fn calendar(&self) -> &'a Calendar {
        &self.book.calendar
    }
}

fn unusable(found: &Parameter) -> Refusal {
    Refusal::new(
        "E-RULE-02",
        &*found.cite.article,
        format!("规则参数 {} 未知或类型不符,不能据以计算", found.id),
        format!(
            "parameter {} is unknown or of another kind; nothing is computed with it",
            found.id
        ),
    )
    .value(&found.setting.shown().text())
}

impl Rulebook {
    /// The rulebook that ships.
    pub fn shipped() -> Result<Rulebook, Refusal> {
        Rulebook::parse(SHIPPED)
    }

    /// The rulebook in these files (name and YAML text).
    ///
    /// Fails with `E-RULE-03` for what is not of this shape, `E-RULE-04` for a place or law that
    /// nothing defines or a version given twice, `E-DATE-05` for an unsound holiday table.
    pub fn parse(files: &[(&str, &str)]) -> Result<Rulebook, Refusal> {
        let mut book = Rulebook::default();
        for (name, text) in files {
            let file: File = serde_saphyr::from_str(text)
                .map_err(|error| bad_shape(&error.to_string()).file(name))?;
            book.add(file).map_err(|refusal| refusal.file(name))?;
        }
        book.check()?;
        Ok(book)
    }

    fn add(&mut self, file: File) -> Result<(), Refusal> {
        for place in file.places {
            self.places.insert(place.key, (place.label.into(), place.within));
        }
        for law in file.laws {
            let (from, to) = (day(&law.from)?, day(&law.to)?);
            let (code, label) = (law.code, law.label.into());
            self.laws.insert(code.clone(), Law { code, label, from, to });
        }
        for year in file.years {
            let table = HolidayYear {
                version: year.version.clone(),
                free: days(&year.free)?,
                worked: days(&year.worked)?,
            };
            let calendar = std::mem::take(&mut self.calendar);
            self.calendar = calendar.with(year.year, table)?;
            let confidence = confidence(&year.confidence)?;
            let (year, version, source) = (year.year, year.version, year.source);
            self.notices.push(HolidayNotice { year, version, source, confidence });
        }
        for entry in file.parameters {
            let label: Label = entry.label.into();
            for version in entry.values {
                let one = parameter(&entry.id, &label, &entry.kind, version)?;
                self.parameters.entry(entry.id.clone()).or_default().push(one);
            }
        }
        Ok(())
    }

    fn check(&self) -> Result<(), Refusal> {
        let unknown = |what: &str| {
            let en = "places and laws are defined before they are used, each version once";
            Refusal::new("E-RULE-04", en, "规则文件引用了未定义的地区或法规,或同一版本重复", en)
                .value(what)
        };
        for (key, (_, within)) in &self.places {
            if within.as_ref().is_some_and(|within| !self.places.contains_key(within)) {
                return Err(unknown(key));
            }
        }
        for one in self.parameters.values().flatten() {
            let law = one.cite.article.split(' ').next().unwrap_or_default();
            if !self.places.contains_key(&one.place) || !self.laws.contains_key(law) {
                return Err(unknown(&format!("{} {} {law}", one.id, one.place)));
            }
        }
        for versions in self.parameters.values() {
            let mut seen = BTreeSet::new();
            for one in versions {
                if !seen.insert((&one.place, one.from, one.known)) {
                    return Err(unknown(&one.id));
                }
            }
        }
        Ok(())
    }

    /// Asks with a place, the day of the facts, and the day as of which it was known.
    pub fn lookup<'a>(&'a self, place: &'a str, on: Day, known: Day) -> Lookup<'a> {
        Lookup { book: self, place, on, known }
    }

    /// The calendar.
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// The same rules with another calendar: what moves when a holiday table changes.
    pub fn with_calendar(mut self, calendar: Calendar) -> Rulebook {
        self.calendar = calendar;
        self
    }

    /// Where the holiday tables come from.
    pub fn notices(&self) -> &[HolidayNotice] {
        &self.notices
    }

    /// A place by its key: its name, and the place whose law applies where it has none.
    pub fn place(&self, key: &str) -> Option<(&Label, Option<&str>)> {
        self.places.get(key).map(|(label, within)| (label, within.as_deref()))
    }

    /// A law by its code.
    pub fn law(&self, code: &str) -> Option<&Law> {
        self.laws.get(code)
    }

    /// Every law, by code.
    pub fn laws(&self) -> impl Iterator<Item = &Law> {
        self.laws.values()
    }

    /// Every version of every parameter, by id.
    pub fn parameters(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.values().flatten()
    }
}

#[derive(Deserialize)]
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

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct File {
    places: Vec<PlaceEntry>,
    laws: Vec<LawEntry>,
    years: Vec<YearEntry>,
    parameters: Vec<ParameterEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlaceEntry {
    key: String,
    label: Words,
    within: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LawEntry {
    code: String,
    label: Words,
    from: Option<String>,
    to: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct YearEntry {
    year: i16,
    version: String,
    source: String,
    confidence: String,
    free: Vec<String>,
    worked: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ParameterEntry {
    id: String,
    label: Words,
    /// `money`, `ratio`, `period`, `number`, `truth`, `text` or `day`.
    kind: String,
    values: Vec<VersionEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VersionEntry {
    place: String,
    /// As text, by the kind: `"4000.00"`, `"70%"`, `"15 workday"`; `unknown` for what was not read.
    value: String,
    from: Option<String>,
    to: Option<String>,
    known: String,
    article: String,
    confidence: String,
}

fn bad_shape(value: &str) -> Refusal {
    Refusal::new(
        "E-RULE-03",
        "a file of law holds places, laws, years and parameters",
        "规则文件的写法不对",
        "this file of law is not of the right shape",
    )
    .value(value)
}

fn day(text: &Option<String>) -> Result<Option<Day>, Refusal> {
    text.as_deref().map(Day::parse).transpose()
}

/// Days, each written alone or as `first..last`.
fn days(texts: &[String]) -> Result<BTreeSet<Day>, Refusal> {
    let mut found = BTreeSet::new();
    for text in texts {
        let (first, last) = text.split_once("..").unwrap_or((text, text));
        let (first, last) = (Day::parse(first)?, Day::parse(last)?);
        if last < first || last.number() - first.number() > 60 {
            return Err(bad_shape(text));
        }
        found.extend((first.number()..=last.number()).map(Day::from_number));
    }
    Ok(found)
}

fn confidence(text: &str) -> Result<Confidence, Refusal> {
    Confidence::from_name(text).ok_or_else(|| bad_shape(text))
}

fn parameter(
    id: &str,
    label: &Label,
    kind: &str,
    version: VersionEntry,
) -> Result<Parameter, Refusal> {
    let from = day(&version.from)?;
    let cite = Cite {
        rule: id.to_string(),
        version: version.from.clone().unwrap_or_else(|| "-".to_string()),
        article: version.article,
        confidence: confidence(&version.confidence)?,
    };
    Ok(Parameter {
        id: id.to_string(),
        label: label.clone(),
        place: version.place,
        setting: setting(kind, &version.value)?,
        from,
        to: day(&version.to)?,
        known: Day::parse(&version.known)?,
        cite: Arc::new(cite),
    })
}

fn setting(kind: &str, text: &str) -> Result<Setting, Refusal> {
    if text == "unknown" {
        return Ok(Setting::Unknown);
    }
    let wrong = || bad_shape(&format!("{kind}: {text}"));
    Ok(match kind {
        "money" => Setting::Money(Fen::parse(text)?),
        "ratio" => Setting::Ratio(Ratio::parse(text)?),
        "period" => {
            let (number, count) = text.split_once(' ').ok_or_else(wrong)?;
            let number = number.parse().map_err(|_| wrong())?;
            Setting::Period(number, Count::from_name(count).ok_or_else(wrong)?)
        }
        "number" => Setting::Number(text.parse().map_err(|_| wrong())?),
        "truth" => Setting::Truth(text.parse().map_err(|_| wrong())?),
        "text" => Setting::Text(text.to_string()),
        "day" => Setting::Day(Day::parse(text)?),
        _ => return Err(wrong()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACES: &str = r#"
places:
  - {key: china, label: {zh: 全国, en: China}}
  - {key: shanghai, within: china, label: {zh: 上海, en: Shanghai}}
laws:
  - {code: TL, label: {zh: 转化法, en: TL}}
  - {code: SH17, label: {zh: 上海条例, en: SH17}}
"#;

    fn book(parameters: &str) -> Result<Rulebook, &'static str> {
        let files = [("places.yaml", PLACES), ("parameters.yaml", parameters)];
        Rulebook::parse(&files).map_err(|refusal| refusal.code)
    }

    fn day(text: &str) -> Day {
        Day::parse(text).expect("a day")
    }

    const FLOOR: &str = r#"
parameters:
  - id: floor
    kind: ratio
    label: {zh: 下限, en: floor}
    values:
      - {place: china, value: 50%, from: 2015-10-01, known: 2026-01-01, article: TL 45, confidence: verified}
      - {place: shanghai, value: 70%, from: 2017-06-01, to: 2030-01-01, known: 2026-01-01, article: SH17 34, confidence: verified}
      - {place: shanghai, value: 60%, from: 2017-06-01, known: 2026-06-01, article: SH17 34, confidence: excerpt}
"#;

    #[test]
    fn the_nearest_place_and_the_latest_knowledge_count() {
        let book = book(FLOOR).expect("sound");
        let ask = |place, on, known| {
            let found = book.lookup(place, day(on), day(known)).find("floor");
            found.map(|one| (one.setting.shown().text(), one.cite.article.clone()))
        };
        let answer = |value: &str, article: &str| Some((value.to_string(), article.to_string()));
        assert_eq!(ask("shanghai", "2026-03-01", "2026-03-01"), answer("70%", "SH17 34"));
        assert_eq!(ask("shanghai", "2026-03-01", "2026-06-01"), answer("60%", "SH17 34"));
        assert_eq!(ask("shanghai", "2017-05-31", "2026-06-01"), answer("50%", "TL 45"));
        assert_eq!(ask("shanghai", "2030-01-01", "2026-03-01"), answer("50%", "TL 45"));
        assert_eq!(ask("china", "2026-03-01", "2026-06-01"), answer("50%", "TL 45"));
        assert_eq!(ask("china", "2015-09-30", "2026-06-01"), None);
        assert_eq!(ask("china", "2026-03-01", "2025-12-31"), None);
        assert_eq!(ask("mars", "2026-03-01", "2026-06-01"), None);
    }

    #[test]
    fn what_is_unknown_computes_nothing() {
        let text = FLOOR.replace("60%", "unknown");
        let book = book(&text).expect("sound");
        let ask = |known| {
            let found = book.lookup("shanghai", day("2026-03-01"), day(known)).ratio("floor");
            found.map(|(ratio, _)| ratio.to_string()).map_err(|refusal| refusal.code)
        };
        assert_eq!(ask("2026-03-01").as_deref(), Ok("70%"));
        assert_eq!(ask("2026-06-01"), Err("E-RULE-02"));
        assert_eq!(ask("2025-06-01"), Err("E-RULE-01"));
        let lookup = book.lookup("china", day("2026-03-01"), day("2026-03-01"));
        assert_eq!(lookup.money("floor").map_err(|r| r.code).err(), Some("E-RULE-02"));
    }

    #[test]
    fn files_that_contradict_themselves_are_refused() {
        for (from, to, code) in [
            ("TL 45", "XX 45", "E-RULE-04"),
            ("place: china", "place: mars", "E-RULE-04"),
            ("known: 2026-06-01", "known: 2026-01-01", "E-RULE-04"),
            ("kind: ratio", "kind: money", "E-MONEY-04"),
            ("kind: ratio", "kind: color", "E-RULE-03"),
            ("kind: ratio", "kind: period", "E-RULE-03"),
            ("confidence: excerpt", "confidence: sure", "E-RULE-03"),
            ("2015-10-01", "2015-13-01", "E-DATE-01"),
            ("parameters:", "parametres:", "E-RULE-03"),
        ] {
            assert_eq!(book(&FLOOR.replace(from, to)).err(), Some(code), "{to}");
        }
    }

    #[test]
    fn what_ships_is_sound() {
        let book = Rulebook::shipped().expect("sound");
        assert!(book.calendar().years().count() >= 3);
        assert_eq!(book.notices().len(), book.calendar().years().count());
        assert!(book.laws().count() > 20);
        assert!(book.law("SH17").is_some() && book.place("shanghai").is_some());
        let due = book.calendar().due(
            day("2026-09-18"),
            5,
            Count::Workday,
            kernel::calendar::Roll::AnyNonWorkingDay,
        );
        assert_eq!(due.map(|due| due.last), Ok(day("2026-09-24")));
    }
}
