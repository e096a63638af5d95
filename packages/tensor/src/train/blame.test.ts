import assert from "node:assert/strict";
import { test } from "node:test";
import type { SoukError } from "@souk/core";
import { numbersOf } from "../onnx/tensor.ts";
import { op } from "../operators/operators.ts";
import { sgd } from "../optimizers/gradient-descent.ts";
import { tableDataset } from "./dataset.ts";
import { linearRegression, linearRows } from "./test-networks.ts";
import { train } from "./train.ts";

test("a value that is not a number stops the training with its step and name", async () => {
  const rows = linearRows([1, 2], { rows: 32 });
  const x = Float32Array.from(numbersOf(rows.x));
  x[2 * 20] = Number.NaN;
  const data = tableDataset(
    { ...rows, x: { ...rows.x, data: x } },
    { batchSize: 4, shuffle: false },
  );
  const job = {
    ...linearRegression(2),
    data,
    optimizer: sgd(),
    learningRate: 0.1,
    epochs: 2,
    seed: 1,
    threads: 1,
  };
  for (const batchesPerCall of [1, 4, 7]) {
    await assert.rejects(train({ ...job, batchesPerCall }), (error: SoukError) => {
      assert.equal(error.code, "TRAIN_NOT_FINITE");
      assert.match(error.message, /^step 6: column x of the batch is the first/);
      assert.deepEqual(error.details?.["gradients"], ["bias", "weight"]);
      return true;
    });
  }
});

test("an overflow is blamed on the operator that made it", async () => {
  const rows = linearRows([1], { rows: 8 });
  const learning = linearRegression(1);
  const job = {
    ...learning,
    loss: (...[{ y }]: Parameters<typeof learning.loss>) =>
      op.ReduceMean(op.Exp(op.Mul(y, y.graph.scalar(1e4)))),
    data: tableDataset(rows, { batchSize: 8 }),
    optimizer: sgd(),
    learningRate: 0.1,
    epochs: 1,
    seed: 1,
    threads: 1,
  };
  await assert.rejects(train(job), /step 1: Exp_0\.out \(output of Exp\) is the first/);
});

test("a step that makes weights infinite is blamed, though its loss was finite", async () => {
  const data = tableDataset(linearRows([1], { rows: 8 }), { batchSize: 8 });
  const job = {
    ...linearRegression(1),
    data,
    optimizer: sgd(),
    learningRate: 1e39,
    epochs: 9,
    seed: 1,
    threads: 1,
  };
  await assert.rejects(train(job), /^[^;]*step 1: weight weight is the first/);
});
