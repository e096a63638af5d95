import { SoukError } from "@souk/core";
import { type BertWordsOptions, wordPieceTokenizer, type WordPieceTokenizer } from "@souk/tensor";
import type { ColumnBatch } from "../../rows/batch.ts";
import { textOf } from "../../rows/cells.ts";
import { withoutMarkup } from "../../text/normalise.ts";
import { encodeRows, type RowEncoder, type TextParameters } from "./text-encoder.ts";

/** How texts become word pieces: plain data, kept in the artefact beside the vocabulary. */
export interface PieceParameters extends Omit<TextParameters, "tokenizer"> {
  readonly pieces: BertWordsOptions;
}

/**
 * Numbers of a row: 0 fills up; piece `p` of text `s` of the row is 1 + s * (pieces in all) + p, so that one column of
 * numbers says both which piece and of which text it is. [CLS] comes first, [SEP] after each text.
 */
export interface PieceEncoder extends RowEncoder {
  readonly parameters: PieceParameters;
}

/** An encoder of the texts in `columns` by a published tokenizer; `maxTokens` is at most the tokenizer's own. */
export function createPieceEncoder(
  tokenizer: WordPieceTokenizer,
  { columns, maxTokens }: Pick<PieceParameters, "columns" | "maxTokens">,
): PieceEncoder {
  const { vocabulary, cleaning } = tokenizer;
  const idsOfRow = (batch: ColumnBatch, row: number): number[] => {
    const texts = columns.map((column) => {
      const text = withoutMarkup(textOf(batch.columns[column]?.[row]));
      return tokenizer.encode(text, { maxLength: maxTokens }).ids;
    });
    return joined(cutToFit(texts, maxTokens), vocabulary.length);
  };
  return {
    parameters: { columns, maxTokens, pieces: cleaning },
    words: vocabulary,
    encode: (batch, { signal } = {}) => encodeRows(batch, idsOfRow, signal),
  };
}

/** @throws SoukError `MODEL_WEIGHTS` when the vocabulary lacks special pieces. */
export function restorePieceEncoder(
  { columns, maxTokens, pieces }: PieceParameters,
  vocabulary: readonly string[],
): PieceEncoder {
  try {
    const tokenizer = wordPieceTokenizer(vocabulary, { ...pieces, maxLength: maxTokens });
    return createPieceEncoder(tokenizer, { columns, maxTokens });
  } catch (cause) {
    throw new SoukError(
      "MODEL_WEIGHTS",
      "weights: expected a vocabulary of word pieces, got another",
      { cause },
    );
  }
}

/** [CLS] and the texts, each with its [SEP]; the longest texts lose their ends first. */
function cutToFit(texts: readonly (readonly number[])[], maxTokens: number): (readonly number[])[] {
  const [start] = texts[0];
  const end = texts[0][texts[0].length - 1];
  const bare = texts.map((ids) => ids.slice(1, -1));
  let room = Math.max(0, maxTokens - 1 - texts.length);
  const shares = texts.map(() => 0);
  const shortestFirst = [...bare.keys()].toSorted((a, b) => bare[a].length - bare[b].length);
  shortestFirst.forEach((at, place) => {
    shares[at] = Math.min(bare[at].length, Math.floor(room / (texts.length - place)));
    room -= shares[at];
  });
  return bare.map((ids, at) => [...(at === 0 ? [start] : []), ...ids.slice(0, shares[at]), end]);
}

function joined(texts: readonly (readonly number[])[], vocabulary: number): number[] {
  return texts.flatMap((ids, at) => ids.map((id) => 1 + at * vocabulary + id));
}
