import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "@souk/core";
import type { Weights } from "../graph/to-onnx.ts";
import { float32, int32, numbersOf } from "../onnx/tensor.ts";
import { op } from "../operators/operators.ts";
import { adam, adamW } from "../optimizers/adam.ts";
import { sgd } from "../optimizers/gradient-descent.ts";
import { bucketedDataset, tableDataset } from "./dataset.ts";
import { evaluate } from "./evaluate.ts";
import type { TrainingEvent } from "./job.ts";
import { accuracy } from "./metrics.ts";
import {
  classification,
  classificationJob,
  classRows,
  linearRegression,
  linearRows,
  squaredError,
} from "./test-networks.ts";
import { train } from "./train.ts";

test("linear regression recovers the weights of the data", async () => {
  const { weights } = await train({
    ...linearRegression(3),
    data: tableDataset(linearRows([3, -2, 0.5], { rows: 256, bias: 1.5 }), { batchSize: 64 }),
    optimizer: sgd({ momentum: 0.9 }),
    learningRate: 0.05,
    epochs: 80,
    seed: 1,
    threads: 1,
  });
  close(numbersOf(weights.get("weight")!), [3, -2, 0.5], 1e-4);
  close(numbersOf(weights.get("bias")!), [1.5], 1e-4);
});

test("with noise it finds the least squares solution of one number: Σxy / Σx²", async () => {
  const rows = linearRows([2], { rows: 64, noise: 1 });
  const x = numbersOf(rows.x);
  const y = numbersOf(rows.wanted);
  const dot = (a: number[], b: number[]) => a.reduce((sum, value, at) => sum + value * b[at], 0);
  const learning = linearRegression(1);
  const { weights } = await train({
    ...learning,
    network: {
      ...learning.network,
      build: (scope, inputs) => ({
        y: op.MatMul(
          inputs.x,
          scope.parameter("weight", [1, 1], () => Float32Array.of(0)),
        ),
      }),
    },
    data: tableDataset(rows, { batchSize: 64 }),
    optimizer: sgd(),
    learningRate: 0.2,
    epochs: 60,
    seed: 1,
    threads: 1,
  });
  close(numbersOf(weights.get("weight")!), [dot(x, y) / dot(x, x)], 1e-5);
});

test("a network learns sixteen rows by heart", async () => {
  const data = tableDataset(classRows(16), { batchSize: 16 });
  const { weights } = await train(
    classificationJob({ data, optimizer: adam(), learningRate: 0.05, epochs: 300 }),
  );
  const found = await evaluate(classification, {
    weights,
    data,
    metrics: { accuracy: accuracy("scores", "label") },
    threads: 1,
  });
  assert.ok(found.loss < 1e-3, `loss ${found.loss}`);
  assert.equal(found.accuracy, 1);
});

test("the same seed gives the same bits, another seed other ones", async () => {
  const [first, second, third] = await Promise.all([
    train(classificationJob()),
    train(classificationJob()),
    train(classificationJob({ seed: 12 })),
  ]);
  assert.deepEqual(bits(first.weights), bits(second.weights));
  assert.notDeepEqual(bits(first.weights), bits(third.weights));
});

test("results do not depend on how many steps share a call", async () => {
  const [one, seven, chosen] = await Promise.all([
    train(classificationJob({ batchesPerCall: 1, optimizer: adamW(), weightDecay: 0.01 })),
    train(classificationJob({ batchesPerCall: 7, optimizer: adamW(), weightDecay: 0.01 })),
    train(classificationJob({ optimizer: adamW(), weightDecay: 0.01 })),
  ]);
  assert.deepEqual(bits(one.weights), bits(seven.weights));
  assert.deepEqual(bits(one.weights), bits(chosen.weights));
  assert.equal(one.loss, seven.loss);
});

test("with accumulation too results do not depend on it", async () => {
  const [one, many] = await Promise.all(
    [3, 21].map((batchesPerCall) =>
      train(classificationJob({ batchesPerCall, accumulate: 3, clipNorm: 1, optimizer: adam() })),
    ),
  );
  assert.deepEqual(bits(one.weights), bits(many.weights));
});

test("rows of two lengths train one network", async () => {
  const rng = createRng(4);
  const lengths = Array.from({ length: 64 }, (_, row) => (row % 2 === 0 ? 3 : 6));
  const x = Float32Array.from({ length: 64 * 6 }, (_, at) =>
    at % 6 < lengths[Math.floor(at / 6)] ? rng.normal() : 0,
  );
  const sums = lengths.map((_, row) => x.subarray(row * 6, row * 6 + 6).reduce((a, b) => a + b));
  const events: TrainingEvent[] = [];
  const { weights } = await train(
    {
      network: {
        inputs: { x: { type: "float32", shape: ["batch", "length"] } },
        build: (scope, inputs) => ({
          y: op.Mul(
            op.ReduceSum(inputs.x, { axes: [1], keepdims: true }),
            scope.parameter("scale", [1], () => Float32Array.of(0)),
          ),
        }),
      },
      targets: { wanted: { type: "float32", shape: ["batch", 1] } },
      loss: ({ y }, { wanted }) => squaredError(y, wanted),
      data: bucketedDataset(
        {
          x: float32(x, [64, 6]),
          wanted: float32(
            sums.map((sum) => 2 * sum),
            [64, 1],
          ),
        },
        { batchSize: 8, lengths, buckets: [3, 6], sequences: ["x"], runLength: 2 },
      ),
      optimizer: sgd(),
      learningRate: 0.02,
      epochs: 20,
      seed: 1,
      threads: 1,
    },
    { onEvent: (event) => events.push(event) },
  );
  close(numbersOf(weights.get("scale")!), [2], 1e-4);
  assert.equal(events.filter(({ kind }) => kind === "compiled").length, 2);
});

test("batches of two shapes are compiled once each, and all their rows count", async () => {
  const events: TrainingEvent[] = [];
  const { steps } = await train(classificationJob(), { onEvent: (event) => events.push(event) });
  assert.equal(steps, 3 * 7);
  assert.deepEqual(
    events.flatMap((event) => (event.kind === "compiled" ? [event.bucket] : [])),
    ["x [16, 8], label [16]", "x [4, 8], label [4]"],
  );
  assert.deepEqual(
    events.flatMap((event) => (event.kind === "step" ? [event.step] : [])),
    Array.from({ length: 21 }, (_, at) => at + 1),
  );
});

test("the mean gradient of two halves makes the step of the whole batch", async () => {
  const rows = linearRows([3, -2], { rows: 64, noise: 0.5 });
  const job = (batchSize: number, accumulate: number) =>
    train({
      ...linearRegression(2),
      data: tableDataset(rows, { batchSize, shuffle: false }),
      optimizer: sgd(),
      learningRate: 0.1,
      epochs: 5,
      accumulate,
      clipNorm: 1000,
      seed: 3,
      threads: 1,
    });
  const [whole, halves] = [await job(32, 1), await job(16, 2)];
  assert.equal(whole.steps, halves.steps);
  close(numbersOf(halves.weights.get("weight")!), numbersOf(whole.weights.get("weight")!), 1e-6);
  assert.ok(Math.abs(whole.loss - halves.loss) < 1e-6);
});

test("batches left over at the end of an epoch make a smaller step", async () => {
  const { steps } = await train(classificationJob({ epochs: 2, accumulate: 4 }));
  // 7 batches: four; two of 16 rows before the bucket changes; one of 4 rows
  assert.equal(steps, 2 * 3);
});

test("frozen weights stay as they were and others move", async () => {
  const start = await train(classificationJob({ steps: 1 }));
  const { weights } = await train(
    classificationJob({ weights: start.weights, freeze: (name) => name.startsWith("first.") }),
  );
  assert.deepEqual(weights.get("first.weight"), start.weights.get("first.weight"));
  assert.notDeepEqual(weights.get("second.weight"), start.weights.get("second.weight"));
});

test("time left is told and ends at zero", async () => {
  const left: (number | undefined)[] = [];
  await train(classificationJob({ accumulate: 2 }), {
    onEvent: (event) => event.kind === "step" && left.push(event.etaMs),
  });
  assert.equal(left.length, 12);
  assert.ok(left.every((ms) => ms !== undefined && ms >= 0));
  assert.equal(left.at(-1), 0);
});

test("freezing everything is an error", async () => {
  await assert.rejects(train(classificationJob({ freeze: () => true })), { code: "TRAIN_FROZEN" });
});

test("a learning rate schedule is followed and told", async () => {
  const rates: number[] = [];
  await train(classificationJob({ steps: 4, schedule: (step) => 1 / step }), {
    onEvent: (event) => event.kind === "step" && rates.push(event.learningRate),
  });
  close(rates, [0.05, 0.025, 0.05 / 3, 0.0125], 1e-12);
});

test("early stopping brings back the weights of the best validation", async () => {
  const data = tableDataset(classRows(64, 9), { batchSize: 64 });
  const seen: { step: number; loss: number; best: boolean }[] = [];
  const result = await train(
    classificationJob({
      learningRate: 0.5,
      epochs: 200,
      validation: { data, metrics: { accuracy: accuracy("scores", "label") } },
      earlyStopping: { patience: 3 },
    }),
    {
      onEvent: (event) =>
        event.kind === "validation" &&
        seen.push({ step: event.step, loss: event.metrics.loss, best: event.best }),
    },
  );
  assert.equal(result.stopped, "early");
  const lowest = seen.reduce((a, b) => (b.loss < a.loss ? b : a));
  assert.deepEqual(result.best, { step: lowest.step, value: lowest.loss });
  assert.equal(seen.length - 1 - seen.indexOf(lowest), 3);
  const { loss } = await evaluate(classification, { weights: result.weights, data, threads: 1 });
  assert.ok(Math.abs(loss - lowest.loss) < 1e-6, `${loss} is not ${lowest.loss}`);
});

test("cancelling ends the training with an error of its own", async () => {
  const cancel = new AbortController();
  await assert.rejects(
    train(classificationJob({ epochs: 1e6 }), {
      signal: cancel.signal,
      onEvent: (event) => event.kind === "step" && event.step === 20 && cancel.abort(),
    }),
    { code: "TRAIN_CANCELLED" },
  );
});

test("jobs that contradict themselves are refused", async () => {
  const refused = (changes: object) =>
    assert.rejects(train(classificationJob(changes)), { code: "TRAIN_JOB" });
  await refused({ epochs: undefined });
  await refused({ steps: 0 });
  await refused({ learningRate: Number.NaN });
  await refused({ seed: 0.5 });
  await refused({ earlyStopping: { patience: 2 } });
  await refused({ targets: { x: { type: "float32", shape: ["batch", 8] } } });
});

test("a batch that does not fit the network is named", async () => {
  const { x, label } = classRows(8);
  const data = (columns: object) => ({ data: tableDataset({ ...columns }, { batchSize: 8 }) });
  await assert.rejects(train(classificationJob(data({ x }))), /needs column label, got x/);
  const long = { type: label.type, shape: [4, 2], data: label.data };
  const half = { ...x, shape: [4, 16] };
  await assert.rejects(train(classificationJob(data({ x: half, label: long }))), {
    code: "TRAIN_BATCH",
    message: /column x must be float32 \[batch, 8\].*got float32 \[4, 16\]/,
  });
});

test("a batch without rows is refused", async () => {
  const data = {
    async *epoch() {
      yield { x: float32([], [0, 8]), label: int32([]) };
    },
  };
  await assert.rejects(train(classificationJob({ data })), /at least one row/);
});

test("what a dataset throws reaches the caller", async () => {
  const data = {
    async *epoch() {
      yield classRows(4);
      throw new RangeError("the disk is gone");
    },
  };
  await assert.rejects(train(classificationJob({ data })), /the disk is gone/);
});

test("batches are read while a step computes", async () => {
  const rows = classRows(4);
  let read = 0;
  const data = {
    async *epoch() {
      for (; read < 40; read++) yield rows;
    },
  };
  const readBefore: number[] = [];
  await train(classificationJob({ data, epochs: 1, batchesPerCall: 1 }), {
    onEvent: (event) => event.kind === "step" && readBefore.push(read),
  });
  assert.ok(readBefore.slice(0, 30).every((count, at) => count > at + 1));
});

test("a dataset without batches is an error, not an endless wait", async () => {
  const data = { async *epoch() {} };
  await assert.rejects(train(classificationJob({ data })), { code: "TRAIN_EMPTY" });
});

function bits(weights: Weights): Record<string, string> {
  return Object.fromEntries(
    [...weights].map(([name, { data }]) => [
      name,
      Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("hex"),
    ]),
  );
}

function close(found: readonly number[], expected: readonly number[], tolerance: number): void {
  assert.equal(found.length, expected.length);
  found.forEach((value, at) =>
    assert.ok(
      Math.abs(value - expected[at]) <= tolerance,
      `${found.join(", ")} is not ${expected.join(", ")}`,
    ),
  );
}
