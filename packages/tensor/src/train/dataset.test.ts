import assert from "node:assert/strict";
import { test } from "node:test";
import { float32, int32, numbersOf, type Tensor } from "../onnx/tensor.ts";
import {
  bucketedDataset,
  type ColumnBatch,
  type Dataset,
  prefetch,
  tableDataset,
} from "./dataset.ts";

const numbers = (rows: number) => ({ n: int32(Array.from({ length: rows }, (_, row) => row)) });

async function batchesOf(
  dataset: Dataset,
  { epoch = 0, seed = 1, skip = 0 } = {},
): Promise<ColumnBatch[]> {
  const batches: ColumnBatch[] = [];
  for await (const batch of dataset.epoch(epoch, { seed, skip })) batches.push(batch);
  return batches;
}

async function rowsOf(dataset: Dataset, options = {}): Promise<number[][]> {
  return (await batchesOf(dataset, options)).map(({ n }) => numbersOf(n));
}

test("without shuffling batches follow the rows, the last one smaller", async () => {
  const table = tableDataset(numbers(5), { batchSize: 2, shuffle: false });
  assert.deepEqual(await rowsOf(table), [[0, 1], [2, 3], [4]]);
  const dropped = tableDataset(numbers(5), { batchSize: 2, shuffle: false, dropLast: true });
  assert.deepEqual(await rowsOf(dropped), [
    [0, 1],
    [2, 3],
  ]);
  assert.deepEqual([table.rows, table.batches, dropped.batches], [5, 3, 2]);
});

test("every epoch has all rows, in an order fixed by epoch and seed", async () => {
  const table = tableDataset(numbers(50), { batchSize: 8 });
  const first = await rowsOf(table);
  assert.deepEqual(
    first.flat().toSorted((a, b) => a - b),
    numbersOf(numbers(50).n),
  );
  assert.deepEqual(await rowsOf(table), first);
  assert.notDeepEqual(await rowsOf(table, { epoch: 1 }), first);
  assert.notDeepEqual(await rowsOf(table, { seed: 2 }), first);
});

test("skipping leaves out the first batches and changes no other", async () => {
  const table = tableDataset(numbers(50), { batchSize: 8 });
  const all = await rowsOf(table, { epoch: 3 });
  assert.deepEqual(await rowsOf(table, { epoch: 3, skip: 2 }), all.slice(2));
  assert.deepEqual(await rowsOf(table, { epoch: 3, skip: 99 }), []);
});

test("rows keep their columns together", async () => {
  const x = float32(
    Array.from({ length: 20 }, (_, at) => at),
    [10, 2],
  );
  for (const batch of await batchesOf(tableDataset({ x, ...numbers(10) }, { batchSize: 3 }))) {
    const doubled = numbersOf(batch["n"]).flatMap((row) => [2 * row, 2 * row + 1]);
    assert.deepEqual(numbersOf(batch["x"]), doubled);
  }
});

test("sequences go to the first bucket that holds them, are cut to it, and come in runs", async () => {
  const lengths = [1, 5, 2, 9, 3, 4, 2, 7];
  const ids: Tensor = int32(
    Int32Array.from({ length: 8 * 10 }, (_, at) =>
      at % 10 < lengths[Math.floor(at / 10)] ? 1 : 0,
    ),
    [8, 10],
  );
  const dataset = bucketedDataset(
    { ids, ...numbers(8) },
    { batchSize: 2, lengths, buckets: [3, 8], sequences: ["ids"], runLength: 2 },
  );
  const batches = await batchesOf(dataset);
  const shapes = batches.map((batch) => batch["ids"].shape.join(" x "));
  assert.deepEqual(shapes.toSorted(), ["2 x 3", "2 x 3", "2 x 8", "2 x 8"]);
  assert.equal(shapes[0], shapes[1]);
  for (const batch of batches) {
    const width = batch["ids"].shape[1];
    const kept = numbersOf(batch["n"]).map((row) => Math.min(lengths[row], width));
    const ones = numbersOf(batch["ids"]).reduce((sum, one) => sum + one, 0);
    assert.equal(ones, kept[0] + kept[1]);
    assert.ok(numbersOf(batch["n"]).every((row) => lengths[row] <= 3 === (width === 3)));
  }
});

test("prefetched batches are the same, and reading runs ahead", async () => {
  let read = 0;
  const source: Dataset = {
    async *epoch() {
      for (let at = 0; at < 6; at++) {
        read++;
        yield { n: int32([at]) };
      }
    },
  };
  const seen: number[] = [];
  for await (const { n } of prefetch(source, { batches: 3 }).epoch(0, { seed: 1 })) {
    seen.push(...numbersOf(n));
    if (seen.length === 1) assert.ok(read >= 2, `read ${read}`);
  }
  assert.deepEqual(seen, [0, 1, 2, 3, 4, 5]);
});

test("who stops in the middle closes the source", async () => {
  let closed = false;
  const source: Dataset = {
    async *epoch() {
      try {
        for (;;) yield numbers(1);
      } finally {
        closed = true;
      }
    },
  };
  for await (const batch of prefetch(source, { batches: 2 }).epoch(0, { seed: 1 })) {
    if (batch) break;
  }
  assert.ok(closed);
});

test("columns of different lengths, no rows and no batch size are refused", () => {
  const two = { a: int32([1, 2]), b: int32([1]) };
  assert.throws(() => tableDataset(two, { batchSize: 1 }), { code: "DATASET_ROWS" });
  assert.throws(() => tableDataset({}, { batchSize: 1 }), { code: "DATASET_ROWS" });
  assert.throws(() => tableDataset(numbers(2), { batchSize: 0 }), { code: "DATASET_BATCH" });
  const options = { batchSize: 1, lengths: [1, 1], sequences: [] };
  assert.throws(() => bucketedDataset(numbers(2), { ...options, buckets: [4, 2] }), {
    code: "DATASET_BUCKETS",
  });
});
