// The wire types of /api/v1, as openapi.json states them. Conventions: lists are {items, next};
// every read takes ?valid=YYYY-MM-DD and ?known=YYYY-MM-DD; a `number` is an exact decimal string.

/** A name in two languages; either may be missing. */
export interface Label {
  zh?: string;
  en?: string;
}
export interface EntityRef {
  id: string;
  kind: string;
  name: Label;
}
export interface SourceRef {
  key: string;
  title: string;
  publisher?: string;
  licence?: string;
  url?: string;
  withdrawn: boolean;
}
export type Value =
  | { type: "entity"; entity: EntityRef }
  | { type: "text"; text: string; lang?: string }
  /** Number is an exact decimal string in `unit`. */
  | { type: "number"; number: string; comparator: Comparator; high?: string; unit?: string }
  | {
      type: "money";
      number: string;
      comparator: Comparator;
      high?: string;
      unit: string;
      currency: "CNY";
      fen: string;
    }
  | { type: "date"; date: string; precision: Precision }
  | { type: "point"; lon: number; lat: number }
  /** Fetch geometry from /map. */
  | { type: "shape"; geometry_type: string; area_km2?: string; length_km?: string }
  | { type: "concept"; concept: { key: string; scheme: string; label: Label } }
  | { type: "url"; url: string };
/** "~" is about. */
export type Comparator = "=" | ">" | ">=" | "<" | "<=" | "~" | "range";
export type Precision = "day" | "month" | "quarter" | "year" | "open";
export interface Valid {
  from: string | null;
  to: string | null;
  precision: Precision;
  text?: string;
}
export interface Statement {
  id: string;
  subject: EntityRef;
  property: PropertyRef;
  value: Value;
  valid: Valid;
  source: SourceRef;
  locator: { record: string; field: string; row: number | null };
  rank: "preferred" | "normal" | "deprecated";
  /** 0..100. */
  confidence: number;
  quote?: string;
  qualifiers: { key: string; value: string }[];
  recorded_at: string;
  /** "J12" journal event that brought it. */
  event: string;
  ended?: { at: string; reason: "superseded" | "gone" | "withdrawn" | "retracted"; event: string };
  supersedes?: string;
  superseded_by?: string;
  forecast?: boolean;
}
export interface PropertyRef {
  key: string;
  label: Label;
  value_type: string;
  indicator: boolean;
}
/** Computed, drawn hollow; `rule` is id@version. */
export interface Derived {
  key: string;
  label: Label;
  value: Value;
  formula: string;
  rounding?: string;
  inputs: { label: Label; value: Value; statements: string[] }[];
  valid: Valid;
  rule: string;
}

export interface Overview {
  district: EntityRef;
  /** The numbers in the one sentence. */
  headline: { indicator: PropertyRef; statement: Statement }[];
  kinds: { kind: string; label: Label; count: number; sources: number }[];
  totals: { entities: number; statements: number; sources: number; events: number };
  latest_changes: FeedItem[];
  /** Needs someone: conflicts, stale sources, empty kinds, unresolved. */
  attention: { code: string; label: Label; count: number; link: string }[];
  journal: { size: number; root: string; checked_at: string };
}
export interface Schema {
  kinds: {
    key: string;
    label: Label;
    plural: Label;
    color: string;
    icon: string;
    description?: Label;
    abstract: boolean;
    extends: string[];
    edge?: { source: string; target: string };
    properties: string[];
    open_data: boolean;
    group: string;
  }[];
  properties: {
    key: string;
    label: Label;
    value_type: string;
    unit?: string;
    indicator: boolean;
    family?: string;
    description?: Label;
    inverse?: Label;
  }[];
  concepts: { scheme: string; key: string; label: Label; parent?: string }[];
  units: { key: string; label: Label; dimension: string; factor: string }[];
}
export interface SearchAnswer {
  items: SearchHit[];
  next: string | null;
  total: number;
  facets: { kind: Facet[]; place: Facet[]; industry: Facet[]; year: Facet[] };
  took_us: number;
  note?: string;
}
export interface SearchHit {
  entity: EntityRef;
  matched: string;
  how: "name" | "alias" | "short" | "pinyin" | "initials" | "typo" | "text" | "browse";
  place?: EntityRef;
  industry?: Label;
  year?: number;
  statement_count: number;
  highlight?: string;
}
export interface Facet {
  key: string;
  label: Label;
  count: number;
}
export interface EntityPage {
  entity: EntityRef;
  aliases: { text: string; lang?: string; statement: string }[];
  identifiers: { scheme: string; value: string; url?: string; statement: string }[];
  groups: {
    property: PropertyRef;
    best: Statement | null;
    statements: Statement[];
    conflict: Conflict | null;
    more: number;
  }[];
  /** Who points here. */
  incoming: { property: PropertyRef; kind: string; count: number; sample: EntityRef[] }[];
  conflicts: Conflict[];
  discrepancies: Discrepancy[];
  derived: Derived[];
  sources: (SourceRef & { count: number })[];
  place?: EntityRef;
  geometry?: GeoJSON.Geometry;
  /** Entities that were judged to be this one, each with the judgement to undo. */
  merged: { entity: EntityRef; judgement: string }[];
  as_of: { valid: string; known: string };
}
export interface Conflict {
  property: PropertyRef;
  family?: string;
  kind: "value" | "definition" | "time" | "forecast";
  statements: Statement[];
  note?: string;
}
/** A contradiction reviewed by hand. */
export interface Discrepancy {
  id: string;
  topic: string;
  claim_a: string;
  claim_b: string;
  kind: string;
  note: string;
  statements: Statement[];
  source: SourceRef;
}
export interface HistoryItem {
  at: string;
  change: "added" | "superseded" | "gone" | "withdrawn" | "retracted";
  statement: Statement;
  event: string;
}
export interface Graph {
  nodes: (EntityRef & {
    degree: number;
    distance: number;
    group?: { kind: string; count: number };
  })[];
  edges: GraphEdge[];
  truncated: boolean;
}
export interface GraphEdge {
  id: string;
  source: string;
  target: string;
  relation: PropertyRef;
  from: string | null;
  to: string | null;
  statement: string;
  via?: EntityRef;
}
/** Points drawn with their comparator; `number` is in the common unit, for drawing only. */
export interface Series {
  indicator: PropertyRef;
  unit?: string;
  entities: EntityRef[];
  points: {
    entity: string;
    statement: Statement;
    number: number;
    high?: number;
    from: string | null;
    to: string | null;
    best: boolean;
    conflict: number | null;
  }[];
  derived: {
    entity: string;
    derived: Derived;
    number: number;
    from: string | null;
    to: string | null;
  }[];
  conflicts: Conflict[];
}
export interface Cube {
  rows: Axis;
  columns: Axis;
  measure: string;
  cells: { row: string; column: string; value: number }[];
  row_totals: { key: string; value: number }[];
  column_totals: { key: string; value: number }[];
  total: number;
  took_us: number;
}
export interface Axis {
  axis: string;
  label: Label;
  members: { key: string; label: Label }[];
}
export interface Change {
  entity: EntityRef;
  property: PropertyRef;
  before: Statement | null;
  after: Statement | null;
  at: string;
}
export interface Source extends SourceRef {
  kind: "file" | "document";
  parent?: string;
  retrieved?: string;
  published?: string;
  digest?: string;
  freshness: "fresh" | "aging" | "stale" | "unknown";
  statements: number;
  entities: number;
  rows: number | null;
  last_scanned?: string;
  version: number;
}
export interface ScanRun {
  event: string;
  at: string;
  rows: number;
  statements: number;
  new: number;
  changed: number;
  gone: number;
  unchanged: number;
  digest: string;
}
export interface FeedItem {
  event: string;
  at: string;
  kind: string;
  title: Label;
  actor: string;
  entity?: EntityRef;
  source?: SourceRef;
  counts?: { new: number; changed: number; gone: number };
}
export interface ScanReport {
  file: string;
  rows: number;
  statements: number;
  new: number;
  changed: number;
  gone: number;
  unchanged: number;
  entities_new: number;
  refusals: {
    file: string;
    row: number | null;
    column: string | null;
    value: string;
    rule: string;
    code: string;
    message: Label;
  }[];
}
export interface Account {
  id: string;
  name: string;
  role: "member" | "analyst" | "administrator";
  /** The organization that a member acts for. */
  organization: string | null;
  created_at: string;
  active: boolean;
  etag: string;
}

export interface Page<T> {
  items: T[];
  next: string | null;
}
export interface SchemaKind {
  key: string;
  label: Label;
  plural: Label;
  color: string;
  icon: string;
  description?: Label;
  abstract: boolean;
  extends: string[];
  edge?: { source: string; target: string };
  properties: string[];
  open_data: boolean;
  group: string;
}
export interface GraphPaths {
  paths: { nodes: EntityRef[]; edges: GraphEdge[] }[];
}
export interface MapProperties {
  id: string;
  kind: string;
  name_zh?: string;
  name_en?: string;
  color?: string;
  count?: number;
}
export type MapLayer =
  "districts" | "streets" | "metro_lines" | "metro_stations" | "belts" | "entities";
export type MapCollection = GeoJSON.FeatureCollection<GeoJSON.Geometry, MapProperties>;
export interface Choropleth {
  indicator: PropertyRef;
  unit?: string;
  items: { entity: EntityRef; statement: Statement | null; derived?: Derived }[];
  note?: string;
}
export interface IndicatorSummary {
  indicator: PropertyRef;
  unit?: string;
  family?: string;
  entities: number;
  claims: number;
  conflicts: number;
  first?: string;
  last?: string;
}
export interface CubeCell {
  items: Statement[];
  entities: EntityRef[];
  next: string | null;
}
export interface ChangesPage {
  items: Change[];
  next: string | null;
  summary: { added: number; ended: number; changed: number; entities: number };
}
export interface CoverageItem {
  kind: string;
  label: Label;
  count: number;
  sources: number;
  statements: number;
  newest: string | null;
  unresolved: number;
  conflicts: number;
  open_data: boolean;
  template?: string;
}
export interface Coverage {
  items: CoverageItem[];
  as_of: { valid: string; known: string };
}
export interface SourcePage extends Source {
  children: Source[];
  runs: ScanRun[];
  attribution?: string;
}
export interface Question {
  id: string;
  title: string;
  path: string;
  notify: { app: boolean; webhook?: string };
  last_checked?: string | null;
  changed: boolean;
  etag?: string;
}
export interface Notification {
  id: string;
  question: string;
  at: string;
  title: string;
  read: boolean;
}
/** What waits for the reader, counted; what is not theirs is 0. */
export interface Waiting {
  offered: number;
  drafted: number;
  returned: number;
  submitted: number;
  late: number;
}
export interface Session {
  account: Account | null;
  csrf: string;
}
export interface Token {
  id: string;
  name: string;
  role: "member" | "analyst" | "administrator";
  created_at: string;
  expires_at: string | null;
  last_used: string | null;
  /** Only in the answer that made it. */
  secret?: string;
}
export interface JournalEvent {
  id: string;
  at: string;
  actor: string;
  kind: string;
  subject?: string;
  payload?: unknown;
  leaf_hash: string;
}
export interface JournalPage {
  size: number;
  root: string;
  checkpoint: string;
  /** The key that verifies the checkpoint, as C2SP writes it. */
  vkey?: string;
  events: Page<JournalEvent>;
}
export interface Problem {
  type?: string;
  title: string;
  status: number;
  detail?: string;
  code?: string;
  request_id?: string;
  errors?: { pointer: string; detail: string }[];
  where?: {
    file?: string;
    row?: number | null;
    column?: string | null;
    value?: string;
    rule?: string;
  };
}
export interface Job {
  id: string;
  kind: string;
  state: "queued" | "running" | "done" | "failed";
  progress: { done: number; total: number; unit: string };
  report?: ScanReport;
  problem?: Problem;
}
