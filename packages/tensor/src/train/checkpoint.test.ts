import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createRng } from "@souk/core";
import type { Weights } from "../graph/to-onnx.ts";
import { checkpointFile } from "./checkpoint.ts";
import { trainInChild } from "./child.ts";
import type { Dataset } from "./dataset.ts";
import type { TrainingEvent } from "./job.ts";
import { checkpointedJob } from "./test-jobs.ts";
import { train } from "./train.ts";

const steps = 300;
const module = new URL("./test-jobs.ts", import.meta.url);
let root: string;
let uninterrupted: Awaited<ReturnType<typeof train>>;

before(async () => {
  root = await mkdtemp(join(tmpdir(), "souk-checkpoint-"));
  uninterrupted = await train(checkpointedJob({ steps }));
});
after(() => rm(root, { recursive: true, force: true }));

test("a training killed again and again ends with the bits of one that was not", async () => {
  const folder = join(root, "killed");
  const weightsFile = join(root, "killed.safetensors");
  const rng = createRng(Number(process.env["SOUK_KILL_SEED"] ?? 1));
  let kills = 0;
  for (;;) {
    const lastStep = 40 + rng.integer(120);
    let pid = 0;
    let seen = 0;
    const ending = trainInChild(
      { module, export: "checkpointedJob", input: { folder, steps } },
      {
        weightsFile,
        onStart: (started) => (pid = started),
        onEvent(event) {
          if (event.kind === "step" && ++seen === lastStep) process.kill(pid, "SIGKILL");
        },
      },
    );
    const result = await ending.catch((error: Error) => error);
    if (result instanceof Error) {
      assert.match(result.message, /SIGKILL/);
      kills++;
      continue;
    }
    assert.deepEqual(bits(await result.weights()), bits(uninterrupted.weights));
    assert.deepEqual(result.best, uninterrupted.best);
    assert.equal(result.steps, steps);
    break;
  }
  assert.ok(kills >= 1, "no kill came in time");
  assert.deepEqual(
    (await readdir(folder)).filter((name) => !name.startsWith(".tmp-")),
    ["checkpoint.safetensors"],
  );
});

test("a cancelled training leaves a checkpoint and goes on to the same bits", async () => {
  const folder = join(root, "cancelled");
  const cancel = new AbortController();
  const events: TrainingEvent[] = [];
  await assert.rejects(
    train(checkpointedJob({ folder, steps }), {
      signal: cancel.signal,
      onEvent: (event) => event.kind === "step" && event.step === 60 && cancel.abort(),
    }),
    { code: "TRAIN_CANCELLED" },
  );
  const result = await train(checkpointedJob({ folder, steps }), {
    onEvent: (event) => events.push(event),
  });
  const [resumed] = events;
  assert.ok(resumed?.kind === "resumed" && resumed.step >= 60);
  assert.deepEqual(bits(result.weights), bits(uninterrupted.weights));
});

test("the best weights survive an interruption after them", async () => {
  const job = (folder?: string) => checkpointedJob({ folder, steps, rows: 16 });
  const folder = join(root, "best");
  const whole = await train(job());
  assert.ok(whole.best && whole.best.step < 250, `the best validation was at ${whole.best?.step}`);
  const cancel = new AbortController();
  const interrupted = train(job(folder), {
    signal: cancel.signal,
    onEvent: (event) => event.kind === "validation" && event.step === 250 && cancel.abort(),
  });
  await assert.rejects(interrupted, { code: "TRAIN_CANCELLED" });
  const resumed = await train(job(folder));
  assert.deepEqual(resumed.best, whole.best);
  assert.deepEqual(bits(resumed.weights), bits(whole.weights));
});

test("a validation that was cancelled is made up for", async () => {
  const folder = join(root, "validation");
  const cancel = new AbortController();
  const job = checkpointedJob({ folder, steps });
  const data: Dataset = {
    async *epoch(epoch, options) {
      cancel.abort();
      yield* job.validation!.data.epoch(epoch, options);
    },
  };
  const interrupted = train(
    { ...job, validation: { ...job.validation, data } },
    { signal: cancel.signal },
  );
  await assert.rejects(interrupted, { code: "TRAIN_CANCELLED" });
  const validated: number[] = [];
  const result = await train(job, {
    onEvent: (event) => event.kind === "validation" && validated.push(event.step),
  });
  assert.deepEqual(validated, [50, 100, 150, 200, 250, 300]);
  assert.deepEqual(result.best, uninterrupted.best);
  assert.deepEqual(bits(result.weights), bits(uninterrupted.weights));
});

test("a training that is done gives its result again without a step", async () => {
  const folder = join(root, "done");
  const first = await train(checkpointedJob({ folder, steps: 30 }));
  const kinds: string[] = [];
  const second = await train(checkpointedJob({ folder, steps: 30 }), {
    onEvent: ({ kind }) => kinds.push(kind),
  });
  assert.ok(!kinds.includes("step"));
  assert.deepEqual(bits(second.weights), bits(first.weights));
});

test("a checkpoint of another job is refused", async () => {
  const folder = join(root, "other");
  await train(checkpointedJob({ folder, steps: 30 }));
  const other = { ...checkpointedJob({ folder, steps: 60 }), seed: 12 };
  await assert.rejects(train(other), { code: "TRAIN_CHECKPOINT" });
});

test("a damaged checkpoint is an error, not a new beginning", async () => {
  const folder = join(root, "damaged");
  await train(checkpointedJob({ folder, steps: 30 }));
  await truncate(checkpointFile(folder), 100);
  await assert.rejects(train(checkpointedJob({ folder, steps: 60 })), { code: "TRAIN_CHECKPOINT" });
});

function bits(weights: Weights): Record<string, string> {
  return Object.fromEntries(
    [...weights]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { data }]) => [
        name,
        Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("hex"),
      ]),
  );
}
