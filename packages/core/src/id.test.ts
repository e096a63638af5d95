import assert from "node:assert/strict";
import { test } from "node:test";
import { manualClock } from "./clock.ts";
import { createId } from "./id.ts";

test("ids of a later millisecond sort after those of an earlier one", () => {
  const clock = manualClock(1_700_000_000_000);
  const first = createId("run", clock);
  clock.advance(1);
  assert.ok(createId("run", clock) > first);
});

test("an id is its prefix and 26 characters of Crockford base 32", () => {
  assert.match(createId("run"), /^run_[0-9a-hjkmnp-tv-z]{26}$/);
});

test("ten thousand ids of one millisecond are all different", () => {
  const clock = manualClock(5);
  assert.equal(new Set(Array.from({ length: 10_000 }, () => createId("p", clock))).size, 10_000);
});
