import { availableParallelism } from "node:os";
import { errorMessage, SoukError } from "@souk/core";
import { openSession, readOnnx, type Session } from "@souk/tensor";
import type { ColumnBatch } from "../../rows/batch.ts";
import type { Embeddings, Predictor, SavedPredictor } from "../family.ts";
import { explainWords } from "./explain-words.ts";
import { restorePieceEncoder } from "./piece-encoder.ts";
import type { WordNeighbours } from "./own-word-vectors.ts";
import { idsOf, rowsByLength } from "./text-batches.ts";
import { createRowEncoder, type RowEncoder } from "./text-encoder.ts";
import { decodeWords, encodeWords, type WordIndex } from "./word-index.ts";

/** A trained network over words. */
export interface TextNetwork {
  readonly encoder: RowEncoder;
  /** An ONNX file: `ids` int64 [batch, length] to `logits` [batch, outputs] and `features` [batch, dim]. */
  readonly network: Uint8Array;
  /** Number of labels, or 1. */
  readonly outputs: number;
  /** Undoes the standardisation of a number target; 0 and 1 for classes. */
  readonly offset: number;
  readonly scale: number;
  /** Words near some frequent ones, when the training began with word vectors. */
  readonly neighbours?: readonly WordNeighbours[];
}

/** Tokens of one run, padding included, of a small network and of one of 8 MB or more: bounds the time the calling thread is held. */
const TOKENS_PER_RUN = { small: 16_384, large: 2048 } as const;
const LARGE_BYTES = 8 * 2 ** 20;
const MAX_ROWS = 256;
const MAX_THREADS = 4;

/** Predicts with ONNX Runtime; the network is loaded with the first rows. */
export function createTextPredictor(trained: TextNetwork): Predictor {
  const { encoder, network, outputs, offset, scale } = trained;
  const tokensPerRun = TOKENS_PER_RUN[network.length < LARGE_BYTES ? "small" : "large"];
  let opened: Promise<Session> | undefined;

  /** Runs the rows by length; `take` gets one row's part of the output. */
  async function run(
    batch: ColumnBatch,
    output: "logits" | "features",
    take: (row: number, values: Float32Array) => void,
  ): Promise<void> {
    opened ??= openSession(network, { threads: Math.min(MAX_THREADS, availableParallelism()) });
    const session = await opened;
    const tokens = await encoder.encode(batch);
    for (const [length, rows] of rowsByLength(tokens, encoder.parameters.maxTokens)) {
      const size = Math.min(MAX_ROWS, Math.ceil(tokensPerRun / length));
      for (let from = 0; from < rows.length; from += size) {
        const some = rows.slice(from, from + size);
        const found = await session.run({ ids: idsOf(tokens, some, length) }, [output]);
        const data = floats(found[output].data);
        const width = data.length / some.length;
        some.forEach((row, i) => take(row, data.subarray(i * width, (i + 1) * width)));
      }
    }
  }

  const scoreInto: Predictor["scoreInto"] = (batch, scores) =>
    run(batch, "logits", (row, values) => {
      for (let c = 0; c < outputs; c++) scores[row * outputs + c] = offset + scale * values[c];
    });

  return {
    scoreInto,
    explain(batch, output) {
      const { columns, maxTokens } = encoder.parameters;
      return explainWords(batch, { output, outputs, columns, mostWords: maxTokens }, scoreInto);
    },
    async embed(batch): Promise<Embeddings> {
      const found: Float32Array[] = [];
      await run(batch, "features", (row, values) => (found[row] = values));
      const dim = found[0]?.length ?? 0;
      const rows = new Float32Array(batch.length * dim);
      found.forEach((values, row) => rows.set(values, row * dim));
      return { rows, dim };
    },
    async close() {
      const session = await opened;
      await session?.close();
    },
    save: () => saveTextNetwork(trained),
  };
}

function saveTextNetwork({
  encoder,
  network,
  offset,
  scale,
  neighbours = [],
}: TextNetwork): SavedPredictor {
  const words = encodeWords(encoder.words);
  return {
    parameters: {
      text: encoder.parameters,
      offset,
      scale,
      ...(neighbours.length > 0 ? { neighbours } : {}),
    },
    tensors: {
      network: { shape: [network.length], data: network },
      words: { shape: [words.length], data: words },
    },
  };
}

/** @throws SoukError `MODEL_WEIGHTS` when a part is missing or does not fit, `MODEL_TOKENIZER`. */
export function restoreTextPredictor(saved: SavedPredictor, outputs: number): Predictor {
  const { parameters, tensors } = saved;
  const network = tensors["network"]?.data;
  if (!(network instanceof Uint8Array)) throw misfit("a network of type U8", typeof network);
  checkNetwork(network, outputs);
  const encoder = restoreEncoder(parameters["text"], decodeWords(tensors["words"]?.data));
  return createTextPredictor({
    encoder,
    network,
    outputs,
    offset: finite(parameters["offset"], "offset"),
    scale: finite(parameters["scale"], "scale"),
  });
}

/** Before ONNX Runtime sees a file it is read whole by our own reader, which refuses data in other files. */
function checkNetwork(bytes: Uint8Array, outputs: number): void {
  let graph: ReturnType<typeof readOnnx>["graph"];
  try {
    ({ graph } = readOnnx(bytes));
  } catch (cause) {
    throw new SoukError("MODEL_WEIGHTS", `weights: the network: ${errorMessage(cause)}`, { cause });
  }
  const inputs = graph.inputs.map(({ name, type }) => `${name} ${type}`).join(", ");
  if (inputs !== "ids int64") throw misfit("a network of ids int64", inputs);
  const logits = graph.outputs.find(({ name }) => name === "logits");
  if (logits?.type !== "float32" || logits.shape?.at(-1) !== outputs)
    throw misfit(`logits float32 [batch, ${outputs}]`, `${logits?.type} ${logits?.shape?.join()}`);
}

/** Words by number, or the pieces of a published encoder. */
function restoreEncoder(value: unknown, index: WordIndex): RowEncoder {
  const { tokenizer, pieces, columns, maxTokens }: Record<string, unknown> =
    typeof value === "object" && value !== null ? { ...value } : {};
  if (!(Array.isArray(columns) && columns.every((one) => typeof one === "string")))
    throw misfit("names of columns", typeof columns);
  if (!(typeof maxTokens === "number" && maxTokens >= 1 && maxTokens <= 100_000))
    throw misfit("at most 100000 tokens", String(maxTokens));
  if (typeof pieces === "object" && pieces !== null)
    return restorePieceEncoder({ columns, maxTokens, pieces: { ...pieces } }, index.words);
  if (typeof tokenizer !== "number") throw misfit("the tokenizer's version", typeof tokenizer);
  return createRowEncoder({ tokenizer, columns, maxTokens }, index);
}

function floats(data: unknown): Float32Array {
  if (data instanceof Float32Array) return data;
  throw misfit("float32 outputs", "others");
}

function finite(value: unknown, name: string): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw misfit(`a number ${name}`, typeof value);
}

function misfit(expected: string, got: string): SoukError {
  return new SoukError("MODEL_WEIGHTS", `weights: expected ${expected}, got ${got}`);
}
