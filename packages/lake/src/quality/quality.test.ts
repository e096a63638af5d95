import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { manualClock } from "@souk/core";
import { createSqlRunner } from "../sql/runner.ts";
import type { SqlRunner } from "../sql/types.ts";
import { writtenLake } from "../sql/written-lake.ts";
import { type Check, checksPassed, runChecks, suggestChecks } from "./checks.ts";
import { drift } from "./drift.ts";
import { openCheckHistory } from "./history.ts";
import { estimateDistinct, registersSql } from "./hyperloglog.ts";
import { profile } from "./profile.ts";

const DAY = 86_400_000;
let written: Awaited<ReturnType<typeof writtenLake>>;
let runner: SqlRunner;

const columns = {
  id: "VARCHAR",
  star: "INTEGER",
  price: "DOUBLE",
  mail: "VARCHAR",
  body: "VARCHAR",
  day: "DATE",
} as const;

/** 1,000 rows: star 1..5 in turn, price 0..999, every tenth mail missing. */
const first = `select 'r' || i as id, (i % 5 + 1)::integer as star, i::double as price,
  case when i % 10 = 0 then null else 'p' || (i % 40) || '@shop.example' end as mail,
  'the tea was number ' || i || ' and I liked it very much' as body,
  date '2024-01-01' + (i % 100)::integer as day from range(1000) t(i)`;

before(async () => {
  written = await writtenLake();
  await written.write("sales", 0, { select: first, columns });
  const same = first
    .replace("range(1000)", "range(1000, 2000)")
    .replace("i::double", "(i - 1000)::double");
  await written.write("sales", 1, { select: same, columns });
  const moved = first
    .replace("(i % 5 + 1)", "(case when i % 5 < 3 then 5 else 1 end)")
    .replace("i::double", "(i + 900)::double")
    .replace("the tea was number", "broken coffee machine returned again")
    .replace("i % 10 = 0", "i % 2 = 0");
  await written.write("sales", 2, { select: moved.replace("'r'", "'s'"), columns });
  await written.write("people", 0, {
    select: "select 'p' || i || '@shop.example' as mail from range(1, 40) t(i)",
    columns: { mail: "VARCHAR" },
  });
  runner = createSqlRunner({ lake: written.lake, processes: 1 });
});

after(async () => {
  await runner.close();
  await written.remove();
});

async function check(one: Check, version = 0) {
  const clock = manualClock(Date.UTC(2024, 3, 19));
  const [result] = await runChecks(runner, "sales", [one], { clock, version });
  assert.ok(result);
  return result;
}

test("a profile of numbers has the moments and quantiles worked by hand", async () => {
  const { rows, columns: found } = await profile(runner, "sales", { version: 0 });
  const price = found.find((column) => column.name === "price");
  assert.equal(rows, 1000);
  assert.equal(price?.kind, "number");
  assert.equal(price.mean, 499.5);
  // The variance of 0..n-1 over n-1 is n (n + 1) / 12.
  assert.ok(Math.abs((price.deviation ?? 0) - Math.sqrt((1000 * 1001) / 12)) < 1e-9);
  assert.deepEqual(price.quantiles, {
    "0.05": 49.95,
    "0.25": 249.75,
    "0.5": 499.5,
    "0.75": 749.25,
    "0.95": 949.05,
  });
});

test("a profile tells ids, categories, texts, times, missing values and forms apart", async () => {
  const { columns: found } = await profile(runner, "sales", { version: 0 });
  const kinds = Object.fromEntries(found.map((column) => [column.name, column.kind]));
  assert.deepEqual(kinds, {
    id: "id",
    star: "category",
    price: "number",
    mail: "category",
    body: "text",
    day: "time",
  });
  const mail = found.find((column) => column.name === "mail");
  assert.deepEqual(
    [mail?.missing, mail?.completeness, mail?.pattern, mail?.distinct],
    [100, 0.9, "email", 36],
  );
  const star = found.find((column) => column.name === "star");
  assert.deepEqual(star?.top[0], { value: "1", count: 200 });
});

test("HyperLogLog counts 1 to 300,000 distinct values within 2.5 %, three standard errors", async () => {
  for (const n of [1, 10, 1000, 20_000, 50_000, 96_243, 300_000]) {
    const sql = registersSql("v", `(select 'user-' || i as v from range(${n}) t(i))`);
    const { rows } = await runner.run(sql, { maxRows: 20_000 });
    const got = estimateDistinct(rows.map((row) => Number(row[1])));
    assert.ok(Math.abs(got - n) <= Math.max(0.025 * n, 0.5), `${got} for ${n}`);
  }
});

test("HyperLogLog of a union is that of the larger rank in each register", async () => {
  const registers = async (from: number, to: number): Promise<Map<number, number>> => {
    const sql = registersSql("v", `(select i as v from range(${from}, ${to}) t(i))`);
    const { rows } = await runner.run(sql, { maxRows: 20_000 });
    return new Map(rows.map((row) => [Number(row[0]), Number(row[1])]));
  };
  const merged = await registers(0, 6000);
  for (const [register, rank] of await registers(4000, 9000))
    merged.set(register, Math.max(rank, merged.get(register) ?? 0));
  const whole = await registers(0, 9000);
  assert.equal(estimateDistinct([...merged.values()]), estimateDistinct([...whole.values()]));
});

test("a large dataset is profiled with sketches and says so", async () => {
  const { columns: found } = await profile(runner, "sales", { version: 0, exactUpTo: 10 });
  const id = found.find((column) => column.name === "id");
  assert.equal(id?.distinctExact, false);
  assert.ok(Math.abs((id?.distinct ?? 0) - 1000) <= 25);
});

const holding: readonly Check[] = [
  { kind: "rowCount", min: 1000, max: 1000 },
  { kind: "type", column: "star", type: "INTEGER" },
  { kind: "range", column: "star", min: 1, max: 5 },
  { kind: "range", column: "day", min: "2024-01-01", max: "2024-04-09" },
  { kind: "inSet", column: "star", values: [1, 2, 3, 4, 5] },
  { kind: "unique", columns: ["id"] },
  { kind: "unique", columns: ["star", "price"] },
  { kind: "complete", column: "mail", share: 0.9 },
  { kind: "regex", column: "mail", regex: "p[0-9]+@shop[.]example" },
  { kind: "foreignKey", column: "mail", dataset: "people", otherColumn: "mail" },
  { kind: "monotone", column: "price", orderBy: "price" },
  { kind: "freshness", column: "day", maxAgeMs: 10 * DAY },
];

for (const one of holding) {
  test(`holds: ${JSON.stringify(one)}`, async () => {
    const result = await check(one);
    assert.ok(result.passed, result.message);
  });
}

const failing: readonly [Check, RegExp][] = [
  [{ kind: "rowCount", min: 1001 }, /expected at least 1001 rows; observed 1000 rows/],
  [{ kind: "type", column: "star", type: "DOUBLE" }, /expected DOUBLE; observed INTEGER/],
  [
    { kind: "range", column: "star", max: 4 },
    /expected at most 4; observed 200 of 1000 values are not/,
  ],
  [
    { kind: "inSet", column: "star", values: [1, 2] },
    /one of 1, 2; observed 600 of 1000 values are not/,
  ],
  [{ kind: "unique", columns: ["star"] }, /observed 5 repeated keys in 1000 rows/],
  [{ kind: "complete", column: "mail" }, /observed 100 of 1000 rows are not/],
  [
    { kind: "regex", column: "mail", regex: "p[0-9]@.*", share: 0.99 },
    /observed 675 of 900 values are not/,
  ],
  [
    { kind: "foreignKey", column: "id", dataset: "people", otherColumn: "mail" },
    /1000 of 1000 values are not/,
  ],
  [{ kind: "monotone", column: "star", orderBy: "price" }, /observed falls 199 times/],
  [{ kind: "freshness", column: "day", maxAgeMs: 9 * DAY }, /observed newest is 10 days old/],
  [{ kind: "complete", column: "nothing" }, /not checked: Binder Error/],
  [{ kind: "regex", column: "mail", regex: "(unclosed" }, /not checked: Invalid Input Error/],
  [
    { kind: "inSet", column: "mail", values: ["'); drop view sales; --"] },
    /900 of 900 values are not/,
  ],
];

for (const [one, message] of failing) {
  test(`fails in words: ${JSON.stringify(one)}`, async () => {
    const result = await check(one);
    assert.equal(result.passed, false);
    assert.match(result.message, message);
  });
}

test("a pattern that would stop a backtracking engine is harmless", async () => {
  const result = await check({ kind: "regex", column: "body", regex: "(([a-z ]+)+)+[0-9]!" });
  assert.equal(result.passed, false);
});

test("only a failed error closes the gate", async () => {
  const failed: Check = { kind: "rowCount", min: 5000 };
  const warned = await check({ ...failed, severity: "warning" });
  const broken = await check(failed);
  assert.deepEqual([checksPassed([warned]), checksPassed([warned, broken])], [true, false]);
});

test("suggested checks hold for the data they came from and fail for data that moved", async () => {
  const suggested = suggestChecks(await profile(runner, "sales", { version: 0 }));
  const kinds = new Set(suggested.map((one) => one.kind));
  for (const kind of ["rowCount", "type", "complete", "unique", "range", "regex"] as const)
    assert.ok(kinds.has(kind), `${kind} is suggested`);
  const now = await runChecks(runner, "sales", suggested, { version: 0 });
  assert.deepEqual(
    now.filter((result) => !result.passed),
    [],
  );
  const later = await runChecks(runner, "sales", suggested, { version: 2 });
  assert.deepEqual(
    later.filter((result) => !result.passed).map((result) => result.message.split(":")[1]?.trim()),
    ["price (range)", "mail (complete)"],
  );
});

test("the history of checks survives, newest first", async () => {
  const clock = manualClock(1000);
  const history = openCheckHistory(written.lake, "sales", { clock });
  assert.deepEqual(await history.list(), []);
  const results = [await check({ kind: "rowCount", min: 1 })];
  const one = await history.add({ version: 0, results });
  clock.advance(5);
  const two = await history.add({ version: 1, results });
  assert.deepEqual(await openCheckHistory(written.lake, "sales").list(), [two, one]);
  assert.deepEqual(await history.list({ limit: 1 }), [two]);
  assert.equal((await readdir(join(written.lake, "sales", "_checks"))).length, 2);
  assert.throws(() => openCheckHistory(written.lake, "../x"), { code: "QUALITY_HISTORY" });
});

test("rows that repeat what was there are no drift", async () => {
  const report = await drift(runner, {
    dataset: "sales",
    from: { version: 0 },
    to: { version: 1 },
    label: "star",
  });
  assert.equal(report.drifted, false, report.verdict);
  assert.deepEqual(report.rows, { from: 1000, to: 2000 });
  assert.match(
    report.verdict,
    /^No drift: none of 4 columns moved \(1000 rows before and 2000 after\)\. The label star did not move\.$/,
  );
});

test("a label, a number and missing values that moved are found, the label first", async () => {
  const report = await drift(runner, {
    dataset: "sales",
    from: { version: 1 },
    to: { version: 2 },
    label: "star",
  });
  const of = (name: string) => report.columns.find((column) => column.name === name);
  assert.equal(of("star")?.drifted, true);
  assert.equal(of("price")?.drifted, true);
  assert.match(of("mail")?.message ?? "", /missing 10 % before, 23.3 % after/);
  assert.match(
    report.verdict,
    /^Drift: 4 of 4 columns moved .*: star \("5" 20 % before, 33.3 % after\)/,
  );
  assert.match(report.verdict, /The label star itself moved/);
});

test("drift of texts is seen in their words", async () => {
  await written.write("notes", 0, {
    select: `select repeat('word' || (i % 90) || ' ', 30) || i as body, (date '2024-01-01' + (i // 100)::integer) as day,
      case when i < 1000 then 'good tea ' || repeat('fine ', 20) || i else 'bad coffee ' || repeat('cold ', 20) || i end as opinion from range(2000) t(i)`,
    columns: { body: "VARCHAR", day: "DATE", opinion: "VARCHAR" },
  });
  const period = (from: string, to: string) => ({ period: { column: "day", from, to } });
  const report = await drift(runner, {
    dataset: "notes",
    from: period("2024-01-01", "2024-01-11"),
    to: period("2024-01-11", "2024-02-01"),
  });
  assert.deepEqual(report.rows, { from: 1000, to: 1000 });
  assert.deepEqual(
    report.columns.map(({ name, kind, drifted }) => [name, kind, drifted]),
    [
      ["body", "text", false],
      ["opinion", "text", true],
    ],
  );
  assert.match(report.verdict, /opinion \(word "(?:fine|cold)"/);
});

test("a side without rows and a column that is not there are clear errors", async () => {
  const empty = { period: { column: "day", from: "1999-01-01", to: "1999-02-01" } };
  await assert.rejects(drift(runner, { dataset: "sales", from: empty, to: {} }), {
    code: "QUALITY_EMPTY",
  });
  await assert.rejects(drift(runner, { dataset: "sales", from: {}, to: {}, columns: ["x"] }), {
    code: "QUALITY_COLUMN",
  });
});
