/** Sentences to vectors whose dot product says how alike they are. */
import { SoukError } from "@souk/core";
import { networkModel } from "../nn/network-model.ts";
import { float32, type Tensor } from "../onnx/tensor.ts";
import { writeOnnx } from "../onnx/write.ts";
import { openSession, type Session, type SessionOptions } from "../run/session.ts";
import type { PretrainedTransformer } from "./load-transformer.ts";

/** An encoder in memory, in the calling thread. */
export interface SentenceEmbedder {
  /** Length of a vector. */
  readonly width: number;
  /**
   * One vector of length 1 per text: float32 [texts, width], in order. Texts of like length share a batch, so the
   * vectors of a text differ in the last bits with its company.
   */
  embed(texts: readonly string[], options?: { readonly signal?: AbortSignal }): Promise<Tensor>;
  close(): Promise<void>;
}

/** How to compute. */
export interface SentenceEmbedderOptions extends SessionOptions {
  /** Texts of one run. */
  readonly batchSize?: number;
}

/**
 * Opens the model that `loadTransformer(folder, { head: { kind: "sentence" } })` gives. Every run blocks the calling
 * thread; a server gives `networkModel(network, weights)` to `openPool`.
 *
 * @throws SoukError `NETWORK_OUTPUT` when the model has another head.
 * Source: Reimers and Gurevych, "Sentence-BERT", EMNLP 2019.
 */
export async function openSentenceEmbedder(
  model: PretrainedTransformer,
  { batchSize = 32, ...options }: SentenceEmbedderOptions = {},
): Promise<SentenceEmbedder> {
  if (!(Number.isInteger(batchSize) && batchSize > 0)) {
    throw new SoukError("NETWORK_SETTINGS", `batchSize must be at least 1, got ${batchSize}`);
  }
  const { network, weights, settings } = model;
  const onnx = networkModel(network, weights, { outputs: ["embedding"] });
  const session = await openSession(writeOnnx(onnx), options);
  return {
    width: settings.width,
    embed: (texts, { signal } = {}) => embed(texts, { session, model, batchSize, signal }),
    close: () => session.close(),
  };
}

interface Embedding {
  readonly session: Session;
  readonly model: PretrainedTransformer;
  readonly batchSize: number;
  readonly signal: AbortSignal | undefined;
}

async function embed(
  texts: readonly string[],
  { session, model, batchSize, signal }: Embedding,
): Promise<Tensor> {
  const { tokenizer, network, settings } = model;
  const rows = new Float32Array(texts.length * settings.width);
  const order = Array.from(texts.keys()).toSorted((a, b) => texts[a].length - texts[b].length);
  for (let start = 0; start < order.length; start += batchSize) {
    signal?.throwIfAborted();
    const places = order.slice(start, start + batchSize);
    const batch = tokenizer.encodeBatch(places.map((place) => texts[place]));
    const inputs = Object.fromEntries(
      Object.entries(batch).filter(([name]) => Object.hasOwn(network.inputs, name)),
    );
    const { embedding } = await session.run(inputs, ["embedding"]);
    places.forEach((place, row) => {
      const from = row * settings.width;
      rows.set(
        (embedding.data as Float32Array).subarray(from, from + settings.width),
        place * settings.width,
      );
    });
  }
  return float32(rows, [texts.length, settings.width]);
}
