import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { createSqlRunner } from "./runner.ts";
import type { SqlRunner } from "./types.ts";
import { writtenLake } from "./written-lake.ts";

let written: Awaited<ReturnType<typeof writtenLake>>;
let runner: SqlRunner;

before(async () => {
  written = await writtenLake();
  const columns = { id: "INTEGER", shelf: "VARCHAR" } as const;
  const select =
    "select i::integer as id, case when i % 2 = 0 then 'tea' else 'Ä/ö %' end as shelf";
  await written.write("sales", 0, {
    select: `${select} from range(10) t(i)`,
    columns,
    partitionBy: "shelf",
  });
  await written.write("stock", 0, {
    select: "select 1::integer as id, 'tea' as shelf",
    columns,
  });
  runner = createSqlRunner({ lake: written.lake, processes: 1 });
});

after(async () => {
  await runner.close();
  await written.remove();
});

test("a dataset is a view, with its partition column and without _batch", async () => {
  const { columns, rows, versions } = await runner.run("from sales order by id limit 2");
  assert.deepEqual(columns, [
    { name: "id", type: "INTEGER" },
    { name: "shelf", type: "VARCHAR" },
  ]);
  assert.deepEqual(rows, [
    [0, "tea"],
    [1, "Ä/ö %"],
  ]);
  assert.deepEqual(versions, { sales: 0 });
});

test("a lake given relative to the working folder is the same lake", async () => {
  const own = createSqlRunner({ lake: relative(process.cwd(), written.lake), processes: 1 });
  assert.deepEqual((await own.run("select count(*) from sales")).rows, [[10]]);
  await own.close();
});

test("two datasets join, and both versions are told", async () => {
  const { rows, versions } = await runner.run(
    "select count(*) from sales join stock using (shelf) where sales.id < 5",
  );
  assert.deepEqual([rows, versions], [[[3]], { sales: 0, stock: 0 }]);
});

test("a new version is seen by the next run, and an old one on request", async () => {
  await written.write("moving", 0, { select: "select 1::integer as n", columns: { n: "INTEGER" } });
  const sum = "select sum(n) from moving";
  assert.deepEqual((await runner.run(sum)).rows, [[1]]);
  await written.write("moving", 1, { select: "select 5::integer as n", columns: { n: "INTEGER" } });
  const now = await runner.run(sum);
  assert.deepEqual([now.rows, now.versions], [[[6]], { moving: 1 }]);
  const then = await runner.run(sum, { versions: { moving: 0 } });
  assert.deepEqual([then.rows, then.versions], [[[1]], { moving: 0 }]);
});

test("values are safe as JSON: big integers and NaN as text, dates as ISO 8601", async () => {
  const { rows } = await runner.run(`select 9007199254740991, 9007199254740993, 'nan'::double, 0.25,
    date '2015-08-31', timestamptz '2015-08-31 12:00:00.5+02', [1, null], {'a': true}, null, unhex('c3a9')`);
  const [row = []] = rows;
  assert.deepEqual(JSON.parse(JSON.stringify(row)), row);
  assert.deepEqual(row, [
    9007199254740991,
    "9007199254740993",
    "NaN",
    0.25,
    "2015-08-31",
    "2015-08-31T10:00:00.500Z",
    [1, null],
    { a: true },
    null,
    "w6k=",
  ]);
});

test("rows beyond the limit are cut off, and the answer says so", async () => {
  const few = await runner.run("from range(100000)", { maxRows: 3 });
  assert.deepEqual([few.rows, few.truncated], [[[0], [1], [2]], true]);
  const exact = await runner.run("from range(3)", { maxRows: 3 });
  assert.deepEqual([exact.rowCount, exact.truncated], [3, false]);
});

test("bytes beyond the limit are cut off; a first row that is too large is an error", async () => {
  const cut = await runner.run("select repeat('x', 50) from range(100)", {
    limits: { bytes: 170 },
  });
  // A row is ["x…"] and a separator: 55 bytes; three fit.
  assert.deepEqual([cut.rowCount, cut.truncated], [3, true]);
  const large = runner.run("select repeat('x', 500)", { limits: { bytes: 100 } });
  await assert.rejects(large, { code: "SQL_RESULT_TOO_LARGE" });
});

const runaways = {
  "a cross join": "select count(*) from range(1000000000000) a, range(1000000) b",
  "a recursion without end":
    "with recursive t(n) as (select 1 union all select n + 1 from t) select count(*) from t",
  "one call that never looks up": "select length(repeat('x', 2000000000))",
  "a long row function":
    "select count(*) from range(100000000) t(i) where sha256(i::varchar || repeat('x', 1000)) = 'x'",
};

for (const [name, sql] of Object.entries(runaways)) {
  test(`${name} ends at the time limit and the runner answers again`, async () => {
    await assert.rejects(runner.run(sql, { limits: { timeMs: 200 } }), { code: "SQL_TIMEOUT" });
    assert.deepEqual((await runner.run("select 1")).rows, [[1]]);
  });
}

test("an aborted statement ends, and one that was aborted before never starts", async () => {
  const controller = new AbortController();
  const running = runner.run(runaways["a cross join"], { signal: controller.signal });
  controller.abort();
  await assert.rejects(running, { code: "SQL_CANCELLED" });
  await assert.rejects(runner.run("select 1", { signal: controller.signal }), {
    code: "SQL_CANCELLED",
  });
  assert.deepEqual((await runner.run("select 1")).rows, [[1]]);
});

test("a statement that waits for a process can be aborted while it waits", async () => {
  const first = runner.run(runaways["a cross join"], { limits: { timeMs: 300 } });
  const controller = new AbortController();
  const second = runner.run("select 1", { signal: controller.signal });
  const third = runner.run("select 3");
  controller.abort();
  await assert.rejects(second, { code: "SQL_CANCELLED" });
  await assert.rejects(first, { code: "SQL_TIMEOUT" });
  assert.deepEqual((await third).rows, [[3]]);
});

test("memory has a limit, inside DuckDB and outside", async () => {
  await assert.rejects(
    runner.run("select list(i) from range(500000000) t(i)", { limits: { memory: "100MB" } }),
    { code: "SQL_MEMORY" },
  );
  // repeat() is one allocation that DuckDB's own limit does not see; the watchdog does.
  await assert.rejects(
    runner.run("select length(repeat('x', 2000000000))", { limits: { memory: "20MB" } }),
    { code: "SQL_MEMORY", message: /the process reached/ },
  );
  assert.deepEqual((await runner.run("select 1")).rows, [[1]]);
});

test("what does not fit in memory goes to the process's own temporary folder", async () => {
  const { rows } = await runner.run(
    "select count(distinct h), count(*) from (select hash(i)::varchar as h from range(1500000) t(i))",
    { limits: { memory: "80MB", threads: 2 } },
  );
  assert.deepEqual(rows, [[1_500_000, 1_500_000]]);
});

test("an unknown dataset is named, with those that exist", async () => {
  await assert.rejects(runner.run("select * from saless"), {
    code: "SQL_UNKNOWN_DATASET",
    message: /"saless"; there are .*sales, stock/,
  });
});

test("limits that make no sense are refused", async () => {
  for (const limits of [{ timeMs: 0 }, { rows: 1.5 }, { memory: "lots" }, { threads: -1 }])
    await assert.rejects(runner.run("select 1", { limits }), { code: "SQL_LIMIT" });
});

test("a SQL function from a module runs in the child, with NULLs, in any thread count", async () => {
  const module = join(written.root, "functions.mjs");
  await writeFile(
    module,
    `export const createSqlFunctions = ({ suffix }) => [
      { name: "shout", parameters: ["VARCHAR"], returns: "VARCHAR",
        call: ([texts], rows) => texts.map((text) => text === null ? "nothing" : text.toUpperCase() + suffix) },
      { name: "twice", parameters: ["BIGINT"], returns: "BIGINT", call: ([n]) => n.map((one) => one === null ? null : one * 2) },
      { name: "fails", parameters: ["VARCHAR"], returns: "VARCHAR", call: () => { throw new Error("no model") } },
      { name: "env", parameters: [], returns: "VARCHAR", volatile: true, call: (_c, rows) => Array(rows).fill(Object.keys(process.env).filter((k) => k !== "NODE_CHANNEL_FD" && k !== "NODE_CHANNEL_SERIALIZATION_MODE" && k !== "NODE_UNIQUE_ID").join()) },
    ];`,
  );
  const functions = { module: pathToFileURL(module).href, options: { suffix: "!" } };
  const own = createSqlRunner({ lake: written.lake, functions, processes: 1 });
  try {
    const shouted = await own.run("select shout(shelf), shout(null) from sales where id = 0");
    assert.deepEqual(shouted.rows, [["TEA!", "nothing"]]);
    const sum = await own.run("select sum(twice(i)), count(twice(null)) from range(300000) t(i)");
    assert.deepEqual(sum.rows, [[299999 * 300000, 0]]);
    await assert.rejects(own.run("select fails('x')"), { code: "SQL_FAILED", message: /no model/ });
    assert.deepEqual(
      (await own.run("select env()")).rows,
      [["TZ"]],
      "the child has no environment",
    );
  } finally {
    await own.close();
  }
});

test("a module that cannot be loaded is a clear error of each run", async () => {
  const functions = { module: "file:///nowhere/functions.mjs", options: null };
  const own = createSqlRunner({ lake: written.lake, functions, processes: 1 });
  await assert.rejects(own.run("select 1"), { code: "SQL_FUNCTIONS" });
  await own.close();
});

test("a function that takes the whole process down costs one run", async () => {
  const module = join(written.root, "crash.mjs");
  await writeFile(
    module,
    `export const createSqlFunctions = () => [{ name: "crash", parameters: [], returns: "VARCHAR", volatile: true, call: () => process.abort() }];`,
  );
  const functions = { module: pathToFileURL(module).href, options: null };
  const own = createSqlRunner({ lake: written.lake, functions, processes: 1 });
  await assert.rejects(own.run("select crash()"), { code: "SQL_CRASHED" });
  assert.deepEqual((await own.run("select 1")).rows, [[1]]);
  await own.close();
});

test("closing ends what runs and refuses what comes", async () => {
  const own = createSqlRunner({ lake: written.lake, processes: 1 });
  await own.run("select 1");
  const running = own.run(runaways["a cross join"]);
  const waiting = own.run("select 1");
  const settled = Promise.allSettled([running, waiting]);
  await own.run("select 1", { signal: AbortSignal.abort() }).catch(() => undefined);
  await own.close();
  for (const one of await settled)
    assert.equal(one.status === "rejected" && one.reason.code, "SQL_CLOSED");
  await assert.rejects(own.run("select 1"), { code: "SQL_CLOSED" });
});

test("a lake without datasets still answers", async () => {
  const own = createSqlRunner({ lake: join(written.root, "none"), processes: 1 });
  assert.deepEqual((await own.run("show tables")).rows, []);
  await own.close();
});
