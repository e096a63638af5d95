import { SoukError } from "@souk/core";
import type { SqlRunner } from "../sql/types.ts";
import type { WeightedSample } from "./distances.ts";
import {
  categoryCounts,
  countRows,
  type DriftSide,
  numberSample,
  sideOf,
  tokenCounts,
} from "./distribution.ts";
import type { ColumnDrift } from "./drift.ts";

/** Bars that still tell a shape apart on a narrow screen. */
const BINS = 24;
/** Categories or words shown by name; the others are one cell. */
const NAMED = 16;
/** The tails beyond these shares of the rows of both sides fall into the first and the last bin. */
const TAILS = { low: 0.005, high: 0.995 };

/** One bar of both sides. */
export interface ComparedCell {
  /** A category, a word, or the range of a bin: "10 to 20". */
  readonly label: string;
  /** Share of the values (words, for text) of the side, [0, 1]. */
  readonly from: number;
  readonly to: number;
}

/** How the values of one column are spread on two sides. */
export interface ColumnComparison {
  readonly dataset: string;
  readonly column: string;
  readonly kind: ColumnDrift["kind"];
  /** Rows with a value. */
  readonly filled: { readonly from: number; readonly to: number };
  readonly rows: { readonly from: number; readonly to: number };
  /** Numbers: bins in order; categories: the most frequent first; text: the words that moved most first. */
  readonly cells: readonly ComparedCell[];
}

/**
 * The two distributions behind a line of a drift report; `kind` is that of the report.
 * @throws SoukError `QUALITY_COLUMN` when there is no such column, `QUALITY_EMPTY` when a side has no value in it,
 * `SQL_UNKNOWN_DATASET`.
 */
export async function compareColumn(
  runner: SqlRunner,
  {
    dataset,
    column,
    kind,
    from,
    to,
    signal,
  }: {
    readonly dataset: string;
    readonly column: string;
    readonly kind: ColumnDrift["kind"];
    readonly from: DriftSide;
    readonly to: DriftSide;
    readonly signal?: AbortSignal;
  },
): Promise<ColumnComparison> {
  const base = { runner, dataset, signal };
  const sides = [sideOf(base, from), sideOf(base, to)] as const;
  await requireColumn(runner, { dataset, column, from, signal });
  const before = await countRows(sides[0], column);
  const after = await countRows(sides[1], column);
  if (before.filled === 0 || after.filled === 0)
    throw new SoukError(
      "QUALITY_EMPTY",
      `${column}: expected values on both sides, got ${before.filled} and ${after.filled}`,
    );
  const facts = {
    dataset,
    column,
    kind,
    filled: { from: before.filled, to: after.filled },
    rows: { from: before.rows, to: after.rows },
  };
  if (kind === "number") {
    const samples = [
      await numberSample(sides[0], column),
      await numberSample(sides[1], column),
    ] as const;
    return { ...facts, cells: binned(...samples) };
  }
  if (kind === "category") {
    const { names, counts } = await categoryCounts([...sides], column);
    return { ...facts, cells: named(sharesOf(names, counts)) };
  }
  const filled: [number, number] = [before.filled, after.filled];
  const { names, counts } = await tokenCounts([...sides], column, filled);
  const cells = sharesOf(names, counts).filter(({ label }) => label !== "others");
  return { ...facts, cells: cells.toSorted((a, b) => moved(b) - moved(a)).slice(0, NAMED) };
}

async function requireColumn(
  runner: SqlRunner,
  {
    dataset,
    column,
    from,
    signal,
  }: { dataset: string; column: string; from: DriftSide; signal: AbortSignal | undefined },
): Promise<void> {
  const versions = from.version === undefined ? {} : { [dataset]: from.version };
  const { rows } = await runner.run(`describe "${dataset.replaceAll('"', '""')}"`, {
    versions,
    signal,
  });
  const names = rows.map(([name]) => (typeof name === "string" ? name : ""));
  if (!names.includes(column))
    throw new SoukError("QUALITY_COLUMN", `no column "${column}"; there are ${names.join(", ")}`);
}

function sharesOf(
  names: readonly string[],
  counts: readonly [readonly number[], readonly number[]],
): ComparedCell[] {
  const totals = counts.map((side) => side.reduce((sum, count) => sum + count, 0) || 1);
  return names.map((label, at) => ({
    label,
    from: (counts[0][at] ?? 0) / (totals[0] ?? 1),
    to: (counts[1][at] ?? 0) / (totals[1] ?? 1),
  }));
}

/** The first cells by name and one for the others. */
function named(cells: readonly ComparedCell[]): ComparedCell[] {
  if (cells.length <= NAMED) return inOrder(cells);
  const kept = cells.filter(({ label }) => label !== "others").slice(0, NAMED - 1);
  const left = (side: "from" | "to"): number =>
    Math.max(0, 1 - kept.reduce((sum, cell) => sum + cell[side], 0));
  return [...inOrder(kept), { label: "others", from: left("from"), to: left("to") }];
}

/** Categories that are numbers, such as stars, in their own order; others as they come, the largest first. */
function inOrder(cells: readonly ComparedCell[]): ComparedCell[] {
  const numbers = cells.every(({ label }) => label !== "" && Number.isFinite(Number(label)));
  return numbers ? cells.toSorted((a, b) => Number(a.label) - Number(b.label)) : [...cells];
}

function moved({ from, to }: ComparedCell): number {
  return Math.abs(to - from);
}

/** Both samples in bins of one width; the tails are in the outer bins. */
function binned(a: WeightedSample, b: WeightedSample): ComparedCell[] {
  const low = Math.min(quantile(a, TAILS.low), quantile(b, TAILS.low));
  const high = Math.max(quantile(a, TAILS.high), quantile(b, TAILS.high));
  if (!(high > low)) return [{ label: short(low), from: 1, to: 1 }];
  const width = (high - low) / BINS;
  const shares = [a, b].map((sample) => binShares(sample, { low, width }));
  return Array.from({ length: BINS }, (_, bin) => ({
    label: `${short(low + bin * width)} to ${short(low + (bin + 1) * width)}`,
    from: shares[0]?.[bin] ?? 0,
    to: shares[1]?.[bin] ?? 0,
  }));
}

function binShares(
  { values, weights }: WeightedSample,
  { low, width }: { low: number; width: number },
): Float64Array {
  const shares = new Float64Array(BINS);
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    const bin = Math.max(0, Math.min(BINS - 1, Math.floor(((values[i] ?? 0) - low) / width)));
    shares[bin] = (shares[bin] ?? 0) + (weights[i] ?? 0);
    total += weights[i] ?? 0;
  }
  return shares.map((share) => share / (total || 1));
}

/** The value below which `share` of a sample lies; its values ascend. */
function quantile({ values, weights }: WeightedSample, share: number): number {
  let total = 0;
  for (let i = 0; i < weights.length; i++) total += weights[i] ?? 0;
  let upto = 0;
  for (let i = 0; i < values.length; i++) {
    upto += weights[i] ?? 0;
    if (upto >= total * share) return values[i] ?? 0;
  }
  return values[values.length - 1] ?? 0;
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
