import { setImmediate } from "node:timers/promises";
import { SoukError } from "@souk/core";
import type { ColumnBatch } from "../../rows/batch.ts";
import { textOf } from "../../rows/cells.ts";
import type { Task } from "../../task/task.ts";
import { createTokenizer, TOKENIZER_VERSION } from "../../text/tokenizer.ts";
import { FIELD, WordCounter, type WordIndex } from "./word-index.ts";

/** What turns texts into numbers, beside the words: plain data, kept in the artefact. */
export interface TextParameters {
  readonly tokenizer: number;
  /** The text inputs, in the order they are read. */
  readonly columns: readonly string[];
  /** Most tokens of a row, field marks included. */
  readonly maxTokens: number;
}

/** Turns the texts of a row into one sequence of numbers. */
export interface RowEncoder {
  /** Plain data, kept in the artefact; what else it holds is the encoder's own. */
  readonly parameters: Pick<TextParameters, "columns" | "maxTokens">;
  /** The words that have numbers, in the order of the numbers. */
  readonly words: readonly string[];
  /** Numbers of all rows, one after another. */
  encode(batch: ColumnBatch, options?: { signal?: AbortSignal }): Promise<TokenRows>;
}

/** Sequences of different lengths: row `i` is `ids[starts[i]..starts[i + 1])`, never empty. */
export interface TokenRows {
  readonly ids: Int32Array;
  readonly starts: Uint32Array;
}

/** Limits on what is kept of the training rows. */
export interface WordLimits {
  readonly maxTokens: number;
  readonly minCount: number;
  readonly maxWords: number;
}

const ROWS_PER_TURN = 1024;
const SHORTEST = 16;

/**
 * The names of a task's text inputs.
 * @throws SoukError `FAMILY_INPUTS` when it has none.
 */
export function textColumns(task: Task, family: string): readonly string[] {
  const columns = task.inputs.filter(({ kind }) => kind === "text").map(({ column }) => column);
  if (columns.length > 0) return columns;
  const kinds = task.inputs.map(({ column, kind }) => `${column} (${kind})`).join(", ");
  throw new SoukError(
    "FAMILY_INPUTS",
    `family ${family}: expected a task with a text input, got ${kinds || "none"}`,
  );
}

/** A field mark before each text, the numbers of its words after it. */
export interface WordEncoder extends RowEncoder {
  readonly parameters: TextParameters;
  readonly index: WordIndex;
}

/** Learns the words of the training rows. */
export async function fitRowEncoder(
  columns: readonly string[],
  batch: ColumnBatch,
  { signal, ...limits }: WordLimits & { signal?: AbortSignal },
): Promise<WordEncoder> {
  const parameters = { tokenizer: TOKENIZER_VERSION, columns, maxTokens: limits.maxTokens };
  const read = createReader(parameters);
  const counter = new WordCounter();
  for (let row = 0; row < batch.length; row++) {
    if (row % ROWS_PER_TURN === 0) await takeTurn(signal);
    for (const word of read(batch, row)) if (word !== undefined) counter.add(word);
  }
  return createRowEncoder(parameters, counter.keep(limits));
}

/** @throws SoukError `MODEL_TOKENIZER` when the parameters need a tokenizer this version of Souk does not have. */
export function createRowEncoder(parameters: TextParameters, index: WordIndex): WordEncoder {
  if (parameters.tokenizer !== TOKENIZER_VERSION)
    throw new SoukError(
      "MODEL_TOKENIZER",
      `expected tokenizer version ${TOKENIZER_VERSION}, got ${parameters.tokenizer}: train again`,
    );
  const read = createReader(parameters);
  const idsOfRow = (batch: ColumnBatch, row: number): number[] =>
    read(batch, row).map((word) => (word === undefined ? FIELD : index.idOf(word)));
  return {
    parameters,
    index,
    words: index.words,
    encode: (batch, { signal } = {}) => encodeRows(batch, idsOfRow, signal),
  };
}

/** The numbers of every row, one after another. Lets in other work now and then. */
export async function encodeRows(
  batch: ColumnBatch,
  idsOfRow: (batch: ColumnBatch, row: number) => readonly number[],
  signal: AbortSignal | undefined,
): Promise<TokenRows> {
  const starts = new Uint32Array(batch.length + 1);
  let ids = new Int32Array(1024);
  let at = 0;
  for (let row = 0; row < batch.length; row++) {
    if (row > 0 && row % ROWS_PER_TURN === 0) await takeTurn(signal);
    const found = idsOfRow(batch, row);
    if (at + found.length > ids.length) ids = grown(ids, at + found.length);
    ids.set(found, at);
    at += found.length;
    starts[row + 1] = at;
  }
  return { ids: ids.subarray(0, at), starts };
}

/** The padded length of a row: 16, 32, 64 … up to `maxTokens`, so that few lengths are computed and a row's never varies. */
export function paddedLength(tokens: number, maxTokens: number): number {
  let length = SHORTEST;
  while (length < tokens) length *= 2;
  return Math.min(length, maxTokens);
}

/** Words of a row, `undefined` where a text begins. */
function createReader({
  columns,
  maxTokens,
}: TextParameters): (batch: ColumnBatch, row: number) => (string | undefined)[] {
  const tokenizer = createTokenizer({ maxTokens });
  return (batch, row) => {
    const words: (string | undefined)[] = [];
    for (const column of columns) {
      words.push(undefined);
      const text = textOf(batch.columns[column]?.[row]);
      if (text !== "" && words.length < maxTokens) words.push(...tokenizer.tokens(text));
    }
    return words.slice(0, maxTokens);
  };
}

function grown(ids: Int32Array<ArrayBuffer>, needed: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(needed, 2 * ids.length));
  larger.set(ids);
  return larger;
}

async function takeTurn(signal: AbortSignal | undefined): Promise<void> {
  await setImmediate();
  signal?.throwIfAborted();
}
