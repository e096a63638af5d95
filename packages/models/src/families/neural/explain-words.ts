import type { Cell, ColumnBatch } from "../../rows/batch.ts";
import { bySize } from "../../explain/contributions.ts";
import { textOf } from "../../rows/cells.ts";
import type { Explanation, Predictor } from "../family.ts";
import { type WordSpan, wordSpans } from "./word-spans.ts";

/** What is asked about: one output of a predictor of `outputs`. */
export interface WordQuestion {
  readonly output: number;
  readonly outputs: number;
  /** The text inputs. */
  readonly columns: readonly string[];
  /** Words of one cell that can matter. */
  readonly mostWords: number;
}

/** Each word costs one run over the row: bounds what a long text takes. */
const MOST_WORDS = 512;

/**
 * What each word of the first row's texts does for a score: how much lower the score is when the word alone is left
 * out (a space stands for it). Of two words that say the same neither may seem to matter. Largest effect first.
 * Source: J. Li, W. Monroe, D. Jurafsky, "Understanding Neural Networks through Representation Erasure", 2016.
 */
export async function explainWords(
  batch: ColumnBatch,
  { output, outputs, columns, mostWords }: WordQuestion,
  scoreInto: Predictor["scoreInto"],
): Promise<Explanation> {
  const cells = new Map(columns.map((column) => [column, textOf(batch.columns[column]?.[0])]));
  const words = columns
    .flatMap((input) =>
      wordSpans(cells.get(input) ?? "")
        .slice(0, mostWords)
        .map((span) => ({ input, ...span })),
    )
    .slice(0, MOST_WORDS);
  const variants: ColumnBatch = {
    length: words.length + 1,
    columns: Object.fromEntries(
      columns.map((column) => {
        const text = cells.get(column) ?? "";
        const without = words.map((word): Cell =>
          word.input === column ? leaveOut(text, word) : text,
        );
        return [column, [...without, text]];
      }),
    ),
  };
  const scores = new Float64Array(variants.length * outputs);
  await scoreInto(variants, scores);
  const whole = scores[words.length * outputs + output];
  const tokens = words.map((word, row) => ({
    ...word,
    contribution: whole - scores[row * outputs + output],
  }));
  return { tokens: tokens.toSorted(bySize), features: [], images: [] };
}

function leaveOut(text: string, { from, to }: WordSpan): string {
  return `${text.slice(0, from)} ${text.slice(to)}`;
}
