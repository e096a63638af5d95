import assert from "node:assert/strict";
import { test } from "node:test";
import { SoukError } from "@souk/core";
import { type PredictRows, predictRecords } from "./predict-file.ts";

const signature = {
  inputs: [
    { name: "title", kind: "text", required: false },
    { name: "photo", kind: "image", required: false },
  ],
  output: { name: "kind", kind: "class" },
} as const;

/** Answers each row with the bytes of its photo as text, or the hash; refuses a batch with a photo that says "broken". */
const predict: PredictRows = ({ columns }) => {
  const photos = Array.from(columns["photo"]!, (cell) =>
    cell instanceof Uint8Array ? Buffer.from(cell).toString() : String(cell),
  );
  if (photos.includes("broken")) throw new SoukError("IMAGE_BROKEN", "a broken photo");
  return Promise.resolve({ ids: [], predictions: photos.map((label) => ({ label })) });
};

async function answers(rows: readonly object[], readPhoto?: (name: string) => Promise<Uint8Array>) {
  async function* source(): AsyncGenerator<Uint8Array> {
    for (const row of rows) yield Buffer.from(`${JSON.stringify(row)}\n`);
  }
  let text = "";
  const options = { format: "jsonl", signature, batchRows: 8, window: 2 } as const;
  const lines = predictRecords(source(), predict, { ...options, ...(readPhoto && { readPhoto }) });
  for await (const bytes of lines) text += Buffer.from(bytes).toString();
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line))
    .map(({ label, error }) => label ?? error.code);
}

const uri = (text: string): string =>
  `data:image/png;base64,${Buffer.from(text).toString("base64")}`;
const hash = "ab".repeat(32);

test("a photo is a hash or a data: URI; without a reader a name is none", async () => {
  assert.deepEqual(
    await answers([
      { photo: uri("one") },
      { photo: hash },
      { photo: "a.jpg" },
      { title: "x", photo: null },
    ]),
    ["one", hash, "SERVING_PHOTO", "null"],
  );
});

test("names are read by the caller's reader, and what it cannot read fails alone", async () => {
  const files: Record<string, string> = { "a.jpg": "first", "b/c.PNG": "second" };
  const readPhoto = (name: string): Promise<Uint8Array> => {
    const found = files[name];
    if (found === undefined) return Promise.reject(new SoukError("CLI_FILE_MISSING", name));
    return Promise.resolve(Buffer.from(found));
  };
  const rows = ["a.jpg", "none.jpg", "b/c.PNG", uri("third")].map((photo) => ({ photo }));
  assert.deepEqual(await answers(rows, readPhoto), [
    "first",
    "CLI_FILE_MISSING",
    "second",
    "third",
  ]);
});

test("a photo that is refused fails alone in its batch", async () => {
  const rows = ["one", "broken", "three"].map((text) => ({ photo: uri(text) }));
  assert.deepEqual(await answers(rows), ["one", "IMAGE_BROKEN", "three"]);
});
