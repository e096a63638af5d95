import assert from "node:assert/strict";
import { test } from "node:test";
import { type Opened, withTracking } from "./opened.fixture.ts";
import type { RunSearch } from "./run-search.ts";

/** Runs a, b, c, d: accuracy .6, .7, .8 and none; lr 0.1, 0.1, 0.2, 0.2; d is finished. */
async function fourRuns({ tracking: { runs }, clock }: Opened): Promise<void> {
  const rows = [
    ["a", 0.6, "0.1"],
    ["b", 0.7, "0.1"],
    ["c", 0.8, "0.2"],
    ["d", undefined, "0.2"],
  ] as const;
  for (const [name, value, lr] of rows) {
    const { id } = await runs.create({
      name,
      params: { lr },
      tags: { "mlflow.source.name": `${name}.py` },
    });
    const point = { key: "val acc", value: value ?? Number.NaN, step: 0, timestamp: 1 };
    await runs.logBatch(id, { metrics: [point] });
    if (name === "d") await runs.finish(id, "finished");
    clock.advance(1);
  }
}

async function names({ tracking }: Opened, search: RunSearch): Promise<string> {
  const { items } = await tracking.runs.search(search);
  return items.map(({ name }) => name).join("");
}

test("each comparison finds the runs it describes", () =>
  withTracking(async (opened) => {
    await fourRuns(opened);
    const cases: [string, string][] = [
      ["", "dcba"],
      ["metrics.`val acc` > 0.65", "cb"],
      ["metrics.\"val acc\" <= 7e-1 and params.lr = '0.1'", "ba"],
      ["metrics.`val acc` != 0.7", "ca"],
      ["params.lr != '0.1'", "dc"],
      ["params.lr in ('0.2', '0.3') AND attributes.status = 'RUNNING'", "c"],
      ["status = 'finished'", "d"],
      ["attributes.status != 'FINISHED'", "cba"],
      ["tags.mlflow.source.name LIKE 'a%'", "a"],
      ["tags.`mlflow.source.name` like 'A%'", ""],
      ["tags.mlflow.source.name ILIKE 'A%'", "a"],
      ["tags.missing = 'x'", ""],
      ["tags.missing is null and params.lr is not null", "dcba"],
      ["run_name = 'b' and start_time >= 1000001", "b"],
      ["attributes.end_time > 0", "d"],
    ];
    for (const [filter, expected] of cases)
      assert.equal(await names(opened, { filter }), expected, filter);
    assert.equal(await names(opened, { filter: 'tags.x = "\'; DROP TABLE runs; --"' }), "");
    assert.equal(await names(opened, { filter: "params.\"x' OR 1=1 --\" = '1'" }), "");
    assert.equal(await names(opened, { experiment: "Default", status: "running" }), "cba");
    assert.equal(await names(opened, { experiment: "nothing" }), "");
  }));

test("order takes metrics, params and attributes, and runs without the value come last", () =>
  withTracking(async (opened) => {
    await fourRuns(opened);
    assert.equal(await names(opened, { orderBy: "metrics.`val acc` DESC" }), "cbad");
    assert.equal(await names(opened, { orderBy: "metrics.`val acc` asc" }), "abcd");
    assert.equal(await names(opened, { orderBy: "params.lr desc, start_time" }), "cdab");
    assert.equal(await names(opened, { orderBy: "attributes.run_name" }), "abcd");
  }));

test("pages of one run each hold every run once, in any order", () =>
  withTracking(async (opened) => {
    await fourRuns(opened);
    for (const [orderBy, expected] of [
      [undefined, "dcba"],
      ["metrics.`val acc`", "abcd"],
      ["params.lr DESC", "dcba"],
    ] as const) {
      let seen = "";
      let cursor: string | undefined;
      do {
        const page = await opened.tracking.runs.search({ orderBy, limit: 1, cursor });
        seen += page.items.map(({ name }) => name).join("");
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      assert.equal(seen, expected);
    }
  }));

test("a run that starts between two pages shifts neither", () =>
  withTracking(async (opened) => {
    await fourRuns(opened);
    const { runs } = opened.tracking;
    const first = await runs.search({ limit: 2 });
    await runs.create({ name: "e" });
    const second = await runs.search({ limit: 2, cursor: first.nextCursor });
    assert.deepEqual(
      second.items.map(({ name }) => name),
      ["b", "a"],
    );
  }));

test("a filter that says nothing searchable is refused with what was expected", () =>
  withTracking(async (opened) => {
    const bad = [
      "metrics.acc",
      "metrics.acc >",
      "metrics.acc > 'x'",
      "params.lr = 0.1",
      "params.lr > '1'",
      "params.lr = '1' or params.lr = '2'",
      "secrets.key = 'x'",
      "attributes.password = 'x'",
      "attributes.__proto__ = 'x'",
      "status = 'sleeping'",
      "status > 'running'",
      "run_id in ()",
      "a = 'unclosed",
      "= 1",
      "metrics.a = 1;",
      "x".repeat(10_001),
      Array.from({ length: 41 }, () => "metrics.a > 1").join(" and "),
    ];
    for (const filter of bad)
      await assert.rejects(
        opened.tracking.runs.search({ filter }),
        { code: "TRACKING_FILTER" },
        filter,
      );
    for (const orderBy of ["secrets.a", "metrics.a sideways", "1=1; drop table runs"])
      await assert.rejects(
        opened.tracking.runs.search({ orderBy }),
        { code: "TRACKING_FILTER" },
        orderBy,
      );
  }));

test("a cursor of another search, or made up, is refused", () =>
  withTracking(async (opened) => {
    await fourRuns(opened);
    const { runs } = opened.tracking;
    const { nextCursor } = await runs.search({ limit: 1 });
    const madeUp = Buffer.from('["x",{"a":1}]').toString("base64url");
    for (const search of [
      { cursor: nextCursor, filter: "params.lr = '0.1'" },
      { cursor: "!!" },
      { cursor: madeUp },
    ])
      await assert.rejects(runs.search(search), { code: "TRACKING_CURSOR" });
    for (const limit of [0, 1001, 1.5, Number.NaN])
      await assert.rejects(runs.search({ limit }), { code: "TRACKING_INVALID" });
  }));

test("removed runs are found only when asked for", () =>
  withTracking(async (opened) => {
    await fourRuns(opened);
    const { runs } = opened.tracking;
    const [d] = (await runs.search({ limit: 1 })).items;
    await runs.remove(d?.id ?? "");
    assert.equal(await names(opened, {}), "cba");
    assert.equal(await names(opened, { view: "removed" }), "d");
    assert.equal(await names(opened, { view: "all" }), "dcba");
    await runs.restore(d?.id ?? "");
    assert.equal(await names(opened, {}), "dcba");
  }));
