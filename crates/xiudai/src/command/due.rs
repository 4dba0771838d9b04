//! `xiudai due`: when a period ends.

use anyhow::{Context as _, Result};
use kernel::Day;
use kernel::calendar::{Count, Roll};
use schema::Rulebook;
use std::io::Write as _;

/// A period.
#[derive(Debug, clap::Args)]
pub(crate) struct DueArgs {
    /// The day it starts on, YYYY-MM-DD; that day is not counted.
    #[arg(long)]
    from: String,
    /// How many, 1 to 40000.
    #[arg(long)]
    count: u32,
    /// Of what: day, workday, month or year.
    #[arg(long, value_parser = ["day", "workday", "month", "year"])]
    unit: String,
    /// What happens when it ends on a free day.
    #[arg(
        long,
        default_value = "any_non_working_day",
        value_parser = ["statutory_holiday", "any_non_working_day", "none"]
    )]
    roll: String,
    /// One JSON object: `last_day` and `next_day`.
    #[arg(long)]
    json: bool,
}

/// Says when the period ends, and the day after.
pub(crate) fn run(args: &DueArgs) -> Result<bool> {
    let book = Rulebook::shipped()?;
    let count = Count::from_name(&args.unit).context("no such unit")?;
    let roll = Roll::from_name(&args.roll).context("no such rule for free days")?;
    let from = Day::parse(&args.from)?;
    let due = book.calendar().due(from, args.count, count, roll)?;
    let mut out = std::io::stdout();
    if args.json {
        let (last, next) = (due.last, due.next_day());
        writeln!(out, r#"{{"last_day": "{last}", "next_day": "{next}"}}"#)?;
        return Ok(true);
    }
    writeln!(out, "{} (the day after: {})", due.last, due.next_day())?;
    if due.rolled() {
        writeln!(out, "{} is a free day", due.end)?;
    }
    for year in &due.assumed {
        writeln!(out, "no holiday table for {year}: only its weekends count as free")?;
    }
    Ok(true)
}
