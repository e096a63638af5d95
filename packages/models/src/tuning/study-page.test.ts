import assert from "node:assert/strict";
import { test } from "node:test";
import { studyPage } from "./study-page.ts";
import type { Trial } from "./trial.ts";

const trial = (number: number, value: number | undefined, more: Partial<Trial> = {}): Trial => ({
  trial: number,
  settings: { lr: 0.1 * (number + 1), balance: "<b>none</b>" },
  state: value === undefined ? "failed" : "done",
  ...(value !== undefined && { value }),
  reports: [],
  seconds: 1.5,
  ...more,
});
const trials = [
  trial(0, 0.7),
  trial(1, 0.65),
  trial(2, 0.74),
  trial(3, undefined, { error: { message: "<script>alert(1)</script>" } }),
];
const options = {
  title: "stars & words",
  metric: "accuracy",
  direction: "maximise",
  trials,
} as const;

test("the page names the best and the default, and draws a dot a done trial", () => {
  const page = studyPage({ ...options, importance: [{ setting: "lr", share: 0.625 }] });
  assert.match(page, /Best accuracy so far: <data value="0.74">/);
  assert.match(page, /default settings have <data value="0.7">/);
  const [dots = ""] = /class="dots second large" d="([^"]*)"/.exec(page)?.slice(1) ?? [];
  assert.equal(dots.match(/M/g)?.length, 3);
  assert.match(page, /--share: 63%/);
  assert.match(page, /<bdi>stars &amp; words<\/bdi>/);
});

test("texts of settings and errors are escaped, and the policy forbids scripts and other files", () => {
  const page = studyPage(options);
  assert.ok(!page.includes("<script") && !page.includes("<b>none"));
  assert.match(page, /default-src 'none'; style-src 'unsafe-inline'/);
  assert.ok(!/(src|href)=/.test(page));
});

test("the line of the best so far never gets worse, upwards or downwards", () => {
  for (const direction of ["maximise", "minimise"] as const) {
    const page = studyPage({ ...options, direction });
    const [path = ""] = /class="curve first" d="([^"]*)"/.exec(page)?.slice(1) ?? [];
    const heights = path.match(/[ML][^ML]*/g)?.map((point) => Number(point.split(" ")[1])) ?? [];
    // SVG counts downwards.
    const sorted = heights.toSorted((a, b) => (direction === "maximise" ? b - a : a - b));
    assert.deepEqual(heights, sorted);
    assert.ok(heights.length >= 4);
  }
});

test("a study without a done trial says so", () => {
  assert.match(studyPage({ ...options, trials: [trial(0, undefined)] }), /No trial is done yet/);
});
