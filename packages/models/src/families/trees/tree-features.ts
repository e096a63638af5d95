import type { ColumnBatch } from "../../rows/batch.ts";
import { numberOf, textOf, timeOf } from "../../rows/cells.ts";
import { createVocabulary } from "../../features/vocabulary.ts";
import { createTokenizer, hashRange } from "../../text/tokenizer.ts";

/** How one input becomes features; categories and words by their 32-bit hashes. A text has a length (UTF-16 units) and words. */
export type InputPlan =
  | { readonly kind: "number" | "date" | "length"; readonly column: string }
  /** One feature per category, 1 or 0. */
  | { readonly kind: "one-hot"; readonly column: string; readonly keys: Uint32Array }
  /** What the target was, on average, of each category: [keys + 1, outputs], the last row for unknown ones. */
  | {
      readonly kind: "statistics";
      readonly column: string;
      readonly keys: Uint32Array;
      readonly means: Float64Array;
    }
  /** How often each of these words comes. */
  | { readonly kind: "words"; readonly column: string; readonly keys: Uint32Array };

/** Turns rows into the numbers that trees compare; NaN is missing. Keeps buffers, so it is not shared by threads. */
export interface TreeFeatures {
  readonly plans: readonly InputPlan[];
  /** First feature of each plan, and the number of all at the end, [plans + 1]. */
  readonly starts: Int32Array;
  readonly size: number;
  /** Writes the features of one row, [size]. */
  rowInto(batch: ColumnBatch, row: number, target: Float64Array): void;
}

/** Tokens read of one text. */
export const MAX_TOKENS = 512;

const DAY_MS = 86_400_000;

/** Features by plan, in the order of the plans. */
export function createTreeFeatures(plans: readonly InputPlan[]): TreeFeatures {
  const starts = new Int32Array(plans.length + 1);
  plans.forEach((plan, i) => {
    starts[i + 1] = starts[i] + sizeOf(plan);
  });
  const writers = plans.map(createWriter);
  return {
    plans,
    starts,
    size: starts[plans.length],
    rowInto(batch, row, target) {
      writers.forEach((write, i) => write(batch, row, target.subarray(starts[i], starts[i + 1])));
    },
  };
}

/** Hash of a category cell; a missing one is a category too. */
export function categoryHash(batch: ColumnBatch, column: string, row: number): number {
  const text = textOf(batch.columns[column]?.[row]);
  return hashRange(text, 0, text.length);
}

function sizeOf(plan: InputPlan): number {
  if (plan.kind === "statistics") return plan.means.length / (plan.keys.length + 1);
  if (plan.kind === "one-hot" || plan.kind === "words") return plan.keys.length;
  return plan.kind === "date" ? 4 : 1;
}

type Writer = (batch: ColumnBatch, row: number, target: Float64Array) => void;

function createWriter(plan: InputPlan): Writer {
  const { column } = plan;
  if (plan.kind === "words") return wordsWriter(column, plan.keys);
  if (plan.kind === "one-hot") return oneHotWriter(column, plan.keys);
  if (plan.kind === "statistics") return statisticsWriter(column, plan);
  if (plan.kind === "date")
    return (batch, row, target) => writeDate(timeOf(batch.columns[column]?.[row]), target);
  if (plan.kind === "length")
    return (batch, row, target) => (target[0] = textOf(batch.columns[column]?.[row]).length || NaN);
  return (batch, row, target) => (target[0] = numberOf(batch.columns[column]?.[row]));
}

function oneHotWriter(column: string, keys: Uint32Array): Writer {
  const vocabulary = createVocabulary(keys);
  return (batch, row, target) => {
    target.fill(0);
    const found = vocabulary.rowOf(categoryHash(batch, column, row));
    if (found >= 0) target[found] = 1;
  };
}

function statisticsWriter(
  column: string,
  { keys, means }: { keys: Uint32Array; means: Float64Array },
): Writer {
  const vocabulary = createVocabulary(keys);
  return (batch, row, target) => {
    const found = vocabulary.rowOf(categoryHash(batch, column, row));
    const from = (found < 0 ? keys.length : found) * target.length;
    target.set(means.subarray(from, from + target.length));
  };
}

/** Year, month (0 to 11), weekday (0 is Sunday) and days since 1970, in UTC. */
function writeDate(time: number, target: Float64Array): void {
  const date = new Date(time);
  target[0] = date.getUTCFullYear();
  target[1] = date.getUTCMonth();
  target[2] = date.getUTCDay();
  target[3] = Math.floor(date.getTime() / DAY_MS);
}

function wordsWriter(column: string, keys: Uint32Array): Writer {
  const tokenizer = createTokenizer({ maxTokens: MAX_TOKENS });
  const tokens = new Uint32Array(MAX_TOKENS);
  const vocabulary = createVocabulary(keys);
  return (batch, row, target) => {
    const text = textOf(batch.columns[column]?.[row]);
    const count = tokenizer.hashesInto(text, tokens);
    target.fill(0);
    for (let i = 0; i < count; i++) {
      const word = vocabulary.rowOf(tokens[i]);
      if (word >= 0) target[word]++;
    }
  };
}
