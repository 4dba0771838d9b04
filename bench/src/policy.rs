//! Policies: 1,500 made-up firms by 433 policies, with their proofs and without.

use crate::table::Table;
use ::policy as shelf;
use anyhow::{Context as _, Result};
use kernel::{Calendar, Day};
use policy_rules::kind::Kind;
use policy_rules::{Facts, Given, Moment, Policy, Standing, decide, prove};
use rayon::prelude::*;
use std::hint::black_box;
use std::time::{Duration, Instant};

const FIRMS: usize = 1_500;
const POLICIES: usize = 433;

/// A number that looks random and is the same in every run.
fn mixed(seed: usize) -> usize {
    let mut x = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x ^= x >> 29;
    x = x.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x ^ (x >> 32)
}

/// Facts of a made-up firm: each input of each policy is stated four times out of five.
fn firm(policies: &[&Policy], number: usize) -> Facts {
    let mut facts = Facts::default();
    for (at, input) in policies.iter().flat_map(|policy| &policy.inputs).enumerate() {
        let chance = mixed(number * 1_000 + at);
        if chance.is_multiple_of(5) || facts.0.contains_key(&input.name) {
            continue;
        }
        let chance = chance / 5;
        let text = match &input.kind {
            Kind::Truth => chance.is_multiple_of(2).to_string(),
            Kind::Number(unit) if unit.is_money() => format!("{}.00", 675 + chance % 3_800),
            Kind::Number(_) | Kind::Literal => {
                let least = input.least.map_or(0, |least| least.num() / least.den());
                (least + (chance % 2) as i128).to_string()
            }
            Kind::Day => format!("20{:02}-0{}-1{}", 10 + chance % 16, 1 + chance % 9, chance % 9),
            Kind::Text(options) if !options.is_empty() => options[chance % options.len()].clone(),
            Kind::Text(_) | Kind::List(_) => continue,
        };
        facts.0.insert(input.name.clone(), Given::Text(text));
    }
    facts
}

/// Measures the shelf that ships, its policies taken again until there are 433.
pub(crate) fn measure(table: &mut Table) -> Result<()> {
    let calendar = Calendar::new();
    let day = Day::parse("2025-06-01").map_err(anyhow::Error::from)?;
    let moment = Moment { on: day, known: Day::parse("2026-06-01").map_err(anyhow::Error::from)? };
    let shipped_shelf = shelf::shipped(&calendar);
    let shipped: Vec<&Policy> = shipped_shelf.policies.iter().collect();
    let policies: Vec<&Policy> = shipped.iter().copied().cycle().take(POLICIES).collect();
    let standing: Vec<Standing<'_>> =
        policies.iter().map(|policy| Standing::at(policy, moment, &calendar)).collect();
    let firms: Vec<Facts> = (0..FIRMS).map(|number| firm(&shipped, number)).collect();
    let all = FIRMS * POLICIES;

    let run = |facts: &Facts, proof: bool| -> Result<usize> {
        let mut granted = 0;
        for one in &standing {
            let inputs = facts.bind(one.policy).map_err(anyhow::Error::from)?;
            let found = if proof { prove(one, &inputs) } else { decide(one, &inputs) };
            granted += usize::from(found.eligible == Some(true));
            black_box(found);
        }
        Ok(granted)
    };
    let first = &firms[..100];
    let start = Instant::now();
    for facts in first {
        run(facts, true)?;
    }
    let each = start.elapsed().as_secs_f64() * 1e6 / (first.len() * POLICIES) as f64;
    table.add(
        "one firm by one policy, with its proof",
        "–",
        format!("{each:.1} µs on one core"),
        "at most 20 µs".to_string(),
    );
    let start = Instant::now();
    let granted: Result<Vec<usize>> = firms.par_iter().map(|facts| run(facts, true)).collect();
    let granted: usize = granted?.into_iter().sum();
    let whole = start.elapsed();
    table.add(
        "1,500 firms by 433 policies, with proofs",
        "–",
        format!("{:.2} s", whole.as_secs_f64()),
        format!("at most 5 s on two cores; {granted} of {all} are granted"),
    );
    // Facts are bound once where one policy is asked for many firms again and again.
    let bound: Result<Vec<Vec<_>>> = firms
        .par_iter()
        .map(|facts| {
            let bind = |one: &Standing<'_>| facts.bind(one.policy).map_err(anyhow::Error::from);
            standing.iter().map(bind).collect()
        })
        .collect();
    let bound = bound?;
    let plain = fastest(|| {
        bound.par_iter().for_each(|inputs| {
            for (one, inputs) in standing.iter().zip(inputs) {
                black_box(decide(one, inputs));
            }
        });
    });
    let unbound = fastest(|| {
        firms.par_iter().for_each(|facts| {
            black_box(run(facts, false).ok());
        });
    });
    let rate = |time: Duration| all as f64 / time.as_secs_f64() / 1e6;
    table.add(
        "the same without proofs",
        "–",
        format!("{:.2} M evaluations/s", rate(plain)),
        format!("at least 2 M/s; {:.2} M/s when facts are read from text each time", rate(unbound)),
    );
    Ok(())
}

/// The fastest of three, so that a busy moment does not count.
fn fastest(work: impl Fn()) -> Duration {
    let time = |_| {
        let start = Instant::now();
        work();
        start.elapsed()
    };
    (0..3).map(time).min().unwrap_or_default()
}

/// The path of OpenFisca's own measure, for those who have it: `bench/peers/openfisca_policies.py`.
pub(crate) fn peer(table: &mut Table) -> Result<()> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/openfisca_policies.py");
    let done = std::process::Command::new("python3").arg(script).output();
    let done = done.context("running python3")?;
    let said = String::from_utf8_lossy(&done.stdout).trim().to_string();
    let told = match done.status.success() && !said.is_empty() {
        true => said,
        false => "not installed: pip install openfisca-core".to_string(),
    };
    table.add(
        "OpenFisca, six of the same rules, without proofs",
        "peer",
        told,
        "the same run".to_string(),
    );
    Ok(())
}
