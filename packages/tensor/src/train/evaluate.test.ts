import assert from "node:assert/strict";
import { test } from "node:test";
import { float32, numbersOf } from "../onnx/tensor.ts";
import { tableDataset } from "./dataset.ts";
import { evaluate, predict } from "./evaluate.ts";
import { meanDistance } from "./metrics.ts";
import { linearRegression, linearRows } from "./test-networks.ts";

test("answers come in the order of the rows, a missing weight is named", async () => {
  const data = tableDataset(linearRows([1], { rows: 5 }), { batchSize: 2, shuffle: false });
  const { network } = linearRegression(1);
  const weights = new Map([
    ["weight", float32([2], [1, 1])],
    ["bias", float32([1])],
  ]);
  const said: number[] = [];
  for await (const { outputs, batch, rows, loss } of predict(network, {
    weights,
    data,
    threads: 1,
  })) {
    assert.deepEqual([rows, loss], [batch["x"].shape[0], undefined]);
    said.push(...numbersOf(outputs["y"]));
  }
  close(
    said,
    numbersOf(linearRows([1], { rows: 5 }).x).map((x) => 2 * x + 1),
    1e-6,
  );
  weights.delete("bias");
  await assert.rejects(evaluate(linearRegression(1), { weights, data, threads: 1 }), {
    code: "TRAIN_WEIGHTS",
    message: /bias/,
  });
});

test("the loss of an evaluation is the mean over rows, not over batches", async () => {
  const rows = { x: float32([0, 0, 0], [3, 1]), wanted: float32([1, 1, 4], [3, 1]) };
  const weights = new Map([
    ["weight", float32([0], [1, 1])],
    ["bias", float32([0])],
  ]);
  const data = tableDataset(rows, { batchSize: 2, shuffle: false });
  const metrics = { distance: meanDistance("y", "wanted") };
  const found = await evaluate(linearRegression(1), { weights, data, metrics, threads: 1 });
  assert.deepEqual(found, { loss: (1 + 1 + 16) / 3, distance: 2 });
});

function close(found: readonly number[], expected: readonly number[], tolerance: number): void {
  assert.equal(found.length, expected.length);
  found.forEach((value, at) =>
    assert.ok(
      Math.abs(value - expected[at]) <= tolerance,
      `${found.join(", ")} is not ${expected.join(", ")}`,
    ),
  );
}
