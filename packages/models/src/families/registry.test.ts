import assert from "node:assert/strict";
import { test } from "node:test";
import type { InputKind } from "../task/task.ts";
import { builtInTasks } from "../task/built-in.ts";
import { defaultFamily, familiesFor, settingsOf } from "./registry.ts";

function familiesOf(...kinds: InputKind[]): string[] {
  return familiesFor({ inputs: kinds.map((kind, i) => ({ column: `c${i}`, kind })) });
}

test("a task of photos alone is learnt by the photo's family, and by text families never", () => {
  assert.deepEqual(familiesOf("image"), ["baseline", "image"]);
});

test("text and photo together are fused; text or numbers alone are not", () => {
  assert.ok(familiesOf("text", "image").includes("fused"));
  assert.ok(!familiesOf("text", "number").includes("fused"));
  assert.ok(!familiesOf("number").includes("text-cnn"));
});

test("nobody need name a family: words, numbers and photos each have one, and a task's own comes first", () => {
  const stars = builtInTasks["star-rating"];
  assert.equal(defaultFamily(stars), "ngram");
  assert.equal(defaultFamily(builtInTasks["price"]), "boosted-trees");
  assert.equal(defaultFamily({ ...stars, inputs: [{ column: "photo", kind: "image" }] }), "image");
  assert.equal(defaultFamily({ ...stars, family: "linear" }), "linear");
});

test("a task's settings are of its own family alone", () => {
  const task = { ...builtInTasks["star-rating"], family: "linear", settings: { epochs: 3 } };
  assert.deepEqual(settingsOf(task, "linear"), { epochs: 3 });
  assert.deepEqual(settingsOf(task, "ngram"), {});
});
