import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createRng } from "@souk/core";
import { holdOut } from "../rows/hold-out.ts";
import { splitRows } from "../rows/split.ts";
import { type ColumnBatch, selectRows } from "../rows/batch.ts";
import { evaluateModel, loadModel, type Task, trainTask, trialRows, trialTask } from "../index.ts";

const task: Task = {
  name: "mood",
  dataset: "made-up",
  inputs: [{ column: "text", kind: "text" }],
  target: { column: "mood", kind: "class" },
  split: { kind: "grouped", by: "who", validation: 0.2, test: 0.2 },
  metric: "accuracy",
  baseline: "majority",
  key: "id",
};
const price: Task = {
  ...task,
  name: "price",
  target: { column: "price", kind: "number" },
  metric: "rmsle",
  transform: "log1p",
  baseline: "mean",
};

/** Rows whose mood and price follow from words, with noise. */
function madeUp(count = 800): ColumnBatch {
  const rng = createRng(4);
  const columns: Record<string, (string | number)[]> = {
    id: [],
    text: [],
    mood: [],
    who: [],
    price: [],
  };
  for (let row = 0; row < count; row++) {
    const mood = rng.pick(["glad", "sad", "calm"]);
    columns["id"].push(`r${row}`);
    columns["mood"].push(mood);
    columns["text"].push(
      `${rng.next() < 0.3 ? "odd" : `${mood}ly`} ${rng.pick(["a", "b", "c", "d"])}`,
    );
    columns["who"].push(`c${rng.integer(200)}`);
    columns["price"].push(Math.round(100 * (mood === "glad" ? 9 : 2) * (1 + rng.next())));
  }
  return { length: count, columns };
}

async function* stream(batch: ColumnBatch): AsyncGenerator<ColumnBatch> {
  yield batch;
}

const options = { family: "ngram", threads: 1, settings: { epochs: 4, dim: 4 } } as const;

test("a trial has no test row: other test targets change no bit of its value", async () => {
  const batch = madeUp();
  const garbage = Array.from(batch.columns["mood"]);
  for (const row of splitRows(task, batch).test) garbage[row] = "garbage";
  const spoilt = { length: batch.length, columns: { ...batch.columns, mood: garbage } };
  const clean = await trialRows(task, stream(batch));
  const other = await trialRows(task, stream(spoilt));
  assert.deepEqual(other, clean);
  assert.equal(clean.train.length + clean.validation.length < batch.length, true);
  const [first, second] = [
    await trialTask(task, clean, options),
    await trialTask(task, other, options),
  ];
  assert.equal(second.value, first.value);
  assert.deepEqual(second.metrics, first.metrics);
});

test("the validation rows have no part in the training: other targets there change only the figures", async () => {
  const rows = await trialRows(task, stream(madeUp()));
  const length = rows.validation.length;
  const sad = Array.from({ length }, () => "sad");
  const changed = {
    ...rows,
    validation: { length, columns: { ...rows.validation.columns, mood: sad } },
  };
  const seen: [number, number][][] = [[], []];
  const honest = await trialTask(task, rows, {
    ...options,
    onReport: (step, value) => seen[0].push([step, value]),
  });
  const spoilt = await trialTask(task, changed, {
    ...options,
    onReport: (step, value) => seen[1].push([step, value]),
  });
  assert.deepEqual(seen[1], seen[0]);
  assert.equal(seen[0].length, 4);
  assert.notEqual(spoilt.value, honest.value);
});

test("no group is on both sides of what a trial learns from and what stops it", async () => {
  const rows = await trialRows(task, stream(madeUp()));
  const { rows: counts } = await trialTask(task, rows, options);
  assert.equal(counts.train + counts.stopping, rows.train.length);
  assert.equal(counts.validation, rows.validation.length);
  const who = (batch: ColumnBatch) => new Set(Array.from(batch.columns["who"]));
  assert.equal(who(rows.train).intersection(who(rows.validation)).size, 0);
});

test("the value is what a model trained the same way scores on the validation rows, in the target's unit", async () => {
  const folder = await mkdtemp(join(tmpdir(), "souk-trial-"));
  const batch = madeUp();
  const rows = await trialRows(price, stream(batch));
  const trial = await trialTask(price, rows, {
    ...options,
    family: "forest",
    settings: { trees: 20 },
  });
  // The same rows to learn from and to stop by, given to a training as its train and validation part.
  const inner = {
    ...price,
    name: "inner",
    split: { kind: "given", by: "side", validation: 0, test: 0 },
  } as const;
  const { kept, held } = holdOut(price, rows.train, 0.1);
  const parts = [
    ["train", selectRows(rows.train, kept)],
    ["validation", selectRows(rows.train, held)],
    ["test", rows.validation],
  ] as const;
  async function* sided(): AsyncGenerator<ColumnBatch> {
    for (const [side, { length, columns }] of parts)
      yield { length, columns: { ...columns, side: Array.from({ length }, () => side) } };
  }
  const directory = join(folder, "model");
  const { report } = await trainTask(inner, sided(), {
    family: "forest",
    threads: 1,
    settings: { trees: 20 },
    directory,
    data: { dataset: "made-up", version: 1, hash: "a" },
  });
  const model = await loadModel(directory);
  const measured = await evaluateModel(model, price, rows.validation);
  model.close();
  assert.equal(trial.value, measured.metrics["rmsle"]);
  assert.equal(trial.value, report.metrics["rmsle"]);
  assert.ok(trial.metrics["mae"] > 1, "in the unit of the price, not of its logarithm");
  await rm(folder, { recursive: true });
});

test("a smaller share learns from fewer rows, a share out of range is refused", async () => {
  const rows = await trialRows(task, stream(madeUp()));
  const whole = await trialTask(task, rows, options);
  const third = await trialTask(task, rows, { ...options, share: 1 / 3 });
  assert.equal(third.rows.train, Math.ceil(whole.rows.train / 3));
  assert.equal(third.rows.validation, whole.rows.validation);
  await assert.rejects(trialTask(task, rows, { ...options, share: 0 }), { code: "TUNE_SHARE" });
});

test("a family that sees logarithms reports RMSE of them as RMSLE, and no metric that has no such twin", async () => {
  const rows = await trialRows(price, stream(madeUp()));
  const values: number[] = [];
  const settings = { epochs: 5, dim: 4 };
  await trialTask(price, rows, {
    ...options,
    settings,
    onReport: (_, value) => values.push(value),
  });
  assert.equal(values.length > 0, true);
  assert.ok(values.every((value) => value < 5));
  await trialTask({ ...price, metric: "mae" }, rows, {
    ...options,
    settings,
    onReport: () => assert.fail("mae of logarithms is not mae"),
  });
});
