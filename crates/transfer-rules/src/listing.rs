//! Listings and auctions: announced at a reserve, bid for, sold or not, confirmed.
//!
//! Draft → Announced → Bidding → Sold | NoBid → (re-listed) … → Confirmed. A lower reserve needs a
//! new decision. Source: TL 18; ZJ 17.

use crate::clock::{self, at, filled, unfit};
use crate::input::{On, Yuan, refuse};
use crate::output;
use kernel::{Day, Fen, Proof, Refusal};
use schema::Lookup;
use serde::Deserialize;
use serde_json::{Value, json};

/// A decision of the unit.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// What the minutes are called.
    pub id: String,
    /// When it was taken.
    pub on: On,
}

/// What happens to a listing.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    /// It is announced, for the first time or again.
    Announce {
        /// When.
        on: On,
        /// The reserve (基准价格).
        reserve: Yuan,
        /// The decision it rests on.
        decision: Option<Decision>,
    },
    /// Bidding opens.
    Open {
        /// When.
        on: On,
    },
    /// Someone bids.
    Bid {
        /// When.
        on: On,
        /// Who.
        bidder: String,
        /// How much.
        amount: Yuan,
    },
    /// Bidding closes.
    Close {
        /// When.
        on: On,
    },
    /// The market confirms the sale (交易凭证).
    Confirm {
        /// When.
        on: On,
        /// The certificate's number.
        certificate: String,
    },
}

impl Event {
    fn on(&self) -> Day {
        match self {
            Event::Announce { on, .. }
            | Event::Open { on }
            | Event::Bid { on, .. }
            | Event::Close { on }
            | Event::Confirm { on, .. } => on.0,
        }
    }
}

/// A listing: its events in order.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    /// What happened, in order.
    pub events: Vec<Event>,
    /// The day it is asked about.
    pub now: On,
}

/// Where a listing is in its course.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Not announced.
    Draft,
    /// Announced at a reserve.
    Announced,
    /// Open for bids.
    Bidding,
    /// The highest bid meets the reserve.
    Sold,
    /// No bid met it.
    NoBid,
    /// The sale is confirmed.
    Confirmed,
}

impl State {
    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            State::Draft => "draft",
            State::Announced => "announced",
            State::Bidding => "bidding",
            State::Sold => "sold",
            State::NoBid => "no_bid",
            State::Confirmed => "confirmed",
        }
    }
}

/// How a listing stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its state.
    pub state: State,
    /// The reserve now.
    pub reserve: Option<Fen>,
    /// What it was sold for: the highest bid.
    pub price: Option<Fen>,
    /// To whom; the first of equal bids.
    pub buyer: Option<String>,
    /// How often it was announced.
    pub rounds: u32,
    /// The certificate of the market.
    pub certificate: Option<String>,
    /// How these came about.
    pub proof: Proof,
}

impl Standing {
    /// As JSON.
    pub fn json(&self) -> Value {
        json!({
            "state": self.state.name(),
            "reserve": self.reserve.map(|fen| fen.to_string()),
            "price": self.price.map(|fen| fen.to_string()),
            "buyer": self.buyer,
            "rounds": self.rounds,
            "certificate": self.certificate,
            "proof": output::proof(&self.proof),
        })
    }
}

struct Fold<'a> {
    state: State,
    reserve: Option<Fen>,
    best: Option<(Fen, &'a str)>,
    bids: Vec<Proof>,
    decisions: Vec<&'a str>,
    closed: Option<Day>,
    rounds: u32,
    certificate: Option<&'a str>,
}

/// How a listing stands on a day.
///
/// Fails with `E-PRICE-04` (announced without a decision, or at a lower reserve without a new one),
/// `E-MONEY-02` (a reserve or bid of nothing or less), `E-INPUT-01` (a step that cannot follow),
/// `E-DATE-02`, `E-DATE-03`, `E-SIZE`.
pub fn stand(facts: &Listing, law: &Lookup<'_>) -> Result<Standing, Refusal> {
    clock::bounded(facts.events.len(), "events")?;
    let now = facts.now.0;
    let mut fold = Fold {
        state: State::Draft,
        reserve: None,
        best: None,
        bids: Vec::new(),
        decisions: Vec::new(),
        closed: None,
        rounds: 0,
        certificate: None,
    };
    let mut before = None;
    for (at, event) in facts.events.iter().enumerate() {
        let column = format!("events/{at}");
        let on = event.on();
        clock::in_order(before, on, &column)?;
        clock::not_future(on, now, &column)?;
        before = Some(on);
        step(&mut fold, event, &column, law)?;
    }
    let sold = matches!(fold.state, State::Sold | State::Confirmed);
    let price = fold.best.filter(|_| sold).map(|(fen, _)| fen);
    let mut parts = vec![Proof::fact("now", now)];
    parts.extend(fold.reserve.map(|reserve| Proof::fact("reserve", reserve)));
    parts.extend(price.map(|price| Proof::step("price", price, "largest", fold.bids)));
    Ok(Standing {
        state: fold.state,
        reserve: fold.reserve,
        price,
        buyer: fold.best.filter(|_| sold).map(|(_, bidder)| bidder.to_string()),
        rounds: fold.rounds,
        certificate: fold.certificate.map(str::to_string),
        proof: Proof::step("listing", fold.state.name(), "choice", parts),
    })
}

fn step<'a>(
    fold: &mut Fold<'a>,
    event: &'a Event,
    column: &str,
    law: &Lookup<'_>,
) -> Result<(), Refusal> {
    let state = fold.state;
    match (event, state) {
        (Event::Announce { on, reserve, decision }, State::Draft | State::NoBid) => {
            paid(reserve.0, column)?;
            decided(fold, on.0, reserve.0, decision.as_ref(), column, law)?;
            fold.decisions.extend(decision.as_ref().map(|decision| decision.id.trim()));
            fold.reserve = Some(reserve.0);
            fold.best = None;
            fold.bids.clear();
            fold.rounds = fold.rounds.saturating_add(1);
            fold.state = State::Announced;
        }
        (Event::Open { .. }, State::Announced) => fold.state = State::Bidding,
        (Event::Bid { bidder, amount, .. }, State::Bidding) if filled(Some(bidder)) => {
            paid(amount.0, column)?;
            fold.bids.push(Proof::fact(format!("bid:{}", bidder.trim()), amount.0));
            // Of equal bids the first stands.
            if fold.best.is_none_or(|(best, _)| amount.0 > best) {
                fold.best = Some((amount.0, bidder.trim()));
            }
        }
        (Event::Close { on }, State::Bidding) => {
            let met = fold.best.is_some_and(|(best, _)| Some(best) >= fold.reserve);
            fold.state = if met { State::Sold } else { State::NoBid };
            fold.closed = Some(on.0);
        }
        (Event::Confirm { certificate, .. }, State::Sold) if filled(Some(certificate)) => {
            fold.certificate = Some(certificate.trim());
            fold.state = State::Confirmed;
        }
        _ => {
            return Err(unfit(
                "TL 18",
                "当前状态下不能进行这一步,或者内容不全",
                "this step cannot follow here, or says too little",
                state.name(),
                column,
            ));
        }
    }
    Ok(())
}

fn paid(amount: Fen, column: &str) -> Result<(), Refusal> {
    if amount > Fen::ZERO {
        return Ok(());
    }
    let en = "a reserve or bid is above zero";
    Err(Refusal::new("E-MONEY-02", en, "底价和报价应大于零", en)
        .value(&amount.to_string())
        .column(column))
}

/// Fails with `E-PRICE-04` unless the announcement rests on a decision: the first always, a lower
/// reserve on one that is new and was taken after the last bidding closed.
fn decided(
    fold: &Fold<'_>,
    on: Day,
    reserve: Fen,
    decision: Option<&Decision>,
    column: &str,
    law: &Lookup<'_>,
) -> Result<(), Refusal> {
    let law = at(law, on);
    let (needs, parameter) = law.truth("listing.relist_needs_decision")?;
    let lower = fold.reserve.is_none_or(|before| reserve < before);
    let taken = decision.is_some_and(|decision| {
        filled(Some(&decision.id))
            && !fold.decisions.contains(&decision.id.trim())
            && decision.on.0 <= on
            && fold.closed.is_none_or(|closed| decision.on.0 >= closed)
    });
    if !lower || taken || (!needs && fold.reserve.is_some()) {
        return Ok(());
    }
    let (zh, en) = match fold.reserve {
        None => ("挂牌底价应有单位的决策".to_string(), "a reserve rests on a decision".to_string()),
        Some(before) => (
            format!("底价低于上一次的 {before},应在流标后重新决策"),
            format!(
                "the reserve is below {before}; that takes a new decision after the last round"
            ),
        ),
    };
    Err(refuse("E-PRICE-04", &parameter.cite.article, &zh, &en)
        .value(&reserve.to_string())
        .column(column))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::tests::{ask, book, facts};

    fn announce(on: &str, reserve: &str, decision: Option<(&str, &str)>) -> Value {
        let decision = decision.map(|(id, on)| json!({"id": id, "on": on}));
        json!({"event": "announce", "on": on, "reserve": reserve, "decision": decision})
    }

    fn open(on: &str) -> Value {
        json!({"event": "open", "on": on})
    }

    fn bid(on: &str, bidder: &str, amount: &str) -> Value {
        json!({"event": "bid", "on": on, "bidder": bidder, "amount": amount})
    }

    fn close(on: &str) -> Value {
        json!({"event": "close", "on": on})
    }

    fn confirm(on: &str, certificate: &str) -> Value {
        json!({"event": "confirm", "on": on, "certificate": certificate})
    }

    fn listing(events: &[Value]) -> Result<Standing, Refusal> {
        let book = book();
        let listing: Listing = facts(json!({"events": events, "now": "2026-06-01"}));
        stand(&listing, &ask(book, "zhejiang", "2026-06-01"))
    }

    fn first() -> Vec<Value> {
        vec![announce("2026-03-02", "100.00", Some(("D1", "2026-03-01"))), open("2026-03-03")]
    }

    fn with(more: &[Value]) -> Vec<Value> {
        first().into_iter().chain(more.iter().cloned()).collect()
    }

    #[test]
    fn the_course_of_a_listing() {
        let second = Some(("D2", "2026-03-10"));
        let again = |reserve: &str, decision| announce("2026-03-10", reserve, decision);
        for (clause, events, state, price, buyer, rounds) in [
            ("nothing", vec![], "draft", None, None, 0),
            ("ZJ 17 announced", first()[..1].to_vec(), "announced", None, None, 1),
            ("bidding", with(&[bid("2026-03-04", "A", "500.00")]), "bidding", None, None, 1),
            (
                "at the reserve",
                with(&[bid("2026-03-04", "A", "100.00"), close("2026-03-09")]),
                "sold",
                Some("100.00"),
                Some("A"),
                1,
            ),
            (
                "below the reserve",
                with(&[bid("2026-03-04", "A", "99.99"), close("2026-03-09")]),
                "no_bid",
                None,
                None,
                1,
            ),
            ("no bid", with(&[close("2026-03-09")]), "no_bid", None, None, 1),
            (
                "the highest",
                with(&[
                    bid("2026-03-04", "A", "120.00"),
                    bid("2026-03-05", "B", "130.00"),
                    bid("2026-03-05", "C", "125.00"),
                    close("2026-03-09"),
                ]),
                "sold",
                Some("130.00"),
                Some("B"),
                1,
            ),
            (
                "the first of equals",
                with(&[
                    bid("2026-03-04", "A", "120.00"),
                    bid("2026-03-05", "B", "120.00"),
                    close("2026-03-09"),
                ]),
                "sold",
                Some("120.00"),
                Some("A"),
                1,
            ),
            (
                "confirmed",
                with(&[
                    bid("2026-03-04", "A", "100.00"),
                    close("2026-03-09"),
                    confirm("2026-03-12", "T-1"),
                ]),
                "confirmed",
                Some("100.00"),
                Some("A"),
                1,
            ),
            (
                "lower, newly decided",
                with(&[close("2026-03-09"), again("99.99", second)]),
                "announced",
                None,
                None,
                2,
            ),
            (
                "lower, decided on the day it closed",
                with(&[close("2026-03-09"), again("99.99", Some(("D2", "2026-03-09")))]),
                "announced",
                None,
                None,
                2,
            ),
            (
                "the same reserve",
                with(&[close("2026-03-09"), again("100.00", None)]),
                "announced",
                None,
                None,
                2,
            ),
            (
                "old bids do not count",
                with(&[
                    bid("2026-03-04", "A", "99.00"),
                    close("2026-03-09"),
                    again("90.00", second),
                    open("2026-03-11"),
                    close("2026-03-12"),
                ]),
                "no_bid",
                None,
                None,
                2,
            ),
        ] {
            let found = listing(&events).expect(clause);
            assert_eq!(found.state.name(), state, "{clause}");
            assert_eq!(found.price.map(|fen| fen.to_string()).as_deref(), price, "{clause}");
            assert_eq!(found.buyer.as_deref(), buyer, "{clause}");
            assert_eq!(found.rounds, rounds, "{clause}");
            assert_eq!(found.proof.first_wrong(), None, "{clause}");
            assert_eq!(found.proof.find("price").is_some(), price.is_some());
            let json = found.json();
            assert_eq!((&json["state"], &json["price"]), (&json!(state), &json!(price)));
            assert_eq!((&json["buyer"], &json["rounds"]), (&json!(buyer), &json!(rounds)));
        }
        let done = with(&[
            bid("2026-03-04", "A", "100.00"),
            close("2026-03-09"),
            confirm("2026-03-12", "T-1"),
        ]);
        let found = listing(&done).expect("confirmed");
        assert_eq!(found.certificate.as_deref(), Some("T-1"));
        assert_eq!(found.json()["certificate"], "T-1");
        assert_eq!(found.reserve, Fen::new(10_000));
        assert_eq!(found.json()["reserve"], "100.00");
    }

    #[test]
    fn steps_that_cannot_follow_are_refused() {
        let lower =
            |decision| with(&[close("2026-03-09"), announce("2026-03-10", "99.99", decision)]);
        for (clause, events, code) in [
            ("ZJ 17 no decision", vec![announce("2026-03-02", "1.00", None)], "E-PRICE-04"),
            (
                "decided afterwards",
                vec![announce("2026-03-02", "1.00", Some(("D1", "2026-03-03")))],
                "E-PRICE-04",
            ),
            (
                "a decision without a name",
                vec![announce("2026-03-02", "1.00", Some((" ", "2026-03-01")))],
                "E-PRICE-04",
            ),
            ("lower, not decided", lower(None), "E-PRICE-04"),
            ("lower, the old decision", lower(Some(("D1", "2026-03-10"))), "E-PRICE-04"),
            ("lower, decided before it closed", lower(Some(("D2", "2026-03-08"))), "E-PRICE-04"),
            ("lower, decided afterwards", lower(Some(("D2", "2026-03-11"))), "E-PRICE-04"),
            (
                "a reserve of nothing",
                vec![announce("2026-03-02", "0.00", Some(("D1", "2026-03-01")))],
                "E-MONEY-02",
            ),
            ("a bid below nothing", with(&[bid("2026-03-04", "A", "-1.00")]), "E-MONEY-02"),
            ("a bid of nobody", with(&[bid("2026-03-04", " ", "1.00")]), "E-INPUT-01"),
            (
                "a bid before it opens",
                vec![first()[0].clone(), bid("2026-03-04", "A", "1.00")],
                "E-INPUT-01",
            ),
            ("opened unannounced", vec![open("2026-03-04")], "E-INPUT-01"),
            ("closed unopened", vec![first()[0].clone(), close("2026-03-04")], "E-INPUT-01"),
            ("announced while bidding", with(&[first()[0].clone()]), "E-DATE-02"),
            (
                "announced twice",
                with(&[announce("2026-03-04", "100.00", Some(("D9", "2026-03-04")))]),
                "E-INPUT-01",
            ),
            (
                "confirmed unsold",
                with(&[close("2026-03-09"), confirm("2026-03-10", "T")]),
                "E-INPUT-01",
            ),
            (
                "confirmed without a certificate",
                with(&[
                    bid("2026-03-04", "A", "100.00"),
                    close("2026-03-09"),
                    confirm("2026-03-10", ""),
                ]),
                "E-INPUT-01",
            ),
            (
                "in the future",
                vec![announce("2026-06-02", "1.00", Some(("D1", "2026-03-01")))],
                "E-DATE-03",
            ),
            ("too many", vec![open("2026-03-04"); 10_001], "E-SIZE"),
        ] {
            assert_eq!(listing(&events).map_err(|r| r.code).err(), Some(code), "{clause}");
        }
        let refusal = listing(&lower(None)).expect_err("lower");
        assert!(refusal.message.en.contains("below 100.00"));
        assert_eq!(refusal.rule, "ZJ 17");
        assert_eq!(refusal.place.value.as_deref(), Some("99.99"));
    }
}
