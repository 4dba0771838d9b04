import {
  keepPreviousData,
  useInfiniteQuery,
  useQuery,
  type UseQueryResult,
} from "@tanstack/react-query";
import { useAsOf } from "../state/asof";
import { type ApiError, get, type Params, readSession } from "./client";
import type { Account, Page, Schema, Session } from "./types";

export interface ApiOptions {
  enabled?: boolean;
  /** Milliseconds before the answer is asked for again when it is looked at; default 60 s. */
  staleTime?: number;
  refetchInterval?: number | false;
  /** True for what stands outside the page's time, such as the journal. */
  timeless?: boolean;
}

/** Reads `path` as of the page's one time; the last answer stays while the next one comes. */
export function useApi<T>(
  path: string,
  params: Params = {},
  options: ApiOptions = {},
): UseQueryResult<T, ApiError> {
  const { timeless, ...rest } = options;
  const asOf = useAsOf();
  const all = timeless ? params : { ...params, ...asOf.params };
  return useQuery<T, ApiError>({
    queryKey: ["api", path, all],
    queryFn: ({ signal }) => get<T>(path, all, signal),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    ...rest,
  });
}

/** Reads a list page by page; `items` is what has come so far. */
export function useApiPages<T, P extends Page<T> = Page<T>>(
  path: string,
  params: Params = {},
  options: { enabled?: boolean; timeless?: boolean } = {},
) {
  const { timeless, ...rest } = options;
  const asOf = useAsOf();
  const all = timeless ? params : { ...params, ...asOf.params };
  const query = useInfiniteQuery<P, ApiError>({
    queryKey: ["api-pages", path, all],
    queryFn: ({ pageParam, signal }) =>
      get<P>(path, { ...all, after: pageParam as string | undefined }, signal),
    initialPageParam: undefined,
    getNextPageParam: (last: P) => last.next ?? undefined,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    ...rest,
  });
  const pages = (query.data as { pages: P[] } | undefined)?.pages ?? [];
  return { ...query, items: pages.flatMap((page) => page.items), first: pages[0] };
}

/** The schema: kinds, properties, concepts and units; it hardly ever changes. */
export function useSchema(): UseQueryResult<Schema, ApiError> {
  return useApi<Schema>("/schema", {}, { staleTime: 3_600_000, timeless: true });
}

export function useSession(): UseQueryResult<Session, ApiError> {
  return useQuery<Session, ApiError>({
    queryKey: ["session"],
    queryFn: readSession,
    staleTime: 300_000,
    retry: false,
  });
}

/** Who is signed in; a member of an organization is too. */
export function useAccount(): Account | null {
  return useSession().data?.account ?? null;
}

/** Whether the reader works on the atlas: analysts and administrators, not members. */
export function useOfficer(): boolean {
  const account = useAccount();
  return account !== null && account.role !== "member";
}
