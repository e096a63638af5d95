import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { Worker } from "node:worker_threads";
import { errorCode } from "@souk/core";
import { openTestShop, review, reviews } from "../test-shop.ts";

/** The inference threads as they start, newest last. */
function watchWorkers(t: TestContext): Worker[] {
  const workers: Worker[] = [];
  const listener = (worker: Worker): void => void workers.push(worker);
  process.on("worker", listener);
  t.after(() => process.off("worker", listener));
  return workers;
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("a full queue refuses at once with SERVING_OVERLOADED, and what was taken is answered", async (t) => {
  const shop = await openTestShop(t);
  const serving = await shop.serve({ workers: 1, batching: { maxRows: 1, maxQueuedRows: 10 } });
  const results = await Promise.allSettled(
    Array.from({ length: 50 }, () => serving.predict({ model: "stars", batch: review("fine") })),
  );
  const refused = results.filter((result) => result.status === "rejected");
  assert.ok(refused.length >= 30 && refused.length <= 40, `${refused.length} of 50 refused`);
  assert.deepEqual(
    new Set(refused.map((result) => errorCode(result.reason))),
    new Set(["SERVING_OVERLOADED"]),
  );
  assert.equal((await serving.stats()).versions[0]!.errors.SERVING_OVERLOADED, refused.length);
});

test("a request larger than the whole queue is told so", async (t) => {
  const shop = await openTestShop(t);
  const serving = await shop.serve({ batching: { maxQueuedRows: 10 } });
  await assert.rejects(serving.predict({ model: "stars", batch: reviews(11) }), {
    code: "SERVING_REQUEST_TOO_LARGE",
  });
});

test("a request that waits past its deadline fails alone and leaves the queue", async (t) => {
  const shop = await openTestShop(t);
  const serving = await shop.serve({ workers: 1, batching: { maxRows: 8192 } });
  const long = serving.predict({ model: "stars", batch: reviews(8192) });
  await nextTurn();
  await assert.rejects(serving.predict({ model: "stars", batch: review("fine"), deadlineMs: 1 }), {
    code: "SERVING_DEADLINE",
  });
  assert.deepEqual((await serving.stats()).versions[0]!.queue, { parts: 0, rows: 0 });
  assert.equal((await long).predictions.length, 8192);
});

test("a caller that gives up gets SERVING_ABORTED", async (t) => {
  const shop = await openTestShop(t);
  const serving = await shop.serve({ workers: 1, batching: { maxRows: 8192 } });
  const long = serving.predict({ model: "stars", batch: reviews(8192) });
  await nextTurn();
  const caller = new AbortController();
  const request = serving.predict({ model: "stars", batch: review("x"), signal: caller.signal });
  await nextTurn();
  caller.abort();
  await assert.rejects(request, { code: "SERVING_ABORTED" });
  await long;
});

test("requests of a thread that dies are answered by another, and the thread is replaced", async (t) => {
  const workers = watchWorkers(t);
  const shop = await openTestShop(t);
  const serving = await shop.serve({
    workers: 2,
    batching: { maxRows: 2000, maxQueuedRows: 20_000 },
  });
  await nextTurn();
  const requests = Array.from({ length: 8 }, () =>
    serving.predict({ model: "stars", batch: reviews(2000), deadlineMs: 60_000 }),
  );
  await nextTurn();
  await Promise.all(workers.slice(-2).map((worker) => worker.terminate()));
  const answers = await Promise.all(requests);
  assert.ok(answers.every((answer) => answer.predictions.length === 2000));
  assert.deepEqual((await serving.stats()).workers, { alive: 2, workers: 2, restarts: 2 });
  assert.deepEqual(serving.health(), { ready: true, reasons: [] });
});

test("a request that ends two threads fails clearly, and those that shared its batch are answered", async (t) => {
  const shop = await openTestShop(t);
  const serving = await shop.serve({
    workers: 1,
    workerMemoryMb: 16,
    batching: { maxRows: 1000, maxChars: 64_000_000 },
  });
  const text = Array.from({ length: 90_000 }, (_, i) => `word${i}`).join(" ");
  const bodies = Array.from({ length: 40 }, (_, i) => `${i} ${text}`);
  const columns = { review_headline: bodies.map(() => "x"), review_body: bodies };
  const [hungry, modest] = await Promise.allSettled([
    serving.predict({ model: "stars", batch: { length: 40, columns }, deadlineMs: 120_000 }),
    serving.predict({ model: "stars", batch: review("great"), deadlineMs: 120_000 }),
  ]);
  assert.equal(hungry.status === "rejected" && errorCode(hungry.reason), "SERVING_WORKER_CRASHED");
  assert.equal(modest.status, "fulfilled");
  assert.equal((await serving.stats()).workers.restarts, 2);
});
