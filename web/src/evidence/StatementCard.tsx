import type { ReactNode } from "react";
import { apiUrl, segment } from "../api/client";
import type { Statement } from "../api/types";
import { type Key, type Translate, useLang } from "../state/lang";
import { zh } from "../i18n/zh";
import { AppLink } from "../ui/AppLink";
import { OutLink } from "../ui/OutLink";
import { EntityLink, SourceLink } from "../ui/entity";
import { useFormat } from "../ui/useFormat";
import { ValueText } from "./Figure";

interface StatementCardProps {
  statement: Statement;
  /** Shown as the one that was opened. */
  chosen?: boolean;
  /** Names the subject and property too, for lists of mixed statements. */
  full?: boolean;
  actions?: ReactNode;
}

/** One claim whole: what, when, who says so, where it stands in the source, when we learned it. */
export function StatementCard({ statement, chosen, full, actions }: StatementCardProps) {
  const { t, pick } = useLang();
  const ended = statement.ended;
  return (
    <article className={`claim${chosen ? " claim-chosen" : ""}${ended ? " claim-ended" : ""}`}>
      {full && (
        <p className="claim-subject">
          <EntityLink entity={statement.subject} badge />
          <span className="quiet"> · {pick(statement.property.label)}</span>
        </p>
      )}
      <p className="claim-value">
        <ClaimValue statement={statement} />
      </p>
      <ClaimWhen statement={statement} />
      {statement.quote && <blockquote className="claim-quote">{statement.quote}</blockquote>}
      <ClaimFacts statement={statement} />
      <div className="claim-foot">
        <a href={apiUrl(`/statements/${segment(statement.id)}/proof`)} download>
          {t("claim.proof")}
        </a>
        <AppLink to={`/journal/${segment(statement.event)}`}>{t("claim.event")}</AppLink>
        {actions}
        <span className="mono quiet claim-id">{statement.id}</span>
      </div>
    </article>
  );
}

function ClaimValue({ statement }: { statement: Statement }) {
  const { value } = statement;
  if (value.type === "entity") return <EntityLink entity={value.entity} badge />;
  if (value.type === "url") {
    return <OutLink href={value.url} />;
  }
  return <ValueText value={value} />;
}

function ClaimWhen({ statement }: { statement: Statement }) {
  const { t } = useLang();
  const format = useFormat();
  const when = format.valid(statement.valid);
  return (
    <p className="claim-when">
      <span>{when || t("claim.noDate")}</span>
      {statement.valid.text && statement.valid.text !== when && (
        <span className="quiet"> {t("claim.asWritten", { text: statement.valid.text })}</span>
      )}
      {statement.rank === "preferred" && <span className="tag jade">{t("rank.preferred")}</span>}
      {statement.rank === "deprecated" && <span className="tag">{t("rank.deprecated")}</span>}
      {statement.forecast && <span className="tag gold">{t("claim.forecast")}</span>}
      {statement.ended && (
        <span className="tag cinnabar">{t(`ended.${statement.ended.reason}`)}</span>
      )}
    </p>
  );
}

function ClaimFacts({ statement }: { statement: Statement }) {
  const { t } = useLang();
  const format = useFormat();
  const { source, locator } = statement;
  return (
    <dl className="facts">
      <dt>{t("claim.source")}</dt>
      <dd>
        <SourceLink source={source} />
        {source.publisher && <span className="quiet"> {source.publisher}</span>}
      </dd>
      <dt>{t("claim.place")}</dt>
      <dd className="mono">
        {locator.row !== null ? t("claim.row", { row: locator.row }) : locator.record} ·{" "}
        {locator.field}
      </dd>
      <dt>{t("claim.confidence")}</dt>
      <dd>
        <span className="confidence" aria-hidden="true">
          <span style={{ width: `${statement.confidence}%` }} />
        </span>
        {statement.confidence} / 100
      </dd>
      {statement.qualifiers.map((qualifier, index) => (
        <Fact key={index} name={qualifierName(qualifier.key, t)} text={qualifier.value} />
      ))}
      <dt>{t("claim.recorded")}</dt>
      <dd>{format.time(statement.recorded_at)}</dd>
      {statement.ended && <Fact name={t("claim.ended")} text={format.time(statement.ended.at)} />}
      {source.licence && <Fact name={t("claim.licence")} text={source.licence} />}
    </dl>
  );
}

/** What further condition is meant, in words; a key we have no word for stays as it is. */
function qualifierName(key: string, t: Translate): string {
  const word = `qualifier.${key}`;
  return word in zh ? t(word as Key) : key;
}

function Fact({ name, text }: { name: string; text: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{text}</dd>
    </>
  );
}
