import { textOf } from "../plain.ts";
import { cellText, type ResultRows } from "./result-table.ts";

const MAX_SERIES = 12;

/**
 * The rows behind a stacked bar as people read them: one row a bar, one column a stack, then the columns that are the same
 * all along the bar (its average, say). Other answers, and those with more than 12 stacks, are returned as they are.
 */
export function pivoted(spec: object, result: ResultRows): ResultRows {
  if (textOf(spec, "kind") !== "stacked-bar") return result;
  const at = (name: string): number => result.columns.findIndex((column) => column.name === name);
  const [x, y, series] = [at(textOf(spec, "x")), at(textOf(spec, "y")), at(textOf(spec, "series"))];
  if (x < 0 || y < 0 || series < 0 || result.truncated) return result;
  const stacks = inOrder(result.rows.map((row) => cellText(row[series], "")));
  if (stacks.length > MAX_SERIES) return result;
  const bars = [...Map.groupBy(result.rows, (row) => row[x]).values()];
  const others = [...result.columns.keys()].filter((c) => c !== x && c !== y && c !== series);
  const kept = others.filter((c) =>
    bars.every((rows) => rows.every((row) => row[c] === rows[0]![c])),
  );
  const stackType = result.columns[y]!.type;
  const rows = bars.map((bar) => [
    bar[0]![x],
    ...stacks.map((stack) => bar.find((row) => cellText(row[series], "") === stack)?.[y] ?? 0),
    ...kept.map((c) => bar[0]![c]),
  ]);
  return {
    columns: [
      result.columns[x]!,
      ...stacks.map((name) => ({ name, type: stackType })),
      ...kept.map((c) => result.columns[c]!),
    ],
    rows,
    rowCount: rows.length,
    truncated: false,
  };
}

/** Each name once, numbers by size. */
function inOrder(names: readonly string[]): string[] {
  return [...new Set(names)].toSorted((a, b) => a.localeCompare(b, "en", { numeric: true }));
}
