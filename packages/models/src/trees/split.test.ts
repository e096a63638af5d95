import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "@souk/core";
import { type BinnedTable, binOf, fitEdges } from "./binning.ts";
import { gatherRows, histogramInto, layoutOf, subtractInto } from "./histogram.ts";
import { findSplit, leafValue, type Split, splitGain } from "./split.ts";

const rules = { l2: 0, minChildWeight: 1, minGain: 0 };

function tableOf(columns: readonly number[][]): BinnedTable {
  const rows = columns[0].length;
  const edges = columns.map((column) => fitEdges(Float64Array.from(column)));
  const codes = Uint8Array.from(columns.flatMap((c, f) => c.map((x) => binOf(x, edges[f]))));
  return { rows, edges, codes };
}

function histogramOf(table: BinnedTable, gradients: readonly number[], rows: Int32Array) {
  const layout = layoutOf(table);
  const columns = Int32Array.from(table.edges, (_, f) => f);
  const histogram = new Float64Array(layout.size);
  const derivatives = {
    gradients: Float64Array.from(gradients),
    hessians: new Float64Array(table.rows).fill(1),
  };
  histogramInto(gatherRows(rows, derivatives), { table, layout, columns }, histogram);
  return { histogram, layout, columns };
}

const everyRow = (table: BinnedTable) => Int32Array.from({ length: table.rows }, (_, i) => i);

function splitOf(column: readonly number[], gradients: readonly number[]): Split | undefined {
  const table = tableOf([[...column]]);
  const { histogram, layout, columns } = histogramOf(table, gradients, everyRow(table));
  const node = { gradient: gradients.reduce((a, b) => a + b, 0), hessian: column.length };
  return findSplit(histogram, { layout, columns, node, rules });
}

test("the gain of a split is the drop of the second-order loss", () => {
  // 9/(2+1) + 16/(3+1) - 1/(5+1) = 6 + 5/6, halved.
  const left = { gradient: 3, hessian: 2 };
  const right = { gradient: -4, hessian: 3 };
  assert.ok(Math.abs(splitGain(left, right, 1) - (7 - 1 / 6) / 2) < 1e-12);
  assert.equal(leafValue(left, 1), -1);
});

test("values 1, 2 against 3, 4 are cut between 2 and 3", () => {
  const split = splitOf([1, 2, 3, 4], [1, 1, -1, -1]);
  // Half of (2^2 / 2 + 2^2 / 2 - 0).
  assert.deepEqual(split, {
    feature: 0,
    bin: 1,
    missingLeft: false,
    gain: 2,
    left: { gradient: 2, hessian: 2 },
  });
});

test("missing values learn to go where rows like them go", () => {
  assert.equal(splitOf([1, 2, 3, 4, NaN], [1, 1, -1, -1, 1])?.missingLeft, true);
  assert.equal(splitOf([1, 2, 3, 4, NaN], [1, 1, -1, -1, -1])?.missingLeft, false);
});

test("missing values alone can be split off", () => {
  const split = splitOf([5, 5, NaN, NaN], [1, 1, -1, -1]);
  assert.deepEqual([split?.bin, split?.missingLeft, split?.gain], [0, false, 2]);
});

test("no split leaves a side lighter than minChildWeight, and none is made without gain", () => {
  const table = tableOf([[1, 2, 3, 4]]);
  const gradients = [3, -1, -1, -1];
  const { histogram, layout, columns } = histogramOf(table, gradients, everyRow(table));
  const node = { gradient: 0, hessian: 4 };
  const heavy = findSplit(histogram, {
    layout,
    columns,
    node,
    rules: { ...rules, minChildWeight: 2 },
  });
  assert.equal(heavy?.bin, 1);
  assert.equal(splitOf([1, 2, 3, 4], [0, 0, 0, 0]), undefined);
});

test("a parent's histogram less one child's is the other child's", () => {
  const rng = createRng(5);
  const rows = 200;
  const draw = () => Array.from({ length: rows }, () => (rng.next() < 0.1 ? NaN : rng.integer(9)));
  const table = tableOf([draw(), draw()]);
  const gradients = Array.from({ length: rows }, () => rng.integer(100) - 50);
  const all = everyRow(table);
  const parent = histogramOf(table, gradients, all).histogram;
  subtractInto(histogramOf(table, gradients, all.subarray(0, 70)).histogram, parent);
  assert.deepEqual(parent, histogramOf(table, gradients, all.subarray(70)).histogram);
});

test("few distinct values have a bin each, many share 255, missing has its own code", () => {
  assert.deepEqual(fitEdges(Float64Array.of(3, 1, NaN, 1, 2)), Float64Array.of(1.5, 2.5));
  const many = Float64Array.from({ length: 10_000 }, (_, i) => i);
  const edges = fitEdges(many);
  const counts = new Float64Array(256);
  for (const value of many) counts[binOf(value, edges)]++;
  assert.equal(edges.length, 254);
  assert.ok(counts.slice(0, 255).every((count) => count >= 39 && count <= 40));
  assert.deepEqual([binOf(NaN, edges), binOf(-1e300, edges), binOf(1e300, edges)], [255, 0, 254]);
});

test("neighbouring floats fall into different bins", () => {
  const edges = fitEdges(Float64Array.of(1, 1 + Number.EPSILON));
  assert.deepEqual([binOf(1, edges), binOf(1 + Number.EPSILON, edges)], [0, 1]);
});
