import { SoukError } from "@souk/core";
import type { WordVectors } from "./word-vectors.ts";

/** A word with its cosine to what was asked for, in [-1, 1]. */
export interface SimilarWord {
  readonly word: string;
  readonly similarity: number;
}

/**
 * The `k` words of the smallest angle to a word (which is left out) or a vector [dim], nearest first; equally near
 * ones commonest first. Looks at every vector: O(words x dim).
 * @throws SoukError `WORD2VEC_WORD` for a word without a vector, `WORD2VEC_VECTOR` for a vector of another length.
 */
export function nearestWords(
  vectors: WordVectors,
  query: string | Float32Array,
  k = 10,
): SimilarWord[] {
  if (typeof query !== "string") return nearest(vectors, query, { k, without: [] });
  const row = rowOf(vectors, query);
  return nearest(vectors, vectorAt(vectors, row), { k, without: [row] });
}

/**
 * The words that are to `c` as `b` is to `a`: nearest to `b - a + c`, each of length 1; the three are left out.
 * @throws SoukError `WORD2VEC_WORD` for a word without a vector.
 * Source: 3CosAdd of T. Mikolov, W. Yih, G. Zweig, "Linguistic Regularities in Continuous Space Word
 * Representations", NAACL 2013.
 */
export function analogy(
  vectors: WordVectors,
  { a, b, c }: { a: string; b: string; c: string },
  k = 10,
): SimilarWord[] {
  const without = [a, b, c].map((word) => rowOf(vectors, word));
  const [from, to, start] = without.map((row) => unit(vectorAt(vectors, row)));
  const target = start.map((value, j) => value + to[j] - from[j]);
  return nearest(vectors, target, { k, without });
}

function nearest(
  { words, dim, vectors }: WordVectors,
  query: Float32Array,
  { k, without }: { k: number; without: readonly number[] },
): SimilarWord[] {
  if (query.length !== dim)
    throw new SoukError("WORD2VEC_VECTOR", `expected a vector of ${dim}, got ${query.length}`);
  const direction = unit(query);
  const similarities = Float64Array.from(words, (_, row) =>
    without.includes(row) ? -Infinity : cosine(direction, vectors, row * dim),
  );
  const size = Math.min(k, words.length - new Set(without).size);
  const best: number[] = [];
  if (!(size > 0)) return [];
  for (let row = 0; row < words.length; row++) {
    if (best.length === size && similarities[row] <= similarities[best[size - 1]]) continue;
    if (similarities[row] === -Infinity) continue;
    let place = best.length;
    while (place > 0 && similarities[best[place - 1]] < similarities[row]) place--;
    best.splice(place, 0, row);
    if (best.length > size) best.pop();
  }
  return best.map((row) => ({ word: words[row], similarity: similarities[row] }));
}

/** Cosine of a vector of length 1 with the row at `at`; 0 for a row of zeros. */
function cosine(direction: Float32Array, vectors: Float32Array, at: number): number {
  let dot = 0;
  let square = 0;
  for (let j = 0; j < direction.length; j++) {
    dot += direction[j] * vectors[at + j];
    square += vectors[at + j] * vectors[at + j];
  }
  return square > 0 ? dot / Math.sqrt(square) : 0;
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return length > 0 ? vector.map((value) => value / length) : vector;
}

function vectorAt({ vectors, dim }: WordVectors, row: number): Float32Array {
  return vectors.subarray(row * dim, (row + 1) * dim);
}

function rowOf({ words }: WordVectors, word: string): number {
  const row = words.indexOf(word);
  if (row >= 0) return row;
  throw new SoukError(
    "WORD2VEC_WORD",
    `expected one of the ${words.length} words with a vector, got ${JSON.stringify(word.slice(0, 100))}`,
  );
}
