import { useState } from "react";
import { useOfficer, useApiPages } from "../../api/query";
import type { Pair, PairPage, PairVerdict } from "../../api/review";
import { useLang } from "../../state/lang";
import {
  AppLink,
  EmptyState,
  ErrorState,
  FormError,
  type KeyHelp,
  Keys,
  Loading,
  useEntityName,
  useKeys,
} from "../../ui";
import { Evidence } from "./Evidence";
import { type Judged, namesOf, pairKey, useJudging } from "./useJudging";
import { percent, WaterfallChart } from "./WaterfallChart";

const HELP: readonly KeyHelp[] = [
  ["j k", "pairs.key.move"],
  ["s", "pairs.key.same"],
  ["d", "pairs.key.different"],
  ["n", "pairs.key.unsure"],
  ["u", "pairs.key.undo"],
  ["?", "pairs.key.help"],
];

/** The pairs of a zone, one on the desk at a time, the others in a queue beside it. */
export function Queue({ zone }: { zone: Pair["zone"] }) {
  const { t } = useLang();
  const list = useApiPages<Pair, PairPage>("/pairs", { zone, limit: 50 }, { timeless: true });
  if (list.error && !list.first) {
    return <ErrorState error={list.error} retry={() => void list.refetch()} height={560} />;
  }
  if (!list.first) return <Loading height={560} />;
  if (list.items.length === 0) {
    return <EmptyState title={t("pairs.none")} why={t("pairs.noneWhy")} height={560} />;
  }
  return (
    <Desk
      pairs={list.items}
      more={list.hasNextPage ? () => void list.fetchNextPage() : undefined}
    />
  );
}

function Desk({ pairs, more }: { pairs: Pair[]; more?: () => void }) {
  const { t } = useLang();
  const name = useEntityName();
  const allowed = useOfficer();
  const judging = useJudging();
  const [wanted, setWanted] = useState<string | null>(null);
  const [reason, setReason] = useState("");
  const [help, setHelp] = useState(false);
  const found = pairs.findIndex((pair) => pairKey(pair) === wanted);
  const at = Math.max(0, found);
  const pair = pairs[at];
  const go = (to: number) => {
    const next = pairs[Math.min(pairs.length - 1, Math.max(0, to))];
    if (next) setWanted(pairKey(next));
    setReason("");
  };
  const judge = (verdict: PairVerdict) => {
    if (!allowed || !pair) return;
    judging.judge(pair, verdict, reason);
    go(onward(pairs, at, judging.made));
  };
  const undo = () => {
    if (judging.last) setWanted(judging.last.pair);
    judging.undoLast();
  };
  useKeys({
    j: () => go(at + 1),
    k: () => go(at - 1),
    s: () => judge("positive"),
    d: () => judge("negative"),
    n: () => judge("unsure"),
    u: undo,
    "?": () => setHelp(true),
  });
  if (!pair) return null;
  const judged = judging.made.get(pairKey(pair)) ?? recorded(pair);
  return (
    <div className="pairs">
      <QueueList pairs={pairs} at={at} made={judging.made} go={go} more={more} />
      <article className="pair" aria-label={t("pairs.place", { at: at + 1, total: pairs.length })}>
        <div className="pair-head">
          <span className="pair-place">
            {t("pairs.place", { at: at + 1, total: pairs.length })}
          </span>
          <span className="row">
            <Step name={t("pairs.previous")} sign="↑" off={at === 0} go={() => go(at - 1)} />
            <Step
              name={t("pairs.next")}
              sign="↓"
              off={at === pairs.length - 1}
              go={() => go(at + 1)}
            />
            <button
              type="button"
              className="button button-small keys-button"
              onClick={() => setHelp(true)}
            >
              {t("keys.title")} <kbd>?</kbd>
            </button>
          </span>
        </div>
        <Evidence pair={pair} />
        {allowed ? (
          <>
            <input
              className="field verdict-reason"
              aria-label={t("pairs.reason")}
              placeholder={t("pairs.reason")}
              value={reason}
              maxLength={500}
              onChange={(event) => setReason(event.target.value)}
            />
            <Verdicts judged={judged} judge={judge} />
          </>
        ) : (
          <p className="quiet pair-sign-in">
            <AppLink to="/account">{t("pairs.signIn")}</AppLink>
          </p>
        )}
        <div className="notice" role="status">
          {judging.last && (
            <>
              <span>
                {judging.last.names.map(name).join(" — ")}{" "}
                <b>{t(`pairs.${NAMES[judging.last.verdict]}Done`)}</b>
              </span>
              <button type="button" className="button-text" onClick={undo}>
                {t("pairs.undo")} <kbd>u</kbd>
              </button>
            </>
          )}
        </div>
        <FormError error={judging.error} />
        <WaterfallChart parts={pair.parts} probability={pair.probability} />
      </article>
      {help && <Keys keys={HELP} close={() => setHelp(false)} />}
    </div>
  );
}

const NAMES = { positive: "same", negative: "different", unsure: "unsure" } as const;

/** A judgement that the pair came with. */
function recorded(pair: Pair): Judged | undefined {
  const { judgement } = pair;
  return judgement && !judgement.undone_at
    ? { pair: pairKey(pair), names: namesOf(pair), verdict: judgement.verdict, judgement }
    : undefined;
}

/** The next pair after `at` that nobody has judged yet, else the first; `at` when all are judged. */
function onward(pairs: Pair[], at: number, made: ReadonlyMap<string, Judged>): number {
  const open = (pair: Pair | undefined, index: number) =>
    pair !== undefined && index !== at && !made.has(pairKey(pair)) && !recorded(pair);
  const later = pairs.findIndex((pair, index) => index > at && open(pair, index));
  const first = pairs.findIndex(open);
  return later >= 0 ? later : first >= 0 ? first : at;
}

function Step(props: { name: string; sign: string; off: boolean; go: () => void }) {
  return (
    <button
      type="button"
      className="button button-small"
      aria-label={props.name}
      title={props.name}
      disabled={props.off}
      onClick={props.go}
    >
      <span aria-hidden="true">{props.sign}</span>
    </button>
  );
}

interface VerdictsProps {
  judged: Judged | undefined;
  judge: (verdict: PairVerdict) => void;
}

function Verdicts({ judged, judge }: VerdictsProps) {
  const { t } = useLang();
  const choices = [
    ["positive", "same", "s"],
    ["negative", "different", "d"],
    ["unsure", "unsure", "n"],
  ] as const;
  return (
    <div className="verdicts">
      {choices.map(([verdict, name, key]) => (
        <button
          key={verdict}
          type="button"
          className={`button verdict verdict-${name}`}
          aria-pressed={judged?.verdict === verdict}
          onClick={() => judge(verdict)}
        >
          {t(`pairs.${name}`)} <kbd>{key}</kbd>
        </button>
      ))}
    </div>
  );
}

interface QueueListProps {
  pairs: Pair[];
  at: number;
  made: ReadonlyMap<string, Judged>;
  go: (to: number) => void;
  more?: () => void;
}

function QueueList({ pairs, at, made, go, more }: QueueListProps) {
  const { t } = useLang();
  const name = useEntityName();
  return (
    <nav className="pair-queue" aria-label={t("pairs.queue")}>
      <ol>
        {pairs.map((pair, index) => {
          const judged = made.get(pairKey(pair)) ?? recorded(pair);
          return (
            <li key={pairKey(pair)}>
              <button
                type="button"
                className="pair-item"
                aria-current={index === at ? "true" : undefined}
                onClick={() => go(index)}
              >
                <span className="pair-item-names">
                  <span>{name(pair.left.entity)}</span>
                  <span>{name(pair.right.entity)}</span>
                </span>
                <span className={judged ? "pair-item-mark" : "pair-item-mark quiet"}>
                  {judged ? t(`pairs.${NAMES[judged.verdict]}`) : percent(t, pair.probability)}
                </span>
              </button>
            </li>
          );
        })}
      </ol>
      {more && (
        <button type="button" className="button button-small" onClick={more}>
          {t("action.more")}
        </button>
      )}
    </nav>
  );
}
