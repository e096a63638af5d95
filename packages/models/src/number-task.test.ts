import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createRng } from "@souk/core";
import {
  type ColumnBatch,
  evaluateModel,
  loadModel,
  parseTask,
  type Task,
  trainTask,
  type TrainResult,
} from "./index.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "souk-number-task-"));
});
after(() => rm(folder, { recursive: true, force: true }));

const task: Task = parseTask({
  name: "reach",
  dataset: "posts",
  inputs: [{ column: "text", kind: "text" }],
  target: {
    column: "reach",
    kind: "number",
    derive: { kind: "sum", columns: ["likes", "shares"] },
  },
  split: { kind: "random", validation: 0.3, test: 0.3 },
  metric: "rmsle",
  baseline: "median",
  transform: "log1p",
  interval: 0.9,
  key: "id",
});

/** Posts whose likes have a heavy tail, ten times as many with "sale"; some lack likes. */
function posts(count = 2000): ColumnBatch {
  const rng = createRng("posts");
  const rows = Array.from({ length: count }, (_, i) => {
    const isSale = rng.next() < 0.3;
    const likes = Math.round(Math.exp((isSale ? 5 : 2.7) + rng.normal(0, 0.8)));
    const text = `${isSale ? "sale" : "news"} ${rng.pick(["a", "b", "c"])} ${i}`;
    return { id: `p${i}`, text, likes: i % 50 === 0 ? null : likes, shares: i % 3 };
  });
  const column = (name: keyof (typeof rows)[number]) => rows.map((row) => row[name]);
  return {
    length: count,
    columns: {
      id: column("id"),
      text: column("text"),
      likes: column("likes"),
      shares: column("shares"),
    },
  };
}

function train(name: string, chosen: Task = task, family = "linear"): Promise<TrainResult> {
  async function* rows(): AsyncGenerator<ColumnBatch> {
    yield posts();
  }
  return trainTask(chosen, rows(), {
    family,
    settings: family === "baseline" ? {} : { epochs: 12 },
    threads: 1,
    directory: join(folder, name),
    data: { dataset: "posts", version: 1, hash: "h" },
  });
}

test("a heavy-tailed sum is learnt in logarithms and reported in its own unit, beside the median", async () => {
  const { report, card } = await train("linear");
  assert.equal(report.rows.dropped, 40);
  assert.equal(report.baseline.name, "median");
  assert.ok(report.metrics["rmsle"] < 0.8 * report.baseline.metrics["rmsle"]);
  assert.ok(report.metrics["spearman"] > 0.5);
  // Errors of logarithms would be below 2.
  assert.ok(report.metrics["mae"] > 10, `mae ${report.metrics["mae"]}`);
  assert.equal(card.interval?.level, 0.9);
  const { low, high } = report.interval;
  assert.ok(low < report.metrics["rmsle"] && report.metrics["rmsle"] < high);
});

// 590 test rows on the errors of 590 others: deviation .0175, so 4.5 deviations are .08; chance below 1e-5. The
// validation rows also chose the epoch, which makes no visible difference with three words to learn.
test("bounds of 90 % hold about 90 % of the test rows and come with each prediction", async () => {
  const { report, card } = await train("bounds");
  assert.ok(report.coverage !== undefined);
  const { coverage, low, high, meanWidth } = report.coverage;
  assert.ok(Math.abs(coverage - 0.9) < 0.08, `coverage ${coverage}`);
  assert.ok(low < coverage && coverage < high && meanWidth > 0);
  const model = await loadModel(join(folder, "bounds"));
  assert.deepEqual(model.card.interval, card.interval);
  const batch = { length: 2, columns: { text: ["sale a", "news b"] } };
  const predictions = await model.predict(batch);
  assert.ok((predictions[0].value ?? 0) > 4 * (predictions[1].value ?? 0));
  for (const { low: from = NaN, value = NaN, high: to = NaN } of predictions) {
    assert.ok(0 <= from && from < value && value < to);
    // Equally far in logarithms.
    const half = card.interval?.halfWidth ?? NaN;
    assert.ok(Math.abs(Math.log1p(to) - Math.log1p(value) - half) < 1e-9);
    if (from > 0) assert.ok(Math.abs(Math.log1p(value) - Math.log1p(from) - half) < 1e-9);
  }
  assert.deepEqual(
    [...(await model.score(batch))],
    predictions.map(({ value }) => value),
  );
  const again = await evaluateModel(model, task, posts(300));
  assert.equal(again.coverage?.level, 0.9);
});

test("the baseline family learns the median where the task's baseline is the median", async () => {
  const { report } = await train("median", task, "baseline");
  assert.ok(
    Math.abs(report.metrics["mae"] - report.baseline.metrics["mae"]) < 1e-9 * report.metrics["mae"],
  );
});

test("without interval a number has no bounds and the report no coverage", async () => {
  const { interval: _, ...plain } = task;
  const { report, card } = await train("plain", plain);
  assert.equal(report.coverage, undefined);
  assert.equal(card.interval, undefined);
  const model = await loadModel(join(folder, "plain"));
  const [one] = await model.predict({ length: 1, columns: { text: ["sale"] } });
  assert.deepEqual(Object.keys(one), ["label", "value"]);
});

test("a metric the test rows do not define is refused by name", async () => {
  const { columns, length } = posts();
  const rows = { length, columns: { ...columns, likes: Array.from(columns["id"], () => -9) } };
  const { transform: _, ...plain } = task;
  async function* stream(): AsyncGenerator<ColumnBatch> {
    yield rows;
  }
  const options = {
    family: "baseline",
    threads: 1,
    directory: join(folder, "negative"),
    data: { dataset: "posts", version: 1, hash: "h" },
  };
  await assert.rejects(trainTask(plain, stream(), options), {
    code: "EVALUATE_METRIC",
    message: /rmsle/,
  });
  await assert.rejects(trainTask(task, stream(), options), { code: "TRAIN_TARGET_NEGATIVE" });
});
