import assert from "node:assert/strict";
import { test } from "node:test";
import { chiSquaredTail, kolmogorovTail } from "@souk/core";
import type { SettingValue } from "../families/settings.ts";
import { createGridSampler } from "./grid.ts";
import { createRandomSampler } from "./random.ts";
import type { Sampler } from "./sampler.ts";
import { defineSpace, type TrialSettings } from "./space.ts";

const space = defineSpace([
  { name: "lr", kind: "number", min: 1e-4, max: 1, scale: "log", integer: false },
  { name: "layers", kind: "number", min: 1, max: 4, scale: "linear", integer: true },
  { name: "solver", kind: "choice", options: ["sgd", "adam"] },
  {
    name: "momentum",
    kind: "choice",
    options: [0, 0.9],
    when: { setting: "solver", oneOf: ["sgd"] },
  },
]);

function asked(sampler: Sampler, count: number): TrialSettings[] {
  return Array.from({ length: count }, (_, trial) => {
    const proposal = sampler.ask(trial);
    assert.ok(typeof proposal !== "string");
    return proposal.settings;
  });
}

test("random draws are uniform in the logarithm, with equal whole numbers and options (false alarm 0.3 %)", () => {
  const draws = asked(createRandomSampler(space, { seed: 11 }), 4000);
  const logs = draws.map(({ lr }) => (Math.log10(Number(lr)) + 4) / 4).sort((a, b) => a - b);
  const n = logs.length;
  const gap = Math.max(...logs.map((u, i) => Math.max(u - i / n, (i + 1) / n - u)));
  assert.ok(kolmogorovTail(gap * Math.sqrt(n)) > 0.001, `gap ${gap}`);
  const even = (counts: number[]): void => {
    const want = counts.reduce((a, b) => a + b) / counts.length;
    const statistic = counts.reduce((sum, count) => sum + (count - want) ** 2 / want, 0);
    assert.ok(chiSquaredTail(statistic, counts.length - 1) > 0.001, String(counts));
  };
  const count = (name: string, value: SettingValue): number =>
    draws.filter((settings) => settings[name] === value).length;
  even([1, 2, 3, 4].map((layers) => count("layers", layers)));
  even(["sgd", "adam"].map((solver) => count("solver", solver)));
});

test("a conditional setting is there exactly when its condition holds", () => {
  for (const settings of asked(createRandomSampler(space, { seed: 2 }), 300))
    assert.equal(Object.hasOwn(settings, "momentum"), settings.solver === "sgd");
});

test("initial settings come first, and must be inside the space", () => {
  const first = { lr: 0.1, layers: 2, solver: "adam" };
  const [got, next] = asked(createRandomSampler(space, { initial: [first] }), 2);
  assert.deepEqual(got, first);
  assert.notDeepEqual(next, first);
  const outside = { ...first, layers: 5 };
  assert.throws(() => createRandomSampler(space, { initial: [outside] }), { code: "TUNE_SPACE" });
});

test("a grid has every combination exactly once, ranges by their scale", () => {
  const sampler = createGridSampler(space, { points: 5 });
  // lr by factors of 10; layers 1, 1.75, 2.5, 3.25, 4 rounded, 3 once; sgd with two momenta, adam with none.
  const all = asked(sampler, 5 * 4 * 3);
  assert.equal(sampler.ask(60), "end");
  const keys = all.map(({ lr, ...rest }) =>
    [Number(lr).toPrecision(6), ...Object.values(rest)].join(" "),
  );
  const wanted = ["0.000100000", "0.00100000", "0.0100000", "0.100000", "1.00000"].flatMap((lr) =>
    [1, 2, 3, 4].flatMap((layers) =>
      ["sgd 0", "sgd 0.9", "adam"].map((rest) => `${lr} ${layers} ${rest}`),
    ),
  );
  assert.deepEqual(keys, wanted);
});

test("a grid that would never end is refused before it is built", () => {
  const wide = defineSpace(
    Array.from({ length: 12 }, (_, i) => ({
      name: `x${i}`,
      kind: "number",
      min: 0,
      max: 1,
      scale: "linear",
      integer: false,
    })),
  );
  assert.throws(() => createGridSampler(wide), { code: "TUNE_GRID" });
  assert.throws(() => createGridSampler(space, { points: 1 }), { code: "TUNE_GRID" });
});
