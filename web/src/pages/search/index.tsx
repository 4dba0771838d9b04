import { useEffect, useState } from "react";
import { useSearchParams } from "react-router";
import { useApiPages } from "../../api/query";
import type { Facet, SearchAnswer, SearchHit } from "../../api/types";
import { useSettled } from "../../shell/SearchDialog";
import { addressNow } from "../../state/address";
import { useLang } from "../../state/lang";
import {
  AppLink,
  EmptyState,
  entityPath,
  EntityLink,
  ErrorState,
  ExportMenu,
  KindBadge,
  Loading,
  PageHeader,
  useEntityName,
  useFormat,
} from "../../ui";
import "./search.css";

const FACETS = ["kind", "place", "industry", "year"] as const;
type FacetName = (typeof FACETS)[number];

/** Search with facets; everything asked stands in the address. */
export default function SearchPage() {
  const { t } = useLang();
  const [search, setSearch] = useSearchParams();
  const [text, setText] = useTyped(search.get("q") ?? "", setSearch);
  const asked = {
    q: search.get("q") ?? "",
    kind: search.getAll("kind"),
    place: search.getAll("place"),
    industry: search.getAll("industry"),
    year: search.getAll("year"),
  };
  const params = { ...asked, limit: 40 };
  const list = useApiPages<SearchHit, SearchAnswer>("/search", params);
  const change = (name: FacetName, key: string) => setSearch(toggled(addressNow(), name, key));
  const some = FACETS.some((name) => asked[name].length > 0);
  return (
    <>
      <PageHeader
        title={t("search.title")}
        actions={<ExportMenu question="search" params={asked} />}
      />
      <label className="search-page-field">
        <span className="visually-hidden">{t("nav.search")}</span>
        <input
          type="search"
          className="field"
          value={text}
          placeholder={t("search.placeholder")}
          onChange={(event) => setText(event.target.value)}
          spellCheck={false}
        />
      </label>
      <div className="search-columns">
        <aside className="facets" aria-label={t("search.filters")}>
          {some && (
            <button
              type="button"
              className="button button-small"
              onClick={() => setSearch(cleared(search))}
            >
              {t("search.clear")}
            </button>
          )}
          {list.first &&
            FACETS.map((name) => (
              <FacetList
                key={name}
                name={name}
                items={list.first?.facets[name] ?? []}
                chosen={asked[name]}
                onPick={(key) => change(name, key)}
              />
            ))}
        </aside>
        <section className="results" aria-live="polite" aria-busy={list.isFetching}>
          <Results list={list} q={asked.q} />
        </section>
      </div>
    </>
  );
}

type Setter = ReturnType<typeof useSearchParams>[1];

/** What is typed shows at once and reaches the address when the hand rests. */
function useTyped(q: string, setSearch: Setter) {
  const [text, setText] = useState(q);
  const settled = useSettled(text, 160);
  useEffect(() => setText(q), [q]);
  useEffect(() => {
    if (settled === q || settled !== text) return;
    const after = addressNow();
    if (settled) after.set("q", settled);
    else after.delete("q");
    setSearch(after, { replace: true });
  }, [settled, text, q, setSearch]);
  return [text, setText] as const;
}

function toggled(search: URLSearchParams, name: string, key: string): URLSearchParams {
  const after = new URLSearchParams(search);
  const had = after.getAll(name);
  after.delete(name);
  const now = had.includes(key) ? had.filter((each) => each !== key) : [...had, key];
  for (const each of name === "kind" ? now : now.slice(-1)) after.append(name, each);
  return after;
}

function cleared(search: URLSearchParams): URLSearchParams {
  const after = new URLSearchParams(search);
  for (const name of FACETS) after.delete(name);
  return after;
}

interface FacetListProps {
  name: FacetName;
  items: Facet[];
  chosen: string[];
  onPick: (key: string) => void;
}

function FacetList({ name, items, chosen, onPick }: FacetListProps) {
  const { t, pick } = useLang();
  const format = useFormat();
  const [all, setAll] = useState(false);
  if (items.length === 0) return null;
  const shown = all ? items : items.filter((each, at) => at < 8 || chosen.includes(each.key));
  return (
    <fieldset className="facet">
      <legend>{t(`search.facet.${name}`)}</legend>
      {shown.map((facet) => (
        <label key={facet.key} className="facet-line">
          <input
            type="checkbox"
            checked={chosen.includes(facet.key)}
            onChange={() => onPick(facet.key)}
          />
          <span className="facet-name">
            {pick(facet.label) || facet.key || t("search.unknown")}
          </span>
          <span className="quiet">{format.number(facet.count)}</span>
        </label>
      ))}
      {!all && items.length > shown.length && (
        <button type="button" className="button-text small" onClick={() => setAll(true)}>
          {t("entity.more", { count: items.length - shown.length })}
        </button>
      )}
    </fieldset>
  );
}

interface ResultsProps {
  list: ReturnType<typeof useApiPages<SearchHit, SearchAnswer>>;
  q: string;
}

function Results({ list, q }: ResultsProps) {
  const { t } = useLang();
  const format = useFormat();
  if (list.error && !list.first) {
    return <ErrorState error={list.error} retry={() => void list.refetch()} height={400} />;
  }
  if (!list.first) return <Loading height={600} />;
  const { total, took_us: took, note } = list.first;
  if (total === 0) return <Nothing q={q} />;
  const ms = (took / 1000).toFixed(1);
  return (
    <>
      <p className="quiet small results-count">
        {t("search.results", { total: format.number(total), ms })}
        {note ? ` · ${note}` : ""}
      </p>
      <ul>
        {list.items.map((hit) => (
          <Hit key={hit.entity.id} hit={hit} />
        ))}
      </ul>
      {list.hasNextPage && (
        <button type="button" className="button" onClick={() => void list.fetchNextPage()}>
          {t("action.more")}
        </button>
      )}
    </>
  );
}

function Nothing({ q }: { q: string }) {
  const { t } = useLang();
  return (
    <EmptyState
      title={t("search.none", { q })}
      why={t("search.noneWhy")}
      action={
        <AppLink to="/coverage" className="button">
          {t("search.noneAction")}
        </AppLink>
      }
      height={400}
    />
  );
}

function Hit({ hit }: { hit: SearchHit }) {
  const { t, pick, lang } = useLang();
  const name = useEntityName();
  const format = useFormat();
  const own = name(hit.entity);
  const other = lang === "zh" ? hit.entity.name.en : hit.entity.name.zh;
  const how = hit.how !== "name" && hit.how !== "browse";
  const found = hit.highlight?.replace(/<[^>]*>/g, "");
  return (
    <li className="hit">
      <p className="hit-name">
        <AppLink to={entityPath(hit.entity.id)}>{own}</AppLink>
        {other && other !== own && <span className="quiet small">{other}</span>}
      </p>
      {found && found !== own && found !== other && <p className="small hit-text">{found}</p>}
      <p className="hit-line">
        <KindBadge kind={hit.entity.kind} />
        {hit.place && hit.place.id !== hit.entity.id && <EntityLink entity={hit.place} />}
        {hit.industry && <span>{pick(hit.industry)}</span>}
        {hit.year !== undefined && hit.year !== null && <span>{hit.year}</span>}
        <span>{t("search.statements", { count: format.number(hit.statement_count) })}</span>
        {how && (
          <span className="tag">
            {t(`search.how.${hit.how}`)}
            {hit.matched && hit.matched !== own ? ` ${hit.matched}` : ""}
          </span>
        )}
      </p>
    </li>
  );
}
