/** Rows as points of a space in which rows that say about the same lie close: weighted words, pairs of words, runs of letters, categories. */
import { FeatureCounter, createVocabulary } from "../features/vocabulary.ts";
import type { ColumnBatch } from "../rows/batch.ts";
import { textOf } from "../rows/cells.ts";
import type { TaskInput } from "../task/task.ts";
import { createTokenizer, hashRange, mix } from "../text/tokenizer.ts";

/** Features of one row, ascending, with their weights. */
export interface SparseRow {
  readonly ids: Uint32Array;
  readonly weights: Float32Array;
}

/** What turns a row into a point: plain data. */
export interface TextSpaceParameters {
  /** Texts and categories; inputs of other kinds are no part of it. */
  readonly inputs: readonly Pick<TaskInput, "column" | "kind">[];
  /** Hash of each feature, ascending. */
  readonly keys: Uint32Array;
  /** How much each feature says: rare ones more, [features]. */
  readonly rarity: Float32Array;
}

/** A space of rows. Keeps buffers, so it is not shared by threads. */
export interface TextSpace {
  readonly parameters: TextSpaceParameters;
  readonly size: number;
  /** The product of two rows is the similarity of rows with the same inputs: at most this. */
  readonly most: number;
  readonly rowOf: (batch: ColumnBatch, row: number) => SparseRow;
}

const MAX_TOKENS = 256;
/** Letters of a long text say little that its words do not. */
const LETTER_TOKENS = 32;
const LONGEST_WORD = 24;
const RUNS = [3, 4, 5];
/** Square of the weight of a shared category, beside 1 of equal words and 1 of equal letters. */
const CATEGORY_SHARE = 0.3;
const MAX_FEATURES = 1_000_000;

/** The space of these rows: rare features weigh more (smoothed inverse document frequency). */
export function fitTextSpace(
  batch: ColumnBatch,
  { inputs, rows }: { inputs: readonly TaskInput[]; rows: ArrayLike<number> },
): TextSpace {
  const used = inputs.filter(({ kind }) => kind === "text" || kind === "category");
  const read = createReader(used);
  const counter = new FeatureCounter();
  const seen = new Map<number, number>();
  for (let i = 0; i < rows.length; i++) {
    seen.clear();
    for (const block of read(batch, rows[i]))
      for (const hash of block.counts.keys()) seen.set(hash, 1);
    const hashes = Uint32Array.from(seen.keys());
    counter.addAll(hashes, 0, hashes.length);
  }
  const { keys } = counter.keep({ maxFeatures: MAX_FEATURES });
  const counts = countRows(read, { batch, rows, keys });
  const rarity = Float32Array.from(
    counts,
    (count) => Math.log((1 + rows.length) / (1 + count)) + 1,
  );
  return createTextSpace({ inputs: used, keys, rarity });
}

/** The space of saved parameters. */
export function createTextSpace(parameters: TextSpaceParameters): TextSpace {
  const { inputs, keys, rarity } = parameters;
  const vocabulary = createVocabulary(keys);
  const read = createReader(inputs);
  return {
    parameters,
    size: keys.length,
    most: inputs.reduce((sum, { kind }) => sum + (kind === "text" ? 2 : CATEGORY_SHARE), 0),
    rowOf(batch, row) {
      const weights = new Map<number, number>();
      for (const { counts, share } of read(batch, row)) {
        const found = [...counts].flatMap(([hash, count]): [number, number][] => {
          const id = vocabulary.rowOf(hash);
          return id < 0 ? [] : [[id, (1 + Math.log(count)) * rarity[id]]];
        });
        const length = Math.hypot(...found.map(([, weight]) => weight)) || 1;
        for (const [id, weight] of found) weights.set(id, (Math.sqrt(share) * weight) / length);
      }
      const ids = Uint32Array.from(weights.keys()).sort();
      return { ids, weights: Float32Array.from(ids, (id) => weights.get(id) ?? 0) };
    },
  };
}

/** Features of one kind of one input by how often they come; each block has a length of its own. */
interface Block {
  readonly counts: ReadonlyMap<number, number>;
  readonly share: number;
}

type Reader = (batch: ColumnBatch, row: number) => Block[];

function createReader(inputs: TextSpaceParameters["inputs"]): Reader {
  const tokenizer = createTokenizer({ maxTokens: MAX_TOKENS });
  return (batch, row) =>
    inputs.flatMap(({ column, kind }, i): Block[] => {
      const text = textOf(batch.columns[column]?.[row]);
      if (kind === "category") {
        const hash = mix(hashRange(text, 0, text.length) + 4 * i);
        return [{ counts: new Map([[hash, 1]]), share: CATEGORY_SHARE }];
      }
      const tokens = tokenizer.tokens(text);
      return [
        { counts: wordsOf(tokens, 4 * i + 1), share: 1 },
        { counts: lettersOf(tokens.slice(0, LETTER_TOKENS), 4 * i + 3), share: 1 },
      ];
    });
}

/** Words and pairs of neighbours. */
function wordsOf(tokens: readonly string[], salt: number): Map<number, number> {
  const counts = new Map<number, number>();
  let last = 0;
  tokens.forEach((token, i) => {
    const hash = hashRange(token, 0, token.length);
    add(counts, mix(hash + salt));
    if (i > 0) add(counts, mix(Math.imul(last, 0x9e3779b1) + hash + salt + 1));
    last = hash;
  });
  return counts;
}

/** Runs of letters inside each word, its ends marked. */
function lettersOf(tokens: readonly string[], salt: number): Map<number, number> {
  const counts = new Map<number, number>();
  for (const token of tokens) {
    const word = ` ${token.slice(0, LONGEST_WORD)} `;
    for (const run of RUNS)
      for (let at = 0; at + run <= word.length; at++)
        add(counts, mix(hashRange(word, at, at + run) + salt));
  }
  return counts;
}

function add(counts: Map<number, number>, hash: number): void {
  counts.set(hash, (counts.get(hash) ?? 0) + 1);
}

function countRows(
  read: Reader,
  { batch, rows, keys }: { batch: ColumnBatch; rows: ArrayLike<number>; keys: Uint32Array },
): Uint32Array {
  const vocabulary = createVocabulary(keys);
  const counts = new Uint32Array(keys.length);
  for (let i = 0; i < rows.length; i++) {
    const own = new Set<number>();
    for (const block of read(batch, rows[i])) for (const hash of block.counts.keys()) own.add(hash);
    for (const hash of own) {
      const id = vocabulary.rowOf(hash);
      if (id >= 0) counts[id]++;
    }
  }
  return counts;
}
