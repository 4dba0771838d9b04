//! Any bytes as html: never a panic, spans inside, the same twice.
#![no_main]

use libfuzzer_sys::fuzz_target;
use reader::{Grammar, Limits, candidates, read};
use schema::Schema;
use std::sync::LazyLock;

static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| Grammar::shipped().expect("grammar"));
static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema::shipped().expect("schema"));

fuzz_target!(|bytes: &[u8]| {
    let Ok(document) = read(bytes, "a.html", &GRAMMAR, &Limits::default()) else { return };
    let found = candidates(&document, &GRAMMAR, &SCHEMA);
    for candidate in &found {
        assert!(candidate.start <= candidate.end);
        assert!(candidate.end as usize <= document.original().len());
    }
    assert_eq!(found, candidates(&document, &GRAMMAR, &SCHEMA));
});
