//! What can happen in a case: the kinds of event, and one event with its day and its body.

use crate::input;
use crate::output;
use kernel::{Day, Refusal};
use serde_json::{Map, Value};

/// Every kind of event, in the order in which a case usually meets them.
pub const KINDS: &[&str] = &[
    "opened",
    "disclosed",
    "screened",
    "assessed",
    "trl_assessed",
    "protection_decided",
    "right_recorded",
    "grant_requested",
    "grant_moved",
    "poc_applied",
    "poc_moved",
    "route_decided",
    "priced",
    "conflicts_declared",
    "decided",
    "appraised",
    "first_refusal_notified",
    "co_owner_consented",
    "notice_published",
    "objection_received",
    "objection_decided",
    "listing_moved",
    "export_moved",
    "contract_signed",
    "registration_moved",
    "sales_reported",
    "obligation_met",
    "payment_demanded",
    "received",
    "cost_booked",
    "distribution_decided",
    "reward_published",
    "reward_paid",
    "equity_moved",
    "evidence_added",
    "rules_recorded",
    "supervised",
    "reported",
    "closed",
    "noted",
];

/// Most bytes of one event.
pub const EVENT_BYTES_MAX: usize = 256 << 10;

/// Something that happened, or is said to.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The day it happened, where the office is.
    pub on: Day,
    /// One of [`KINDS`].
    pub kind: &'static str,
    /// What was stated, without kind and day.
    pub body: Value,
}

/// An event with who recorded it and when.
#[derive(Debug, Clone, PartialEq)]
pub struct Stamped {
    /// What happened.
    pub event: Event,
    /// Its place in the case, from 1.
    pub seq: i64,
    /// Who recorded it.
    pub by: String,
    /// The day it was recorded: the law is asked as it was known then.
    pub recorded: Day,
}

impl Event {
    /// Reads `{"kind": …, "on": "YYYY-MM-DD", …}`.
    ///
    /// Fails with `E-INPUT-01` (no object, no such kind), `E-DATE-01`, `E-SIZE`.
    pub fn read(value: Value) -> Result<Event, Refusal> {
        let Value::Object(mut members) = value else {
            return Err(shape("an event is an object with `kind` and `on`", ""));
        };
        let kind = members.remove("kind").unwrap_or_default();
        let named = kind.as_str().unwrap_or_default();
        let Some(kind) = KINDS.iter().find(|kind| **kind == named) else {
            return Err(shape("`kind` names a kind of event", named).column("kind"));
        };
        let on = members.remove("on").unwrap_or_default();
        let on =
            Day::parse(on.as_str().unwrap_or_default()).map_err(|refusal| refusal.column("on"))?;
        let event = Event { on, kind, body: Value::Object(members) };
        if event.canonical().len() > EVENT_BYTES_MAX {
            let (zh, en) = ("一个事件最多 256 KiB", "an event has at most 256 KiB");
            return Err(Refusal::new("E-SIZE", en, zh, en));
        }
        Ok(event)
    }

    /// Canonical JSON: members sorted, no spaces.
    pub fn canonical(&self) -> String {
        output::canonical(&self.json())
    }

    /// As it was stated.
    pub fn json(&self) -> Value {
        let mut members = match &self.body {
            Value::Object(members) => members.clone(),
            _ => Map::new(),
        };
        members.insert("kind".to_string(), self.kind.into());
        members.insert("on".to_string(), self.on.to_string().into());
        Value::Object(members)
    }

    /// The body as a shape; fails like [`input::take`].
    pub fn take<T: serde::de::DeserializeOwned>(&self) -> Result<T, Refusal> {
        input::take(self.body.clone())
    }
}

fn shape(en: &str, value: &str) -> Refusal {
    let zh = "事件应含 kind(事件类型)和 on(日期),类型须在列表之内";
    Refusal::new("E-INPUT-01", en, zh, en).value(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn events_read_back() {
        let event = Event::read(json!({"on": "2026-03-02", "kind": "noted", "b": 1, "a": "x"}));
        let event = event.expect("sound");
        assert_eq!((event.kind, event.on.to_string().as_str()), ("noted", "2026-03-02"));
        assert_eq!(event.canonical(), r#"{"a":"x","b":1,"kind":"noted","on":"2026-03-02"}"#);
        assert_eq!(Event::read(event.json()), Ok(event));
        for (wrong, code) in [
            (json!([]), "E-INPUT-01"),
            (json!({"on": "2026-03-02"}), "E-INPUT-01"),
            (json!({"on": "2026-03-02", "kind": "exploded"}), "E-INPUT-01"),
            (json!({"on": "2015-13-32", "kind": "noted"}), "E-DATE-01"),
            (json!({"kind": "noted"}), "E-DATE-01"),
            (json!({"kind": "noted", "on": "2026-03-02", "t": "x".repeat(300_000)}), "E-SIZE"),
        ] {
            assert_eq!(Event::read(wrong).map_err(|refusal| refusal.code), Err(code));
        }
    }
}
