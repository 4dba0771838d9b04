//! Changes the policies that ship at random and reads what comes out: whatever the text, reading it
//! ends soon, panics never, and says of every fault where it is.
//!
//! `cargo run --release -p policy --example fuzz -- SECONDS [SEED]`

use kernel::Calendar;
use policy::Files;
use policy_rules::{Vocabulary, lint, read};
use std::time::{Duration, Instant};

/// What is put into texts beside their own parts.
const BITS: [&str; 24] = [
    "\n",
    "  ",
    ":",
    "- ",
    "{",
    "}",
    "[",
    "]",
    "'",
    "\"",
    "#",
    "null",
    "&a",
    "*a",
    "!!x",
    "9999999999999999999",
    "1e400",
    "-1",
    "0",
    "(((((((((((((((((((((((((((((((((((((",
    "if a then b else c",
    "sum(p in p: p.p)",
    "2026-13-40",
    "\u{202e}",
];

/// A small generator of chance: the same seed gives the same run.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, most: usize) -> usize {
        (self.next() % most.max(1) as u64) as usize
    }
}

/// A place between characters.
fn place(chance: &mut Chance, text: &str) -> usize {
    let mut at = chance.below(text.len() + 1);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn changed(chance: &mut Chance, all: &[String]) -> String {
    let mut text = all[chance.below(all.len())].clone();
    for _ in 0..=chance.below(6) {
        let (a, b) = (place(chance, &text), place(chance, &text));
        let (from, to) = (a.min(b), a.max(b));
        let near =
            (from + 1..=text.len()).filter(|at| text.is_char_boundary(*at)).nth(chance.below(40));
        let near = near.unwrap_or(from);
        match chance.below(6) {
            0 => text.replace_range(from..near, ""),
            1 => text.insert_str(from, BITS[chance.below(BITS.len())]),
            2 => {
                let part = text[from..near].to_string();
                text.insert_str(to, &part);
            }
            3 => text.replace_range(from..near, BITS[chance.below(BITS.len())]),
            4 => {
                let other = &all[chance.below(all.len())];
                let (c, d) = (place(chance, other), place(chance, other));
                let part = other[c.min(d)..c.max(d)].to_string();
                text.insert_str(from, &part);
            }
            _ => text.truncate(to),
        }
    }
    text
}

fn main() {
    let mut args = std::env::args().skip(1);
    let mut number = |other: u64| args.next().and_then(|text| text.parse().ok()).unwrap_or(other);
    let (seconds, seed) = (number(10), number(7));
    let files = Files::shipped();
    let vocabulary = files.vocabulary().unwrap_or_else(|_| Vocabulary::default());
    let all: Vec<String> = files.policies.into_iter().map(|(_, text)| text).collect();
    let calendar = Calendar::new();
    let mut chance = Chance(seed.max(1));
    let (mut runs, mut sound, mut slowest) = (0u64, 0u64, Duration::ZERO);
    let until = Instant::now() + Duration::from_secs(seconds);
    while Instant::now() < until {
        let text = changed(&mut chance, &all);
        let start = Instant::now();
        let found = read(&text, &vocabulary);
        if let Some(policy) = &found.policy {
            sound += 1;
            let faults = lint::tests(policy, &calendar);
            assert!(faults.iter().all(|fault| fault.at.line >= 1));
        }
        let lines = text.lines().count() as u32 + 1;
        for fault in &found.faults {
            assert!(fault.at.line >= 1 && fault.at.line <= lines, "{fault}\n{text}");
            assert!(!fault.message.zh.is_empty() && !fault.message.en.is_empty());
        }
        runs += 1;
        slowest = slowest.max(start.elapsed());
    }
    let mut out = std::io::stdout();
    let line = format!(
        "{runs} texts, {sound} of them policies, slowest {} µs, nothing panicked\n",
        slowest.as_micros()
    );
    let _ = std::io::Write::write_all(&mut out, line.as_bytes());
}
