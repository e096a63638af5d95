/** Matrices of int8 with one float32 scale per column or row. */
import { SoukError } from "@souk/core";
import { float32, formatShape, type Tensor, tensor } from "../onnx/tensor.ts";

/** int8 `values` [rows, columns], and the scales to multiply them with. */
export interface QuantizedMatrix {
  readonly values: Tensor;
  readonly scales: Tensor;
}

/**
 * w[i, j] ~ scales[j] q[i, j] with scales [columns], of a float32 matrix.
 *
 * @throws SoukError `QUANTIZE_WEIGHT` when an element is not finite.
 */
export function quantizeColumns(weight: Tensor, { bits }: { bits: number }): QuantizedMatrix {
  return quantize(weight, { bits, byRow: false });
}

/**
 * w[i, j] ~ scales[i] q[i, j] with scales [rows, 1], of a float32 matrix.
 *
 * @throws SoukError `QUANTIZE_WEIGHT` when an element is not finite.
 */
export function quantizeRows(weight: Tensor, { bits }: { bits: number }): QuantizedMatrix {
  return quantize(weight, { bits, byRow: true });
}

function quantize(
  weight: Tensor,
  { bits, byRow }: { bits: number; byRow: boolean },
): QuantizedMatrix {
  const [rows, columns] = weight.shape;
  const data = weight.data as Float32Array; // the callers take float32 only
  const largest = magnitudes(data, { columns, byRow, groups: byRow ? rows : columns });
  const wrong = largest.some(Number.isNaN)
    ? data.findIndex((value) => !Number.isFinite(value))
    : -1;
  if (wrong >= 0) {
    throw new SoukError(
      "QUANTIZE_WEIGHT",
      `expected finite weights, element ${wrong} of ${formatShape(weight.shape)} is ${data[wrong]}`,
    );
  }
  // A group of zeros has scale 1.
  const scales = largest.map((one) => (one === 0 ? 1 : one / (2 ** (bits - 1) - 1)));
  const values = new Int8Array(data.length);
  for (let at = 0, row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, at++) {
      values[at] = Math.round(data[at] / scales[byRow ? row : column]);
    }
  }
  const shape = byRow ? [rows, 1] : [columns];
  return { values: tensor("int8", values, weight.shape), scales: float32(scales, shape) };
}

/** Largest magnitude of each row or column; NaN where an element is not finite. */
function magnitudes(
  data: Float32Array,
  { columns, byRow, groups }: { columns: number; byRow: boolean; groups: number },
): Float32Array {
  const largest = new Float32Array(groups);
  for (let at = 0, row = 0; at < data.length; row++) {
    for (let column = 0; column < columns; column++, at++) {
      const group = byRow ? row : column;
      largest[group] = Math.max(largest[group], Math.abs(data[at]));
    }
  }
  return largest.map((one) => (Number.isFinite(one) ? one : Number.NaN));
}
