/** Matrices of int8 with one float32 scale per column or row. */
import { SoukError } from "@souk/core";
import { float32, formatShape, type Tensor, tensor } from "../onnx/tensor.ts";

/** int8 `values` [rows, columns], and the scales to multiply them with. */
export interface QuantizedMatrix {
  readonly values: Tensor;
  readonly scales: Tensor;
}

/**
 * w[i, j] ~ scales[j] q[i, j] with scales [columns].
 *
 * @throws SoukError `QUANTIZE_WEIGHT` when an element is not finite.
 */
export function quantizeColumns(weight: Tensor, { bits }: { bits: number }): QuantizedMatrix {
  const [, columns] = weight.shape;
  const scales = scalesOf(weight, { bits, groups: columns, groupOf: (at) => at % columns });
  const values = Int8Array.from(weight.data as Float32Array, (value, at) =>
    Math.round(value / scales[at % columns]),
  );
  return { values: tensor("int8", values, weight.shape), scales: float32(scales) };
}

/**
 * w[i, j] ~ scales[i] q[i, j] with scales [rows, 1].
 *
 * @throws SoukError `QUANTIZE_WEIGHT` when an element is not finite.
 */
export function quantizeRows(weight: Tensor, { bits }: { bits: number }): QuantizedMatrix {
  const [rows, columns] = weight.shape;
  const rowOf = (at: number) => Math.floor(at / columns);
  const scales = scalesOf(weight, { bits, groups: rows, groupOf: rowOf });
  const values = Int8Array.from(weight.data as Float32Array, (value, at) =>
    Math.round(value / scales[rowOf(at)]),
  );
  return { values: tensor("int8", values, weight.shape), scales: float32(scales, [rows, 1]) };
}

/** The largest magnitude of each group becomes the largest integer; a group of zeros has scale 1. */
function scalesOf(
  { data, shape }: Tensor,
  { bits, groups, groupOf }: { bits: number; groups: number; groupOf: (at: number) => number },
): Float32Array {
  const largest = new Float32Array(groups);
  for (let at = 0; at < data.length; at++) {
    const magnitude = Math.abs(Number(data[at]));
    if (!Number.isFinite(magnitude)) {
      throw new SoukError(
        "QUANTIZE_WEIGHT",
        `expected finite weights, element ${at} of ${formatShape(shape)} is ${data[at]}`,
      );
    }
    if (magnitude > largest[groupOf(at)]) largest[groupOf(at)] = magnitude;
  }
  return largest.map((maximum) => (maximum === 0 ? 1 : maximum / (2 ** (bits - 1) - 1)));
}
