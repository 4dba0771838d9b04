import { useSearchParams } from "react-router";
import { useApi } from "../../api/query";
import type { PairPage } from "../../api/review";
import { type Key, useLang } from "../../state/lang";
import { PageHeader } from "../../ui";
import { History } from "./History";
import { Queue } from "./Queue";
import "./pairs.css";

const TABS = ["review", "merge", "history"] as const;
type Tab = (typeof TABS)[number];

const NAMES: Record<Tab, Key> = {
  review: "pairs.review",
  merge: "pairs.merge",
  history: "pairs.history",
};

const COUNTS = { review: "review", merge: "merge", history: "judged" } as const;

/** Pairs that may be one thing, for a person to judge; and what was judged. */
export default function PairsPage() {
  const { t } = useLang();
  const [search, setSearch] = useSearchParams();
  const tab = TABS.find((each) => each === search.get("tab")) ?? "review";
  const head = useApi<PairPage>("/pairs", { zone: "review", limit: 1 }, { timeless: true });
  const counts = head.data?.counts;
  return (
    <>
      <PageHeader title={t("pairs.title")} lead={t("pairs.lead")} />
      <div className="tabs">
        {TABS.map((each) => (
          <button
            key={each}
            type="button"
            className="tab"
            aria-pressed={tab === each}
            onClick={() => setSearch(each === "review" ? {} : { tab: each })}
          >
            {t(NAMES[each])}
            {counts && <span className="chip-count">{counts[COUNTS[each]]}</span>}
          </button>
        ))}
      </div>
      {tab === "history" ? <History /> : <Queue key={tab} zone={tab} />}
    </>
  );
}
