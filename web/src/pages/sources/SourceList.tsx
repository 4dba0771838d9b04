import { useState } from "react";
import { useApiPages } from "../../api/query";
import type { Source } from "../../api/types";
import { useLang, type Key } from "../../state/lang";
import {
  AppLink,
  EmptyState,
  ErrorState,
  ExportMenu,
  Loading,
  PageHeader,
  SourceLink,
  useFormat,
} from "../../ui";

export const FRESH_TONE = { fresh: "jade", aging: "gold", stale: "cinnabar", unknown: "" } as const;

export function Freshness({ source }: { source: Source }) {
  const { t } = useLang();
  const tone = FRESH_TONE[source.freshness];
  return <span className={`tag ${tone}`}>{t(`sources.${source.freshness}`)}</span>;
}

type Column = "title" | "licence" | "retrieved" | "freshness" | "rows" | "statements" | "entities";

const COLUMNS: { key: Column; label: Key; right?: boolean; optional?: boolean }[] = [
  { key: "title", label: "sources.name" },
  { key: "licence", label: "sources.licence", optional: true },
  { key: "retrieved", label: "sources.retrieved", optional: true },
  { key: "freshness", label: "sources.freshness", optional: true },
  { key: "rows", label: "sources.rows", right: true, optional: true },
  { key: "entities", label: "sources.entities", right: true, optional: true },
  { key: "statements", label: "sources.statements", right: true },
];

const AGE = { fresh: 0, aging: 1, stale: 2, unknown: 3 };

function order(column: Column) {
  const rank = (source: Source): string | number => {
    if (column === "freshness") return AGE[source.freshness];
    return source[column] ?? (column === "rows" ? -1 : "");
  };
  return (a: Source, b: Source): number => {
    const [x, y] = [rank(a), rank(b)];
    if (typeof x === "number" && typeof y === "number") return y - x;
    return String(x).localeCompare(String(y), "zh-CN");
  };
}

/** Every file and document the statements come from. */
export function SourceList() {
  const { t } = useLang();
  const list = useApiPages<Source>("/sources", { limit: 200 });
  const [sort, setSort] = useState<Column>("statements");
  const [hidden, setHidden] = useState<Column[]>([]);
  const shown = COLUMNS.filter((column) => !hidden.includes(column.key));
  const files = [...list.items].sort(order(sort));
  return (
    <>
      <PageHeader
        title={t("sources.title")}
        lead={t("sources.lead")}
        actions={
          <>
            <ColumnChooser hidden={hidden} setHidden={setHidden} />
            <ExportMenu question="sources" />
          </>
        }
      />
      {list.error && !list.first && (
        <ErrorState error={list.error} retry={() => void list.refetch()} height={480} />
      )}
      {list.isPending && <Loading height={480} />}
      {list.isSuccess && files.length === 0 && (
        <EmptyState title={t("sources.none")} why={t("sources.noneWhy")} height={480} />
      )}
      {files.length > 0 && (
        <div className="table-box" tabIndex={0} role="region" aria-label={t("sources.title")}>
          <table className="table">
            <thead>
              <tr>
                {shown.map((column) => (
                  <th
                    key={column.key}
                    className={column.right ? "right" : undefined}
                    aria-sort={sort === column.key ? "descending" : undefined}
                  >
                    <button type="button" onClick={() => setSort(column.key)}>
                      {t(column.label)}
                      <span aria-hidden="true">{sort === column.key ? " ▾" : ""}</span>
                    </button>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {files.map((source) => (
                <tr key={source.key}>
                  {shown.map((column) => (
                    <td key={column.key} className={column.right ? "right" : undefined}>
                      <Cell source={source} column={column.key} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {list.hasNextPage && (
        <button type="button" className="button" onClick={() => void list.fetchNextPage()}>
          {t("action.more")}
        </button>
      )}
    </>
  );
}

function Cell({ source, column }: { source: Source; column: Column }) {
  const format = useFormat();
  switch (column) {
    case "title":
      return (
        <>
          <SourceLink source={source} />
          <span className="source-by">{source.publisher}</span>
        </>
      );
    case "freshness":
      return <Freshness source={source} />;
    case "statements":
      return (
        <AppLink to={`/sources/${encodeURIComponent(source.key)}#statements`}>
          {format.number(source.statements)}
        </AppLink>
      );
    case "rows":
    case "entities":
      return <>{source[column] === null ? "—" : format.number(source[column])}</>;
    case "retrieved":
      return <span className="nowrap">{source.retrieved ?? "—"}</span>;
    default:
      return <span className="source-licence">{source[column] ?? "—"}</span>;
  }
}

interface ChooserProps {
  hidden: Column[];
  setHidden: (hidden: Column[]) => void;
}

function ColumnChooser({ hidden, setHidden }: ChooserProps) {
  const { t } = useLang();
  return (
    <details className="chooser menu-box">
      <summary className="button">{t("table.columns")}</summary>
      <div className="menu">
        {COLUMNS.filter((column) => column.optional).map(({ key, label }) => (
          <label key={key} className="check">
            <input
              type="checkbox"
              checked={!hidden.includes(key)}
              onChange={() =>
                setHidden(
                  hidden.includes(key) ? hidden.filter((each) => each !== key) : [...hidden, key],
                )
              }
            />
            {t(label)}
          </label>
        ))}
      </div>
    </details>
  );
}
