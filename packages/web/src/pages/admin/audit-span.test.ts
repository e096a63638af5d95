import assert from "node:assert/strict";
import { test } from "node:test";
import { spanOf } from "./audit-span.ts";

test("two days span from the first's beginning to the last's end, also over a change of clocks", () => {
  assert.deepEqual(spanOf("2026-10-24", "2026-10-25"), {
    fromMs: new Date(2026, 9, 24).getTime(),
    untilMs: new Date(2026, 9, 26).getTime(),
  });
  assert.deepEqual(spanOf("", "not a day"), {});
});
