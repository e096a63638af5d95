import assert from "node:assert/strict";
import { test } from "node:test";
import { builtInTasks } from "../task/built-in.ts";
import { findLabels, hasTarget, readTargets, targetCells } from "./target.ts";
import { transformTargets, untransform } from "./transform.ts";

const { category, engagement, sentiment, "star-rating": stars } = builtInTasks;

test("engagement is replies, retweets and likes together; a post that lacks one of them has none", () => {
  const columns = { replies: [1, 2, null], retweets: ["10", 20, 30], likes: [100, 200, 300] };
  const batch = { length: 3, columns };
  assert.deepEqual(Array.from(targetCells(engagement, batch)), [111, 222, null]);
  assert.deepEqual(readTargets(engagement, batch, undefined), Float64Array.of(111, 222, NaN));
});

test("sentiment is negative below three stars, positive above, and three stars have none", () => {
  const batch = { length: 6, columns: { star_rating: [1, "2", 3, 4, 5, null] } };
  assert.deepEqual(Array.from(targetCells(sentiment, batch)), [
    "negative",
    "negative",
    null,
    "positive",
    "positive",
    null,
  ]);
  const labels = findLabels(sentiment, batch, [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(labels, ["negative", "positive"]);
  assert.deepEqual(readTargets(sentiment, batch, labels), Float64Array.of(0, 0, -1, 1, 1, -1));
});

test("a category is the three outer levels of its path, however they are parted", () => {
  const category_path = ["A / B / C / D", "A/B>C", " A / B", "", null];
  assert.deepEqual(Array.from(targetCells(category, { length: 5, columns: { category_path } })), [
    "A / B / C",
    "A / B / C",
    "A / B",
    "",
    "",
  ]);
  assert.deepEqual(hasTarget(category, ""), false);
});

test("a target that is a column is that column", () => {
  const star_rating = [5, 1];
  assert.equal(targetCells(stars, { length: 2, columns: { star_rating } }), star_rating);
});

test("logarithms of targets come back as the targets, within bounds", () => {
  const targets = Float64Array.of(0, 1, Math.E - 1, 1e6);
  const learnt = transformTargets(engagement, targets);
  assert.equal(learnt[2], 1);
  targets.forEach((target, i) => {
    assert.ok(Math.abs(untransform(engagement, learnt[i]) - target) <= 1e-12 * target);
  });
  assert.equal(untransform(engagement, -3), 0);
  assert.equal(untransform(engagement, 1e9), Number.MAX_SAFE_INTEGER);
  assert.equal(untransform(stars, -3), -3);
});

test("a negative target has no logarithm and is refused", () => {
  assert.throws(() => transformTargets(engagement, Float64Array.of(1, -1)), {
    code: "TRAIN_TARGET_NEGATIVE",
    message: /engagement: expected numbers of at least 0 .* got -1/,
  });
});
