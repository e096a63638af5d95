import assert from "node:assert/strict";
import { test } from "node:test";
import { clip, createStyle, harmless, visibleWidth, wrap } from "./style.ts";
import { renderFacts, renderTable } from "./table.ts";

const style = createStyle(false);

test("a small table, drawn by hand", () => {
  assert.deepEqual(
    renderTable(
      [{ title: "name" }, { title: "rows", align: "right" }],
      [
        ["reviews", "12"],
        ["a", "3,456"],
      ],
      { width: 80, style },
    ),
    ["name      rows", "───────  ─────", "reviews     12", "a        3,456"],
  );
});

test("no line is wider than the terminal, and numbers give way last", () => {
  const columns = [
    { title: "text" },
    { title: "long title here" },
    { title: "n", align: "right" as const },
  ];
  const rows = [["word ".repeat(40), "日本語のとても長い名前です".repeat(3), "1,234,567"]];
  for (const width of [40, 60, 80, 120]) {
    const lines = renderTable(columns, rows, { width, style });
    for (const line of lines)
      assert.ok(visibleWidth(line) <= width, `${visibleWidth(line)} > ${width}`);
    assert.ok(lines[2]!.endsWith("1,234,567"));
    assert.ok(lines[2]!.includes("…"));
  }
});

test("a column that is useless when cut stays whole while another can give way", () => {
  const [, , row] = renderTable(
    [{ title: "id", isWhole: true }, { title: "name" }],
    [["run_01m811xtres4y3bmqyt2c0y2ar", "a name of some length"]],
    { width: 42, style },
  );
  assert.equal(row, "run_01m811xtres4y3bmqyt2c0y2ar  a name of…");
});

test("colours do not change the layout", () => {
  const plain = renderTable([{ title: "a" }, { title: "b" }], [["x", "y"]], { width: 40, style });
  const painted = renderTable(
    [{ title: "a", paint: (cell) => createStyle(true).red(cell) }, { title: "b" }],
    [["x", "y"]],
    { width: 40, style: createStyle(true) },
  );
  assert.deepEqual(painted.map(visibleWidth), plain.map(visibleWidth));
  assert.notDeepEqual(painted, plain);
});

test("no cell can move the cursor, ring the bell or turn the text around", () => {
  const hostile = "a\u001B[2Jb\u0007c\r\nd\u202Ee\tf";
  assert.equal(harmless(hostile), "a�[2Jb�c⏎d�e⇥f");
  const [, , line] = renderTable([{ title: "x" }], [[hostile]], { width: 80, style });
  assert.ok(!/[\p{Cc}\u202E]/u.test(line!));
});

test("wide letters and emoji take two columns, accents none", () => {
  assert.equal(visibleWidth("abc"), 3);
  assert.equal(visibleWidth("日本"), 4);
  assert.equal(visibleWidth("e\u0301"), 1);
  assert.equal(visibleWidth("🎁"), 2);
  assert.equal(visibleWidth("\u001B[31mred\u001B[39m"), 3);
  assert.equal(clip("日本語", 5), "日本…");
  assert.equal(clip("abc", 3), "abc");
});

test("text is wrapped at spaces and a long word stays whole", () => {
  assert.deepEqual(wrap("one two three", 7), ["one two", "three"]);
  assert.deepEqual(wrap("a incomprehensible b", 5), ["a", "incomprehensible", "b"]);
});

test("facts line up", () => {
  assert.deepEqual(
    renderFacts(
      [
        ["rows", "3"],
        ["version", "1"],
      ],
      { width: 80, style },
    ),
    ["rows     3", "version  1"],
  );
  assert.deepEqual(renderFacts([["time", "read a, train b"]], { width: 14, style }), [
    "time  read a,",
    "      train b",
  ]);
});

test("no colour where colours are off", () => {
  assert.equal(createStyle(false).red("x"), "x");
  assert.equal(createStyle(true).red("x"), "\u001B[31mx\u001B[39m");
  assert.equal(createStyle(true).bold(""), "");
});
