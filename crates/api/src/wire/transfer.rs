//! Technology transfer as it goes over the wire.

use super::Label;
use super::proof::{Broken, Proof};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// A line of the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CaseLine {
    /// `K12`.
    pub id: String,
    /// What it is about.
    pub title: String,
    /// Whose law applies: `shanghai`, …
    pub place: String,
    /// Whose result it is.
    pub unit: String,
    /// Where it stands.
    pub stage: String,
    /// How it is to be transferred.
    pub route: Option<String>,
    /// To whom.
    pub counterparty: Option<String>,
    /// The price in yuan.
    pub price: Option<String>,
    /// How many events it has.
    pub version: i64,
    /// When it was opened.
    pub opened: String,
    /// When something happened last.
    pub changed_at: String,
    /// What is due next: its key.
    pub next_key: Option<String>,
    /// Its last day.
    pub next_day: Option<String>,
    /// Where its proof of concept stands.
    pub poc: Option<String>,
}

/// How many cases stand in a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StageCount {
    /// The stage.
    pub stage: String,
    /// How many.
    pub count: i64,
}

/// A page of the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Board {
    /// Cases, the one that is due first at the top.
    pub items: Vec<CaseLine>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// Every stage with how many cases stand in it.
    pub stages: Vec<StageCount>,
}

/// A stage of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StageStep {
    /// The stage.
    pub stage: String,
    /// The day the case came into it; none: not yet, or passed over.
    pub entered: Option<String>,
}

/// A period that runs, or ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Clock {
    /// What it is within the case.
    pub key: String,
    /// Its last day.
    pub last_day: String,
    /// The day after.
    pub next_day: String,
    /// Who must act.
    pub who: String,
    /// What is to be paid, in yuan.
    pub amount: Option<String>,
    /// The day it was met, or fell away.
    pub done: Option<String>,
    /// How the last day came about.
    pub proof: Proof,
}

/// Something that can be done next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Opening {
    /// The kind of event.
    pub kind: String,
    /// Why it would be refused today.
    pub blocked_by: Option<Broken>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Step {
    /// Its place in the case, from 1.
    pub seq: i64,
    /// The kind of event.
    pub kind: String,
    /// The day it happened.
    pub on: String,
    /// When it was recorded.
    pub at: String,
    /// Who recorded it.
    pub by: String,
    /// The journal event, `J12`.
    pub journal: String,
    /// What was stated.
    pub body: Value,
    /// What was computed for it.
    pub proofs: Vec<Proof>,
    /// What is worth knowing about it.
    pub notes: Vec<Label>,
}

/// A period that a holiday table moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Move {
    /// The journal event of the table; none when it was only tried.
    pub journal: Option<String>,
    /// The case.
    pub case: String,
    /// The period.
    pub key: String,
    /// Its last day before.
    pub before: String,
    /// Its last day since.
    pub after: String,
}

/// A case, whole.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CasePage {
    /// As on the board.
    pub case: CaseLine,
    /// Every stage in order.
    pub stages: Vec<StageStep>,
    /// What is known of it, each figure open.
    pub facts: Vec<Proof>,
    /// Periods, the first to end first, those that are done last.
    pub clocks: Vec<Clock>,
    /// What can be done next.
    pub openings: Vec<Opening>,
    /// What happened, in order.
    pub steps: Vec<Step>,
    /// What holiday tables moved.
    pub moves: Vec<Move>,
    /// What an evidence pack still lacks.
    pub missing_evidence: Vec<Broken>,
}

/// Something that happens in a case.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEvent {
    /// `{"kind": …, "on": "YYYY-MM-DD", …}`; the kinds and their fields: `/transfer/forms`.
    #[schema(value_type = Object)]
    pub event: Value,
    /// How many events the case has for whoever sends this; another number is a conflict.
    pub version: Option<i64>,
    /// Judge it, write nothing.
    pub dry_run: Option<bool>,
}

/// What an event did, or would do.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Acted {
    /// The case; `K0` when a new one was only tried.
    pub id: String,
    /// How many events it has now.
    pub version: i64,
    /// Where it stands now.
    pub stage: String,
    /// What was computed.
    pub proofs: Vec<Proof>,
    /// What is worth knowing.
    pub notes: Vec<Label>,
    /// Periods that run now.
    pub clocks: Vec<Clock>,
    /// Whether it was written.
    pub written: bool,
}

/// A period that is due, of any case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DueItem {
    /// The case.
    pub case: String,
    /// What the case is about.
    pub title: String,
    /// The period.
    pub key: String,
    /// Its last day.
    pub last_day: String,
    /// Who must act.
    pub who: String,
    /// What is to be paid, in yuan.
    pub amount: Option<String>,
    /// Law and article.
    pub article: String,
}

/// A notice of a negotiated price.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Notice {
    /// The journal event that published it: `J12`.
    pub id: String,
    /// The case.
    pub case: String,
    /// The day it was published.
    pub first_day: String,
    /// The last day on which objections are received.
    pub last_day: String,
    /// `public`, `objected`, `cleared` or `void`.
    pub state: String,
    /// What is published: result, abstract, route, price, completers, counterparty, places.
    #[schema(value_type = Object)]
    pub body: Value,
}

/// An objection to a notice.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewObjection {
    /// What speaks against it, 10 to 4,000 characters.
    pub text: String,
    /// Who objects, if they wish to say.
    pub from: Option<String>,
}

/// A holiday table to be added.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewHolidays {
    /// Its year.
    pub year: i16,
    /// What it is called: another name than the table it replaces.
    pub version: String,
    /// Free days, `YYYY-MM-DD`.
    pub free: Vec<String>,
    /// Saturdays and Sundays that are worked.
    pub worked: Vec<String>,
    /// Say what would move, write nothing.
    pub dry_run: Option<bool>,
}

/// What a holiday table moved, or would move.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HolidayEffect {
    /// The journal event; none when it was only tried.
    pub journal: Option<String>,
    /// How many periods were computed again.
    pub computed: u64,
    /// How many of them moved.
    pub moved_count: u64,
    /// The first 500 that moved.
    pub moved: Vec<Move>,
}

/// A parameter of a rule in one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Parameter {
    /// Its id.
    pub id: String,
    /// Its name.
    pub label: Label,
    /// Whose law it is.
    pub place: String,
    /// What it says.
    pub value: String,
    /// Since when it holds.
    pub from: Option<String>,
    /// The first day on which it no longer holds.
    pub to: Option<String>,
    /// Since when we knew.
    pub known: String,
    /// Law and article.
    pub article: String,
    /// How sure its text is.
    pub confidence: String,
}

/// The law as data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Rules {
    /// Every version of every parameter.
    pub parameters: Vec<Parameter>,
    /// Laws by code: their names.
    pub laws: Vec<Law>,
    /// Holiday tables in use: year and version.
    pub holidays: Vec<HolidayVersion>,
}

/// A law.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Law {
    /// Its code.
    pub code: String,
    /// Its name.
    pub label: Label,
}

/// Which table of a year is in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HolidayVersion {
    /// The year.
    pub year: i16,
    /// The version.
    pub version: String,
}

/// Something to be computed; the shapes are those of the command line.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCalculation {
    /// What is known.
    #[schema(value_type = Object)]
    pub input: Value,
}

/// What was computed, with its proof.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Calculation {
    /// What came out.
    #[schema(value_type = Object)]
    pub result: Value,
}

/// One answer of several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FormChoice {
    /// As it is sent.
    pub value: String,
    /// Its name.
    pub label: Label,
}

/// A field of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FormField {
    /// The member of the event.
    pub key: String,
    /// Its name.
    pub label: Label,
    /// What helps to fill it in.
    pub help: Option<Label>,
    /// `text`, `long`, `money`, `share`, `day`, `number`, `choice`, `choices`, `truth`, `entity`,
    /// `texts`, `group` or `list`.
    pub takes: String,
    /// Whether it must be filled in.
    pub required: bool,
    /// The answers of a choice.
    pub options: Vec<FormChoice>,
    /// The fields of a group or list.
    #[schema(no_recursion)]
    pub fields: Vec<FormField>,
}

/// The form of a kind of event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Form {
    /// The kind of event.
    pub kind: String,
    /// Its name.
    pub label: Label,
    /// Who usually states it: `team`, `office`, `unit`, `anyone`.
    pub who: String,
    /// Its fields.
    pub fields: Vec<FormField>,
}

/// When a period ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Due {
    /// Its last day.
    pub last_day: String,
    /// The day after.
    pub next_day: String,
    /// Where it ends before free days move it.
    pub ends: String,
    /// Holiday tables it was computed with.
    pub tables: Vec<String>,
    /// Years without a table: only their weekends count as free.
    pub assumed: Vec<i64>,
}

/// A number of a report, with the events behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Figure {
    /// What it is.
    pub key: String,
    /// Its number in a survey, `Q5.4`.
    pub question: Option<String>,
    /// What it came to.
    pub value: String,
    /// `number`, `money`, `ratio` or `unknown`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Journal events behind it, `J12`; a part of one after a point.
    pub events: Vec<String>,
    /// How it came about.
    pub proof: Proof,
}

/// The annual report and the survey of a year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Report {
    /// The year.
    pub year: i64,
    /// Whose law it is made by: cases under it are counted.
    pub place: String,
    /// Places of the cases in sight, that with most of them first.
    pub places: Vec<String>,
    /// By when the report is due; absent where no law sets a day.
    pub due_day: Option<String>,
    /// Why.
    pub due: Option<Proof>,
    /// The figures of the annual report.
    pub annual: Vec<Figure>,
    /// The figures of the survey.
    pub survey: Vec<Figure>,
    /// What looks like a mistake and is counted nowhere.
    pub mistakes: Vec<Broken>,
}

/// A result that lies idle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Stalled {
    /// The case.
    pub case: String,
    /// What it is about.
    pub title: String,
    /// Whose it is.
    pub unit: String,
    /// Whose law applies.
    pub place: String,
    /// Since when its completers have a right of their own.
    pub since: String,
    /// `agreement_and_grant`, `implement` or `implement_and_keep_income`.
    pub effect: String,
    /// Whether an agreement with the unit is needed.
    pub needs_agreement: bool,
    /// Whether the completers keep all income.
    pub keeps_income: bool,
    /// How that came about.
    pub proof: Proof,
}

/// A proof of concept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PocProject {
    /// Its case.
    pub case: CaseLine,
    /// The grant in yuan; absent while it was only applied for.
    pub grant: Option<String>,
    /// What was released, in yuan.
    pub released: Option<String>,
}

/// Proofs of concept side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Portfolio {
    /// The one that is due first at the top.
    pub items: Vec<PocProject>,
    /// What was granted, released, accepted, refunded and cancelled, with a part for each project.
    pub sums: Vec<Proof>,
    /// Whether there are more; the sums then are of those shown.
    pub more: bool,
}

/// A case that may be about the same result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Prior {
    /// The case.
    pub case: String,
    /// What it is about.
    pub title: String,
    /// Whose result it is.
    pub unit: String,
    /// How similar the titles are, exactly: `5/6`.
    pub similarity: String,
    /// How that came about.
    pub proof: Proof,
}

/// Who holds what of a company, at each step.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CapTable {
    /// The ledger; none while no company was founded.
    #[schema(value_type = Option<Object>)]
    pub ledger: Option<Value>,
}

/// What a firm looks for.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DemandItem {
    /// `D12`.
    pub id: String,
    /// In a line.
    pub title: String,
    /// As the matching engine takes it.
    #[schema(value_type = Object)]
    pub demand: Value,
    /// Who looks for it.
    pub firm: String,
    /// The firm in the atlas.
    pub firm_entity: Option<String>,
    /// `open`, `met` or `withdrawn`.
    pub state: String,
    /// When it was brought.
    pub at: String,
}

/// What a firm looks for, to be kept.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDemandItem {
    /// The demand.
    pub demand: super::matching::NewDemand,
    /// Who looks for it.
    pub firm: String,
    /// The firm in the atlas, `E12`; a member's own organization whatever is said.
    pub firm_entity: Option<String>,
}

/// How a demand ends.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DemandEnd {
    /// Whether it was met; otherwise it is withdrawn.
    pub met: bool,
}

/// A demand with its introductions.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DemandPage {
    /// The demand.
    pub demand: DemandItem,
    /// Introductions, in the order they were made.
    pub introductions: Vec<Introduction>,
}

/// Two sides brought together.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Introduction {
    /// `I12`.
    pub id: String,
    /// The demand.
    pub demand: String,
    /// What was offered.
    pub entity: String,
    /// The same with its names.
    pub result: Option<super::EntityRef>,
    /// `proposed`, `met`, `negotiating`, `signed` or `ended`.
    pub state: String,
    /// What is to be done next.
    pub task: Option<String>,
    /// By when.
    pub due: Option<String>,
    /// The case it led to.
    pub case: Option<String>,
    /// When it was made.
    pub at: String,
}

/// Two sides to be brought together.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIntroduction {
    /// The demand, `D1`.
    pub demand: String,
    /// What is offered, `E1`.
    pub entity: String,
    /// What is to be done next.
    pub task: Option<String>,
    /// By when.
    pub due: Option<String>,
}

/// How an introduction goes on.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FollowUp {
    /// Where it stands now.
    pub state: String,
    /// What is to be done next.
    pub task: Option<String>,
    /// By when.
    pub due: Option<String>,
    /// The case it led to, `K1`.
    pub case: Option<String>,
    /// In words.
    pub note: Option<String>,
}

/// A result that an institute claims.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Claim {
    /// The result.
    pub result: super::EntityRef,
    /// The institute.
    pub unit: super::EntityRef,
    /// The day it was registered in the unit.
    pub registered: String,
    /// Its case.
    pub case: Option<String>,
}

/// A result to be claimed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewClaim {
    /// The result, `E1`.
    pub result: String,
    /// The institute, `E2`.
    pub unit: String,
    /// The day it was registered in the unit.
    pub registered: String,
    /// Its case, `K1`.
    pub case: Option<String>,
}

/// Under which address a calendar program reads one's deadlines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CalendarLink {
    /// The address, shown once; none when a request is repeated.
    pub url: Option<String>,
}
