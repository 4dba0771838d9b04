//! What happened in a transfer office, as typed events: reports are derived from these, never typed.

use crate::input::{On, Yuan};
use crate::output;
use kernel::proof::{Cite, Shown};
use kernel::{Fen, Proof};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Who takes a licence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Licensee {
    /// A startup that the technology began.
    Startup,
    /// A small company.
    Small,
    /// A large company.
    Large,
    /// Nobody stated it.
    Unknown,
}

/// What licence income is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Income {
    /// Running royalties.
    RunningRoyalty,
    /// Equity that was sold.
    CashedEquity,
    /// Entry fees, milestones and the like.
    Fee,
}

/// Who receives distributed income.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Receiver {
    /// The people who made and transferred it.
    People,
    /// The unit.
    Unit,
    /// Its transfer office.
    Office,
}

/// How a result was transformed (TL 16).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// 自行实施.
    OwnUse,
    /// 转让.
    Assignment,
    /// 许可.
    Licence,
    /// 合作.
    Cooperation,
    /// 作价投资.
    Equity,
    /// Another way that was agreed.
    Other,
}

impl Route {
    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            Route::OwnUse => "own_use",
            Route::Assignment => "assignment",
            Route::Licence => "licence",
            Route::Cooperation => "cooperation",
            Route::Equity => "equity",
            Route::Other => "other",
        }
    }
}

/// What happened.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields, tag = "kind")]
pub enum What {
    /// Money went into research.
    ResearchSpent {
        /// How much.
        amount: Yuan,
    },
    /// A disclosure came in.
    Disclosed {
        /// Which.
        disclosure: String,
    },
    /// A result was obtained.
    ResultObtained {
        /// Which.
        result: String,
    },
    /// A patent was applied for.
    PatentFiled {
        /// Which.
        application: String,
        /// Whether it is a first application and no continuation.
        new: bool,
    },
    /// A licence was signed.
    LicenceSigned {
        /// Which.
        licence: String,
        /// Whether it is exclusive.
        exclusive: bool,
        /// Who takes it.
        licensee: Licensee,
        /// Whether equity is part of the price.
        equity: bool,
    },
    /// A licence ended.
    LicenceEnded {
        /// Which.
        licence: String,
    },
    /// An option was signed.
    OptionSigned {
        /// Which.
        option: String,
    },
    /// Income of a licence was received.
    LicenceIncome {
        /// Of which licence; absent when the entry names none.
        #[serde(default)]
        licence: Option<String>,
        /// How much.
        amount: Yuan,
        /// What for.
        income: Income,
    },
    /// Legal fees were paid.
    LegalFeeSpent {
        /// How much.
        amount: Yuan,
    },
    /// Legal fees were paid back by licensees.
    LegalFeeReimbursed {
        /// How much.
        amount: Yuan,
    },
    /// A startup began.
    StartupFormed {
        /// Which.
        startup: String,
        /// The licence without which it would not have begun.
        #[serde(default)]
        licence: Option<String>,
        /// Whether it sits in the home region.
        home: bool,
    },
    /// A startup ceased.
    StartupCeased {
        /// Which.
        startup: String,
    },
    /// A product came to the market.
    ProductLaunched {
        /// Which.
        product: String,
        /// Under which licence.
        licence: String,
    },
    /// A result was transformed.
    Transformed {
        /// The contract.
        contract: String,
        /// How.
        route: Route,
        /// For how much; unknown while not stated.
        #[serde(default)]
        amount: Option<Yuan>,
    },
    /// Income was distributed.
    Distributed {
        /// Of which contract.
        contract: String,
        /// To whom.
        to: Receiver,
        /// How much.
        amount: Yuan,
    },
}

impl What {
    /// Whether it counts in years after its own: what is counted once and what may still be active.
    pub fn lasts(&self) -> bool {
        matches!(
            self,
            What::Disclosed { .. }
                | What::PatentFiled { .. }
                | What::LicenceSigned { .. }
                | What::LicenceEnded { .. }
                | What::OptionSigned { .. }
                | What::StartupFormed { .. }
                | What::StartupCeased { .. }
        )
    }

    /// The money it is about.
    pub fn amount(&self) -> Option<Fen> {
        match self {
            What::ResearchSpent { amount }
            | What::LicenceIncome { amount, .. }
            | What::LegalFeeSpent { amount }
            | What::LegalFeeReimbursed { amount }
            | What::Distributed { amount, .. } => Some(amount.0),
            What::Transformed { amount, .. } => amount.map(|amount| amount.0),
            _ => None,
        }
    }
}

/// Something that happened on a day, under an id that figures refer to.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// Its id.
    pub id: String,
    /// The day.
    pub on: On,
    /// What.
    pub what: What,
}

/// A number of a report, with the events behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// What it is, such as `licence_income`.
    pub key: &'static str,
    /// Its number in a survey, such as `Q5.4`.
    pub question: Option<&'static str>,
    /// What it came to: a count, money, a share, or unknown.
    pub value: Shown,
    /// The ids of the events behind it, in order.
    pub events: Vec<String>,
    /// How it came about.
    pub proof: Proof,
}

impl Figure {
    /// As JSON: `key`, `question`, `value`, `type`, `events`, `proof`.
    pub fn json(&self) -> Value {
        json!({
            "key": self.key,
            "question": self.question,
            "value": self.value.text(),
            "type": self.value.kind(),
            "events": self.events,
            "proof": output::proof(&self.proof),
        })
    }

    /// How many events there are.
    pub(crate) fn count(key: &'static str, events: &[&Event], cite: &Arc<Cite>) -> Figure {
        let parts = events.iter().map(|one| Proof::fact(one.id.clone(), one.on.0)).collect();
        let value = Shown::Number(crate::bound::number(events.len()));
        Figure::new(key, value, "count", parts, events, cite)
    }

    /// What their money sums to: unknown when one's is, or past the bound of money.
    pub(crate) fn money(key: &'static str, events: &[&Event], cite: &Arc<Cite>) -> Figure {
        let amounts: Option<Vec<Fen>> = events.iter().map(|one| one.what.amount()).collect();
        let leaf = |one: &&Event| {
            Proof::fact(one.id.clone(), one.what.amount().map_or(Shown::Unknown, Shown::Money))
        };
        let parts = events.iter().map(leaf).collect();
        let sum = amounts.map(Fen::sum);
        let (value, how) = match sum {
            Some(Some(sum)) => (Shown::Money(sum), "sum"),
            Some(None) => (Shown::Unknown, "choice"),
            None => (Shown::Unknown, "sum"),
        };
        Figure::new(key, value, how, parts, events, cite)
    }

    pub(crate) fn new(
        key: &'static str,
        value: Shown,
        how: &'static str,
        parts: Vec<Proof>,
        events: &[&Event],
        cite: &Arc<Cite>,
    ) -> Figure {
        let proof = Proof::step(key, value.clone(), how, parts).citing(cite);
        let events = events.iter().map(|one| one.id.clone()).collect();
        Figure { key, question: None, value, events, proof }
    }

    /// Under a number of a survey.
    pub(crate) fn asked(mut self, question: &'static str) -> Figure {
        self.question = Some(question);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_is_read_by_the_name_it_is_written_by() {
        let names = ["own_use", "assignment", "licence", "cooperation", "equity", "other"];
        for name in names {
            let route: Route = serde_json::from_value(name.into()).expect(name);
            assert_eq!(route.name(), name);
        }
    }
}
