//! Services to firms and residents as they go over the wire.

use crate::wire::label::{EntityRef, Label};
use crate::wire::proof::Proof;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// A request in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RequestLine {
    /// `H12`.
    pub id: String,
    /// The firm that asks; absent for a resident.
    pub firm: Option<EntityRef>,
    /// `firm` or `resident`.
    pub lane: String,
    /// In a line.
    pub title: String,
    /// `open`, `answered`, `call_back` or `closed`.
    pub state: String,
    /// `general` or `difficult`.
    pub grade: String,
    /// The account that is to settle it, `A3`.
    pub assigned: Option<String>,
    /// The mark it was given, from one to five.
    pub mark: Option<i64>,
    /// The day it was brought.
    pub filed: String,
    /// The period that runs: `general`, `difficult` or `call_back`.
    pub clock: Option<String>,
    /// Its last day.
    pub last_day: Option<String>,
    /// Whether that has passed.
    pub late: bool,
    /// How many steps it has.
    pub version: i64,
}

/// How the desk stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RequestCounts {
    /// Nobody settled them yet.
    pub open: i64,
    /// Those whose day has passed.
    pub late: i64,
    /// Calls that are due.
    pub call_back: i64,
    /// Those that are over.
    pub closed: i64,
}

/// A page of the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RequestBoard {
    /// Those that are due first at the top.
    pub items: Vec<RequestLine>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// How the desk stands.
    pub counts: RequestCounts,
}

/// A period in which the office must act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RequestClock {
    /// `general`, `difficult` or `call_back`.
    pub key: String,
    /// The day it starts on; not counted.
    pub from: String,
    /// Its last day.
    pub last_day: String,
    /// When it was met.
    pub done: Option<String>,
    /// Whether it was not kept.
    pub late: bool,
    /// How its last day came about.
    pub proof: Proof,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ServiceStep {
    /// Its place, from 1.
    pub seq: i64,
    /// What: `filed`, `settled`, `rated`, `submitted`, `granted`, …
    pub kind: String,
    /// The day.
    pub on: String,
    /// Who recorded it.
    pub by: String,
    /// When.
    pub at: String,
    /// The journal event.
    pub journal: String,
    /// What was said, by member.
    #[schema(value_type = Object)]
    pub said: Value,
}

/// A request with its history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RequestPage {
    /// As it stands.
    pub request: RequestLine,
    /// What is asked.
    pub text: String,
    /// Periods that ran or run.
    pub clocks: Vec<RequestClock>,
    /// `none`, `lead` or `district`: how high a late one has risen.
    pub level: String,
    /// What happened, in order.
    pub steps: Vec<ServiceStep>,
    /// What may be said next by who asks: `rated`, `reopened`, `assigned`, …
    pub next: Vec<String>,
}

/// A request that someone brings.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRequest {
    /// `firm` or `resident`.
    pub lane: String,
    /// In a line.
    #[schema(min_length = 1, max_length = 200)]
    pub title: String,
    /// In words.
    #[schema(min_length = 1, max_length = 5000)]
    pub text: String,
    /// For officers: the firm it is brought for.
    pub firm: Option<String>,
}

/// What is said of a request.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestStep {
    /// `assigned`, `graded`, `settled`, `explained`, `rated`, `called_back` or `reopened`, with its
    /// members.
    #[schema(value_type = Object)]
    pub step: Value,
    /// How many steps it had when it was read.
    #[schema(minimum = 1, maximum = 1000000)]
    pub version: Option<i64>,
}

/// A fact of a firm, with where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FirmFact {
    /// Its name.
    pub name: String,
    /// What it is called.
    pub label: Label,
    /// Its value as text.
    pub value: String,
    /// `atlas` or `firm`.
    pub from: String,
    /// The statement, when the atlas says it.
    pub statement: Option<String>,
    /// What shows it, when the firm says it.
    pub evidence: Option<String>,
    /// What the other side says, when both do and not the same.
    pub against: Option<String>,
}

/// A material that a policy asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PackageMaterial {
    /// What it is called.
    pub label: Label,
    /// Whether the house holds what it shows; then it is not asked for again.
    pub held: bool,
}

/// A fact that is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MissingFact {
    /// Its name.
    pub name: String,
    /// What it is called.
    pub label: Label,
}

/// A question that would settle something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PackageQuestion {
    /// The fact.
    pub name: String,
    /// What it is called.
    pub label: Label,
    /// How many policies hang on it.
    pub policies: i64,
}

/// A policy in a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PackageItem {
    /// The policy.
    pub policy: String,
    /// Its name.
    pub title: Label,
    /// `yes` or `unknown`.
    pub eligible: String,
    /// What it comes to: `kind` and amounts, as in an evaluation.
    #[schema(value_type = Object)]
    pub result: Value,
    /// Facts that are missing.
    pub missing: Vec<MissingFact>,
    /// How many figures of the policy could not be read.
    pub unread: i64,
    /// `automatic`, `quick`, `application` or `by_law`.
    pub way: String,
    /// The last day to apply, or on which it holds.
    pub closes: Option<String>,
    /// What is to be handed in.
    pub materials: Vec<PackageMaterial>,
    /// Who receives it.
    pub office: Option<Label>,
    /// Under which number.
    pub phone: Option<String>,
    /// Document and article.
    pub source: String,
    /// `verified`, `excerpt`, `general`, `draft` or `own`.
    pub confidence: String,
    /// The application that is under way, or the last one.
    pub application: Option<ApplicationLine>,
}

/// Who looks after a firm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StewardRef {
    /// The account.
    pub account: String,
    /// Its name.
    pub name: String,
    /// Since when.
    pub since: String,
    /// The last visit.
    pub visited: Option<String>,
    /// By when the next is due.
    pub next_visit: Option<String>,
}

/// A package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Package {
    /// Whose.
    pub firm: EntityRef,
    /// For which day.
    pub as_of: String,
    /// Granted ones first, the largest at the top.
    pub items: Vec<PackageItem>,
    /// How many policies the facts do not grant.
    pub not_granted: i64,
    /// What may be had together at most, in yuan: an upper bound, not an entitlement.
    pub together: String,
    /// How that came about.
    pub proof: Proof,
    /// Facts that would settle most, the cheapest first.
    pub questions: Vec<PackageQuestion>,
    /// What the house knows of the firm.
    pub known: Vec<FirmFact>,
    /// Who looks after it.
    pub steward: Option<StewardRef>,
}

/// A fact that a firm declares.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclaredFact {
    /// Its name.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// Its value as text; absent or null takes back what was said before.
    #[schema(max_length = 200)]
    pub value: Option<String>,
    /// What shows it.
    #[schema(max_length = 500)]
    pub evidence: Option<String>,
}

/// Facts that a firm declares.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Declaration {
    /// Which.
    #[schema(min_items = 1, max_items = 100)]
    pub facts: Vec<DeclaredFact>,
}

/// What was written in the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Written {
    /// The journal event.
    pub journal: String,
}

/// Who is to look after a firm.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSteward {
    /// The account, `A3`; null ends it.
    pub account: Option<String>,
}

/// A visit.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewVisit {
    /// The day; today unless said.
    pub on: Option<String>,
    /// What came of it.
    #[schema(min_length = 1, max_length = 2000)]
    pub note: String,
}

/// A firm on a steward's desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeskFirm {
    /// The firm.
    pub firm: EntityRef,
    /// Who looks after it.
    pub steward: StewardRef,
    /// Whether a visit is late.
    pub visit_late: bool,
}

/// How much a steward has to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StewardLoad {
    /// The account.
    pub account: String,
    /// Its name.
    pub name: String,
    /// How many firms.
    pub firms: i64,
    /// How many visits are late.
    pub visits_late: i64,
    /// How many requests are open.
    pub requests_open: i64,
    /// How many of these are late.
    pub requests_late: i64,
}

/// The desk of stewards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Desk {
    /// Who asks, when they look after firms themselves.
    pub own: Option<String>,
    /// Firms, those to be visited first at the top.
    pub firms: Vec<DeskFirm>,
    /// How much each steward has to do.
    pub loads: Vec<StewardLoad>,
}

/// An application in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ApplicationLine {
    /// `P12`.
    pub id: String,
    /// Who applies.
    pub firm: EntityRef,
    /// For what.
    pub policy: String,
    /// `draft`, `offered`, `consented`, `submitted`, `returned`, `granted`, `refused`, `withdrawn`,
    /// `paid` or `published`.
    pub state: String,
    /// `automatic`, `quick` or `application`.
    pub way: String,
    /// The most it comes to, in yuan.
    pub bound: Option<String>,
    /// What was granted, in yuan.
    pub granted: Option<String>,
    /// What was paid, in yuan.
    pub paid: String,
    /// When it is paid at the latest.
    pub due: Option<String>,
    /// How many steps it has.
    pub version: i64,
}

/// An application with its history.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ApplicationPage {
    /// As it stands.
    pub application: ApplicationLine,
    /// Name of the policy.
    pub title: Label,
    /// Materials that the policy asks for.
    pub materials: Vec<PackageMaterial>,
    /// What must come back, in yuan.
    pub owed_back: String,
    /// Why it was returned or refused.
    pub reason: Option<String>,
    /// What the rules made of the facts it was judged by, worked out again, with its proof.
    #[schema(value_type = Object)]
    pub evaluation: Value,
    /// Whether that gives the same bytes as it did then; absent when the policy's text of then is
    /// no longer held.
    pub same: Option<bool>,
    /// What happened, in order.
    pub steps: Vec<ServiceStep>,
    /// What may be done next by who asks.
    pub next: Vec<String>,
}

/// An application that someone begins.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewApplication {
    /// For what.
    #[schema(min_length = 1, max_length = 100)]
    pub policy: String,
    /// For officers: the firm.
    pub firm: Option<String>,
    /// Facts of this application beside those that the house holds.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub facts: Value,
}

/// A material that is handed in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandedIn {
    /// Which, by its place from 1.
    #[schema(minimum = 1, maximum = 64)]
    pub material: usize,
    /// What shows it.
    #[schema(max_length = 500)]
    pub evidence: String,
}

/// What is said of an application.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplicationStep {
    /// `submitted`, `consented`, `withdrawn`; `returned`, `moved`, `granted`, `refused`, `paid`,
    /// `rejudged`, `reclaimed`, `published`.
    #[schema(min_length = 1, max_length = 20)]
    pub kind: String,
    /// How many steps it had when it was read.
    #[schema(minimum = 1, maximum = 1000000)]
    pub version: Option<i64>,
    /// Why: of a return, a move, a refusal, a new judgement.
    #[schema(max_length = 1000)]
    pub reason: Option<String>,
    /// In yuan: of a grant, a payment, what came back.
    #[schema(max_length = 24)]
    pub amount: Option<String>,
    /// What the payer calls a payment.
    #[schema(max_length = 100)]
    pub reference: Option<String>,
    /// Of what is handed in.
    #[serde(default)]
    #[schema(max_items = 64)]
    pub materials: Vec<HandedIn>,
    /// Of what is handed in or judged anew: facts beside those that the house holds.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub facts: Value,
}

/// Firms that are offered a policy.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOffer {
    /// Which; without them, every firm that the facts grant it.
    #[schema(max_items = 2000)]
    pub firms: Option<Vec<String>>,
}

/// Who was offered a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Offered {
    /// Applications: they only consent.
    pub offered: Vec<String>,
    /// Applications: something is not verified, they go by a short application.
    pub moved: Vec<String>,
    /// How many firms the facts do not grant it, or have one under way.
    pub skipped: i64,
}

/// How a pool is to be shared.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewShare {
    /// `pro_rata` or `in_order`.
    #[schema(min_length = 1, max_length = 20)]
    pub sharing: String,
}

/// How a pool was shared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Shared {
    /// The journal event.
    pub journal: String,
    /// How many shared in it.
    pub claims: i64,
    /// What is left, in yuan.
    pub left: String,
    /// How it came about.
    pub proof: Proof,
}

/// How many of a policy a firm may have.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPlaces {
    /// The firm.
    #[schema(min_length = 2, max_length = 20)]
    pub firm: String,
    /// How many.
    #[schema(minimum = 0, maximum = 1000000)]
    pub places: i64,
}

/// What waits for whoever asks; what is not theirs is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Waiting {
    /// Offers that the firm has not answered.
    pub offered: i64,
    /// Applications that were begun, by the firm or for it, and are not handed in.
    pub drafted: i64,
    /// Applications that came back to the firm for something that is missing.
    pub returned: i64,
    /// Applications that the office is to decide.
    pub submitted: i64,
    /// Requests and calls of the office whose day has passed.
    pub late: i64,
}

/// How a pool stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PoolBalance {
    /// Its id.
    pub id: String,
    /// Policies that are paid from it.
    pub policies: Vec<MissingFact>,
    /// What is in it, in yuan; absent when that could not be read.
    pub budget: Option<String>,
    /// What was granted and is not paid yet.
    pub committed: String,
    /// What was paid, less what came back.
    pub paid: String,
    /// What is neither.
    pub left: Option<String>,
    /// What those who are not decided yet would come to at most.
    pub asked: String,
    /// How many applications are under way.
    pub open: i64,
    /// How it was shared last; absent for those who are no officers.
    pub round: Option<Value>,
}

/// A text of a policy.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyText {
    /// YAML.
    #[schema(min_length = 1, max_length = 1048576)]
    pub text: String,
}

/// A text of a policy as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PolicySourceText {
    /// The policy.
    pub policy: String,
    /// YAML.
    pub text: String,
    /// Its digest.
    pub digest: String,
}

/// Something that is wrong with a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PolicyFault {
    /// `E-POL-01` …
    pub code: String,
    /// `error` or `warning`.
    pub weight: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// What is wrong.
    pub message: Label,
    /// What would be right.
    pub hint: Option<Label>,
}

/// A test of a policy that was run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PolicyTestRun {
    /// What it is called.
    pub name: String,
    /// Its line.
    pub line: u32,
    /// What is wrong; absent when it passes.
    pub wrong: Option<Label>,
}

/// Whom a policy reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PolicyReach {
    /// Firms that were asked.
    pub firms: i64,
    /// Firms that are granted it.
    pub granted: i64,
    /// Firms that are not.
    pub refused: i64,
    /// Firms of which something is missing.
    pub unknown: i64,
    /// What it comes to at most, in yuan.
    pub cost: Option<String>,
}

/// A firm for which a change changes something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PolicyChange {
    /// Which.
    pub firm: EntityRef,
    /// What it was.
    #[schema(value_type = Object)]
    pub before: Value,
    /// What it would be.
    #[schema(value_type = Object)]
    pub after: Value,
}

/// What a text would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PolicyCheck {
    /// The policy, when the text is one.
    pub policy: Option<String>,
    /// Its name.
    pub title: Option<Label>,
    /// Whether it may be published.
    pub sound: bool,
    /// What is wrong.
    pub faults: Vec<PolicyFault>,
    /// Its own tests.
    pub tests: Vec<PolicyTestRun>,
    /// How many small changes of it there are.
    pub mutants: i64,
    /// How many of them its tests notice.
    pub noticed: i64,
    /// Whom it reaches.
    pub reach: Option<PolicyReach>,
    /// Whom the version on the shelf reaches.
    pub before: Option<PolicyReach>,
    /// Firms for which something changes; at most 50 are named.
    pub changes: Vec<PolicyChange>,
    /// How many there are.
    pub changed: i64,
}

/// A policy that was published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Published {
    /// The policy.
    pub policy: String,
    /// Digest of its text.
    pub digest: String,
    /// The journal event.
    pub journal: String,
    /// Who published it.
    pub by: String,
    /// When.
    pub at: String,
}
