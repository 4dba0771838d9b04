//! Taxes of technology transfer, where the law's text is known; where it is not, unknown.
//!
//! Source: CIT 90 (a resident enterprise's yearly income from technology transfer: exempt up to a
//! sum, half of the rest taxed); CS36 (relief from value-added tax until 2026-01-01, unknown since).

use crate::input::Yuan;
use crate::net_income::{not_negative, too_large};
use crate::output;
use kernel::{Fen, Proof, Refusal, Rounding, Shown};
use schema::{Lookup, Setting};
use serde::Deserialize;
use serde_json::{Value, json};

/// A resident enterprise's year.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransferYear {
    /// Income from technology transfer in the year.
    pub income: Yuan,
    /// Whether every contract behind it is registered; without, no relief (SHTM 20).
    pub registered: Option<bool>,
}

/// What is taxed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taxed {
    /// What of the income is taxed; `None` while it is not known whether contracts are registered.
    pub taxable: Option<Fen>,
    /// The tax on it.
    pub tax: Option<Fen>,
    /// How it came about.
    pub proof: Proof,
}

impl Taxed {
    /// As JSON.
    pub fn json(&self) -> Value {
        json!({
            "taxable": self.taxable.map(|fen| fen.to_string()),
            "tax": self.tax.map(|fen| fen.to_string()),
            "proof": output::proof(&self.proof),
        })
    }
}

/// The enterprise income tax on a year's technology transfer.
///
/// Fails with `E-MONEY-02` below zero and like the rulebook.
pub fn income_tax(facts: &TransferYear, law: &Lookup<'_>) -> Result<Taxed, Refusal> {
    let income = not_negative(facts.income.0, "income")?;
    let (exempt, exempt_rule) = law.money("cit.exempt")?;
    let (part, part_rule) = law.ratio("cit.excess")?;
    let (rate, rate_rule) = law.ratio("cit.rate")?;
    let registered = match facts.registered {
        Some(registered) => Shown::Truth(registered),
        None => Shown::Unknown,
    };
    let excess = income.minus(exempt).ok_or_else(too_large)?.max(Fen::ZERO);
    let taxable = match facts.registered {
        None => None,
        Some(false) => Some(income),
        Some(true) => Some(part.of(excess, Rounding::HalfUp).ok_or_else(too_large)?),
    };
    let tax = taxable
        .map(|taxable| rate.of(taxable, Rounding::HalfUp).ok_or_else(too_large))
        .transpose()?;
    let shown = |fen: Option<Fen>| fen.map_or(Shown::Unknown, Shown::Money);
    let parts = vec![
        Proof::fact("transfer_income", income),
        Proof::fact("contract_registered", registered),
        exempt_rule.proof(),
        part_rule.proof(),
    ];
    let base = Proof::step("taxable_income", shown(taxable), "choice", parts);
    let base = base.citing(&exempt_rule.cite);
    let proof = Proof::step("income_tax", shown(tax), "share", vec![base, rate_rule.proof()]);
    Ok(Taxed { taxable, tax, proof })
}

/// Whether value-added tax is waived; `None` where the text in force is not known.
pub fn vat_exempt(law: &Lookup<'_>) -> Result<(Option<bool>, Proof), Refusal> {
    let rule = law.get("vat.exempt")?;
    let answer = match rule.setting {
        Setting::Truth(truth) => Some(truth),
        _ => None,
    };
    Ok((answer, rule.proof()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkit::{book, day, yuan};

    fn ask(income: &str, registered: Option<bool>) -> Result<Taxed, &'static str> {
        let law = book().lookup("shanghai", day("2026-12-31"), day("2026-12-31"));
        let facts = TransferYear { income: Yuan(yuan(income)), registered };
        income_tax(&facts, &law).map_err(|refusal| refusal.code)
    }

    #[test]
    fn scenario_5f_and_both_sides_of_the_exempt_sum() {
        for (income, taxable, tax) in [
            ("8000000", "1500000", "375000"),
            ("5000000", "0", "0"),
            ("5000000.01", "0.01", "0"),
            ("5000000.02", "0.01", "0"),
            ("5000000.04", "0.02", "0.01"),
            ("4999999.99", "0", "0"),
            ("0", "0", "0"),
        ] {
            let found = ask(income, Some(true)).expect("taxed");
            assert_eq!(found.taxable, Some(yuan(taxable)), "{income}");
            assert_eq!(found.tax, Some(yuan(tax)), "{income}");
            assert_eq!(found.proof.value.text(), yuan(tax).to_string());
        }
        let json = ask("8000000", Some(true)).expect("taxed").json();
        assert_eq!((&json["taxable"], &json["tax"]), (&json!("1500000.00"), &json!("375000.00")));
    }

    #[test]
    fn unregistered_contracts_have_no_relief_and_unknown_stays_unknown() {
        let found = ask("1000", Some(false)).expect("taxed");
        assert_eq!((found.taxable, found.tax), (Some(yuan("1000")), Some(yuan("250"))));
        let found = ask("1000", None).expect("unknown");
        assert_eq!((found.taxable, found.tax), (None, None));
        assert_eq!(found.proof.value, Shown::Unknown);
        assert_eq!(ask("-0.01", Some(true)).err(), Some("E-MONEY-02"));
    }

    #[test]
    fn value_added_tax_is_unknown_since_its_law_began() {
        let ask = |on| {
            let law = book().lookup("shanghai", day(on), day("2026-12-31"));
            vat_exempt(&law).map(|(answer, _)| answer).map_err(|refusal| refusal.code)
        };
        assert_eq!(ask("2016-04-30"), Err("E-RULE-01"));
        assert_eq!(ask("2016-05-01"), Ok(Some(true)));
        assert_eq!(ask("2025-12-31"), Ok(Some(true)));
        assert_eq!(ask("2026-01-01"), Ok(None));
        let law = book().lookup("shanghai", day("2026-01-01"), day("2026-12-31"));
        let proof = vat_exempt(&law).map(|(_, proof)| proof.value);
        assert_eq!(proof, Ok(Shown::Unknown));
    }
}
