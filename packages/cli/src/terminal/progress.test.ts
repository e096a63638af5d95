import assert from "node:assert/strict";
import { test } from "node:test";
import { bar, createProgressBar, progressLine } from "./progress.ts";
import { createStyle, visibleWidth } from "./style.ts";

const style = createStyle(false);

test("a bar is filled in eighths", () => {
  assert.equal(bar(0, 4), "····");
  assert.equal(bar(0.5, 4), "██··");
  assert.equal(bar(5 / 32, 4), "▋···");
  assert.equal(bar(1, 4), "████");
  assert.equal(bar(7, 4), "████");
  assert.equal(bar(-1, 4), "····");
});

test("a line shows share, rate, time left and a note, in the width there is", () => {
  const progress = {
    label: "reviews.tsv",
    share: 0.5,
    ratePerSecond: 309_000,
    etaMs: 12_000,
    note: "1,000,000 rows, 273 MB",
  };
  assert.equal(
    progressLine(progress, { width: 100, style }),
    "reviews.tsv  ████████████············   50 %  309 k/s  12 s left  1,000,000 rows, 273 MB",
  );
  for (const width of [60, 80, 120])
    assert.ok(visibleWidth(progressLine(progress, { width, style })) <= width);
});

function recorded(isTty: boolean): {
  lines: string[];
  at: { ms: number };
  bar: ReturnType<typeof createProgressBar>;
} {
  const lines: string[] = [];
  const at = { ms: 0 };
  return {
    lines,
    at,
    bar: createProgressBar({
      write: (text) => lines.push(text),
      isTty,
      width: 80,
      style,
      now: () => at.ms,
    }),
  };
}

test("on a terminal one line is rewritten, not more often than an eye can follow, and removed at the end", () => {
  const { lines, at, bar: progress } = recorded(true);
  progress.update({ label: "a", share: 0.1 });
  progress.update({ label: "a", share: 0.2 });
  at.ms = 100;
  progress.update({ label: "a", share: 0.3 });
  progress.done("fine");
  assert.equal(lines.filter((line) => line.includes("%")).length, 2);
  assert.ok(lines.every((line) => !line.includes("\n") || line === "fine\n"));
  assert.equal(lines.at(-2), "\r\u001B[K");
});

test("elsewhere there are whole quiet lines every five seconds and no control characters", () => {
  const { lines, at, bar: progress } = recorded(false);
  for (at.ms = 0; at.ms <= 10_000; at.ms += 1_000)
    progress.update({
      label: "a",
      share: at.ms / 10_000,
      ratePerSecond: 10,
      etaMs: 10_000 - at.ms,
    });
  progress.done();
  assert.deepEqual(lines, [
    "a, 0 %, 10/s, 10 s left\n",
    "a, 50 %, 10/s, 5.0 s left\n",
    "a, 100 %, 10/s, 0.0 s left\n",
  ]);
});
