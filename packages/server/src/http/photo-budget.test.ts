import assert from "node:assert/strict";
import { test } from "node:test";
import { createPhotoBudget } from "./photo-budget.ts";

test("requests share the purse, and what one gives back another may take", () => {
  const budget = createPhotoBudget(100);
  const [first, second] = [budget.open(), budget.open()];
  first.take(60);
  second.take(40);
  assert.throws(() => second.take(1), { code: "SERVING_OVERLOADED" });
  first.close();
  first.close();
  second.take(60);
  assert.throws(() => second.take(1), { code: "SERVING_OVERLOADED" });
});
