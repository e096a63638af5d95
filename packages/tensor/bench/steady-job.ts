/** The job of the steadiness benchmark: a two-layer network over made-up rows, with buckets, dropout-like chance and Adam. */
import { createRng } from "@souk/core";
import { adamW, op, tableDataset, type TrainingJob } from "../src/index.ts";
import { float32, int32, sizeOf } from "../src/onnx/tensor.ts";

const inputs = 128;
const hidden = 256;
const classes = 10;

/** A training of `steps` steps of 32 rows. */
export function steadyJob({ steps }: { steps: number }): TrainingJob {
  const rows = 4000;
  const rng = createRng(1);
  const x = Float32Array.from({ length: rows * inputs }, () => rng.normal());
  const label = Int32Array.from({ length: rows }, () => rng.integer(classes));
  const normal = (shape: readonly number[], chance: typeof rng) =>
    Float32Array.from({ length: sizeOf(shape) }, () => chance.normal(0, 0.05));
  return {
    network: {
      inputs: { x: { type: "float32", shape: ["batch", inputs] } },
      build(scope, { x: rowsOf }) {
        const first = op.MatMul(rowsOf, scope.parameter("first", [inputs, hidden], normal));
        return {
          y: op.MatMul(op.Tanh(first), scope.parameter("second", [hidden, classes], normal)),
        };
      },
    },
    targets: { label: { type: "int32", shape: ["batch"] } },
    loss({ y }, { label: truth }) {
      const chosen = op.Mul(op.LogSoftmax(y), op.OneHot(truth, classes));
      return op.Neg(op.ReduceMean(op.ReduceSum(chosen, { axes: [1] })));
    },
    data: tableDataset(
      { x: float32(x, [rows, inputs]), label: int32(label) },
      { batchSize: 32, bucketBy: (row) => row % 2 },
    ),
    optimizer: adamW(),
    learningRate: 1e-3,
    clipNorm: 1,
    steps,
    seed: 1,
    threads: 2,
  };
}
