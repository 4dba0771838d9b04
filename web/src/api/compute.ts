// The wire types of the compute platform, as the contract has them, and its money.

import type { components } from "./schema.gen";
import { yuanText } from "../evidence/proof";

type Served = components["schemas"];

export type Cluster = Served["Cluster"];
export type ClusterNode = Served["Node"];
export type DevicePart = Served["Part"];
export type ComputeJob = Served["ComputeJob"];
export type ComputeJobs = Served["ComputeJobs"];
export type ComputeJobPage = Served["ComputeJobPage"];
export type NewComputeJob = Served["NewComputeJob"];
export type Sharing = Served["Sharing"];
export type ShareGroup = Served["ShareGroup"];
export type ShareTenant = Served["ShareTenant"];
export type Reservation = Served["Reservation"];
export type SupposedAnswer = Served["SupposedAnswer"];
export type Touched = Served["Touched"];
export type Providers = Served["Providers"];
export type Provider = Served["Provider"];
export type Quote = Served["Quote"];
export type TaskLog = Served["TaskLog"];
export type Vouchers = Served["Vouchers"];
export type Voucher = Served["Voucher"];
export type Invoice = Served["Invoice"];
export type InvoiceLine = Served["InvoiceLine"];

/** Micro-yuan as yuan: two decimals, and more where there is more. */
export function yuanOf(micro: number): string {
  const digits = Math.abs(micro).toString().padStart(7, "0");
  const cut = digits.length - 6;
  const parts = digits.slice(cut).replace(/0+$/, "").padEnd(2, "0");
  return yuanText(`${micro < 0 ? "-" : ""}${digits.slice(0, cut)}.${parts}`);
}

/** Yuan with at most six decimals as micro-yuan; null for what is no amount. */
export function microOf(yuan: string): number | null {
  const found = /^(\d{1,9})(?:\.(\d{1,6}))?$/.exec(yuan.trim());
  if (!found) return null;
  return Number(found[1]) * 1_000_000 + Number((found[2] ?? "").padEnd(6, "0"));
}
