//! Verification: every step of a request or an application, every payment,
//! against what the journal says of it.

use crate::error::Result;
use crate::steps::description;
use kernel::EventId;
use std::collections::BTreeMap;
use store::journal::{Event, Finding};
use store::{Tx, params};

/// What the tables say of each journal event.
#[derive(Debug, Default)]
pub struct Rows {
    said: BTreeMap<i64, String>,
    wrong: Vec<Finding>,
}

fn finding(event: i64, what: &str) -> Finding {
    Finding { event: Some(EventId(event)), what: what.to_string() }
}

/// Gathers what is to be compared. Cost: one pass over steps and payments.
pub fn gather(tx: &mut Tx<'_>) -> Result<Rows> {
    let mut rows = Rows::default();
    let mut money: BTreeMap<i64, (i64, String)> = BTreeMap::new();
    for (table, column, letter) in [
        ("service_request_step", "request_id", 'H'),
        ("service_application_step", "application_id", 'P'),
    ] {
        let sql = format!("select {column}, seq, on_day, body, event_index from {table}");
        tx.for_each(&sql, params![], |row| -> Result<()> {
            let (name, body) = (format!("{letter}{}", row.int(0)?), row.text(3)?);
            let on = kernel::Day::from_number(row.int(2)? as i32);
            let event = row.int(4)?;
            rows.said.insert(event, description(&name, row.int(1)?, on, &body).to_string());
            if let Ok(step) = serde_json::from_str::<serde_json::Value>(&body) {
                let sign = match step["kind"].as_str() {
                    Some("paid") => 1,
                    Some("reclaimed") => -1,
                    _ => 0,
                };
                let amount = step["amount"].as_i64().unwrap_or(0) * sign;
                let reference = step["reference"].as_str().unwrap_or_default().trim();
                if sign != 0 {
                    money.insert(event, (amount, reference.to_string()));
                }
            }
            Ok(())
        })?;
    }
    let sql = "select event_index, amount_fen, reference from service_payment";
    tx.for_each(sql, params![], |row| -> Result<()> {
        let event = row.int(0)?;
        if money.remove(&event) != Some((row.int(1)?, row.text(2)?)) {
            rows.wrong.push(finding(event, "a payment is not the one of its step"));
        }
        Ok(())
    })?;
    for event in money.into_keys() {
        rows.wrong.push(finding(event, "a payment of a step is missing"));
    }
    Ok(rows)
}

impl Rows {
    /// Compares one journal event with the row that names it.
    pub fn check(&mut self, event: &Event) -> std::result::Result<(), Finding> {
        let is_step = event.kind.starts_with("request_") || event.kind.starts_with("application_");
        match (is_step, self.said.remove(&event.id.0)) {
            (false, None) => Ok(()),
            (true, Some(said)) if said == event.payload => Ok(()),
            _ => {
                let what = "a step of a service differs from what the journal says";
                Err(finding(event.id.0, what))
            }
        }
    }

    /// Rows that name an event which says nothing of them, and payments that are not their step's.
    pub fn left_over(self) -> Vec<Finding> {
        let lost = "a step of a service names an event that does not account for it";
        let lost = self.said.into_keys().map(|event| finding(event, lost));
        self.wrong.into_iter().chain(lost).collect()
    }
}
