import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { trainInChild } from "./child.ts";
import type { TrainingEvent } from "./job.ts";

const module = new URL("./test-jobs.ts", import.meta.url);
let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "souk-child-"));
});
after(() => rm(folder, { recursive: true, force: true }));

test("a child trains, tells of every step, and leaves its weights in a file", async () => {
  const events: TrainingEvent[] = [];
  const weightsFile = join(folder, "trained.safetensors");
  const result = await trainInChild(
    { module, export: "checkpointedJob", input: { steps: 40 } },
    { weightsFile, onEvent: (event) => events.push(event) },
  );
  const steps = events.flatMap((event) => (event.kind === "step" ? [event.step] : []));
  assert.deepEqual(
    steps,
    Array.from({ length: 40 }, (_, at) => at + 1),
  );
  assert.equal(result.weightsFile, weightsFile);
  assert.deepEqual([...(await result.weights()).keys()].toSorted(), [
    "first.bias",
    "first.weight",
    "second.bias",
    "second.weight",
  ]);
});

test("cancelling ends a child in its own time", async () => {
  const cancel = new AbortController();
  await assert.rejects(
    trainInChild(
      { module, export: "checkpointedJob", input: { steps: 1e9 } },
      {
        signal: cancel.signal,
        onEvent: (event) => event.kind === "step" && event.step === 10 && cancel.abort(),
      },
    ),
    { code: "TRAIN_CANCELLED" },
  );
});

test("a child that does not hear is ended by force", async () => {
  const stuck = trainInChild({ module, export: "stuckJob" }, { timeoutMs: 50, graceMs: 50 });
  await assert.rejects(stuck, { code: "TRAIN_TIMEOUT" });
});

test("a child that aborts fails with its signal and its last lines", async () => {
  await assert.rejects(trainInChild({ module, export: "crashingJob" }), {
    code: "TRAIN_CRASHED",
    message: /ended with SIGABRT: [^]*crashingJob/,
  });
});

test("a child that leaves fails with its exit code", async () => {
  await assert.rejects(trainInChild({ module, export: "leavingJob" }), {
    code: "TRAIN_CRASHED",
    message: /exit code 7: it said nothing/,
  });
});

test("what a job throws in the child arrives with its code", async () => {
  const trained = (name: string, input?: unknown) => trainInChild({ module, export: name, input });
  await assert.rejects(trained("failingJob"), { code: "TRAIN_FAILED", message: "no such data" });
  await assert.rejects(trained("checkpointedJob", { steps: -1 }), { code: "SCHEDULE_STEPS" });
  await assert.rejects(trained("nothing"), { code: "TRAIN_MODULE" });
  const missing = trainInChild({ module: new URL("./missing.ts", module), export: "job" });
  await assert.rejects(missing, { code: "TRAIN_MODULE" });
});

test("a signal that fired before the start starts nothing", async () => {
  await assert.rejects(
    trainInChild(
      { module, export: "checkpointedJob", input: { steps: 1 } },
      { signal: AbortSignal.abort(), onStart: () => assert.fail("a child was started") },
    ),
    { code: "TRAIN_CANCELLED" },
  );
});

test("a child does not outlive a parent that is killed", async () => {
  const script = `
    import { trainInChild } from ${JSON.stringify(new URL("./child.ts", import.meta.url).href)};
    await trainInChild(
      { module: ${JSON.stringify(module.href)}, export: "checkpointedJob", input: { steps: 1e9 } },
      { weightsFile: ${JSON.stringify(join(folder, "orphan.safetensors"))}, onStart: (pid) => process.stdout.write(pid + "\\n"), onEvent: (event) => event.step === 5 && process.kill(process.pid, "SIGKILL") },
    );`;
  const parent = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  // The child inherits nothing of this pipe but keeps its own channel to the parent, which closes with it.
  const [printed] = await once(parent.stdout, "data");
  await once(parent, "exit");
  const pid = Number(String(printed));
  while (isAlive(pid)) await setTimeout(10);
});

test("a process that exits in the middle of a training exits in peace", async () => {
  const script = `
    import { train } from ${JSON.stringify(new URL("./train.ts", import.meta.url).href)};
    import { checkpointedJob } from ${JSON.stringify(module.href)};
    await train(checkpointedJob({ steps: 1e9 }), {
      onEvent: (event) => event.kind === "step" && event.step === 200 && process.exit(3),
    });`;
  const leaving = spawn(process.execPath, ["--input-type=module", "--eval", script]);
  const [code, signal] = await once(leaving, "exit");
  assert.deepEqual([code, signal], [3, null]);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
