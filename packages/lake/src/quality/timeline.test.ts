import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createSqlRunner } from "../sql/runner.ts";
import type { SqlRunner } from "../sql/types.ts";
import { writtenLake } from "../sql/written-lake.ts";
import { periodsOf } from "./periods.ts";
import { driftTimeline } from "./timeline.ts";

let written: Awaited<ReturnType<typeof writtenLake>>;
let runner: SqlRunner;
const columns = {
  color: "VARCHAR",
  price: "INTEGER",
  note: "VARCHAR",
  words: "VARCHAR",
  day: "DATE",
} as const;

/** 100 rows of a month: colours a and b, prices from a list in turn, the note missing in some. */
function month(
  day: string,
  { a, price, note }: { a: number; price: string; note: number },
): string {
  return `select case when i < ${a} then 'a' else 'b' end as color, ${price}::integer as price,
    case when i < ${note} then 'note' end as note,
    case when ${note} = 100 then 'good tea and good cups to have' else 'broken machine came back once more' end as words,
    date '${day}' as day from range(100) as t(i)`;
}

before(async () => {
  written = await writtenLake();
  const even = { a: 50, price: "i % 10 + 1", note: 100 };
  const months = ["2024-01-10", "2024-02-20", "2024-03-01"].map((day) => month(day, even));
  // In May, after a month of nothing: 80 of 100 are a, every price is 10, and half of the notes are gone.
  const may = month("2024-05-31", { a: 80, price: "10", note: 50 });
  await written.write("sales", 0, { select: months.join(" union all "), columns });
  await written.write("sales", 1, { select: may, columns });
  runner = createSqlRunner({ lake: written.lake, processes: 1 });
});
after(async () => {
  await runner.close();
  await written.remove();
});

function rounded(value: number | null | undefined): number {
  return Number((value ?? NaN).toFixed(4));
}

test("months stand against the first quarter of them, each with its population stability index", async () => {
  const found = await driftTimeline(runner, {
    dataset: "sales",
    over: { column: "day", unit: "month" },
  });
  assert.equal(found.by, "month");
  // Five months, one quarter of them is the first two: January and February.
  assert.deepEqual(found.reference, {
    label: "2024-01 to 2024-02",
    side: { period: { column: "day", from: "2024-01-01", to: "2024-03-01" } },
    rows: 200,
  });
  assert.deepEqual(
    found.steps.map(({ label, rows }) => `${label} ${rows}`),
    ["2024-01 100", "2024-02 100", "2024-03 100", "2024-04 0", "2024-05 100"],
  );
  const values = Object.fromEntries(
    found.columns.map(({ name, cells }) => [name, cells.map(({ value }) => value)]),
  );
  assert.deepEqual(values["color"]?.slice(0, 4), [0, 0, 0, null]);
  // (0.8 - 0.5) ln(0.8 / 0.5) + (0.2 - 0.5) ln(0.2 / 0.5)
  assert.equal(rounded(values["color"]?.[4]), 0.4159);
  // Nine empty deciles count as 1e-4: 9 (0.1 - 1e-4) ln 1000 + (1 - 0.1) ln 10
  assert.equal(rounded(values["price"]?.[4]), 8.2831);
  // Half of the notes became rows without a value: (0.5 - 1e-4) ln 5000 + (1 - 0.5) ln 2
  assert.equal(rounded(values["note"]?.[4]), 4.6043);
  assert.equal(found.columns.find(({ name }) => name === "note")?.cells[4]?.missing, 0.5);
});

test("what moved is said with the time it moved first", async () => {
  const { columns: found, verdict } = await driftTimeline(runner, {
    dataset: "sales",
    over: { column: "day", unit: "month" },
  });
  for (const { name, cells } of found)
    assert.deepEqual(
      cells.map(({ drifted }) => drifted),
      [false, false, false, false, true],
      name,
    );
  assert.match(verdict, /^Drift: 4 of 4 columns moved against 2024-01 to 2024-02: /);
  assert.match(verdict, /color \(1 of 5 periods, first 2024-05\)/);
});

test("versions stand against the first one, or the one asked for", async () => {
  const versions = [0, 1];
  const found = await driftTimeline(runner, { dataset: "sales", over: { versions } });
  assert.deepEqual(
    found.steps.map(({ label, rows }) => `${label} ${rows}`),
    ["version 0 300", "version 1 400"],
  );
  const color = found.columns.find(({ name }) => name === "color")?.cells;
  // 230 of 400 are a: (0.575 - 0.5) ln(0.575 / 0.5) + (0.425 - 0.5) ln(0.425 / 0.5)
  assert.deepEqual(
    color?.map(({ value, drifted }) => [rounded(value), drifted]),
    [
      [0, false],
      [0.0227, false],
    ],
  );
  const other = await driftTimeline(runner, {
    dataset: "sales",
    over: { versions },
    reference: { version: 1 },
  });
  assert.equal(other.reference.label, "version 1");
  assert.equal(rounded(other.columns[0]?.cells[1]?.value), 0);
});

test("a column without dates and a reference without rows say so", async () => {
  const dataset = "sales";
  await assert.rejects(driftTimeline(runner, { dataset, over: { column: "color" } }), {
    code: "QUALITY_COLUMN",
    message: /there are day/,
  });
  const period = { column: "day", from: "1999-01-01", to: "2000-01-01" };
  await assert.rejects(
    driftTimeline(runner, { dataset, over: { column: "day" }, reference: { period } }),
    { code: "QUALITY_EMPTY" },
  );
});

test("time is cut in the finest steps that fit; of more the latest are kept", () => {
  const cut = (first: string, last: string, unit?: "week" | "quarter") =>
    periodsOf({ column: "day", first, last }, { ...(unit && { unit }), most: 24 });
  const labels = (found: ReturnType<typeof cut>) => found.periods.map(({ label }) => label);
  assert.equal(cut("2024-01-01", "2024-01-24").unit, "day");
  assert.equal(cut("2024-01-01", "2024-01-25").unit, "week");
  assert.equal(cut("2022-01-31", "2023-12-01").unit, "month");
  assert.equal(cut("2020-01-01", "2024-06-01").unit, "quarter");
  assert.deepEqual(labels(cut("2024-02-29", "2024-03-04", "week")), [
    "week of 2024-02-26",
    "week of 2024-03-04",
  ]);
  const quarters = cut("2023-12-31", "2024-04-01", "quarter");
  assert.deepEqual(labels(quarters), ["2023 Q4", "2024 Q1", "2024 Q2"]);
  assert.deepEqual(quarters.periods[1]?.side.period, {
    column: "day",
    from: "2024-01-01",
    to: "2024-04-01",
  });
  const years = cut("0001-01-01", "2024-01-01");
  assert.deepEqual(
    [years.unit, years.periods.length, years.periods.at(-1)?.label],
    ["year", 24, "2024"],
  );
});
