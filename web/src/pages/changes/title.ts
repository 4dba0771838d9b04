import type { FeedItem } from "../../api/types";

/** The title without the counts it ends in, where they stand beside it as numbers. */
export function bareTitle(title: string, counts: FeedItem["counts"]): string {
  return counts ? title.replace(/(?<=”)\s*[:：].*$/s, "") : title;
}
