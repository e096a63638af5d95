import assert from "node:assert/strict";
import { test } from "node:test";
import { renderChart } from "./chart.ts";
import { createStyle, visibleWidth } from "./style.ts";

const style = createStyle(false);
const column = (name: string, type = "BIGINT"): { name: string; type: string } => ({ name, type });
const result = (columns: { name: string; type: string }[], rows: unknown[][]) => ({
  columns,
  rows,
  rowCount: rows.length,
  truncated: false,
});

test("bars reach as far as their values, measured by hand", () => {
  const chart = renderChart(
    { kind: "bar", x: "c", y: "n", yMax: 4 },
    result(
      [column("c", "VARCHAR"), column("n")],
      [
        ["Toys", 4],
        ["Books", 1],
      ],
    ),
    { width: 26, style },
  );
  assert.deepEqual(chart, [
    ` Toys  ${"█".repeat(16)}  4`,
    `Books  ${"█".repeat(4)}${" ".repeat(12)}  1`,
  ]);
});

test("stacked bars of shares all have one length", () => {
  const chart = renderChart(
    { kind: "stacked-bar", x: "c", y: "n", series: "s", percent: true },
    result(
      [column("c", "VARCHAR"), column("s"), column("n")],
      [
        ["Toys", 1, 10],
        ["Toys", 5, 30],
        ["Books", 1, 300],
        ["Books", 5, 100],
      ],
    ),
    { width: 47, style },
  );
  assert.equal(chart[0], ` Toys  ${"█".repeat(10)}${"▓".repeat(30)}`);
  assert.equal(chart[1], `Books  ${"█".repeat(30)}${"▓".repeat(10)}`);
  assert.match(chart[2]!, /█ 1 {3}▓ 5/);
});

test("a line rises from the lowest to the highest block", () => {
  const [line] = renderChart(
    { kind: "line", x: "year", y: "n" },
    result(
      [column("year"), column("n")],
      [
        [2020, 0],
        [2021, 50],
        [2022, 100],
      ],
    ),
    { width: 40, style },
  );
  assert.match(line!, /▁+▅+█+ {2}0 → 100/);
});

test("lines of several series share one axis in order, with gaps where a series has no value", () => {
  const chart = renderChart(
    { kind: "line", x: "year", y: "n", series: "s" },
    result(
      [column("year"), column("s", "VARCHAR"), column("n")],
      [
        [2021, "a", 0],
        [2022, "a", 8],
        [2020, "b", 8],
        [2022, "b", 0],
      ],
    ),
    { width: 15, style },
  );
  assert.deepEqual(chart.slice(0, 2), ["a    ▁▁██  0 → 8", "b  ██  ▁▁  8 → 0"]);
});

test("no chart is wider than the terminal, whatever the values", () => {
  const rows = Array.from({ length: 60 }, (_, i) => [
    `a very long label of category number ${i}`,
    i % 7,
    i * 12345.678,
  ]);
  for (const kind of ["bar", "stacked-bar", "line", "histogram"])
    for (const width of [40, 80, 120])
      for (const line of renderChart(
        { kind, x: "c", y: "n", ...(kind === "stacked-bar" && { series: "s" }) },
        result([column("c", "VARCHAR"), column("s"), column("n", "DOUBLE")], rows),
        { width, style },
      ))
        assert.ok(visibleWidth(line) <= width, `${kind} ${width}: ${visibleWidth(line)}`);
});

test("tables, empty answers and unknown columns have no chart", () => {
  const one = result([column("c")], [[1]]);
  assert.deepEqual(renderChart({ kind: "table" }, one, { width: 80, style }), []);
  assert.deepEqual(
    renderChart({ kind: "bar", x: "c", y: "nothing" }, one, { width: 80, style }),
    [],
  );
  assert.deepEqual(
    renderChart({ kind: "bar", x: "c", y: "c" }, result([column("c")], []), { width: 80, style }),
    [],
  );
});
