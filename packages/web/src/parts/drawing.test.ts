import assert from "node:assert/strict";
import { test } from "node:test";
import { chartSpecOf, type ResultTable, sortOfColumn, suggestChart } from "./chart-spec.ts";
import { captionOf, drawingOf } from "./drawing.ts";
import { sentenceOf } from "./drawing-words.ts";

function answer(
  columns: Record<string, string>,
  ...rows: readonly (readonly unknown[])[]
): ResultTable {
  return { columns: Object.entries(columns).map(([name, type]) => ({ name, type })), rows };
}

/** The option of a chart; fails for anything else. */
function chartOf(...args: Parameters<typeof drawingOf>) {
  const drawing = drawingOf(...args);
  assert.ok(drawing.kind === "chart", JSON.stringify(drawing));
  return drawing;
}

const byCategory = answer(
  { product_category: "VARCHAR", stars: "DOUBLE" },
  ["Books", 4.5],
  ["Toys", 3.25],
  ["Home", 4],
);

test("columns are sorted by their types; whole numbers called year are periods", () => {
  const sorts = [
    { name: "a", type: "BIGINT" },
    { name: "review_year", type: "INTEGER" },
    { name: "a", type: "DECIMAL(18,2)" },
    { name: "a", type: "TIMESTAMP WITH TIME ZONE" },
    { name: "a", type: "VARCHAR" },
    { name: "a", type: "INTEGER[]" },
    { name: "a", type: "INTERVAL" },
  ].map(sortOfColumn);
  assert.deepEqual(sorts, ["number", "period", "number", "time", "words", "other", "other"]);
});

test("the chart that is suggested follows the types of the columns", () => {
  const cases: [string, ResultTable][] = [
    ["bar product_category stars", byCategory],
    ["number n", answer({ n: "BIGINT" }, [5])],
    ["line year stars", answer({ year: "INTEGER", stars: "DOUBLE" }, [2014, 1], [2015, 2])],
    [
      "line day stars category",
      answer(
        { category: "VARCHAR", day: "DATE", stars: "DOUBLE" },
        ["a", "2015-01-01", 1],
        ["b", "2015-01-01", 2],
      ),
    ],
    [
      "stacked-bar shop n star",
      answer({ shop: "VARCHAR", star: "VARCHAR", n: "BIGINT" }, ["a", "1", 1], ["a", "2", 2]),
    ],
    [
      "bar star_rating reviews",
      answer({ star_rating: "INTEGER", reviews: "BIGINT" }, [1, 10], [2, 5]),
    ],
    ["scatter a b", answer({ a: "DOUBLE", b: "DOUBLE" }, [1, 10], [1, 5])],
    ["histogram a", answer({ a: "DOUBLE" }, [1], [2])],
    ["table", answer({ name: "VARCHAR", n: "BIGINT" }, ["a", 1], ["a", 2])],
    ["table", answer({ name: "VARCHAR" }, ["a"], ["b"])],
    ["table", answer({ n: "BIGINT" })],
  ];
  for (const [expected, result] of cases) {
    const { kind, x, y, series } = suggestChart(result);
    assert.equal([kind, x, y, series].filter((one) => one !== undefined).join(" "), expected);
  }
});

test("bars keep the order of the answer, and long names lie on their side", () => {
  const { option, table } = chartOf({ kind: "bar", x: "product_category", y: "stars" }, byCategory);
  assert.deepEqual(table.rows, [
    ["Books", 4.5],
    ["Toys", 3.25],
    ["Home", 4],
  ]);
  assert.equal(Reflect.get(Object(option["xAxis"]), "type"), "category");
  const long = answer({ c: "VARCHAR", n: "BIGINT" }, ["Musical Instruments", 1], ["Toys", 2]);
  const lying = chartOf({ kind: "bar", x: "c", y: "n" }, long);
  assert.equal(Reflect.get(Object(lying.option["yAxis"]), "type"), "category");
});

test("sixty bars are drawn of a hundred, and the rest is told", () => {
  const rows = Array.from({ length: 100 }, (_, at) => [`c${at}`, at]);
  const { table, note } = chartOf(
    { kind: "bar", x: "c", y: "n" },
    answer({ c: "VARCHAR", n: "BIGINT" }, ...rows),
  );
  assert.equal(table.rows.length, 60);
  assert.equal(note, "The first 60 are drawn; 40 more are in the table.");
});

test("shares of a stack add up to one", () => {
  const stacked = answer(
    { c: "VARCHAR", star: "INTEGER", n: "BIGINT" },
    ["a", 1, 1],
    ["a", 5, 3],
    ["b", 5, 2],
  );
  const { table } = chartOf({ kind: "share-bar", x: "c", y: "n", series: "star" }, stacked);
  assert.deepEqual(table.columns, ["c", "1", "5"]);
  assert.deepEqual(table.rows, [
    ["a", 0.25, 0.75],
    ["b", null, 1],
  ]);
});

test("a line has the years in between, and years sort as numbers", () => {
  const years = answer({ year: "INTEGER", n: "BIGINT" }, [2012, 3], [2009, 1], [2011, 2]);
  const { table } = chartOf({ kind: "line", x: "year", y: "n" }, years);
  assert.deepEqual(table.rows, [
    ["2009", 1],
    ["2010", null],
    ["2011", 2],
    ["2012", 3],
  ]);
});

test("a histogram of raw numbers counts every one of them in bins of a round width", () => {
  const rows = Array.from({ length: 1000 }, (_, at) => [at / 10]);
  const { table } = chartOf(
    { kind: "histogram", x: "price" },
    answer({ price: "DOUBLE" }, ...rows),
  );
  assert.deepEqual(table.rows[0], [0, 5, 50]);
  assert.equal(
    table.rows.reduce((sum, row) => sum + Number(row[2]), 0),
    1000,
  );
});

test("long integers that come as text are numbers to a chart", () => {
  const long = answer({ a: "VARCHAR", n: "HUGEINT" }, ["x", "9007199254740993"]);
  const { table } = chartOf({ kind: "bar", x: "a", y: "n" }, long);
  assert.equal(table.rows[0]?.[1], 9007199254740992);
});

test("a column that the answer does not have is named instead of drawn", () => {
  assert.deepEqual(drawingOf({ kind: "bar", x: "shelf", y: "stars" }, byCategory), {
    kind: "none",
    why: "The answer has no column “shelf” for x.",
  });
});

test("the sentences of a bar, a line, a number and a histogram are true of their numbers", () => {
  const bar = {
    kind: "bar",
    x: "product_category",
    y: "stars",
    yLabel: "Average stars",
    digits: 2,
  } as const;
  assert.equal(
    sentenceOf(bar, byCategory),
    "Average stars: highest for Books (4.50), lowest for Toys (3.25).",
  );
  const years = answer({ year: "INTEGER", n: "BIGINT" }, [2011, 2], [2009, 1], [2010, 7]);
  assert.equal(
    sentenceOf({ kind: "line", x: "year", y: "n", yLabel: "Reviews" }, years),
    "Reviews rose: 1 in 2009, 2 in 2011; the peak was 7 in 2010.",
  );
  const one = answer({ ratio: "DOUBLE" }, [1.8765]);
  assert.equal(
    sentenceOf({ kind: "number", y: "ratio", digits: 2, title: "Positive to negative" }, one),
    "1.88 positive to negative.",
  );
  const bins = answer(
    { words_from: "BIGINT", reviews: "BIGINT", words_at_80: "BIGINT" },
    [0, 5, 87],
  );
  const mark = { column: "words_at_80", label: "80 % of reviews" };
  assert.equal(
    sentenceOf(
      { kind: "histogram", x: "words_from", y: "reviews", xLabel: "Words", binWidth: 8, mark },
      bins,
    ),
    "80 % of reviews have at most 87 words.",
  );
});

test("the server's chart is read, and what is none becomes a table", () => {
  assert.deepEqual(
    chartSpecOf({
      kind: "line",
      x: "day",
      y: ["price", "other"],
      yMin: 1,
      band: { low: "l", high: "h", label: "80 %" },
      evil: 1,
    }),
    { kind: "line", x: "day", y: "price", yMin: 1, band: { low: "l", high: "h", label: "80 %" } },
  );
  assert.deepEqual(chartSpecOf("<script>"), { kind: "table" });
  assert.equal(chartSpecOf({ kind: "stacked-bar", percent: true }).kind, "share-bar");
  assert.equal(captionOf({ kind: "bar", x: "a", y: "b", series: "c" }), "B by a and c");
});

test("where there is one thing only, nothing is said to be highest, lowest or everywhere", () => {
  const bar = { kind: "bar", x: "shelf", y: "stars", yLabel: "Average stars", digits: 2 } as const;
  assert.equal(
    sentenceOf(bar, answer({ shelf: "VARCHAR", stars: "DOUBLE" }, ["Books", 3.471])),
    "Average stars: 3.47 for Books; there is nothing to compare it with.",
  );
  const line = { kind: "line", x: "year", y: "n", yLabel: "Reviews" } as const;
  assert.equal(
    sentenceOf(line, answer({ year: "INTEGER", n: "BIGINT" }, [2015, 7])),
    "Reviews in 2015: 7; there is nothing to compare it with.",
  );
  const stack = { kind: "share-bar", x: "shelf", y: "n", series: "stars" } as const;
  const shares = { shelf: "VARCHAR", stars: "INTEGER", n: "BIGINT" } as const;
  assert.equal(
    sentenceOf(stack, answer(shares, ["Books", 5, 3], ["Books", 1, 1])),
    "Stars 5 takes the largest part: 75 % for Books.",
  );
  assert.equal(
    sentenceOf(
      stack,
      answer(shares, ["Books", 5, 3], ["Toys", 5, 3], ["Books", 1, 1], ["Toys", 1, 1]),
    ),
    "Stars 5 takes the largest part: 75 % for Books, as everywhere.",
  );
});

test("months and days are said as people say them, and stars are counted", () => {
  const months = answer(
    { month: "TIMESTAMP", n: "BIGINT" },
    ["2012-05-01 00:00:00", 1],
    ["2025-12-01 00:00:00", 299],
  );
  const byMonth = { kind: "line", x: "month", y: "n", yLabel: "Reviews" } as const;
  assert.equal(
    sentenceOf(byMonth, months),
    "Reviews rose: 1 in May 2012, 299 in December 2025; the peak was 299 in December 2025.",
  );
  const days = answer({ month: "DATE", n: "BIGINT" }, ["2012-05-01", 4], ["2012-05-02", 1]);
  assert.equal(
    sentenceOf(byMonth, days),
    "Reviews fell: 4 on 1 May 2012, 1 on 2 May 2012; the peak was 4 on 1 May 2012.",
  );
  const stars = answer({ star_rating: "INTEGER", n: "BIGINT" }, [5, 40], [1, 7]);
  assert.equal(
    sentenceOf(
      { kind: "bar", x: "star_rating", y: "n", xLabel: "Stars", yLabel: "Reviews" },
      stars,
    ),
    "Reviews: highest for 5 stars (40), lowest for 1 star (7).",
  );
});

test("rows of one place become their mean, and that is told", () => {
  const raw = answer({ c: "VARCHAR", stars: "INTEGER" }, ["a", 1], ["a", 4], ["b", 5], ["b", null]);
  const { table, note } = chartOf({ kind: "bar", x: "c", y: "stars" }, raw);
  assert.deepEqual(table.rows, [
    ["a", 2.5],
    ["b", 5],
  ]);
  assert.equal(note, "Several rows share a place: their mean is drawn.");
  assert.deepEqual(suggestChart(raw), { kind: "table" });
});
