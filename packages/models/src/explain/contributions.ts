import type { Cell, ColumnBatch } from "../rows/batch.ts";
import { textOf } from "../rows/cells.ts";
import type { Explanation } from "../families/family.ts";

/** Whatever has a contribution: the largest effect first. */
export function bySize(a: { contribution: number }, b: { contribution: number }): number {
  return Math.abs(b.contribution) - Math.abs(a.contribution);
}

/** The value an input shows beside its contribution: a number, a text, or none; a photo has none. */
export function shownValue(cell: Cell | undefined): Explanation["features"][number]["value"] {
  if (typeof cell === "number") return cell;
  if (cell === null || cell === undefined || cell instanceof Uint8Array) return null;
  return textOf(cell);
}

/**
 * What each input of the first row does for a score as a whole: how much lower the score is when it is missing. Works
 * with any predictor; of two inputs that say the same neither may seem to matter.
 */
export async function leaveInputsOut(
  batch: ColumnBatch,
  { inputs, output, outputs }: { inputs: readonly string[]; output: number; outputs: number },
  scoreInto: (batch: ColumnBatch, scores: Float64Array) => void | Promise<void>,
): Promise<Explanation> {
  const length = inputs.length + 1;
  const columns = Object.fromEntries(
    inputs.map((input, at) => {
      const cell = batch.columns[input]?.[0] ?? null;
      return [input, Array.from({ length }, (_, row) => (row === at ? null : cell))];
    }),
  );
  const scores = new Float64Array(length * outputs);
  await scoreInto({ length, columns }, scores);
  const whole = scores[inputs.length * outputs + output];
  const features = inputs.map((input, row) => ({
    input,
    value: shownValue(columns[input][inputs.length]),
    contribution: whole - scores[row * outputs + output],
  }));
  return { tokens: [], features: features.toSorted(bySize), images: [] };
}
