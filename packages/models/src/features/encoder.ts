import { SoukError } from "@souk/core";
import type { Cell, ColumnBatch } from "../rows/batch.ts";
import { numberOf, textOf, timeOf } from "../rows/cells.ts";
import type { TaskInput } from "../task/task.ts";
import { createTokenizer, hashRange, mix, TOKENIZER_VERSION } from "../text/tokenizer.ts";
import { createDistinct } from "./distinct.ts";

/** Everything needed to turn a row into features again: plain data, kept in the artefact. */
export interface EncoderParameters {
  readonly tokenizer: number;
  readonly inputs: readonly TaskInput[];
  /** Longest run of words that is one feature, 1..3. */
  readonly wordNgrams: number;
  /** Tokens read of one text. */
  readonly maxTokens: number;
  /** Mean and deviation of each number and date (in days) input in the training rows. */
  readonly numbers: Readonly<Record<string, { readonly mean: number; readonly deviation: number }>>;
  /** Inner edges of the bins a number also falls into, ascending; no bins when empty. */
  readonly bins: Readonly<Record<string, readonly number[]>>;
}

/** The features of one row: hashes, segment by segment (bias, each text, facts); a text has each feature once. */
interface EncodedRow {
  readonly hashes: Uint32Array;
  /** End of each segment in `hashes`, [segments]. */
  readonly ends: Int32Array;
}

/** Turns rows into hashed features and standardised numbers. Keeps one buffer, so it is not shared by threads. */
export interface FeatureEncoder {
  readonly parameters: EncoderParameters;
  readonly segments: number;
  /** Number of standardised numbers of a row. */
  readonly denseSize: number;
  /** Features of one row; overwritten by the next call. */
  encode(batch: ColumnBatch, row: number): EncodedRow;
  /** Writes the standardised numbers of one row; a missing one is 0, the mean. */
  denseInto(batch: ColumnBatch, row: number, target: Float32Array): void;
  /** The same features as `encode`, segment by segment, each as often as it comes and with its origin. */
  trace(batch: ColumnBatch, row: number): TracedFeature[][];
  /** Inputs whose standardised numbers `denseInto` writes, in that order. */
  readonly denseInputs: readonly string[];
}

/** Where a feature comes from. */
export interface TracedFeature {
  readonly hash: number;
  /** The input; `undefined` for the bias. */
  readonly input: string | undefined;
  /** Words [`from`, `to`) of the text, where it is made of words. */
  readonly words?: { readonly from: number; readonly to: number };
}

const DAY_MS = 86_400_000;
/** Deviations from the mean beyond which a number counts as this far: one absurd price must not decide alone. */
const CLIP = 8;
const BIAS = hashRange("bias", 0, 4);
const LENGTH = hashRange("length", 0, 6);

/** @throws SoukError `MODEL_TOKENIZER` when the parameters need a tokenizer this version of Souk does not have. */
export function createEncoder(parameters: EncoderParameters): FeatureEncoder {
  if (parameters.tokenizer !== TOKENIZER_VERSION)
    throw new SoukError(
      "MODEL_TOKENIZER",
      `expected tokenizer version ${TOKENIZER_VERSION}, got ${parameters.tokenizer}: train again`,
    );
  const { inputs, wordNgrams, maxTokens } = parameters;
  const texts = inputs.filter((input) => input.kind === "text");
  const facts = inputs.filter((input) => input.kind !== "text" && input.kind !== "image");
  const dense = inputs.filter((input) => input.kind === "number" || input.kind === "date");
  const tokenizer = createTokenizer({ maxTokens });
  const tokens = new Uint32Array(maxTokens);
  const segments = 1 + texts.length + (facts.length > 0 ? 1 : 0);
  const hashes = new Uint32Array(
    1 + texts.length * (1 + wordNgrams * maxTokens) + 8 * facts.length,
  );
  const encoded: EncodedRow = { hashes, ends: new Int32Array(segments) };
  const distinct = createDistinct(1 + wordNgrams * maxTokens);
  const seeds = texts.map((input) => fieldSeed(input.column));

  function encode(batch: ColumnBatch, row: number): EncodedRow {
    hashes[0] = BIAS;
    encoded.ends[0] = 1;
    let at = 1;
    for (let i = 0; i < texts.length; i++) {
      const text = textOf(batch.columns[texts[i].column]?.[row]);
      const count = text === "" ? 0 : tokenizer.hashesInto(text, tokens);
      const first = at;
      hashes[at++] = lengthFeature(count, seeds[i]);
      at = writeNgrams(tokens, count, { seed: seeds[i], wordNgrams, target: hashes, at });
      at = distinct(hashes, first, at);
      encoded.ends[1 + i] = at;
    }
    for (const input of facts) {
      const cell = batch.columns[input.column]?.[row] ?? null;
      for (const fact of factsOf(input, cell, parameters.bins[input.column]))
        hashes[at++] = mix(hashRange(fact, 0, fact.length) ^ fieldSeed(input.column));
    }
    encoded.ends[segments - 1] = at;
    return encoded;
  }

  function denseInto(batch: ColumnBatch, row: number, target: Float32Array): void {
    for (let i = 0; i < dense.length; i++) {
      const { mean, deviation } = parameters.numbers[dense[i].column];
      const value = measure(dense[i], batch.columns[dense[i].column]?.[row]);
      const standard = (value - mean) / deviation;
      target[i] = Number.isNaN(value) ? 0 : Math.max(-CLIP, Math.min(CLIP, standard));
    }
  }

  function trace(batch: ColumnBatch, row: number): TracedFeature[][] {
    const traced: TracedFeature[][] = [[{ hash: BIAS, input: undefined }]];
    texts.forEach(({ column: input }, i) => {
      const text = textOf(batch.columns[input]?.[row]);
      const count = text === "" ? 0 : tokenizer.hashesInto(text, tokens);
      const length = { hash: lengthFeature(count, seeds[i]), input };
      traced.push([length, ...traceNgrams(tokens, count, { seed: seeds[i], wordNgrams, input })]);
    });
    const found = facts.flatMap((input) => {
      const cell = batch.columns[input.column]?.[row] ?? null;
      return factsOf(input, cell, parameters.bins[input.column]).map((fact) => ({
        hash: mix(hashRange(fact, 0, fact.length) ^ fieldSeed(input.column)),
        input: input.column,
      }));
    });
    if (facts.length > 0) traced.push(found);
    return traced;
  }

  const denseInputs = dense.map((input) => input.column);
  return { parameters, segments, denseSize: dense.length, encode, denseInto, trace, denseInputs };
}

/** What `writeNgrams` writes, with the words of each. */
function traceNgrams(
  tokens: Uint32Array,
  count: number,
  { seed, wordNgrams, input }: { seed: number; wordNgrams: number; input: string },
): TracedFeature[] {
  const hashes = new Uint32Array(wordNgrams * count);
  const end = writeNgrams(tokens, count, { seed, wordNgrams, target: hashes, at: 0 });
  const traced: TracedFeature[] = [];
  for (let width = 1; width <= wordNgrams; width++)
    for (let from = 0; from + width <= count; from++)
      traced.push({ hash: hashes[traced.length], input, words: { from, to: from + width } });
  if (traced.length !== end)
    throw new SoukError("MODEL_TOKENIZER", `expected ${end} runs of words, got ${traced.length}`);
  return traced;
}

/** Learns means, deviations and (with `binCount` above 1) equal-count bins from the training rows. */
export function fitEncoder(
  inputs: readonly TaskInput[],
  batch: ColumnBatch,
  { wordNgrams = 2, maxTokens = 512, binCount = 0 } = {},
): FeatureEncoder {
  const numbers: Record<string, { mean: number; deviation: number }> = {};
  const bins: Record<string, number[]> = {};
  for (const input of inputs) {
    if (input.kind !== "number" && input.kind !== "date") continue;
    const column = batch.columns[input.column];
    const values: number[] = [];
    for (let i = 0; i < batch.length; i++) values.push(measure(input, column[i]));
    const sorted = Float64Array.from(values.filter((value) => !Number.isNaN(value))).sort();
    numbers[input.column] = spread(sorted);
    bins[input.column] = edges(sorted, binCount);
  }
  const tokenizer = TOKENIZER_VERSION;
  return createEncoder({ tokenizer, inputs, wordNgrams, maxTokens, numbers, bins });
}

/** How long a text is, two steps an octave: the scaled sum of its words does not say it. */
function lengthFeature(tokens: number, seed: number): number {
  return mix((seed ^ LENGTH) + Math.floor(2 * Math.log2(tokens + 1)));
}

interface NgramOptions {
  readonly seed: number;
  readonly wordNgrams: number;
  readonly target: Uint32Array;
  readonly at: number;
}

/** Words, then pairs, then triples of neighbours, each marked by its field's seed. Returns the new end. */
function writeNgrams(tokens: Uint32Array, count: number, options: NgramOptions): number {
  const { seed, wordNgrams, target } = options;
  let at = options.at;
  for (let i = 0; i < count; i++) target[at++] = mix(tokens[i] ^ seed);
  for (let width = 2; width <= wordNgrams; width++)
    for (let i = 0; i + width <= count; i++) {
      let hash = seed + width;
      for (let j = 0; j < width; j++) hash = Math.imul(hash, 0x9e3779b1) + tokens[i + j];
      target[at++] = mix(hash);
    }
  return at;
}

/** What a category, number or date says as words: at most 6. */
function factsOf(input: TaskInput, cell: Cell, bins: readonly number[] | undefined): string[] {
  if (input.kind === "category") return [cell === null ? "missing" : `is ${textOf(cell)}`];
  const value = measure(input, cell);
  if (Number.isNaN(value)) return ["missing"];
  const facts = bins === undefined || bins.length === 0 ? [] : [`bin ${binOf(value, bins)}`];
  if (input.kind === "date") {
    const date = new Date(value * DAY_MS);
    facts.push(`year ${date.getUTCFullYear()}`, `month ${date.getUTCMonth()}`);
    facts.push(`weekday ${date.getUTCDay()}`, `hour ${date.getUTCHours()}`);
  }
  return facts;
}

/** The number in a cell: itself, or for a date the days since 1970. */
function measure(input: TaskInput, cell: Cell | undefined): number {
  return input.kind === "date" ? timeOf(cell) / DAY_MS : numberOf(cell);
}

function spread(sorted: Float64Array): { mean: number; deviation: number } {
  if (sorted.length === 0) return { mean: 0, deviation: 1 };
  const mean = sorted.reduce((sum, value) => sum + value / sorted.length, 0);
  const variance = sorted.reduce((sum, value) => sum + (value - mean) ** 2 / sorted.length, 0);
  return { mean, deviation: Math.sqrt(variance) || 1 };
}

function edges(sorted: Float64Array, binCount: number): number[] {
  const found = new Set<number>();
  for (let bin = 1; bin < binCount && sorted.length > 0; bin++)
    found.add(sorted[Math.floor((bin * sorted.length) / binCount)]);
  return [...found];
}

function binOf(value: number, bins: readonly number[]): number {
  let bin = 0;
  while (bin < bins.length && value >= bins[bin]) bin++;
  return bin;
}

function fieldSeed(column: string): number {
  return hashRange(column, 0, column.length);
}
