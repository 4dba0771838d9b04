// The wire types of technology transfer under /api/v1/transfer, as the contract has them.

import type { components } from "./schema.gen";
import type { EntityRef } from "./types";

type Served = components["schemas"];

export type Board = Served["Board"];
export type CaseLine = Served["CaseLine"];
export type CasePage = Served["CasePage"];
export type Clock = Served["Clock"];
export type Opening = Served["Opening"];
export type Step = Served["Step"];
export type Proof = Served["Proof"];
export type Broken = Served["Broken"];
export type Acted = Served["Acted"];
export type DueItem = Served["DueItem"];
export type Notice = Served["Notice"];
export type Form = Served["Form"];
export type FormField = Served["FormField"];
export type Report = Served["Report"];
export type ReportFigure = Served["Figure"];
export type Due = Served["Due"];
export type Calculation = Served["Calculation"];
export type DemandItem = Served["DemandItem"];
export type Introduction = Omit<Served["Introduction"], "result"> & { result: EntityRef | null };
export type DemandPage = { demand: DemandItem; introductions: Introduction[] };
export type Claim = Omit<Served["Claim"], "result" | "unit"> & { result: EntityRef; unit: EntityRef };
export type CalendarLink = Served["CalendarLink"];
export type CapTable = Served["CapTable"];
export type HolidayEffect = Served["HolidayEffect"];
export type Rules = Served["Rules"];
export type Portfolio = Served["Portfolio"];
export type Prior = Served["Prior"];
export type Stalled = Served["Stalled"];

/** Members of an event as a form gathers them: texts, truths, lists and groups, never a float. */
export type Draft = { [key: string]: DraftValue };
export type DraftValue = string | boolean | DraftValue[] | Draft;
