import assert from "node:assert/strict";
import { test } from "node:test";
import { hostTurns } from "./host-turns.ts";

/** Work that ends when it is told to. */
function held() {
  const ends: (() => void)[] = [];
  const state = { running: 0, most: 0 };
  const work = async (): Promise<void> => {
    state.most = Math.max(state.most, ++state.running);
    await new Promise<void>((end) => ends.push(end));
    state.running--;
  };
  return { work, state, endOne: () => ends.shift()?.() };
}

test("a host has at most its turns, another host does not wait for it", async () => {
  const turns = hostTurns(2);
  const one = held();
  const other = held();
  const all = [1, 2, 3, 4].map(() => turns("one.example", one.work));
  all.push(turns("other.example", other.work));
  await Promise.resolve();
  assert.equal(one.state.running, 2);
  assert.equal(other.state.running, 1);
  other.endOne();
  for (let i = 0; i < 4; i++) {
    one.endOne();
    await new Promise(setImmediate);
  }
  await Promise.all(all);
  assert.equal(one.state.most, 2);
});

test("a turn that fails is given on", async () => {
  const turns = hostTurns(1);
  const failing = turns("a", () => Promise.reject(new Error("no")));
  const next = turns("a", () => Promise.resolve("yes"));
  await assert.rejects(failing, /no/);
  assert.equal(await next, "yes");
});
