import type { ComputeJob } from "../../api/compute";
import { useLang } from "../../state/lang";
import { useFormat } from "../../ui";

const COLORS: Record<string, string> = {
  running: "standing-river",
  done: "standing-jade",
  waiting: "standing-gold",
  blocked: "standing-gold",
  failed: "standing-cinnabar",
  over_limit: "standing-cinnabar",
  orphaned: "standing-cinnabar",
  unpaid: "standing-cinnabar",
  missed: "standing-cinnabar",
};

/** The class of how a job stands. */
export function stateClass(state: string): string {
  return `standing ${COLORS[state] ?? ""}`;
}

/** Whether a job is over. */
export function isOver(state: string): boolean {
  return !["running", "waiting", "blocked"].includes(state);
}

/** Words for kinds of device and for stretches of time. */
export function useComputeWords() {
  const { t } = useLang();
  const format = useFormat();
  const kind = (name: string) => (name === "core" ? t("compute.kind.core") : name);
  const duration = (ms: number) => {
    const value = (each: number) => String(Math.round(each * 10) / 10);
    if (ms < 60_000) return t("compute.duration.s", { value: value(ms / 1_000) });
    if (ms < 3_600_000) return t("compute.duration.m", { value: value(ms / 60_000) });
    return t("compute.duration.h", { value: value(ms / 3_600_000) });
  };
  const span = (from: string, until: string) =>
    from === until ? t("compute.startAt", { at: from }) : t("compute.start", { from, until });
  /** Between which instants a job starts. */
  const start = (of: ComputeJob["start"]) =>
    of ? span(format.time(of.from), format.time(of.until)) : "";
  /** Which of an array a job is. */
  const member = (of: NonNullable<ComputeJob["array"]>) =>
    t("compute.member", { index: String(of.index + 1), count: String(of.count) });
  return { kind, duration, start, member };
}
