import { type RefObject, useEffect, useRef, useState } from "react";
import { useSearchParams } from "react-router";
import type { Candidate, Decision, ReadDocument } from "../../api/review";
import { useKeys, useSteady } from "../../ui";
import { type Filter, neighbor, onward, shown, sureEnough } from "./candidates";
import { codeOf, type Decisions, NOBODY } from "./useDecisions";

/** What the desk remembers: which candidates are listed, chosen and ticked, and what keys do. */
export function useDesk(read: ReadDocument, decisions: Decisions, allowed: boolean) {
  const asked = useSearchParams()[0].get("candidate");
  const [filter, setFilter] = useState<Filter>({ state: "all", kind: "all", order: "place" });
  const list = shown(read.candidates, filter);
  const [wanted, setChosen] = useState<string | null>(asked);
  const [correcting, setCorrecting] = useState<string | null>(null);
  const [help, setHelp] = useState(false);
  const [sheet, setSheet] = useState(false);
  const scroll = useRef<HTMLOListElement>(null);
  const chosen = list.some((each) => each.id === wanted) ? wanted : (list[0]?.id ?? null);
  useListScroll(scroll, chosen, correcting);
  const nobody = unknownSubject(decisions);
  useEffect(() => {
    // Whom the subject means is asked where it can be answered.
    if (!nobody) return;
    setChosen(nobody);
    setCorrecting(nobody);
  }, [nobody]);
  const { ticked, tick, ...batch } = useBatch(list, decisions);
  const decide = useSteady((decision: Decision) => {
    const next = onward(list, decision.candidate);
    if (decision.verdict !== "reopen") {
      setChosen(next);
      focusRow(next);
    }
    setCorrecting(null);
    decisions.decide([decision]);
  });
  const move = (step: 1 | -1) => {
    const next = neighbor(list, chosen, step);
    setChosen(next);
    focusRow(next);
  };
  const current = list.find((each) => each.id === chosen);
  const acts = { move, tick, decide, setCorrecting, setHelp, accept: batch.accept };
  useDeskKeys(current, allowed, acts);
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
    move,
  };
}

/** The candidate that was refused because nobody is known by its subject's name. */
function unknownSubject({ refused }: Decisions): string | null {
  if (!refused || codeOf(refused.error) !== NOBODY) return null;
  return refused.decisions.length === 1 ? (refused.decisions[0]?.candidate ?? null) : null;
}

/** Deciding many at once: what is ticked or, when nothing is, what is sure enough. */
function useBatch(list: readonly Candidate[], decisions: Decisions) {
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const [least, setLeast] = useState(90);
  const tick = useSteady((id: string) => {
    const next = new Set(ticked);
    if (!next.delete(id)) next.add(id);
    setTicked(next);
  });
  const marked = sureEnough(list, 0).filter((each) => ticked.has(each.id));
  const sure = sureEnough(list, least);
  const all = (candidates: readonly Candidate[], verdict: "accept" | "reject") => {
    setTicked(new Set());
    decisions.decide(candidates.map(({ id }) => ({ candidate: id, verdict })));
  };
  return {
    ticked,
    tick,
    marked: marked.length,
    sure: sure.length,
    least,
    setLeast,
    accept: () => all(marked.length > 0 ? marked : sure, "accept"),
    reject: () => all(marked, "reject"),
    untick: () => setTicked(new Set()),
  };
}

/** The focus follows what is chosen, so that it is read out to those who listen. */
function focusRow(id: string | null): void {
  requestAnimationFrame(() => {
    const row = `[data-candidate="${CSS.escape(id ?? "")}"]`;
    document.querySelector<HTMLElement>(row)?.focus({ preventScroll: true });
  });
}

interface Acts {
  move: (step: 1 | -1) => void;
  tick: (id: string) => void;
  decide: (decision: Decision) => void;
  setCorrecting: (id: string | null) => void;
  setHelp: (open: boolean) => void;
  accept: () => void;
}

function useDeskKeys(current: Candidate | undefined, allowed: boolean, acts: Acts): void {
  const waits = allowed && current?.state === "waiting" ? current : undefined;
  const settled = allowed && current && current.state !== "waiting" ? current : undefined;
  useKeys({
    j: () => acts.move(1),
    k: () => acts.move(-1),
    a: () => waits && acts.decide({ candidate: waits.id, verdict: "accept" }),
    x: () => waits && acts.decide({ candidate: waits.id, verdict: "reject" }),
    c: () => waits && acts.setCorrecting(waits.id),
    u: () => settled && acts.decide({ candidate: settled.id, verdict: "reopen" }),
    " ": (event) => {
      // On a button other than the candidate's own line, Space presses that button.
      const pressed = (event.target as HTMLElement).closest("button, a, input, summary");
      if (pressed && !pressed.hasAttribute("data-candidate")) return false;
      if (waits) acts.tick(waits.id);
    },
    A: () => allowed && acts.accept(),
    "?": () => acts.setHelp(true),
  });
}

/** The height of the folded time band, in pixels, with a little air. */
const BAND = 52;

/** Keeps the chosen row in view inside its own list, without moving the page. */
function useListScroll(
  scroll: RefObject<HTMLElement | null>,
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
