/**
 * BERT's tokenizer: text into the numbers of word pieces.
 * Source: Wu et al., "Google's Neural Machine Translation System", 2016, section 4.1; Devlin et al., "BERT", 2019.
 */
import { SoukError } from "@souk/core";
import { type Tensor, tensor } from "../onnx/tensor.ts";
import { bertWords, type BertWordsOptions } from "./bert-words.ts";

/** How text becomes pieces. */
export interface WordPieceOptions extends BertWordsOptions {
  /** Most tokens of a text or pair, [CLS] and [SEP] included. */
  readonly maxLength?: number;
}

/** The tokens of a text, or of a pair of texts. */
export interface Encoding {
  /** Numbers of the tokens, [CLS] first, [SEP] after each text. */
  readonly ids: readonly number[];
  /** 0 for the first text, 1 for the second. */
  readonly typeIds: readonly number[];
}

/** Rows of equal length, as a transformer encoder takes them. */
export interface EncodedBatch {
  /** int64 [rows, length], padded with [PAD]. */
  readonly input_ids: Tensor;
  /** int64 [rows, length]: 1 for tokens, 0 for padding. */
  readonly attention_mask: Tensor;
  /** int64 [rows, length]. */
  readonly token_type_ids: Tensor;
}

/** Lengths of one call. */
export interface EncodeOptions {
  readonly pair?: string;
  /** Lower than the tokenizer's own; longer texts lose their end. */
  readonly maxLength?: number;
}

/** Lengths of a batch. */
export interface BatchOptions {
  /** The second text of each row. */
  readonly pairs?: readonly string[];
  readonly maxLength?: number;
  /** Lengths to choose from: the first that holds the longest row. By default exactly the longest row. */
  readonly buckets?: readonly number[];
}

/** A tokenizer of one vocabulary. */
export interface WordPieceTokenizer {
  readonly vocabulary: readonly string[];
  /** Most tokens of one row. */
  readonly maxLength: number;
  /** How text is cleaned, as it was asked for. */
  readonly cleaning: BertWordsOptions;
  /** The pieces of a text without [CLS] and [SEP], all of them. */
  tokenize(text: string): readonly string[];
  /** The numbers of a text, or of a text and its pair; what does not fit is cut, of a pair from the longer one. */
  encode(text: string, options?: EncodeOptions): Encoding;
  /** Many texts as tensors. @throws SoukError `TOKENIZER_BATCH` when pairs are missing or no bucket is long enough. */
  encodeBatch(texts: readonly string[], options?: BatchOptions): EncodedBatch;
}

/** Of a longer text only this many characters are read: over a hundred times what any encoder sees of it. */
const MAX_CHARACTERS = 100_000;

/** A word of more characters is unknown as a whole (and cannot cost a quadratic search). Value of the reference code. */
const MAX_WORD = 100;

/** A vocabulary of more lines is not one. */
const MAX_VOCABULARY = 1_000_000;

/**
 * A tokenizer over the lines of a vocab.txt: token i is line i, "##" marks pieces inside a word.
 * Text that spells "[SEP]" is text: special tokens are only ever added by the tokenizer itself.
 *
 * @throws SoukError `TOKENIZER_VOCABULARY` when special tokens are missing or a token comes twice.
 */
export function wordPieceTokenizer(
  vocabulary: readonly string[],
  { maxLength = 512, ...cleaning }: WordPieceOptions = {},
): WordPieceTokenizer {
  const numbers = numberTokens(vocabulary);
  const special = specialTokens(numbers);
  const piecesOf = (text: string, most: number) =>
    pieces(bertWords(text.slice(0, MAX_CHARACTERS), cleaning), { numbers, special, most });
  const encode = (text: string, options: EncodeOptions = {}): Encoding => {
    const room = Math.min(options.maxLength ?? maxLength, maxLength);
    const { pair } = options;
    if (pair === undefined) return join(cut(piecesOf(text, room), undefined, room), special);
    return join(cut(piecesOf(text, Infinity), piecesOf(pair, Infinity), room), special);
  };
  return {
    vocabulary,
    maxLength,
    cleaning,
    tokenize: (text) => piecesOf(text, Infinity).map((id) => vocabulary[id]),
    encode,
    encodeBatch: (texts, options = {}) => encodeBatch(texts, { encode, special, options }),
  };
}

interface SpecialTokens {
  readonly pad: number;
  readonly unknown: number;
  readonly start: number;
  readonly end: number;
}

function numberTokens(vocabulary: readonly string[]): ReadonlyMap<string, number> {
  const numbers = new Map(vocabulary.map((token, id) => [token, id]));
  if (vocabulary.length > MAX_VOCABULARY || numbers.size !== vocabulary.length) {
    throw new SoukError(
      "TOKENIZER_VOCABULARY",
      `expected at most ${MAX_VOCABULARY} different tokens, got ${vocabulary.length} lines with ${numbers.size} different ones`,
    );
  }
  return numbers;
}

function specialTokens(numbers: ReadonlyMap<string, number>): SpecialTokens {
  const number = (token: string): number => {
    const id = numbers.get(token);
    if (id !== undefined) return id;
    throw new SoukError(
      "TOKENIZER_VOCABULARY",
      `expected the token ${token} among ${numbers.size} tokens`,
    );
  };
  return {
    pad: number("[PAD]"),
    unknown: number("[UNK]"),
    start: number("[CLS]"),
    end: number("[SEP]"),
  };
}

interface PieceSearch {
  readonly numbers: ReadonlyMap<string, number>;
  readonly special: SpecialTokens;
  /** Enough pieces: the words after are not looked at. */
  readonly most: number;
}

function pieces(words: readonly string[], { numbers, special, most }: PieceSearch): number[] {
  const found: number[] = [];
  for (const word of words) {
    if (found.length >= most) break;
    const whole = numbers.get(word);
    if (whole !== undefined) found.push(whole);
    else found.push(...(split(word, numbers) ?? [special.unknown]));
  }
  return found;
}

/** The longest piece that starts the word, then the longest that goes on, and so to its end; undefined if stuck. */
function split(word: string, numbers: ReadonlyMap<string, number>): number[] | undefined {
  const characters = Array.from(word);
  if (characters.length > MAX_WORD) return undefined;
  const found: number[] = [];
  for (let start = 0; start < characters.length;) {
    let end = characters.length;
    let id: number | undefined;
    for (; end > start && id === undefined; end--) {
      id = numbers.get((start > 0 ? "##" : "") + characters.slice(start, end).join(""));
    }
    if (id === undefined) return undefined;
    found.push(id);
    start = end + 1;
  }
  return found;
}

type Texts = readonly [readonly number[]] | readonly [readonly number[], readonly number[]];

/** What fits of one or two texts beside their special tokens; of two the longer one gives way, to half each at last. */
function cut(first: readonly number[], second: readonly number[] | undefined, room: number): Texts {
  if (!second) return [first.slice(0, Math.max(0, room - 2))];
  const left = Math.max(0, room - 3);
  if (first.length + second.length <= left) return [first, second];
  const [short, long] = [first, second].map((list) => list.length).toSorted((a, b) => a - b);
  const half = left >> 1;
  const [few, many] = short + short <= left ? [short, left - short] : [half, left - half];
  return first.length > second.length
    ? [first.slice(0, many), second.slice(0, few)]
    : [first.slice(0, few), second.slice(0, Math.min(many, long))];
}

function join(texts: Texts, { start, end }: SpecialTokens): Encoding {
  const [first, second] = texts;
  const ids = [start, ...first, end, ...(second ? [...second, end] : [])];
  return { ids, typeIds: ids.map((_, at) => Number(at >= first.length + 2)) };
}

interface BatchContext {
  readonly encode: WordPieceTokenizer["encode"];
  readonly special: SpecialTokens;
  readonly options: BatchOptions;
}

function encodeBatch(
  texts: readonly string[],
  { encode, special, options: { pairs, maxLength, buckets } }: BatchContext,
): EncodedBatch {
  if (pairs && pairs.length !== texts.length) {
    throw new SoukError("TOKENIZER_BATCH", `expected ${texts.length} pairs, got ${pairs.length}`);
  }
  const limit = maxLength === undefined ? {} : { maxLength };
  const rows = texts.map((text, row) =>
    encode(text, pairs ? { ...limit, pair: pairs[row] } : limit),
  );
  const length = bucketFor(Math.max(0, ...rows.map(({ ids }) => ids.length)), buckets);
  const shape = [rows.length, length];
  const [ids, mask, types] = [special.pad, 0, 0].map((padding) =>
    new BigInt64Array(rows.length * length).fill(BigInt(padding)),
  );
  rows.forEach((row, at) => {
    row.ids.forEach((id, step) => {
      const place = at * length + step;
      ids[place] = BigInt(id);
      mask[place] = 1n;
      types[place] = BigInt(row.typeIds[step]);
    });
  });
  return {
    input_ids: tensor("int64", ids, shape),
    attention_mask: tensor("int64", mask, shape),
    token_type_ids: tensor("int64", types, shape),
  };
}

function bucketFor(longest: number, buckets: readonly number[] | undefined): number {
  if (!buckets) return longest;
  const fitting = buckets.filter((length) => length >= longest);
  if (fitting.length > 0) return Math.min(...fitting);
  throw new SoukError(
    "TOKENIZER_BATCH",
    `a row has ${longest} tokens, the longest of the buckets ${buckets.join(", ")} is too short; set maxLength`,
  );
}
