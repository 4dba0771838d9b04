import { segment } from "../api/client";
import type { Statement } from "../api/types";
import { useLang } from "../state/lang";
import { AppLink } from "../ui/AppLink";
import { documentPath, isDocument, SourceLink } from "../ui/entity";
import { useFormat } from "../ui/useFormat";

/** The thread a statement hangs on: source, place in it, statement, journal entry. */
export function Custody({ statement }: { statement: Statement }) {
  const { t } = useLang();
  const format = useFormat();
  const { locator } = statement;
  return (
    <ol className="custody" aria-label={t("custody.label")}>
      <li>
        <span className="custody-name">{t("custody.source")}</span>
        <SourceLink source={statement.source} />
      </li>
      <li>
        <span className="custody-name">{t("custody.row")}</span>
        {locator.row !== null ? t("claim.row", { row: locator.row }) : locator.record}{" "}
        <span className="quiet">{locator.field}</span>
        {isDocument(statement.source.key) && (
          <AppLink
            className="custody-text"
            to={`${documentPath(statement.source.key)}?candidate=${segment(locator.record)}`}
          >
            {t("custody.text")}
          </AppLink>
        )}
      </li>
      <li>
        <span className="custody-name">{t("custody.statement")}</span>
        {statement.id} <span className="quiet">{format.time(statement.recorded_at)}</span>
      </li>
      <li>
        <span className="custody-name">{t("custody.journal")}</span>
        <AppLink to={`/journal/${segment(statement.event)}`}>
          {t("custody.log", { event: statement.event })}
        </AppLink>
      </li>
    </ol>
  );
}
