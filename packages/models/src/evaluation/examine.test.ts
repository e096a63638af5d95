import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createRng } from "@souk/core";
import {
  type ColumnBatch,
  evaluateModel,
  examineModel,
  leaderboard,
  loadModel,
  type Task,
  trainTask,
} from "../index.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "souk-examine-"));
});
after(() => rm(folder, { recursive: true, force: true }));

/** Notes whose words tell the mood three times in four, and their length in words. */
function notes(n: number): ColumnBatch {
  const rng = createRng("notes");
  const mood = Array.from({ length: n }, () => rng.pick(["glad", "sad", "calm"]));
  const told = mood.map((one) => (rng.next() < 0.75 ? one : rng.pick(["glad", "sad", "calm"])));
  return {
    length: n,
    columns: {
      id: mood.map((_, row) => `n${row}`),
      text: told.map((word, row) => `feeling ${word} today ${row % 7}`),
      mood,
      size: told.map((word, row) => (word === "glad" ? 50 : 20) + (row % 7) + rng.normal()),
    },
  };
}

const shared = {
  dataset: "notes",
  inputs: [{ column: "text", kind: "text" }],
  split: { kind: "random", validation: 0.2, test: 0.3 },
  key: "id",
} as const;
const tasks: readonly Task[] = [
  {
    ...shared,
    name: "mood",
    target: { column: "mood", kind: "class" },
    metric: "macroF1",
    baseline: "majority",
  },
  {
    ...shared,
    name: "size",
    target: { column: "size", kind: "number" },
    metric: "rmse",
    baseline: "mean",
  },
];

for (const task of tasks)
  test(`an examination for ${task.metric} has the report of an evaluation, and outcomes that fit a board in any row order`, async () => {
    const rows = notes(600);
    async function* stream(): AsyncGenerator<ColumnBatch> {
      yield rows;
    }
    const order = Array.from({ length: rows.length }, (_, row) => rows.length - 1 - row);
    const entries = [];
    for (const family of ["baseline", "linear"]) {
      const directory = join(folder, `${task.name}-${family}`);
      const data = { dataset: "notes", version: 1, hash: "h" };
      await trainTask(task, stream(), { family, threads: 1, directory, data });
      const model = await loadModel(directory);
      const columns = Object.fromEntries(
        Object.entries(rows.columns).map(([name, cells]) => [
          name,
          family === "linear" ? order.map((row) => cells[row]) : cells,
        ]),
      );
      const batch = { length: rows.length, columns };
      const { report, outcomes, curves } = await examineModel(model, task, batch);
      assert.deepEqual(report, await evaluateModel(model, task, batch));
      assert.equal(curves.numbers.length, task.target.kind === "number" ? 600 : 0);
      entries.push({ family, report, outcomes, seconds: 1, latencyMs: 1, sizeBytes: 1 });
      model.close();
    }
    const [first, second] = leaderboard(entries).rows;
    assert.equal(first.name, "linear");
    assert.equal(second.rank, 2);
  });
