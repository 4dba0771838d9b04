//! Any text as a grammar file: refused or used, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use reader::{Grammar, Limits, candidates, read};
use schema::Schema;
use std::sync::LazyLock;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema::shipped().expect("schema"));

fuzz_target!(|text: &str| {
    let Ok(grammar) = Grammar::parse(&[("own.yaml", text)]) else { return };
    let sample = "锦澜区现有企业2600家,占全市61%。2023年10月成立了“数据中心”。";
    if let Ok(document) = read(sample.as_bytes(), "a.txt", &grammar, &Limits::default()) {
        let _ = candidates(&document, &grammar, &SCHEMA);
    }
});
