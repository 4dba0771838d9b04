//! A deal with its events, judged step by step: what `xiudai transfer check` reads and prints.
//!
//! Each event is judged as it would be in a case; what is refused is said with every rule it
//! breaks, and the deal goes on without it. So one file shows every guard, date and amount.

use crate::case::{Case, Clock, Event, Stage, Stamped};
use crate::net_income::bounded;
use crate::output;
use kernel::{Day, Refusal};
use schema::Rulebook;
use serde::Deserialize;
use serde_json::{Value, json};

/// A deal.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deal {
    /// The day as of which the law is known: no event after it; everything known when not said.
    pub known: Option<crate::input::On>,
    /// What happened, or is tried, in order.
    pub events: Vec<Value>,
}

/// A deal that was judged.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The case after every event that was accepted.
    pub case: Case,
    /// Whether every event was accepted.
    pub sound: bool,
    /// As JSON: `steps`, `stage`, `facts`, `clocks`, `missing_evidence`, `sound`.
    pub json: Value,
}

/// Judges a deal. Fails with `E-SIZE` for more than 10,000 events.
pub fn check(deal: &Deal, book: &Rulebook) -> Result<Checked, Refusal> {
    bounded(deal.events.len(), "events")?;
    let known = deal.known.map_or(Day::from_number(2_932_000), |known| known.0);
    let mut case = Case::default();
    let (mut sound, mut seq, mut last) = (true, 0, None);
    let mut steps = Vec::with_capacity(deal.events.len());
    for (at, value) in deal.events.iter().enumerate() {
        let judged =
            Event::read(value.clone()).map_err(|refusal| vec![refusal]).and_then(|event| {
                let recorded = known;
                let stamped = Stamped { event, seq: seq + 1, by: "check".to_string(), recorded };
                let on = stamped.event.on;
                case.apply(&stamped, book).map(|applied| (on, applied))
            });
        let kind = value.get("kind").cloned().unwrap_or_default();
        let on = value.get("on").cloned().unwrap_or_default();
        let mut step = json!({"at": at + 1, "kind": kind, "on": on});
        match judged {
            Ok((day, applied)) => {
                seq += 1;
                last = Some(day);
                step["accepted"] = json!(true);
                step["seq"] = json!(seq);
                step["stage"] = json!(case.stage.name());
                let notes = applied.notes.iter().map(|note| json!({"zh": note.zh, "en": note.en}));
                step["notes"] = notes.collect();
                step["proofs"] = applied.proofs.iter().map(output::proof).collect();
            }
            Err(refusals) => {
                sound = false;
                step["accepted"] = json!(false);
                step["refusals"] = refusals.iter().map(output::refusal).collect();
            }
        }
        steps.push(step);
    }
    let json = json!({
        "sound": sound,
        "steps": steps,
        "stage": case.stage.name(),
        "stages": stages(&case),
        "facts": case.facts().iter().map(output::proof).collect::<Vec<_>>(),
        "clocks": case.clocks().iter().map(clock).collect::<Vec<_>>(),
        "missing_evidence": missing(&case, book, last),
    });
    Ok(Checked { case, sound, json })
}

fn stages(case: &Case) -> Value {
    let entered = |stage: &Stage| {
        let day = case.entered(*stage)?.to_string();
        Some(json!({"stage": stage.name(), "entered": day}))
    };
    Stage::ALL.iter().filter_map(entered).collect()
}

fn clock(clock: &Clock) -> Value {
    json!({
        "key": clock.key,
        "from": clock.from.to_string(),
        "last_day": clock.last.to_string(),
        "next_day": clock.last.next().to_string(),
        "who": clock.who,
        "amount": clock.amount.map(|fen| fen.to_string()),
        "done": clock.done.map(|day| day.to_string()),
        "article": clock.cite.article,
        "confidence": clock.cite.confidence.name(),
    })
}

fn missing(case: &Case, book: &Rulebook, last: Option<Day>) -> Value {
    let Some(last) = last else { return json!([]) };
    case.missing_evidence(book, last)
        .iter()
        .map(|gap| {
            json!({"element": gap.place.column, "article": gap.rule, "why": {
                "zh": gap.message.zh, "en": gap.message.en,
            }})
        })
        .collect()
}

#[cfg(test)]
mod tests;
