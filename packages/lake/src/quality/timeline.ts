import { chiSquaredTwoSample, SoukError } from "@souk/core";
import type { SqlRunner } from "../sql/types.ts";
import { benjaminiHochberg, populationStability } from "./distances.ts";
import { type DriftSide, type Side, sideOf } from "./distribution.ts";
import { type ColumnDrift, reasonToSkip } from "./drift.ts";
import { type NamedSide, periodsOf, type PeriodUnit } from "./periods.ts";
import { type ColumnProfile, profile } from "./profile.ts";
import { cellsOf, countCells, countFilled, type Filled } from "./slices.ts";

/** From this index on a column has moved, if more than by chance. Source: Siddiqi, "Credit Risk Scorecards", 2006. */
const MOVED = 0.1;
const MISSING_MOVED = 0.05;
/** Steps that still have room beside each other. */
const MOST = 24;

/** One column in one step of time, held against the reference. */
export interface DriftCell {
  /** Population stability index; `null` where the step has no rows (no words, for text). */
  readonly value: number | null;
  /** What the index is on average when nothing moved: the smaller a step, the more. */
  readonly chance: number;
  /** Chi-squared over the same cells, after Benjamini-Hochberg over the whole map; `null` for text. */
  readonly pValue: number | null;
  /** Share of rows without a value, [0, 1]. */
  readonly missing: number;
  readonly drifted: boolean;
}

/** When one column moved. */
export interface ColumnTimeline {
  readonly name: string;
  readonly kind: ColumnDrift["kind"];
  /** One for each step, in their order. */
  readonly cells: readonly DriftCell[];
}

/** Columns against time: what moved when. */
export interface DriftTimeline {
  readonly dataset: string;
  readonly by: "version" | PeriodUnit;
  readonly reference: NamedSide & { readonly rows: number };
  readonly steps: readonly (NamedSide & { readonly rows: number })[];
  readonly columns: readonly ColumnTimeline[];
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
  readonly drifted: boolean;
  /** A sentence or two for people. */
  readonly verdict: string;
}

/** Where the steps come from: a column of dates, or versions, ascending. */
export type TimelineSteps =
  | { readonly column: string; readonly unit?: PeriodUnit }
  | { readonly versions: readonly number[] };

/**
 * Holds every column in every step of time, at most 24, against one reference: the population stability index over the
 * deciles of the reference (numbers), categories, or words (text), with one cell for rows without a value. A cell has
 * drifted from 0.1 on, when chi-squared over the same cells agrees at level `falseDiscovery` after adjustment over the
 * whole map; for text, whose words depend on each other, when 0.1 remains without what chance gives.
 *
 * @param options `reference`: default the first quarter of the periods, or the first version.
 * @throws SoukError `QUALITY_COLUMN` for a column that is none of dates, `QUALITY_EMPTY` for a reference without rows,
 * `SQL_UNKNOWN_DATASET`.
 * Source: for the index by chance, Yurdakul and Naranjo, "Statistical properties of the population stability index", 2020.
 */
export async function driftTimeline(
  runner: SqlRunner,
  {
    dataset,
    over,
    reference,
    falseDiscovery = 0.05,
    signal,
  }: {
    readonly dataset: string;
    readonly over: TimelineSteps;
    readonly reference?: DriftSide;
    readonly falseDiscovery?: number;
    readonly signal?: AbortSignal;
  },
): Promise<DriftTimeline> {
  const described = await profile(runner, dataset, { signal });
  const { by, steps } = stepsOf(described.columns, over);
  const against = reference ? namedSide(reference) : firstOf(steps);
  const base = { runner, dataset, signal };
  const before = sideOf(base, against.side);
  const after = steps.map(({ side }) => sideOf(base, side));
  const { compared, skipped } = chosen(described.columns, by !== "version");
  const names = compared.map(({ name }) => name);
  const [filledBefore] = await countFilled([before], names);
  const filledAfter = await countFilled(after, names);
  if (!filledBefore || filledBefore.rows === 0)
    throw new SoukError("QUALITY_EMPTY", `expected rows in the reference, ${against.label}`);
  const measured: MeasuredColumn[] = [];
  for (const column of compared)
    measured.push(await measure(column, { before, after, filledBefore, filledAfter }));
  const columns = decide(measured, falseDiscovery);
  return {
    dataset,
    by,
    reference: { ...against, rows: filledBefore.rows },
    steps: steps.map((step, i) => ({ ...step, rows: filledAfter[i]?.rows ?? 0 })),
    columns,
    skipped,
    drifted: columns.some(({ cells }) => cells.some(({ drifted }) => drifted)),
    verdict: verdictOf(columns, { steps, against }),
  };
}

function stepsOf(
  columns: readonly ColumnProfile[],
  over: TimelineSteps,
): { by: DriftTimeline["by"]; steps: readonly NamedSide[] } {
  if ("versions" in over) {
    const steps = over.versions.slice(-MOST).map((version) => namedSide({ version }));
    if (steps.length === 0) throw new SoukError("QUALITY_EMPTY", "expected a version, got none");
    return { by: "version", steps };
  }
  const times = columns.filter(({ kind }) => kind === "time");
  const found = times.find(({ name }) => name === over.column);
  if (!found)
    throw new SoukError(
      "QUALITY_COLUMN",
      `expected a column of dates, got "${over.column}"; there are ${times.map(({ name }) => name).join(", ") || "none"}`,
    );
  const { unit, periods } = periodsOf(
    { column: found.name, first: String(found.min), last: String(found.max) },
    { ...(over.unit && { unit: over.unit }), most: MOST },
  );
  return { by: unit, steps: periods };
}

/** A side by what it is: "version 3", "2024-01-01 to 2024-02-01". */
function namedSide(side: DriftSide): NamedSide {
  const { version, period } = side;
  const label = period ? `${period.from} to ${period.to}` : `version ${version ?? "now"}`;
  return { label, side };
}

/** The first quarter of the periods, as one; the first version. */
function firstOf(steps: readonly NamedSide[]): NamedSide {
  const [first] = steps;
  const last = steps[Math.ceil(steps.length / 4) - 1];
  if (!first || !last) throw new SoukError("QUALITY_EMPTY", "expected a step of time, got none");
  if (first === last || !first.side.period || !last.side.period) return first;
  const period = { ...first.side.period, to: last.side.period.to };
  return { label: `${first.label} to ${last.label}`, side: { period } };
}

function chosen(all: readonly ColumnProfile[], byPeriod: boolean) {
  const compared: { name: string; kind: ColumnDrift["kind"] }[] = [];
  const skipped: { name: string; reason: string }[] = [];
  for (const column of all) {
    const reason = reasonToSkip(column, byPeriod);
    const kind = column.kind === "number" || column.kind === "text" ? column.kind : "category";
    if (reason === undefined) compared.push({ name: column.name, kind });
    else skipped.push({ name: column.name, reason });
  }
  return { compared, skipped };
}

interface MeasuredCell extends Omit<DriftCell, "drifted" | "pValue"> {
  readonly rawP: number | null;
  readonly isEmptied: boolean;
}

interface MeasuredColumn extends Pick<ColumnTimeline, "name" | "kind"> {
  readonly cells: readonly MeasuredCell[];
}

async function measure(
  { name, kind }: { name: string; kind: ColumnDrift["kind"] },
  sides: {
    before: Side;
    after: readonly Side[];
    filledBefore: Filled;
    filledAfter: readonly Filled[];
  },
): Promise<MeasuredColumn> {
  const { before, after, filledBefore, filledAfter } = sides;
  const filled = sum(filledAfter.map((step) => step.filled[name] ?? 0));
  const cut = await cellsOf(before, after, { name, kind, filled });
  const [reference = []] = await countCells([before], cut);
  const counts = await countCells(after, cut);
  const cells = counts.map((found, i) => {
    const missing = missingOf(filledAfter[i], name);
    const isEmptied = kind === "text" && emptied(filledBefore, filledAfter[i], name);
    const n = sum(reference);
    const m = sum(found);
    if (n === 0 || m === 0) return { value: null, chance: 0, rawP: null, missing, isEmptied };
    const used = found.filter((count, cell) => count + (reference[cell] ?? 0) > 0).length;
    return {
      value: populationStability(reference, found),
      chance: (used - 1) * (1 / n + 1 / m),
      rawP: kind === "text" ? null : chiSquaredTwoSample(reference, found).pValue,
      missing,
      isEmptied,
    };
  });
  return { name, kind, cells };
}

function missingOf(filled: Filled | undefined, name: string): number {
  return filled && filled.rows > 0 ? 1 - (filled.filled[name] ?? 0) / filled.rows : 0;
}

/** Words say nothing of texts that are not there. */
function emptied(before: Filled, after: Filled | undefined, name: string): boolean {
  if (!after || after.rows === 0) return false;
  const gap = Math.abs(missingOf(after, name) - missingOf(before, name));
  const counts = [before, after].map(({ rows, filled }) => {
    const full = filled[name] ?? 0;
    return [full, rows - full];
  });
  return (
    gap >= MISSING_MOVED && chiSquaredTwoSample(counts[0] ?? [], counts[1] ?? []).pValue < 0.01
  );
}

function decide(measured: readonly MeasuredColumn[], level: number): ColumnTimeline[] {
  const tested = measured.flatMap(({ cells }) => cells.filter(({ rawP }) => rawP !== null));
  const adjusted = benjaminiHochberg(tested.map(({ rawP }) => rawP ?? 1));
  const adjustedOf = new Map(tested.map((cell, i) => [cell, adjusted[i] ?? 1]));
  return measured.map(({ name, kind, cells }) => ({
    name,
    kind,
    cells: cells.map((cell) => {
      const { value, chance, missing, isEmptied } = cell;
      const pValue = adjustedOf.get(cell) ?? null;
      const moved =
        kind === "text"
          ? (value ?? 0) - chance >= MOVED
          : (value ?? 0) >= MOVED && (pValue ?? 1) < level;
      return { value, chance, pValue, missing, drifted: moved || isEmptied };
    }),
  }));
}

function verdictOf(
  columns: readonly ColumnTimeline[],
  { steps, against }: { steps: readonly NamedSide[]; against: NamedSide },
): string {
  const what = steps.some(({ side }) => side.period) ? "periods" : "versions";
  const moved = columns
    .map(({ name, cells }) => ({
      name,
      times: cells.filter(({ drifted }) => drifted).length,
      first: steps[cells.findIndex(({ drifted }) => drifted)]?.label,
    }))
    .filter(({ times }) => times > 0)
    .toSorted((a, b) => b.times - a.times);
  if (columns.length === 0) return "No column could be compared.";
  if (moved.length === 0)
    return `No drift: none of ${columns.length} columns moved in any of ${steps.length} ${what}, against ${against.label}.`;
  const said = moved
    .slice(0, 5)
    .map(
      ({ name, times, first }) => `${name} (${times} of ${steps.length} ${what}, first ${first})`,
    );
  return `Drift: ${moved.length} of ${columns.length} columns moved against ${against.label}: ${said.join(", ")}${moved.length > 5 ? ", and others" : ""}.`;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
