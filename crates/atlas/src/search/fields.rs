//! The fields of the search index, and how their texts are cut into terms.

use kernel::text::tokens;
use tantivy::schema::{
    BytesOptions, Field, IndexRecordOption, NumericOptions, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer, TokenizerManager};

/// Starts a line of [`Fields::key`] that is the beginning of a name, and a line of
/// [`Fields::initials`] that is the whole of them.
pub(super) const WHOLE: char = '\u{1}';
/// The longest beginning of a name that is a term of its own, in characters.
pub(super) const HEAD_CHARS: usize = 4;
/// Initials are kept up to this many letters from each start.
pub(super) const INITIALS_CHARS: usize = 6;

/// Fields by number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    /// Twice the entity's number, plus one for what no longer stands.
    pub(super) id: Field,
    /// Name keys and identifiers, one a line.
    pub(super) key: Field,
    /// Folded names in characters, pairs of characters, and words.
    pub(super) name: Field,
    /// The same of names and everything else that is text.
    pub(super) any: Field,
    /// Syllables of names, and pairs of neighbours: `cao`, `cao he`.
    pub(super) sound: Field,
    /// Initials of names, from each of their first characters.
    pub(super) initials: Field,
    /// The texts themselves, see [`super::document`].
    pub(super) texts: Field,
}

pub(super) fn schema() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let text = |tokenizer: &str| {
        TextOptions::default().set_indexing_options(
            TextFieldIndexing::default()
                .set_tokenizer(tokenizer)
                .set_index_option(IndexRecordOption::Basic)
                .set_fieldnorms(false),
        )
    };
    let number = NumericOptions::default().set_indexed().set_fast();
    let fields = Fields {
        id: schema.add_u64_field("id", number),
        key: schema.add_text_field("key", text("lines")),
        name: schema.add_text_field("name", text("words")),
        any: schema.add_text_field("any", text("words")),
        sound: schema.add_text_field("sound", text("pairs")),
        initials: schema.add_text_field("initials", text("lines")),
        texts: schema.add_bytes_field("texts", BytesOptions::default().set_stored()),
    };
    (schema.build(), fields)
}

pub(super) fn tokenizers() -> TokenizerManager {
    let manager = TokenizerManager::default();
    for (name, cut) in [("words", Cut::Words), ("lines", Cut::Lines), ("pairs", Cut::Pairs)] {
        let cutter = Cutter { cut, spans: Vec::new(), token: Token::default() };
        manager.register(name, TextAnalyzer::from(cutter));
    }
    manager
}

#[derive(Debug, Clone, Copy)]
enum Cut {
    Words,
    Lines,
    Pairs,
}

/// Cuts a text that was folded before.
#[derive(Clone)]
struct Cutter {
    cut: Cut,
    spans: Vec<(usize, usize)>,
    token: Token,
}

impl Tokenizer for Cutter {
    type TokenStream<'a> = Pieces<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Pieces<'a> {
        self.spans.clear();
        match self.cut {
            Cut::Words => tokens(text, |_, start, end| self.spans.push((start, end))),
            Cut::Lines => each_line(text, |start, end| self.spans.push((start, end))),
            Cut::Pairs => each_pair(text, |start, end| self.spans.push((start, end))),
        }
        self.token.reset();
        Pieces { text, spans: &self.spans, next: 0, token: &mut self.token }
    }
}

fn each_line(text: &str, mut emit: impl FnMut(usize, usize)) {
    let mut start = 0;
    for line in text.split('\n') {
        if !line.is_empty() {
            emit(start, start + line.len());
        }
        start += line.len() + 1;
    }
}

/// Words of each line, and each word with the one before it; one space is between words.
fn each_pair(text: &str, mut emit: impl FnMut(usize, usize)) {
    each_line(text, |from, to| {
        let (mut start, mut before) = (from, None);
        for word in text[from..to].split(' ') {
            let end = start + word.len();
            emit(start, end);
            if let Some(before) = before {
                emit(before, end);
            }
            before = Some(start);
            start = end + 1;
        }
    });
}

struct Pieces<'a> {
    text: &'a str,
    spans: &'a [(usize, usize)],
    next: usize,
    token: &'a mut Token,
}

impl TokenStream for Pieces<'_> {
    fn advance(&mut self) -> bool {
        let Some((start, end)) = self.spans.get(self.next).copied() else {
            return false;
        };
        self.token.position = self.next;
        self.token.offset_from = start;
        self.token.offset_to = end;
        self.token.text.clear();
        self.token.text.push_str(&self.text[start..end]);
        self.next += 1;
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_stay_on_their_line() {
        let mut found = Vec::new();
        let text = "cao he jing\n\nxu hui";
        each_pair(text, |start, end| found.push(&text[start..end]));
        let expected = ["cao", "he", "cao he", "jing", "he jing", "xu", "hui", "xu hui"];
        assert_eq!(found, expected);
    }
}
