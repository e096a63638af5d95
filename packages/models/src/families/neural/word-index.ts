import { SoukError } from "@souk/core";

/** Fills rows up at their end. */
export const PADDING = 0;
/** Any word that has no number of its own. */
export const UNKNOWN = 1;
/** Begins each text of a row, also an empty one, so that no row is empty. */
export const FIELD = 2;
const FIRST_WORD = 3;

/** Longer words (links, keyboard mashing) count as unknown. UTF-16 units. */
const LONGEST_WORD = 64;
/** Most words an artefact may bring. */
const MAX_WORDS = 1_000_000;

/** The number of each word: the row of its embedding. */
export interface WordIndex {
  /** Numbers in all, those of padding, unknown words and field marks included. */
  readonly size: number;
  readonly words: readonly string[];
  /** `UNKNOWN` for a word that was not kept. */
  idOf(word: string): number;
}

/** Counts words and keeps the frequent ones. */
export class WordCounter {
  readonly #counts = new Map<string, number>();

  add(word: string): void {
    if (word.length <= LONGEST_WORD && word.isWellFormed())
      this.#counts.set(word, (this.#counts.get(word) ?? 0) + 1);
  }

  /** Words seen at least `minCount` times, at most `maxWords`: the frequent ones first, then by code unit. */
  keep({ minCount, maxWords }: { minCount: number; maxWords: number }): WordIndex {
    const words = [...this.#counts]
      .filter(([, count]) => count >= minCount)
      .toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
      .slice(0, maxWords);
    return createWordIndex(words.map(([word]) => word));
  }
}

/** The index whose first word has the first number that is free. */
function createWordIndex(words: readonly string[]): WordIndex {
  const ids = new Map(words.map((word, i) => [word, FIRST_WORD + i]));
  return {
    size: FIRST_WORD + words.length,
    words,
    idOf: (word) => ids.get(word) ?? UNKNOWN,
  };
}

/** The words as UTF-8, one a line; no word holds a line break. */
export function encodeWords(words: readonly string[]): Uint8Array {
  return new TextEncoder().encode(words.join("\n"));
}

/** @throws SoukError `MODEL_WEIGHTS` when the bytes are not distinct words, one a line. */
export function decodeWords(bytes: unknown): WordIndex {
  if (!(bytes instanceof Uint8Array)) throw misfit("words of type U8", typeof bytes);
  const text = textOf(bytes);
  const words = text === "" ? [] : text.split("\n");
  if (words.length > MAX_WORDS) throw misfit(`at most ${MAX_WORDS} words`, `${words.length}`);
  const distinct = new Set(words).size;
  if (distinct !== words.length) throw misfit("distinct words", `${words.length - distinct} twice`);
  return createWordIndex(words);
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new SoukError("MODEL_WEIGHTS", "weights: expected words in UTF-8, got other bytes", {
      cause,
    });
  }
}

function misfit(expected: string, got: string): SoukError {
  return new SoukError("MODEL_WEIGHTS", `weights: expected ${expected}, got ${got}`);
}
