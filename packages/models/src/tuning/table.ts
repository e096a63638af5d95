import type { SettingImportance } from "./importance.ts";
import { bestTrial } from "./study.ts";
import type { Direction } from "./journal-line.ts";
import type { Trial } from "./trial.ts";

/**
 * The trials as text, best first, the best one marked with `*`; after them those that were pruned and that failed.
 * Columns: trial, state, value, budget (where there is one), seconds, each setting. With `importance` a line says which
 * settings matter.
 */
export function studyTable(
  { direction, trials }: { direction: Direction; trials: readonly Trial[] },
  {
    importance,
    limit = trials.length,
  }: { importance?: readonly SettingImportance[]; limit?: number } = {},
): string {
  const best = bestTrial(direction, trials)?.trial;
  const names = [...new Set(trials.flatMap((trial) => Object.keys(trial.settings)))];
  const budgets = trials.some((trial) => trial.budget !== undefined);
  const head = ["trial", "state", "value", ...(budgets ? ["budget"] : []), "seconds", ...names];
  const sorted = ranked(direction, trials);
  const rows = sorted
    .slice(0, limit)
    .map((trial) => [
      `${trial.trial}${trial.trial === best ? "*" : ""}`,
      trial.state,
      trial.value === undefined ? "-" : short(trial.value),
      ...(budgets ? [trial.budget === undefined ? "-" : short(trial.budget)] : []),
      trial.seconds.toFixed(1),
      ...names.map((name) =>
        cell(Object.hasOwn(trial.settings, name) ? trial.settings[name] : "-"),
      ),
    ]);
  const hidden = sorted.length - rows.length;
  return [
    ...aligned([head, ...rows]),
    ...(hidden > 0 ? [`(${hidden} more)`] : []),
    ...(importance === undefined ? [] : [importanceLine(importance)]),
    "",
  ].join("\n");
}

const STATES = ["done", "pruned", "failed"];

/** By state, then the larger budget, then the better value, then the earlier. */
function ranked(direction: Direction, trials: readonly Trial[]): Trial[] {
  const sign = direction === "minimise" ? 1 : -1;
  return trials.toSorted(
    (a, b) =>
      STATES.indexOf(a.state) - STATES.indexOf(b.state) ||
      (b.budget ?? 0) - (a.budget ?? 0) ||
      sign * ((a.value ?? 0) - (b.value ?? 0)) ||
      a.trial - b.trial,
  );
}

function importanceLine(importance: readonly SettingImportance[]): string {
  const shares = importance.map(({ setting, share }) => `${setting} ${(share * 100).toFixed(0)} %`);
  return `share of the variance each setting explains alone: ${shares.join(", ")}`;
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, c) => Math.max(...rows.map((row) => row[c].length)));
  return rows.map((row) =>
    row
      .map((text, c) => text.padEnd(widths[c]))
      .join("  ")
      .trimEnd(),
  );
}

function cell(value: string | number | boolean): string {
  return typeof value === "number" ? short(value) : String(value);
}

/** Four significant digits, without an exponent where it reads well. */
function short(value: number): string {
  return String(Number(value.toPrecision(Number.isInteger(value) ? 15 : 4)));
}
