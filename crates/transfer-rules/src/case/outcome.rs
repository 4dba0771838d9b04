//! What came of a case, as far as everyone may know it.
//!
//! A signed contract is told with its kind, its day and whose result it was. Price and buyer are
//! told only where a notice or the open market published them before; a registration is told
//! while it stands.

use super::{Case, Stage};
use crate::contract;
use crate::notice::Way;
use kernel::{Day, Fen};

/// A signed contract as it may be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome<'a> {
    /// What was transferred.
    pub title: &'a str,
    /// Kind of contract, as stated.
    pub kind: contract::Kind,
    /// The day it was signed.
    pub signed: Day,
    /// The price, where it was published.
    pub amount: Option<Fen>,
    /// The day the registration was decided, while it stands.
    pub registered: Option<Day>,
    /// The atlas entity whose result it was.
    pub unit: Option<i64>,
    /// The atlas entity on the other side, where it was published.
    pub counterparty: Option<i64>,
}

impl Case {
    /// What came of the case; nothing before a contract is signed.
    pub fn outcome(&self) -> Option<Outcome<'_>> {
        let signed = self.signed.as_ref()?;
        let day = self.entered(Stage::Contract)?;
        let open = self.offer.as_ref().is_some_and(|offer| match offer.way {
            Way::Agreement => {
                self.published.as_ref().is_some_and(|notice| notice.state == "public")
            }
            Way::Listing | Way::Auction => true,
        });
        Some(Outcome {
            title: &self.title,
            kind: signed.kind,
            signed: day,
            amount: self.price().filter(|_| open),
            registered: self.entered(Stage::Performance).filter(|_| self.registered == Some(true)),
            unit: self.unit_entity,
            counterparty: signed.entity.filter(|_| open),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Event, Stamped};
    use crate::testkit::{book, day};
    use serde_json::Value;

    const SALE: &str = include_str!("../../../../docs/transfer/scenario-1-sale.json");

    /// The case of scenario 1 after each event that it took.
    fn after_each(mut each: impl FnMut(&str, &Case)) {
        let deal: Value = serde_json::from_str(SALE).expect("JSON");
        let mut case = Case::default();
        for (at, body) in deal["events"].as_array().expect("events").iter().enumerate() {
            let event = Event::read(body.clone()).expect("an event");
            let kind = event.kind;
            let (seq, recorded) = (at as i64 + 1, day("2027-06-01"));
            let stamped = Stamped { event, seq, by: "A1".to_string(), recorded };
            if case.apply(&stamped, book()).is_ok() {
                each(kind, &case);
            }
        }
    }

    #[test]
    fn a_sale_is_told_from_its_signing_on() {
        let mut told = Vec::new();
        after_each(|kind, case| {
            let outcome = case.outcome();
            let line = outcome.map(|one| {
                (one.kind.name(), one.signed.to_string(), one.amount.map(Fen::fen), one.registered)
            });
            if let Some(line) = line {
                told.push((kind.to_string(), line));
            }
        });
        let (first, line) = told.first().expect("told");
        assert_eq!(first, "contract_signed");
        assert_eq!((line.0, line.2, line.3), ("transfer", Some(300_000_000), None));
        let (_, last) = told.last().expect("told");
        assert_eq!(last.1, line.1, "the day of signing stays");
        assert!(last.3.is_some(), "the registration is told");
    }

    #[test]
    fn a_price_that_nobody_published_is_not_told() {
        after_each(|kind, case| {
            if kind != "contract_signed" {
                return;
            }
            let mut hidden = case.clone();
            hidden.published = None;
            hidden.signed.as_mut().expect("signed").entity = Some(7);
            let outcome = hidden.outcome().expect("told");
            assert_eq!((outcome.amount, outcome.counterparty), (None, None));
            let mut open = hidden.clone();
            open.offer.as_mut().expect("offered").way = Way::Auction;
            let outcome = open.outcome().expect("told");
            assert!(outcome.amount.is_some());
            assert_eq!(outcome.counterparty, Some(7));
        });
    }
}
