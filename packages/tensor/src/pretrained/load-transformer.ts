/** Loads a published encoder from its folder: config.json, model.safetensors, vocab.txt. */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { SoukError } from "@souk/core";
import type { Weights } from "../graph/to-onnx.ts";
import { parametersOf } from "../layers/parameters.ts";
import type { Network } from "../layers/scope.ts";
import {
  transformerEncoder,
  type TransformerHead,
  type TransformerSettings,
} from "../nn/transformer-encoder.ts";
import { formatShape, type Tensor } from "../onnx/tensor.ts";
import { openSafetensors } from "../safetensors/read.ts";
import { toFloat32 } from "../safetensors/to-float32.ts";
import { fromTorch } from "./torch-layout.ts";
import { checkSentencePooling, tokenizerOptions } from "./transformer-folder.ts";
import { transformerSettings } from "./transformer-config.ts";
import { type WordPieceTokenizer, wordPieceTokenizer } from "./word-piece.ts";

/** A published encoder, ready to run or to train on. */
export interface PretrainedTransformer {
  readonly network: Network;
  /** The weights the file has for this network, in Souk's layout. */
  readonly weights: Weights;
  /** Weights the file lacks and training makes: those of a new head. */
  readonly missing: readonly string[];
  readonly tokenizer: WordPieceTokenizer;
  /** What the network was built from. */
  readonly settings: TransformerSettings;
}

/** What to build on the encoder. */
export interface LoadTransformerOptions {
  readonly head?: TransformerHead;
  /** Replace what config.json says: other dropout, inputs of fixed lengths. */
  readonly settings?: Partial<
    Pick<TransformerSettings, "dropout" | "attentionDropout" | "batch" | "length">
  >;
}

/**
 * An encoder from a folder in HuggingFace's layout: BERT, DistilBERT and what is built like them (MiniLM, GTE, E5, BGE).
 *
 * @throws SoukError `TRANSFORMER_FILE` when a file is missing, too large or no JSON; `TRANSFORMER_CONFIG` when config.json
 * asks for something else; `TRANSFORMER_WEIGHTS` when the encoder's weights are missing or of another shape;
 * `TOKENIZER_VOCABULARY`; what
 * `openSafetensors` throws.
 */
export async function loadTransformer(
  folder: string,
  { head = { kind: "features" }, settings: changes = {} }: LoadTransformerOptions = {},
): Promise<PretrainedTransformer> {
  const described = transformerSettings(await readJson(folder, "config.json"));
  const settings: TransformerSettings = { ...described, ...changes, head };
  if (head.kind === "sentence") {
    checkSentencePooling(await readJson(join(folder, "1_Pooling"), "config.json", {}));
  }
  const network = transformerEncoder(settings);
  const { weights, missing } = await readWeights(folder, network);
  return { network, weights, missing, tokenizer: await readTokenizer(folder, settings), settings };
}

/** Limit of a hostile folder's small files, which are under 2 MB in published ones. */
const MAX_TEXT = 16 * 2 ** 20;

async function readTokenizer(
  folder: string,
  { vocabulary: rows, positions = 512 }: TransformerSettings,
): Promise<WordPieceTokenizer> {
  const vocabulary = lines((await readLimited(folder, "vocab.txt")).toString());
  if (vocabulary.length > rows) {
    throw new SoukError(
      "TRANSFORMER_CONFIG",
      `config.json: vocab_size must be at least the ${vocabulary.length} lines of vocab.txt, got ${rows}`,
    );
  }
  const { maxLength, ...cleaning } = tokenizerOptions(
    await readJson(folder, "tokenizer_config.json", {}),
    await readJson(folder, "sentence_bert_config.json", {}),
  );
  return wordPieceTokenizer(vocabulary, {
    ...cleaning,
    maxLength: Math.min(maxLength, positions),
  });
}

function lines(text: string): string[] {
  return text.replace(/\r?\n$/, "").split(/\r?\n/);
}

async function readJson(folder: string, name: string, missing?: unknown): Promise<unknown> {
  const bytes = await readLimited(folder, name).catch((cause: unknown) => {
    if (missing !== undefined) return undefined;
    throw cause;
  });
  if (!bytes) return missing;
  try {
    return JSON.parse(bytes.toString());
  } catch (cause) {
    throw new SoukError("TRANSFORMER_FILE", `${name}: expected JSON`, { cause });
  }
}

async function readLimited(folder: string, name: string): Promise<Buffer> {
  const path = join(folder, name);
  try {
    const { size } = await stat(path);
    if (size <= MAX_TEXT) return await readFile(path);
    throw new SoukError(
      "TRANSFORMER_FILE",
      `${name}: expected at most ${MAX_TEXT} bytes, got ${size}`,
    );
  } catch (cause) {
    if (cause instanceof SoukError) throw cause;
    throw new SoukError("TRANSFORMER_FILE", `${name}: cannot be read from ${folder}`, { cause });
  }
}

interface Found {
  readonly weights: Weights;
  readonly missing: readonly string[];
}

/** Of a weights file what the network uses, and the names of head weights that are not there. */
async function readWeights(folder: string, network: Network): Promise<Found> {
  const shapes = parametersOf(network);
  const file = await openSafetensors(join(folder, "model.safetensors"));
  try {
    const weights = new Map<string, Tensor>();
    for (const stored of file.entries.keys()) {
      const name = encoderName(stored);
      if (shapes.has(name)) weights.set(name, toFloat32(await file.read(stored)));
    }
    return checkWeights(fromTorch(weights), shapes);
  } finally {
    await file.close();
  }
}

/**
 * The name of a weight in a bare encoder: files of models with a head put "bert." or "distilbert." before it, and files
 * of 2018 say gamma and beta.
 */
function encoderName(stored: string): string {
  return stored
    .replace(/^(bert|distilbert)\./, "")
    .replace(/LayerNorm\.gamma$/, "LayerNorm.weight")
    .replace(/LayerNorm\.beta$/, "LayerNorm.bias");
}

/** Weights that belong to a head, which a file may lack. */
const ofHead = /^(classifier|pooler|pre_classifier)\./;

function checkWeights(weights: Weights, shapes: ReadonlyMap<string, readonly number[]>): Found {
  const missing = [...shapes.keys()].filter((name) => !weights.has(name));
  const lost = missing.find((name) => !ofHead.test(name));
  if (lost !== undefined) {
    throw new SoukError(
      "TRANSFORMER_WEIGHTS",
      `model.safetensors: expected the weight ${lost}, got ${weights.size} others of the encoder's`,
    );
  }
  for (const [name, { shape }] of weights) {
    const expected = formatShape(shapes.get(name) ?? []);
    if (formatShape(shape) === expected) continue;
    throw new SoukError(
      "TRANSFORMER_WEIGHTS",
      `model.safetensors: ${name} must be ${expected} (in, out), got ${formatShape(shape)}`,
    );
  }
  return { weights, missing };
}
