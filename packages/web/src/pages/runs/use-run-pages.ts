import type { RouteAnswer, RouteQuery } from "@souk/api";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import type { ApiError } from "../../wire/answers.ts";
import { callApi } from "../../wire/hooks.ts";
import { onLiveEvent } from "../../wire/live.ts";

const PAGE = 500;
/** Lists longer than this are not asked for again behind the reader's back: a button does it. */
const PAGES_RENEWED = 2;

/** What the list shows of a run; params and tags stay on the server, for a hundred thousand runs fit then. */
export type ListedRun = Pick<
  RouteAnswer<"getRun">,
  "id" | "status" | "name" | "task" | "family" | "startedAt" | "endedAt" | "metrics"
> & { readonly by: string | undefined };

export interface RunPages {
  /** Those that came so far; undefined before the first. */
  readonly runs: readonly ListedRun[] | undefined;
  readonly error: ApiError | null;
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  /** A job began or ended since, and the list is too long to be asked for again by itself. */
  readonly isOld: boolean;
  readonly more: () => void;
  readonly renew: () => void;
}

/** Runs, a page at a time as they are scrolled to. */
export function useRunPages(query: RouteQuery<"listRuns">): RunPages {
  const queries = useQueryClient();
  const key = useMemo(() => ["run pages", query], [query]);
  const answer = useInfiniteQuery<
    RunPage,
    ApiError,
    { pages: RunPage[] },
    readonly unknown[],
    string | undefined
  >({
    queryKey: key,
    queryFn: ({ signal, pageParam }) => readPage({ ...query, limit: PAGE }, pageParam, signal),
    initialPageParam: undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  const { data, error, hasNextPage, isFetching, fetchNextPage } = answer;
  const pages = data?.pages;
  const count = pages?.length ?? 0;
  const [isOld, setOld] = useState(false);
  useEffect(
    () =>
      onLiveEvent(({ kind }) => {
        if (kind !== "job") return;
        if (count <= PAGES_RENEWED) void queries.invalidateQueries({ queryKey: key });
        else setOld(true);
      }),
    [queries, key, count],
  );
  const runs = useMemo(() => pages?.flatMap((page) => page.items), [pages]);
  const more = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const renew = useCallback(() => {
    setOld(false);
    void queries.resetQueries({ queryKey: key });
  }, [queries, key]);
  return { runs, error, hasMore: hasNextPage, isLoading: isFetching, isOld, more, renew };
}

interface RunPage {
  readonly items: readonly ListedRun[];
  readonly nextCursor: string | undefined;
}

async function readPage(
  query: RouteQuery<"listRuns">,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<RunPage> {
  const page = await callApi("listRuns", {
    query: { ...query, ...(cursor !== undefined && { cursor }) },
    signal,
  });
  const items = page.items.map(
    ({ id, status, name, task, family, startedAt, endedAt, ...run }) => ({
      id,
      status,
      name,
      task,
      family,
      startedAt,
      endedAt,
      metrics: run.metrics,
      by: run.createdBy ?? run.tags?.["by"],
    }),
  );
  return { items, nextCursor: page.nextCursor };
}
