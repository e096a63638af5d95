import assert from "node:assert/strict";
import { test } from "node:test";
import { lakeVerdict, type Listed } from "./words.ts";

function dataset(name: string, rows: number, quarantined: number): Listed {
  return {
    name,
    rows,
    quarantined,
    version: 0,
    sizeBytes: 0,
    files: 1,
    partitions: 0,
    columns: 1,
    updatedAt: 0,
    key: [],
    partitionBy: [],
  };
}

test("a lake without refused rows is well, one with some names where they wait", () => {
  assert.deepEqual(lakeVerdict([]), { text: "There is no data yet.", tone: "plain" });
  assert.deepEqual(lakeVerdict([dataset("reviews", 1, 0)]), {
    text: "1 dataset with 1 row; no row waits to be mended.",
    tone: "good",
  });
  assert.deepEqual(lakeVerdict([dataset("a", 1500, 1), dataset("b", 1, 0), dataset("c", 0, 2)]), {
    text: "3 datasets with 1,501 rows; 3 refused rows wait to be mended in a and c.",
    tone: "warn",
  });
});
