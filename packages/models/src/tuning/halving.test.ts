import assert from "node:assert/strict";
import { test } from "node:test";
import { createHalvingSampler } from "./halving.ts";
import type { Sampler } from "./sampler.ts";
import { defineSpace } from "./space.ts";

const space = defineSpace([
  { name: "x", kind: "number", min: 0, max: 1, scale: "linear", integer: false },
]);

/** Asks, and tells the given loss at once; returns what was asked. */
function step(sampler: Sampler, trial: number, loss: number): (number | undefined)[] {
  const proposal = sampler.ask(trial);
  assert.ok(typeof proposal !== "string");
  sampler.tell({ ...proposal, trial, state: "done", loss });
  return [proposal.budget, proposal.continues];
}

test("27 settings with eta 3 and budgets 1 to 27 run 27, 9, 3 and 1 times; the best reach the top", () => {
  const sampler = createHalvingSampler(space, {
    mode: "synchronous",
    configurations: 27,
    minBudget: 1,
    maxBudget: 27,
  });
  const runs = new Map<number, number[]>();
  for (let trial = 0; ; trial++) {
    const proposal = sampler.ask(trial);
    if (typeof proposal === "string") {
      assert.equal(proposal, "end");
      break;
    }
    const x = Number(proposal.settings.x);
    runs.set(proposal.budget ?? 0, [...(runs.get(proposal.budget ?? 0) ?? []), x]);
    sampler.tell({ ...proposal, trial, state: "done", loss: x });
  }
  const all = (runs.get(1) ?? []).toSorted((a, b) => a - b);
  assert.equal(all.length, 27);
  const reached = [3, 9, 27].map((budget) => (runs.get(budget) ?? []).toSorted((a, b) => a - b));
  assert.deepEqual(reached, [all.slice(0, 9), all.slice(0, 3), all.slice(0, 1)]);
  assert.equal(runs.size, 4);
});

test("synchronous halving waits for the rung; a failed trial does not go up", () => {
  const sampler = createHalvingSampler(space, {
    mode: "synchronous",
    configurations: 4,
    minBudget: 5,
    maxBudget: 10,
    eta: 2,
  });
  const proposals = [0, 1, 2, 3].map((trial) => sampler.ask(trial));
  assert.equal(sampler.ask(4), "wait");
  for (const [trial, proposal] of proposals.entries()) {
    assert.equal(sampler.ask(4), "wait");
    assert.ok(typeof proposal !== "string");
    const failed = trial !== 2;
    sampler.tell({
      ...proposal,
      trial,
      state: failed ? "failed" : "done",
      loss: failed ? Infinity : 1,
    });
  }
  assert.deepEqual(step(sampler, 4, 1), [10, 2]);
  assert.equal(sampler.ask(5), "end");
});

test("asynchronous halving promotes as algorithm 2 of Li et al. does, worked by hand for eta 2", () => {
  const sampler = createHalvingSampler(space, {
    configurations: 4,
    minBudget: 1,
    maxBudget: 4,
    eta: 2,
  });
  const got = [5, 3, 3, 4, 1, 1, 1].map((loss, trial) => step(sampler, trial, loss));
  assert.deepEqual(got, [
    [1, undefined], // 1 ended: floor(1/2) = 0 may go up
    [1, undefined], // losses 5, 3: one may, trial 1
    [2, 1],
    [1, undefined], // 5, 3, 4: one may, trial 1, which did
    [1, undefined], // 5, 3, 4, 1: two may, trials 4 and 1
    [2, 4], // second rung 3, 1: one may, trial 5
    [4, 5],
  ]);
  assert.equal(sampler.ask(7), "end");
});

test("whole budgets are rounded, and impossible ones refused", () => {
  const options = { configurations: 9, minBudget: 1, maxBudget: 10 };
  const { description } = createHalvingSampler(space, { ...options, wholeBudget: true });
  assert.deepEqual(description.budgets, [1, 3, 10]); // 10/9, 10/3, 10
  for (const wrong of [{ minBudget: 0 }, { maxBudget: 0.5 }, { eta: 1 }, { configurations: 0 }])
    assert.throws(() => createHalvingSampler(space, { ...options, ...wrong }), {
      code: "TUNE_HALVING",
    });
});
