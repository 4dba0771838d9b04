import { useOfficer } from "../../api/query";
import type { ReadDocument } from "../../api/review";
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
} from "../../ui";
import { BatchLine } from "./BatchLine";
import { CandidateRow } from "./CandidateRow";
import { Filters, Legend } from "./Filters";
import { Notices } from "./Notices";
import { ReviewText } from "./ReviewText";
import { type Decisions, useDecisions } from "./useDecisions";
import { useDesk } from "./useDesk";

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
          {document.url && <OutLink href={document.url}>{t("sources.visit")}</OutLink>}
          <span>{t("documents.recorded", { time: format.time(document.recorded_at) })}</span>
        </span>
      }
    />
  );
}

function Desk({ read, decisions }: { read: ReadDocument; decisions: Decisions }) {
  const { t } = useLang();
  const allowed = useOfficer();
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
          move={desk.move}
        />
        {allowed && <BatchLine {...desk.batch} />}
        <Notices decisions={decisions} />
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
                correct={desk.setCorrecting}
              />
            ))}
          </ol>
        )}
      </section>
      {desk.help && <Keys keys={HELP} close={() => desk.setHelp(false)} />}
    </div>
  );
}
