//! The world outside: clock, chance, environment. Read here and nowhere else.

use anyhow::{Context as _, Result};
use kernel::Timestamp;
use std::io::Read as _;

/// The time now, cut to microseconds.
pub(crate) fn now() -> Timestamp {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let micros = since.map_or(0, |since| since.as_micros());
    Timestamp::from_micros(i64::try_from(micros).unwrap_or(i64::MAX))
}

/// Fills a buffer from the system's source of chance.
pub(crate) fn chance(buffer: &mut [u8]) -> Result<()> {
    let mut source = std::fs::File::open("/dev/urandom").context("opening the source of chance")?;
    source.read_exact(buffer).context("reading the source of chance")
}

/// A variable of the environment, when it is set and is text.
pub(crate) fn variable(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    let value = std::env::var(name);
    value.ok().filter(|value| !value.is_empty())
}

/// Memory of this machine, MiB.
pub(crate) fn memory() -> Result<i64> {
    let text = std::fs::read_to_string("/proc/meminfo").context("reading /proc/meminfo")?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<i64>().ok());
    Ok(kib.context("reading the size of memory")? / 1_024)
}
