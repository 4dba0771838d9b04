//! Reading a megabyte of what a reader might choke on.

use crate::table::Table;
use anyhow::{Result, anyhow};
use reader::{Grammar, Limits, candidates, read};
use schema::Schema;
use std::hint::black_box;
use std::time::{Duration, Instant};

const BYTES: usize = 1 << 20;

/// Digits, brackets, blank lines, and whatever starts a rule of the grammar, again and again.
const UNITS: [&str; 16] = [
    "1",
    "(",
    "\n\n",
    "<div>",
    "1亿元",
    "占1%,",
    "增长1%",
    "1家企业、",
    "2023年",
    "記(jì)",
    "副区长王小明",
    "每平方公里",
    "与大学签约",
    "由大学发布",
    "-1",
    "在区,",
];

/// The slowest of them, beside a sixteenth of the same: what grows in a line takes sixteen times as
/// long, what grows with the square 256 times.
pub(crate) fn hostile(table: &mut Table) -> Result<()> {
    let grammar = Grammar::shipped().map_err(|error| anyhow!("{error:?}"))?;
    let schema = Schema::shipped()?;
    let time = |unit: &str, name: &str, bytes: usize| {
        let text = unit.repeat(bytes / unit.len());
        let start = Instant::now();
        if let Ok(document) = read(text.as_bytes(), name, &grammar, &Limits::default()) {
            black_box(candidates(&document, &grammar, &schema));
        }
        start.elapsed()
    };
    let (mut slowest, mut growth) = ((Duration::ZERO, ""), (0.0, ""));
    for unit in UNITS {
        for name in ["a.txt", "a.html"] {
            let (part, whole) = (time(unit, name, BYTES / 16), time(unit, name, BYTES));
            slowest = slowest.max((whole, unit.trim()));
            let times = whole.as_secs_f64() / part.as_secs_f64().max(1e-4);
            if times > growth.0 {
                growth = (times, unit.trim());
            }
        }
    }
    table.add(
        "reading a megabyte of digits, brackets, blank lines or starts of rules: the slowest",
        "–",
        format!("{:.2} s (`{}`)", slowest.0.as_secs_f64(), slowest.1),
        format!("a sixteenth of it takes a part of {:.0} at most (`{}`)", growth.0, growth.1),
    );
    Ok(())
}
