//! The lexicon: what places, trades, forms and short names are called. It is data, read from YAML.

use crate::trie::{NumberMap, Trie, hash, letters};
use kernel::Refusal;
use kernel::text::fold;
use serde::Deserialize;
use std::collections::BTreeMap;

const REGIONS: &str = include_str!("../../../schema/names/regions.yaml");
const FORMS: &str = include_str!("../../../schema/names/forms.yaml");
const INDUSTRIES: &str = include_str!("../../../schema/names/industries.yaml");
const ABBREVIATIONS: &str = include_str!("../../../schema/names/abbreviations.yaml");
const ENGLISH: &str = include_str!("../../../schema/names/english.yaml");

/// A set of provinces: one bit each.
pub(crate) type Provinces = u64;

/// The set of one province; nothing for other countries and scopes.
pub(crate) fn provinces(number: u16) -> Provinces {
    if (1..64).contains(&number) { 1 << number } else { 0 }
}

/// A character begins a word of trade of two characters.
const FIRST: u8 = 1;
/// A character ends a word of trade of two characters.
const LAST: u8 = 2;

/// A kind of body, as the form at the end of its name tells; an index into [`Lexicon::classes`].
pub type Class = u8;

/// A place. The numbers order places by province, then city: those of one province share `province`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region {
    /// 0 is a scope such as 中国, 1 to 99 a province of China, from 100 a country.
    pub province: u16,
    /// 0 is the whole province; cities, counties and districts count from 1.
    /// Of a scope: 0 a nation (国家), 1 anything else (国际).
    pub city: u16,
}

impl Region {
    /// Whether this only says how wide a body reaches: 国家, 中国, 国际.
    pub fn is_scope(self) -> bool {
        self.province == 0
    }

    /// Whether one lies in the other, or both are the same.
    pub fn meets(self, other: Region) -> bool {
        self.province == other.province
            && (self.city == other.city || self.city == 0 || other.city == 0)
    }
}

/// Texts to read a lexicon from, each in the shape of its file under `schema/names`.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    /// Places: `regions.yaml`.
    pub regions: &'a str,
    /// Forms: `forms.yaml`.
    pub forms: &'a str,
    /// Words of trade: `industries.yaml`.
    pub industries: &'a str,
    /// Short names and renames: `abbreviations.yaml`.
    pub abbreviations: &'a str,
    /// Words in Latin script: `english.yaml`.
    pub english: &'a str,
}

impl Sources<'static> {
    /// The files this crate was built with.
    pub const SHIPPED: Sources<'static> = Sources {
        regions: REGIONS,
        forms: FORMS,
        industries: INDUSTRIES,
        abbreviations: ABBREVIATIONS,
        english: ENGLISH,
    };
}

/// Everything known about the words of names. Read once, then only looked up.
#[derive(Debug, Clone)]
pub struct Lexicon {
    pub(crate) regions: Trie<Region>,
    pub(crate) region_suffixes: Trie<()>,
    /// Places that count only with a suffix.
    pub(crate) suffixed: Trie<()>,
    /// Counties and districts that count bare only before a name: each with its provinces.
    pub(crate) small: Trie<Provinces>,
    /// Towns that count bare behind a place of their province.
    pub(crate) towns: Trie<Provinces>,
    /// What names a part of a city behind the city.
    pub(crate) zones: Trie<()>,
    /// Read from the end of a name backwards.
    pub(crate) forms: Trie<Class>,
    pub(crate) form_parts: Trie<Class>,
    pub(crate) links: Trie<()>,
    /// Read from the end of a name backwards.
    pub(crate) industries: Trie<()>,
    /// Rarer words of trade, which never are the whole of a name; read backwards too.
    pub(crate) goods: Trie<()>,
    /// Characters by where they stand in words of trade: [`FIRST`], [`LAST`]; none of names.
    pub(crate) trade_chars: NumberMap<u8>,
    /// What ends the name of a shop; a single character does behind a word of trade.
    pub(crate) ends: Trie<()>,
    pub(crate) anywhere: Trie<u32>,
    pub(crate) front: Trie<u32>,
    pub(crate) renames: Trie<u32>,
    pub(crate) replacements: Vec<String>,
    /// What says nothing behind a name.
    pub(crate) noise: Vec<String>,
    pub(crate) classes: Vec<ClassEntry>,
    pub(crate) short: NumberMap<Box<str>>,
    pub(crate) latin_classes: NumberMap<Class>,
    pub(crate) stop: NumberMap<()>,
    pub(crate) units: NumberMap<()>,
    /// Folded country name to its ISO code.
    pub(crate) countries: BTreeMap<String, [u8; 2]>,
    /// Folded English name of a province to its number.
    pub(crate) provinces: BTreeMap<String, u16>,
}

#[derive(Debug, Clone)]
pub(crate) struct ClassEntry {
    pub(crate) name: String,
    pub(crate) meets: Vec<Class>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RegionFile {
    suffixes: String,
    nations: String,
    scopes: String,
    suffixed: String,
    provinces: Vec<Province>,
    small: BTreeMap<String, String>,
    towns: BTreeMap<String, String>,
    zones: String,
    countries: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Province {
    name: String,
    full: String,
    en: String,
    #[serde(default)]
    #[expect(dead_code, reason = "kept with the data; one letter alone is no sign of a place")]
    short: Option<String>,
    #[serde(default)]
    cities: String,
    #[serde(default)]
    counties: String,
    #[serde(default)]
    districts: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FormFile {
    classes: BTreeMap<String, FormClass>,
    links: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FormClass {
    heads: bool,
    meets: Vec<String>,
    words: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IndustryFile {
    words: BTreeMap<String, String>,
    goods: String,
    lucky: String,
    ends: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AbbreviationFile {
    anywhere: BTreeMap<String, String>,
    front: BTreeMap<String, String>,
    renames: BTreeMap<String, String>,
    noise: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EnglishFile {
    short: BTreeMap<String, String>,
    classes: BTreeMap<String, String>,
    stop: String,
    units: String,
}

impl Lexicon {
    /// The lexicon this crate was built with.
    ///
    /// Fails with `E-LEX-01` or `E-LEX-02` only if the shipped files were changed badly.
    pub fn shipped() -> Result<Lexicon, Refusal> {
        Lexicon::read(&Sources::SHIPPED)
    }

    /// Reads a lexicon; fails with `E-LEX-01` for YAML of another shape and `E-LEX-02` for a
    /// class of forms that names an unknown class.
    pub fn read(sources: &Sources<'_>) -> Result<Lexicon, Refusal> {
        let forms: FormFile = parse("forms.yaml", sources.forms)?;
        let classes = read_classes(&forms)?;
        let mut lexicon = Lexicon {
            regions: Trie::new(),
            region_suffixes: Trie::new(),
            suffixed: Trie::new(),
            small: Trie::new(),
            towns: Trie::new(),
            zones: Trie::new(),
            forms: Trie::new(),
            form_parts: Trie::new(),
            links: Trie::new(),
            industries: Trie::new(),
            goods: Trie::new(),
            trade_chars: NumberMap::default(),
            ends: Trie::new(),
            anywhere: Trie::new(),
            front: Trie::new(),
            renames: Trie::new(),
            replacements: Vec::new(),
            noise: Vec::new(),
            classes,
            short: NumberMap::default(),
            latin_classes: NumberMap::default(),
            stop: NumberMap::default(),
            units: NumberMap::default(),
            countries: BTreeMap::new(),
            provinces: BTreeMap::new(),
        };
        lexicon.add_forms(&forms);
        lexicon.add_regions(&parse("regions.yaml", sources.regions)?);
        lexicon.add_industries(&parse("industries.yaml", sources.industries)?);
        lexicon.add_abbreviations(&parse("abbreviations.yaml", sources.abbreviations)?);
        lexicon.add_english(&parse("english.yaml", sources.english)?);
        Ok(lexicon)
    }

    /// The name of a class in the files: `company`, `hospital`, …
    pub fn class_name(&self, class: Class) -> &str {
        self.classes.get(usize::from(class)).map_or("", |entry| entry.name.as_str())
    }

    /// Whether two classes can mean one body.
    pub fn classes_meet(&self, left: Class, right: Class) -> bool {
        let lists = |from: Class, to: Class| {
            self.classes.get(usize::from(from)).is_some_and(|entry| entry.meets.contains(&to))
        };
        left == right || lists(left, right) || lists(right, left)
    }

    /// The ISO code of a country by any of its names, folded.
    pub(crate) fn country(&self, folded: &str) -> Option<[u8; 2]> {
        self.countries.get(folded).copied()
    }

    fn add_forms(&mut self, file: &FormFile) {
        for (class, entry) in file.classes.values().enumerate() {
            for word in entry.words.split_whitespace() {
                self.forms.insert(backwards(word), class as Class);
                if entry.heads {
                    self.form_parts.insert(letters(word), class as Class);
                }
            }
        }
        for word in file.links.split_whitespace() {
            self.links.insert(letters(word), ());
        }
    }

    fn add_industries(&mut self, file: &IndustryFile) {
        let lucky: Vec<char> = file.lucky.chars().collect();
        let common = file.words.values().flat_map(|words| words.split_whitespace());
        for (rare, word) in
            common.map(|word| (false, word)).chain(file.goods.split_whitespace().map(|w| (true, w)))
        {
            let trie = if rare { &mut self.goods } else { &mut self.industries };
            trie.insert(backwards(word), ());
            let chars: Vec<char> = word.chars().collect();
            if let [first, last] = chars[..] {
                for (c, place) in [(first, FIRST), (last, LAST)] {
                    if !lucky.contains(&c) {
                        *self.trade_chars.entry(u64::from(u32::from(c))).or_default() |= place;
                    }
                }
            }
        }
        for word in file.ends.split_whitespace() {
            self.ends.insert(backwards(word), ());
        }
    }

    /// Whether a pair of characters looks like a word of trade: each stands in one at its place.
    pub(crate) fn looks_like_trade(&self, pair: [char; 2]) -> bool {
        pair.into_iter().zip([FIRST, LAST]).all(|(c, place)| {
            self.trade_chars.get(&u64::from(u32::from(c))).is_some_and(|places| places & place > 0)
        })
    }

    fn add_regions(&mut self, file: &RegionFile) {
        for suffix in file.suffixes.split_whitespace() {
            self.region_suffixes.insert(letters(suffix), ());
        }
        for (city, scopes) in [(0, &file.nations), (1, &file.scopes)] {
            for scope in scopes.split_whitespace() {
                self.regions.insert(letters(scope), Region { province: 0, city });
            }
        }
        for zone in file.zones.split_whitespace() {
            self.zones.insert(letters(zone), ());
        }
        for word in file.suffixed.split_whitespace() {
            self.suffixed.insert(letters(word), ());
        }
        for (number, province) in (1_u16..).zip(&file.provinces) {
            let whole = Region { province: number, city: 0 };
            self.regions.insert(letters(&province.name), whole);
            self.regions.insert(letters(&province.full), whole);
            self.provinces.insert(fold(&province.en), number);
        }
        // Provinces share names of counties: 白云 is a district of two.
        for (trie, lists) in [(&mut self.small, &file.small), (&mut self.towns, &file.towns)] {
            let mut places: BTreeMap<&str, Provinces> = BTreeMap::new();
            for (number, province) in (1_u16..).zip(&file.provinces) {
                for word in lists.get(&province.name).iter().flat_map(|w| w.split_whitespace()) {
                    *places.entry(word).or_default() |= provinces(number);
                }
            }
            for (word, provinces) in places {
                trie.insert(letters(word), provinces);
            }
        }
        // Cities come before counties, so that a name both have means the larger place.
        type List = fn(&Province) -> &String;
        let lists: [List; 3] = [|p| &p.cities, |p| &p.counties, |p| &p.districts];
        for (layer, list) in lists.into_iter().enumerate() {
            for (number, province) in (1_u16..).zip(&file.provinces) {
                for (city, word) in (1_u16..).zip(list(province).split_whitespace()) {
                    let city = city + layer as u16 * 1000;
                    self.regions.insert(letters(word), Region { province: number, city });
                }
            }
        }
        for (number, (code, names)) in (100_u16..).zip(&file.countries) {
            let code: [u8; 2] = code.as_bytes().try_into().unwrap_or([b'?'; 2]);
            for name in names.split('|') {
                self.countries.insert(fold(name), code);
                self.regions.insert(letters(name), Region { province: number, city: 0 });
            }
        }
    }

    fn add_abbreviations(&mut self, file: &AbbreviationFile) {
        let mut fill = |trie: &mut Trie<u32>, words: &BTreeMap<String, String>| {
            for (from, to) in words {
                trie.insert(letters(&fold(from)), self.replacements.len() as u32);
                self.replacements.push(fold(to));
            }
        };
        fill(&mut self.anywhere, &file.anywhere);
        fill(&mut self.front, &file.front);
        fill(&mut self.renames, &file.renames);
        self.noise = file.noise.split_whitespace().map(str::to_string).collect();
    }

    fn add_english(&mut self, file: &EnglishFile) {
        for (from, to) in &file.short {
            self.short.insert(hash(from), to.as_str().into());
        }
        for (class, words) in &file.classes {
            let Some(class) = self.classes.iter().position(|entry| entry.name == *class) else {
                continue;
            };
            for word in words.split_whitespace() {
                self.latin_classes.entry(hash(word)).or_insert(class as Class);
            }
        }
        self.stop.extend(file.stop.split_whitespace().map(|word| (hash(word), ())));
        self.units.extend(file.units.split_whitespace().map(|word| (hash(word), ())));
    }
}

/// The letters of a word from its end.
fn backwards(word: &str) -> impl Iterator<Item = u64> + '_ {
    word.chars().rev().map(|c| u64::from(u32::from(c)))
}

fn read_classes(file: &FormFile) -> Result<Vec<ClassEntry>, Refusal> {
    let position = |wanted: &String| {
        file.classes.keys().position(|name| name == wanted).map(|class| class as Class).ok_or_else(
            || {
                Refusal::new(
                    "E-LEX-02",
                    "`meets` names classes of the same file",
                    "`meets` 引用了不存在的类别",
                    "`meets` names a class that does not exist",
                )
                .file("forms.yaml")
                .value(wanted)
            },
        )
    };
    file.classes
        .iter()
        .map(|(name, entry)| {
            let meets = entry.meets.iter().map(position).collect::<Result<_, _>>()?;
            Ok(ClassEntry { name: name.clone(), meets })
        })
        .collect()
}

/// Reads one YAML text, or refuses it with `E-LEX-01`.
pub(crate) fn parse<T: for<'a> Deserialize<'a>>(file: &str, text: &str) -> Result<T, Refusal> {
    serde_saphyr::from_str(text).map_err(|error| {
        Refusal::new(
            "E-LEX-01",
            "a list of names has the shape of its file under schema/names",
            format!("词表无法读取:{error}"),
            format!("the list cannot be read: {error}"),
        )
        .file(file)
    })
}
