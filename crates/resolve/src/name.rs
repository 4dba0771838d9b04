//! An organization's name, taken apart: body and part, place, distinctive part, trade, form.

use crate::distinctive::{CHARS_MAX, letters, reversed, split};
use crate::lexicon::{Class, Lexicon, Region};
use crate::text::{plain, unit_number, units};
use crate::trie::{Trie, hash};
use kernel::text::{has_han, is_han};

/// What a piece of a name does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Says where: 上海市.
    Region,
    /// Names it, or says what it is about: 复旦, 有机化学.
    Core,
    /// The trade of a firm: 生物科技.
    Industry,
    /// What kind of body: 有限公司, 大学.
    Form,
    /// Joins a body and its part: 附属.
    Link,
}

/// A piece of a name, by bytes of [`OrgName::text`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// What it does.
    pub role: Role,
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
}

/// One reading of an organization's name.
#[derive(Debug, Clone, PartialEq)]
pub struct OrgName {
    pub(crate) text: String,
    /// The same for two writings of one name.
    pub(crate) literal: u64,
    /// The same for names that differ by a short name or a rename only.
    pub(crate) canonical: u64,
    pub(crate) pieces: Vec<Piece>,
    pub(crate) units: Vec<u64>,
    pub(crate) roles: Vec<Role>,
    pub(crate) regions: Vec<Region>,
    /// In order of value.
    pub(crate) numbers: Vec<u32>,
    pub(crate) class: Option<Class>,
    /// Bytes of the body that this is a part of; 0 if it stands by itself.
    pub(crate) parent_end: usize,
    /// Units of the body that this is a part of.
    pub(crate) parent_units: usize,
    pub(crate) han: bool,
}

/// Units past this many are not looked at.
pub(crate) const UNITS_MAX: usize = 64;

impl OrgName {
    /// Takes a name apart. Any text is a name: what is not understood is its core.
    pub fn parse(lexicon: &Lexicon, name: &str) -> OrgName {
        let (main, _, places) = writings(lexicon, name);
        OrgName::read(lexicon, &main, &places)
    }

    /// The name and the other names in it (brackets, 原…, 简称…), the main one first.
    pub fn readings(lexicon: &Lexicon, name: &str) -> Vec<OrgName> {
        let (main, others, places) = writings(lexicon, name);
        let mut out = vec![OrgName::read(lexicon, &main, &places)];
        out.extend(others.iter().map(|other| OrgName::read(lexicon, other, &[])));
        out
    }

    /// The canonical text: plain, simplified, short names written out, renames undone.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The pieces in order, without gaps or overlaps among them.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The text of the pieces with this role, in order.
    pub fn of_role(&self, role: Role) -> impl Iterator<Item = &str> {
        self.pieces
            .iter()
            .filter(move |piece| piece.role == role)
            .filter_map(|piece| self.text.get(piece.start..piece.end))
    }

    /// The body this is a part of: 复旦大学 of 复旦大学附属中山医院.
    pub fn parent(&self) -> Option<&str> {
        if self.parent_end == 0 { None } else { self.text.get(..self.parent_end) }
    }

    /// The part itself, or the whole name if it stands alone.
    pub fn own(&self) -> &str {
        self.text.get(self.parent_end..).unwrap_or_default()
    }

    /// The places in it, those of the body first.
    pub fn regions(&self) -> &[Region] {
        &self.regions
    }

    /// What kind of body its form says it is.
    pub fn class(&self) -> Option<Class> {
        self.class
    }

    fn read(lexicon: &Lexicon, text: &str, places: &[Region]) -> OrgName {
        let literal = key(text);
        let han = has_han(text);
        let full = if han { replaced(lexicon, text) } else { text.to_string() };
        let mut name = OrgName {
            canonical: key(&full),
            text: full,
            literal,
            pieces: Vec::with_capacity(8),
            units: Vec::with_capacity(32),
            roles: Vec::with_capacity(32),
            regions: places.to_vec(),
            numbers: Vec::new(),
            class: None,
            parent_end: 0,
            parent_units: 0,
            han,
        };
        if han {
            name.take_apart(lexicon);
        }
        name.fill_units(lexicon);
        if !han {
            name.read_latin(lexicon);
        }
        name.numbers.sort_unstable();
        name.regions.sort_unstable();
        name.regions.dedup();
        name
    }

    /// Finds body and part, and the pieces of each.
    fn take_apart(&mut self, lexicon: &Lexicon) {
        let mut offsets: Vec<usize> = Vec::with_capacity(self.text.len() / 3 + 1);
        let mut chars: Vec<char> = Vec::with_capacity(offsets.capacity());
        for (at, c) in self.text.char_indices() {
            offsets.push(at);
            chars.push(c);
        }
        offsets.push(self.text.len());
        let part = part_start(lexicon, &chars);
        self.parent_end = offsets[part];
        let mut start = 0;
        for end in [part, chars.len()] {
            if end > start {
                self.take_segment(lexicon, &chars[start..end], &offsets[start..=end]);
            }
            start = end;
        }
    }

    /// The pieces of one body's name.
    fn take_segment(&mut self, lexicon: &Lexicon, chars: &[char], offsets: &[usize]) {
        let link = lexicon.links.longest(letters(chars)).map_or(0, |(length, ())| length);
        let chars = &chars[link..];
        let mut push = |role, from: usize, to: usize| {
            if from < to {
                self.pieces.push(Piece { role, start: offsets[from], end: offsets[to] });
            }
        };
        push(Role::Link, 0, link);
        let regions = &mut self.regions;
        let at = split(lexicon, chars, &mut |_, _, region| {
            if !region.is_scope() && region.province != u16::MAX {
                regions.push(region);
            }
        });
        let firm = at.class.is_none_or(|class| is_firm(lexicon, class));
        push(Role::Region, link, link + at.region_end);
        push(Role::Core, link + at.region_end, link + at.industry);
        let trade = if firm { Role::Industry } else { Role::Core };
        push(trade, link + at.industry, link + at.industry_end);
        push(Role::Region, link + at.industry_end, link + at.form);
        push(Role::Form, link + at.form, link + chars.len());
        self.class = at.class;
    }

    /// The units of the text with the roles of their pieces.
    fn fill_units(&mut self, lexicon: &Lexicon) {
        let (pieces, parent_end) = (&self.pieces, self.parent_end);
        let (rows, roles, numbers) = (&mut self.units, &mut self.roles, &mut self.numbers);
        let mut parent_units = 0;
        let mut piece = 0;
        units(lexicon, &self.text, |unit, start, _| {
            if rows.len() >= UNITS_MAX {
                return;
            }
            while pieces.get(piece).is_some_and(|piece| piece.end <= start) {
                piece += 1;
            }
            rows.push(unit);
            roles.push(pieces.get(piece).map_or(Role::Core, |piece| piece.role));
            parent_units += usize::from(start < parent_end);
            numbers.extend(unit_number(unit));
        });
        self.parent_units = parent_units;
    }

    /// Class and places of a name in Latin words.
    fn read_latin(&mut self, lexicon: &Lexicon) {
        let mut words = 0;
        for word in self.text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
            let number = hash(word);
            let full = lexicon.short.get(&number).map_or(word, |full| full);
            if lexicon.stop.contains_key(&number) {
                continue;
            }
            let role = if let Some(class) = lexicon.latin_classes.get(&hash(full)) {
                // "University of X": the first word decides, else the last one does.
                if self.class.is_none() || words > 1 {
                    self.class = Some(*class);
                }
                Role::Form
            } else if let Some(province) = lexicon.provinces.get(full) {
                self.regions.push(Region { province: *province, city: 0 });
                Role::Region
            } else {
                Role::Core
            };
            if let Some(slot) = self.roles.get_mut(words) {
                *slot = role;
            }
            words += 1;
        }
    }
}

/// Whether a class is a firm or a shop, the only ones that name their trade.
pub(crate) fn is_firm(lexicon: &Lexicon, class: Class) -> bool {
    matches!(lexicon.class_name(class), "company" | "shop")
}

/// One number for all writings of a name: letters and digits only.
fn key(text: &str) -> u64 {
    let mut number = 0xcbf2_9ce4_8422_2325_u64;
    for c in text.chars().filter(|c| c.is_alphanumeric()) {
        number = (number ^ u64::from(u32::from(c))).wrapping_mul(0x0000_0100_0000_01b3);
    }
    number
}

/// The main name, the other names in brackets, and the places in brackets.
fn writings(lexicon: &Lexicon, name: &str) -> (String, Vec<String>, Vec<Region>) {
    let cut = name.char_indices().nth(CHARS_MAX).map_or(name.len(), |(at, _)| at);
    let folded = plain(&name[..cut]);
    let mut main = String::with_capacity(folded.len());
    let (mut others, mut places) = (Vec::new(), Vec::new());
    let mut rest = folded.as_str();
    while let Some(open) = rest.find(['(', '[']) {
        append(&mut main, &rest[..open]);
        let inner = &rest[open + 1..];
        let close = inner.find([')', ']']).unwrap_or(inner.len());
        bracket(lexicon, &inner[..close], &mut main, &mut others, &mut places);
        rest = inner.get(close + 1..).unwrap_or_default();
    }
    append(&mut main, rest);
    let noise = lexicon.noise.iter().filter_map(|noise| main.strip_suffix(noise.as_str()));
    if let Some(kept) = noise.filter(|kept| kept.chars().count() > 2).map(str::len).min() {
        main.truncate(kept);
    }
    let main = match main.strip_prefix("简称") {
        Some(short) => short.to_string(),
        None => main,
    };
    if main.is_empty() {
        return (others.pop().unwrap_or(folded), others, places);
    }
    (main, others, places)
}

/// Puts text behind a name: letters, digits, and one space between Latin words.
fn append(main: &mut String, text: &str) {
    let mut gap = !main.is_empty();
    for c in text.chars() {
        if c.is_alphanumeric() {
            if gap && main.chars().next_back().is_some_and(|c| !is_han(c)) && !is_han(c) {
                main.push(' ');
            }
            main.push(c);
            gap = false;
        } else if c != '\'' {
            gap = true;
        }
    }
}

/// Decides what a bracket says: a place, another name, or a piece of the name.
fn bracket(
    lexicon: &Lexicon,
    inner: &str,
    main: &mut String,
    others: &mut Vec<String>,
    places: &mut Vec<Region>,
) {
    let mut text = String::new();
    append(&mut text, inner);
    let chars: Vec<char> = text.chars().collect();
    if let Some((length, region)) = lexicon.regions.longest(letters(&chars))
        && chars.len() <= length + 1
    {
        if !region.is_scope() {
            places.push(region);
        }
        return;
    }
    if lexicon.country(inner.trim()).is_some() || text.ends_with("合伙") {
        return;
    }
    for mark in ["原名", "原", "曾用名", "简称", "又名", "又称", "前身为"] {
        if let Some(other) = text.strip_prefix(mark)
            && !other.is_empty()
        {
            others.push(other.to_string());
            return;
        }
    }
    let form = lexicon.forms.longest(reversed(&chars));
    let named = form.is_some_and(|(length, _)| chars.len() > length + 1);
    let acronym = !has_han(&text) && !main.is_empty();
    if main.is_empty() || !(named || acronym) {
        append(main, inner);
    } else {
        others.push(text);
    }
}

/// The text with short names written out and renames undone.
fn replaced(lexicon: &Lexicon, text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut full = String::with_capacity(text.len() + 16);
    let mut at = 0;
    if let Some((length, id)) = lexicon.front.longest(letters(&chars))
        && let Some(long) = lexicon.replacements.get(id as usize)
        && !text.starts_with(long.as_str())
        && (length > 2 || goes_on(lexicon, &chars[length..]))
    {
        full.push_str(long);
        at = length;
    }
    rewrite(lexicon, &lexicon.anywhere, &chars[at..], &mut full);
    let chars: Vec<char> = full.chars().collect();
    let mut renamed = String::with_capacity(full.len());
    rewrite(lexicon, &lexicon.renames, &chars, &mut renamed);
    renamed
}

/// Copies the characters, each longest word of the list replaced.
fn rewrite(lexicon: &Lexicon, words: &Trie<u32>, chars: &[char], out: &mut String) {
    let mut at = 0;
    while at < chars.len() {
        let found = words.longest(letters(&chars[at..]));
        match found.and_then(|(length, id)| Some((length, lexicon.replacements.get(id as usize)?)))
        {
            Some((length, new)) => {
                out.push_str(new);
                at += length;
            }
            None => {
                out.push(chars[at]);
                at += 1;
            }
        }
    }
}

/// Whether what follows a short name lets it be one: nothing, a link, or a form.
fn goes_on(lexicon: &Lexicon, rest: &[char]) -> bool {
    rest.is_empty()
        || lexicon.links.longest(letters(rest)).is_some()
        || lexicon.form_parts.longest(letters(rest)).is_some()
}

/// Where the part begins in a name of body and part; 0 if there is only one body.
fn part_start(lexicon: &Lexicon, chars: &[char]) -> usize {
    let mut found = 0;
    let mut at = 2;
    while at + 3 < chars.len() {
        let form = lexicon.form_parts.longest(letters(&chars[at..]));
        let Some((length, _)) = form.filter(|(length, _)| *length > 1) else {
            at += 1;
            continue;
        };
        let end = at + length;
        if is_part(lexicon, &chars[end..]) {
            found = end;
        }
        at = end;
    }
    found
}

/// Whether what follows a form is a part with a name of its own.
fn is_part(lexicon: &Lexicon, rest: &[char]) -> bool {
    if rest.len() < 3 {
        return false;
    }
    let link = lexicon.links.longest(letters(rest)).is_some();
    match lexicon.forms.longest(reversed(rest)) {
        Some((length, _)) => link || length < rest.len(),
        None => link,
    }
}

#[cfg(test)]
mod tests;
