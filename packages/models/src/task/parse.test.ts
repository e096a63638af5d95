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

const refusals: readonly [string, unknown, RegExp][] = [
  ["a list", [], /^task: expected an object, got \[\]/],
  ["an unknown member", { ...price, metrics: 1 }, /^task\.metrics: expected no such member/],
  ["a bad name", { ...price, name: "../x" }, /^task\.name: /],
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
    /^task\.metric: expected one of mae, rmse/,
  ],
  [
    "a grouped split without a column",
    { ...price, split: { kind: "grouped", validation: 0.1, test: 0.1 } },
    /^task\.split\.by: /,
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
