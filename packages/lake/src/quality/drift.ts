import { chiSquaredTwoSample, SoukError } from "@souk/core";
import type { SqlRunner } from "../sql/types.ts";
import {
  benjaminiHochberg,
  decileCounts,
  jensenShannon,
  jensenShannonBeyondChance,
  populationStability,
  wasserstein,
  weightedKolmogorovSmirnov,
  type WeightedSample,
} from "./distances.ts";
import {
  categoryCounts,
  countRows,
  type DriftSide,
  numberSample,
  type Side,
  sideOf,
  tokenCounts,
} from "./distribution.ts";
import { type ColumnProfile, profile } from "./profile.ts";

/** Rows on either side above which a distance decides: with many rows every test finds something. */
const LARGE = 1000;
/** A distance from which a column of a large dataset has drifted. Source: the defaults of Evidently 0.4 and Siddiqi 2006. */
const MOVED = 0.1;
const MISSING_MOVED = 0.05;

/** How one column moved. */
export interface ColumnDrift {
  readonly name: string;
  readonly kind: "number" | "category" | "text";
  /** What decided: a test on small data, a distance on large. */
  readonly method: "kolmogorov-smirnov" | "chi-squared" | "wasserstein" | "jensen-shannon";
  /** Of the method. */
  readonly statistic: number;
  /** Of the test that fits the kind, after Benjamini-Hochberg over all columns; `null` for text, whose words depend on each other. */
  readonly pValue: number | null;
  /** 0 equal, from 0.1 large: Wasserstein over the standard deviation before, or Jensen-Shannon beyond chance. */
  readonly effect: number;
  readonly drifted: boolean;
  readonly measures: Readonly<Record<string, number>>;
  /** Share of rows without a value before and after. */
  readonly missing: { readonly from: number; readonly to: number };
  /** What moved most, in words. */
  readonly message: string;
}

/** What moved between two sides of a dataset. */
export interface DriftReport {
  readonly dataset: string;
  readonly rows: { readonly from: number; readonly to: number };
  readonly columns: readonly ColumnDrift[];
  /** Columns not compared, and why. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
  readonly drifted: boolean;
  /** A sentence or two for people. */
  readonly verdict: string;
}

/**
 * Compares every column (or `columns`) of two versions or two periods. Numbers: Kolmogorov-Smirnov up to 1,000 rows on
 * a side, above Wasserstein over the standard deviation; categories: chi-squared, above Jensen-Shannon; text: Jensen-Shannon
 * of its words. P-values are adjusted over all columns at level `falseDiscovery`. Dates and ids are skipped.
 *
 * @param options `label`: the column a model predicts; the verdict names it first.
 * @throws SoukError `QUALITY_EMPTY` when a side has no rows, `QUALITY_COLUMN`, `SQL_UNKNOWN_DATASET`.
 */
export async function drift(
  runner: SqlRunner,
  {
    dataset,
    from,
    to,
    columns,
    label,
    falseDiscovery = 0.05,
    signal,
  }: {
    readonly dataset: string;
    readonly from: DriftSide;
    readonly to: DriftSide;
    readonly columns?: readonly string[];
    readonly label?: string;
    readonly falseDiscovery?: number;
    readonly signal?: AbortSignal;
  },
): Promise<DriftReport> {
  const described = await profile(runner, dataset, { version: from.version, signal });
  const wanted = chosen(described.columns, columns, [from, to]);
  const sides: [Side, Side] = [
    sideOf({ runner, dataset, signal }, from),
    sideOf({ runner, dataset, signal }, to),
  ];
  const rows: [number, number] = [0, 0];
  const measured: Measured[] = [];
  for (const column of wanted.compared) {
    const result = await measure(sides, column);
    measured.push(result);
    [rows[0], rows[1]] = result.rows;
  }
  const compared = decide(measured, falseDiscovery);
  return {
    dataset,
    rows: { from: rows[0], to: rows[1] },
    columns: compared,
    skipped: wanted.skipped,
    drifted: compared.some((column) => column.drifted),
    verdict: verdictOf(compared, rows, label),
  };
}

interface Measured extends Omit<ColumnDrift, "drifted" | "pValue"> {
  readonly rows: [number, number];
  readonly rawP: number | null;
  readonly missingP: number;
}

function chosen(
  all: readonly ColumnProfile[],
  columns: readonly string[] | undefined,
  sides: readonly DriftSide[],
) {
  for (const name of columns ?? []) {
    if (!all.some((column) => column.name === name))
      throw new SoukError(
        "QUALITY_COLUMN",
        `no column "${name}"; there are ${all.map((one) => one.name).join(", ")}`,
      );
  }
  const byPeriod = sides.some((side) => side.period !== undefined);
  const compared: ColumnProfile[] = [];
  const skipped: { name: string; reason: string }[] = [];
  for (const column of all) {
    if (columns !== undefined && !columns.includes(column.name)) continue;
    const reason = reasonToSkip(column, byPeriod && columns === undefined);
    if (reason === undefined) compared.push(column);
    else skipped.push({ name: column.name, reason });
  }
  return { compared, skipped };
}

/** Why a column has no distribution worth comparing; undefined when it has. */
export function reasonToSkip({ kind, name }: ColumnProfile, byPeriod: boolean): string | undefined {
  if (kind === "time") return "a time moves by itself";
  if (kind === "id") return "an id has no distribution";
  if (kind === "empty") return "it has no values";
  return byPeriod && name === "year" ? "the periods define it" : undefined;
}

async function measure(sides: [Side, Side], column: ColumnProfile): Promise<Measured> {
  const before = await countRows(sides[0], column.name);
  const after = await countRows(sides[1], column.name);
  if (before.rows === 0 || after.rows === 0)
    throw new SoukError(
      "QUALITY_EMPTY",
      `expected rows on both sides, got ${before.rows} and ${after.rows}`,
    );
  const facts = {
    name: column.name,
    rows: [before.rows, after.rows] as [number, number],
    missing: { from: 1 - before.filled / before.rows, to: 1 - after.filled / after.rows },
    missingP: chiSquaredTwoSample(
      [before.filled, before.rows - before.filled],
      [after.filled, after.rows - after.filled],
    ).pValue,
  };
  const filled: [number, number] = [before.filled, after.filled];
  if (before.filled === 0 || after.filled === 0) return { ...facts, ...onlyMissing() };
  if (column.kind === "number")
    return { ...facts, ...(await measureNumber(sides, column.name, filled)) };
  if (column.kind === "text")
    return { ...facts, ...(await measureText(sides, column.name, filled)) };
  return { ...facts, ...(await measureCategory(sides, column.name, filled)) };
}

type Measures = Pick<
  Measured,
  "kind" | "method" | "statistic" | "effect" | "measures" | "message" | "rawP"
>;

/** One side has no value at all: the missing share is what moved. */
function onlyMissing(): Measures {
  return {
    kind: "category",
    method: "chi-squared",
    statistic: 0,
    effect: 0,
    measures: {},
    message: "has values on one side only",
    rawP: null,
  };
}

async function measureNumber(
  sides: [Side, Side],
  name: string,
  filled: [number, number],
): Promise<Measures> {
  const a = await numberSample(sides[0], name);
  const b = await numberSample(sides[1], name);
  const test = weightedKolmogorovSmirnov(a, b, { rows: filled });
  const moved = wasserstein(a, b);
  const [meanA, deviation] = momentsOf(a);
  const [meanB] = momentsOf(b);
  const effect = deviation > 0 ? moved / deviation : moved > 0 ? 1 : 0;
  const [countsA, countsB] = decileCounts(a, b);
  const large = Math.max(...filled) > LARGE;
  return {
    kind: "number",
    method: large ? "wasserstein" : "kolmogorov-smirnov",
    statistic: large ? moved : test.statistic,
    effect,
    measures: {
      kolmogorovSmirnov: test.statistic,
      wasserstein: moved,
      populationStability: populationStability(countsA, countsB),
      jensenShannon: jensenShannon(countsA, countsB),
    },
    message: `mean ${short(meanA)} before, ${short(meanB)} after`,
    rawP: test.pValue,
  };
}

async function measureCategory(
  sides: [Side, Side],
  name: string,
  filled: [number, number],
): Promise<Measures> {
  const { names, counts } = await categoryCounts(sides, name);
  const test = chiSquaredTwoSample(counts[0], counts[1]);
  const distance = jensenShannon(counts[0], counts[1]);
  const large = Math.max(...filled) > LARGE;
  return {
    kind: "category",
    method: large ? "jensen-shannon" : "chi-squared",
    statistic: large ? distance : test.statistic,
    effect: jensenShannonBeyondChance(counts[0], counts[1]),
    measures: {
      chiSquared: test.statistic,
      jensenShannon: distance,
      populationStability: populationStability(counts[0], counts[1]),
    },
    message: mostMoved(names, counts),
    rawP: test.pValue,
  };
}

async function measureText(
  sides: [Side, Side],
  name: string,
  filled: [number, number],
): Promise<Measures> {
  const { names, counts } = await tokenCounts(sides, name, filled);
  const empty = counts.some((side) => side.every((count) => count === 0));
  const distance = empty ? 0 : jensenShannon(counts[0], counts[1]);
  return {
    kind: "text",
    method: "jensen-shannon",
    statistic: distance,
    effect: empty ? 0 : jensenShannonBeyondChance(counts[0], counts[1]),
    measures: { jensenShannon: distance },
    message: empty ? "has no words on one side" : `word ${mostMoved(names, counts)}`,
    rawP: null,
  };
}

/** On small data the adjusted test decides; on large it must agree with a distance of 0.1 or more. */
function decide(measured: readonly Measured[], level: number): ColumnDrift[] {
  const tested = measured.filter((column) => column.rawP !== null);
  const adjusted = benjaminiHochberg(tested.map((column) => column.rawP ?? 1));
  const adjustedOf = new Map(tested.map((column, i) => [column.name, adjusted[i] ?? 1]));
  const missingAdjusted = benjaminiHochberg(measured.map((column) => column.missingP));
  return measured.map(({ rows: _rows, rawP: _rawP, missingP: _missingP, ...column }, i) => {
    const pValue = adjustedOf.get(column.name) ?? null;
    const test = column.method === "chi-squared" || column.method === "kolmogorov-smirnov";
    const significant = pValue === null || pValue < level;
    const values =
      test && pValue === null ? false : significant && (test || column.effect >= MOVED);
    const gap = Math.abs(column.missing.to - column.missing.from);
    const missing = gap >= MISSING_MOVED && (missingAdjusted[i] ?? 1) < level;
    const message = missing
      ? `${column.message}; missing ${percent(column.missing.from)} before, ${percent(column.missing.to)} after`
      : column.message;
    return { ...column, pValue, drifted: values || missing, message };
  });
}

function verdictOf(
  columns: readonly ColumnDrift[],
  rows: readonly [number, number],
  label: string | undefined,
): string {
  const size = `${rows[0]} rows before and ${rows[1]} after`;
  const moved = columns
    .filter((column) => column.drifted)
    .toSorted((a, b) => Number(b.name === label) - Number(a.name === label) || b.effect - a.effect);
  if (columns.length === 0) return "No column could be compared.";
  const start =
    moved.length === 0
      ? `No drift: none of ${columns.length} columns moved (${size}).`
      : `Drift: ${moved.length} of ${columns.length} columns moved (${size}): ${moved
          .slice(0, 5)
          .map(({ name, message }) => `${name} (${message})`)
          .join(", ")}${moved.length > 5 ? ", and others" : ""}.`;
  if (label === undefined || !columns.some((column) => column.name === label)) return start;
  return moved.some((column) => column.name === label)
    ? `${start} The label ${label} itself moved: evaluate the model again before trusting it.`
    : `${start} The label ${label} did not move.`;
}

function mostMoved(names: readonly string[], counts: readonly [number[], number[]]): string {
  const totals = counts.map((side) => side.reduce((sum, count) => sum + count, 0) || 1);
  const share = (side: 0 | 1, i: number): number => (counts[side][i] ?? 0) / (totals[side] ?? 1);
  let most = 0;
  for (const [i] of names.entries()) {
    if (Math.abs(share(1, i) - share(0, i)) > Math.abs(share(1, most) - share(0, most))) most = i;
  }
  return `"${names[most] ?? ""}" ${percent(share(0, most))} before, ${percent(share(1, most))} after`;
}

function momentsOf({ values, weights }: WeightedSample): [mean: number, deviation: number] {
  let total = 0;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    total += weights[i] ?? 0;
    sum += (weights[i] ?? 0) * (values[i] ?? 0);
  }
  const mean = sum / total;
  for (let i = 0; i < values.length; i++)
    squares += (weights[i] ?? 0) * ((values[i] ?? 0) - mean) ** 2;
  return [mean, Math.sqrt(squares / total)];
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}
