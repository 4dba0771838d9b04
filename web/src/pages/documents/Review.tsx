import { useEffect, useRef, useState } from "react";
import { useSearchParams } from "react-router";
import { useAccount } from "../../api/query";
import type { Candidate, Decision, ReadDocument } from "../../api/review";
import { useLang } from "../../state/lang";
import {
  Answer,
  AppLink,
  EmptyState,
  type KeyHelp,
  Keys,
  OutLink,
  PageHeader,
  useFormat,
  useKeys,
} from "../../ui";
import { BatchLine } from "./BatchLine";
import { CandidateRow } from "./CandidateRow";
import { type Filter, neighbor, onward, shown, sureEnough } from "./candidates";
import { Filters, Legend } from "./Filters";
import { ReviewText } from "./ReviewText";
import { codeOf, NOBODY, useDecisions } from "./useDecisions";

const HELP: readonly KeyHelp[] = [
  ["j k", "documents.key.move"],
  ["a", "documents.key.accept"],
  ["x", "documents.key.reject"],
  ["c", "documents.key.correct"],
  ["u", "documents.key.reopen"],
  ["Space", "documents.key.tick"],
  ["Shift+A", "documents.key.batch"],
  ["?", "documents.key.help"],
];

/** One document beside what was read from it, to be decided one by one or in batches. */
export function Review({ id }: { id: string }) {
  const { t } = useLang();
  const decisions = useDecisions(id);
  const { query, read } = decisions;
  return (
    <>
      {!read && <PageHeader title={t("documents.one")} />}
      <Answer query={{ ...query, data: read }} height={720}>
        {(document) => (
          <>
            <Head read={document} />
            <Desk read={document} decisions={decisions} />
          </>
        )}
      </Answer>
    </>
  );
}

function Head({ read: { document } }: { read: ReadDocument }) {
  const { t } = useLang();
  const format = useFormat();
  return (
    <PageHeader
      eyebrow={
        <span className="row">
          <AppLink to="/documents">{t("documents.title")}</AppLink>
          <span>{t(`documents.format.${document.format}`)}</span>
          {document.withdrawn && <span className="tag cinnabar">{t("source.withdrawn")}</span>}
        </span>
      }
      title={document.title}
      lead={
        <span className="mini-line">
          {document.publisher && <span>{document.publisher}</span>}
          {document.published && <span>{format.day(document.published)}</span>}
          {document.url && (
            <OutLink href={document.url}>
              {t("sources.visit")}
            </OutLink>
          )}
          <span>{t("documents.recorded", { time: format.time(document.recorded_at) })}</span>
        </span>
      }
    />
  );
}

interface DeskProps {
  read: ReadDocument;
  decisions: ReturnType<typeof useDecisions>;
}

function Desk({ read, decisions }: DeskProps) {
  const { t } = useLang();
  const allowed = useAccount() !== null;
  const desk = useDesk(read, decisions, allowed);
  const { list, chosen, filter } = desk;
  return (
    <div className="review">
      <section className="review-left" aria-label={t("documents.text")}>
        <Legend />
        <ReviewText
          text={read.text}
          candidates={read.candidates}
          chosen={chosen}
          choose={desk.setChosen}
        />
      </section>
      <section
        className={desk.sheet ? "review-right review-right-open" : "review-right"}
        aria-label={t("documents.candidates")}
      >
        <button
          type="button"
          className="sheet-handle"
          aria-expanded={desk.sheet}
          onClick={() => desk.setSheet(!desk.sheet)}
        >
          <span className="sheet-grip" aria-hidden="true" />
          {t(desk.sheet ? "documents.sheetLess" : "documents.sheetMore")}
        </button>
        <Filters
          counts={read.document.counts}
          filter={filter}
          set={desk.setFilter}
          help={() => desk.setHelp(true)}
          move={(step) => desk.setChosen(neighbor(list, chosen, step))}
        />
        {allowed && <BatchLine {...desk.batch} />}
        <Notices decisions={decisions} chosen={chosen} />
        {list.length === 0 ? (
          <EmptyState
            title={t(read.candidates.length ? "documents.noneShown" : "documents.nothingRead")}
            why={t(read.candidates.length ? "documents.noneShownWhy" : "documents.nothingReadWhy")}
          />
        ) : (
          <ol className="candidates" ref={desk.scroll} tabIndex={-1}>
            {list.map((candidate) => (
              <CandidateRow
                key={candidate.id}
                candidate={candidate}
                chosen={candidate.id === chosen}
                ticked={desk.ticked.has(candidate.id)}
                allowed={allowed}
                correcting={desk.correcting === candidate.id}
                nobody={desk.nobody === candidate.id}
                choose={desk.setChosen}
                tick={desk.tick}
                decide={desk.decide}
                correct={(open) => desk.setCorrecting(open ? candidate.id : null)}
              />
            ))}
          </ol>
        )}
      </section>
      {desk.help && <Keys keys={HELP} close={() => desk.setHelp(false)} />}
    </div>
  );
}

/** What the desk remembers: which candidates are shown, chosen and ticked, and the keys. */
function useDesk(read: ReadDocument, decisions: DeskProps["decisions"], allowed: boolean) {
  const asked = useSearchParams()[0].get("candidate");
  const [filter, setFilter] = useState<Filter>({ state: "all", kind: "all", order: "place" });
  const list = shown(read.candidates, filter);
  const [wanted, setChosen] = useState<string | null>(asked);
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const [correcting, setCorrecting] = useState<string | null>(null);
  const [least, setLeast] = useState(90);
  const [help, setHelp] = useState(false);
  const [sheet, setSheet] = useState(false);
  const scroll = useRef<HTMLOListElement>(null);
  const chosen = list.some((each) => each.id === wanted) ? wanted : (list[0]?.id ?? null);
  useListScroll(scroll, chosen, correcting);
  const { refused } = decisions;
  const unknown = refused && codeOf(refused.error) === NOBODY;
  const nobody = unknown ? (refused.decisions[0]?.candidate ?? null) : null;
  useEffect(() => {
    // Whom the subject means is asked where it can be answered.
    if (!nobody) return;
    setChosen(nobody);
    setCorrecting(nobody);
  }, [nobody]);
  const tick = (id: string) => {
    const next = new Set(ticked);
    if (!next.delete(id)) next.add(id);
    setTicked(next);
  };
  const decide = (decision: Decision) => {
    const next = onward(list, decision.candidate);
    if (decision.verdict !== "reopen") {
      setChosen(next);
      focusRow(next);
    }
    setCorrecting(null);
    decisions.decide([decision]);
  };
  const waiting = new Set(sureEnough(list, 0).map((each) => each.id));
  const marked = [...ticked].filter((id) => waiting.has(id));
  const sure = sureEnough(list, least).map((each) => each.id);
  const all = (ids: readonly string[], verdict: "accept" | "reject") => {
    setTicked(new Set());
    decisions.decide(ids.map((candidate) => ({ candidate, verdict })));
  };
  const acceptBatch = () => all(marked.length > 0 ? marked : sure, "accept");
  const current = list.find((each) => each.id === chosen);
  useDeskKeys({ list, current, allowed, setChosen, setCorrecting, setHelp, tick, decide, acceptBatch });
  const batch = {
    marked: marked.length,
    sure: sure.length,
    least,
    setLeast,
    accept: acceptBatch,
    reject: () => all(marked, "reject"),
    untick: () => setTicked(new Set<string>()),
  };
  return {
    list,
    chosen,
    filter,
    ticked,
    correcting,
    nobody,
    help,
    sheet,
    scroll,
    batch,
    setFilter,
    setChosen,
    setCorrecting,
    setHelp,
    setSheet,
    tick,
    decide,
  };
}

/** The focus follows what is chosen, so that it is read out to those who listen. */
function focusRow(id: string | null): void {
  requestAnimationFrame(() => {
    const row = `[data-candidate="${CSS.escape(id ?? "")}"]`;
    document.querySelector<HTMLElement>(row)?.focus({ preventScroll: true });
  });
}

interface DeskKeys {
  list: readonly Candidate[];
  current: Candidate | undefined;
  allowed: boolean;
  setChosen: (id: string | null) => void;
  setCorrecting: (id: string | null) => void;
  setHelp: (open: boolean) => void;
  tick: (id: string) => void;
  decide: (decision: Decision) => void;
  acceptBatch: () => void;
}

function useDeskKeys(desk: DeskKeys): void {
  const { list, current, allowed } = desk;
  const move = (step: 1 | -1) => {
    const next = neighbor(list, current?.id ?? null, step);
    desk.setChosen(next);
    focusRow(next);
  };
  const waits = allowed && current?.state === "waiting" ? current : undefined;
  const settled = allowed && current && current.state !== "waiting" ? current : undefined;
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    a: () => waits && desk.decide({ candidate: waits.id, verdict: "accept" }),
    x: () => waits && desk.decide({ candidate: waits.id, verdict: "reject" }),
    c: () => waits && desk.setCorrecting(waits.id),
    u: () => settled && desk.decide({ candidate: settled.id, verdict: "reopen" }),
    " ": (event) => {
      // On a button other than the candidate's own line, Space presses that button.
      const pressed = (event.target as HTMLElement).closest("button, a, input, summary");
      if (pressed && !pressed.hasAttribute("data-candidate")) return false;
      if (waits) desk.tick(waits.id);
    },
    A: () => allowed && desk.acceptBatch(),
    "?": () => desk.setHelp(true),
  });
}

/** The height of the folded time band, in pixels, with a little air. */
const BAND = 52;

/** Keeps the chosen row in view inside its own list, without moving the page. */
function useListScroll(
  scroll: { current: HTMLElement | null },
  chosen: string | null,
  correcting: string | null,
): void {
  useEffect(() => {
    const box = scroll.current;
    const row = box?.querySelector(".candidate-chosen");
    if (!box || !row) return;
    const [frame, at] = [box.getBoundingClientRect(), row.getBoundingClientRect()];
    // The time band lies over the end of a list that reaches further down.
    const end = Math.min(frame.bottom, innerHeight - BAND);
    if (at.top < frame.top) box.scrollTop -= frame.top - at.top;
    else if (at.bottom > end) box.scrollTop += Math.min(at.bottom - end, at.top - frame.top);
  }, [scroll, chosen, correcting]);
}

/** What was just done, with a way back; or why it was refused. */
function Notices({ decisions, chosen }: { decisions: DeskProps["decisions"]; chosen: string | null }) {
  const { t } = useLang();
  const { last, refused } = decisions;
  const back = last.filter((each) => each.verdict !== "reopen");
  if (refused) {
    const ids = refused.decisions.map((each) => each.candidate);
    const words = refused.error instanceof Error ? refused.error.message : String(refused.error);
    return (
      <div className="notice notice-refused" role="alert">
        <p>
          {t("documents.refused", { count: ids.length })} {words}
        </p>
        <button type="button" className="button-text" onClick={decisions.dismiss}>
          {t("action.close")}
        </button>
      </div>
    );
  }
  return (
    <div className="notice" role="status">
      {back.length > 0 && chosen && (
        <>
          <span>
            {t(`documents.done.${back[0]?.verdict as "accept" | "reject" | "correct"}`, {
              count: back.length,
            })}
          </span>
          <button
            type="button"
            className="button-text"
            onClick={() =>
              decisions.decide(
                back.map(({ candidate }) => ({ candidate, verdict: "reopen" as const })),
              )
            }
          >
            {t("documents.takeBack")}
          </button>
        </>
      )}
    </div>
  );
}
