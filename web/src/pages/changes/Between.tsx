import { useApiPages, useSchema } from "../../api/query";
import type { Change, ChangesPage, Statement } from "../../api/types";
import { Figure } from "../../evidence";
import { addressNow } from "../../state/address";
import { useLang } from "../../state/lang";
import {
  DayField,
  EmptyState,
  EntityLink,
  ErrorState,
  ExportMenu,
  Loading,
  useFormat,
} from "../../ui";

interface BetweenProps {
  search: URLSearchParams;
  setSearch: (search: URLSearchParams) => void;
}

/** What differs between two days, by when it was learned or by when it became true. */
export function Between({ search, setSearch }: BetweenProps) {
  const { t } = useLang();
  const asked = {
    from: search.get("from") ?? undefined,
    to: search.get("to") ?? undefined,
    axis: search.get("axis") === "valid" ? "valid" : "known",
    kind: search.get("kind") ?? undefined,
  };
  const list = useApiPages<Change, ChangesPage>("/changes", { ...asked, limit: 50 });
  const set = (key: string, value: string) => {
    const after = addressNow();
    if (value) after.set(key, value);
    else after.delete(key);
    setSearch(after);
  };
  return (
    <section>
      <div className="between-form">
        <Day name={t("changes.from")} value={asked.from} set={(day) => set("from", day)} />
        <Day name={t("changes.to")} value={asked.to} set={(day) => set("to", day)} />
        <label className="form-row">
          <span>{t("changes.axis")}</span>
          <select
            className="field"
            value={asked.axis}
            onChange={(event) => set("axis", event.target.value)}
          >
            <option value="known">{t("changes.axisKnown")}</option>
            <option value="valid">{t("changes.axisValid")}</option>
          </select>
        </label>
        <KindSelect value={asked.kind ?? ""} set={(kind) => set("kind", kind)} />
        <ExportMenu question="changes" params={asked} />
      </div>
      <Outcome list={list} />
    </section>
  );
}

function Day(props: { name: string; value?: string; set: (day: string) => void }) {
  return (
    <div className="form-row">
      <span>{props.name}</span>
      <DayField label={props.name} value={props.value} onDay={props.set} />
    </div>
  );
}

function KindSelect({ value, set }: { value: string; set: (kind: string) => void }) {
  const { t, pick } = useLang();
  const kinds = useSchema().data?.kinds ?? [];
  return (
    <label className="form-row">
      <span>{t("changes.kind")}</span>
      <select className="field" value={value} onChange={(event) => set(event.target.value)}>
        <option value="">{t("changes.anyKind")}</option>
        {kinds
          .filter((kind) => !kind.abstract)
          .map((kind) => (
            <option key={kind.key} value={kind.key}>
              {pick(kind.label)}
            </option>
          ))}
      </select>
    </label>
  );
}

function Outcome({ list }: { list: ReturnType<typeof useApiPages<Change, ChangesPage>> }) {
  const { t } = useLang();
  const format = useFormat();
  if (list.error && !list.first) {
    return <ErrorState error={list.error} retry={() => void list.refetch()} height={480} />;
  }
  if (!list.first) return <Loading height={480} />;
  if (list.items.length === 0) {
    return <EmptyState title={t("changes.nothing")} why={t("changes.nothingWhy")} height={480} />;
  }
  const { added, ended, changed, entities } = list.first.summary;
  return (
    <>
      <p className="between-summary">
        {t("changes.summary", {
          added: format.number(added),
          ended: format.number(ended),
          changed: format.number(changed),
          entities: format.number(entities),
        })}
      </p>
      <ChangeTable items={list.items} />
      {list.hasNextPage && (
        <button
          type="button"
          className="button between-more"
          onClick={() => void list.fetchNextPage()}
        >
          {t("action.more")}
        </button>
      )}
    </>
  );
}

function ChangeTable({ items }: { items: Change[] }) {
  const { t, pick } = useLang();
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label={t("changes.between")}>
      <table className="table">
        <thead>
          <tr>
            <th>{t("changes.entity")}</th>
            <th>{t("changes.property")}</th>
            <th>{t("changes.before")}</th>
            <th>{t("changes.after")}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((change, index) => (
            <tr key={index}>
              <td>
                <EntityLink entity={change.entity} badge />
              </td>
              <td className="quiet">{pick(change.property.label)}</td>
              <td>
                <Side statement={change.before} />
              </td>
              <td>
                <Side statement={change.after} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Side({ statement }: { statement: Statement | null }) {
  const format = useFormat();
  if (!statement) return <span className="quiet">—</span>;
  return (
    <>
      <Figure statement={statement} />
      <span className="change-when">{format.valid(statement.valid)}</span>
    </>
  );
}
