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

/** The same points of a noisy series in every run. */
function* noise(count: number): Generator<number> {
  for (let place = 0, state = 1; place < count; place += 1) {
    state = (state * 16_807) % 2_147_483_647;
    yield state / 2_147_483_647;
  }
}

test("however many points come, places are bounded, the newest are all there and no extreme is lost", () => {
  const kept = { newest: 64, older: 64 };
  const buffer = new SeriesBuffer(kept);
  const added: number[] = [];
  for (const y of noise(20_000)) {
    const x = added.push(y) - 1;
    buffer.add("noise", x, y);
    if (x % 7 === 0) buffer.add("rare", x, x);
    if (x % 97 > 0) continue;
    const [xs, noisy = [], rare = []] = buffer.aligned(["noise", "rare"], Infinity);
    const values = noisy.flatMap((value) => value ?? []);
    assert.ok(xs.length <= 2 * (kept.newest + kept.older), `${xs.length} places`);
    assert.ok(xs.every((one, place) => place === 0 || one > (xs[place - 1] ?? Infinity)));
    assert.equal(Math.max(...values), Math.max(...added));
    assert.equal(Math.min(...values), Math.min(...added));
    assert.deepEqual(noisy.slice(-kept.newest), added.slice(-kept.newest));
    assert.deepEqual([xs[0], xs.at(-1)], [0, x]);
    assert.deepEqual(
      rare.find((value) => value !== null),
      0,
    );
    assert.equal(buffer.last("rare"), x - (x % 7));
  }
});

test("what is older is thinned out evenly: a peak is drawn near to where it was, however old it is", () => {
  const buffer = new SeriesBuffer({ newest: 100, older: 200 });
  for (let x = 0; x < 50_000; x += 1) buffer.add("peaks", x, x % 5000 === 2500 ? x : 0);
  const [xs, peaks = []] = buffer.aligned(undefined, Infinity);
  const widest = 50_000 / (200 / 2 / 2);
  for (let peak = 2500; peak < 50_000; peak += 5000) {
    const drawn = xs[peaks.indexOf(peak)] ?? Number.NaN;
    assert.ok(Math.abs(drawn - peak) <= widest, `${peak} drawn at ${drawn}`);
  }
});

test("points that come late, among those that were thinned out, are kept as well", () => {
  const buffer = new SeriesBuffer({ newest: 16, older: 16 });
  for (let x = 0; x < 2000; x += 2) buffer.add("even", x, x);
  for (let x = 1; x < 2000; x += 2) buffer.add("odd", x, x === 777 ? 9999 : 1);
  const [xs, even = [], odd = []] = buffer.aligned(undefined, Infinity);
  assert.ok(xs.length <= 64, `${xs.length} places`);
  assert.ok(odd.includes(9999));
  assert.ok(even.includes(0) && even.includes(1998));
  assert.equal(buffer.last("even"), 1998);
});
