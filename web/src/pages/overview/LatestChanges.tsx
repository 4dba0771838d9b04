import type { FeedItem } from "../../api/types";
import { useLang } from "../../state/lang";
import { AppLink, useFormat } from "../../ui";
import { ChangeCounts } from "../changes/Counts";
import { bareTitle } from "../changes/title";

export function LatestChanges({ items }: { items: FeedItem[] }) {
  const { t, pick } = useLang();
  const format = useFormat();
  return (
    <section className="side-block">
      <h2>
        <AppLink to="/changes">{t("overview.changes")}</AppLink>
      </h2>
      <ol className="side-list">
        {items.map((item) => (
          <li key={item.event}>
            <AppLink to={`/journal/${item.event}`} className="side-title">
              {bareTitle(pick(item.title), item.counts)}
            </AppLink>
            <p className="quiet small">
              {format.time(item.at)}
              {item.counts && (
                <>
                  {" · "}
                  <ChangeCounts counts={item.counts} />
                </>
              )}
            </p>
          </li>
        ))}
        {items.length === 0 && <li className="quiet">{t("overview.noChanges")}</li>}
      </ol>
    </section>
  );
}
