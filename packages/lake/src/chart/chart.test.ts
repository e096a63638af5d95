import assert from "node:assert/strict";
import { test } from "node:test";
import type { SqlCell, SqlResult } from "../sql/types.ts";
import { displayWidth } from "./columns-wide.ts";
import { renderChartPng } from "./png.ts";
import type { ChartSpec } from "./spec.ts";
import { renderChartSvg } from "./svg.ts";
import { renderChartText } from "./text.ts";

function result(names: readonly string[], rows: SqlCell[][]): SqlResult {
  return {
    columns: names.map((name) => ({ name, type: "VARCHAR" })),
    rows,
    rowCount: rows.length,
    truncated: false,
    elapsedMs: 0,
    versions: {},
  };
}

const bar: ChartSpec = { kind: "bar", title: "Sales", x: "shelf", y: "sold" };
const sales = result(
  ["shelf", "sold"],
  [
    ["tea", 8],
    ["coffee", 4],
    ["mate", 1],
  ],
);

test("the longest bar fills the room and the others are in proportion, to the eighth", () => {
  // 40 columns - 6 of labels - 1 of numbers - 3 between = 30; 4/8 of 30 is 15; 1/8 of 30 is 3.75.
  assert.deepEqual(renderChartText(bar, sales, { width: 40 }).split("\n"), [
    "Sales",
    "",
    `tea    │${"█".repeat(30)} 8`,
    `coffee │${"█".repeat(15)}${" ".repeat(15)} 4`,
    `mate   │███▊${" ".repeat(26)} 1`,
  ]);
});

test("a stack of shares fills the whole width of its bar", () => {
  const spec: ChartSpec = {
    kind: "stacked-bar",
    title: "Stars",
    x: "shelf",
    y: "n",
    series: "star",
    percent: true,
  };
  const rows = result(
    ["shelf", "star", "n"],
    [
      ["a", 5, 1],
      ["a", 1, 3],
      ["b", 5, 7],
    ],
  );
  const lines = renderChartText(spec, rows, { width: 44 }).split("\n");
  assert.equal(lines[2], `a │${"█".repeat(10)}${"▓".repeat(30)}`);
  assert.equal(lines[3], `b │${"█".repeat(40)}`);
  assert.equal(lines.at(-1), "star: █ 5  ▓ 1");
});

test("a line has every year between the first and the last", () => {
  const spec: ChartSpec = { kind: "line", title: "T", x: "year", y: "v" };
  const text = renderChartText(
    spec,
    result(
      ["year", "v"],
      [
        [2001, 1],
        [2003, 2],
      ],
    ),
    { width: 60 },
  );
  assert.match(text, /2001 +2002 +2003/);
});

test("the 80 % line stands below the bin that reaches it", () => {
  const spec: ChartSpec = {
    kind: "histogram",
    title: "W",
    x: "from",
    y: "n",
    xLabel: "Words",
    binWidth: 8,
    mark: { column: "at", label: "80 %" },
  };
  const text = renderChartText(
    spec,
    result(
      ["from", "n", "at"],
      [
        [0, 3, 9],
        [8, 2, 9],
        [16, 1, 9],
      ],
    ),
  );
  assert.match(text, /8–15.*\n── 80 %: at most 9 words ─+\n16–23/);
});

test("no line is wider than asked, with names in Chinese, emoji and combining marks", () => {
  const rows = result(
    ["shelf", "sold"],
    [
      ["咖啡和茶的货架很长的名字", 3],
      ["👍👍👍", 2],
      ["cafe\u0301", 1],
    ],
  );
  for (const spec of [bar, { ...bar, kind: "table" } as const]) {
    const lines = renderChartText(spec, rows, { width: 40 }).split("\n");
    assert.ok(lines.every((line) => displayWidth(line) <= 40));
  }
  const bars = renderChartText(bar, rows, { width: 40 }).split("\n").slice(2);
  const walls = bars.map((line) => displayWidth(line.slice(0, line.indexOf("│"))));
  assert.equal(new Set(walls).size, 1, "the axis is one straight line");
});

test("a name with terminal commands in it cannot reach the terminal", () => {
  const rows = result(["shelf", "sold"], [["\u001b[31mred\u0007\nnext", 1]]);
  const text = renderChartText(bar, rows) + renderChartText({ ...bar, kind: "table" }, rows);
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f]/);
});

test("a name with markup in it stays text in the SVG", () => {
  const rows = result(["shelf", "sold"], [['<script>alert("x")</script>&', 1]]);
  for (const kind of ["bar", "table"] as const) {
    const svg = renderChartSvg({ ...bar, kind }, rows);
    assert.match(svg, /^<svg[^>]+xmlns=/);
    assert.doesNotMatch(svg, /<script/);
  }
});

test("an empty result, and one of NULLs only, still give a picture of every kind", async () => {
  for (const kind of ["bar", "stacked-bar", "line", "histogram", "table", "number"] as const) {
    for (const rows of [[], [[null, null]]]) {
      const spec: ChartSpec = { ...bar, kind };
      assert.match(renderChartText(spec, result(["shelf", "sold"], rows)), /^Sales\n/);
      assert.match(renderChartSvg(spec, result(["shelf", "sold"], rows)), /<\/svg>$/);
    }
  }
});

test("a PNG is a PNG, twice as wide as the SVG, and equal each time", async () => {
  const first = await renderChartPng(bar, sales);
  assert.deepEqual([...first.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
  assert.equal(Buffer.from(first).readUInt32BE(16), 1920);
  assert.deepEqual(await renderChartPng(bar, sales), first);
});

test("a chart over a column that is not there says which columns are", () => {
  assert.throws(() => renderChartText({ ...bar, y: "price" }, sales), {
    code: "CHART_COLUMN",
    message: `the chart's y is column "price", the result has shelf, sold`,
  });
});
