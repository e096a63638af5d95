import { open } from "node:fs/promises";
import { SoukError, writeFileAtomic } from "@souk/core";
import type { WordVectors } from "./word-vectors.ts";

// The text format of word2vec, which gensim, fastText and others read and write:
//
//   WORDS DIM\n
//   word number number ... \n      one line per word, parted by one space

/** Larger files are refused: the whole file is read into memory. */
const MAX_FILE_BYTES = 2 ** 31 - 1;
const MAX_DIM = 4096;
const SPACE = /\s/u;

/**
 * Writes vectors in the text format of word2vec, atomically. Numbers are the shortest that read back to the same bits;
 * counts are not in this format.
 * @throws SoukError `WORD2VEC_FILE` for a word that is empty or has white space in it.
 */
export async function saveWordVectors(
  { words, dim, vectors }: WordVectors,
  path: string,
): Promise<void> {
  const parts = [Buffer.from(`${words.length} ${dim}\n`)];
  words.forEach((word, row) => {
    if (word === "" || SPACE.test(word) || !word.isWellFormed())
      throw broken(`word ${row} to be well-formed, without white space`, JSON.stringify(word));
    const numbers = Array.from(vectors.subarray(row * dim, (row + 1) * dim), shortest);
    parts.push(Buffer.from(`${word} ${numbers.join(" ")}\n`));
  });
  await writeFileAtomic(path, Buffer.concat(parts));
}

/**
 * Reads vectors in the text format of word2vec; their counts are 0.
 * @throws SoukError `WORD2VEC_FILE` when the file cannot be read, is above 2 GiB, or a line is not what it should be.
 */
export async function loadWordVectors(path: string): Promise<WordVectors> {
  const bytes = await readBounded(path);
  const lines = linesOf(bytes);
  const head = /^(\d{1,9}) (\d{1,9})$/.exec(lines.next().value ?? "");
  const [rows, dim] = [Number(head?.[1]), Number(head?.[2])];
  // Each number takes two bytes or more: this bounds what is allocated by the size of the file.
  if (!(rows >= 1 && dim >= 1 && dim <= MAX_DIM && rows * dim * 2 <= bytes.length))
    throw broken("the numbers of words and columns that the file holds in line 1", "others");
  const vectors = new Float32Array(rows * dim);
  const words = new Set<string>();
  for (const line of lines) {
    const [word, ...numbers] = line.trimEnd().split(" ");
    const row = words.size;
    if (row === rows || word === "" || numbers.length !== dim || words.has(word))
      throw broken(`${rows} different words with ${dim} numbers each`, `line ${row + 2} otherwise`);
    vectors.set(
      numbers.map((text) => finite(text, row)),
      row * dim,
    );
    words.add(word);
  }
  if (words.size !== rows) throw broken(`${rows} words`, `${words.size}`);
  return { words: [...words], counts: new Float64Array(rows), dim, vectors };
}

async function readBounded(path: string): Promise<Buffer> {
  let file;
  try {
    file = await open(path, "r");
    const { size } = await file.stat();
    if (size > MAX_FILE_BYTES) throw broken(`at most ${MAX_FILE_BYTES} bytes`, `${size}`);
    return await file.readFile();
  } catch (cause) {
    if (cause instanceof SoukError) throw cause;
    throw new SoukError("WORD2VEC_FILE", "word vectors: expected a file, got none", { cause });
  } finally {
    await file?.close();
  }
}

function* linesOf(bytes: Buffer): Generator<string, undefined> {
  for (let at = 0; at < bytes.length;) {
    const found = bytes.indexOf(10, at);
    const end = found < 0 ? bytes.length : found;
    yield bytes.toString("utf8", at, end);
    at = end + 1;
  }
}

function finite(text: string, row: number): number {
  const value = text === "" ? NaN : Number(text);
  if (!Number.isFinite(value)) throw broken("finite numbers", `line ${row + 2} otherwise`);
  return value;
}

/** The shortest decimal that reads back to the same single-precision number. */
function shortest(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(Number(value.toPrecision(9)));
}

function broken(expected: string, got: string): SoukError {
  return new SoukError("WORD2VEC_FILE", `word vectors: expected ${expected}, got ${got}`);
}
