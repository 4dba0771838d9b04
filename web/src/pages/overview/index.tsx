import { Fragment } from "react";
import { useApi } from "../../api/query";
import type { Overview } from "../../api/types";
import { Figure } from "../../evidence";
import { useAsOf } from "../../state/asof";
import { useLang } from "../../state/lang";
import { Answer, AppLink, PageHeader, shortHash, useFormat } from "../../ui";
import { Attention } from "./Attention";
import { Hero } from "./Hero";
import { KindStrip } from "./KindStrip";
import { LatestChanges } from "./LatestChanges";
import "./overview.css";

/** What the district is, in one sentence, one map, three changes and three things to do. */
export default function OverviewPage() {
  const query = useApi<Overview>("/overview");
  const { t } = useLang();
  return (
    <>
      {query.error && !query.data && <PageHeader title={t("nav.overview")} />}
      <Answer query={query} height={900}>
        {(overview) => <Sheet overview={overview} />}
      </Answer>
    </>
  );
}

function Sheet({ overview }: { overview: Overview }) {
  const { t, pick } = useLang();
  const { valid } = useAsOf();
  const format = useFormat();
  const name = pick(overview.district.name);
  const title = valid
    ? t("overview.titlePast", { name, day: format.day(valid) })
    : t("overview.title", { name });
  return (
    <div className="overview">
      <PageHeader title={title} />
      <Sentence overview={overview} />
      <div className="overview-hero">
        <Hero />
        <div className="overview-side">
          <LatestChanges items={overview.latest_changes.slice(0, 3)} />
          <Attention items={overview.attention.slice(0, 3)} />
        </div>
      </div>
      <KindStrip kinds={overview.kinds} />
      <p className="overview-journal quiet small">
        <AppLink to="/journal">
          {t("overview.journal", {
            size: format.number(overview.journal.size),
            root: shortHash(overview.journal.root),
          })}
        </AppLink>{" "}
        {t("overview.checked", { time: format.time(overview.journal.checked_at) })}
      </p>
    </div>
  );
}

/** The one sentence; each number in it opens. */
function Sentence({ overview }: { overview: Overview }) {
  const { t, lang, pick } = useLang();
  const format = useFormat();
  const { totals, headline } = overview;
  const join = (index: number) => {
    if (index === headline.length - 1) return t("overview.end");
    return index === headline.length - 2 ? t("overview.lastAnd") : t("overview.and");
  };
  return (
    <div className="overview-words">
      {headline.length > 0 && (
        <p className="overview-sentence">
          {headline.map(({ indicator, statement }, index) => (
            <Fragment key={statement.id}>
              <span className="overview-clause">
                <span className="overview-name">
                  {lang === "en" && index > 0
                    ? lowerFirst(pick(indicator.label))
                    : pick(indicator.label)}{" "}
                </span>
                <span className="nowrap">
                  <Figure
                    statement={statement}
                    label={pick(indicator.label)}
                    className="figure-in"
                  />
                  {join(index).trimEnd()}
                </span>
              </span>
              {join(index).endsWith(" ") && " "}
            </Fragment>
          ))}
        </p>
      )}
      <p className="overview-totals">
        <AppLink to="/search">
          {t("overview.entities", { count: format.number(totals.entities) })}
        </AppLink>
        <AppLink to="/coverage">
          {t("overview.statements", { count: format.number(totals.statements) })}
        </AppLink>
        <AppLink to="/sources">
          {t("overview.sources", { count: format.number(totals.sources) })}
        </AppLink>
        <span>{t("overview.opens")}</span>
      </p>
    </div>
  );
}

/** A label inside a sentence: a capital stays on words all in capitals, as GDP or AI. */
function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
