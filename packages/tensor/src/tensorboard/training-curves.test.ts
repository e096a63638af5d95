import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { manualClock } from "@souk/core";
import { scalarEvent, versionEvent } from "./event.ts";
import { openEventFile } from "./event-file.ts";
import { frameRecord } from "./record.ts";
import { trainingCurves } from "./training-curves.ts";

test("steps and validations become points, other events do not", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "souk-curves-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const file = await openEventFile(folder, { clock: manualClock(5000) });
  const listen = trainingCurves(file);
  listen({ kind: "epoch", epoch: 1, step: 1 });
  const step = { kind: "step", step: 2, epoch: 0, loss: 0.5, learningRate: 0.25 } as const;
  listen({ ...step, gradientNorm: 3, rowsPerSecond: 100 });
  listen({ ...step, step: 3, rowsPerSecond: 200 });
  listen({ kind: "validation", step: 3, epoch: 0, metrics: { accuracy: 0.75 }, best: true });
  await file.close();
  const point = (tag: string, value: number, at: number) =>
    scalarEvent(tag, value, { seconds: 5, step: at });
  const events = [
    versionEvent(5),
    point("train/loss", 0.5, 2),
    point("train/learningRate", 0.25, 2),
    point("train/gradientNorm", 3, 2),
    point("train/rowsPerSecond", 100, 2),
    point("train/loss", 0.5, 3),
    point("train/learningRate", 0.25, 3),
    point("train/rowsPerSecond", 200, 3),
    point("validation/accuracy", 0.75, 3),
  ];
  assert.deepEqual(await readFile(file.path), Buffer.concat(events.map(frameRecord)));
});
