//! What a change of a policy changes: for which firms, and by how much.

use crate::evaluate::{Granted, decide};
use crate::facts::Facts;
use crate::standing::Standing;
use kernel::{Fen, Refusal};

/// A firm whose result changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Whose it is.
    pub who: String,
    /// What it was.
    pub before: Granted,
    /// What it is.
    pub after: Granted,
    /// By how much, when both are amounts.
    pub by: Option<Fen>,
}

/// Who is granted something else by one version than by the other, in the order of the firms.
///
/// Fails like [`Facts::bind`], naming the firm.
pub fn diff<'f>(
    before: &Standing<'_>,
    after: &Standing<'_>,
    firms: impl IntoIterator<Item = (&'f str, &'f Facts)>,
) -> Result<Vec<Changed>, Refusal> {
    let mut changed = Vec::new();
    for (who, facts) in firms {
        let result = |standing: &Standing<'_>| {
            let inputs = facts.bind(standing.policy).map_err(|refusal| refusal.file(who))?;
            Ok::<Granted, Refusal>(decide(standing, &inputs).granted)
        };
        let (was, is) = (result(before)?, result(after)?);
        if was != is {
            let by = amount(is).zip(amount(was)).and_then(|(is, was)| is.minus(was));
            changed.push(Changed { who: who.to_string(), before: was, after: is, by });
        }
    }
    Ok(changed)
}

/// The amount of what is granted; of a bound its upper end, nothing for what is not granted.
pub fn amount(granted: Granted) -> Option<Fen> {
    match granted {
        Granted::Nothing => Fen::new(0),
        Granted::Exact(fen) | Granted::UpTo(fen) => Some(fen),
        Granted::Plain | Granted::Range(..) | Granted::Unknown => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{VOUCHER, calendar, moment, policy};
    use serde_json::json;

    #[test]
    fn only_those_whose_result_changes_are_named() {
        let (one, other) = (policy(VOUCHER), policy(&VOUCHER.replace("30%", "40%")));
        let now = moment("2025-08-01");
        let (before, after) =
            (Standing::at(&one, now, calendar()), Standing::at(&other, now, calendar()));
        let firm = |corpus: &str, staff: u32| {
            let facts = json!({"deal.corpus": corpus, "deal.affiliated": 0,
                "firm.good_credit": true, "firm.staff": staff});
            Facts::from_json(&facts).expect("facts")
        };
        let firms = [("甲", firm("1000", 10)), ("乙", firm("1000", 9)), ("丙", firm("0", 10))];
        let firms = firms.iter().map(|(who, facts)| (*who, facts));
        let changed = diff(&before, &after, firms).expect("sound");
        assert_eq!(changed.len(), 1);
        assert_eq!((changed[0].who.as_str(), changed[0].by), ("甲", Fen::parse("100").ok()));
    }
}
