import { SoukError } from "@souk/core";
import {
  type Dataset,
  dense,
  dropout,
  float32,
  imageBackbone,
  int32,
  type Network,
  networkModel,
  openSession,
  tableDataset,
  type Weights,
  writeOnnx,
  zeros,
} from "@souk/tensor";
import { fitTemperature, scaledLogLoss } from "../../evaluation/calibration.ts";
import type { FamilyContext, FamilyData } from "../family.ts";
import { createProgress } from "../progress.ts";
import type { Backbone } from "./backbone.ts";
import { type CutNetwork, cutNetwork } from "./cut.ts";
import { fitStage } from "./fit-stage.ts";
import {
  type FeaturePart,
  type FrozenFeatures,
  openFrozenFeatures,
  type View,
} from "./frozen-features.ts";
import type { ImageNetwork, KnownAnswers } from "./image-predictor.ts";
import type { PhotoData, PhotoRows } from "./photo-rows.ts";
import { targetTensor } from "./photo-rows.ts";

/** A trained network, before it is known whose column it reads. */
export interface TrainedNetwork extends Pick<
  ImageNetwork,
  "network" | "size" | "normalisation" | "training"
> {
  /** What it says of the photos it was trained and tried on. */
  readonly known: KnownAnswers;
}

interface Training {
  readonly data: FamilyData;
  readonly context: FamilyContext;
  readonly photos: PhotoData;
  readonly backbone: Backbone;
  readonly features: FrozenFeatures;
  readonly cut: CutNetwork | undefined;
}

/** Of few photos each is shown changed so often at most; of many, so many views are shown in all. */
const MOST_COPIES = 12;
const VIEWS_SEEN = 12_000;
/** Most passes of the head: each takes a second or less. */
const HEAD_EPOCHS = 20;

/**
 * A head on what a frozen network says of each photo; then the end of the network with it, kept only when the validation
 * gets better.
 * @throws SoukError as `fitStage` and `openFrozenFeatures`; the signal's reason when aborted.
 */
export async function trainFrozen(
  backbone: Backbone,
  { data, context, photos }: Pick<Training, "data" | "context" | "photos">,
): Promise<TrainedNetwork> {
  const { settings, threads, cacheDirectory, onEvent } = context;
  const tuned = settings.choice("fineTune") === "last-block";
  const cut = tuned
    ? cutNetwork(backbone.model, { ...backbone, blocks: settings.number("blocks") })
    : undefined;
  onEvent({ kind: "phase", phase: "prepare" });
  const options = { cut: cut?.cut, threads, cacheDirectory };
  const features = await openFrozenFeatures(backbone, options);
  try {
    const training = { data, context, photos, backbone, features, cut };
    const views = await viewsOf(training);
    onEvent({ kind: "phase", phase: "train" });
    const head = await fitHead(training, views);
    const end =
      cut && features.activation.length === 3 ? await fitEnd(training, views, head) : head;
    return {
      known: await knownAnswers(training, views, end),
      network: writeOnnx(wholeNetwork(training, end.weights)),
      size: backbone.size,
      normalisation: backbone.normalisation,
      training: {
        backbone: backbone.name,
        photos: photos.train.photos.length,
        copies: copiesOf(training),
        rowsWithoutPhoto:
          leftOut(photos.train, views.train) + leftOut(photos.validation, views.validation),
        headLoss: head.loss,
        ...(end === head ? {} : { tunedLoss: end.loss, trainedFrom: cut?.cut ?? "" }),
      },
    };
  } finally {
    await features.close();
  }
}

/** Rows whose photo is missing or does not decode. */
function leftOut({ missing, photos }: PhotoRows, { views }: Views): number {
  return missing + photos.length - views.filter(({ copy }) => copy === 0).length;
}

/** Views with their targets and features. */
interface Views {
  readonly views: readonly View[];
  readonly targets: Float64Array;
  /** [views, width] */
  readonly features: Float32Array;
}

interface BothViews {
  readonly train: Views;
  readonly validation: Views;
}

/** Changed copies of each photo: asked for, or so many that the network runs in minutes. */
function copiesOf({ context: { settings }, photos: { train } }: Training): number {
  const asked = settings.number("augment");
  if (asked >= 0) return asked;
  return Math.max(1, Math.min(MOST_COPIES, Math.round(VIEWS_SEEN / train.photos.length) - 1));
}

async function viewsOf(training: Training): Promise<BothViews> {
  const { photos, context } = training;
  const copies = copiesOf(training);
  const total = photos.train.photos.length * (1 + copies) + photos.validation.photos.length;
  const progress = createProgress(context.onEvent, { total });
  const train = await read(training, photos.train, { copies, progress });
  const done = photos.train.photos.length * (1 + copies);
  const validation = await read(training, photos.validation, {
    copies: 0,
    progress: (more) => progress(done + more),
  });
  if (train.views.length > 0) return { train, validation };
  throw new SoukError("TRAIN_PHOTOS", "expected training photos that decode, got none");
}

/** Features of each photo as it is and of its copies; photos that do not decode are left out. */
async function read(
  { features, context: { signal } }: Training,
  { photos, targets }: PhotoRows,
  { copies, progress }: { copies: number; progress: (done: number) => void },
): Promise<Views> {
  const views: View[] = [];
  for (let copy = 0; copy <= copies; copy++)
    for (const photo of photos) views.push({ photo, copy });
  const rows = await features.read(views, "features", { signal, onDone: progress });
  const { width } = features;
  const whole = views.flatMap((_, at) => (Number.isNaN(rows[at * width]) ? [] : [at]));
  const kept = new Float32Array(whole.length * width);
  whole.forEach((at, i) => kept.set(rows.subarray(at * width, (at + 1) * width), i * width));
  return {
    views: whole.map((at) => views[at]),
    targets: Float64Array.from(whole, (at) => targets[at % photos.length]),
    features: kept,
  };
}

/** Weights with their log-loss on the validation photos (at the best temperature), or mean squared error. */
interface Fitted {
  readonly network: Network;
  readonly weights: Weights;
  readonly loss: number;
  /** What its network reads of a view. */
  readonly reads: FeaturePart;
}

async function fitHead(training: Training, { train, validation }: BothViews): Promise<Fitted> {
  const { data, context, features, photos } = training;
  const { settings } = context;
  const network = headNetwork(features.width, training);
  const dataset = ({ features: rows, targets, views }: Views, shuffle: boolean): Dataset =>
    tableDataset(
      {
        features: float32(rows, [views.length, features.width]),
        target: targetTensor(targets, Array.from(views.keys()), photos.regression),
      },
      { batchSize: settings.number("batchSize"), shuffle },
    );
  const tried = validation.views.length > 0 ? dataset(validation, false) : undefined;
  const stage = {
    name: "head",
    network,
    train: dataset(train, true),
    validation: tried,
    epochs: settings.number("epochs") || HEAD_EPOCHS,
    lr: settings.number("lr"),
    // Convex, and stopped in time: smoothing only took from it what tells similar labels apart.
    smoothing: 0,
    epochsBefore: 0,
    scale: photos.scale,
  };
  const weights = await fitStage(stage, { data, context });
  const loss = await lossOf(training, { network, weights, tried, validation });
  return { network, weights, loss, reads: "features" };
}

function headNetwork(width: number, { data, context }: Training): Network {
  return {
    inputs: { features: { type: "float32", shape: ["batch", width] } },
    build: (scope, { features }) => {
      const kept = dropout(scope, features, context.settings.number("dropout"));
      const classes = data.labels?.length ?? 1;
      // From zero, as the loss is convex: what chance puts where few photos have features would stay there.
      const options = { features: classes, initializer: zeros };
      return { features, logits: dense(scope.within("classifier"), kept, options) };
    },
  };
}

/** Trains the end of the network with the head, from the values at the cut. */
async function fitEnd(
  training: Training,
  { train, validation }: BothViews,
  head: Fitted,
): Promise<Fitted> {
  const { data, context, photos } = training;
  const { settings } = context;
  const { network, weights } = endNetwork(training);
  const tried =
    validation.views.length > 0 ? await activations(training, validation, false) : undefined;
  const stage = {
    name: "end",
    network,
    weights: new Map([...weights, ...head.weights]),
    train: await activations(training, train, true),
    validation: tried,
    epochs: settings.number("tuneEpochs"),
    lr: settings.number("tuneLr"),
    smoothing: settings.number("smoothing"),
    epochsBefore: settings.number("epochs") || HEAD_EPOCHS,
    scale: photos.scale,
  };
  const found = await fitStage(stage, { data, context });
  const loss = await lossOf(training, { network, weights: found, tried, validation });
  context.onEvent({
    kind: "metrics",
    step: (stage.epochsBefore + stage.epochs) * train.views.length,
    epoch: stage.epochsBefore + stage.epochs,
    values: { "validation.headLoss": head.loss, "validation.tunedLoss": loss },
  });
  return loss < head.loss ? { network, weights: found, loss, reads: "activation" } : head;
}

/** The part of the network after the cut, as one whose photo is the value at the cut. */
function endNetwork(training: Training): ReturnType<typeof imageBackbone> {
  const { backbone, features, cut, context, data } = training;
  if (cut === undefined) throw new RangeError("no cut");
  const { model, featureOutput } = backbone;
  const input = {
    name: cut.cut,
    type: "float32" as const,
    shape: ["batch", ...features.activation],
  };
  const graph = { ...model.graph, nodes: cut.upper, inputs: [input] };
  return imageBackbone(
    { ...model, graph },
    {
      featureOutput,
      trainableFrom: cut.cut,
      classes: data.labels?.length ?? 1,
      dropout: context.settings.number("dropout"),
    },
  );
}

/** Values at the cut of so many bytes are held in memory; of more, each batch is read from the cache. */
const HELD_BYTES = 1 << 30;

/**
 * Batches of values at the cut. A pass shows each photo once, as one of its copies, the next one in the next pass: passes
 * are long, and a photo changed is nearly another.
 */
async function activations(training: Training, views: Views, shuffle: boolean): Promise<Dataset> {
  const { features, context, photos } = training;
  const { settings, signal } = context;
  const count = views.views.filter(({ copy }) => copy === 0).length;
  const copies = views.views.length / count;
  const size = features.activation.reduce((product, length) => product * length, 1);
  const held =
    4 * size * views.views.length <= HELD_BYTES
      ? await features.read(views.views, "activation", { signal })
      : undefined;
  async function valuesOf(rows: readonly number[]): Promise<Float32Array> {
    if (held === undefined) {
      const some = rows.map((row) => views.views[row]);
      return features.read(some, "activation", { signal });
    }
    const values = new Float32Array(rows.length * size);
    rows.forEach((row, i) => values.set(held.subarray(row * size, (row + 1) * size), i * size));
    return values;
  }
  const numbers = int32(Array.from({ length: count }, (_, row) => row));
  const batchSize = settings.number("batchSize");
  const index = tableDataset({ row: numbers }, { batchSize, shuffle });
  return {
    rows: index.rows,
    batches: index.batches,
    async *epoch(epoch, options) {
      for await (const { row } of index.epoch(epoch, options)) {
        const shown = Array.from(row.data, Number);
        const chosen = shown.map((photo) => photo + ((photo + epoch) % copies) * count);
        yield {
          image: float32(await valuesOf(chosen), [chosen.length, ...features.activation]),
          target: targetTensor(views.targets, chosen, photos.regression),
        };
      }
    },
  };
}

/** How far what a stage has learnt is from the validation. */
async function lossOf(
  { data, photos }: Training,
  {
    network,
    weights,
    tried,
    validation,
  }: { network: Network; weights: Weights; tried: Dataset | undefined; validation: Views },
): Promise<number> {
  if (tried === undefined) return 0;
  const k = data.labels?.length ?? 1;
  const scores = new Float64Array(validation.views.length * k);
  const session = await openSession(
    writeOnnx(networkModel(network, weights, { outputs: ["logits"] })),
  );
  try {
    let at = 0;
    for await (const { target: _, ...inputs } of tried.epoch(0, { seed: 0 })) {
      const { logits } = await session.run(inputs);
      scores.set(Array.from(logits.data, Number), at);
      at += logits.data.length;
    }
  } finally {
    await session.close();
  }
  if (!photos.regression) {
    const t = fitTemperature(scores, validation.targets, k);
    return scaledLogLoss(scores, validation.targets, { k, t });
  }
  return (
    scores.reduce((sum, score, i) => sum + (score - validation.targets[i]) ** 2, 0) / scores.length
  );
}

/** Views of one run. */
const RUN = 64;

/** Answers from what is kept of each photo, without running the whole network. */
async function knownAnswers(
  { features, context: { signal } }: Training,
  { train, validation }: BothViews,
  { network, weights, reads }: Fitted,
): Promise<KnownAnswers> {
  const known = new Map<string, { logits: Float32Array; features: Float32Array }>();
  const views = [...train.views, ...validation.views].filter(({ copy }) => copy === 0);
  const session = await openSession(writeOnnx(networkModel(network, weights)));
  const shape = reads === "features" ? [features.width] : features.activation;
  try {
    for (let at = 0; at < views.length; at += RUN) {
      const some = views.slice(at, at + RUN);
      const input = float32(await features.read(some, reads, { signal }), [some.length, ...shape]);
      const said = await session.run({ [session.inputNames[0]]: input }, ["logits", "features"]);
      some.forEach(({ photo }, row) => {
        const part = (name: string): Float32Array => {
          const { data } = said[name];
          const width = data.length / some.length;
          return Float32Array.from({ length: width }, (_, i) => Number(data[row * width + i]));
        };
        known.set(photo.key, { logits: part("logits"), features: part("features") });
      });
    }
  } finally {
    await session.close();
  }
  return known;
}

function wholeNetwork(
  { backbone: { model, featureOutput }, cut, data }: Training,
  weights: Weights,
): ReturnType<typeof networkModel> {
  const trainableFrom = cut?.cut;
  const whole = imageBackbone(model, {
    featureOutput,
    classes: data.labels?.length ?? 1,
    ...(trainableFrom === undefined ? {} : { trainableFrom }),
  });
  const outputs = ["logits", "features"];
  return networkModel(whole.network, new Map([...whole.weights, ...weights]), {
    outputs,
    name: "image",
  });
}
