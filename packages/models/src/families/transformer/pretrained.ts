import { SoukError } from "@souk/core";
import {
  type Dataset,
  float32,
  int32,
  loadTransformer,
  parametersOf,
  tableDataset,
  type Weights,
} from "@souk/tensor";
import type { Examples, FamilyContext, FamilyData, Predictor } from "../family.ts";
import { fitNetwork, type Pace } from "../neural/fit-network.ts";
import { createPieceEncoder, type PieceEncoder } from "../neural/piece-encoder.ts";
import { textColumns } from "../neural/text-encoder.ts";
import { predictorOf, targetScale, trainNetwork } from "../neural/text-family.ts";
import type { Settings } from "../settings.ts";
import { pooledFeatures } from "./pooled-features.ts";
import {
  type EncoderShape,
  type HeadShape,
  pooledHead,
  pooledWidth,
  pretrainedClassifier,
  standardisation,
} from "./pretrained-network.ts";

/** A published encoder is only bent a little: few passes, small steps, all after a slow start. */
const FINE_TUNING = {
  epochs: 3,
  batchSize: 16,
  learningRate: 1e-4,
  warmUp: 0.1,
  weightDecay: 0.01,
};
/** A head alone sees fixed features, so its steps may be large. */
const HEAD_ONLY = { batchSize: 64, learningRate: 1e-3, warmUp: 0.05, weightDecay: 0.01 };

/** A published encoder with the task's texts, before training. */
interface Loaded {
  readonly name: string;
  readonly shape: EncoderShape;
  readonly weights: Weights;
  readonly encoder: PieceEncoder;
  readonly head: HeadShape;
}

/**
 * Trains on a published encoder: its last layers and a new head, or with `trainableLayers` 0 the head alone, on
 * features computed once.
 * @throws SoukError `PRETRAINED_UNKNOWN` when the configuration names no such folder, and what `loadTransformer` throws.
 */
export async function trainPretrained(
  family: string,
  data: FamilyData,
  context: FamilyContext,
): Promise<Predictor> {
  const { settings, signal, onEvent } = context;
  signal?.throwIfAborted();
  onEvent({ kind: "phase", phase: "prepare" });
  const loaded = await load(family, data, context);
  if (settings.number("trainableLayers") === 0) return await trainHead(loaded, data, context);
  const { name, shape, weights, encoder, head } = loaded;
  const problem = {
    name,
    encoder,
    network: pretrainedClassifier(shape, head),
    weights,
    freeze: { weights: frozenPart(shape, settings.number("trainableLayers")) },
    pace: paceOf(settings, FINE_TUNING),
  };
  return await trainNetwork(problem, data, context);
}

async function load(family: string, data: FamilyData, context: FamilyContext): Promise<Loaded> {
  const { settings, pretrained = {} } = context;
  const name = settings.text("pretrained");
  const columns = textColumns(data.task, family);
  const folder = Object.hasOwn(pretrained, name) ? pretrained[name] : undefined;
  if (folder === undefined) throw unknown(name, Object.keys(pretrained));
  const rate = settings.number("dropout");
  const found = await loadTransformer(folder, {
    settings: { dropout: rate, attentionDropout: rate },
  });
  const { tokenizer, weights } = found;
  const maxTokens = Math.min(settings.number("maxTokens"), tokenizer.maxLength);
  return {
    name: family,
    shape: { settings: found.settings, pieces: tokenizer.vocabulary.length, texts: columns.length },
    weights,
    encoder: createPieceEncoder(tokenizer, { columns, maxTokens }),
    head: {
      outputs: data.labels?.length ?? 1,
      hidden: settings.number("headHidden"),
      dropout: rate,
    },
  };
}

/** Tables of words and positions never move; of the layers only the last `trainable` ones do. */
function frozenPart({ settings }: EncoderShape, trainable: number): (name: string) => boolean {
  return (name) => {
    if (name.startsWith("embeddings.")) return true;
    const layer = /\.layer\.(\d+)\./.exec(name)?.[1];
    return layer !== undefined && Number(layer) < settings.layers - trainable;
  };
}

function paceOf(settings: Settings, { epochs, batchSize, learningRate, ...rest }: Pace): Pace {
  return {
    epochs: settings.number("epochs") || epochs,
    batchSize: settings.number("batchSize") || batchSize,
    learningRate: settings.number("lr") || learningRate,
    ...rest,
  };
}

async function trainHead(
  { name, shape, weights, encoder, head }: Loaded,
  data: FamilyData,
  context: FamilyContext,
): Promise<Predictor> {
  const { settings, signal, onEvent } = context;
  const parts = [data.train, data.validation];
  const tokens = await Promise.all(parts.map(({ batch }) => encoder.encode(batch, { signal })));
  const frozen = { shape, weights, maxTokens: encoder.parameters.maxTokens };
  const features = await pooledFeatures(frozen, tokens, context);
  const width = pooledWidth(shape);
  const target = targetScale(data);
  const epochs = headEpochs(data.train.batch.length);
  const pace = paceOf(settings, { epochs, ...HEAD_ONLY });
  const [train, validation] = parts.map(({ targets }, part) =>
    featureDataset(features[part], targets, {
      ...target,
      width,
      regression: data.labels === undefined,
      batchSize: pace.batchSize,
      shuffle: part === 0,
    }),
  );
  if (train === undefined)
    throw new SoukError("TRAIN_EMPTY", "expected training rows with a target, got none");
  onEvent({ kind: "phase", phase: "train" });
  const network = pooledHead(width, head);
  const begin = standardisation(features[0], width);
  const learnt = await fitNetwork(
    { network, train, validation, pace, weights: begin, scale: target.scale },
    { data, context },
  );
  const ofHead = [...parametersOf(network).keys()].flatMap((key) => {
    const found = learnt.get(key);
    return found === undefined ? [] : [[key, found] as const];
  });
  const whole = pretrainedClassifier(shape, head);
  return predictorOf(
    { name, encoder, network: whole, weights: new Map([...weights, ...ofHead]) },
    data,
  );
}

/** Passes over features are cheap, so few rows are seen often; early stopping ends it sooner. */
function headEpochs(rows: number): number {
  return Math.min(100, Math.max(10, Math.round(500_000 / rows)));
}

/** Features of the rows that have a target, and the target. */
function featureDataset(
  features: Float32Array,
  targets: Examples["targets"],
  {
    width,
    regression,
    offset,
    scale,
    ...options
  }: {
    width: number;
    regression: boolean;
    offset: number;
    scale: number;
    batchSize: number;
    shuffle: boolean;
  },
): Dataset | undefined {
  const usable = Int32Array.from(targets.keys()).filter((row) =>
    regression ? Number.isFinite(targets[row]) : targets[row] >= 0,
  );
  if (usable.length === 0) return undefined;
  const pooled = new Float32Array(usable.length * width);
  usable.forEach((row, at) =>
    pooled.set(features.subarray(row * width, (row + 1) * width), at * width),
  );
  const wanted = Array.from(usable, (row) => (targets[row] - offset) / scale);
  return tableDataset(
    {
      pooled: float32(pooled, [usable.length, width]),
      target: regression ? float32(wanted, [usable.length, 1]) : int32(wanted),
    },
    options,
  );
}

function unknown(name: string, known: readonly string[]): SoukError {
  return new SoukError(
    "PRETRAINED_UNKNOWN",
    `setting pretrained: expected a name that the configuration's "pretrained" gives a folder ` +
      `(${known.join(", ") || "it names none"}), got ${JSON.stringify(name)}; nothing is downloaded: put config.json, ` +
      `vocab.txt and model.safetensors in a folder and configure "pretrained": { ${JSON.stringify(name)}: "/path/of/folder" }`,
  );
}
