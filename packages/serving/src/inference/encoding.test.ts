import assert from "node:assert/strict";
import { test } from "node:test";
import { decodePredictions, encodePredictions } from "./encoding.ts";

test("numbers come back with their bounds, and without where a model gives none", () => {
  const numbers = [
    { label: 12.5, value: 12.5, low: 3, high: 40 },
    { label: 7, value: 7, low: 0, high: 9.25 },
  ];
  assert.deepEqual(decodePredictions(encodePredictions(numbers), { from: 0, rows: 2 }), numbers);
  assert.deepEqual(decodePredictions(encodePredictions(numbers), { from: 1, rows: 1 }), [
    numbers[1],
  ]);
  const plain = [{ label: 12.5, value: 12.5 }];
  assert.deepEqual(decodePredictions(encodePredictions(plain), { from: 0, rows: 1 }), plain);
});
