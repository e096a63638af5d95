import assert from "node:assert/strict";
import { test } from "node:test";
import { runQueryOf } from "./run-filter.ts";

const none = { name: "", task: "", status: "", where: "" };

test("no filter and no order ask for nothing but the newest", () => {
  assert.deepEqual(runQueryOf(none, { sort: "", metric: undefined }), {});
});

test("filters are joined, and the order of the table becomes the server's", () => {
  const filters = { name: "night", task: "price", status: "failed", where: "params.lr = '0.1'" };
  assert.deepEqual(runQueryOf(filters, { sort: "-started", metric: undefined }), {
    status: "failed",
    filter: "attributes.name ilike '%night%' and attributes.task = 'price' and params.lr = '0.1'",
    orderBy: "attributes.start_time DESC",
  });
});

test("the order by figure needs the figure of one task", () => {
  assert.deepEqual(runQueryOf(none, { sort: "-metric", metric: undefined }), {});
  assert.deepEqual(runQueryOf(none, { sort: "metric", metric: "mae" }), {
    orderBy: "metrics.`test_mae` ASC",
  });
});

test("a name with quotes cannot leave its quotes", () => {
  const { filter } = runQueryOf({ ...none, name: `it's "x" and 1 = 1` }, { sort: "", metric: "" });
  assert.equal(filter, `attributes.name ilike "%it's x and 1 = 1%"`);
});

test("a status that is none is left out", () => {
  assert.deepEqual(runQueryOf({ ...none, status: "odd" }, { sort: "", metric: "" }), {});
});
