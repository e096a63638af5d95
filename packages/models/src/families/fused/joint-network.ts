/** One network over the photo's features and the words of a row, trained as one. */
import {
  embedding,
  float32,
  fusedHead,
  int64,
  maskedMeanPool,
  type Network,
  op,
  type Session,
  type Tensor,
} from "@souk/tensor";
import {
  createEncoder,
  type EncoderParameters,
  type FeatureEncoder,
} from "../../features/encoder.ts";
import type { ColumnBatch } from "../../rows/batch.ts";

/** Hashed words and runs of words share so many rows of the table; the first is for padding. */
const BUCKETS = 8192;
const WIDTH = 32;
const HIDDEN = 256;
/** Most features read of a row. */
const MOST = 512;
const SHORTEST = 16;

/** Turns rows into hashed features by number. */
export interface Bag {
  readonly parameters: EncoderParameters;
  /** `ids` int64 [rows, length]: of words, pairs and facts, filled up with 0. */
  ids(batch: ColumnBatch, rows: readonly number[]): Tensor;
}

/** The features of an encoder, folded into few numbers. */
export function createBag(parameters: EncoderParameters): Bag {
  const encoder = createEncoder(parameters);
  return {
    parameters,
    ids(batch, rows) {
      const found = rows.map((row) => numbersOf(encoder, batch, row));
      const length = paddedLength(Math.max(...found.map((one) => one.length)));
      const ids = new BigInt64Array(rows.length * length);
      found.forEach((one, i) => one.forEach((id, at) => (ids[i * length + at] = BigInt(id))));
      return int64(ids, [rows.length, length]);
    },
  };
}

function numbersOf(encoder: FeatureEncoder, batch: ColumnBatch, row: number): number[] {
  const { hashes, ends } = encoder.encode(batch, row);
  const count = Math.min(MOST, ends[encoder.segments - 1]);
  return Array.from(hashes.subarray(0, count), (hash) => 1 + (hash % (BUCKETS - 1)));
}

/** Few lengths, so that few shapes are compiled. */
function paddedLength(features: number): number {
  let length = SHORTEST;
  while (length < features) length *= 2;
  return Math.min(MOST, length);
}

/** `image` float32 [batch, width] and `text.ids` int64 [batch, length] to `logits` and `features`. */
export function jointNetwork({
  width,
  classes,
  dropout,
}: {
  width: number;
  classes: number;
  dropout: number;
}): Network {
  const words: Network = {
    inputs: { ids: { type: "int64", shape: ["batch", "length"] } },
    build(scope, { ids }) {
      const vectors = embedding(scope.within("words"), ids, { rows: BUCKETS, width: WIDTH });
      const padding = scope.graph.constant(int64([0], []));
      return { features: maskedMeanPool(vectors, op.Not(op.Equal(ids, padding))) };
    },
  };
  return fusedHead({
    parts: [
      { name: "image", width },
      { name: "text", network: words },
    ],
    classes,
    hidden: [HIDDEN],
    dropout,
  });
}

/** Rows of one run. */
const RUN = 64;

/** Logits [rows, outputs] of rows that have both text and photo. */
export async function runJoint(
  session: Session,
  bag: Bag,
  {
    batch,
    rows,
    photoFeatures,
  }: { batch: ColumnBatch; rows: readonly number[]; photoFeatures: Float32Array },
): Promise<Float64Array> {
  const width = photoFeatures.length / batch.length;
  const found: number[] = [];
  // Rows of one length each time, so that a row's answer does not depend on its neighbours.
  const lengths = Map.groupBy(rows, (row) => bag.ids(batch, [row]).shape[1]);
  const place = new Map(rows.map((row, at) => [row, at]));
  let outputs = 0;
  for (const same of lengths.values())
    for (let from = 0; from < same.length; from += RUN) {
      const some = same.slice(from, from + RUN);
      const image = new Float32Array(some.length * width);
      some.forEach((row, i) =>
        image.set(photoFeatures.subarray(row * width, (row + 1) * width), i * width),
      );
      const inputs = {
        image: float32(image, [some.length, width]),
        "text.ids": bag.ids(batch, some),
      };
      const { data } = (await session.run(inputs, ["logits"]))["logits"];
      outputs = data.length / some.length;
      some.forEach((row, i) => {
        for (let c = 0; c < outputs; c++)
          found[(place.get(row) ?? 0) * outputs + c] = Number(data[i * outputs + c]);
      });
    }
  return Float64Array.from(found);
}
