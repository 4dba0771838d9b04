import { segment } from "../../api/client";
import { useApiPages } from "../../api/query";
import type { HistoryItem } from "../../api/types";
import { Figure } from "../../evidence";
import { useLang } from "../../state/lang";
import { AppLink, EntityLink, ErrorState, Loading, SourceLink, useFormat } from "../../ui";

/** Every recorded change of the entity, newest first, as one thread. */
export function History({ id }: { id: string }) {
  const { t } = useLang();
  const list = useApiPages<HistoryItem>(`/entities/${segment(id)}/history`, { limit: 20 });
  return (
    <section className="entity-section" id="history">
      <h2>{t("entity.history")}</h2>
      {list.isPending && <Loading height={160} />}
      {list.error && <ErrorState error={list.error} retry={() => void list.refetch()} />}
      {list.isSuccess && list.items.length === 0 && (
        <p className="quiet">{t("entity.historyNone")}</p>
      )}
      <ol className="thread">
        {list.items.map((item) => (
          <Moment key={item.statement.id + item.change + item.event} item={item} />
        ))}
      </ol>
      {list.hasNextPage && (
        <button type="button" className="button" onClick={() => void list.fetchNextPage()}>
          {t("action.more")}
        </button>
      )}
    </section>
  );
}

const TONE: Record<HistoryItem["change"], string> = {
  added: "jade",
  superseded: "gold",
  gone: "",
  withdrawn: "cinnabar",
  retracted: "cinnabar",
};

function Moment({ item }: { item: HistoryItem }) {
  const { t, pick } = useLang();
  const format = useFormat();
  const { statement } = item;
  return (
    <li className="moment">
      <p className="moment-line">
        <span className={`tag ${TONE[item.change]}`}>{t(`entity.change.${item.change}`)}</span>
        <span>{pick(statement.property.label)}</span>
        {statement.value.type === "entity" ? (
          <EntityLink entity={statement.value.entity} />
        ) : (
          <Figure statement={statement} size="m" />
        )}
        <span className="quiet">{format.valid(statement.valid)}</span>
      </p>
      <p className="mini-line">
        <AppLink to={`/journal/${item.event}`}>{format.time(item.at)}</AppLink>
        <SourceLink source={statement.source} />
      </p>
    </li>
  );
}
