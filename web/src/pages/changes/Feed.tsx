import { useEffect, useState } from "react";
import { apiUrl } from "../../api/client";
import { useApiPages } from "../../api/query";
import type { FeedItem } from "../../api/types";
import { useLang } from "../../state/lang";
import {
  AppLink,
  EmptyState,
  EntityLink,
  ErrorState,
  Loading,
  SourceLink,
  useFormat,
} from "../../ui";
import { ChangeCounts } from "./Counts";
import { bareTitle } from "./title";

/** What has come since the page was opened, newest first, and whether the line is up. */
function useLive(): { items: FeedItem[]; up: boolean | null } {
  const [items, setItems] = useState<FeedItem[]>([]);
  const [up, setUp] = useState<boolean | null>(null);
  useEffect(() => {
    const stream = new EventSource(apiUrl("/feed/stream"));
    stream.onopen = () => setUp(true);
    stream.onerror = () => setUp(false);
    stream.addEventListener("change", (event) => {
      const item = JSON.parse((event as MessageEvent<string>).data) as FeedItem;
      setItems((before) =>
        before.some((each) => each.event === item.event) ? before : [item, ...before],
      );
    });
    return () => stream.close();
  }, []);
  return { items, up };
}

export function Feed() {
  const { t } = useLang();
  const live = useLive();
  const list = useApiPages<FeedItem>("/feed", { limit: 50 }, { timeless: true });
  const seen = new Set(live.items.map((item) => item.event));
  const items = [...live.items, ...list.items.filter((item) => !seen.has(item.event))];
  return (
    <section aria-label={t("changes.feed")} className="feed">
      <p className="feed-live small" role="status">
        <span className={live.up ? "dot dot-up" : "dot"} aria-hidden="true" />
        {t(live.up === null ? "changes.joining" : live.up ? "changes.live" : "changes.offline")}
      </p>
      {list.isPending && <Loading height={480} />}
      {list.error && !list.first && (
        <ErrorState error={list.error} retry={() => void list.refetch()} height={480} />
      )}
      {list.isSuccess && items.length === 0 && (
        <EmptyState title={t("changes.feedNone")} why={t("changes.feedNoneWhy")} height={480} />
      )}
      <ol className="thread">
        {items.map((item) => (
          <Entry key={item.event} item={item} />
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

function Entry({ item }: { item: FeedItem }) {
  const { pick } = useLang();
  const format = useFormat();
  return (
    <li className="moment">
      <p>
        <AppLink to={`/journal/${item.event}`} className="side-title">
          {bareTitle(pick(item.title), item.counts)}
        </AppLink>
      </p>
      <p className="mini-line">
        <span>{format.time(item.at)}</span>
        <span>{item.actor}</span>
        {item.counts && <ChangeCounts counts={item.counts} />}
        {item.entity && <EntityLink entity={item.entity} />}
        {item.source && <SourceLink source={item.source} />}
      </p>
    </li>
  );
}
