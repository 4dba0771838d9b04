//! What fits a demand.

use crate::app::App;
use crate::ask::Asked;
use crate::problem::Result;
use crate::wire::label::Label;
use crate::wire::matching::{
    ConstraintTerm, DeclineReason, FailedConstraint, InstitutionCount, MatchVocabulary, Matches,
    VocabularyTerm,
};
use atlas::answer;
use atlas::demand::{self, Demand};
use kernel::EntityId;
use matching::{Compare, Rules};
use std::collections::BTreeMap;

/// What a demand may ask for, and why an offer may be declined.
pub fn vocabulary(rules: &Rules) -> Result<MatchVocabulary> {
    let term = |key: &str, label: &kernel::Label| VocabularyTerm {
        key: key.to_string(),
        label: label.into(),
    };
    let offered = demand::offered_kinds(rules)?;
    let kinds = rules.kinds().filter(|kind| offered.contains(&kind.key));
    let constraint = |one: &matching::Constraint| ConstraintTerm {
        key: one.key.clone(),
        label: (&one.label).into(),
        kind: match (one.compare, one.names.is_empty()) {
            (Compare::Affordable, _) => "money",
            (Compare::Overlap, _) => "date",
            (_, false) => "choice",
            (_, true) => "text",
        }
        .to_string(),
        choices: one.names.iter().map(|(key, label)| term(key, label)).collect(),
    };
    let reason = |one: &matching::Reason| DeclineReason {
        code: one.code.clone(),
        label: (&one.label).into(),
    };
    Ok(MatchVocabulary {
        kinds: kinds.map(|kind| term(&kind.key, &kind.label)).collect(),
        constraints: rules.constraints().iter().map(constraint).collect(),
        decline_reasons: rules.reasons().map(reason).collect(),
    })
}

/// What fits a demand, best first.
pub fn matches(
    asked: &mut Asked<'_, '_>,
    app: &App,
    demand: &Demand,
    limit: usize,
) -> Result<Matches> {
    let rules = app.rules();
    let canonical = demand.canonical();
    let answers = answer::standing(asked.tx)?;
    let view = asked.view;
    let (found, groups) = app.with_supply(asked.tx, view, |supply| {
        let found = supply.matching(view, demand, &answers, limit)?;
        let mut groups: BTreeMap<String, (Option<EntityId>, usize)> = BTreeMap::new();
        for one in &found.matches {
            let group = supply.group(&one.record.group);
            groups.entry(one.record.group.clone()).or_insert((group, 0)).1 += 1;
        }
        Ok((found, groups))
    })?;
    let look = asked.look();
    let digest = answer::demand_digest(&canonical);
    let given: BTreeMap<EntityId, &answer::Answer> =
        answers.iter().filter(|one| one.digest == digest).map(|one| (one.entity, one)).collect();
    let result = |one: &matching::Match| {
        let id: Option<EntityId> = one.record.id.parse().ok();
        let before = id.and_then(|id| given.get(&id)).map(|one| look.answer(rules, one));
        look.match_result(one, before)
    };
    let covered = |(label, (institution, count)): (String, (Option<EntityId>, usize))| {
        InstitutionCount { institution: institution.map(|id| look.entity(id)), label, count }
    };
    let mut coverage: Vec<InstitutionCount> = groups.into_iter().map(covered).collect();
    coverage.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.label.cmp(&b.label)));
    let failed: Vec<FailedConstraint> = found
        .failed
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(key, count)| FailedConstraint {
            key: key.clone(),
            label: rules
                .constraint(key)
                .map_or_else(|| Label::new(key, key), |constraint| (&constraint.label).into()),
            count: *count,
        })
        .collect();
    Ok(Matches {
        demand: demand::short_name(&canonical),
        items: found.matches.iter().filter_map(result).collect(),
        looked_at: found.looked_at,
        excluded: failed.iter().map(|one| one.count).sum(),
        failed,
        coverage,
        learnt_from: answers.len(),
    })
}
