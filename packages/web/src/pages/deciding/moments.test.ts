import assert from "node:assert/strict";
import { test } from "node:test";
import { localText, moments } from "./moments.ts";

test("yesterday at noon is twelve o'clock of the day before, here", () => {
  const now = new Date(2026, 10, 22, 9, 30).getTime();
  const noon = moments(now).find(({ name }) => name === "Yesterday at noon");
  assert.equal(noon?.atMs, new Date(2026, 10, 21, 12).getTime());
  assert.equal(localText(noon.atMs), "2026-11-21T12:00:00");
});

test("a field's text read back is the same second", () => {
  const at = new Date(2026, 6, 1, 23, 59, 58).getTime();
  assert.equal(new Date(localText(at)).getTime(), at);
});
