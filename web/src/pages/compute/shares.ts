import type { ShareTenant, Sharing } from "../../api/compute";

/** A group or a tenant with what it is entitled to. */
export interface Branch {
  key: string;
  name: ShareTenant["tenant"]["name"];
  within: string | null;
  weight: number;
  running: number;
  waiting: number;
  /** Milli-GPU: its weight's part of what those side by side share. */
  entitled: number;
  group: boolean;
}

/** Those who stand side by side within a group, or at the top, sharing so many milli-GPU. */
export function branches(sharing: Sharing, within: string | null, milli: number): Branch[] {
  const groups = sharing.groups.map((each) => ({
    ...each,
    key: each.id,
    name: { zh: each.name, en: each.name },
    group: true,
  }));
  const tenants = sharing.tenants.map((each) => ({
    ...each,
    key: each.tenant.key,
    name: each.tenant.name,
    group: false,
  }));
  const beside = [...groups, ...tenants].filter((each) => (each.within ?? null) === within);
  const weights = beside.reduce((sum, each) => sum + each.weight, 0);
  return beside.map((each) => ({
    key: each.key,
    name: each.name,
    within,
    weight: each.weight,
    running: each.running,
    waiting: each.waiting,
    entitled: (milli * each.weight) / Math.max(weights, 1),
    group: each.group,
  }));
}

/** Milli-GPU as devices, to a tenth. */
export function devicesOf(milli: number): string {
  return String(Math.round(milli / 100) / 10);
}
