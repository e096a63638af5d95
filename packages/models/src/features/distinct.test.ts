import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "@souk/core";
import { createDistinct } from "./distinct.ts";

test("equal values are kept once, in the order of their first sight, and nothing before is touched", () => {
  const distinct = createDistinct(6);
  const values = Uint32Array.of(7, 7, 3, 7, 0, 3, 19, 0);
  assert.equal(distinct(values, 1, 8), 5);
  assert.deepEqual([...values.subarray(0, 5)], [7, 7, 3, 0, 19]);
});

test("one call does not remember another: a thousand calls agree with a Set", () => {
  const rng = createRng("distinct");
  const distinct = createDistinct(50);
  for (let call = 0; call < 1000; call++) {
    const values = Uint32Array.from({ length: 50 }, () => 16 * rng.integer(40));
    const expected = [...new Set(values)];
    assert.deepEqual([...values.subarray(0, distinct(values, 0, 50))], expected);
  }
});
