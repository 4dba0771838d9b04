import { expect, it } from "vitest";
import type { components } from "./schema.gen";
import type * as review from "./review";
import type * as ours from "./types";

type Served = components["schemas"];

/** Fields that only one side has; never when both name the same. */
type Apart<A, B> = Exclude<keyof A, keyof B> | Exclude<keyof B, keyof A>;
type Agree<A, B> = [Apart<A, B>] extends [never] ? true : Apart<A, B>;

// Checked by the compiler: a field renamed, added or dropped on either side does not build.
const agree: {
  account: Agree<ours.Account, Served["Account"]>;
  change: Agree<ours.Change, Served["Change"]>;
  changes: Agree<ours.ChangesPage, Served["Changes"]>;
  choropleth: Agree<ours.Choropleth, Served["Choropleth"]>;
  conflict: Agree<ours.Conflict, Served["Conflict"]>;
  coverage: Agree<ours.Coverage, Served["Coverage"]>;
  coverageItem: Agree<ours.CoverageItem, Served["CoverageItem"]>;
  cube: Agree<ours.Cube, Served["Cube"]>;
  cubeCell: Agree<ours.CubeCell, Served["CubeCell"]>;
  derived: Agree<ours.Derived, Served["Derived"]>;
  discrepancy: Agree<ours.Discrepancy, Served["Discrepancy"]>;
  entityPage: Agree<ours.EntityPage, Served["EntityPage"]>;
  entityRef: Agree<ours.EntityRef, Served["EntityRef"]>;
  feedItem: Agree<ours.FeedItem, Served["FeedItem"]>;
  graph: Agree<ours.Graph, Served["Graph"]>;
  graphEdge: Agree<ours.GraphEdge, Served["GraphEdge"]>;
  historyItem: Agree<ours.HistoryItem, Served["HistoryItem"]>;
  indicator: Agree<ours.IndicatorSummary, Served["IndicatorSummary"]>;
  job: Agree<ours.Job, Served["Job"]>;
  journal: Agree<ours.JournalPage, Served["Journal"]>;
  journalEvent: Agree<ours.JournalEvent, Served["JournalEvent"]>;
  notification: Agree<ours.Notification, Served["Notification"]>;
  overview: Agree<ours.Overview, Served["Overview"]>;
  paths: Agree<ours.GraphPaths, Served["Paths"]>;
  problem: Agree<ours.Problem, Served["ProblemBody"]>;
  property: Agree<ours.PropertyRef, Served["PropertyRef"]>;
  question: Agree<ours.Question, Served["Question"]>;
  report: Agree<ours.ScanReport, Served["ScanReport"]>;
  run: Agree<ours.ScanRun, Served["ScanRun"]>;
  schema: Agree<ours.Schema, Served["Schema"]>;
  schemaKind: Agree<ours.SchemaKind, Served["SchemaKind"]>;
  search: Agree<ours.SearchAnswer, Served["SearchAnswer"]>;
  searchHit: Agree<ours.SearchHit, Served["SearchHit"]>;
  series: Agree<ours.Series, Served["Series"]>;
  session: Agree<ours.Session, Served["Session"]>;
  source: Agree<ours.Source, Served["Source"]>;
  sourcePage: Agree<ours.SourcePage, Served["SourcePage"]>;
  sourceRef: Agree<ours.SourceRef, Served["SourceRef"]>;
  statement: Agree<ours.Statement, Served["Statement"]>;
  token: Agree<ours.Token, Served["Token"]>;
  valid: Agree<ours.Valid, Served["Valid"]>;
  answer: Agree<review.Answer, Served["Answer"]>;
  candidate: Agree<review.Candidate, Served["Candidate"]>;
  decision: Agree<review.Decision, Served["NewDecision"]>;
  document: Agree<review.ReadDocument, Served["Document"]>;
  documentCard: Agree<review.DocumentCard, Served["DocumentCard"]>;
  judgement: Agree<review.Judgement, Served["Judgement"]>;
  matches: Agree<review.MatchAnswer, Served["Matches"]>;
  matchResult: Agree<review.MatchResult, Served["MatchResult"]>;
  pair: Agree<review.Pair, Served["Pair"]>;
  reading: Agree<review.Correction, Served["NewReading"]>;
  side: Agree<review.Side, Served["Side"]>;
  vocabulary: Agree<review.MatchVocabulary, Served["MatchVocabulary"]>;
} = {
  account: true,
  change: true,
  changes: true,
  choropleth: true,
  conflict: true,
  coverage: true,
  coverageItem: true,
  cube: true,
  cubeCell: true,
  derived: true,
  discrepancy: true,
  entityPage: true,
  entityRef: true,
  feedItem: true,
  graph: true,
  graphEdge: true,
  historyItem: true,
  indicator: true,
  job: true,
  journal: true,
  journalEvent: true,
  notification: true,
  overview: true,
  paths: true,
  problem: true,
  property: true,
  question: true,
  report: true,
  run: true,
  schema: true,
  schemaKind: true,
  search: true,
  searchHit: true,
  series: true,
  session: true,
  source: true,
  sourcePage: true,
  sourceRef: true,
  statement: true,
  token: true,
  valid: true,
  answer: true,
  candidate: true,
  decision: true,
  document: true,
  documentCard: true,
  judgement: true,
  matches: true,
  matchResult: true,
  pair: true,
  reading: true,
  side: true,
  vocabulary: true,
};

it("names the fields that the server names", () => {
  expect(Object.values(agree).every(Boolean)).toBe(true);
});
