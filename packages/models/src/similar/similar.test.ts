import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "@souk/core";
import { distinctRows } from "./distinct-rows.ts";
import { product, ridge } from "./ridge.ts";
import { createPostings, similarRows } from "./similar-rows.ts";
import { fitTextSpace } from "./text-space.ts";

const batch = {
  length: 6,
  columns: {
    name: [
      "red cotton shirt",
      "blue cotton shirt",
      "steel pan",
      "Red Cotton Shirt!",
      "",
      "steel pan",
    ],
    category: ["clothes", "clothes", "kitchen", "clothes", "kitchen", "kitchen"],
    price: [10, 12, 30, 10, 5, 30],
  },
};
const inputs = [
  { column: "name", kind: "text" },
  { column: "category", kind: "category" },
] as const;

function space() {
  return fitTextSpace(batch, { inputs, rows: [0, 1, 2, 4] });
}

test("a row's product with itself is the most there is, words, letters and category", () => {
  const { rowOf, most } = space();
  const { ids, weights } = rowOf(batch, 0);
  assert.equal(most, 2.3);
  assert.ok(Math.abs(weights.reduce((sum, w) => sum + w * w, 0) - most) < 1e-6);
  assert.deepEqual(ids, ids.toSorted());
});

test("products by lists are the products row by row, largest first", () => {
  const { rowOf, size } = space();
  const points = [0, 1, 2, 4].map((row) => rowOf(batch, row));
  const query = rowOf(batch, 3);
  const dense = new Float64Array(size);
  query.ids.forEach((id, i) => (dense[id] = query.weights[i]));
  const found = similarRows(createPostings(points, size), query, { count: 4, most: 4 });
  for (const { row, product: near } of found)
    assert.ok(Math.abs(near - product(points[row], dense)) < 1e-9);
  assert.deepEqual(
    found.map(({ row }) => row),
    [0, 1],
  );
  assert.ok(found[0].product > found[1].product);
});

test("a row that shares nothing is near to none", () => {
  const { rowOf, size } = space();
  const points = [0, 1].map((row) => rowOf(batch, row));
  const strange = { length: 1, columns: { name: ["zzz"], category: ["garden"] } };
  assert.deepEqual(
    similarRows(createPostings(points, size), rowOf(strange, 0), { count: 2, most: 2 }),
    [],
  );
});

test("rows with the same cells and value are one, counted", () => {
  const { rows, counts } = distinctRows(batch, {
    columns: ["name", "category"],
    value: batch.columns.price,
    most: 10,
  });
  assert.deepEqual([...rows], [0, 1, 2, 3, 4]);
  assert.deepEqual([...counts], [1, 1, 2, 1, 1]);
});

test("ridge of two features, worked by hand", () => {
  // X = [[1, 0], [1, 1]], y = [1, 3], penalty 1: (X'X + I) b = X'y is [[3, 1], [1, 2]] b = [4, 3], b = [1, 1].
  const rows = [
    { ids: Uint32Array.of(0), weights: Float32Array.of(1) },
    { ids: Uint32Array.of(0, 1), weights: Float32Array.of(1, 1) },
  ];
  const weights = ridge(rows, Float64Array.of(1, 3), { size: 2, penalty: 1 });
  for (const weight of weights) assert.ok(Math.abs(weight - 1) < 1e-9);
});

test("at the solution of ridge the gradient is nothing", () => {
  const rng = createRng("ridge");
  const size = 40;
  const rows = Array.from({ length: 60 }, () => ({
    ids: Uint32Array.from({ length: 5 }, (_, i) => 8 * i + rng.integer(8)),
    weights: Float32Array.from({ length: 5 }, () => rng.normal()),
  }));
  const targets = Float64Array.from(rows, () => rng.normal());
  const weights = ridge(rows, targets, { size, penalty: 0.5 });
  const gradient = Float64Array.from(weights, (weight) => 0.5 * weight);
  rows.forEach((row, i) => {
    const error = product(row, weights) - targets[i];
    row.ids.forEach((id, j) => (gradient[id] += error * row.weights[j]));
  });
  assert.ok(Math.max(...gradient.map(Math.abs)) < 1e-4, String(Math.max(...gradient)));
});
