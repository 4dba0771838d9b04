//! Web pages: the text of the article with its places in the file, without what stands around it.

use crate::format::{Line, Meta, Opened};
use crate::glyph::{self, Glyph};
use crate::grammar::Grammar;
use crate::limits::Limits;
use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};
use kernel::Refusal;

type Tag = StartTag<usize>;

/// Elements that never have an end tag.
const VOID: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
];

pub(crate) fn open(bytes: &[u8], grammar: &Grammar, limits: &Limits) -> Result<Opened, Refusal> {
    let (text, glyphs, encoding) = glyph::decode(bytes, limits)?;
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(true);
    let mut page = Page::new(grammar, &glyphs);
    for token in Tokenizer::new_with_emitter(text.as_ref(), emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => page.start(&tag),
            Token::EndTag(tag) => page.end(&String::from_utf8_lossy(&tag.name)),
            Token::String(string) => page.text(string.span.start, string.span.end),
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    let (lines, meta) = page.finish();
    Ok(Opened { lines, meta, encoding, extracted: None })
}

struct Page<'a> {
    grammar: &'a Grammar,
    glyphs: &'a [Glyph],
    /// The next glyph, and the byte of the decoded text at which it begins.
    next: usize,
    next_byte: usize,
    lines: Vec<Line>,
    line: Line,
    /// The element that is left out, and how many of its name are open.
    skipped: Option<(String, usize)>,
    in_title: bool,
    title: String,
    heading: bool,
    first_heading: Option<String>,
    meta: Meta,
}

impl<'a> Page<'a> {
    fn new(grammar: &'a Grammar, glyphs: &'a [Glyph]) -> Page<'a> {
        Page {
            grammar,
            glyphs,
            next: 0,
            next_byte: 0,
            lines: Vec::new(),
            line: Line::default(),
            skipped: None,
            in_title: false,
            title: String::new(),
            heading: false,
            first_heading: None,
            meta: Meta::default(),
        }
    }

    fn start(&mut self, tag: &Tag) {
        let name = String::from_utf8_lossy(&tag.name).into_owned();
        if let Some((skipped, depth)) = &mut self.skipped {
            if *skipped == name && !VOID.contains(&name.as_str()) && !tag.self_closing {
                *depth += 1;
            }
            return;
        }
        if name == "meta" {
            self.read_meta(tag);
        }
        if name == "title" {
            self.in_title = true;
        }
        if self.grammar.block_elements.contains(&name) {
            self.close_line(name != "br");
        }
        let void = VOID.contains(&name.as_str()) || tag.self_closing;
        if !void && self.is_skipped(&name, tag) {
            self.skipped = Some((name, 1));
            return;
        }
        if is_heading(&name) {
            self.heading = true;
        }
    }

    fn end(&mut self, name: &str) {
        if let Some((skipped, depth)) = &mut self.skipped {
            if skipped == name {
                *depth -= 1;
                if *depth == 0 {
                    self.skipped = None;
                }
            }
            return;
        }
        if name == "title" {
            self.in_title = false;
        }
        if self.grammar.block_elements.iter().any(|block| block == name) {
            self.close_line(name != "br");
        }
        if is_heading(name) {
            self.heading = false;
        }
    }

    /// The text between two bytes of the decoded page.
    fn text(&mut self, from: usize, to: usize) {
        while self.next_byte < from && self.next < self.glyphs.len() {
            self.step();
        }
        while self.next_byte < to && self.next < self.glyphs.len() {
            let glyph = self.glyphs[self.next];
            self.step();
            if self.skipped.is_some() {
                continue;
            }
            if self.in_title {
                self.title.push(glyph.c);
            } else if matches!(glyph.c, '\n' | '\r' | '\t') {
                self.line.glyphs.push(Glyph { c: ' ', ..glyph });
            } else {
                self.line.glyphs.push(glyph);
            }
        }
    }

    fn step(&mut self) {
        self.next_byte += self.glyphs[self.next].c.len_utf8();
        self.next += 1;
    }

    fn close_line(&mut self, closed: bool) {
        let line = std::mem::take(&mut self.line);
        if line.glyphs.iter().all(|glyph| glyph.c.is_whitespace()) {
            if let Some(last) = self.lines.last_mut() {
                last.closed |= closed;
            }
            return;
        }
        if self.heading && self.first_heading.is_none() {
            self.first_heading = Some(glyph::text(&line.glyphs));
        }
        self.lines.push(Line { heading: self.heading, closed, gap: closed, ..line });
    }

    fn is_skipped(&self, name: &str, tag: &Tag) -> bool {
        if matches!(name, "html" | "body" | "main" | "article") {
            return false;
        }
        if self.grammar.skip_elements.iter().any(|skip| skip == name) {
            return true;
        }
        let named = ["class", "id", "role"].into_iter().filter_map(|key| attribute(tag, key));
        named
            .flat_map(|value| value.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>())
            .any(|value| {
                self.grammar.skip_classes.iter().any(|skip| {
                    value
                        .strip_prefix(skip.as_str())
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_']))
                })
            })
    }

    fn read_meta(&mut self, tag: &Tag) {
        let key = ["name", "property", "itemprop"].into_iter().find_map(|key| attribute(tag, key));
        let (Some(key), Some(content)) = (key, attribute(tag, "content")) else { return };
        let key = key.trim().to_lowercase();
        let slots = [
            (&self.grammar.meta_title, &mut self.meta.title),
            (&self.grammar.meta_source, &mut self.meta.source),
            (&self.grammar.meta_date, &mut self.meta.date),
        ];
        for (names, slot) in slots {
            if names.contains(&key) && slot.is_none() && !content.trim().is_empty() {
                *slot = Some(content.trim().chars().take(300).collect());
            }
        }
    }

    fn finish(mut self) -> (Vec<Line>, Meta) {
        self.close_line(true);
        // The heading of the article is nearer to its title than the name of the page.
        let page_title = self.title.split(['_', '|', '-']).next().unwrap_or("").trim().to_string();
        let page_title = (!page_title.is_empty()).then_some(page_title);
        let title = self.meta.title.take().or(self.first_heading).or(page_title);
        self.meta.title = title.map(|title| title.trim().chars().take(300).collect());
        (self.lines, self.meta)
    }
}

fn is_heading(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

fn attribute(tag: &Tag, key: &str) -> Option<String> {
    let value = tag.attributes.iter().find(|(name, _)| name.0 == key.as_bytes())?.1;
    Some(String::from_utf8_lossy(&value.value.0).into_owned())
}
