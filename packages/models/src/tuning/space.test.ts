import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "@souk/core";
import { describeFamilies } from "../families/registry.ts";
import { resolveSettings } from "../families/settings.ts";
import { coordinateOf, valueAt } from "./coordinate.ts";
import { createRandomSampler } from "./random.ts";
import { defineSpace, type Dimension, fitsSpace, searchSpace } from "./space.ts";

const specs = {
  lr: { kind: "number", default: 0.1, min: 1e-6, max: 10, description: "step" },
  l2: { kind: "number", default: 0, min: 0, max: 1, description: "pull" },
  depth: { kind: "number", default: 3, min: 1, max: 9, integer: true, description: "levels" },
  shuffle: { kind: "boolean", default: true, description: "order" },
  solver: { kind: "choice", default: "sgd", options: ["sgd", "adam"], description: "method" },
} as const;

test("a range above 0 that spans a factor of 100 is searched on a log scale, others evenly", () => {
  assert.deepEqual(searchSpace(specs).dimensions, [
    {
      name: "lr",
      when: undefined,
      kind: "number",
      min: 1e-6,
      max: 10,
      scale: "log",
      integer: false,
    },
    {
      name: "l2",
      when: undefined,
      kind: "number",
      min: 0,
      max: 1,
      scale: "linear",
      integer: false,
    },
    {
      name: "depth",
      when: undefined,
      kind: "number",
      min: 1,
      max: 9,
      scale: "linear",
      integer: true,
    },
    { name: "shuffle", when: undefined, kind: "choice", options: [false, true] },
    { name: "solver", when: undefined, kind: "choice", options: ["sgd", "adam"] },
  ]);
  const [l2] = searchSpace(specs, { l2: { min: 1e-8, max: 1e-2 } }).dimensions;
  assert.equal(l2.kind === "number" && l2.scale, "log");
});

test("a narrowed space has the named settings only, and nothing the family would refuse", () => {
  const space = searchSpace(specs, { solver: { options: ["adam"] }, depth: { max: 4 } });
  assert.deepEqual(
    space.dimensions.map((d) => d.name),
    ["solver", "depth"],
  );
  const refused = (narrowed: Parameters<typeof searchSpace>[1], code: string): void => {
    assert.throws(() => searchSpace(specs, narrowed), { code });
  };
  refused({ speed: {} }, "TUNE_SPACE");
  refused({ lr: { max: 11 } }, "SETTING_INVALID");
  refused({ solver: { options: ["lbfgs"] } }, "SETTING_INVALID");
  refused({ depth: { options: [1, 2.5] } }, "SETTING_INVALID");
  refused({ depth: { min: 5, max: 5 } }, "TUNE_SPACE");
  refused({ l2: { scale: "log" } }, "TUNE_SPACE");
  refused({ shuffle: { min: 0 } }, "TUNE_SPACE");
  refused({ solver: { options: [] } }, "TUNE_SPACE");
  refused({ toString: {} }, "TUNE_SPACE");
});

test("every family accepts whatever is drawn from its own space", () => {
  for (const { name, settings } of describeFamilies()) {
    if (Object.keys(settings).length === 0) continue;
    const space = searchSpace(settings);
    const sampler = createRandomSampler(space, { seed: 4 });
    for (let trial = 0; trial < 200; trial++) {
      const proposal = sampler.ask(trial);
      assert.ok(typeof proposal !== "string", name);
      resolveSettings(settings, proposal.settings);
      assert.ok(fitsSpace(space, proposal.settings));
    }
  }
});

test("a setting comes after the one it depends on, and circles are refused", () => {
  const flag = (name: string, setting?: string): Dimension => ({
    name,
    kind: "choice",
    options: [false, true],
    ...(setting === undefined ? {} : { when: { setting, oneOf: [true] } }),
  });
  const { dimensions } = defineSpace([flag("c", "b"), flag("b", "a"), flag("a")]);
  assert.deepEqual(
    dimensions.map((d) => d.name),
    ["a", "b", "c"],
  );
  assert.throws(() => defineSpace([flag("a", "b"), flag("b", "a")]), { code: "TUNE_SPACE" });
  assert.throws(() => defineSpace([flag("a", "nowhere")]), { code: "TUNE_SPACE" });
  assert.throws(() => defineSpace([flag("a"), flag("a")]), { code: "TUNE_SPACE" });
  const space = { dimensions };
  assert.ok(fitsSpace(space, { a: true, b: false }));
  assert.ok(!fitsSpace(space, { a: true, b: false, c: true }));
  assert.ok(!fitsSpace(space, { a: true }));
});

test("a value's coordinate leads back to the value, and coordinates stay in [0, 1]", () => {
  const rng = createRng(9);
  for (const dimension of searchSpace(specs).dimensions) {
    for (let i = 0; i < 500; i++) {
      const at = dimension.kind === "choice" ? rng.integer(dimension.options.length) : rng.next();
      const value = valueAt(dimension, at);
      const back = coordinateOf(dimension, value);
      assert.ok(back >= 0 && back <= 1 + 1e-12);
      const again = valueAt(dimension, back);
      if (typeof value === "number") assert.ok(Math.abs(Number(again) - value) <= 1e-12 * value);
      else assert.equal(again, value);
    }
  }
});
