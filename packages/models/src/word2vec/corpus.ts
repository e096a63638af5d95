import { SoukError } from "@souk/core";
import { MAX_TEXT_LENGTH } from "../text/normalise.ts";
import { createTokenizer } from "../text/tokenizer.ts";

/** Words of texts as indexes, sentence by sentence. */
export interface Sentences {
  /** Commonest first; equally common ones in order of their UTF-16 units. */
  readonly words: readonly string[];
  /** How often each was seen, [words]. */
  readonly counts: Float64Array;
  /** Indexes into `words`, rarer words left out. */
  readonly ids: Int32Array;
  /** Where in `ids` each sentence starts, and the end, [sentences + 1]. */
  readonly starts: Int32Array;
}

/** A longer sentence is cut into several: the bound of the kernel's scratch. */
export const MAX_SENTENCE_WORDS = 1000;
/** Longer runs of letters are no words but encoded data, and would fill the vocabulary. UTF-16 units. */
const MAX_WORD_LENGTH = 64;
/** Bounds the memory that hostile texts can take while they are read (about 1.5 GB). */
const MAX_DISTINCT = 8_000_000;
const MAX_TOKENS = 500_000_000;
/** Texts read between two looks at the signal. */
const TEXTS_PER_TURN = 1000;

const SENTENCE_END = /^[.!?…。！？｡]/u;
const WORD = /[\p{L}\p{N}\p{So}]/u;

/**
 * Reads texts once. Words are the tokenizer's tokens with a letter, digit or pictograph; a mark like `.`, `!` or `?`
 * and the end of a text end a sentence.
 * @throws SoukError `WORD2VEC_TEXT` for a text that is no string, `WORD2VEC_EMPTY` when no word is seen `minCount`
 * times or no sentence has two such words, `WORD2VEC_TOO_LARGE` above 500 million words or 8 million distinct ones; the signal's reason when aborted.
 */
export async function readSentences(
  texts: Iterable<string> | AsyncIterable<string>,
  {
    minCount = 1,
    maxWords = MAX_DISTINCT,
    signal,
  }: { minCount?: number; maxWords?: number; signal?: AbortSignal },
): Promise<Sentences> {
  const reader = new SentenceReader();
  let read = 0;
  for await (const text of texts) {
    if (read++ % TEXTS_PER_TURN === 0) signal?.throwIfAborted();
    if (typeof text !== "string")
      throw new SoukError("WORD2VEC_TEXT", `text ${read}: expected a string, got ${typeof text}`);
    reader.add(text);
  }
  return reader.finish({ minCount, maxWords });
}

class SentenceReader {
  readonly #tokenizer = createTokenizer({ maxTokens: MAX_TEXT_LENGTH });
  /** Index of each word by first sight. */
  readonly #seen = new Map<string, number>();
  readonly #counts: number[] = [];
  readonly #ids = new GrowingIntegers();
  readonly #starts = new GrowingIntegers();

  add(text: string): void {
    this.#starts.push(this.#ids.length);
    for (const token of this.#tokenizer.tokens(text)) {
      if (SENTENCE_END.test(token)) this.#starts.push(this.#ids.length);
      else if (token.length <= MAX_WORD_LENGTH && WORD.test(token)) this.#addWord(token);
    }
    if (this.#ids.length > MAX_TOKENS || this.#starts.length > MAX_TOKENS)
      throw tooLarge(`${MAX_TOKENS} words`);
  }

  #addWord(word: string): void {
    const found = this.#seen.get(word);
    if (found !== undefined) {
      this.#counts[found]++;
      this.#ids.push(found);
      return;
    }
    if (this.#seen.size === MAX_DISTINCT) throw tooLarge(`${MAX_DISTINCT} distinct words`);
    this.#ids.push(this.#seen.size);
    this.#seen.set(word, this.#seen.size);
    this.#counts.push(1);
  }

  finish({ minCount, maxWords }: { minCount: number; maxWords: number }): Sentences {
    const counts = this.#counts;
    const kept = [...this.#seen]
      .filter(([, id]) => counts[id] >= minCount)
      .toSorted(([a, i], [b, j]) => counts[j] - counts[i] || (a < b ? -1 : 1))
      .slice(0, maxWords);
    if (kept.length === 0)
      throw new SoukError(
        "WORD2VEC_EMPTY",
        `expected a word seen ${minCount} times or more, got ${this.#seen.size} words, all rarer`,
      );
    const ranks = new Int32Array(counts.length).fill(-1);
    kept.forEach(([, id], place) => (ranks[id] = place));
    const { ids, starts } = rank(this.#ids.values(), this.#starts.values(), ranks);
    if (ids.length === 0)
      throw new SoukError(
        "WORD2VEC_EMPTY",
        `expected a sentence with two of the ${kept.length} words kept, got none`,
      );
    const keptCounts = Float64Array.from(kept, ([, id]) => counts[id]);
    return { words: kept.map(([word]) => word), counts: keptCounts, ids, starts };
  }
}

/** Gives words their ranks, drops those without one and then sentences of less than two words. */
function rank(
  seen: Int32Array,
  seenStarts: Int32Array,
  ranks: Int32Array,
): { ids: Int32Array; starts: Int32Array } {
  const ids = new Int32Array(seen.length);
  const starts = new GrowingIntegers();
  let end = 0;
  seenStarts.forEach((from, s) => {
    let start = end;
    const to = s + 1 < seenStarts.length ? seenStarts[s + 1] : seen.length;
    for (let i = from; i < to; i++) {
      if (ranks[seen[i]] < 0) continue;
      if (end - start === MAX_SENTENCE_WORDS) {
        starts.push(start);
        start = end;
      }
      ids[end++] = ranks[seen[i]];
    }
    if (end - start > 1) starts.push(start);
    else end = start;
  });
  starts.push(end);
  return { ids: ids.slice(0, end), starts: starts.values().slice() };
}

/** Integers in four bytes each; doubles when full. */
class GrowingIntegers {
  #buffer = new Int32Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#buffer.length) {
      const larger = new Int32Array(2 * this.#length);
      larger.set(this.#buffer);
      this.#buffer = larger;
    }
    this.#buffer[this.#length++] = value;
  }

  values(): Int32Array {
    return this.#buffer.subarray(0, this.#length);
  }
}

function tooLarge(limit: string): SoukError {
  return new SoukError("WORD2VEC_TOO_LARGE", `expected at most ${limit}, got more`);
}
