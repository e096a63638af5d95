import { quantile } from "@souk/core";
import type { ColumnBatch, Model } from "@souk/models";

const WARM_UP = 20;
const SINGLES = 200;
const BATCH = 256;
const BATCHES = 20;
/** A slow model is timed on what it answers in this time. */
const MOST_MS = 3_000;

/**
 * What a prediction takes on this machine now: the median of up to 200 rows alone, and a row's share of batches of 256.
 * @param rows at least one.
 */
export async function measureLatency(
  model: Model,
  rows: ColumnBatch,
): Promise<{ singleMs: number; batchMs: number }> {
  const one = (row: number): ColumnBatch => slice(rows, row % rows.length, 1);
  for (let i = 0; i < WARM_UP; i++) await model.predict(one(i));
  const singles = await timed(SINGLES, (i) => model.predict(one(i)));
  const size = Math.min(BATCH, rows.length);
  const batches = Math.ceil(rows.length / size);
  const batch = (i: number): ColumnBatch =>
    slice(rows, Math.min((i % batches) * size, rows.length - size), size);
  const whole = await timed(BATCHES, (i) => model.predict(batch(i)));
  return { singleMs: quantile(singles, 0.5), batchMs: quantile(whole, 0.5) / size };
}

async function timed(count: number, work: (i: number) => Promise<unknown>): Promise<number[]> {
  const begun = performance.now();
  const times: number[] = [];
  for (let i = 0; i < count && (i === 0 || performance.now() - begun < MOST_MS); i++) {
    const start = performance.now();
    await work(i);
    times.push(performance.now() - start);
  }
  return times;
}

function slice({ columns }: ColumnBatch, from: number, length: number): ColumnBatch {
  const entries = Object.entries(columns).map(
    ([name, cells]) => [name, Array.from({ length }, (_, i) => cells[from + i] ?? null)] as const,
  );
  return { length, columns: Object.fromEntries(entries) };
}
