import { SoukError } from "@souk/core";
import { type Network, networkModel, type Weights, writeOnnx } from "@souk/tensor";
import type { Family, FamilyContext, FamilyData, Predictor } from "../family.ts";
import type { Settings, SettingSpec } from "../settings.ts";
import { standardiser } from "../standardise.ts";
import { fitNetwork, type NetworkProblem, type Pace } from "./fit-network.ts";
import { textDataset } from "./text-batches.ts";
import { fitRowEncoder, type RowEncoder, textColumns, type WordEncoder } from "./text-encoder.ts";
import type { WordNeighbours, WordStart } from "./own-word-vectors.ts";
import { createTextPredictor, restoreTextPredictor } from "./text-predictor.ts";

/** What makes one family of networks over words differ from another. */
export interface TextDesign extends Pick<Family, "name" | "summary"> {
  readonly settings: Readonly<Record<string, SettingSpec>>;
  /** `ids` int64 [batch, length] to `logits` [batch, classes] and `features` [batch, dim]; padding is 0. */
  readonly network: (
    size: { readonly vocabulary: number; readonly classes: number },
    settings: Settings,
  ) => Network;
  /** By the settings `epochs`, `lr` and `batchSize` when left out. */
  readonly pace?: (settings: Settings, rows: number) => Pace;
  /** What the training begins with, beside what the layers make; nothing when left out. */
  readonly begin?: (
    encoder: WordEncoder,
    data: FamilyData,
    context: FamilyContext,
  ) => Promise<WordStart>;
}

/** The family of a design: words by number, softmax cross-entropy for classes, Huber's loss for standardised numbers. */
export function textFamily(design: TextDesign): Family {
  const { name, summary, settings } = design;
  return {
    name,
    summary,
    inputKinds: ["text"],
    settings,
    train: (data, context) => trainOnWords(design, data, context),
    restore: (saved, _task, labels) => restoreTextPredictor(saved, labels?.length ?? 1),
  };
}

/** Trains a design from zero on the words of the training rows. */
export async function trainOnWords(
  { name, network: design, pace, begin }: Pick<TextDesign, "name" | "network" | "pace" | "begin">,
  data: FamilyData,
  context: FamilyContext,
): Promise<Predictor> {
  const { settings, signal, onEvent } = context;
  signal?.throwIfAborted();
  const columns = textColumns(data.task, name);
  onEvent({ kind: "phase", phase: "prepare" });
  const encoder = await fitRowEncoder(columns, data.train.batch, {
    minCount: settings.number("minCount"),
    maxWords: settings.number("maxWords"),
    maxTokens: settings.number("maxTokens"),
    signal,
  });
  const classes = data.labels?.length ?? 1;
  const network = design({ vocabulary: encoder.index.size, classes }, settings);
  const start = await begin?.(encoder, data, context);
  const chosen = pace && { pace: pace(settings, data.train.batch.length) };
  return await trainNetwork({ name, network, encoder, ...start, ...chosen }, data, context);
}

/** A network over the numbers of an encoder, and how to train it. */
export interface EncodedProblem extends Pick<
  NetworkProblem,
  "network" | "weights" | "freeze" | "pace"
> {
  readonly name: string;
  readonly encoder: RowEncoder;
  readonly neighbours?: readonly WordNeighbours[];
}

/** Trains a network from `ids` to `logits` and `features`. */
export async function trainNetwork(
  problem: EncodedProblem,
  data: FamilyData,
  context: FamilyContext,
): Promise<Predictor> {
  const { encoder } = problem;
  const target = targetScale(data);
  const batchSize = problem.pace?.batchSize ?? context.settings.number("batchSize");
  const batches = await batchesOf(encoder, data, { target, batchSize, signal: context.signal });
  context.onEvent({ kind: "phase", phase: "train" });
  const weights = await fitNetwork(
    { ...problem, ...batches, scale: target.scale },
    { data, context },
  );
  return predictorOf({ ...problem, weights }, data);
}

/** How numbers are standardised; classes are as they are. */
export function targetScale({ labels, train }: FamilyData): { offset: number; scale: number } {
  return labels === undefined ? standardiser(train.targets) : { offset: 0, scale: 1 };
}

/** A trained network, ready to predict. */
export function predictorOf(
  { name, encoder, network, weights, neighbours }: EncodedProblem & { readonly weights: Weights },
  data: FamilyData,
): Predictor {
  const model = networkModel(network, weights, { outputs: ["logits", "features"], name });
  return createTextPredictor({
    encoder,
    neighbours,
    network: writeOnnx(model),
    outputs: data.labels?.length ?? 1,
    ...targetScale(data),
  });
}

async function batchesOf(
  encoder: RowEncoder,
  { labels, train, validation }: FamilyData,
  {
    target: { offset, scale },
    batchSize,
    signal,
  }: {
    target: { offset: number; scale: number };
    batchSize: number;
    signal: AbortSignal | undefined;
  },
): Promise<Pick<NetworkProblem, "train" | "validation">> {
  const { maxTokens } = encoder.parameters;
  const common = { regression: labels === undefined, maxTokens, batchSize };
  const datasets = [];
  for (const [{ batch, targets }, shuffle] of [
    [train, true],
    [validation, false],
  ] as const) {
    const scaled = targets.map((value) => (value - offset) / scale);
    const tokens = await encoder.encode(batch, { signal });
    datasets.push(textDataset(tokens, { ...common, targets: scaled, shuffle }));
  }
  const [learnt, tried] = datasets;
  if (learnt === undefined)
    throw new SoukError("TRAIN_EMPTY", "expected training rows with a target, got none");
  return { train: learnt, validation: tried };
}
