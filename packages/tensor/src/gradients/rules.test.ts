import { strict as assert } from "node:assert";
import { test } from "node:test";
import { checkSmall } from "./cases.ts";
import { everyCase } from "./every-case.ts";
import { gradientRules } from "./rules.ts";

test("every rule is checked, on small and on large shapes", () => {
  const rules = Object.keys(gradientRules).toSorted();
  const small = new Set(everyCase.map((row) => row.operator));
  const large = new Set(everyCase.filter((row) => row.large).map((row) => row.operator));
  assert.deepEqual([...small].toSorted(), rules);
  assert.deepEqual([...large].toSorted(), rules);
});

for (const row of everyCase) {
  test(`${row.operator}, ${row.about}: the gradient is that of finite differences`, () =>
    checkSmall(row));
}
