import { SoukError } from "@souk/core";
import { type ColumnBatch, type Cell } from "../rows/batch.ts";
import { parseSeries, type Series } from "../series/series.ts";
import { type ForecastTask, ONLY_SERIES } from "./forecast-task.ts";

/** One series of a dataset. */
export interface NamedSeries {
  readonly name: string;
  readonly series: Series;
}

/** The series of a dataset, by name. */
export interface ReadSeries {
  readonly all: readonly NamedSeries[];
  /** Rows without a day, a value or one of the bars. */
  readonly dropped: number;
}

interface Day {
  readonly date: string;
  readonly value: number;
  readonly bars: readonly number[];
}

/** Each is walked forward by several forecasters: more would take days. */
const MAX_SERIES = 500;
/** Rows of all series together. */
const MAX_ROWS = 1_000_000;

/**
 * Sorts the rows of a dataset into its series, each by day. A row without its day, its value or one of its bars is left
 * out and counted.
 * @throws SoukError `FORECAST_ROWS` without a usable row, or with too many rows or series; `SERIES_*` naming the series.
 */
export async function readSeries(
  task: ForecastTask,
  rows: AsyncIterable<ColumnBatch>,
  { signal }: { signal?: AbortSignal } = {},
): Promise<ReadSeries> {
  const days = new Map<string, Day[]>();
  let dropped = 0;
  let kept = 0;
  for await (const batch of rows) {
    signal?.throwIfAborted();
    for (let row = 0; row < batch.length; row++) {
      const day = dayOf(task, batch, row);
      if (day === undefined) {
        dropped++;
        continue;
      }
      const name = nameOf(task, batch, row);
      const own = days.get(name) ?? [];
      if (own.length === 0) days.set(name, own);
      own.push(day);
      kept++;
    }
    if (days.size > MAX_SERIES || kept > MAX_ROWS)
      throw tooMuch(task, days.size > MAX_SERIES ? `${MAX_SERIES} series` : `${MAX_ROWS} rows`);
  }
  if (kept === 0)
    throw new SoukError(
      "FORECAST_ROWS",
      `${task.name}: expected rows with ${task.date} and ${task.value} in ${task.dataset}, got none (${dropped} without)`,
    );
  const names = [...days.keys()].toSorted();
  return { all: names.map((name) => assemble(task, name, days.get(name) ?? [])), dropped };
}

function barColumns({ bars = {} }: ForecastTask): (readonly [string, string])[] {
  return Object.entries(bars);
}

function dayOf(task: ForecastTask, { columns }: ColumnBatch, row: number): Day | undefined {
  const date = columns[task.date]?.[row];
  const value = numberOf(columns[task.value]?.[row]);
  const bars = barColumns(task).map(([, column]) => numberOf(columns[column]?.[row]));
  if (typeof date !== "string" || value === undefined) return undefined;
  const known = bars.filter((bar) => bar !== undefined);
  return known.length < bars.length ? undefined : { date: date.slice(0, 10), value, bars: known };
}

function numberOf(cell: Cell | undefined): number | undefined {
  return typeof cell === "number" && Number.isFinite(cell) ? cell : undefined;
}

function nameOf({ series }: ForecastTask, { columns }: ColumnBatch, row: number): string {
  const cell = series === undefined ? ONLY_SERIES : columns[series]?.[row];
  return cell === null || cell === undefined || cell instanceof Uint8Array || cell === ""
    ? ONLY_SERIES
    : String(cell).slice(0, 200);
}

function assemble(task: ForecastTask, name: string, given: readonly Day[]): NamedSeries {
  const days = given.toSorted((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
  const bars = barColumns(task).map(([bar], i) => [bar, days.map((day) => day.bars[i] ?? 0)]);
  try {
    const series = parseSeries({
      date: days.map(({ date }) => date),
      value: days.map(({ value }) => value),
      ...Object.fromEntries(bars),
    });
    return { name, series };
  } catch (thrown) {
    if (!(thrown instanceof SoukError)) throw thrown;
    throw new SoukError(thrown.code, `series ${name}: ${thrown.message}`, { cause: thrown });
  }
}

function tooMuch(task: ForecastTask, most: string): SoukError {
  return new SoukError(
    "FORECAST_ROWS",
    `${task.name}: expected at most ${most} in ${task.dataset}, got more; forecast a smaller dataset`,
  );
}
