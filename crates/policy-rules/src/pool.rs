//! Pools: what each claim is paid when there may not be enough for all (I7).

use kernel::{Fen, Proof, Ratio, Refusal};

/// A claim on a pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// What names it; ties go by it.
    pub code: String,
    /// What it would be paid if there were enough.
    pub amount: Fen,
}

/// How a pool is shared when it is short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sharing {
    /// Each the same part of its claim: the method of largest remainders, ties by code.
    ProRata,
    /// In order, until it is empty; the last one is paid what is left.
    InOrder,
}

/// What each claim is paid, in the order of the claims, with the proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allocation {
    /// Claims with what they are paid.
    pub paid: Vec<(String, Fen)>,
    /// What is left in the pool.
    pub left: Fen,
    /// How it came about.
    pub proof: Proof,
}

/// Shares a budget among claims: what is paid sums to the budget, or to the claims when they are
/// less.
///
/// Fails with `E-MONEY-02` for a claim or budget below nothing, `E-PAY-03` for two claims of one
/// code, `E-MONEY-04` past the bounds of money.
pub fn allocate(claims: &[Claim], budget: Fen, sharing: Sharing) -> Result<Allocation, Refusal> {
    let rule = "what a pool pays never passes its budget (I7)";
    let past = || Refusal::new("E-MONEY-04", rule, "金额过大", "the amount is too large");
    let mut codes: Vec<&str> = claims.iter().map(|claim| claim.code.as_str()).collect();
    codes.sort_unstable();
    if let Some(twice) = codes.windows(2).find(|pair| pair[0] == pair[1]) {
        let (zh, en) = ("同一笔不能兑付两次", "one claim is not paid twice");
        return Err(Refusal::new("E-PAY-03", en, zh, en).value(twice[0]));
    }
    let below = claims.iter().map(|claim| claim.amount).chain([budget]).find(|fen| fen.fen() < 0);
    if let Some(below) = below {
        let en = "an amount below nothing";
        return Err(Refusal::new("E-MONEY-02", rule, "金额为负", en).value(&below.to_string()));
    }
    let total = Fen::sum(claims.iter().map(|claim| claim.amount)).ok_or_else(past)?;
    let amounts = match sharing {
        _ if total <= budget => claims.iter().map(|claim| claim.amount).collect(),
        Sharing::ProRata => pro_rata(claims, budget, total).ok_or_else(past)?,
        Sharing::InOrder => {
            let mut left = budget;
            let mut paid = Vec::with_capacity(claims.len());
            for claim in claims {
                let one = claim.amount.min(left);
                left = left.minus(one).ok_or_else(past)?;
                paid.push(one);
            }
            paid
        }
    };
    let sum = Fen::sum(amounts.iter().copied()).ok_or_else(past)?;
    let left = budget.minus(sum).ok_or_else(past)?;
    let each = claims.iter().zip(&amounts).map(|(claim, paid)| {
        let parts = vec![Proof::fact("claimed", claim.amount)];
        Proof::step(claim.code.clone(), *paid, "share", parts)
    });
    let of = Proof::step("paid", sum, "sum", each.collect());
    let way = match sharing {
        _ if total <= budget => "in_full",
        Sharing::ProRata => "largest_remainder",
        Sharing::InOrder => "in_order",
    };
    let parts = vec![Proof::fact("budget", budget), of];
    let left_proof = Proof::step("left", left, "difference", parts);
    let proof = Proof::step("allocation", way, "choice", vec![left_proof]);
    let paid = claims.iter().map(|claim| claim.code.clone()).zip(amounts).collect();
    Ok(Allocation { paid, left, proof })
}

/// Parts in proportion, to the fen: the fen that are left go to the largest remainders, among equal
/// ones to the code that comes first.
fn pro_rata(claims: &[Claim], budget: Fen, total: Fen) -> Option<Vec<Fen>> {
    let (budget, total) = (i128::from(budget.fen()), i128::from(total.fen()));
    let mut paid = Vec::with_capacity(claims.len());
    let mut order = Vec::with_capacity(claims.len());
    for (at, claim) in claims.iter().enumerate() {
        let product = i128::from(claim.amount.fen()).checked_mul(budget)?;
        paid.push(product / total);
        order.push((std::cmp::Reverse(product % total), claim.code.as_str(), at));
    }
    let left = budget - paid.iter().sum::<i128>();
    order.sort_unstable();
    for (.., at) in order.iter().take(usize::try_from(left).ok()?) {
        paid[*at] += 1;
    }
    paid.into_iter().map(|fen| i64::try_from(fen).ok().and_then(Fen::new)).collect()
}

/// Which part of its claims a pool pays; for pages.
pub fn quota(budget: Fen, claimed: Fen) -> Option<Ratio> {
    match claimed <= budget {
        true => Some(Ratio::ONE),
        false => Ratio::between(budget, claimed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn yuan(text: &str) -> Fen {
        Fen::parse(text).expect("yuan")
    }

    fn claims(count: usize, amount: &str) -> Vec<Claim> {
        let one = |at: usize| Claim { code: format!("F{at:03}"), amount: yuan(amount) };
        (1..=count).map(one).collect()
    }

    /// Scenario 8: 37 firms claim 300,000 each of ten million.
    #[test]
    fn a_short_pool_is_shared_to_the_fen() {
        let shared = allocate(&claims(37, "300000"), yuan("10000000"), Sharing::ProRata);
        let shared = shared.expect("shared");
        assert_eq!(shared.paid[0], ("F001".to_string(), yuan("270270.28")));
        assert!(shared.paid[1..].iter().all(|(_, paid)| *paid == yuan("270270.27")));
        assert_eq!(Fen::sum(shared.paid.iter().map(|(_, paid)| *paid)), Some(yuan("10000000")));
        assert_eq!((shared.left, shared.proof.first_wrong()), (yuan("0"), None));
        // One consent is withdrawn: the others are paid anew, and still sum to the fen.
        let again = allocate(&claims(36, "300000"), yuan("10000000"), Sharing::ProRata);
        let again = again.expect("shared");
        assert_eq!(again.paid[0].1, yuan("277777.78"));
        assert_eq!(Fen::sum(again.paid.iter().map(|(_, paid)| *paid)), Some(yuan("10000000")));
        assert_ne!(again.proof.digest(), shared.proof.digest());
    }

    #[test]
    fn claims_in_order_and_in_full() {
        let all = claims(3, "100");
        let order = allocate(&all, yuan("250.5"), Sharing::InOrder).expect("shared");
        let paid: Vec<String> = order.paid.iter().map(|(_, paid)| paid.to_string()).collect();
        assert_eq!(paid, ["100.00", "100.00", "50.50"]);
        let full = allocate(&all, yuan("300"), Sharing::ProRata).expect("shared");
        assert_eq!((full.left, full.paid[2].1), (yuan("0"), yuan("100")));
        assert_eq!(quota(yuan("150"), yuan("300")), Some(Ratio::percent(50)));
        let twice = [all[0].clone(), all[0].clone()];
        let code = |claims: &[Claim], budget: &str| {
            allocate(claims, yuan(budget), Sharing::ProRata).map_err(|refusal| refusal.code).err()
        };
        assert_eq!(code(&twice, "1"), Some("E-PAY-03"));
        let below = [Claim { code: "F".into(), amount: yuan("-1") }];
        assert_eq!(code(&below, "1"), Some("E-MONEY-02"));
        assert_eq!(code(&all, "-1"), Some("E-MONEY-02"));
    }

    proptest! {
        #[test]
        fn a_pool_is_never_passed(amounts in prop::collection::vec(0i64..10_000_000, 0..40), budget in 0i64..100_000_000, order: bool) {
            let claims: Vec<Claim> = amounts.iter().enumerate()
                .map(|(at, fen)| Claim { code: format!("{at}"), amount: Fen::new(*fen).expect("fen") })
                .collect();
            let sharing = if order { Sharing::InOrder } else { Sharing::ProRata };
            let budget = Fen::new(budget).expect("fen");
            let shared = allocate(&claims, budget, sharing).expect("shared");
            let total: i64 = amounts.iter().sum();
            let paid: i64 = shared.paid.iter().map(|(_, fen)| fen.fen()).sum();
            prop_assert_eq!(paid, total.min(budget.fen()));
            prop_assert_eq!(shared.left.fen(), budget.fen() - paid);
            for ((_, paid), claim) in shared.paid.iter().zip(&claims) {
                prop_assert!(*paid <= claim.amount);
            }
            prop_assert_eq!(shared.proof.first_wrong(), None);
        }
    }
}
