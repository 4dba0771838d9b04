//! Answers about how the compute platform is shared, and what providers brought.

use super::compute::{Eyes, key_of, tenant};
use crate::ask::Asked;
use crate::wire::label::Label;
use crate::wire::sharing::{
    Holder, Provider, ProviderDay, ProviderKind, ProviderNode, Providers, Reservation, ShareGroup,
    ShareTenant, Sharing, Use,
};
use compute::book::Book;
use compute::{GroupName, ReservationName};
use compute_rules::engine::{self, Engine};
use compute_rules::job::Standing;
use compute_rules::ledger;
use compute_rules::party::{Group, Party};
use compute_rules::provider::{self, providers};
use kernel::{Day, Timestamp};
use std::collections::BTreeMap;

fn group_id(group: Group) -> String {
    GroupName::from(group).to_string()
}

/// What parties hold and have waiting.
type Loads = BTreeMap<Party, (i64, usize)>;

fn loads(engine: &Engine) -> Loads {
    let mut loads = Loads::new();
    for job in engine.jobs() {
        let (running, waiting) = match job.standing {
            // A job without devices counts as one in turns, and holds none.
            Standing::Running { .. } => (job.counted.min(job.request.milli()), 0),
            Standing::Waiting => (0, 1),
            _ => continue,
        };
        let own = Party::Tenant(job.request.tenant);
        for party in std::iter::once(own).chain(engine.within(own).map(Party::Group)) {
            let load = loads.entry(party).or_default();
            load.0 += running;
            load.1 += waiting;
        }
    }
    loads
}

/// Whether a caller may know of a tenant.
fn may_know(book: &Book, eyes: &Eyes, of: ledger::Tenant) -> bool {
    eyes.all || key_of(book, of) == eyes.own
}

/// Whom something is reserved for, where the caller may know: their own, and that of a group of theirs.
pub(super) fn holder(
    asked: &Asked<'_, '_>,
    (engine, book): (&Engine, &Book),
    eyes: &Eyes,
    party: Party,
) -> Option<Holder> {
    match party {
        Party::Tenant(of) => may_know(book, eyes, of).then(|| {
            let of = tenant(asked, key_of(book, of));
            Holder { key: of.key, name: of.name }
        }),
        Party::Group(group) => {
            let own = book.tenant(&eyes.own).map(Party::Tenant);
            let theirs = own.is_some_and(|own| engine.within(own).any(|one| one == group));
            (eyes.all || theirs).then(|| {
                let name = book.group(group).unwrap_or_default();
                Holder { key: group_id(group), name: Label::new(name, name) }
            })
        }
    }
}

fn reservation(
    asked: &Asked<'_, '_>,
    (engine, book): (&Engine, &Book),
    eyes: &Eyes,
    one: &engine::Reservation,
) -> Reservation {
    let nodes = &engine.cluster().nodes;
    let (mut own, mut lent) = (0, 0);
    for job in engine.running() {
        let Standing::Running { places, .. } = &job.standing else { continue };
        let here = places.iter().filter(|place| one.nodes.contains(&(place.node as u32)));
        let milli = here.count() as i64 * job.request.devices * job.request.share;
        if engine.owns(job.request.tenant, one.holder) {
            own += milli;
        } else {
            lent += milli;
        }
    }
    let empty = |node: &u32| engine.empty(*node as usize).map_or(0, |node| node.room());
    Reservation {
        id: ReservationName::from(one.id).to_string(),
        holder: holder(asked, (engine, book), eyes, one.holder),
        nodes: one.nodes.iter().map(|at| nodes[*at as usize].name.clone()).collect(),
        from: one.window.from.to_string(),
        until: one.window.until.to_string(),
        lent_after_ms: one.lent_after,
        milli: one.nodes.iter().map(empty).sum(),
        own,
        lent,
    }
}

/// How the platform is shared, with what the caller may know of it: all of it, or their own place.
pub(crate) fn sharing(
    asked: &Asked<'_, '_>,
    (engine, book): (&Engine, &Book),
    eyes: &Eyes,
) -> Sharing {
    let loads = loads(engine);
    let load = |party: Party| loads.get(&party).copied().unwrap_or_default();
    let within = |party: Party| engine.within(party).next().map(group_id);
    let own: Vec<Group> = book
        .tenant(&eyes.own)
        .map(|own| engine.within(Party::Tenant(own)).collect())
        .unwrap_or_default();
    let groups = book.groups().filter(|(group, _)| eyes.all || own.contains(group));
    let tenants = book.tenants().filter(|(of, _)| may_know(book, eyes, *of));
    let nodes = engine.cluster().nodes.iter().enumerate();
    let there = nodes
        .clone()
        .filter(|(at, _)| !engine.is_lost(*at as u32) && engine.reserved(*at).is_none());
    let common = nodes.filter(|(at, _)| engine.reserved(*at).is_none());
    Sharing {
        groups: groups
            .map(|(group, name)| {
                let party = Party::Group(group);
                let (running, waiting) = load(party);
                ShareGroup {
                    id: group_id(group),
                    name: name.to_string(),
                    within: within(party),
                    weight: engine.weight(party),
                    running,
                    waiting,
                }
            })
            .collect(),
        tenants: tenants
            .map(|(of, key)| {
                let party = Party::Tenant(of);
                let (running, waiting) = load(party);
                ShareTenant {
                    tenant: tenant(asked, key),
                    within: within(party),
                    weight: engine.weight(party),
                    running,
                    waiting,
                }
            })
            .collect(),
        reservations: engine
            .reservations()
            .map(|one| reservation(asked, (engine, book), eyes, one))
            .collect(),
        common: common.map(|(_, node)| node.name.clone()).collect(),
        milli: there.map(|(at, _)| engine.empty(at).map_or(0, |node| node.room())).sum(),
        rights: eyes.rights.clone(),
    }
}

fn use_of(of: &provider::Use) -> Use {
    let whole = |many: i128| i64::try_from(many).unwrap_or(i64::MAX);
    Use { there: whole(of.there), used: whole(of.used), earned: of.earned }
}

/// What each provider brought from one day to another, by the law's clock.
pub(crate) fn brought(
    asked: &Asked<'_, '_>,
    engine: &Engine,
    (from, until): (Day, Day),
) -> Providers {
    let mut days = vec![from];
    while let Some(last) = days.last().filter(|last| **last < until) {
        days.push(last.next());
    }
    let start = |day: &Day| Timestamp::after_legal(day.previous());
    let mut bounds: Vec<Timestamp> = days.iter().map(start).collect();
    bounds.push(Timestamp::after_legal(until));
    let stands = engine.cluster();
    let node = |at: &usize| {
        let spans = engine.presence(*at);
        let lost = engine.is_lost(*at as u32);
        let since = spans.last().map(|(from, until)| until.unwrap_or(*from));
        ProviderNode {
            name: stands.nodes[*at].name.clone(),
            kind: stands.models[stands.nodes[*at].model].clone(),
            devices: stands.nodes[*at].free.len(),
            lost,
            outages: spans.iter().filter(|(_, until)| until.is_some()).count(),
            since: since.unwrap_or(asked.now).to_string(),
        }
    };
    let items = providers(engine, asked.now, &bounds).into_iter().map(|(site, of)| {
        let sum = |one: fn(&provider::Use) -> i128| of.days.iter().map(one).sum();
        let total = provider::Use {
            there: sum(|of| of.there),
            used: sum(|of| of.used),
            earned: of.days.iter().map(|of| of.earned).sum(),
        };
        let kinds = of.kinds.iter().map(|(kind, of)| ProviderKind {
            kind: stands.models[usize::from(*kind)].clone(),
            of: use_of(of),
        });
        let days = days.iter().zip(&of.days);
        let days = days.map(|(day, of)| ProviderDay { day: day.to_string(), of: use_of(of) });
        Provider {
            site,
            nodes: of.nodes.iter().map(node).collect(),
            kinds: kinds.collect(),
            days: days.collect(),
            total: use_of(&total),
        }
    });
    Providers { from: from.to_string(), until: until.to_string(), items: items.collect() }
}
