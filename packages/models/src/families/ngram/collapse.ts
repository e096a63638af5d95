import type { NgramProblem } from "./session.ts";

/**
 * The same linear function with fewer numbers: with no more outputs than columns, row x_f W^T of every feature replaces
 * both matrices. Adds `share` of it to `table`, [rows, classes].
 */
export function collapse(
  input: Float32Array,
  output: Float32Array,
  {
    rows,
    classes,
    dim,
    share,
    table,
  }: Pick<NgramProblem, "rows" | "classes"> & { dim: number; share: number; table: Float32Array },
): void {
  for (let row = 0; row < rows; row++)
    for (let c = 0; c < classes; c++) {
      const from = row * dim;
      const weights = c * dim;
      let sum = 0;
      for (let j = 0; j < dim; j++) sum += input[from + j] * output[weights + j];
      table[row * classes + c] += share * sum;
    }
}
