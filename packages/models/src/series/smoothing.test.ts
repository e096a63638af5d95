import assert from "node:assert/strict";
import { test } from "node:test";
import { searchUnitBox } from "./pattern-search.ts";
import { evaluateLinear, ridge } from "./ridge.ts";
import { extrapolate, smooth, startSmoothing } from "./smoothing.ts";

const VALUES = Float64Array.of(10, 14, 8, 12, 12, 17, 9, 14, 13, 18, 11, 15, 16, 20, 12, 17);

function near(got: ArrayLike<number>, wanted: readonly number[], tolerance = 1e-6): void {
  assert.equal(got.length, wanted.length);
  wanted.forEach((value, i) =>
    assert.ok(Math.abs(got[i] - value) <= tolerance, `${i}: got ${got[i]}, expected ${value}`),
  );
}

test("simple smoothing of three days worked by hand", () => {
  // Level 10; error 4, level 12; error -4, level 10.
  const start = startSmoothing(VALUES, "simple", 1);
  const weights = { alpha: 0.5, beta: 0, gamma: 0 };
  const { state, squares } = smooth(VALUES.subarray(0, 3), weights, { start });
  assert.equal(state.level, 10);
  assert.equal(squares, 32);
});

test("Holt agrees with statsmodels 0.15.0 from the same start", () => {
  const start = startSmoothing(VALUES, "holt", 1);
  const { state, squares } = smooth(VALUES, { alpha: 0.3, beta: 0.1, gamma: 0 }, { start });
  near(extrapolate(state, 3), [20.24879909, 21.30529844, 22.36179779]);
  near([squares], [861.3775291296889]);
});

test("Holt-Winters agrees with statsmodels 0.15.0 from the same start", () => {
  const start = startSmoothing(VALUES, "holt-winters", 4);
  const weights = { alpha: 0.3, beta: 0.1, gamma: 0.2 };
  const { state, squares } = smooth(VALUES, weights, { start });
  near([squares], [6.483766269264314]);
  // statsmodels' forecast leaves out what the last day taught its season, so that day's season is put back here.
  const before = smooth(VALUES.subarray(0, -1), weights, { start }).state;
  near(
    extrapolate({ ...state, season: before.season }, 5),
    [17.05948891, 21.28864342, 14.35559164, 18.79728473, 18.81529045],
  );
});

test("the weight found for simple smoothing is that of statsmodels 0.15.0", () => {
  const start = startSmoothing(VALUES, "simple", 1);
  const squares = ([alpha]: readonly number[]) =>
    smooth(VALUES, { alpha, beta: 0, gamma: 0 }, { start }).squares;
  const { point, loss } = searchUnitBox([0.3], squares);
  near(point, [0.2603576642706291], 2e-4);
  near([loss], [184.7097450451119], 1e-4);
});

test("the search finds the corner and the middle of the box", () => {
  near(searchUnitBox([0.5, 0.5], ([x, y]) => (x - 2) ** 2 + y).point, [1, 0], 0);
  near(searchUnitBox([0, 1], ([x, y]) => (x - 0.3) ** 2 + (y - x) ** 2).point, [0.3, 0.3], 2e-3);
});

test("ridge of one feature worked by hand", () => {
  // x 0, 2 and y 1, 5: standardised x is -1, 1, its product with y - 3 is 2; penalty 1 halves it.
  const fit = ridge({
    features: Float64Array.of(0, 2),
    targets: Float64Array.of(1, 5),
    columns: 1,
  });
  near([fit(1).intercept, fit(1).weights[0]], [2, 1], 1e-12);
  near([evaluateLinear(fit(1e-12), Float64Array.of(10))], [21], 1e-9);
});

test("ridge gives a constant feature no weight and survives equal features", () => {
  const features = Float64Array.of(7, 0, 0, 7, 1, 1, 7, 2, 2);
  const { weights } = ridge({ features, targets: Float64Array.of(0, 2, 4), columns: 3 })(1e-9);
  near(weights, [0, 1, 1], 1e-6);
});
