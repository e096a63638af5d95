import assert from "node:assert/strict";
import { test } from "node:test";
import { createGridSampler } from "./grid.ts";
import { createTpeSampler } from "./tpe.ts";
import { defineSpace } from "./space.ts";
import { startWith } from "./start-with.ts";
import { runStudy } from "./study.ts";

const space = defineSpace([
  { name: "x", kind: "choice", options: [1, 2, 3] },
  { name: "y", kind: "number", min: 0, max: 1, scale: "linear", integer: false },
]);

test("trial 0 has the given settings, also outside the space", async () => {
  const first = { settings: { x: 9, y: 5 } };
  const sampler = startWith(createTpeSampler(space, { startup: 2 }), first);
  const { trials } = await runStudy({
    space,
    sampler,
    direction: "minimise",
    trials: 6,
    evaluate: async ({ y }) => Number(y),
  });
  assert.deepEqual(trials[0].settings, first.settings);
  assert.ok(trials.slice(1).every(({ settings }) => Number(settings.y) <= 1));
});

test("a grid passes over the combination that was first, and tries every other once", () => {
  const grid = defineSpace([{ name: "x", kind: "choice", options: [1, 2, 3] }]);
  const sampler = startWith(createGridSampler(grid), { settings: { x: 2 } });
  const asked = [0, 1, 2, 3].map((trial) => sampler.ask(trial));
  assert.deepEqual(asked, [
    { settings: { x: 2 } },
    { settings: { x: 1 } },
    { settings: { x: 3 } },
    "end",
  ]);
});
