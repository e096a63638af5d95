import { useMemo } from "react";
import { useApi } from "../../wire/hooks.ts";

/** The figure each task is judged by, by the task's name. */
export function useMetricOfTask(): ReadonlyMap<string, string> {
  const tasks = useApi("listTasks", {}).data;
  return useMemo(
    () => new Map((tasks?.items ?? []).map(({ name, metric }) => [name, metric])),
    [tasks],
  );
}
