//! The peer: Tantivy as it comes, with segmented words and its own scores.

use crate::{Figures, LIMIT, Question, Result, megabytes};
use std::collections::BTreeMap;
use std::time::Instant;
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Occur, Query, TermQuery};
use tantivy::schema::{
    IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions, Value as _,
};
use tantivy::tokenizer::{TextAnalyzer, WhitespaceTokenizer};
use tantivy::{TantivyDocument, Term};

pub(crate) fn statutes(articles: &BTreeMap<String, String>, questions: &[Question]) -> Result<()> {
    let words = jieba_rs::Jieba::new();
    let cut = |text: &str| -> Vec<String> {
        let words = words.cut_for_search(text, true);
        let kept = words
            .into_iter()
            .map(|word| word.word.trim())
            .filter(|word| word.chars().any(char::is_alphanumeric));
        kept.map(str::to_lowercase).collect()
    };
    let mut schema = Schema::builder();
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("words")
        .set_index_option(IndexRecordOption::WithFreqs);
    let title = schema.add_text_field("title", STORED);
    let text = schema.add_text_field("text", TextOptions::default().set_indexing_options(indexing));
    let folder = std::env::temp_dir().join(format!("measure-peer-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let started = Instant::now();
    let index = tantivy::Index::create_in_dir(&folder, schema.build())?;
    index.tokenizers().register("words", TextAnalyzer::from(WhitespaceTokenizer::default()));
    let mut writer = index.writer_with_num_threads(1, 100_000_000)?;
    for (name, body) in articles {
        let mut document = TantivyDocument::default();
        document.add_text(title, name);
        document.add_text(text, cut(&format!("{name} {body}")).join(" "));
        writer.add_document(document)?;
    }
    writer.commit()?;
    let built = started.elapsed().as_secs_f64();
    println!("peer's index built in {built:.1} s, {:.1} MB", megabytes(&folder)?);
    let searcher = index.reader()?.searcher();
    let mut figures = Figures::default();
    for question in questions {
        let started = Instant::now();
        let term = |word: String| -> (Occur, Box<dyn Query>) {
            let term = Term::from_field_text(text, &word);
            (Occur::Should, Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)))
        };
        let query = BooleanQuery::new(cut(&question.question).into_iter().map(term).collect());
        let top = searcher.search(&query, &TopDocs::with_limit(LIMIT).order_by_score())?;
        let mut found = Vec::new();
        for (_, address) in top {
            let document: TantivyDocument = searcher.doc(address)?;
            let name = document.get_first(title).and_then(|value| value.as_str());
            found.extend(name.map(str::to_string));
        }
        figures.count(question, &found, started.elapsed());
    }
    figures.print("tantivy with jieba words");
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}
