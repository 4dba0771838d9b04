//! Technology transfer: from what the capability knows to what goes over the wire.

use crate::problem::{Problem, Result};
use crate::wire::Label;
use crate::wire::proof::{Broken, Proof};
use crate::wire::transfer::{
    Acted, Board, CaseLine, CasePage, Clock, DueItem, Form, FormChoice, FormField, HolidayEffect,
    HolidayVersion, Law, Move, NewHolidays, Notice, Opening, Parameter, PocProject, Portfolio,
    Prior, Rules, StageCount, StageStep, Stalled, Step,
};
use axum::http::StatusCode;
use kernel::{Calendar, Day, EventId, Fen};
use schema::Rulebook;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use transfer::case::{self, DueLine, Line, Side, Whole};
use transfer::holidays::{self, Effect, NewTable};
use transfer_rules::case::{Case, Stage};
use transfer_rules::form;

/// Periods that moved are named up to here; the count is of all.
const MOVED_MAX: usize = 500;

fn yuan(fen: Option<i64>) -> Option<String> {
    fen.and_then(Fen::new).map(|fen| fen.to_string())
}

fn line(one: &Line) -> CaseLine {
    CaseLine {
        id: one.id.to_string(),
        title: one.title.clone(),
        place: one.place.clone(),
        unit: one.unit.clone(),
        stage: one.stage.clone(),
        route: one.route.clone(),
        counterparty: one.counterparty.clone(),
        price: yuan(one.price_fen),
        version: one.version,
        opened: one.opened.to_string(),
        changed_at: one.changed.to_string(),
        next_key: one.next.as_ref().map(|(key, _)| key.clone()),
        next_day: one.next.as_ref().map(|(_, day)| day.to_string()),
        poc: one.poc.clone(),
    }
}

/// A page of the board from one line more than it holds.
pub(crate) fn board(
    mut lines: Vec<Line>,
    counts: &[(String, i64)],
    offset: usize,
    limit: usize,
) -> Board {
    let more = lines.len() > limit;
    lines.truncate(limit);
    let count = |stage: &Stage| {
        let found = counts.iter().find(|(name, _)| name == stage.name());
        StageCount { stage: stage.name().to_string(), count: found.map_or(0, |(_, n)| *n) }
    };
    Board {
        items: lines.iter().map(line).collect(),
        next: more.then(|| (offset + limit).to_string()),
        stages: Stage::ALL.iter().map(count).collect(),
    }
}

fn clock(calendar: &Calendar, one: &transfer_rules::case::Clock) -> Clock {
    Clock {
        key: one.key.clone(),
        last_day: one.last.to_string(),
        next_day: one.last.next().to_string(),
        who: one.who.to_string(),
        amount: one.amount.map(|fen| fen.to_string()),
        done: one.done.map(|day| day.to_string()),
        proof: Proof::from(&one.proof(calendar)),
    }
}

/// Running periods first, the first to end at the top.
fn clocks(calendar: &Calendar, case: &Case) -> Vec<Clock> {
    let mut sorted: Vec<_> = case.clocks().iter().collect();
    sorted.sort_by_key(|one| (one.done.is_some(), one.last, one.key.clone()));
    sorted.into_iter().map(|one| clock(calendar, one)).collect()
}

/// A case, whole.
pub(crate) fn case(
    book: &Rulebook,
    whole: &Whole,
    moves: &[(EventId, holidays::Move)],
    today: Day,
) -> CasePage {
    let case = &whole.case;
    let first = whole.events.first().map(|(kept, _)| kept);
    let last = whole.events.last().map(|(kept, _)| kept);
    let next = case.next();
    let summary = CaseLine {
        id: whole.id.to_string(),
        title: case.title.clone(),
        place: case.place.clone(),
        unit: case.unit.clone(),
        stage: case.stage.name().to_string(),
        route: case.route_name().map(str::to_string),
        counterparty: case.counterparty().map(str::to_string),
        price: case.price().map(|fen| fen.to_string()),
        version: whole.events.len() as i64,
        opened: first.map_or_else(String::new, |kept| kept.event.on.to_string()),
        changed_at: last.map_or_else(String::new, |kept| kept.at.to_string()),
        next_key: next.map(|clock| clock.key.clone()),
        next_day: next.map(|clock| clock.last.to_string()),
        poc: case.poc_state().map(str::to_string),
    };
    let entered = |stage: &Stage| StageStep {
        stage: stage.name().to_string(),
        entered: case.entered(*stage).map(|day| day.to_string()),
    };
    let step = |(kept, applied): &(case::Kept, transfer_rules::case::Applied)| Step {
        seq: kept.seq,
        kind: kept.event.kind.to_string(),
        on: kept.event.on.to_string(),
        at: kept.at.to_string(),
        by: kept.by.as_str().to_string(),
        journal: kept.journal.to_string(),
        body: kept.event.body.clone(),
        proofs: applied.proofs.iter().map(Proof::from).collect(),
        notes: applied.notes.iter().map(Label::from).collect(),
    };
    let opening = |(kind, refusal): (&'static str, Option<kernel::Refusal>)| Opening {
        kind: kind.to_string(),
        blocked_by: refusal.as_ref().map(Broken::from),
    };
    CasePage {
        case: summary,
        stages: Stage::ALL.iter().map(entered).collect(),
        facts: case.facts().iter().map(Proof::from).collect(),
        clocks: clocks(book.calendar(), case),
        openings: case.openings(today, book).into_iter().map(opening).collect(),
        steps: whole.events.iter().map(step).collect(),
        moves: moves.iter().map(|(event, one)| moved(Some(*event), one)).collect(),
        missing_evidence: case.missing_evidence(book, today).iter().map(Broken::from).collect(),
    }
}

/// What the other side of a deal sees of a case: what concerns both, and what it stated itself.
pub(crate) fn for_other_side(mut page: CasePage, asker: &str) -> Result<CasePage> {
    let forms = form::Forms::shipped()?;
    page.steps.retain(|step| step.by == asker || forms.seen_by_other_side(&step.kind));
    page.facts.retain(|fact| forms.both_facts.contains(&fact.key));
    page.clocks.retain(concerns_other_side);
    page.openings.retain(|one| forms.open_to_other_side(&one.kind));
    page.moves.retain(|one| page.clocks.iter().any(|clock| clock.key == one.key));
    page.missing_evidence.clear();
    page.case.next_key = page.clocks.first().map(|clock| clock.key.clone());
    page.case.next_day = page.clocks.first().map(|clock| clock.last_day.clone());
    Ok(page)
}

/// Whether a period concerns the other side of a deal.
pub(crate) fn concerns_other_side(clock: &Clock) -> bool {
    clock.who == "counterparty" || clock.key == "notice"
}

/// Refuses what the other side of a deal does not state.
pub(crate) fn may_state(side: Side, event: &Value) -> Result<()> {
    let kind = event.get("kind").and_then(Value::as_str).unwrap_or_default();
    match side {
        Side::Other if !form::Forms::shipped()?.open_to_other_side(kind) => Err(for_unit()),
        _ => Ok(()),
    }
}

/// `E-AUTH-05`: it belongs to the unit and the office.
pub(crate) fn for_unit() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "E-AUTH-05",
        "这是权属单位和办公室的事项,交易对方不能办理或查看",
        "this belongs to the unit and the office, not to the other side of the deal",
    )
    .rule("the other side of a deal states and sees what concerns both")
}

/// What an event did, or would do.
pub(crate) fn acted(book: &Rulebook, acted: &case::Acted, written: bool) -> Acted {
    Acted {
        id: acted.id.to_string(),
        version: acted.version,
        stage: acted.case.stage.name().to_string(),
        proofs: acted.applied.proofs.iter().map(Proof::from).collect(),
        notes: acted.applied.notes.iter().map(Label::from).collect(),
        clocks: clocks(book.calendar(), &acted.case),
        written,
    }
}

/// A period that is due.
pub(crate) fn due(one: &DueLine) -> DueItem {
    DueItem {
        case: one.case.to_string(),
        title: one.title.clone(),
        key: one.key.clone(),
        last_day: one.last.to_string(),
        who: one.who.clone(),
        amount: yuan(one.amount_fen),
        article: one.article.clone(),
    }
}

/// A notice; one whose window has passed without an open objection is cleared.
pub(crate) fn notice(one: &case::Notice, today: Day) -> Notice {
    let state = match one.state.as_str() {
        "public" if one.last < today => "cleared",
        state => state,
    };
    Notice {
        id: one.event.to_string(),
        case: one.case.to_string(),
        first_day: one.first.to_string(),
        last_day: one.last.to_string(),
        state: state.to_string(),
        body: one.body.clone(),
    }
}

/// The event that an objection is.
pub(crate) fn objection(on: Day, text: &str, from: Option<&str>) -> Value {
    let mut event = json!({"kind": "objection_received", "on": on.to_string(), "text": text});
    if let Some(from) = from {
        event["from"] = json!(from);
    }
    event
}

fn moved(event: Option<EventId>, one: &holidays::Move) -> Move {
    Move {
        journal: event.map(|event| event.to_string()),
        case: transfer::CaseId(one.case).to_string(),
        key: one.key.clone(),
        before: one.before.to_string(),
        after: one.after.to_string(),
    }
}

/// What a holiday table moved.
pub(crate) fn effect(effect: &Effect) -> HolidayEffect {
    HolidayEffect {
        journal: effect.event.map(|event| event.to_string()),
        computed: effect.computed,
        moved_count: effect.moved.len() as u64,
        moved: effect.moved.iter().take(MOVED_MAX).map(|one| moved(effect.event, one)).collect(),
    }
}

/// A holiday table as it was sent.
pub(crate) fn table(body: &NewHolidays) -> Result<NewTable> {
    let days = |days: &[String], field: &str| -> Result<BTreeSet<Day>> {
        let day = |text: &String| {
            Day::parse(text).map_err(|refusal| Problem::from(refusal).in_body(field))
        };
        days.iter().map(day).collect()
    };
    Ok(NewTable {
        year: body.year,
        version: body.version.clone(),
        free: days(&body.free, "free")?,
        worked: days(&body.worked, "worked")?,
    })
}

/// The law as data.
pub(crate) fn rules(book: &Rulebook) -> Rules {
    let parameter = |one: &schema::Parameter| Parameter {
        id: one.id.clone(),
        label: Label::from(&one.label),
        place: one.place.clone(),
        value: one.setting.shown().text(),
        from: one.from.map(|day| day.to_string()),
        to: one.to.map(|day| day.to_string()),
        known: one.known.to_string(),
        article: one.cite.article.clone(),
        confidence: one.cite.confidence.name().to_string(),
    };
    let law =
        |one: &schema::law::Law| Law { code: one.code.clone(), label: Label::from(&one.label) };
    let holidays = book.calendar().years();
    Rules {
        parameters: book.parameters().map(parameter).collect(),
        laws: book.laws().map(law).collect(),
        holidays: holidays
            .map(|(year, table)| HolidayVersion { year, version: table.version.clone() })
            .collect(),
    }
}

fn field(one: &form::Field) -> FormField {
    let choice = |one: &form::Choice| FormChoice {
        value: one.value.clone(),
        label: Label::from(&one.label),
    };
    FormField {
        key: one.key.clone(),
        label: Label::from(&one.label),
        help: one.help.as_ref().map(Label::from),
        takes: one.takes.name().to_string(),
        required: one.required,
        options: one.options.iter().map(choice).collect(),
        fields: one.fields.iter().map(field).collect(),
    }
}

/// What each kind of event is stated with.
pub(crate) fn forms() -> Result<Vec<Form>> {
    let form = |one: &form::Form| Form {
        kind: one.kind.clone(),
        label: Label::from(&one.label),
        who: one.who.clone(),
        fields: one.fields.iter().map(field).collect(),
    };
    Ok(form::Forms::shipped()?.all.iter().map(form).collect())
}

/// A result that lies idle.
pub(crate) fn portfolio(found: &transfer::portfolio::Portfolio) -> Portfolio {
    let item = |held: &transfer::portfolio::Held| PocProject {
        case: line(&held.line),
        grant: held.project.as_ref().map(|project| project.grant.to_string()),
        released: held.project.as_ref().map(|project| project.released.to_string()),
    };
    Portfolio {
        items: found.held.iter().map(item).collect(),
        sums: found.sums.iter().map(Proof::from).collect(),
        more: found.more,
    }
}

pub(crate) fn prior(one: &transfer::prior::Prior) -> Prior {
    Prior {
        case: one.case.to_string(),
        title: one.title.clone(),
        unit: one.unit.clone(),
        similarity: one.similar.similarity.to_string(),
        proof: Proof::from(&one.similar.proof),
    }
}

pub(crate) fn stalled(one: &transfer::report::Stalled) -> Stalled {
    Stalled {
        case: one.case.to_string(),
        title: one.title.clone(),
        unit: one.unit.clone(),
        place: one.place.clone(),
        since: one.claim.from.to_string(),
        effect: one.claim.effect.name().to_string(),
        needs_agreement: one.claim.needs_agreement,
        keeps_income: one.claim.keeps_income,
        proof: Proof::from(&one.claim.proof),
    }
}
