/**
 * First values of weights. `shape` is a weight in Souk's layout: dense [in, out], convolution [out, in / group, ...kernel],
 * embedding [rows, width]. fan-in is the number of inputs one output sums over, fan-out the number of outputs one input
 * reaches.
 */
import type { Rng } from "@souk/core";
import { sizeOf } from "../onnx/tensor.ts";
import type { Initializer } from "./scope.ts";

/** Zeros, for biases. */
export const zeros: Initializer = (shape) => new Float32Array(sizeOf(shape));

/** Ones, for the scales of normalisation. */
export const ones: Initializer = (shape) => new Float32Array(sizeOf(shape)).fill(1);

/** Every element `value`. */
export function filledWith(value: number): Initializer {
  return (shape) => new Float32Array(sizeOf(shape)).fill(value);
}

/** Uniform in [-limit, limit), limit = sqrt(6 / (fan-in + fan-out)). Source: Glorot and Bengio, AISTATS 2010. */
export const glorotUniform: Initializer = (shape, rng) => {
  const { fanIn, fanOut } = fansOf(shape);
  return fillUniform(shape, Math.sqrt(6 / (fanIn + fanOut)), rng);
};

/** Normal of variance 2 / (fan-in + fan-out). Source: Glorot and Bengio, AISTATS 2010. */
export const glorotNormal: Initializer = (shape, rng) => {
  const { fanIn, fanOut } = fansOf(shape);
  return fillNormal(shape, Math.sqrt(2 / (fanIn + fanOut)), rng);
};

/** Normal of variance 2 / fan-in, for layers followed by ReLU. Source: He et al., ICCV 2015. */
export const heNormal: Initializer = (shape, rng) =>
  fillNormal(shape, Math.sqrt(2 / fansOf(shape).fanIn), rng);

/** Uniform of variance 2 / fan-in, for layers followed by ReLU. Source: He et al., ICCV 2015. */
export const heUniform: Initializer = (shape, rng) =>
  fillUniform(shape, Math.sqrt(6 / fansOf(shape).fanIn), rng);

/** Normal of the given deviation. */
export function normal(deviation: number): Initializer {
  return (shape, rng) => fillNormal(shape, deviation, rng);
}

/**
 * Normal of the given deviation, drawn again beyond two deviations. With 0.02 the start of every weight of BERT.
 * Source: Devlin et al., "BERT", NAACL 2019, reference code (`create_initializer`).
 */
export function truncatedNormal(deviation = 0.02): Initializer {
  return (shape, rng) =>
    new Float32Array(sizeOf(shape)).map(() => {
      for (;;) {
        const draw = rng.normal();
        if (Math.abs(draw) <= 2) return draw * deviation;
      }
    });
}

/**
 * Matrices over the last two axes whose rows, or columns if there are fewer of them, are orthonormal; of a tall matrix
 * of k square blocks each block is one, as recurrent weights want it.
 * Source: Saxe, McClelland and Ganguli, "Exact solutions to the nonlinear dynamics of learning", ICLR 2014.
 */
export const orthogonal: Initializer = (shape, rng) => {
  const [rows, columns] = shape.slice(-2);
  const values = new Float32Array(sizeOf(shape));
  const height = rows % columns === 0 ? columns : rows;
  for (let start = 0; start < values.length; start += height * columns) {
    values.set(orthonormalMatrix(height, columns, rng), start);
  }
  return values;
};

/** Fan-in and fan-out of a weight; the kernel of a convolution counts in both. */
function fansOf(shape: readonly number[]): { fanIn: number; fanOut: number } {
  if (shape.length < 2) return { fanIn: shape[0] ?? 1, fanOut: shape[0] ?? 1 };
  if (shape.length === 2) return { fanIn: shape[0], fanOut: shape[1] };
  const [out, depth, ...kernel] = shape;
  return { fanIn: depth * sizeOf(kernel), fanOut: out * sizeOf(kernel) };
}

function fillUniform(shape: readonly number[], limit: number, rng: Rng): Float32Array {
  return new Float32Array(sizeOf(shape)).map(() => (2 * rng.next() - 1) * limit);
}

function fillNormal(shape: readonly number[], deviation: number, rng: Rng): Float32Array {
  return new Float32Array(sizeOf(shape)).map(() => rng.normal(0, deviation));
}

/** Gram-Schmidt, run twice for accuracy, over the shorter side of a normal random matrix. */
function orthonormalMatrix(rows: number, columns: number, rng: Rng): Float64Array {
  const [count, length] = rows <= columns ? [rows, columns] : [columns, rows];
  const vectors: Float64Array[] = [];
  while (vectors.length < count) {
    const vector = new Float64Array(length).map(() => rng.normal());
    for (const known of [...vectors, ...vectors]) subtractProjection(vector, known);
    const norm = Math.hypot(...vector);
    vectors.push(vector.map((value) => value / norm));
  }
  const matrix = new Float64Array(rows * columns);
  vectors.forEach((vector, at) => {
    vector.forEach((value, step) => {
      matrix[rows <= columns ? at * columns + step : step * columns + at] = value;
    });
  });
  return matrix;
}

function subtractProjection(vector: Float64Array, unit: Float64Array): void {
  let product = 0;
  for (let at = 0; at < vector.length; at++) product += vector[at] * unit[at];
  for (let at = 0; at < vector.length; at++) vector[at] -= product * unit[at];
}
