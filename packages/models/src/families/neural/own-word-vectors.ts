import { createRng } from "@souk/core";
import { float32, type Weights } from "@souk/tensor";
import { textOf } from "../../rows/cells.ts";
import { nearestWords } from "../../word2vec/nearest.ts";
import { trainWordVectors } from "../../word2vec/train.ts";
import type { WordVectors } from "../../word2vec/word-vectors.ts";
import type { FamilyContext, FamilyData } from "../family.ts";
import type { SettingSpec } from "../settings.ts";
import type { NetworkProblem } from "./fit-network.ts";
import type { WordEncoder } from "./text-encoder.ts";
import { PADDING } from "./word-index.ts";

/** Settings of a network that may begin with word vectors of its own. */
export const wordVectorChoices = {
  wordVectors: {
    kind: "choice",
    default: "none",
    options: ["none", "skip-gram", "cbow"],
    description:
      "how words are placed before the training: at random, or by vectors learnt from the training rows' own texts",
  },
  freezeEpochs: {
    kind: "number",
    default: 1,
    min: 0,
    max: 1000,
    integer: true,
    description: "first epochs in which word vectors stay as they are, before they are trained too",
  },
} as const satisfies Record<string, SettingSpec>;

/** Where a word lies, shown by others that lie near, nearest first. */
export interface WordNeighbours {
  readonly word: string;
  readonly nearest: readonly string[];
}

/** Where a network over words begins. */
export interface WordStart extends Pick<NetworkProblem, "weights" | "freeze"> {
  /** Of some frequent words, so that people can see whether the vectors mean something. */
  readonly neighbours: readonly WordNeighbours[];
}

/** The table's name in every network over words. */
const TABLE = "embedding.weight";
/** Vectors are brought to this root mean square, some times that of the random ones layers begin with. */
const SCALE = 0.1;
/** CBOW's gradient is shared among the words around, so it wants larger steps (see the word2vec bench). */
const RATES = { "skip-gram": 0.025, cbow: 0.075 } as const;
const SHOWN_WORDS = 12;
const SHOWN_NEIGHBOURS = 5;
/** Shorter frequent words are mostly articles and pronouns, whose neighbours say little. */
const SHOWN_LETTERS = 5;

/**
 * Learns word vectors from the texts of the training rows alone, for the words that the encoder numbers.
 * @throws SoukError `WORD2VEC_EMPTY` when no text has two known words; the signal's reason when aborted.
 */
export async function ownWordVectors(
  encoder: WordEncoder,
  { train: { batch } }: FamilyData,
  { settings, seed, signal, onEvent }: FamilyContext,
): Promise<WordStart> {
  const method = settings.choice("wordVectors");
  if (method !== "skip-gram" && method !== "cbow") return { neighbours: [] };
  const { columns } = encoder.parameters;
  function* texts(): Generator<string> {
    for (let row = 0; row < batch.length; row++)
      for (const column of columns) yield textOf(batch.columns[column]?.[row]);
  }
  const vectors = await trainWordVectors(
    texts(),
    {
      method,
      lr: RATES[method],
      dim: settings.number("width"),
      minCount: settings.number("minCount"),
      maxWords: settings.number("maxWords"),
    },
    { seed, signal, onEvent: (event) => event.kind === "progress" && onEvent(event) },
  );
  return {
    weights: tableOf(encoder, vectors, seed),
    freeze: { weights: (name) => name === TABLE, epochs: settings.number("freezeEpochs") },
    neighbours: neighboursOf(vectors),
  };
}

/** The table of words: a vector where there is one, small random numbers for marks and what else has none. */
function tableOf(
  encoder: WordEncoder,
  { words, dim, vectors }: WordVectors,
  seed: number,
): Weights {
  const { index } = encoder;
  const rng = createRng(seed).fork("words without a vector");
  const table = Float32Array.from({ length: index.size * dim }, () => rng.normal(0, SCALE));
  table.fill(0, PADDING * dim, (PADDING + 1) * dim);
  let square = 0;
  for (const value of vectors) square += (value * value) / vectors.length;
  const factor = square > 0 ? SCALE / Math.sqrt(square) : 1;
  words.forEach((word, row) => {
    const vector = vectors.subarray(row * dim, (row + 1) * dim);
    table.set(
      vector.map((value) => value * factor),
      index.idOf(word) * dim,
    );
  });
  return new Map([[TABLE, float32(table, [index.size, dim])]]);
}

function neighboursOf(vectors: WordVectors): WordNeighbours[] {
  return vectors.words
    .filter((word) => word.length >= SHOWN_LETTERS)
    .slice(0, SHOWN_WORDS)
    .map((word) => ({
      word,
      nearest: nearestWords(vectors, word, SHOWN_NEIGHBOURS).map((near) => near.word),
    }));
}
