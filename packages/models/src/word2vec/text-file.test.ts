import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createRng } from "@souk/core";
import { decodeTensors, encodeTensors } from "../artefact/tensors.ts";
import { wordVectorsFromTensors, wordVectorsToTensors } from "./tensors.ts";
import { loadWordVectors, saveWordVectors } from "./text-file.ts";
import type { WordVectors } from "./word-vectors.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "souk-word2vec-"));
});
after(() => rm(folder, { recursive: true }));

const two: WordVectors = {
  words: ["good", "хороший"],
  counts: Float64Array.of(9, 2),
  dim: 3,
  vectors: Float32Array.of(0.5, -1, 1e-7, 0.1, 1 / 3, 12345.678),
};

test("the file is word2vec's text format, numbers as short as they can be", async () => {
  const path = join(folder, "two.txt");
  await saveWordVectors(two, path);
  const text = await readFile(path, "utf8");
  assert.equal(text, "2 3\ngood 0.5 -1 1e-7\nхороший 0.1 0.33333334 12345.678\n");
});

test("a written file reads back to the same bits, without the counts", async () => {
  const rng = createRng(2);
  const vectors = Float32Array.from(
    { length: 4000 },
    () => rng.normal() * 10 ** (rng.next() * 20 - 10),
  );
  const words = Array.from({ length: 40 }, (_, i) => `w${i}`);
  const path = join(folder, "many.txt");
  await saveWordVectors({ words, counts: new Float64Array(40), dim: 100, vectors }, path);
  assert.deepEqual(await loadWordVectors(path), {
    words,
    counts: new Float64Array(40),
    dim: 100,
    vectors,
  });
});

test("a trailing space on each line, as word2vec.c writes it, is read", async () => {
  const path = join(folder, "trailing.txt");
  await writeFile(path, "2 2\na 1 2 \nb 3 4 \n");
  const { words, vectors } = await loadWordVectors(path);
  assert.deepEqual(
    [words, [...vectors]],
    [
      ["a", "b"],
      [1, 2, 3, 4],
    ],
  );
});

for (const [name, text] of [
  ["an empty file", ""],
  ["no header", "a 1 2\n"],
  ["a header that promises more than the file can hold", "900000000 4000\na 1\n"],
  ["a missing line", "2 2\na 1 2\n"],
  ["a line too many", "1 2\na 1 2\nb 1 2\n"],
  ["a missing number", "1 2\na 1\n"],
  ["a number too many", "1 1\na 1 2\n"],
  ["no number", "1 2\na 1 x\n"],
  ["infinity", "1 2\na 1 Infinity\n"],
  ["a word twice", "2 1\na 1\na 2\n"],
  ["an empty word", "1 1\n 1\n"],
  ["a word of 10 MB", `1 2\n${"x".repeat(10_000_000)}\n`],
  ["bytes of another kind", "\u0000\u0001\u0002\n".repeat(9)],
] as const)
  test(`${name} is refused by code`, async () => {
    const path = join(folder, "broken.txt");
    await writeFile(path, text);
    await assert.rejects(loadWordVectors(path), { code: "WORD2VEC_FILE" });
  });

test("a missing file is refused by code", async () => {
  await assert.rejects(loadWordVectors(join(folder, "none")), { code: "WORD2VEC_FILE" });
});

for (const word of ["", "two words", "line\nend", "half \ud83d".slice(5)])
  test(`the word ${JSON.stringify(word)} cannot be written`, async () => {
    const vectors = { ...two, words: ["good", word] };
    const path = join(folder, "refused.txt");
    await assert.rejects(saveWordVectors(vectors, path), { code: "WORD2VEC_FILE" });
  });

test("named arrays keep words, counts and vectors", () => {
  const bytes = encodeTensors(wordVectorsToTensors(two));
  assert.deepEqual(wordVectorsFromTensors(decodeTensors(bytes).tensors), two);
});

test("named arrays that do not fit together are refused by code", () => {
  const tensors = wordVectorsToTensors(two);
  const others = [
    {},
    { ...tensors, counts: { shape: [1], data: new Float64Array(1) } },
    { ...tensors, words: { shape: [1], data: Uint8Array.of(65) } },
    { ...tensors, vectors: { shape: [2, 3], data: new Float64Array(6) } },
    { ...tensors, vectors: { shape: [2], data: new Float32Array(2) } },
  ];
  for (const broken of others)
    assert.throws(() => wordVectorsFromTensors(broken), { code: "MODEL_WEIGHTS" });
});
