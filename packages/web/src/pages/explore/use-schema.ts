import type { RouteAnswer } from "@souk/api";
import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import type { ApiError } from "../../wire/answers.ts";
import { callApi, useApi } from "../../wire/hooks.ts";

/** One dataset with its columns; those are undefined while they load. */
export interface SchemaDataset {
  readonly name: string;
  readonly rows: number;
  readonly columns: RouteAnswer<"describeDataset">["columns"] | undefined;
}

/** Datasets and their columns: the tree, and what the editor completes. */
export function useSchema(): {
  readonly datasets: readonly SchemaDataset[] | undefined;
  readonly names: Readonly<Record<string, readonly string[]>>;
  readonly failure: ApiError | undefined;
  readonly retry: () => void;
} {
  const list = useApi("listDatasets", {});
  const items = list.data?.items;
  const details = useQueries({
    queries: (items ?? []).map(({ name }) => ({
      queryKey: ["describeDataset", { params: { name } }],
      queryFn: () => callApi("describeDataset", { params: { name } }),
    })),
    combine: columnsOf,
  });
  const datasets = useMemo(
    () => items?.map(({ name, rows }) => ({ name, rows, columns: details[name] })),
    [items, details],
  );
  const names = useMemo(
    () =>
      Object.fromEntries(
        (datasets ?? []).map(({ name, columns }) => [name, (columns ?? []).map((one) => one.name)]),
      ),
    [datasets],
  );
  return {
    datasets,
    names,
    failure: items ? undefined : (list.error ?? undefined),
    retry: () => void list.refetch(),
  };
}

function columnsOf(
  results: readonly { data: RouteAnswer<"describeDataset"> | undefined }[],
): Readonly<Record<string, SchemaDataset["columns"]>> {
  return Object.fromEntries(
    results.flatMap(({ data }) => (data ? [[data.name, data.columns] as const] : [])),
  );
}
