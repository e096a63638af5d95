import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createSqlRunner } from "../sql/runner.ts";
import type { SqlRunner } from "../sql/types.ts";
import { writtenLake } from "../sql/written-lake.ts";
import { compareColumn } from "./comparison.ts";

let written: Awaited<ReturnType<typeof writtenLake>>;
let runner: SqlRunner;
const columns = { star: "INTEGER", price: "DOUBLE", body: "VARCHAR", gone: "VARCHAR" } as const;

before(async () => {
  written = await writtenLake();
  // Four rows of stars 1, 1, 2, 5 and prices 0..9600; then stars 5, 5, 5, 10 beside them in version 1.
  await written.write("sales", 0, {
    select: `select unnest([1, 1, 2, 5])::integer as star, unnest([0, 3200, 6400, 9600])::double as price,
      unnest(['good tea', 'good tea', 'good tea', 'good tea good tea']) as body, null::varchar as gone`,
    columns,
  });
  await written.write("sales", 1, {
    select: `select unnest([5, 5, 5, 10])::integer as star, 9600::double as price, 'bad bad tea' as body, 'x' as gone from range(1)`,
    columns,
  });
  runner = createSqlRunner({ lake: written.lake, processes: 1 });
});
after(async () => {
  await runner.close();
  await written.remove();
});

const sides = { dataset: "sales", from: { version: 0 }, to: { version: 1 } };

test("categories that are numbers stand in their own order, with the shares of both sides", async () => {
  const { cells, filled } = await compareColumn(runner, {
    ...sides,
    column: "star",
    kind: "category",
  });
  assert.deepEqual(filled, { from: 4, to: 8 });
  assert.deepEqual(cells, [
    { label: "1", from: 0.5, to: 0.25 },
    { label: "2", from: 0.25, to: 0.125 },
    { label: "5", from: 0.25, to: 0.5 },
    { label: "10", from: 0, to: 0.125 },
  ]);
});

test("numbers fall into bins of one width, and each side sums to one", async () => {
  const { cells } = await compareColumn(runner, { ...sides, column: "price", kind: "number" });
  assert.equal(cells.length, 24);
  assert.equal(cells[0]?.label, "0 to 400");
  assert.deepEqual(
    cells.filter(({ from }) => from > 0).map(({ from }) => from),
    [0.25, 0.25, 0.25, 0.25],
  );
  assert.equal(cells.at(-1)?.to, 5 / 8);
  for (const side of ["from", "to"] as const)
    assert.equal(
      cells.reduce((sum, cell) => sum + cell[side], 0),
      1,
    );
});

test("words come with the one that moved most first", async () => {
  const { cells } = await compareColumn(runner, { ...sides, column: "body", kind: "text" });
  // Before 5 of 10 words are "good" and 5 "tea"; after 5 and 9 of 22, beside 8 times "bad".
  assert.deepEqual(
    cells.map(({ label, from, to }) => [label, from, Number(to.toFixed(4))]),
    [
      ["bad", 0, 0.3636],
      ["good", 0.5, 0.2273],
      ["tea", 0.5, 0.4091],
    ],
  );
});

test("a column that is not there and a side without values say so", async () => {
  await assert.rejects(compareColumn(runner, { ...sides, column: 'star" --', kind: "category" }), {
    code: "QUALITY_COLUMN",
  });
  await assert.rejects(compareColumn(runner, { ...sides, column: "gone", kind: "category" }), {
    code: "QUALITY_EMPTY",
  });
});
