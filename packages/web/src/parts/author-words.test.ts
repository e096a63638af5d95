import assert from "node:assert/strict";
import { test } from "node:test";
import { authorWords } from "./author-words.ts";

test("a name from a terminal is told as such, one of an account as it is", () => {
  assert.equal(authorWords("cli:ada"), "ada, terminal");
  assert.equal(authorWords("ada"), "ada");
});
