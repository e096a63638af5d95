import assert from "node:assert/strict";
import { test } from "node:test";
import { halves, heatOf, measures, sidesOf } from "./sides.ts";
import { byTimesMoved, cellWords, heatOfCell, requestOf, type TimelineCell } from "./timeline.ts";
import { checkId, checkWords, type Outcome, qualityVerdict, stripOf } from "./words.ts";

const range = { kind: "range", column: "star_rating", min: 1, max: 5 };
const filled = { kind: "complete", column: "body", share: 0.9 };

function run(at: number, passed: boolean, severity: "error" | "warning" = "error"): Outcome {
  const result = {
    check: range,
    severity,
    passed,
    observed: "3 of 10 values are not",
    expected: "",
    message: "",
  };
  return { at, dataset: "reviews", version: at, passed, results: [result] };
}

test("checks are told in words", () => {
  assert.equal(checkWords(range), "star_rating is between 1 and 5");
  assert.equal(checkWords(filled), "body is filled in 90 % of rows");
  assert.equal(
    checkWords({ kind: "rowCount", min: 2500 } as never),
    "there are at least 2,500 rows",
  );
});

test("a check keeps its history when its severity changes or its members are written in another order", () => {
  const other = {
    max: 5,
    min: 1,
    column: "star_rating",
    kind: "range",
    severity: "warning" as const,
  };
  assert.equal(checkId(range), checkId(other));
  const strip = stripOf(other, [run(2, true), run(1, false)]);
  assert.deepEqual(
    strip.map(({ at, result }) => [at, result?.passed]),
    [
      [1, false],
      [2, true],
    ],
  );
  assert.deepEqual(stripOf(filled, [run(1, true)])[0]?.result, undefined);
});

test("the verdict says what failed and whether the gate is closed", () => {
  assert.equal(qualityVerdict("reviews", [], 0).tone, "plain");
  assert.deepEqual(qualityVerdict("reviews", [run(0, true)], 0), {
    text: "All 1 check of reviews passed just now.",
    tone: "good",
  });
  assert.deepEqual(qualityVerdict("reviews", [run(0, false)], 0), {
    text: "1 of 1 check of reviews failed just now. Expected: star_rating is between 1 and 5. The gate is closed.",
    tone: "bad",
  });
  assert.equal(qualityVerdict("reviews", [run(0, false, "warning")], 0).tone, "warn");
});

test("a range of days is cut in two periods that touch and hold every day", () => {
  assert.deepEqual(halves("2024-01-01", "2024-01-04"), {
    from: "2024-01-01",
    fromEnd: "2024-01-03",
    to: "2024-01-03",
    toEnd: "2024-01-05",
  });
  assert.equal(halves("2024-01-01", "2024-01-01"), undefined);
});

test("sides that say nothing, or end before they begin, are not asked for", () => {
  const empty = { column: "", fromEnd: "", toEnd: "" };
  assert.equal(sidesOf({ by: "version", from: "1", to: "1", ...empty }), undefined);
  assert.deepEqual(sidesOf({ by: "version", from: "0", to: "2", ...empty }), {
    from: { version: 0 },
    to: { version: 2 },
  });
  const days = { by: "date", column: "day", fromEnd: "2024-02-01", toEnd: "2024-03-01" } as const;
  assert.equal(sidesOf({ ...days, from: "2024-02-01", to: "2024-02-01" }), undefined);
  assert.deepEqual(sidesOf({ ...days, from: "2024-01-01", to: "2024-02-01" })?.to, {
    period: { column: "day", from: "2024-02-01", to: "2024-03-01" },
  });
});

test("a cell is half red where its measure begins to matter, and pale where chance may have done it", () => {
  const column = {
    name: "star",
    kind: "category" as const,
    method: "chi-squared",
    statistic: 1,
    pValue: 0.5,
    effect: 0.1,
    drifted: true,
    measures: { populationStability: 1 },
    missing: { from: 0.1, to: 0 },
    message: "",
  };
  assert.deepEqual(
    measures.map((measure) => heatOf(column, measure)?.heat),
    [0.5, undefined, 1, 1],
  );
  const chance = { ...column, drifted: false };
  assert.deepEqual(
    measures.map((measure) => heatOf(chance, measure)?.heat),
    [0.3, undefined, 0.3, 0.3],
  );
});

test("the map asks for what the address says and leaves out what it says wrongly", () => {
  const none = { on: "", unit: "", against: "" };
  assert.deepEqual(requestOf(none), {});
  assert.deepEqual(requestOf({ ...none, unit: "month", against: "3" }), {
    reference: { version: 3 },
  });
  assert.deepEqual(requestOf({ on: "day", unit: "month", against: "2024-01-01:2024-02-01" }), {
    by: "day",
    unit: "month",
    reference: { period: { column: "day", from: "2024-01-01", to: "2024-02-01" } },
  });
  assert.deepEqual(requestOf({ on: "day", unit: "constructor", against: "3" }), { by: "day" });
});

test("a cell of the map is half red from 0.25 on, pale where chance may have done it, and says so", () => {
  const cell = (value: number | null, drifted = true): TimelineCell => {
    return { value, chance: 0, pValue: null, missing: 0, drifted };
  };
  assert.deepEqual(
    [cell(0.25), cell(9), cell(9, false), cell(null)].map(heatOfCell),
    [0.5, 1, 0.3, 0],
  );
  const step = { label: "2024-05", side: {}, rows: 1 };
  assert.equal(cellWords("price", step, cell(0.3)), "price, 2024-05: moved, stability index 0.30");
  assert.equal(cellWords("price", step, cell(null)), "price, 2024-05: nothing to compare");
  const column = (name: string, cells: TimelineCell[]) => ({
    name,
    kind: "number" as const,
    cells,
  });
  assert.deepEqual(
    byTimesMoved([
      column("far", [cell(9, false)]),
      column("once", [cell(0.2), cell(0, false)]),
      column("twice", [cell(0.1), cell(0.1)]),
    ]).map(({ name }) => name),
    ["twice", "once", "far"],
  );
});
