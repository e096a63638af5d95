import { setImmediate } from "node:timers/promises";
import { createDistinct } from "../../features/distinct.ts";
import { createVocabulary, FeatureCounter, type Vocabulary } from "../../features/vocabulary.ts";
import type { ColumnBatch } from "../../rows/batch.ts";
import { textOf } from "../../rows/cells.ts";
import { createTokenizer } from "../../text/tokenizer.ts";
import { MAX_TOKENS } from "./tree-features.ts";

/** What words are judged by: the class of each row, or one number of it. */
export type WordTargets =
  | { readonly kind: "class"; readonly targets: Float64Array; readonly classes: number }
  | { readonly kind: "number"; readonly targets: Float64Array };

/** Rows a word must occur in. */
const MIN_ROWS = 5;
/** Sums of words by class held at once: bounds the memory at 32 MB. */
const MAX_SUMS = 4_000_000;
const MAX_CANDIDATES = 50_000;
const ROWS_PER_TURN = 4096;

/**
 * The words of a column whose presence says most about the target in these (training) rows: the part of its variance
 * that lies between rows with and without the word. Hashes, ascending, at most `maxWords`.
 */
export async function informativeWords(
  { batch, column }: { batch: ColumnBatch; column: string },
  judged: WordTargets,
  { maxWords, signal }: { maxWords: number; signal?: AbortSignal },
): Promise<Uint32Array> {
  if (maxWords === 0) return new Uint32Array(0);
  const outputs = judged.kind === "class" ? judged.classes : 1;
  const counter = new FeatureCounter();
  await eachText({ batch, column, signal }, (_, words) => counter.addAll(words, 0, words.length));
  const maxFeatures = Math.min(MAX_CANDIDATES, Math.max(maxWords, Math.floor(MAX_SUMS / outputs)));
  const candidates = counter.keep({ minCount: MIN_ROWS, maxFeatures });
  const counts = new Float64Array(candidates.size);
  const sums = new Float64Array(candidates.size * outputs);
  await eachText({ batch, column, signal }, (row, words) => {
    const target = judged.targets[row];
    for (const word of words) {
      const found = candidates.rowOf(word);
      if (found < 0) continue;
      counts[found]++;
      if (judged.kind === "class") sums[found * outputs + target]++;
      else sums[found] += target;
    }
  });
  return best(candidates, scoresOf(sums, counts, judged), maxWords);
}

/** Variance between rows with and without each word, summed over outputs, times the number of rows. */
function scoresOf(sums: Float64Array, counts: Float64Array, judged: WordTargets): Float64Array {
  const totals = totalsOf(judged);
  const rows = judged.targets.length;
  return counts.map((count, word) => {
    if (count === 0 || count === rows) return 0;
    let squares = 0;
    for (let c = 0; c < totals.length; c++) {
      const surplus = sums[word * totals.length + c] - (count * totals[c]) / rows;
      squares += surplus * surplus;
    }
    return squares / (count * (1 - count / rows));
  });
}

function totalsOf(judged: WordTargets): Float64Array {
  const totals = new Float64Array(judged.kind === "class" ? judged.classes : 1);
  for (const target of judged.targets) {
    if (judged.kind === "class") totals[target]++;
    else totals[0] += target;
  }
  return totals;
}

function best({ keys }: Vocabulary, scores: Float64Array, maxWords: number): Uint32Array {
  const order = Uint32Array.from(keys, (_, i) => i).sort((a, b) => scores[b] - scores[a] || a - b);
  const kept = order.subarray(0, maxWords).map((i) => keys[i]);
  return createVocabulary(kept.sort()).keys;
}

/** The distinct words of each row. */
async function eachText(
  { batch, column, signal }: { batch: ColumnBatch; column: string; signal?: AbortSignal },
  visit: (row: number, words: Uint32Array) => void,
): Promise<void> {
  const tokenizer = createTokenizer({ maxTokens: MAX_TOKENS });
  const distinct = createDistinct(MAX_TOKENS);
  const tokens = new Uint32Array(MAX_TOKENS);
  for (let row = 0; row < batch.length; row++) {
    if (row % ROWS_PER_TURN === 0) {
      await setImmediate();
      signal?.throwIfAborted();
    }
    const count = tokenizer.hashesInto(textOf(batch.columns[column]?.[row]), tokens);
    visit(row, tokens.subarray(0, distinct(tokens, 0, count)));
  }
}
