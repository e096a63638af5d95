import assert from "node:assert/strict";
import { test } from "node:test";
import { describeFamilies, familyNames } from "../families/registry.ts";
import { resolveSettings } from "../families/settings.ts";
import { defaultSettings, familySpace } from "./family-space.ts";
import { fitsSpace } from "./space.ts";

test("every family with settings has a space that holds its defaults, but for a 0 that stands for automatic", () => {
  for (const { name, settings } of describeFamilies()) {
    if (Object.keys(settings).length === 0) continue;
    const space = familySpace(name);
    const defaults = defaultSettings(name, space);
    const dimensions = space.dimensions.filter(
      (d) => d.kind === "choice" || defaults[d.name] !== 0 || d.min === 0,
    );
    const own = Object.fromEntries(dimensions.map((d) => [d.name, defaults[d.name]]));
    assert.ok(fitsSpace({ dimensions }, own), `${name}: ${JSON.stringify(defaults)}`);
    resolveSettings(settings, defaults);
    assert.ok(!space.dimensions.some((d) => ["epochs", "patience"].includes(d.name)), name);
  }
  assert.ok(familyNames.length >= 8);
});

test("what is fixed is not searched, what is named alone is", () => {
  const names = (space: ReturnType<typeof familySpace>): string[] =>
    space.dimensions.map(({ name }) => name);
  assert.ok(!names(familySpace("ngram", { fixed: { lr: 0.02 } })).includes("lr"));
  const narrowed = { lr: { min: 0.001, max: 0.1 }, dim: { options: [8, 16] } };
  assert.deepEqual(names(familySpace("ngram", { narrowed })), ["lr", "dim"]);
  const all = { narrowed: { lr: {} }, fixed: { lr: 0.02 } };
  assert.throws(() => familySpace("ngram", all), { code: "TUNE_SPACE" });
  assert.throws(() => familySpace("ngram", { fixed: { nothing: 1 } }), { code: "SETTING_UNKNOWN" });
  assert.throws(() => familySpace("baseline"), { code: "TUNE_SPACE" });
});
