import { type CSSProperties, useEffect, useId, useMemo, useState } from "react";
import { useQuery } from "@tanstack/react-query";
import { get } from "../api/client";
import type { JournalEvent } from "../api/types";
import { useAsOf } from "../state/asof";
import { useLang } from "../state/lang";
import { DayField } from "../ui/DayField";
import { formatDay } from "../ui/format";
import { ClockIcon } from "./icons";

const START = "2015-01-01";
const DAY = 86_400_000;

const toNumber = (day: string): number => Math.round(Date.parse(`${day}T00:00:00Z`) / DAY);
const toDay = (count: number): string => new Date(count * DAY).toISOString().slice(0, 10);
const today = (): string => new Date().toISOString().slice(0, 10);

/** The day the journal begins: nothing can have been known before it. */
function useFirstDay(wanted: boolean): string | undefined {
  const first = useQuery({
    queryKey: ["journal-first"],
    queryFn: () => get<JournalEvent>("/journal/events/J1"),
    enabled: wanted,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  return first.data?.at.slice(0, 10);
}

/** The thin band at the bottom that moves the whole page in time, usually folded. */
export function TimeBand() {
  const { t, lang } = useLang();
  const asOf = useAsOf();
  const [open, setOpen] = useState(false);
  const id = useId();
  const first = useFirstDay(open);
  const day = (text: string) => formatDay(text, "day", lang);
  const words = [
    asOf.valid && t("time.asOf", { day: day(asOf.valid) }),
    asOf.known && t("time.knownBy", { day: day(asOf.known) }),
  ].filter(Boolean);
  return (
    <section className={open ? "band band-open" : "band"} aria-label={t("time.label")}>
      <div className="band-in">
        <div className="band-line">
          <button
            type="button"
            className="band-toggle"
            aria-expanded={open}
            aria-controls={id}
            onClick={() => setOpen(!open)}
          >
            <ClockIcon />
            <span aria-live="polite">
              {asOf.past
                ? t("time.past", { what: words.join(lang === "zh" ? "，" : ", ") })
                : `${t("time.today")} · ${day(today())}`}
            </span>
            <span className="band-caret" aria-hidden="true">
              {open ? "▾" : "▴"}
            </span>
          </button>
          {asOf.past && (
            <button type="button" className="button button-small" onClick={asOf.reset}>
              {t("time.reset")}
            </button>
          )}
        </div>
        <div id={id} className="band-tracks" hidden={!open}>
          {open && <Tracks first={first} />}
        </div>
      </div>
    </section>
  );
}

function Tracks({ first }: { first?: string }) {
  const { t } = useLang();
  const asOf = useAsOf();
  return (
    <>
      <Track
        name={t("time.valid")}
        hint={t("time.validHint")}
        value={asOf.valid}
        least={START}
        onSet={(valid) => asOf.set({ valid })}
      />
      <Track
        name={t("time.known")}
        hint={t("time.knownHint")}
        value={asOf.known}
        least={first ?? START}
        onSet={(known) => asOf.set({ known })}
      />
    </>
  );
}

interface TrackProps {
  name: string;
  hint: string;
  value: string | null;
  /** The first day that can be chosen; the line before it is drawn empty. */
  least: string;
  onSet: (day: string | null) => void;
}

function Track({ name, hint, value, least, onSet }: TrackProps) {
  const { lang } = useLang();
  const now = today();
  const from = toNumber(START);
  const to = toNumber(now);
  const [at, setAt] = useDragged(value, now, onSet);
  const years = useMemo(() => yearMarks(from, to), [from, to]);
  const empty = ((toNumber(least) - from) / (to - from)) * 100;
  return (
    <div className="track">
      <div className="track-name">
        <span>{name}</span>
        <DayField
          label={`${name}: ${hint}`}
          value={toDay(at)}
          min={least}
          max={now}
          onDay={(day) => setAt(toNumber(day))}
        />
      </div>
      <div className="track-line">
        <input
          type="range"
          aria-label={`${name}: ${hint}`}
          aria-valuetext={formatDay(toDay(at), "day", lang)}
          min={from}
          max={to}
          value={at}
          style={{ "--empty": `${empty}%` } as CSSProperties}
          onChange={(event) => setAt(Math.max(toNumber(least), Number(event.target.value)))}
        />
        <div className="track-years" aria-hidden="true">
          {years.map(([year, left]) => (
            <span key={year} style={{ left: `${left}%` }}>
              {year}
            </span>
          ))}
        </div>
      </div>
      <p className="track-hint quiet small">{hint}</p>
    </div>
  );
}

/** Follows the hand at once and tells the page when it rests; the last day means the present. */
function useDragged(value: string | null, now: string, onSet: (day: string | null) => void) {
  const settled = toNumber(value ?? now);
  const [at, setAt] = useState(settled);
  useEffect(() => setAt(settled), [settled]);
  useEffect(() => {
    if (at === settled) return undefined;
    const timer = setTimeout(() => onSet(toDay(at) === now ? null : toDay(at)), 140);
    return () => clearTimeout(timer);
  }, [at, settled, now, onSet]);
  return [at, setAt] as const;
}

function yearMarks(from: number, to: number): [string, number][] {
  const marks: [string, number][] = [];
  const last = Number(toDay(to).slice(0, 4));
  for (let year = Number(toDay(from).slice(0, 4)); year <= last; year += 1) {
    const left = ((toNumber(`${year}-01-01`) - from) / (to - from)) * 100;
    if (left >= 0 && left <= 100) marks.push([String(year), left]);
  }
  return marks;
}
