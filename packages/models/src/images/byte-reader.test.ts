import assert from "node:assert/strict";
import { test } from "node:test";
import { byteReader } from "./byte-reader.ts";

async function* chunks(...texts: string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}

test("bytes come in the numbers that are asked for, over the bounds of chunks", async () => {
  const reader = byteReader(chunks("ab", "", "cdef", "g", "hijk"));
  assert.equal((await reader.take(3)).toString(), "abc");
  assert.equal(await reader.skip(5), 5);
  assert.equal((await reader.take(0)).length, 0);
  assert.equal((await reader.take(2)).toString(), "ij");
  assert.equal((await reader.take(9)).toString(), "k");
  assert.equal(await reader.skip(1), 0);
});
