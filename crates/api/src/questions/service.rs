//! Services: from what the capability knows to what goes over the wire.

use crate::ask::Asked;
use crate::problem::{Problem, Result};
use crate::wire::proof::Proof;
use crate::wire::service::{
    ApplicationLine, ApplicationPage, FirmFact, MissingFact, Package, PackageItem, PackageMaterial,
    PackageQuestion, PoolBalance, RequestBoard, RequestClock, RequestCounts, RequestLine,
    RequestPage, ServiceStep, StewardRef,
};
use crate::wire::{EntityRef, Label};
use kernel::{Day, EntityId, Fen};
use policy_rules::{Moment, Policy, Shelf, json};
use schema::Rulebook;
use serde::Serialize;
use serde_json::Value;
use service::application::{self, Balance};
use service::application_rules::State;
use service::firm::{From, Known};
use service::request::{self, Counts, Line};
use service::request_rules;
use service::steward::{self, Care};
use service::{Kept, Law, Sight};

/// Firms by id, named.
fn firm(asked: &Asked<'_, '_>, id: EntityId) -> EntityRef {
    asked.look().entity(id)
}

/// A line of the desk.
pub(crate) fn request_line(asked: &Asked<'_, '_>, one: &Line, today: Day) -> RequestLine {
    RequestLine {
        id: one.id.to_string(),
        firm: one.firm.map(|id| firm(asked, EntityId(id))),
        lane: one.lane.clone(),
        title: one.title.clone(),
        state: one.state.clone(),
        grade: one.grade.clone(),
        assigned: one.assigned.clone(),
        mark: one.mark,
        filed: one.filed.to_string(),
        clock: one.clock.as_ref().map(|(key, _)| key.clone()),
        last_day: one.clock.as_ref().map(|(_, day)| day.to_string()),
        late: one.clock.as_ref().is_some_and(|(_, day)| *day < today),
        version: one.version,
    }
}

/// A page of the desk from one line more than it holds.
pub(crate) fn request_board(
    asked: &Asked<'_, '_>,
    mut lines: Vec<Line>,
    counts: Counts,
    (offset, limit, today): (usize, usize, Day),
) -> RequestBoard {
    let more = lines.len() > limit;
    lines.truncate(limit);
    RequestBoard {
        items: lines.iter().map(|one| request_line(asked, one, today)).collect(),
        next: more.then(|| (offset + limit).to_string()),
        counts: RequestCounts {
            open: counts.open,
            late: counts.late,
            call_back: counts.call_back,
            closed: counts.closed,
        },
    }
}

fn step<S: Serialize>(kept: &Kept<S>, kind: &str) -> ServiceStep {
    let mut said = serde_json::to_value(&kept.step).unwrap_or_default();
    if let Some(members) = said.as_object_mut() {
        members.remove("kind");
    }
    ServiceStep {
        seq: kept.seq,
        kind: kind.to_string(),
        on: kept.on.to_string(),
        by: kept.by.as_str().to_string(),
        at: kept.at.to_string(),
        journal: kept.journal.to_string(),
        said,
    }
}

/// A request with its history.
pub(crate) fn request_page(
    asked: &Asked<'_, '_>,
    law: Law<'_>,
    whole: &request::Whole,
    (office, asks): (bool, bool),
    today: Day,
) -> RequestPage {
    use request_rules::State as S;
    let one = &whole.request;
    let calendar = law.book.calendar();
    let law = law.lookup(today, today);
    let line = Line {
        id: whole.id,
        firm: whole.firm,
        asker: whole.asker.clone(),
        lane: one.lane.map_or("firm", |lane| lane.name()).to_string(),
        title: one.title.clone(),
        state: one.state.name().to_string(),
        grade: one.grade.map_or("general", |grade| grade.name()).to_string(),
        assigned: one.assigned.clone(),
        mark: one.mark.map(i64::from),
        filed: one.filed.unwrap_or(today),
        clock: one.running().map(|clock| (clock.key.to_string(), clock.last)),
        version: whole.steps.len() as i64,
    };
    let clock = |one: &request_rules::Clock| RequestClock {
        key: one.key.to_string(),
        from: one.from.to_string(),
        last_day: one.last.to_string(),
        done: one.done.map(|day| day.to_string()),
        late: one.late(today),
        proof: Proof::from(&one.proof(calendar)),
    };
    let desk: &[&str] = match one.state {
        S::Open => &["assigned", "graded", "settled", "explained"],
        S::CallBack => &["called_back", "assigned"],
        S::Answered | S::Closed => &[],
    };
    let own: &[&str] = match one.state {
        S::Answered => &["rated", "reopened"],
        S::Closed => &["reopened"],
        S::Open | S::CallBack => &[],
    };
    let mut next: Vec<String> = Vec::new();
    if office {
        next.extend(desk.iter().map(ToString::to_string));
    }
    if asks {
        next.extend(own.iter().map(ToString::to_string));
    }
    RequestPage {
        request: request_line(asked, &line, today),
        text: one.text.clone(),
        clocks: one.clocks.iter().map(clock).collect(),
        level: one.level(&law, today).name().to_string(),
        steps: whole.steps.iter().map(|kept| step(kept, kept.step.name())).collect(),
        next,
    }
}

/// A fact with where it comes from.
fn fact(shelf: &Shelf, one: &Known) -> FirmFact {
    let label = service::declared::input(shelf, &one.name).map_or_else(
        || kernel::Label::new(&*one.name, &*one.name),
        |(input, _)| input.label.clone(),
    );
    let (from, statement, evidence) = match &one.from {
        From::Atlas(id) => ("atlas", Some(id.to_string()), None),
        From::Firm(said) => ("firm", None, said.evidence.clone()),
    };
    FirmFact {
        name: one.name.clone(),
        label: Label::from(&label),
        value: one.value.clone(),
        from: from.to_string(),
        statement,
        evidence,
        against: one.against.as_ref().map(|other| other.value.clone()),
    }
}

/// Who looks after a firm.
pub(crate) fn steward_ref(
    asked: &mut Asked<'_, '_>,
    law: Law<'_>,
    care: &Care,
    today: Day,
) -> Result<StewardRef> {
    let law = law.lookup(today, today);
    Ok(StewardRef {
        account: care.account.clone(),
        name: account_name(asked, &care.account)?,
        since: care.since.to_string(),
        visited: care.visited.map(|day| day.to_string()),
        next_visit: steward::next_visit(care, &law).map(|day| day.to_string()),
    })
}

/// The name of an account; its id when there is none.
pub(crate) fn account_name(asked: &mut Asked<'_, '_>, id: &str) -> Result<String> {
    let Ok(key) = id.parse() else { return Ok(id.to_string()) };
    let found = identity::account::find(asked.tx, key).map_err(Problem::from)?;
    Ok(found.map_or_else(|| id.to_string(), |account| account.name))
}

/// A package.
pub(crate) fn package(
    asked: &mut Asked<'_, '_>,
    (law, shelf): (Law<'_>, &Shelf),
    found: &service::package::Package,
    today: Day,
) -> Result<Package> {
    let steward = match &found.steward {
        None => None,
        Some(care) => Some(steward_ref(asked, law, care, today)?),
    };
    let item = |one: &service::package::Item| PackageItem {
        policy: one.policy.clone(),
        title: Label::from(&one.title),
        eligible: if one.eligible == Some(true) { "yes" } else { "unknown" }.to_string(),
        result: json::granted(one.granted),
        missing: one
            .missing
            .iter()
            .map(|(name, label)| MissingFact { name: name.clone(), label: Label::from(label) })
            .collect(),
        unread: one.unread as i64,
        way: one.way.name().to_string(),
        closes: one.closes.map(|day| day.to_string()),
        materials: one
            .materials
            .iter()
            .map(|one| PackageMaterial { label: Label::from(&one.label), held: one.held })
            .collect(),
        office: one.office.as_ref().map(Label::from),
        phone: one.phone.clone(),
        source: one.source.clone(),
        confidence: one.confidence.name().to_string(),
        application: one.application.as_ref().map(|line| application_line(asked, line)),
    };
    let question = |(name, label, count): &(String, kernel::Label, usize)| PackageQuestion {
        name: name.clone(),
        label: Label::from(label),
        policies: *count as i64,
    };
    Ok(Package {
        firm: firm(asked, found.firm),
        as_of: found.on.to_string(),
        items: found.items.iter().map(item).collect(),
        not_granted: found.not_granted as i64,
        together: found.together.0.to_string(),
        proof: Proof::from(&found.together.1),
        questions: found.questions.iter().map(question).collect(),
        known: found.known.iter().map(|one| fact(shelf, one)).collect(),
        steward,
    })
}

/// A line of applications.
pub(crate) fn application_line(asked: &Asked<'_, '_>, one: &application::Line) -> ApplicationLine {
    let yuan = |fen: Option<Fen>| fen.map(|fen| fen.to_string());
    ApplicationLine {
        id: one.id.to_string(),
        firm: firm(asked, one.firm),
        policy: one.policy.clone(),
        state: one.state.clone(),
        way: one.way.clone(),
        bound: yuan(one.bound),
        granted: yuan(one.granted),
        paid: one.paid.to_string(),
        due: one.due.map(|day| day.to_string()),
        version: one.version,
    }
}

/// What may be done next with an application, by the office and by the firm.
fn next_steps(
    one: &service::application_rules::Application,
) -> (Vec<&'static str>, Vec<&'static str>) {
    let mut office: Vec<&'static str> = match one.state {
        State::Offered => vec!["moved"],
        State::Consented => vec!["granted", "refused", "moved"],
        State::Submitted => vec!["granted", "returned", "refused"],
        State::Granted => vec!["paid", "rejudged"],
        State::Paid => vec!["published", "rejudged"],
        State::Published => vec!["rejudged"],
        State::Draft | State::Returned | State::Refused | State::Withdrawn => vec![],
    };
    if one.owed_back() > 0 {
        office.insert(0, "reclaimed");
    }
    let own = match one.state {
        State::Offered => vec!["consented", "withdrawn"],
        State::Draft | State::Returned => vec!["submitted", "withdrawn"],
        State::Consented | State::Submitted => vec!["withdrawn"],
        State::Granted if one.paid == 0 => vec!["withdrawn"],
        _ => vec![],
    };
    (office, own)
}

/// An application with its history, and what the rules made of it, worked out again.
pub(crate) fn application_page(
    asked: &mut Asked<'_, '_>,
    (book, shelf): (&Rulebook, &Shelf),
    whole: &application::Whole,
    held: &[Known],
    sight: &Sight,
) -> Result<ApplicationPage> {
    let one = &whole.application;
    let then = shelf.policies.iter().find(|policy| policy.digest == one.judged.policy);
    let policy: &Policy = then
        .or_else(|| shelf.get(&whole.policy))
        .ok_or_else(|| Problem::missing("policy", &whole.policy))?;
    let facts = policy_rules::Facts::from_json(&Value::Object(one.judged.facts.clone()))?;
    let on = Day::parse(&one.judged.as_of)?;
    let moment = Moment { on, known: on };
    let (judged, evaluation) = application::judge(policy, &facts, moment, book.calendar())?;
    let same = then.map(|_| judged.proof == one.judged.proof);
    let names: std::collections::BTreeSet<&str> =
        held.iter().map(|known| known.name.as_str()).collect();
    let material = |one: &policy_rules::policy::Material| PackageMaterial {
        label: Label::from(&one.label),
        held: one.shows.as_deref().is_some_and(|name| names.contains(name)),
    };
    let line = application::line(asked.tx, whole.id)?;
    let (office, own) = next_steps(one);
    let next = if sight.is_office() { [office, own].concat() } else { own };
    Ok(ApplicationPage {
        application: application_line(asked, &line),
        title: Label::from(&policy.title),
        materials: policy.process.materials.iter().map(material).collect(),
        owed_back: Fen::new(one.owed_back()).unwrap_or(Fen::ZERO).to_string(),
        reason: one.reason.clone(),
        evaluation,
        same,
        steps: whole.steps.iter().map(|kept| step(kept, kept.step.name())).collect(),
        next: next.into_iter().map(str::to_string).collect(),
    })
}

/// How a pool stands.
pub(crate) fn pool(shelf: &Shelf, one: &Balance, round: Option<Value>) -> PoolBalance {
    let name = |id: &String| {
        let title = shelf.get(id).map(|policy| Label::from(&policy.title));
        let label = title.unwrap_or_else(|| Label::from(&kernel::Label::new(&**id, &**id)));
        MissingFact { name: id.clone(), label }
    };
    PoolBalance {
        id: one.pool.clone(),
        policies: one.policies.iter().map(name).collect(),
        budget: one.budget.map(|fen| fen.to_string()),
        committed: one.committed.to_string(),
        paid: one.paid.to_string(),
        left: one.left.map(|fen| fen.to_string()),
        asked: one.asked.to_string(),
        open: one.open,
        round,
    }
}
