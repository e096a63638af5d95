import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test, type TestContext } from "node:test";
import { float32, numbersOf } from "../onnx/tensor.ts";
import { writeOnnx } from "../onnx/write.ts";
import { openPool, type PoolOptions } from "./pool.ts";
import { openSession } from "./session.ts";
import { doubling, tower } from "./test-models.ts";

async function opened(t: TestContext, model: Uint8Array, options: PoolOptions = {}) {
  const pool = await openPool(model, { workers: 2, ...options });
  t.after(() => pool.close());
  return pool;
}

test("a pool answers as a session does, for other lengths in every run", async (t) => {
  const model = writeOnnx(tower({ width: 32, depth: 3 }));
  const pool = await opened(t, model, { warmUp: [{ x: float32(new Float32Array(32), [1, 32]) }] });
  const session = await openSession(model, { threads: 1 });
  t.after(() => session.close());
  assert.deepEqual(pool.inputs, session.inputs);
  const inputs = [1, 2, 5, 9, 3, 1].map((rows) => ({
    x: float32(
      Float32Array.from({ length: rows * 32 }, (_, i) => Math.sin(i + rows)),
      [rows, 32],
    ),
  }));
  const answers = await Promise.all(inputs.map((one) => pool.run(one)));
  for (const [at, answer] of answers.entries()) {
    assert.deepEqual(answer, await session.run(inputs[at]));
  }
});

test("inputs are copied at the call, and only the part a tensor is a view of", async (t) => {
  const pool = await opened(t, doubling(), { workers: 1 });
  const memory = new Float32Array(1_000).fill(3);
  const running = pool.run({ x: float32(memory.subarray(10, 12), [1, 2]) });
  memory.fill(0);
  assert.deepEqual(numbersOf((await running).y), [7, 7]);
});

test("transferred inputs are given away", async (t) => {
  const pool = await opened(t, doubling());
  const x = float32([1, 2], [1, 2]);
  const { y } = await pool.run({ x }, { transfer: true });
  assert.deepEqual(numbersOf(y), [3, 5]);
  assert.equal(x.data.length, 0);
});

test("inputs given away twice fail the second run, not the pool", async (t) => {
  const pool = await opened(t, doubling(), { workers: 1 });
  const x = float32([1, 2], [1, 2]);
  const busy = pool.run({ x: float32([0, 0], [1, 2]) });
  const runs = [1, 2].map(() => pool.run({ x }, { transfer: true }));
  await busy;
  assert.deepEqual(numbersOf((await runs[0]).y), [3, 5]);
  await assert.rejects(runs[1], { code: "POOL_MESSAGE" });
  const { y } = await pool.run({ x: float32([3, 4], [1, 2]) });
  assert.deepEqual(numbersOf(y), [7, 9]);
});

test("shared memory goes to the workers as it is", async (t) => {
  const pool = await opened(t, doubling());
  const shared = new Float32Array(new SharedArrayBuffer(8));
  shared.set([1, 2]);
  const { y } = await pool.run({ x: float32(shared, [1, 2]) });
  assert.deepEqual(numbersOf(y), [3, 5]);
});

test("inputs that do not fit are refused before they wait", async (t) => {
  const pool = await opened(t, doubling());
  await assert.rejects(pool.run({ x: float32([1, 2, 3], [1, 3]) }), { code: "SESSION_INPUT" });
  await assert.rejects(pool.run({ x: float32([1, 2], [1, 2]) }, { wanted: ["z"] }), {
    code: "SESSION_OUTPUT",
  });
  assert.equal(pool.counts.finished, 0);
});

test("a model that ONNX Runtime refuses, a warm-up that does not fit, a count of 0: no pool", async () => {
  await assert.rejects(openPool(new Uint8Array(9)), { code: "SESSION_LOAD" });
  const warmUp = [{ x: float32([1]) }];
  await assert.rejects(openPool(doubling(), { warmUp }), { code: "SESSION_INPUT" });
  await assert.rejects(openPool(doubling(), { workers: 0 }), {
    code: "POOL_OPTIONS",
    message: "expected workers to be at least 1, got 0",
  });
});

test("runs do not block the thread that asks", async (t) => {
  const pool = await opened(t, writeOnnx(tower({ width: 256, depth: 24 })), { workers: 1 });
  let turns = 0;
  const ticking = setInterval(() => turns++, 0);
  await pool.run({ x: float32(new Float32Array(256 * 512), [512, 256]) });
  clearInterval(ticking);
  assert.ok(turns > 0);
});

interface Ending {
  readonly code: number | null;
  readonly signal: string | null;
  readonly printed: string;
}

/** How a process ends that opens a pool, puts it under load, and then does `ending`. */
function underLoad(ending: string): Promise<Ending> {
  const url = (file: string) => JSON.stringify(new URL(file, import.meta.url));
  const script = `
    import { openPool } from ${url("./pool.ts")};
    import { tower } from ${url("./test-models.ts")};
    import { writeOnnx } from ${url("../onnx/write.ts")};
    import { float32 } from ${url("../onnx/tensor.ts")};
    const model = writeOnnx(tower({ width: 256, depth: 8 }));
    const x = float32(new Float32Array(256 * 64), [64, 256]);
    const load = (pool) => Array.from({ length: 12 }, () => pool.run({ x }));
    ${ending}
  `;
  const { promise, resolve } = Promise.withResolvers<Ending>();
  const child = execFile(
    process.execPath,
    ["--input-type=module", "--eval", script],
    (_error, printed) => resolve({ code: child.exitCode, signal: child.signalCode, printed }),
  );
  return promise;
}

test("closing under load twenty times answers every run and lets the process end", async () => {
  const ending = await underLoad(`
    let answered = 0;
    for (let round = 0; round < 20; round++) {
      const pool = await openPool(model, { workers: 2 });
      const runs = load(pool);
      await runs[0];
      const closing = pool.close();
      answered += (await Promise.all(runs)).length;
      await closing;
    }
    console.log(answered);
  `);
  assert.deepEqual(ending, { code: 0, signal: null, printed: "240\n" });
});

for (const [how, ending, code] of [
  ["exits", "process.exit(0)", 0],
  ["throws what nobody catches", "throw new Error('lost')", 1],
] as const) {
  test(`a process that ${how} under load waits for the runs under way, it is not aborted`, async () => {
    const leave = `
      const pool = await openPool(model, { workers: 2 });
      const [first, ...rest] = load(pool);
      for (const run of rest) run.catch(() => {});
      await first;
      console.log("leaving");
      setImmediate(() => { ${ending} });
    `;
    const rounds = await Promise.all([underLoad(leave), underLoad(leave), underLoad(leave)]);
    for (const round of rounds) {
      assert.deepEqual(round, { code, signal: null, printed: "leaving\n" });
    }
  });
}
