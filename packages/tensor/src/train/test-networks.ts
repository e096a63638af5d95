/** Small networks and data for the tests of training. */
import { createRng } from "@souk/core";
import type { Initializer, Network, Scope } from "../layers/scope.ts";
import { float32, int32, type Tensor } from "../onnx/tensor.ts";
import { op } from "../operators/operators.ts";
import type { Value } from "../graph/graph.ts";
import { sizeOf } from "../onnx/tensor.ts";
import { sgd } from "../optimizers/gradient-descent.ts";
import { tableDataset } from "./dataset.ts";
import type { Learning, TrainingJob } from "./job.ts";

/** Normal numbers of deviation 0.3. */
const normal: Initializer = (shape, rng) =>
  Float32Array.from({ length: sizeOf(shape) }, () => rng.normal(0, 0.3));

/** y = x w + b */
function affine(
  scope: Scope,
  x: Value,
  { inputs, outputs }: { inputs: number; outputs: number },
): Value {
  const product = op.MatMul(x, scope.parameter("weight", [inputs, outputs], normal));
  return op.Add(product, scope.parameter("bias", [outputs], normal));
}

/** The mean of squares of a difference. */
export function squaredError(predicted: Value, wanted: Value): Value {
  const difference = op.Sub(predicted, wanted);
  return op.ReduceMean(op.Mul(difference, difference));
}

/** Fits y [batch, 1] by a linear function of x [batch, inputs]. */
export function linearRegression(inputs: number): Learning {
  return {
    network: {
      inputs: { x: { type: "float32", shape: ["batch", inputs] } },
      build: (scope, { x }) => ({ y: affine(scope, x, { inputs, outputs: 1 }) }),
    },
    targets: { wanted: { type: "float32", shape: ["batch", 1] } },
    loss: ({ y }, { wanted }) => squaredError(y, wanted),
  };
}

/** Rows of y = x w + b for normal x, with noise of the given deviation. */
export function linearRows(
  weights: readonly number[],
  {
    rows,
    bias = 0,
    noise = 0,
    seed = 1,
  }: { rows: number; bias?: number; noise?: number; seed?: number },
): Readonly<Record<"x" | "wanted", Tensor>> {
  const rng = createRng(seed);
  const x = Float32Array.from({ length: rows * weights.length }, () => rng.normal());
  const y = Float32Array.from({ length: rows }, (_, row) =>
    weights.reduce(
      (sum, weight, at) => sum + weight * x[row * weights.length + at],
      bias + rng.normal(0, noise),
    ),
  );
  return { x: float32(x, [rows, weights.length]), wanted: float32(y, [rows, 1]) };
}

/** Two layers with a hidden tanh, and in training a mask drawn for each step: x [batch, 8] to scores [batch, 3]. */
const twoLayers: Network = {
  inputs: { x: { type: "float32", shape: ["batch", 8] } },
  build(scope, { x }) {
    const hidden = op.Tanh(affine(scope.within("first"), x, { inputs: 8, outputs: 16 }));
    const scores = affine(scope.within("second"), masked(scope, hidden), {
      inputs: 16,
      outputs: 3,
    });
    return { scores };
  },
};

/** Multiplies by a number of a constant pool at a place drawn for each step: chance without an operator for it. */
function masked(scope: Scope, x: Value): Value {
  if (!scope.training) return x;
  const pool = scope.graph.constant(float32([0.9, 1, 1.1, 0.95, 1.05, 0.8, 1.2]));
  const place = scope.graph.apply("Mod", [scope.random("mask"), scope.graph.integers([7])]);
  return op.Mul(x, op.Gather(pool, place));
}

/** Cross-entropy of three classes. */
export const classification: Learning = {
  network: twoLayers,
  targets: { label: { type: "int32", shape: ["batch"] } },
  loss({ scores }, { label }) {
    const chosen = op.Mul(op.LogSoftmax(scores), op.OneHot(label, 3));
    return op.Neg(op.ReduceMean(op.ReduceSum(chosen, { axes: [1] })));
  },
};

/** Rows whose label is the largest of three sums of their numbers. */
export function classRows(rows: number, seed = 1): Readonly<Record<"x" | "label", Tensor>> {
  const rng = createRng(seed);
  const x = Float32Array.from({ length: rows * 8 }, () => rng.normal());
  const labels = Int32Array.from({ length: rows }, (_, row) => {
    const sums = [0, 1, 2].map((at) => x[row * 8 + at] + x[row * 8 + at + 3]);
    return sums.indexOf(Math.max(...sums));
  });
  return { x: float32(x, [rows, 8]), label: int32(labels) };
}

/** A short training of the two layers, to be varied. */
export function classificationJob(changes: Partial<TrainingJob> = {}): TrainingJob {
  return {
    ...classification,
    data: tableDataset(classRows(100), { batchSize: 16 }),
    optimizer: sgd({ momentum: 0.9 }),
    learningRate: 0.05,
    epochs: 3,
    seed: 11,
    threads: 1,
    ...changes,
  };
}
