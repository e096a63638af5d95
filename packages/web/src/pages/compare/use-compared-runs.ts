import { useQueries, type UseQueryOptions, type UseQueryResult } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { SeriesBuffer } from "../../parts/series-buffer.ts";
import type { ApiError } from "../../wire/answers.ts";
import { callApi } from "../../wire/hooks.ts";
import { distinctNames, type Run } from "../learning/run-words.ts";

/** Points of each curve: more than a screen is wide. */
const MOST_POINTS = 4000;

export interface ComparedRuns {
  /** In the order asked for; undefined until all have come. */
  readonly runs: readonly Run[] | undefined;
  readonly names: ReadonlyMap<string, string>;
  readonly error: ApiError | undefined;
  readonly retry: () => void;
}

/** The runs of these ids. */
export function useComparedRuns(ids: readonly string[]): ComparedRuns {
  const answers = useQueries({
    queries: ids.map((id): UseQueryOptions<Run, ApiError> => ({
      queryKey: ["getRun", { params: { id } }],
      queryFn: ({ signal }) => callApi("getRun", { params: { id }, signal }),
    })),
    combine: together,
  });
  const names = useMemo(() => distinctNames(answers.runs ?? []), [answers.runs]);
  return { ...answers, names };
}

function together(answers: UseQueryResult<Run, ApiError>[]): Omit<ComparedRuns, "names"> {
  const runs = answers.flatMap(({ data }) => data ?? []);
  return {
    runs: runs.length === answers.length ? runs : undefined,
    error: answers.find(({ error, data }) => error && !data)?.error ?? undefined,
    retry: () => {
      for (const answer of answers) if (answer.error) void answer.refetch();
    },
  };
}

/** One figure of several runs over their steps, as one chart; asked for again when a run ends. */
export function useOverlaidCurves(
  { runs, names }: Pick<ComparedRuns, "runs" | "names">,
  figure: string,
): { readonly buffer: SeriesBuffer; readonly isEmpty: boolean } {
  const [drawn, setDrawn] = useState({ buffer: new SeriesBuffer(), isEmpty: false });
  useEffect(() => {
    if (!runs || figure === "") return undefined;
    const stop = new AbortController();
    async function read(asked: readonly Run[]): Promise<void> {
      const histories = await Promise.all(
        asked.map(({ id }) =>
          callApi("runMetrics", {
            params: { id },
            query: { key: figure, most: MOST_POINTS },
            signal: stop.signal,
          }),
        ),
      );
      const buffer = new SeriesBuffer();
      for (const [place, run] of asked.entries()) {
        const name = names.get(run.id) ?? run.id;
        // Every run has the colour of its place, here and in the other charts.
        buffer.declare(name);
        for (const { step, value } of histories[place]?.items ?? []) buffer.add(name, step, value);
      }
      const isEmpty = histories.every(({ items }) => items.length === 0);
      if (!stop.signal.aborted) setDrawn({ buffer, isEmpty });
    }
    // A run that cannot be read is told by the page.
    read(runs).catch(() => undefined);
    return () => stop.abort();
  }, [runs, names, figure]);
  return drawn;
}
