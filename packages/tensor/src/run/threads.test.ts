import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { Worker } from "node:worker_threads";
import { Threads } from "./threads.ts";

/** Answers what it is asked, except: dies, throws, or waits for the gate. */
const code = `
  const { parentPort, workerData } = require("node:worker_threads");
  if (workerData.broken()) { parentPort.postMessage({ kind: "failed", code: "NO_MODEL", message: "no model" }); parentPort.close(); }
  else {
    parentPort.on("message", ({ kind, question }) => {
      if (kind === "end") return parentPort.close();
      if (question === "die") process.exit(3);
      if (question === "throw") throw new Error("lost my mind");
      if (question === "refuse") return parentPort.postMessage({ kind: "failed", code: "REFUSED", message: "no" });
      if (question === "wait") Atomics.wait(workerData.gate, 0, 0);
      parentPort.postMessage({ kind: "done", value: question + "!" });
    });
    parentPort.postMessage({ kind: "ready", value: workerData.index });
  }
`;

interface Setting {
  readonly workers?: number;
  readonly maxQueued?: number;
  /** Whether the start number `n`, from 0, fails. */
  readonly broken?: (start: number) => boolean;
}

function build({ workers = 1, maxQueued = 10, broken = () => false }: Setting = {}) {
  const gate = new Int32Array(new SharedArrayBuffer(4));
  let starts = 0;
  const threads = new Threads({
    workers,
    maxQueued,
    start: (index) =>
      new Worker(code.replace("workerData.broken()", String(broken(starts++))), {
        eval: true,
        workerData: { gate, index },
      }),
  });
  const open = () => {
    Atomics.store(gate, 0, 1);
    Atomics.notify(gate, 0);
  };
  return { threads, open };
}

async function started(t: TestContext, setting?: Setting) {
  const made = build(setting);
  assert.deepEqual(
    await made.threads.startAll(),
    Array.from({ length: setting?.workers ?? 1 }, (_, index) => index),
  );
  t.after(() => {
    made.open();
    return made.threads.close();
  });
  return made;
}

test("questions are answered in the order in which they were asked", async (t) => {
  const { threads } = await started(t);
  const order: unknown[] = [];
  const asked = ["a", "b", "c"].map((text) => threads.ask(text).then((got) => order.push(got)));
  await Promise.all(asked);
  assert.deepEqual(order, ["a!", "b!", "c!"]);
});

test("what a thread fails with comes back with its code, and the thread goes on", async (t) => {
  const { threads } = await started(t);
  await assert.rejects(threads.ask("refuse"), { code: "REFUSED", message: "no" });
  assert.equal(await threads.ask("a"), "a!");
  assert.equal(threads.counts.replaced, 0);
});

for (const [how, reason] of [
  ["die", /exit code 3/],
  ["throw", /lost my mind/],
] as const) {
  test(`a thread told to ${how} fails its question and is replaced`, async (t) => {
    const { threads } = await started(t);
    const lost = assert.rejects(threads.ask(how), { code: "POOL_WORKER", message: reason });
    const kept = threads.ask("a");
    await lost;
    assert.equal(await kept, "a!");
    assert.deepEqual(threads.counts, {
      workers: 1,
      queued: 0,
      running: 0,
      finished: 2,
      replaced: 1,
    });
  });
}

test("one question more than may wait is POOL_FULL", async (t) => {
  const { threads, open } = await started(t, { maxQueued: 2 });
  const asked = ["wait", "b", "c"].map((text) => threads.ask(text));
  assert.equal(threads.counts.queued, 2);
  await assert.rejects(threads.ask("d"), {
    code: "POOL_FULL",
    message: "expected at most 2 runs to wait, got one more",
  });
  open();
  assert.deepEqual(await Promise.all(asked), ["wait!", "b!", "c!"]);
});

test("a waiting question is taken back by its signal, the others keep their place", async (t) => {
  const { threads, open } = await started(t);
  const first = threads.ask("wait");
  const cancel = new AbortController();
  const second = threads.ask("b", { signal: cancel.signal });
  const third = threads.ask("c");
  cancel.abort(new Error("not needed"));
  await assert.rejects(second, { message: "not needed" });
  assert.equal(threads.counts.queued, 1);
  open();
  assert.deepEqual(await Promise.all([first, third]), ["wait!", "c!"]);
  assert.equal(threads.counts.finished, 2);
});

test("the signal of a question under way drops the answer, not the thread", async (t) => {
  const { threads, open } = await started(t);
  const cancel = new AbortController();
  const asked = threads.ask("wait", { signal: cancel.signal });
  cancel.abort(new Error("too late"));
  await assert.rejects(asked, { message: "too late" });
  await assert.rejects(threads.ask("a", { signal: cancel.signal }), { message: "too late" });
  open();
  assert.equal(await threads.ask("b"), "b!");
});

test("close answers what waits and takes no more", async () => {
  const { threads, open } = build();
  await threads.startAll();
  const asked = ["wait", "b"].map((text) => threads.ask(text));
  const closing = threads.close();
  await assert.rejects(threads.ask("c"), { code: "POOL_CLOSED" });
  open();
  assert.deepEqual(await Promise.all(asked), ["wait!", "b!"]);
  await closing;
  assert.equal(threads.counts.workers, 0);
});

test("close without draining refuses what waits and lets the rest finish", async () => {
  const { threads, open } = build();
  await threads.startAll();
  const first = threads.ask("wait");
  const second = assert.rejects(threads.ask("b"), { code: "POOL_CLOSED" });
  const closing = threads.close({ drain: false });
  await second;
  open();
  assert.equal(await first, "wait!");
  await closing;
});

test("close answers what waits even when the thread dies meanwhile", async () => {
  const { threads } = build();
  await threads.startAll();
  const lost = assert.rejects(threads.ask("die"), { code: "POOL_WORKER" });
  const kept = threads.ask("b");
  await threads.close();
  await lost;
  assert.equal(await kept, "b!");
});

test("when one thread fails to start, the others are ended and its error is thrown", async () => {
  const { threads } = build({ workers: 3, broken: (start) => start === 1 });
  await assert.rejects(threads.startAll(), { code: "NO_MODEL" });
  assert.equal(threads.counts.workers, 0);
});

test("when the last thread cannot be replaced, waiting and later questions fail", async (t) => {
  const { threads } = await started(t, { broken: (start) => start > 0 });
  const lost = assert.rejects(threads.ask("die"), { code: "POOL_WORKER" });
  const waiting = assert.rejects(threads.ask("b"), { code: "NO_MODEL" });
  await lost;
  await waiting;
  await assert.rejects(threads.ask("c"), {
    code: "POOL_WORKER",
    message: "no worker thread is left: all have died",
  });
});
