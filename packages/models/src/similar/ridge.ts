/** Ridge regression on sparse rows, by conjugate gradients. */
import type { SparseRow } from "./text-space.ts";

const MOST_STEPS = 300;
const TOLERANCE = 1e-6;

/**
 * The weights b that make |Xb - y|^2 + penalty |b|^2 least: (X'X + penalty I) b = X'y, [features].
 * Source: M. Hestenes, E. Stiefel, "Methods of conjugate gradients for solving linear systems", 1952.
 * @param rows of X; each row's ids are below `size`.
 */
export function ridge(
  rows: readonly SparseRow[],
  targets: Float64Array,
  { size, penalty, signal }: { size: number; penalty: number; signal?: AbortSignal },
): Float64Array {
  const weights = new Float64Array(size);
  const residual = transposed(rows, targets, size);
  const direction = residual.slice();
  let square = dot(residual, residual);
  const enough = TOLERANCE * TOLERANCE * square;
  for (let step = 0; step < MOST_STEPS && square > enough; step++) {
    signal?.throwIfAborted();
    const image = Float64Array.from(rows, (row) => product(row, direction));
    const curved = transposed(rows, image, size);
    for (let f = 0; f < size; f++) curved[f] += penalty * direction[f];
    const length = square / dot(direction, curved);
    for (let f = 0; f < size; f++) {
      weights[f] += length * direction[f];
      residual[f] -= length * curved[f];
    }
    const next = dot(residual, residual);
    for (let f = 0; f < size; f++) direction[f] = residual[f] + (next / square) * direction[f];
    square = next;
  }
  return weights;
}

/** The sum of a row's features, each times its weight. */
export function product({ ids, weights }: SparseRow, by: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < ids.length; i++) sum += weights[i] * by[ids[i]];
  return sum;
}

function transposed(rows: readonly SparseRow[], values: Float64Array, size: number): Float64Array {
  const sums = new Float64Array(size);
  rows.forEach(({ ids, weights }, row) => {
    for (let i = 0; i < ids.length; i++) sums[ids[i]] += weights[i] * values[row];
  });
  return sums;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
