import assert from "node:assert/strict";
import { test } from "node:test";
import { SeriesBuffer } from "./series-buffer.ts";

test("the axis reaches to places of which nothing is known", () => {
  const buffer = new SeriesBuffer();
  buffer.reach(0);
  buffer.add("a", 5, 1);
  buffer.reach(9);
  assert.deepEqual(buffer.aligned(), [
    [0, 5, 9],
    [null, 1, null],
  ]);
});

test("series with different steps share one axis, with null where one has no point", () => {
  const buffer = new SeriesBuffer();
  buffer.add("loss", 2, 0.5);
  buffer.add("loss", 1, 0.9);
  buffer.add("accuracy", 2, 0.7);
  assert.deepEqual(buffer.aligned(), [
    [1, 2],
    [0.9, 0.5],
    [null, 0.7],
  ]);
  assert.equal(buffer.last("loss"), 0.5);
  assert.deepEqual(
    [buffer.at("loss", 1), buffer.at("accuracy", 1), buffer.at("loss", 9)],
    [0.9, undefined, undefined],
  );
});

test("a later point at the same step replaces the earlier, and what is no number is passed over", () => {
  const buffer = new SeriesBuffer();
  buffer.add("loss", 1, 0.9);
  buffer.add("loss", 1, 0.8);
  buffer.add("loss", 2, Number.NaN);
  assert.deepEqual(buffer.aligned(), [[1], [0.8]]);
});

test("thinned out, the axis keeps its order and each series its peaks, in the order they came", () => {
  const buffer = new SeriesBuffer();
  for (let x = 0; x < 10_000; x += 1) buffer.add("wave", x, x === 4321 ? 50 : x === 8765 ? -50 : 1);
  const [xs, wave] = buffer.aligned(undefined, 200);
  assert.ok(xs.length <= 200, `${xs.length} places`);
  assert.ok(xs.every((x, index) => index === 0 || x > (xs[index - 1] ?? Infinity)));
  assert.equal(Math.max(...(wave ?? []).map(Number)), 50);
  assert.equal(Math.min(...(wave ?? []).map(Number)), -50);
});
