import { segmentScale } from "../features/corpus.ts";
import type { FeatureEncoder, TracedFeature } from "../features/encoder.ts";
import type { Explanation } from "../families/family.ts";
import type { ColumnBatch } from "../rows/batch.ts";
import { textOf } from "../rows/cells.ts";
import { bySize, shownValue } from "./contributions.ts";
import { placedTokens } from "./token-places.ts";

/** A predictor that is linear in hashed features, as far as one output goes. */
export interface HashedScore {
  readonly encoder: FeatureEncoder;
  /** Weight of a feature for the output; `undefined` when the model does not know it. */
  readonly weightOf: (hash: number) => number | undefined;
  /** Weight of each standardised number for the output, [denseSize]. */
  readonly dense: Float32Array;
  /** Undoes the standardisation of a number target; 1 for classes. */
  readonly scale: number;
}

type Sums = Map<string, number>;

/**
 * The exact contributions of the first row's words and values: with the bias, which is the same for every row, they sum
 * to the score. A run of words shares its weight among its words, a feature that comes several times among its places.
 * What a text's length says, and words that normalising changed beyond finding, stand under its name without a value.
 */
export function explainHashed(score: HashedScore, batch: ColumnBatch): Explanation {
  const { encoder, dense, scale } = score;
  const features: Sums = new Map();
  const tokens: Explanation["tokens"][number][] = [];
  for (const segment of encoder.trace(batch, 0)) {
    const { shares, rest } = sharesOf(segment, score);
    for (const [input, contribution] of rest) add(features, input, contribution);
    const input = segment[0]?.input;
    if (input === undefined || shares.length === 0) continue;
    tokens.push(...placed(batch, { input, shares, encoder, features }));
  }
  const numbers = new Float32Array(encoder.denseSize);
  encoder.denseInto(batch, 0, numbers);
  encoder.denseInputs.forEach((input, i) => add(features, input, scale * dense[i] * numbers[i]));
  const texts = new Set(tokens.map(({ input }) => input));
  const isText = (input: string): boolean =>
    texts.has(input) ||
    encoder.parameters.inputs.some(({ column, kind }) => column === input && kind === "text");
  return {
    tokens: tokens.toSorted(bySize),
    features: [...features]
      .map(([input, contribution]) => {
        const value = isText(input) ? null : shownValue(batch.columns[input]?.[0]);
        return { input, value, contribution };
      })
      .toSorted(bySize),
    images: [],
  };
}

/** What each word of a segment contributes, by its place, and what belongs to no word, by input. */
function sharesOf(
  segment: readonly TracedFeature[],
  { weightOf, scale }: HashedScore,
): { shares: number[]; rest: Sums } {
  const times = new Map<number, number>();
  for (const { hash } of segment) times.set(hash, (times.get(hash) ?? 0) + 1);
  const isText = segment.some(({ words }) => words !== undefined);
  const known = segment.filter(({ hash }) => weightOf(hash) !== undefined);
  // A text counts each feature once, other inputs as often as it comes.
  const size = isText ? new Set(known.map(({ hash }) => hash)).size : known.length;
  const shares: number[] = [];
  const rest: Sums = new Map();
  for (const { hash, input, words } of segment) {
    const whole = scale * segmentScale(size) * (weightOf(hash) ?? 0);
    const part = isText ? whole / (times.get(hash) ?? 1) : whole;
    if (input === undefined) continue;
    if (words === undefined) add(rest, input, part);
    else
      for (let word = words.from; word < words.to; word++)
        shares[word] = (shares[word] ?? 0) + part / (words.to - words.from);
  }
  return { shares, rest };
}

/** The shares as words of the cell; those without a place go to the input itself. */
function placed(
  batch: ColumnBatch,
  {
    input,
    shares,
    encoder,
    features,
  }: { input: string; shares: readonly number[]; encoder: FeatureEncoder; features: Sums },
): Explanation["tokens"][number][] {
  const text = textOf(batch.columns[input]?.[0]);
  const places = placedTokens(text, { maxTokens: encoder.parameters.maxTokens });
  return shares.flatMap((contribution, word) => {
    const place = places[word]?.place;
    if (place) return [{ input, text: text.slice(place.from, place.to), ...place, contribution }];
    add(features, input, contribution);
    return [];
  });
}

function add(sums: Sums, input: string, contribution: number): void {
  sums.set(input, (sums.get(input) ?? 0) + contribution);
}
