import assert from "node:assert/strict";
import { test } from "node:test";
import type { InputKind } from "../task/task.ts";
import { familiesFor } from "./registry.ts";

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
