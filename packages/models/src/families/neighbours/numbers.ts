/** Number and date inputs as features beside those of texts. */
import type { ColumnBatch } from "../../rows/batch.ts";
import { numberOf, timeOf } from "../../rows/cells.ts";
import type { SparseRow, TextSpace } from "../../similar/text-space.ts";
import type { TaskInput } from "../../task/task.ts";

/** Mean and deviation of each number of the training rows, in logarithms: plain data. */
export interface NumberScale {
  readonly column: string;
  readonly kind: "number" | "date";
  readonly offset: number;
  readonly scale: number;
}

/** Number features; a missing value is the mean. */
export interface NumberFeatures {
  readonly scales: readonly NumberScale[];
  readonly size: number;
  /** A row's point with its numbers as further features behind those of `space`. */
  extend(space: TextSpace, batch: ColumnBatch, row: number): SparseRow;
}

/** Numbers weigh less than words: a deviation counts as this much of a whole text. */
const WEIGHT = 0.3;
/** Numbers beyond so many deviations count as that many. */
const MOST = 10;

export function fitNumbers(inputs: readonly TaskInput[], batch: ColumnBatch): NumberFeatures {
  const scales = inputs.flatMap(({ column, kind }): NumberScale[] => {
    if (kind !== "number" && kind !== "date") return [];
    const values: number[] = [];
    for (let row = 0; row < batch.length; row++) values.push(valueOf(batch, row, { column, kind }));
    const known = values.filter((value) => !Number.isNaN(value));
    const offset = known.reduce((sum, value) => sum + value / known.length, 0);
    const variance = known.reduce((sum, value) => sum + (value - offset) ** 2 / known.length, 0);
    return [{ column, kind, offset, scale: Math.sqrt(variance) || 1 }];
  });
  return createNumbers(scales);
}

export function createNumbers(scales: readonly NumberScale[]): NumberFeatures {
  return {
    scales,
    size: scales.length,
    extend(space, batch, row) {
      const { ids, weights } = space.rowOf(batch, row);
      const numbers = scales.map((one) => {
        const value = (valueOf(batch, row, one) - one.offset) / one.scale;
        return Number.isNaN(value) ? 0 : WEIGHT * Math.max(-MOST, Math.min(MOST, value));
      });
      return {
        ids: Uint32Array.from([...ids, ...scales.map((_, i) => space.size + i)]),
        weights: Float32Array.from([...weights, ...numbers]),
      };
    },
  };
}

/** Signed logarithm of a number; days of a date. */
function valueOf(
  batch: ColumnBatch,
  row: number,
  { column, kind }: Pick<NumberScale, "column" | "kind">,
): number {
  const cell = batch.columns[column]?.[row];
  if (kind === "date") return timeOf(cell) / 86_400_000;
  const value = numberOf(cell);
  return Math.sign(value) * Math.log1p(Math.abs(value));
}
