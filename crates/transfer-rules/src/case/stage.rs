//! Where a case stands: 供给 — 转化 — 落地 in thirteen steps.

/// A stage of a case, named by what it waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Stage {
    /// The completers disclose the result.
    #[default]
    Disclosure,
    /// The office screens it: completeness, ownership, funding, public disclosure.
    Screening,
    /// Maturity, values and market are assessed.
    Assessment,
    /// How it is protected is decided.
    Protection,
    /// A proof of concept or pilot runs.
    ProofOfConcept,
    /// The route is decided.
    Route,
    /// The price is found and made public.
    Pricing,
    /// The contract is signed.
    Contract,
    /// The contract is registered.
    Registration,
    /// It is performed: dues, milestones, receipts.
    Performance,
    /// The income is distributed.
    Distribution,
    /// It is reported.
    Report,
    /// Closed.
    Closed,
}

impl Stage {
    /// All of them, in order.
    pub const ALL: [Stage; 13] = [
        Stage::Disclosure,
        Stage::Screening,
        Stage::Assessment,
        Stage::Protection,
        Stage::ProofOfConcept,
        Stage::Route,
        Stage::Pricing,
        Stage::Contract,
        Stage::Registration,
        Stage::Performance,
        Stage::Distribution,
        Stage::Report,
        Stage::Closed,
    ];

    /// The name in storage and on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Disclosure => "disclosure",
            Stage::Screening => "screening",
            Stage::Assessment => "assessment",
            Stage::Protection => "protection",
            Stage::ProofOfConcept => "proof_of_concept",
            Stage::Route => "route",
            Stage::Pricing => "pricing",
            Stage::Contract => "contract",
            Stage::Registration => "registration",
            Stage::Performance => "performance",
            Stage::Distribution => "distribution",
            Stage::Report => "report",
            Stage::Closed => "closed",
        }
    }
}

/// What must have happened before a kind of event can: `|` between those of which one is enough.
///
/// The order of the standard process; an event that may come at any time has nothing here.
pub fn needs(kind: &str) -> &'static [&'static str] {
    match kind {
        "disclosed" => &["opened"],
        "screened" => &["disclosed"],
        "assessed" | "trl_assessed" => &["screening_passed"],
        "protection_decided" => &["assessed|trl_assessed"],
        "right_recorded" => &["protection_decided"],
        "grant_requested" | "poc_applied" => &["protection_decided"],
        "grant_moved" => &["grant_requested"],
        "poc_moved" => &["poc_applied"],
        "route_decided" => &["protection_decided"],
        "priced" => &["route_decided"],
        "appraised" | "first_refusal_notified" | "co_owner_consented" => &["route_decided"],
        "notice_published" | "listing_moved" => &["priced"],
        "objection_received" => &["notice_published"],
        "objection_decided" => &["objection_received"],
        "contract_signed" => &["priced"],
        "registration_moved" | "sales_reported" | "obligation_met" | "payment_demanded"
        | "received" => &["contract_signed"],
        "cost_booked" => &["route_decided"],
        "distribution_decided" => &["received"],
        "reward_published" => &["distribution_decided"],
        "reward_paid" => &["reward_published"],
        "equity_moved" => &["route_decided"],
        "reported" => &["contract_signed"],
        "opened" => &[],
        _ => &["opened"],
    }
}

/// Whether a kind of event happens once in a case.
pub fn once(kind: &str) -> bool {
    matches!(
        kind,
        "disclosed" | "protection_decided" | "route_decided" | "contract_signed" | "closed"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::event::KINDS;

    #[test]
    fn names_are_their_own() {
        let mut names: Vec<_> = Stage::ALL.iter().map(|stage| stage.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Stage::ALL.len());
    }

    #[test]
    fn what_is_needed_can_happen() {
        for kind in KINDS {
            for need in needs(kind).iter().flat_map(|need| need.split('|')) {
                assert!(KINDS.contains(&need) || need == "screening_passed", "{kind}: {need}");
            }
        }
        assert_eq!(needs("opened"), [""; 0]);
        assert_eq!(needs("noted"), ["opened"]);
        assert_eq!(needs("contract_signed"), ["priced"]);
    }
}
