import assert from "node:assert/strict";
import { test } from "node:test";
import { SharedCalls } from "./shared-calls.ts";

test("the same call while one runs is that one; afterwards, or with other arguments, it is a new one", async () => {
  const calls = new SharedCalls<number>();
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  let begun = 0;
  const call = async () => {
    begun += 1;
    const own = begun;
    await gate;
    return own;
  };
  const twice = [calls.share({ body: { task: "price" } }, call)];
  twice.push(calls.share({ body: { task: "price" } }, call));
  const other = calls.share({ body: { task: "category" } }, call);
  open();
  assert.deepEqual(await Promise.all([...twice, other]), [1, 1, 2]);
  assert.equal(await calls.share({ body: { task: "price" } }, call), 3);
});

test("a call that failed is not joined later, and two files are two calls", async () => {
  const calls = new SharedCalls<string>();
  await assert.rejects(calls.share({}, async () => Promise.reject(new Error("refused"))));
  assert.equal(await calls.share({}, async () => "fine"), "fine");
  let sent = 0;
  const send = async () => `file ${(sent += 1)}`;
  const [a, b] = [new Blob(["a"]), new Blob(["b"])];
  assert.deepEqual(
    await Promise.all([calls.share({ body: a }, send), calls.share({ body: b }, send)]),
    ["file 1", "file 2"],
  );
});
