//! Policies: 1,500 made-up firms by 433 policies, with their proofs and without.

use crate::table::Table;
use ::policy as shelf;
use anyhow::{Context as _, Result};
use kernel::{Calendar, Day};
use policy_rules::kind::Kind;
use policy_rules::{Facts, Given, Moment, Policy, Standing, decide, prove};
use rayon::prelude::*;
use std::hint::black_box;
use std::process::Command;
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

/// The shipped policies that the peers are given as rules of their own.
const SIX: [&str; 6] = [
    "sh.ai.2025.compute-voucher",
    "sh.ai.2025.model-voucher",
    "sh.ai.2025.corpus-voucher",
    "cn.eit.small-profit",
    "cn.eit.high-tech-rate",
    "cn.eit.transfer-relief",
];

/// What one firm by one of the six takes us, in microseconds.
#[derive(Clone, Copy)]
pub(crate) struct Ours {
    with_proof: f64,
    plain: f64,
}

/// Measures the shelf that ships, its policies taken again until there are 433.
pub(crate) fn measure(table: &mut Table) -> Result<Ours> {
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
    // The six that the peers have, for one firm at a time on one core, facts read from text.
    let at = |id: &&str| standing[..shipped.len()].iter().find(|one| one.policy.id == **id);
    let six: Vec<&Standing<'_>> = SIX.iter().filter_map(at).collect();
    anyhow::ensure!(six.len() == SIX.len(), "a policy of the six is not on the shelf");
    let each = |proof: bool| {
        let time = fastest(|| {
            for (facts, one) in
                firms.iter().flat_map(|facts| six.iter().map(move |one| (facts, one)))
            {
                if let Ok(inputs) = facts.bind(one.policy) {
                    black_box(if proof { prove(one, &inputs) } else { decide(one, &inputs) });
                }
            }
        });
        time.as_secs_f64() * 1e6 / (FIRMS * SIX.len()) as f64
    };
    Ok(Ours { with_proof: each(true), plain: each(false) })
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

/// Six of the same rules in OpenFisca and in zen's engine, where those are there.
pub(crate) fn peers(table: &mut Table, ours: Ours) -> Result<()> {
    let Ours { with_proof, plain } = ours;
    table.add(
        "six policies, one firm at a time",
        "–",
        format!("{with_proof:.2} µs with a proof, {plain:.2} µs without"),
        "facts read from text each time, one core".to_string(),
    );
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/openfisca_policies.py");
    let said = output(Command::new("python3").arg(script))?;
    table.add(
        "OpenFisca, the same six",
        "peer",
        said.unwrap_or_else(|| "not installed: pip install openfisca-core".to_string()),
        "floats, no proofs; the same run".to_string(),
    );
    let binary = std::env::var("ZEN_PEER").unwrap_or_else(|_| "zen-peer".to_string());
    let said = output(&mut Command::new(binary))?;
    let zen: Option<f64> = said.and_then(|said| said.parse().ok());
    table.add(
        "zen-engine, the same six",
        "peer",
        zen.map_or("not built: bench/peers/zen".to_string(), |zen| format!("{zen:.2} µs")),
        zen.map_or(String::new(), |zen| {
            format!(
                "no proofs; {:.1} times ours without one, {:.1} times ours with one",
                zen / plain,
                zen / with_proof
            )
        }),
    );
    Ok(())
}

/// What a program says when it is there and ends well.
fn output(command: &mut Command) -> Result<Option<String>> {
    let done = match command.output() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        done => done.context("running a peer")?,
    };
    let said = String::from_utf8_lossy(&done.stdout).trim().to_string();
    Ok((done.status.success() && !said.is_empty()).then_some(said))
}
