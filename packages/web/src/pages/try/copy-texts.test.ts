import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import test from "node:test";
import type { ServedModel } from "../../parts/answering/served-model.ts";
import { askedTexts } from "./copy-texts.ts";

const model: ServedModel = {
  model: "category",
  version: 1,
  family: "fused",
  task: "category",
  inputs: [
    { name: "name", kind: "text", required: false },
    { name: "photo", kind: "image", required: false },
  ],
  output: { name: "category", kind: "class" },
  comparables: false,
};
const origin = "http://127.0.0.1:8000";
const hostile = "it's $(date) `id` @/etc/passwd";

/** The words a shell makes of a line. */
function wordsOf(line: string): string[] {
  const script = `printf '%s\\n' ${line.replace(/^\S+ /, "")}`;
  return execFileSync("sh", ["-c", script], { encoding: "utf8", env: { SOUK_KEY: "key" } })
    .trimEnd()
    .split("\n");
}

test("curl sends each field as it is and the photo as a file, whatever they hold", () => {
  const photo = { input: "photo", file: new File([""], 'my;"photo.jpg') };
  const { curl = "" } = askedTexts(
    model,
    { fields: { name: hostile }, photo },
    { origin, row: {} },
  );
  assert.deepEqual(wordsOf(curl), [
    "-s",
    `${origin}/api/predict`,
    "-H",
    "authorization: Bearer key",
    "--form-string",
    "model=category",
    "--form-string",
    "top_k=5",
    "--form-string",
    `name=${hostile}`,
    "-F",
    'photo=@"my__photo.jpg"',
  ]);
});

test("without a photo the call is JSON, and the command line names every input", () => {
  const given = { fields: { name: hostile } };
  const { curl = "", cli = "" } = askedTexts(model, given, { origin, row: given.fields });
  assert.deepEqual(JSON.parse(wordsOf(curl).at(-1) ?? ""), {
    model: "category",
    inputs: { name: hostile },
    top_k: 5,
  });
  assert.deepEqual(wordsOf(cli), ["souk", "predict", "category", "--input", `name=${hostile}`]);
});
