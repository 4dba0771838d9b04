//! What a contract makes due: entry fee, instalments, royalties with their minimum, milestones.
//!
//! Each obligation names the clause it comes from (I9). Source: CC 846.

use crate::contract::{Payment, Royalty};
use crate::input::{On, Share, Yuan};
use crate::net_income::{bounded, not_negative, too_large};
use crate::output;
use kernel::{Day, Fen, Proof, Ratio, Refusal, Rounding};
use serde::Deserialize;
use serde_json::{Value, json};

/// What one year brought, on which a royalty is counted.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Year {
    /// The day by which its royalty is paid.
    pub due: On,
    /// The base: sales, profit, as the contract says; `None` while it is not reported.
    pub base: Option<Yuan>,
}

/// Something that is paid once it happens.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Milestone {
    /// What it is called.
    pub name: String,
    /// How much.
    pub amount: Yuan,
    /// The day by which it is paid, once it was reached.
    pub due: Option<On>,
}

/// A least royalty.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Minimum {
    /// How much a year.
    pub amount: Yuan,
    /// From this year of the contract on, the first being 1.
    pub from_year: u32,
}

/// What a contract makes due.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// The price, for payments at once.
    pub price: Option<Yuan>,
    /// How it is paid.
    pub payment: Payment,
    /// When fixed sums are due, in their order: the price, the instalments, or the entry fee.
    pub due: Vec<On>,
    /// A least royalty.
    pub minimum: Option<Minimum>,
    /// The years, in order.
    #[serde(default)]
    pub years: Vec<Year>,
    /// Milestones.
    #[serde(default)]
    pub milestones: Vec<Milestone>,
}

/// Something due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obligation {
    /// What it is within its contract: `entry`, `royalty.2`, `milestone.…`.
    pub key: String,
    /// The clause it comes from.
    pub clause: &'static str,
    /// How much; `None` while its base is not reported.
    pub amount: Option<Fen>,
    /// The last day to pay; `None` until a milestone is reached.
    pub due: Option<Day>,
    /// How the amount came about.
    pub proof: Proof,
}

impl Obligation {
    /// As JSON.
    pub fn json(&self) -> Value {
        json!({
            "key": self.key,
            "clause": self.clause,
            "amount": self.amount.map(|amount| amount.to_string()),
            "due": self.due.map(|due| due.to_string()),
            "proof": output::proof(&self.proof),
        })
    }
}

fn fixed(key: String, clause: &'static str, amount: Fen, due: Option<Day>) -> Obligation {
    let proof = Proof::step("due", amount, "sum", vec![Proof::fact(clause, amount)]);
    Obligation { key, clause, amount: Some(amount), due, proof }
}

/// Everything a contract makes due.
///
/// Fails with `E-INPUT-02` (a sum without a day or a day without a sum, a royalty without a rate,
/// years that go on past the rates), `E-MONEY-02`, `E-SHARE-02`, `E-DATE-02` (years out of order),
/// `E-SIZE`.
pub fn obligations(terms: &Terms) -> Result<Vec<Obligation>, Refusal> {
    bounded(terms.years.len(), "years")?;
    bounded(terms.milestones.len(), "milestones")?;
    bounded(terms.due.len(), "due")?;
    let mut all = Vec::new();
    let (sums, royalty): (Vec<(&'static str, Fen)>, Option<&Royalty>) = match &terms.payment {
        Payment::Once => {
            let price = terms.price.ok_or_else(|| missing("price", "价款", "the price"))?;
            (vec![("price", price.0)], None)
        }
        Payment::Instalments { amounts } => {
            bounded(amounts.len(), "payment.amounts")?;
            (amounts.iter().map(|amount| ("instalment", amount.0)).collect(), None)
        }
        Payment::Royalty { royalty } => (Vec::new(), Some(royalty)),
        Payment::EntryAndRoyalty { entry, royalty } => (vec![("entry", entry.0)], Some(royalty)),
    };
    if sums.len() != terms.due.len() {
        return Err(missing("due", "每笔款项的付款日", "a day for each sum"));
    }
    for (at, ((clause, amount), due)) in sums.iter().zip(&terms.due).enumerate() {
        let amount = not_negative(*amount, clause)?;
        let key = match *clause {
            "instalment" => format!("instalment.{}", at + 1),
            other => other.to_string(),
        };
        all.push(fixed(key, clause, amount, Some(due.0)));
    }
    if let Some(royalty) = royalty {
        royalties(terms, royalty, &mut all)?;
    } else if !terms.years.is_empty() {
        return Err(missing("payment", "提成条款", "a royalty for these years"));
    }
    for milestone in &terms.milestones {
        let amount = not_negative(milestone.amount.0, "milestones")?;
        let key = format!("milestone.{}", milestone.name);
        all.push(fixed(key, "milestone", amount, milestone.due.map(|due| due.0)));
    }
    Ok(all)
}

fn missing(column: &str, zh: &str, en: &str) -> Refusal {
    let (zh, en) = (format!("请写明{zh}"), format!("say {en}"));
    Refusal::new("E-INPUT-02", "CC 846", zh, en).column(column)
}

fn royalties(terms: &Terms, royalty: &Royalty, all: &mut Vec<Obligation>) -> Result<(), Refusal> {
    let late = terms.years.windows(2).position(|pair| pair[1].due <= pair[0].due);
    if let Some(at) = late {
        let (zh, en) = ("各年付款日应依次递增", "each year is paid after the one before");
        let refusal = Refusal::new("E-DATE-02", en, zh, en);
        return Err(refusal.column(&format!("years[{}].due", at + 1)));
    }
    for (at, year) in terms.years.iter().enumerate() {
        let number = at + 1;
        let rate = match royalty.rates.as_slice() {
            [only] => Some(only),
            many => many.get(at),
        };
        let Share(rate) =
            *rate.ok_or_else(|| missing("rates", "该年的提成比例", "the rate of each year"))?;
        if !rate.is_share() {
            let (zh, en) = ("提成比例应在 0 至 100% 之间", "a rate lies from 0 to 100 %");
            let refusal = Refusal::new("E-SHARE-02", "CC 846", zh, en);
            return Err(refusal.column("rates").value(&rate.to_string()));
        }
        let (amount, proof) = match year.base {
            None => {
                let parts =
                    vec![Proof::fact("base", kernel::Shown::Unknown), Proof::fact("rate", rate)];
                (None, Proof::step("due", kernel::Shown::Unknown, "share", parts))
            }
            Some(base) => due(terms, number, base.0, rate)?,
        };
        let key = format!("royalty.{number}");
        all.push(Obligation { key, clause: "royalty", amount, due: Some(year.due.0), proof });
    }
    Ok(())
}

/// The royalty of a year: the rate on the base, half a fen up, topped up to the minimum.
fn due(
    terms: &Terms,
    number: usize,
    base: Fen,
    rate: Ratio,
) -> Result<(Option<Fen>, Proof), Refusal> {
    let base = not_negative(base, "years")?;
    let earned = rate.of(base, Rounding::HalfUp).ok_or_else(too_large)?;
    let parts = vec![Proof::fact("base", base), Proof::fact("rate", rate)];
    let royalty = Proof::step("royalty", earned, "share", parts);
    let least = terms
        .minimum
        .as_ref()
        .filter(|minimum| number >= minimum.from_year as usize)
        .map(|minimum| not_negative(minimum.amount.0, "minimum"))
        .transpose()?;
    let Some(least) = least else {
        return Ok((Some(earned), Proof::step("due", earned, "sum", vec![royalty])));
    };
    let amount = earned.max(least);
    let parts = vec![royalty, Proof::fact("minimum", least)];
    Ok((Some(amount), Proof::step("due", amount, "largest", parts)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input;
    use crate::testkit::{day, yuan};
    use serde_json::json;

    fn scenario_2() -> Value {
        json!({
            "payment": {
                "form": "entry_and_royalty", "entry": "500000",
                "royalty": {"base": "sales", "rates": ["3%"], "audit": true},
            },
            "due": ["2026-04-20"],
            "minimum": {"amount": "200000", "from_year": 2},
            "years": [
                {"due": "2027-03-31", "base": "4000000"},
                {"due": "2028-03-31", "base": "5000000"},
                {"due": "2029-03-31", "base": "12500000"},
            ],
            "milestones": [{"name": "注册证", "amount": "1000000", "due": null}],
        })
    }

    fn with(change: Value) -> Result<Vec<Obligation>, &'static str> {
        let mut value = scenario_2();
        for (key, inner) in change.as_object().expect("an object") {
            value[key] = inner.clone();
        }
        let terms: Terms = input::take(value).map_err(|refusal| refusal.code)?;
        obligations(&terms).map_err(|refusal| refusal.code)
    }

    #[test]
    fn scenario_2_dues() {
        let found = with(json!({})).expect("dues");
        let shown: Vec<_> = found
            .iter()
            .map(|one| (one.key.as_str(), one.clause, one.amount.map(|fen| fen.to_string())))
            .collect();
        let amount = |text: &str| Some(text.to_string());
        assert_eq!(
            shown,
            [
                ("entry", "entry", amount("500000.00")),
                ("royalty.1", "royalty", amount("120000.00")),
                ("royalty.2", "royalty", amount("200000.00")),
                ("royalty.3", "royalty", amount("375000.00")),
                ("milestone.注册证", "milestone", amount("1000000.00")),
            ]
        );
        assert_eq!(found[0].due, Some(day("2026-04-20")));
        assert_eq!(found[2].due, Some(day("2028-03-31")));
        assert_eq!(found[4].due, None);
        assert!(found.iter().all(|one| one.proof.first_wrong().is_none()));
        let earned = found[2].proof.find("royalty").map(|part| part.value.text());
        assert_eq!(earned.as_deref(), Some("150000.00"), "topped up by 50,000");
        assert_eq!((found[1].proof.how, found[2].proof.how), ("sum", "largest"));
        assert_eq!(found[2].json()["amount"], "200000.00");
    }

    #[test]
    fn a_base_that_is_not_reported_stays_unknown() {
        let found = with(json!({"years": [{"due": "2027-03-31", "base": null}]})).expect("dues");
        assert_eq!(found[1].amount, None);
        assert_eq!(found[1].proof.value, kernel::Shown::Unknown);
        assert_eq!(found[1].json()["amount"], Value::Null);
    }

    #[test]
    fn other_ways_of_paying() {
        let once = with(json!({
            "price": "3000000", "payment": {"form": "once"}, "years": [], "milestones": [],
        }));
        let once = once.expect("dues");
        assert_eq!((once.len(), once[0].key.as_str()), (1, "price"));
        assert_eq!(once[0].amount, Some(yuan("3000000")));
        let parts = with(json!({
            "payment": {"form": "instalments", "amounts": ["1", "2.5"]},
            "due": ["2026-04-20", "2026-05-20"], "years": [],
        }));
        let keys: Vec<_> = parts.expect("dues").into_iter().map(|one| one.key).collect();
        assert_eq!(keys, ["instalment.1", "instalment.2", "milestone.注册证"]);
        let rising = with(json!({
            "payment": {"form": "royalty",
                "royalty": {"base": "sales", "rates": ["1%", "2%", "3%"], "audit": false}},
            "due": [], "minimum": null,
        }));
        let amounts: Vec<_> =
            rising.expect("dues").iter().filter_map(|one| one.amount).take(3).collect();
        assert_eq!(amounts, [yuan("40000"), yuan("100000"), yuan("375000")]);
        let edge = with(json!({"minimum": {"amount": "200000", "from_year": 3}})).expect("dues");
        assert_eq!(edge[2].amount, Some(yuan("150000")), "the minimum begins a year later");
    }

    #[test]
    fn what_cannot_be_due_is_refused() {
        let royalty = |rates: Value| {
            json!({"payment": {"form": "entry_and_royalty", "entry": "1",
                "royalty": {"base": "sales", "rates": rates, "audit": true}}})
        };
        for (change, code) in [
            (json!({"due": []}), "E-INPUT-02"),
            (json!({"due": ["2026-04-20", "2026-04-21"]}), "E-INPUT-02"),
            (json!({"payment": {"form": "once"}, "years": []}), "E-INPUT-02"),
            (json!({"price": "1", "payment": {"form": "once"}}), "E-INPUT-02"),
            (royalty(json!([])), "E-INPUT-02"),
            (royalty(json!(["1%", "2%"])), "E-INPUT-02"),
            (royalty(json!(["100.01%"])), "E-SHARE-02"),
            (royalty(json!(["-1%"])), "E-SHARE-02"),
            (json!({"years": [{"due": "2027-03-31", "base": "-1"}]}), "E-MONEY-02"),
            (json!({"minimum": {"amount": "-1", "from_year": 1}}), "E-MONEY-02"),
            (json!({"milestones": [{"name": "a", "amount": "-1", "due": null}]}), "E-MONEY-02"),
            (
                json!({"years": [{"due": "2027-03-31", "base": "1"}, {"due": "2027-03-31", "base": "1"}]}),
                "E-DATE-02",
            ),
        ] {
            assert_eq!(with(change.clone()).err(), Some(code), "{change}");
        }
        assert!(with(royalty(json!(["100%"]))).is_ok());
        assert!(with(royalty(json!(["0%"]))).is_ok());
    }
}
