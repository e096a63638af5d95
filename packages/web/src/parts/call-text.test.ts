import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { curlOf, typescriptOf } from "./call-text.ts";

const origin = "http://127.0.0.1:8000";

test("a call as curl keeps its parts, whatever quotes its text has", () => {
  const line = curlOf(
    "predictRows",
    { params: { name: "star-rating" }, body: { rows: [{ review_body: "it's $HOME `x`" }] } },
    origin,
  );
  // A shell that echoes the words it was given shows what curl would get.
  const words = execFileSync("bash", ["-c", line.replace(/^curl/, "printf '%s\\n'")], {
    encoding: "utf8",
    env: { SOUK_KEY: "secret" },
  }).split("\n");
  assert.deepEqual(words, [
    "-s",
    "-X",
    "POST",
    `${origin}/api/v1/models/star-rating/predict`,
    "-H",
    "authorization: Bearer secret",
    "-H",
    "content-type: application/json",
    "-d",
    '{"rows":[{"review_body":"it\'s $HOME `x`"}]}',
    "",
  ]);
});

test("a query goes into the address, and what is undefined does not", () => {
  const line = curlOf(
    "listRuns",
    { query: { limit: 5, filter: "a & b", status: undefined } },
    origin,
  );
  assert.match(line, /\/api\/v1\/runs\?limit=5&filter=a\+%26\+b'/);
});

test("a call as TypeScript names the client's method", () => {
  const text = typescriptOf("getModel", { params: { name: "star-rating" } }, origin);
  assert.match(text, /client\.getModel\(\{\n {2}"params": \{\n {4}"name": "star-rating"/);
});
