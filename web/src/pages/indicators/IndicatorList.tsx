import { useState } from "react";
import { segment } from "../../api/client";
import { useApi } from "../../api/query";
import type { IndicatorSummary } from "../../api/types";
import { useLang } from "../../state/lang";
import { Answer, AppLink, EmptyState, PageHeader, useFormat } from "../../ui";
import { useAddress } from "../map/address";

type Order = "name" | "entities" | "claims" | "conflicts" | "last";

const yearOf = (day: string | undefined): number | null => (day ? Number(day.slice(0, 4)) : null);

/** All indicators, to be narrowed by name, by conflicts and by the years they speak of. */
export function IndicatorList() {
  const { t } = useLang();
  const query = useApi<{ items: IndicatorSummary[] }>("/indicators");
  return (
    <div className="indicators">
      <PageHeader title={t("nav.indicators")} lead={t("indicators.lead")} />
      <Answer query={query} height={480}>
        {({ items }) =>
          items.length ? (
            <Listing items={items} />
          ) : (
            <EmptyState
              title={t("indicators.none")}
              why={t("indicators.noneWhy")}
              action={
                <AppLink className="button" to="/sources">
                  {t("nav.sources")}
                </AppLink>
              }
            />
          )
        }
      </Answer>
    </div>
  );
}

/** What the address narrows the list to, and the years there are to choose from. */
function useNarrowing(items: IndicatorSummary[]) {
  const { pick, lang } = useLang();
  const [search, change] = useAddress();
  const years = items.flatMap((each) => [yearOf(each.first), yearOf(each.last)]);
  const known = years.filter((year): year is number => year !== null);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const text = search.get("q") ?? "";
  const torn = search.get("filter") === "conflicts";
  const from = Number(search.get("from")) || least;
  const to = Number(search.get("to")) || most;
  const kept = (each: IndicatorSummary): boolean => {
    const { zh = "", en = "" } = each.indicator.label;
    const words = `${zh} ${en} ${each.indicator.key}`.toLowerCase();
    if (!words.includes(text.toLowerCase()) || (torn && each.conflicts === 0)) return false;
    if (from <= least && to >= most) return true;
    const [first, last] = [yearOf(each.first), yearOf(each.last)];
    return first !== null && last !== null && last >= from && first <= to;
  };
  const name = (each: IndicatorSummary) => pick(each.indicator.label) || each.indicator.key;
  const rows = (order: Order) =>
    items.filter(kept).sort((a, b) => compare(a, b, order) || name(a).localeCompare(name(b), lang));
  return { text, torn, from, to, least, most, rows, change };
}

type Narrowing = ReturnType<typeof useNarrowing>;

function Listing({ items }: { items: IndicatorSummary[] }) {
  const { t } = useLang();
  const [order, setOrder] = useState<Order>("claims");
  const narrowing = useNarrowing(items);
  const rows = narrowing.rows(order);
  const clear = () => narrowing.change({ q: null, filter: null, from: null, to: null });
  return (
    <>
      <Tools
        {...narrowing}
        shown={t("indicators.shown", { shown: rows.length, all: items.length })}
      />
      {rows.length ? (
        <Table
          rows={rows}
          order={order}
          onOrder={setOrder}
          least={narrowing.least}
          most={narrowing.most}
        />
      ) : (
        <EmptyState
          title={t("indicators.noMatch")}
          why={t("indicators.noMatchWhy")}
          action={
            <button type="button" className="button" onClick={clear}>
              {t("action.clear")}
            </button>
          }
        />
      )}
    </>
  );
}

function Tools({
  text,
  torn,
  from,
  to,
  least,
  most,
  change,
  shown,
}: Narrowing & { shown: string }) {
  const { t } = useLang();
  const options = Array.from({ length: most - least + 1 }, (_, at) => least + at);
  const pickYear = (key: "from" | "to", limit: number) => (year: number) =>
    change({ [key]: year === limit ? null : String(year) });
  return (
    <div className="indicator-tools">
      <input
        className="field"
        type="search"
        value={text}
        placeholder={t("indicators.filter")}
        aria-label={t("indicators.filter")}
        onChange={(event) => change({ q: event.target.value || null })}
      />
      <label className="check">
        <input
          type="checkbox"
          checked={torn}
          onChange={() => change({ filter: torn ? null : "conflicts" })}
        />
        {t("indicators.torn")}
      </label>
      <div className="row">
        <span className="small quiet">{t("indicators.years")}</span>
        <YearSelect
          label={t("indicators.fromYear")}
          value={from}
          options={options}
          onChange={pickYear("from", least)}
        />
        –
        <YearSelect
          label={t("indicators.toYear")}
          value={to}
          options={options}
          onChange={pickYear("to", most)}
        />
      </div>
      <span className="quiet small" aria-live="polite">
        {shown}
      </span>
    </div>
  );
}

interface TableProps {
  rows: IndicatorSummary[];
  order: Order;
  onOrder: (order: Order) => void;
  least: number;
  most: number;
}

function Table({ rows, order, onOrder, least, most }: TableProps) {
  const { t } = useLang();
  const head = { now: order, onOrder };
  return (
    <div className="indicator-table-box">
      <table className="indicator-table indicator-list">
        <thead>
          <tr>
            <Head order="name" text={t("indicators.indicator")} {...head} />
            <Head order="entities" text={t("indicators.entities")} right {...head} />
            <Head order="claims" text={t("indicators.claims")} right {...head} />
            <Head order="conflicts" text={t("indicators.conflicts")} right {...head} />
            <Head order="last" text={t("indicators.years")} {...head} />
          </tr>
        </thead>
        <tbody>
          {rows.map((each) => (
            <Row key={each.indicator.key} item={each} least={least} most={most} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function compare(a: IndicatorSummary, b: IndicatorSummary, order: Order): number {
  if (order === "name") return 0;
  if (order === "last") return (b.last ?? "").localeCompare(a.last ?? "");
  return b[order] - a[order];
}

interface HeadProps {
  order: Order;
  now: Order;
  text: string;
  right?: boolean;
  onOrder: (order: Order) => void;
}

function Head({ order, now, text, right, onOrder }: HeadProps) {
  const on = order === now;
  const sort = on ? (order === "name" ? "ascending" : "descending") : undefined;
  return (
    <th scope="col" className={right ? "right" : undefined} aria-sort={sort}>
      <button type="button" className="indicator-sort" onClick={() => onOrder(order)}>
        {text}
        {on && <span aria-hidden="true"> {order === "name" ? "↑" : "↓"}</span>}
      </button>
    </th>
  );
}

interface YearSelectProps {
  label: string;
  value: number;
  options: number[];
  onChange: (year: number) => void;
}

function YearSelect({ label, value, options, onChange }: YearSelectProps) {
  return (
    <select
      className="field"
      aria-label={label}
      value={value}
      onChange={(event) => onChange(Number(event.target.value))}
    >
      {options.map((year) => (
        <option key={year} value={year}>
          {year}
        </option>
      ))}
    </select>
  );
}

function Row({ item, least, most }: { item: IndicatorSummary; least: number; most: number }) {
  const { t, pick } = useLang();
  const format = useFormat();
  const first = yearOf(item.first);
  const last = yearOf(item.last);
  const span = Math.max(1, most - least + 1);
  return (
    <tr>
      <th scope="row">
        <AppLink to={`/indicators/${segment(item.indicator.key)}`}>
          {pick(item.indicator.label) || item.indicator.key}
        </AppLink>
        {item.unit && <span className="quiet small"> {format.unit(item.unit)}</span>}
      </th>
      <td className="right" data-label={t("indicators.entities")}>
        {item.entities}
      </td>
      <td className="right" data-label={t("indicators.claims")}>
        {item.claims}
      </td>
      <td className="right" data-label={t("indicators.conflicts")}>
        {item.conflicts > 0 ? (
          <span className="tag gold">{t("indicators.tornCount", { count: item.conflicts })}</span>
        ) : (
          <span className="quiet">0</span>
        )}
      </td>
      <td>
        {first !== null && last !== null ? (
          <span className="indicator-years">
            <span className="indicator-span" aria-hidden="true">
              <i
                style={{
                  left: `${((first - least) / span) * 100}%`,
                  width: `${((last - first + 1) / span) * 100}%`,
                }}
              />
            </span>
            {first === last ? first : `${first}–${last}`}
          </span>
        ) : (
          <span className="quiet">{t("claim.noDate")}</span>
        )}
      </td>
    </tr>
  );
}
