import { quotedForFilter, runsNamed } from "../learning/run-name.ts";

/** What runs to show, as the address keeps it; "" for all. */
export interface RunFilters {
  readonly name: string;
  readonly task: string;
  readonly status: string;
  /** A condition in MLflow's language: `metrics.test_accuracy > 0.7 and params.lr = '0.1'`. */
  readonly where: string;
}

const statuses = ["running", "finished", "failed", "interrupted", "cancelled"] as const;

/** The choices of a filter by status. */
export const runStatuses: readonly string[] = statuses;

/** The query of `listRuns` for these filters and an order (a column of the table, "-" before it for the other way). */
export function runQueryOf(
  filters: RunFilters,
  { sort, metric }: { readonly sort: string; readonly metric: string | undefined },
): {
  readonly status?: (typeof statuses)[number];
  readonly filter?: string;
  readonly orderBy?: string;
} {
  const status = statuses.find((one) => one === filters.status);
  const conditions = [
    filters.name.trim() && runsNamed(filters.name.trim()),
    filters.task && `attributes.task = ${quotedForFilter(filters.task)}`,
    filters.where.trim(),
  ].filter(Boolean);
  const orderBy = orderOf(sort, metric);
  return {
    ...(status && { status }),
    ...(conditions.length > 0 && { filter: conditions.join(" and ") }),
    ...(orderBy && { orderBy }),
  };
}

const ORDERED: Readonly<Record<string, string>> = {
  name: "attributes.name",
  status: "attributes.status",
  task: "attributes.task",
  family: "attributes.family",
  started: "attributes.start_time",
};

function orderOf(sort: string, metric: string | undefined): string | undefined {
  const column = sort.replace(/^-/, "");
  const target =
    column === "metric" && metric !== undefined ? `metrics.\`test_${metric}\`` : ORDERED[column];
  return target && `${target} ${sort.startsWith("-") ? "DESC" : "ASC"}`;
}
