import assert from "node:assert/strict";
import { test } from "node:test";
import { OpenWork } from "./open-work.ts";

test("closing waits for what is under way and turns new work away", async () => {
  const work = new OpenWork();
  const first = Promise.withResolvers<string>();
  const order: string[] = [];
  const answer = work.run(() => first.promise).then((value) => order.push(value));
  const closed = work.close().then(() => order.push("closed"));
  assert.equal(work.isClosing, true);
  await assert.rejects(
    work.run(async () => "late"),
    { code: "SERVING_CLOSED" },
  );
  first.resolve("answered");
  await Promise.all([answer, closed]);
  assert.deepEqual(order, ["answered", "closed"]);
});

test("work that fails is no longer waited for", async () => {
  const work = new OpenWork();
  await assert.rejects(
    work.run(() => Promise.reject(new Error("lost"))),
    /lost/,
  );
  await work.close();
});
