//! The fields of the index on disk, and how their texts are cut into terms.

use kernel::text::tokens;
use tantivy::schema::{
    Field, IndexRecordOption, NumericOptions, STORED, STRING, Schema, TextFieldIndexing,
    TextOptions,
};
use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer, TokenizerManager};

const TOKENIZER: &str = "pairs";
/// Ids and names are terms as they are.
const RAW: &str = "raw";

/// Fields by number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    /// Id of a record; of an answer, [`answer_key`].
    pub(crate) id: Field,
    /// Kind of a record; empty for an answer.
    pub(crate) kind: Field,
    /// Group of a record.
    pub(crate) group: Field,
    /// How often a record is cited.
    pub(crate) cited: Field,
    /// All texts of a record, each as often as its field counts.
    pub(crate) text: Field,
    /// The record that an answer speaks for.
    pub(crate) target: Field,
    /// The question of an answer without its asking words.
    pub(crate) asked: Field,
    /// A record or answer whole, see [`crate::stored`].
    pub(crate) whole: Field,
}

/// The id of an answer, which no record can have: control characters are refused there.
pub(crate) fn answer_key(record_id: &str, answer_id: &str) -> String {
    format!("\u{1}{record_id}\u{1}{answer_id}")
}

pub(crate) fn schema() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let text = || {
        TextOptions::default().set_indexing_options(
            TextFieldIndexing::default()
                .set_tokenizer(TOKENIZER)
                .set_index_option(IndexRecordOption::WithFreqs)
                .set_fieldnorms(true),
        )
    };
    let fields = Fields {
        id: schema.add_text_field("id", STRING.set_fast(RAW)),
        kind: schema.add_text_field("kind", STRING.set_fast(RAW)),
        group: schema.add_text_field("group", STRING.set_fast(RAW)),
        cited: schema.add_u64_field("cited", NumericOptions::default().set_fast()),
        text: schema.add_text_field("text", text()),
        target: schema.add_text_field("target", STRING.set_fast(RAW)),
        asked: schema.add_text_field("asked", text()),
        whole: schema.add_bytes_field("whole", STORED),
    };
    (schema.build(), fields)
}

pub(crate) fn tokenizers() -> TokenizerManager {
    let manager = TokenizerManager::default();
    let cutter = Cutter { spans: Vec::new(), token: Token::default() };
    manager.register(TOKENIZER, TextAnalyzer::from(cutter));
    manager
}

/// Cuts a text that was folded before, see [`tokens`].
#[derive(Clone)]
struct Cutter {
    spans: Vec<(usize, usize)>,
    token: Token,
}

impl Tokenizer for Cutter {
    type TokenStream<'a> = Pieces<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Pieces<'a> {
        self.spans.clear();
        tokens(text, |_, start, end| self.spans.push((start, end)));
        self.token.reset();
        Pieces { text, spans: &self.spans, next: 0, token: &mut self.token }
    }
}

struct Pieces<'a> {
    text: &'a str,
    spans: &'a [(usize, usize)],
    next: usize,
    token: &'a mut Token,
}

impl TokenStream for Pieces<'_> {
    fn advance(&mut self) -> bool {
        let Some((start, end)) = self.spans.get(self.next).copied() else { return false };
        self.next += 1;
        self.token.text.clear();
        self.token.text.push_str(&self.text[start..end]);
        self.token.offset_from = start;
        self.token.offset_to = end;
        self.token.position = self.next;
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}
