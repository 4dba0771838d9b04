//! The distinctive part of firms' names.

use resolve::Lexicon;
use std::error::Error;
use std::time::Instant;

/// Prints accuracy (with and without the firms that have no distinctive part) and time a name.
pub(crate) fn run(file: &str, show: bool) -> Result<(), Box<dyn Error>> {
    let text = std::fs::read_to_string(file)?;
    let lexicon = Lexicon::shipped()?;
    let (mut right, mut all, mut right_named, mut named) = (0, 0, 0, 0);
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let mut words = line.split_whitespace();
        let name = words.next().unwrap_or_default();
        let expected = words.next();
        let found = resolve::distinctive(&lexicon, name);
        all += 1;
        named += i32::from(expected.is_some());
        if found == expected {
            right += 1;
            right_named += i32::from(expected.is_some());
        } else if show {
            println!("{name}: {found:?}, expected {expected:?}");
        }
    }
    let start = Instant::now();
    let mut count = 0_u32;
    for _ in 0..50 {
        for line in text.lines() {
            let name = line.split(' ').next().unwrap_or_default();
            count += u32::from(resolve::distinctive(&lexicon, name).is_some());
        }
    }
    let each = start.elapsed().as_secs_f64() * 1e6 / (50 * all.max(1)) as f64;
    println!("accuracy {:.4} ({right} of {all})", f64::from(right) / f64::from(all));
    println!("accuracy where there is one {:.4}", f64::from(right_named) / f64::from(named));
    println!("{each:.2} µs a name ({count} found in 50 rounds)");
    Ok(())
}
