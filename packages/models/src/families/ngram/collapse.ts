import type { NgramProblem } from "./session.ts";

/**
 * The same linear function with fewer numbers: with no more outputs than columns, row x_f W^T of every feature replaces
 * both matrices. @returns [rows, classes].
 */
export function collapse(
  input: Float32Array,
  output: Float32Array,
  { rows, classes, dim }: Pick<NgramProblem, "rows" | "classes"> & { dim: number },
): Float32Array {
  const table = new Float32Array(rows * classes);
  for (let row = 0; row < rows; row++)
    for (let c = 0; c < classes; c++) {
      let sum = 0;
      for (let j = 0; j < dim; j++) sum += input[row * dim + j] * output[c * dim + j];
      table[row * classes + c] = sum;
    }
  return table;
}
