import {
  type Dataset,
  float32,
  int32,
  networkModel,
  openSession,
  tableDataset,
  writeOnnx,
} from "@souk/tensor";
import { fitTemperature } from "../../evaluation/calibration.ts";
import { fitEncoder } from "../../features/encoder.ts";
import type { Examples, FamilyContext, FamilyData } from "../family.ts";
import { fitStage } from "../image/fit-stage.ts";
import { targetTensor } from "../image/photo-rows.ts";
import { standardiser } from "../standardise.ts";
import { type Bag, createBag, jointNetwork, runJoint } from "./joint-network.ts";
import type { PartAnswers } from "./part-answers.ts";

/** A network over text and photo. */
export interface Joint {
  readonly bag: Bag;
  /** An ONNX file. */
  readonly network: Uint8Array;
  /** Its scores are divided by `temperature`; those of numbers are standardised. */
  readonly temperature: number;
  readonly offset: number;
  readonly scale: number;
}

const EPOCHS = 12;
const MAX_TOKENS = 200;

/** Rows of one side, what the photos' part says of them, and which have both text and photo. */
export interface JointRows {
  readonly examples: Examples;
  readonly answers: PartAnswers;
  readonly both: readonly number[];
}

/** Trains on the rows that have both. `scores` are those of the validation rows with both, in their order. */
export async function trainJoint(
  { train, validation }: { train: JointRows; validation: JointRows },
  { data, context }: { data: FamilyData; context: FamilyContext },
): Promise<{ joint: Joint; scores: Float64Array }> {
  const { settings } = context;
  const isClass = data.labels !== undefined;
  const { offset, scale } = isClass
    ? { offset: 0, scale: 1 }
    : standardiser(Float64Array.from(train.both, (row) => train.examples.targets[row]));
  const inputs = data.task.inputs.filter(({ kind }) => kind !== "image");
  const encoder = fitEncoder(inputs, train.examples.batch, { maxTokens: MAX_TOKENS, binCount: 16 });
  const bag = createBag(encoder.parameters);
  const dataset = (rows: JointRows, shuffle: boolean): Dataset =>
    datasetOf(rows, {
      bag,
      shuffle,
      isClass,
      offset,
      scale,
      batchSize: settings.number("batchSize"),
    });
  const width = train.answers.photoFeatures.length / train.answers.rows;
  const classes = data.labels?.length ?? 1;
  const network = jointNetwork({ width, classes, dropout: settings.number("dropout") });
  const weights = await fitStage(
    {
      name: "joint",
      network,
      train: dataset(train, true),
      validation: validation.both.length > 0 ? dataset(validation, false) : undefined,
      epochs: settings.number("epochs") || EPOCHS,
      lr: settings.number("lr"),
      smoothing: settings.number("smoothing"),
      epochsBefore: 0,
      scale,
    },
    // Seconds long: an interruption starts it again, and the last checkpoint stays that of the photos' part.
    { data, context: { ...context, checkpoints: undefined } },
  );
  const file = writeOnnx(networkModel(network, weights, { outputs: ["logits"], name: "joint" }));
  const raw = await scoresOf(file, bag, validation);
  const scores = raw.map((score) => offset + scale * score);
  const targets = Float64Array.from(validation.both, (row) => validation.examples.targets[row]);
  const temperature = isClass && targets.length > 0 ? fitTemperature(scores, targets, classes) : 1;
  return { joint: { bag, network: file, temperature, offset, scale }, scores };
}

async function scoresOf(
  network: Uint8Array,
  bag: Bag,
  { examples, answers, both }: JointRows,
): Promise<Float64Array> {
  if (both.length === 0) return new Float64Array(0);
  const session = await openSession(network, { threads: 1 });
  try {
    const { photoFeatures } = answers;
    return await runJoint(session, bag, { batch: examples.batch, rows: both, photoFeatures });
  } finally {
    await session.close();
  }
}

function datasetOf(
  { examples: { batch, targets }, answers: { photoFeatures }, both }: JointRows,
  {
    bag,
    shuffle,
    isClass,
    offset,
    scale,
    batchSize,
  }: {
    bag: Bag;
    shuffle: boolean;
    isClass: boolean;
    offset: number;
    scale: number;
    batchSize: number;
  },
): Dataset {
  const width = photoFeatures.length / batch.length;
  const standard = targets.map((target) => (target - offset) / scale);
  return tableDataset(
    { row: int32([...both]) },
    {
      batchSize,
      shuffle,
      trim({ row }) {
        const rows = Array.from(row.data, Number);
        const image = new Float32Array(rows.length * width);
        rows.forEach((at, i) =>
          image.set(photoFeatures.subarray(at * width, (at + 1) * width), i * width),
        );
        return {
          image: float32(image, [rows.length, width]),
          "text.ids": bag.ids(batch, rows),
          target: targetTensor(standard, rows, !isClass),
        };
      },
    },
  );
}
