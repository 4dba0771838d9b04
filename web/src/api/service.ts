// The wire types of services to firms and residents, as the contract has them.

import type { components } from "./schema.gen";
import type { Granted } from "./policy";
import type { EntityRef } from "./types";

type Served = components["schemas"];
type Named<T> = Omit<T, "firm"> & { firm: EntityRef };

export type RequestLine = Omit<Served["RequestLine"], "firm"> & { firm: EntityRef | null };
export type RequestBoard = Omit<Served["RequestBoard"], "items"> & { items: RequestLine[] };
export type ServiceStep = Omit<Served["ServiceStep"], "said"> & { said: Record<string, unknown> };
export type RequestPage = Omit<Served["RequestPage"], "request" | "steps"> & {
  request: RequestLine;
  steps: ServiceStep[];
};
export type ApplicationLine = Named<Served["ApplicationLine"]>;
export type ApplicationPage = Omit<Served["ApplicationPage"], "application" | "steps"> & {
  application: ApplicationLine;
  steps: ServiceStep[];
};
export type PackageItem = Omit<Served["PackageItem"], "result" | "application"> & {
  result: Granted;
  application: ApplicationLine | null;
};
export type FirmFact = Served["FirmFact"];
export type Package = Omit<Served["Package"], "firm" | "items"> & {
  firm: EntityRef;
  items: PackageItem[];
};
export type DeskFirm = Named<Served["DeskFirm"]>;
export type Desk = Omit<Served["Desk"], "firms"> & { firms: DeskFirm[] };
export type PoolBalance = Served["PoolBalance"];
export type PolicyCheck = Omit<Served["PolicyCheck"], "changes"> & {
  changes: { firm: EntityRef; before: Granted; after: Granted }[];
};
export type PolicySourceText = Served["PolicySourceText"];
export type Published = Served["Published"];
