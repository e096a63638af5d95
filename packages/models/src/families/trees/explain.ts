import { createVocabulary } from "../../features/vocabulary.ts";
import { bySize, shownValue } from "../../explain/contributions.ts";
import { placedTokens } from "../../explain/token-places.ts";
import type { ColumnBatch } from "../../rows/batch.ts";
import { textOf } from "../../rows/cells.ts";
import { hashRange } from "../../text/tokenizer.ts";
import type { Explanation } from "../family.ts";
import { MAX_TOKENS, type TreeFeatures } from "./tree-features.ts";

type Token = Explanation["tokens"][number];
type Feature = Explanation["features"][number];

/**
 * The contributions of features, [size], as those of inputs and words of the first row. What a text's length and the
 * words it does not have contribute stands under the text's name without a value. Nothing is left out.
 */
export function explainRow(
  { plans, starts }: TreeFeatures,
  batch: ColumnBatch,
  contributions: Float64Array,
): Explanation {
  const tokens: Token[] = [];
  const features = new Map<string, Feature>();
  plans.forEach((plan, i) => {
    const own = contributions.subarray(starts[i], starts[i + 1]);
    const cell = batch.columns[plan.column]?.[0];
    const found = plan.kind === "words" ? wordsOf(plan, textOf(cell), own) : [];
    tokens.push(...found);
    const rest = sumOf(own) - found.reduce((sum, { contribution }) => sum + contribution, 0);
    const isText = plan.kind === "words" || plan.kind === "length";
    const contribution = (features.get(plan.column)?.contribution ?? 0) + rest;
    const value = isText ? null : shownValue(cell);
    features.set(plan.column, { input: plan.column, value, contribution });
  });
  return {
    tokens: tokens.toSorted(bySize),
    features: [...features.values()].toSorted(bySize),
    images: [],
  };
}

/** The known words where they stand; one that comes several times shares its contribution out. */
function wordsOf(
  { column, keys }: { column: string; keys: Uint32Array },
  text: string,
  contributions: Float64Array,
): Token[] {
  const vocabulary = createVocabulary(keys);
  const found: { word: number; from: number; to: number }[] = [];
  const times = new Uint32Array(keys.length);
  for (const { token, place } of placedTokens(text, { maxTokens: MAX_TOKENS })) {
    if (!place) continue;
    const word = vocabulary.rowOf(hashRange(token, 0, token.length));
    if (word < 0) continue;
    times[word]++;
    found.push({ word, ...place });
  }
  return found.map(({ word, from, to }) => ({
    input: column,
    text: text.slice(from, to),
    from,
    to,
    contribution: contributions[word] / times[word],
  }));
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
