import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createRng, manualClock } from "@souk/core";
import { type ColumnBatch, loadModel, type Task, trainTask, type TrainOptions } from "./index.ts";
import { evaluateModel } from "./index.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "souk-train-"));
});
after(() => rm(folder, { recursive: true, force: true }));

const task: Task = {
  name: "mood",
  dataset: "made-up",
  inputs: [{ column: "text", kind: "text" }],
  target: { column: "mood", kind: "class" },
  split: { kind: "grouped", by: "who", validation: 0.2, test: 0.2 },
  metric: "accuracy",
  baseline: "majority",
  slices: ["shop"],
  key: "id",
};
const data = { dataset: "made-up", version: 3, hash: "abc" };

/** Rows whose mood is said by one word, but one in ten lies; a few have no mood or no text. */
function madeUpRows(count = 1200): ColumnBatch {
  const rng = createRng(8);
  const columns: Record<string, (string | null)[]> = {
    id: [],
    text: [],
    mood: [],
    who: [],
    shop: [],
  };
  for (let row = 0; row < count; row++) {
    const mood = rng.pick(["glad", "sad", "sad"]);
    const said = rng.next() < 0.1 ? "glad" : mood;
    columns["id"].push(`r${row}`);
    columns["text"].push(
      row % 40 === 0 ? "" : `so ${said === "glad" ? "nice" : "poor"} ${rng.pick(["a", "b", "c"])}`,
    );
    columns["mood"].push(row % 100 === 7 ? null : mood);
    columns["who"].push(`c${rng.integer(count)}`);
    columns["shop"].push(rng.pick(["north", "south"]));
  }
  return { length: count, columns };
}

async function* stream(batch: ColumnBatch): AsyncGenerator<ColumnBatch> {
  yield batch;
}

function options(name: string, more: Partial<TrainOptions> = {}): TrainOptions {
  const clock = manualClock(Date.UTC(2025, 0, 2));
  return { family: "ngram", threads: 1, directory: join(folder, name), data, clock, ...more };
}

test("a trained model beats the baseline on rows it never saw and says what it was trained on", async () => {
  const { card, report } = await trainTask(task, stream(madeUpRows()), options("first"));
  assert.ok(report.metrics["accuracy"] > report.baseline.metrics["accuracy"] + 0.1);
  assert.deepEqual(card.data, data);
  assert.equal(card.createdAt, "2025-01-02T00:00:00.000Z");
  const { train, validation, test: tested, dropped } = report.rows;
  assert.equal(dropped, 12);
  assert.equal(train + validation + tested, 1188);
});

test("the artefact is a folder of five files that loads and answers as it was measured", async () => {
  const { report } = await trainTask(task, stream(madeUpRows()), options("loads"));
  assert.deepEqual((await readdir(join(folder, "loads"))).sort(), [
    "README.md",
    "card.json",
    "report.html",
    "report.json",
    "weights.bin",
  ]);
  assert.deepEqual(
    JSON.parse(await readFile(join(folder, "loads", "report.json"), "utf8")),
    JSON.parse(JSON.stringify(report)),
  );
  const model = await loadModel(join(folder, "loads"));
  const [glad, sad] = await model.predict(
    { length: 2, columns: { text: ["so nice", "POOR <br/> a"] } },
    { topK: 1 },
  );
  assert.equal(glad.label, "glad");
  assert.equal(sad.label, "sad");
  assert.equal(sad.top?.[0].label, "sad");
  assert.ok(
    Math.abs(Array.from(sad.probabilities ?? []).reduce((sum, p) => sum + p, 0) - 1) < 1e-6,
  );
  model.close();
  await assert.rejects(model.predict({ length: 0, columns: { text: [] } }), {
    code: "MODEL_CLOSED",
  });
});

test("one seed gives the same weights to the byte on one thread and on four, another seed gives others", async () => {
  const hash = async (seed: number, threads: number): Promise<string> => {
    const chosen = options("seed", { seed, threads });
    return (await trainTask(task, stream(madeUpRows()), chosen)).card.weights.sha256;
  };
  const first = await hash(1, 1);
  assert.equal(await hash(1, 1), first);
  assert.equal(await hash(1, 4), first);
  assert.notEqual(await hash(2, 1), first);
});

for (const family of ["linear", "ngram"])
  test(`a ${family} training stopped after an epoch and resumed ends with the bytes of one that was not`, async () => {
    const settings = { epochs: 5, patience: 5 };
    const whole = await trainTask(
      task,
      stream(madeUpRows()),
      options("whole", { family, settings }),
    );
    const checkpointDirectory = join(folder, `checkpoints-${family}`);
    const stop = new AbortController();
    const stopped = trainTask(
      task,
      stream(madeUpRows()),
      options("parts", {
        family,
        settings,
        checkpointDirectory,
        signal: stop.signal,
        onEvent: (event) => {
          // The third epoch's report comes after the second checkpoint was saved.
          if (event.kind === "metrics" && event.epoch === 3) stop.abort(new Error("enough"));
        },
      }),
    );
    await assert.rejects(stopped, /enough/);
    await assert.rejects(readdir(join(folder, "parts")), { code: "ENOENT" });
    const epochs: number[] = [];
    const resumed = await trainTask(
      task,
      stream(madeUpRows()),
      options("parts", {
        family,
        settings,
        checkpointDirectory,
        resume: true,
        onEvent: (event) => {
          if (event.kind === "metrics") epochs.push(event.epoch);
        },
      }),
    );
    assert.ok(epochs[0] >= 3, `went on at epoch ${epochs[0]}`);
    assert.equal(resumed.card.weights.sha256, whole.card.weights.sha256);
    assert.deepEqual(await readdir(checkpointDirectory), []);
    await rm(join(folder, "parts"), { recursive: true });
  });

test("a checkpoint of another seed is refused", async () => {
  const checkpointDirectory = join(folder, "other-seed");
  const stop = new AbortController();
  const first = options("refused", {
    checkpointDirectory,
    signal: stop.signal,
    onEvent: (event) => {
      if (event.kind === "metrics" && event.epoch === 2) stop.abort(new Error("enough"));
    },
  });
  await assert.rejects(trainTask(task, stream(madeUpRows()), first), /enough/);
  const second = options("refused", { checkpointDirectory, resume: true, seed: 2 });
  await assert.rejects(trainTask(task, stream(madeUpRows()), second), { code: "CHECKPOINT_OTHER" });
});

test("the incumbent is measured on the same test rows", async () => {
  await trainTask(task, stream(madeUpRows()), options("incumbent", { family: "baseline" }));
  const { report } = await trainTask(
    task,
    stream(madeUpRows()),
    options("challenger", { incumbent: join(folder, "incumbent") }),
  );
  assert.equal(report.incumbent?.family, "baseline");
  assert.ok(
    Math.abs((report.incumbent?.metrics["accuracy"] ?? 0) - report.baseline.metrics["accuracy"]) <
      1e-12,
  );
});

test("slices add up to the test rows and the worst errors are errors, worst first", async () => {
  const { report } = await trainTask(task, stream(madeUpRows()), options("slices"));
  const rows = report.slices["shop"].reduce((sum, slice) => sum + slice.rows, 0);
  assert.equal(rows, report.rows.test);
  assert.ok(report.worst.length > 0);
  report.worst.forEach((error, i) => {
    assert.notEqual(error.actual, error.predicted);
    assert.ok(i === 0 || error.loss <= report.worst[i - 1].loss);
    assert.match(error.key ?? "", /^r\d+$/);
  });
});

test("evaluateModel gives the report of any rows, and equal rows in any order the same hash", async () => {
  await trainTask(task, stream(madeUpRows()), options("again"));
  const model = await loadModel(join(folder, "again"));
  const rows = madeUpRows(200);
  const reversed = {
    length: 200,
    columns: Object.fromEntries(
      Object.entries(rows.columns).map(([name, cells]) => [name, Array.from(cells).toReversed()]),
    ),
  };
  const report = await evaluateModel(model, task, rows);
  assert.equal(report.rows.test, 198);
  assert.equal((await evaluateModel(model, task, reversed)).testRowsHash, report.testRowsHash);
  assert.ok(report.interval.low <= report.metrics["accuracy"]);
  await assert.rejects(evaluateModel(model, task, { length: 0, columns: rows.columns }), {
    code: "EVALUATE_EMPTY",
  });
});

test("a number target from text, number, category and date is learnt by both families", async () => {
  const rng = createRng(2);
  const n = 1500;
  const columns: Record<string, (string | number | null)[]> = {
    name: [],
    weight: [],
    kind: [],
    day: [],
    price: [],
  };
  for (let row = 0; row < n; row++) {
    const weight = 10 * rng.next();
    const isGold = rng.next() < 0.5;
    const month = 1 + rng.integer(9);
    columns["name"].push(isGold ? "gold ring" : "tin ring");
    columns["weight"].push(row % 30 === 0 ? null : weight);
    columns["kind"].push(rng.pick(["new", "used"]));
    columns["day"].push(`2024-0${month}-01`);
    columns["price"].push(
      1000 * (isGold ? 5 : 1) +
        100 * weight +
        (columns["kind"][row] === "new" ? 500 : 0) +
        rng.normal(0, 50),
    );
  }
  const price: Task = {
    name: "price",
    dataset: "rings",
    inputs: [
      { column: "name", kind: "text" },
      { column: "weight", kind: "number" },
      { column: "kind", kind: "category" },
      { column: "day", kind: "date" },
    ],
    target: { column: "price", kind: "number" },
    split: { kind: "random", validation: 0.1, test: 0.2 },
    metric: "rmse",
    baseline: "mean",
  };
  for (const family of ["linear", "ngram"]) {
    const { report } = await trainTask(
      price,
      stream({ length: n, columns }),
      options(family, {
        family,
        settings: { epochs: 30, lr: family === "linear" ? 0.3 : 0.05 },
      }),
    );
    assert.ok(report.metrics["r2"] > 0.95, `${family}: ${report.metrics["r2"]}`);
    assert.ok(
      report.interval.low < report.metrics["rmse"] && report.metrics["rmse"] < report.interval.high,
    );
    assert.ok(Math.abs(report.baseline.metrics["r2"]) < 0.05);
  }
});

test("a missing column, an unknown family and wrong settings are refused by code", async () => {
  const rows = madeUpRows(100);
  const without = { length: 100, columns: { text: rows.columns["text"] } };
  await assert.rejects(trainTask(task, stream(without), options("x")), {
    code: "TRAIN_COLUMN_MISSING",
  });
  await assert.rejects(trainTask(task, stream(rows), options("x", { family: "oracle" })), {
    code: "FAMILY_UNKNOWN",
  });
  await assert.rejects(trainTask(task, stream(rows), options("x", { settings: { depth: 3 } })), {
    code: "SETTING_UNKNOWN",
  });
  await assert.rejects(trainTask(task, stream(rows), options("x", { settings: { epochs: -1 } })), {
    code: "SETTING_INVALID",
  });
  await assert.rejects(
    trainTask(
      task,
      stream(rows),
      options("x", { settings: { lr: 10, epochs: 200, patience: 200 } }),
    ),
    { code: "TRAIN_DIVERGED" },
  );
  await assert.rejects(trainTask(task, stream(rows), options("x", { threads: 0 })), {
    code: "TRAIN_THREADS",
  });
});
