//! What drawing the pages of a PDF costs, counted before it is done: forms within forms, fonts with
//! maps of millions of codes, the same content on every page.

use crate::limits::Limits;
use pdf_extract::content::Content;
use pdf_extract::{Dictionary, Document, Object, ObjectId};
use std::collections::{BTreeMap, BTreeSet};

/// Forms stand within forms at most so deep, and pages below their tree.
const DEPTH_MAX: usize = 24;
/// Codes that the maps of all fonts name.
const CODES_MAX: u64 = 4_000_000;
/// Steps that a code of a map counts for, on each page that the font is used on.
const CODE_STEPS: u64 = 4;
/// Of the bytes that a stream may unpack to, what is drawn at once may have this part.
const DRAWN_PART: u64 = 4;
/// What is reached from a resource is counted so many references deep.
const RESOURCE_DEPTH_MAX: usize = 6;

/// Whether drawing these pages stays within the bounds.
pub(super) fn bearable(document: &Document, limits: &Limits) -> bool {
    let (steps, pages, weights) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let mut work = Work { document, steps, pages, weights, limits };
    work.maps_are_small() && work.pages().is_some_and(|steps| steps <= limits.work_max)
}

struct Work<'a> {
    document: &'a Document,
    /// Steps of the forms already counted, by form and the resources it was drawn with.
    steps: BTreeMap<(ObjectId, usize), u64>,
    /// Steps of the pages already counted, by their content and resources.
    pages: BTreeMap<(Vec<ObjectId>, usize), u64>,
    /// Bytes of streams reached from a font or a color space.
    weights: BTreeMap<ObjectId, u64>,
    limits: &'a Limits,
}

impl<'a> Work<'a> {
    fn pages(&mut self) -> Option<u64> {
        let mut sum = 0u64;
        for id in self.document.get_pages().into_values() {
            let page = self.document.get_dictionary(id).ok()?;
            let resources = self.inherited(page)?;
            let place = resources.map_or(0, |dict| std::ptr::from_ref(dict) as usize);
            let parts = self.document.get_page_contents(id);
            let key = (parts.clone(), place);
            if let Some(steps) = self.pages.get(&key) {
                sum = sum.checked_add(*steps)?;
                continue;
            }
            let mut content = Vec::new();
            for part in parts {
                let Ok(stream) = self.document.get_object(part).and_then(Object::as_stream) else {
                    continue;
                };
                content.extend_from_slice(&stream.content);
                if content.len() as u64 > self.limits.stream_bytes_max / DRAWN_PART {
                    return None;
                }
            }
            let steps = self.drawn(&content, resources, 0)?;
            sum = sum.checked_add(steps)?;
            self.pages.insert(key, steps);
            if sum > self.limits.work_max {
                return None;
            }
        }
        Some(sum)
    }

    /// The resources of a page or of the tree above it; `None` where that tree has no end.
    fn inherited(&self, page: &'a Dictionary) -> Option<Option<&'a Dictionary>> {
        let mut at = page;
        let mut found = None;
        for _ in 0..=DEPTH_MAX {
            found = found.or_else(|| self.entry(at, b"Resources"));
            let parent = at.get(b"Parent").and_then(Object::as_reference);
            match parent.and_then(|id| self.document.get_dictionary(id)) {
                Ok(parent) => at = parent,
                Err(_) => return Some(found),
            }
        }
        None
    }

    fn entry(&self, dict: &'a Dictionary, key: &[u8]) -> Option<&'a Dictionary> {
        let object = dict.get(key).ok()?;
        self.document.dereference(object).ok()?.1.as_dict().ok()
    }

    /// Steps of drawing this content; `None` beyond every bound.
    fn drawn(
        &mut self,
        content: &[u8],
        resources: Option<&'a Dictionary>,
        depth: usize,
    ) -> Option<u64> {
        let long = content.len() as u64 > self.limits.stream_bytes_max / DRAWN_PART;
        if depth > DEPTH_MAX || long {
            return None;
        }
        let mut sum = content.len() as u64;
        let Ok(content) = Content::decode(content) else { return Some(sum) };
        let mut seen = BTreeSet::new();
        for operation in &content.operations {
            let (kind, again): (&[u8], bool) = match operation.operator.as_str() {
                "Do" => (b"XObject", true),
                // Fonts are kept while a page is drawn, color spaces are made anew.
                "Tf" => (b"Font", false),
                "cs" | "CS" => (b"ColorSpace", true),
                "gs" => (b"ExtGState", true),
                "sh" => (b"Shading", true),
                _ => continue,
            };
            let Some(Ok(name)) = operation.operands.first().map(Object::as_name) else { continue };
            if !again && !seen.insert(name.to_vec()) {
                continue;
            }
            let named = resources.and_then(|all| self.entry(all, kind)?.get(name).ok());
            let Some(object) = named else { continue };
            let steps = if kind == b"XObject" {
                self.form(object, resources, depth)?
            } else {
                self.weight(object, RESOURCE_DEPTH_MAX)
            };
            sum = sum.checked_add(steps)?;
            if sum > self.limits.work_max {
                return None;
            }
        }
        Some(sum)
    }

    fn form(
        &mut self,
        object: &'a Object,
        around: Option<&'a Dictionary>,
        depth: usize,
    ) -> Option<u64> {
        let Ok((Some(id), Object::Stream(form))) = self.document.dereference(object) else {
            return Some(1);
        };
        let own = self.entry(&form.dict, b"Resources");
        let resources = own.or(around);
        let place = resources.map_or(0, |dict| std::ptr::from_ref(dict) as usize);
        if let Some(steps) = self.steps.get(&(id, place)) {
            return Some(*steps);
        }
        let steps = self.drawn(&form.content, resources, depth + 1)?.max(1);
        self.steps.insert((id, place), steps);
        Some(steps)
    }

    /// Bytes of the streams that a resource leads to.
    fn weight(&mut self, object: &'a Object, depth: usize) -> u64 {
        let Some(depth) = depth.checked_sub(1) else { return 1 };
        match object {
            Object::Reference(id) => {
                if let Some(known) = self.weights.get(id) {
                    return *known;
                }
                self.weights.insert(*id, 1);
                let found = self.document.get_object(*id).map_or(1, |o| self.weight(o, depth));
                self.weights.insert(*id, found);
                found
            }
            Object::Stream(stream) => {
                let parts: u64 = stream.dict.iter().map(|(_, p)| self.weight(p, depth)).sum();
                let codes = mapped(&stream.content).saturating_mul(CODE_STEPS);
                parts.saturating_add(codes).saturating_add(stream.content.len() as u64)
            }
            Object::Dictionary(dict) => {
                dict.iter().map(|(_, part)| self.weight(part, depth)).fold(1, u64::saturating_add)
            }
            Object::Array(parts) => {
                parts.iter().map(|part| self.weight(part, depth)).fold(1, u64::saturating_add)
            }
            _ => 1,
        }
    }

    /// Whether the maps and widths of all fonts together name few enough codes.
    fn maps_are_small(&self) -> bool {
        let mut codes = 0u64;
        for object in self.document.objects.values() {
            codes = codes.saturating_add(match object {
                Object::Stream(stream) => mapped(&stream.content),
                Object::Dictionary(dict) => {
                    [b"W".as_slice(), b"W2"].into_iter().map(|key| self.widths(dict, key)).sum()
                }
                _ => 0,
            });
            if codes > CODES_MAX {
                return false;
            }
        }
        true
    }

    /// Codes that `[first last width]` names.
    fn widths(&self, dict: &Dictionary, key: &[u8]) -> u64 {
        let Ok(Ok((_, Object::Array(parts)))) =
            dict.get(key).map(|object| self.document.dereference(object))
        else {
            return 0;
        };
        let whole = |object: &Object| {
            let (_, object) = self.document.dereference(object).ok()?;
            object.as_i64().ok()
        };
        // Any two neighbors may be first and last: too many rather than too few.
        let pairs = parts.windows(3).filter_map(|three| {
            let (first, last) = (whole(&three[0])?, whole(&three[1])?);
            whole(&three[2])?;
            u64::try_from(last.saturating_sub(first)).ok()
        });
        pairs.filter(|wide| *wide > 70_000).fold(0, u64::saturating_add)
    }
}

/// Codes that the ranges of a character map name: `<0000> <FFFF> <0000>`.
fn mapped(content: &[u8]) -> u64 {
    let mut sum = 0u64;
    let mut rest = content;
    while let Some(found) = rest.windows(RANGES.len()).position(|word| word == RANGES) {
        rest = &rest[found + RANGES.len()..];
        let end = rest.windows(3).position(|word| word == b"end").unwrap_or(rest.len());
        let section = &rest[..end];
        // Codes in round brackets are allowed and never met; they are not worth reading.
        if section.contains(&b'(') {
            return u64::MAX;
        }
        let codes = items(section);
        sum = codes.chunks(3).filter_map(|range| range.get(..2)).fold(sum, |sum, range| {
            sum.saturating_add(range[1].saturating_sub(range[0])).saturating_add(1)
        });
        rest = &rest[end..];
    }
    sum
}

/// The codes of a section in order; an array is one item, whatever it holds.
fn items(section: &[u8]) -> Vec<u64> {
    let mut out = Vec::new();
    let mut array = false;
    let mut at = 0;
    while at < section.len() {
        match section[at] {
            b'[' => {
                array = true;
                out.push(0);
            }
            b']' => array = false,
            b'<' => {
                let inside = section[at + 1..].iter().take_while(|b| **b != b'>');
                let digits = inside.clone().filter_map(|b| char::from(*b).to_digit(16));
                let code = digits.take(8).fold(0u64, |sum, digit| sum * 16 + u64::from(digit));
                at += inside.count();
                if !array {
                    out.push(code);
                }
            }
            _ => {}
        }
        at += 1;
    }
    out
}

/// What begins a section of ranges.
const RANGES: &[u8] = b"beginbfrange";
