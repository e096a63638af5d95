import type { RouteAnswer } from "@souk/api";
import { useQueries, type UseQueryResult } from "@tanstack/react-query";
import { useDebouncedValue } from "@mantine/hooks";
import type { ApiError } from "../../wire/answers.ts";
import { callApi, useApi } from "../../wire/hooks.ts";
import type { Product, Search } from "./search.ts";

/** Products of one request. */
const PAGE = 100;
/** Products beyond those in sight that are asked for too. */
const AHEAD = 60;
/** Places that stay in sight this long are asked for, ms. */
const SETTLES_MS = 60;

/** The first page of a search, and how many products fit. */
export function useFirstPage(
  search: Search,
  { enabled = true }: { enabled?: boolean } = {},
): UseQueryResult<RouteAnswer<"listProducts">, ApiError> {
  return useApi(
    "listProducts",
    { query: { ...search, limit: PAGE, offset: 0 } },
    { keepPrevious: true, enabled },
  );
}

/**
 * The product at a place of a search; undefined while its page is on its way. Pages in sight are asked for, and those one is
 * about to reach; not those a pulled scroll bar flies past.
 * @param shown places in sight, from the first up to and without the last.
 */
export function useProductAt(
  search: Search,
  first: RouteAnswer<"listProducts"> | undefined,
  shown: { readonly from: number; readonly to: number },
): (place: number) => Product | undefined {
  const inSight = pagesOf({ from: shown.from - AHEAD, to: shown.to + AHEAD }, first?.total ?? 0);
  const [settled] = useDebouncedValue(inSight.join(" "), SETTLES_MS);
  const places = settled === "" ? [] : settled.split(" ").map(Number);
  const pages = useQueries({
    queries: places.map((page) => {
      const args = { query: { ...search, limit: PAGE, offset: page * PAGE } };
      return {
        queryKey: ["listProducts", args],
        queryFn: ({ signal }: { signal: AbortSignal }): Promise<RouteAnswer<"listProducts">> =>
          callApi("listProducts", { ...args, signal }),
      };
    }),
  });
  const found = new Map(places.map((page, at) => [page, pages[at]?.data?.items]));
  return (place) => {
    const page = Math.floor(place / PAGE);
    return page === 0 ? first?.items[place] : found.get(page)?.[place % PAGE];
  };
}

/** Every page of some places but the first, which is there. */
function pagesOf({ from, to }: { from: number; to: number }, total: number): number[] {
  const last = Math.min(to, total) - 1;
  const pages: number[] = [];
  for (let page = Math.max(1, Math.floor(from / PAGE)); page * PAGE <= last; page += 1)
    pages.push(page);
  return pages;
}
