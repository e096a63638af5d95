import assert from "node:assert/strict";
import test from "node:test";
import { createTurnstile } from "./turnstile.ts";

test("a turnstile for two never lets three in, and refuses beyond its queue", async () => {
  const turnstile = createTurnstile({ atOnce: 2, waiting: 3, full: () => new Error("full") });
  let inside = 0;
  let most = 0;
  const outcomes = await Promise.allSettled(
    Array.from({ length: 7 }, () =>
      turnstile(async () => {
        most = Math.max(most, ++inside);
        await new Promise((resolve) => setImmediate(resolve));
        inside--;
      }),
    ),
  );
  assert.equal(most, 2);
  assert.equal(outcomes.filter((one) => one.status === "rejected").length, 2);
});

test("work that throws gives its place back", async () => {
  const turnstile = createTurnstile({ atOnce: 1, waiting: 1, full: () => new Error("full") });
  await assert.rejects(
    turnstile(() => Promise.reject(new Error("broken"))),
    /broken/,
  );
  assert.equal(await turnstile(async () => "in"), "in");
});
