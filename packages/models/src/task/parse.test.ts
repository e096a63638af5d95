import assert from "node:assert/strict";
import { test } from "node:test";
import { builtInTasks } from "./built-in.ts";
import { parseTask } from "./parse.ts";
import { taskColumns } from "./task.ts";

const price = {
  name: "price",
  dataset: "products",
  inputs: [
    { column: "name", kind: "text" },
    { column: "stock", kind: "number" },
  ],
  target: { column: "price", kind: "number" },
  split: { kind: "random", validation: 0.1, test: 0.2 },
  metric: "mae",
};

const stars = {
  name: "stars",
  dataset: "reviews",
  inputs: [{ column: "body", kind: "text" }],
  target: { column: "stars", kind: "class" },
  split: { kind: "random", validation: 0.1, test: 0.1, stratify: true },
  metric: "accuracy",
};

test("every built-in task passes its own parser unchanged", () => {
  for (const task of Object.values(builtInTasks)) assert.deepEqual(parseTask(task), task);
});

test("the baseline of a number target is the mean when not given", () => {
  assert.equal(parseTask(price).baseline, "mean");
});

test("the columns of star-rating are inputs, target, group, slice and key, each once", () => {
  assert.deepEqual(taskColumns(builtInTasks["star-rating"]), [
    "review_headline",
    "review_body",
    "star_rating",
    "customer_id",
    "product_category",
    "review_id",
  ]);
});

test("a derived target is read from its source columns, not from a column of its name", () => {
  const { engagement, sentiment } = builtInTasks;
  for (const column of ["replies", "retweets", "likes"])
    assert.ok(taskColumns(engagement).includes(column));
  assert.ok(!taskColumns(engagement).includes("engagement"));
  assert.ok(taskColumns(sentiment).includes("star_rating"));
  assert.ok(!taskColumns(sentiment).includes("sentiment"));
});

test("a given split has no shares, and a task with photos reads the photo and what it belongs to", () => {
  const { split, ...rest } = stars;
  const given = parseTask({ ...rest, split: { kind: "given", by: "side" } });
  assert.deepEqual(given.split, { kind: "given", by: "side", validation: 0, test: 0 });
  assert.deepEqual(parseTask(given), given);
  const shown = parseTask({
    ...rest,
    split,
    inputs: [...stars.inputs, { column: "photo", kind: "image" }],
    photos: { dataset: "images", by: "product_id" },
  });
  assert.deepEqual(parseTask(shown), shown);
  assert.deepEqual(taskColumns(shown), ["body", "photo", "product_id", "stars"]);
});

test("a task may name its family and settings", () => {
  const named = {
    ...stars,
    baseline: "majority",
    family: "text-cnn",
    settings: { epochs: 3, wordVectors: "cbow" },
  };
  assert.deepEqual(parseTask(named), named);
});

const refusals: readonly [string, unknown, RegExp][] = [
  ["a list", [], /^task: expected an object, got \[\]/],
  ["an unknown member", { ...price, metrics: 1 }, /^task\.metrics: expected no such member/],
  ["a bad name", { ...price, name: "../x" }, /^task\.name: /],
  [
    "shares of a given split",
    { ...stars, split: { kind: "given", by: "side", validation: 0.1, test: 0 } },
    /^task\.split\.validation: expected 0 /,
  ],
  [
    "photos that no input shows",
    { ...stars, photos: { dataset: "images", by: "product_id" } },
    /^task\.inputs: expected the photos as/,
  ],
  [
    "settings of no family",
    { ...stars, settings: { epochs: 3 } },
    /^task\.family: expected the family whose settings these are/,
  ],
  [
    "a list as a setting",
    { ...stars, family: "ngram", settings: { epochs: [3] } },
    /^task\.settings\.epochs: expected text/,
  ],
  ["no inputs", { ...price, inputs: [] }, /^task\.inputs: expected at least one input/],
  [
    "an unknown kind",
    { ...price, inputs: [{ column: "a", kind: "video" }] },
    /^task\.inputs\[0\]\.kind: expected one of text, number, category, date, image, got "video"/,
  ],
  [
    "a target that is an input",
    { ...price, inputs: [{ column: "price", kind: "number" }] },
    /^task\.inputs: expected columns other than the target's/,
  ],
  [
    "accuracy of a number",
    { ...price, metric: "accuracy" },
    /^task\.metric: expected one of mae, rmse, medianAE, rmsle, mape, spearman, r2, got/,
  ],
  [
    "a grouped split without a column",
    { ...price, split: { kind: "grouped", validation: 0.1, test: 0.1 } },
    /^task\.split\.by: /,
  ],
  [
    "a stratified split of numbers",
    { ...price, split: { ...price.split, stratify: true } },
    /^task\.split\.stratify: expected true, in a random split of classes/,
  ],
  [
    "a stratified split by group",
    {
      ...stars,
      split: { kind: "grouped", by: "who", validation: 0.1, test: 0.1, stratify: true },
    },
    /^task\.split\.stratify: /,
  ],
  ["a median of classes", { ...stars, baseline: "median" }, /^task\.baseline: .* majority/],
  ["logarithms of classes", { ...stars, transform: "log1p" }, /^task\.transform: expected none/],
  ["bounds of classes", { ...stars, interval: 0.9 }, /^task\.interval: expected none/],
  ["an unknown transform", { ...price, transform: "sqrt" }, /^task\.transform: .* log1p/],
  [
    "bounds of 90",
    { ...price, interval: 90 },
    /^task\.interval: expected a share of 0\.5\.\.0\.99/,
  ],
  [
    "a sum that reads an input",
    {
      ...price,
      target: { column: "p", kind: "number", derive: { kind: "sum", columns: ["a", "stock"] } },
    },
    /^task\.inputs: expected columns other than the target's, got "stock"/,
  ],
  [
    "a sum of classes",
    {
      ...stars,
      target: { column: "p", kind: "class", derive: { kind: "sum", columns: ["a"] } },
    },
    /^task\.target\.derive\.kind: expected one of groups, path/,
  ],
  [
    "a sum that counts a column twice",
    {
      ...price,
      target: { column: "p", kind: "number", derive: { kind: "sum", columns: ["a", "a"] } },
    },
    /^task\.target\.derive\.columns: expected one or more distinct columns/,
  ],
  [
    "half a level of a path",
    {
      ...stars,
      target: {
        column: "c",
        kind: "class",
        derive: { kind: "path", column: "category_path", levels: 0.5 },
      },
    },
    /^task\.target\.derive\.levels: expected a whole number of 1\.\.20, got 0\.5/,
  ],
  [
    "a value in two groups",
    {
      ...stars,
      target: {
        column: "mood",
        kind: "class",
        derive: { kind: "groups", column: "stars", groups: { bad: [1, 2], good: ["2", 5] } },
      },
    },
    /^task\.target\.derive\.groups: expected for each class values of its own/,
  ],
  [
    "shares above 0.9",
    { ...price, split: { kind: "random", validation: 0.5, test: 0.5 } },
    /^task\.split: expected validation \+ test at most 0\.9/,
  ],
  [
    "a share that is no number",
    { ...price, split: { kind: "random", validation: "x", test: 0.5 } },
    /^task\.split\.validation: /,
  ],
];
for (const [what, value, message] of refusals)
  test(`${what} is refused with the path of the fault`, () => {
    assert.throws(() => parseTask(value), { code: "TASK_INVALID", message });
  });
