import { availableParallelism } from "node:os";
import { errorMessage, SoukError } from "@souk/core";
import { float32, openSession, readOnnx, type Session } from "@souk/tensor";
import { decodePixels } from "../../images/decode.ts";
import { mapOrdered } from "../../images/ordered.ts";
import { type Normalisation, normaliseInto, type Pixels } from "../../images/pixels.ts";
import type { ColumnBatch } from "../../rows/batch.ts";
import type { Embeddings, Predictor, SavedPredictor, Surroundings } from "../family.ts";
import { cropAt, MOST_VIEWS } from "./crops.ts";
import { occlusionHeat } from "./occlusion.ts";
import { type Photo, photosOf, pixelsIfPresent } from "./photos.ts";

/** A trained network over photos. */
export interface ImageNetwork {
  readonly column: string;
  /** An ONNX file: `image` float32 [batch, 3, size, size] to `logits` [batch, outputs] and `features` [batch, width]. */
  readonly network: Uint8Array;
  readonly size: number;
  readonly normalisation: Normalisation;
  /** Views of a photo whose logits are averaged, 1 to 10: the whole, then crops. */
  readonly views: number;
  /** Number of labels, or 1. */
  readonly outputs: number;
  /** What a row without a photo gets: the logarithms of the labels' shares, or the mean. */
  readonly prior: readonly number[];
  /** Undoes the standardisation of a number target; 0 and 1 for classes. */
  readonly offset: number;
  readonly scale: number;
  /** How it was trained, for people. */
  readonly training: Readonly<Record<string, string | number>>;
}

/** What a network says of rows; those without a photo have their prior and zeros. */
interface ImageAnswers {
  /** [rows, outputs] */
  readonly scores: Float64Array;
  /** [rows, width] */
  readonly features: Float32Array;
  readonly width: number;
  readonly hasPhoto: readonly boolean[];
}

/** Scores and features that a training has already computed, by the hash of the photo. */
export type KnownAnswers = ReadonlyMap<string, Said>;

/** What the network says of a photo. */
interface Said {
  readonly logits: Float32Array;
  readonly features: Float32Array;
}

/** Where photos are, and what is known of them. */
export interface PhotoSurroundings extends Surroundings {
  readonly known?: KnownAnswers;
}

/** A predictor that can also give scores and features of one run. */
export interface ImagePredictor extends Predictor {
  answer(batch: ColumnBatch): Promise<ImageAnswers>;
  embed: NonNullable<Predictor["embed"]>;
  explain: NonNullable<Predictor["explain"]>;
  /** The same network with other photos, or with answers that are known. */
  within(surroundings: PhotoSurroundings): ImagePredictor;
}

/** Photos of one run: bounds the time the calling thread is held. */
const RUN = 8;
const MAX_THREADS = 4;

/** Predicts with ONNX Runtime; the network is loaded with the first photo. */
export function createImagePredictor(
  trained: ImageNetwork,
  surroundings: PhotoSurroundings,
): ImagePredictor {
  const { column, network, size, outputs, scale } = trained;
  const { images } = surroundings;
  const runner = openRunner(network, size);

  async function answer(batch: ColumnBatch): Promise<ImageAnswers> {
    const answers = emptyAnswers(trained, { rows: batch.length, width: featureWidth(network) });
    // Variants of a product share a photo: it is looked at once.
    const unknown = new Map<string, PhotoRow>();
    for (const [row, photo] of photosOf(batch, column, images).entries()) {
      if (photo === undefined) continue;
      const known = surroundings.known?.get(photo.key);
      const before = unknown.get(photo.key);
      if (known !== undefined) answers.put([row], known);
      else if (before === undefined) unknown.set(photo.key, { photo, rows: [row] });
      else before.rows.push(row);
    }
    for await (const { asked, image } of batchesOf([...unknown.values()], trained, surroundings)) {
      const { logits, features } = await runner.run(image);
      for (const [i, { rows, place }] of asked.entries()) {
        const part = (data: Float32Array): Float32Array =>
          data.subarray((i * data.length) / asked.length, ((i + 1) * data.length) / asked.length);
        const said = { logits: part(logits), features: part(features) };
        if (place === 0) answers.put(rows, said, trained.views);
        else answers.add(rows, said, trained.views);
      }
    }
    return answers;
  }

  return {
    answer,
    within: (others) => createImagePredictor(trained, others),
    async scoreInto(batch, scores) {
      scores.set((await answer(batch)).scores);
    },
    async embed(batch): Promise<Embeddings> {
      const { features, width } = await answer(batch);
      return { rows: features, dim: width };
    },
    async explain(batch, output) {
      const [photo] = photosOf(batch, column, images);
      if (photo === undefined) return { tokens: [], features: [], images: [] };
      const pixels = await decodePixels(await photo.read(), { width: size, height: size });
      const heat = await occlusionHeat(pixels, trained, async (image) => {
        const { logits } = await runner.run(image);
        const of = (row: number): number => scale * logits[row * outputs + output];
        return Float64Array.from({ length: logits.length / outputs }, (_, row) => of(row));
      });
      return { tokens: [], features: [], images: [{ input: column, ...heat }] };
    },
    close: () => runner.close(),
    save: () => saveImageNetwork(trained),
  };
}

/** A photo, and the rows that have it. */
interface PhotoRow {
  readonly photo: Photo;
  readonly rows: number[];
}

function openRunner(
  network: Uint8Array,
  size: number,
): {
  run(image: Float32Array): Promise<{ logits: Float32Array; features: Float32Array }>;
  close(): Promise<void>;
} {
  let opened: Promise<Session> | undefined;
  return {
    async run(image) {
      opened ??= openSession(network, { threads: Math.min(MAX_THREADS, availableParallelism()) });
      const session = await opened;
      const shape = [image.length / (3 * size * size), 3, size, size];
      const found = await session.run({ image: float32(image, shape) }, ["logits", "features"]);
      return { logits: floats(found["logits"].data), features: floats(found["features"].data) };
    },
    async close() {
      const session = await opened;
      await session?.close();
    },
  };
}

/** Answers of rows without a photo, to be filled in. */
function emptyAnswers(
  { outputs, prior, offset, scale }: ImageNetwork,
  { rows, width }: { rows: number; width: number },
): ImageAnswers & {
  /** What is said of the whole photo, the first of so many views. */
  put(rows: readonly number[], said: Said, views?: number): void;
  /** What is said of another view. */
  add(rows: readonly number[], said: Said, views: number): void;
} {
  const scores = new Float64Array(rows * outputs);
  for (let row = 0; row < rows; row++) scores.set(prior, row * outputs);
  const all = new Float32Array(rows * width);
  const hasPhoto = Array.from({ length: rows }, () => false);
  return {
    scores,
    features: all,
    width,
    hasPhoto,
    put(chosen, { logits, features }, views = 1) {
      for (const row of chosen) {
        for (let c = 0; c < outputs; c++)
          scores[row * outputs + c] = offset + (scale * logits[c]) / views;
        all.set(features, row * width);
        hasPhoto[row] = true;
      }
    },
    add(chosen, { logits }, views) {
      for (const row of chosen)
        for (let c = 0; c < outputs; c++) scores[row * outputs + c] += (scale * logits[c]) / views;
    },
  };
}

/** A view of the photo of some rows. */
interface RowView {
  readonly rows: readonly number[];
  readonly place: number;
}

/** The views of photos, all of one after another, the whole photo first. */
async function* batchesOf(
  photos: readonly PhotoRow[],
  { size, normalisation, views }: ImageNetwork,
  { brokenPhotos = "refuse" }: Surroundings,
): AsyncGenerator<{ asked: RowView[]; image: Float32Array }> {
  const length = 3 * size * size;
  const most = Math.min(RUN, photos.length * views);
  let asked: RowView[] = [];
  let image = new Float32Array(most * length);
  const decode = async (photo: Photo): Promise<Pixels | undefined> =>
    brokenPhotos === "refuse"
      ? decodePixels(await photo.read(), { width: size, height: size })
      : pixelsIfPresent(photo, size);
  const work = async ({ rows, photo }: PhotoRow) => ({ rows, pixels: await decode(photo) });
  for await (const { rows, pixels } of mapOrdered(photos, work, { concurrency: MAX_THREADS })) {
    if (pixels === undefined) continue;
    for (let place = 0; place < views; place++) {
      const to = { target: image, offset: asked.length * length };
      normaliseInto(cropAt(pixels, place), { normalisation, layout: "chw" }, to);
      asked.push({ rows, place });
      if (asked.length < RUN) continue;
      yield { asked, image };
      asked = [];
      image = new Float32Array(most * length);
    }
  }
  if (asked.length > 0) yield { asked, image: image.subarray(0, asked.length * length) };
}

function saveImageNetwork(trained: ImageNetwork): SavedPredictor {
  const { network, column, size, normalisation, views, prior, offset, scale, training } = trained;
  return {
    parameters: { column, size, normalisation, views, prior, offset, scale, training },
    tensors: { network: { shape: [network.length], data: network } },
  };
}

/** @throws SoukError `MODEL_WEIGHTS` when a part is missing or does not fit. */
export function restoreImagePredictor(
  { parameters, tensors }: SavedPredictor,
  outputs: number,
  surroundings: Surroundings,
): ImagePredictor {
  const network = tensors["network"]?.data;
  if (!(network instanceof Uint8Array)) throw misfit("a network of type U8", typeof network);
  const { column, prior, normalisation, training } = parameters;
  if (typeof column !== "string") throw misfit("the column of photos", typeof column);
  const numbers: number[] = Array.isArray(prior)
    ? prior.map((one: unknown) => finite(one, "prior"))
    : [];
  if (numbers.length !== outputs) throw misfit(`a prior of ${outputs}`, `${numbers.length}`);
  if (normalisation !== "symmetric" && normalisation !== "imagenet" && normalisation !== "unit")
    throw misfit("a normalisation", String(normalisation));
  const size = finite(parameters["size"], "size");
  const views = finite(parameters["views"] ?? 1, "views");
  if (!Number.isInteger(views) || views < 1 || views > MOST_VIEWS)
    throw misfit(`1 to ${MOST_VIEWS} views`, `${views}`);
  checkNetwork(network, { outputs, size });
  return createImagePredictor(
    {
      column,
      network,
      size,
      normalisation,
      views,
      outputs,
      prior: numbers,
      offset: finite(parameters["offset"], "offset"),
      scale: finite(parameters["scale"], "scale"),
      training: typeof training === "object" && training !== null ? { ...training } : {},
    },
    surroundings,
  );
}

/** Before ONNX Runtime sees a file it is read whole by our own reader, which refuses data in other files. */
function checkNetwork(
  bytes: Uint8Array,
  { outputs, size }: { outputs: number; size: number },
): void {
  const { inputs, outputs: given } = graphOf(bytes);
  const wanted = [3, size, size].join();
  const got = inputs[0]?.shape?.slice(1).join() ?? "none";
  if (inputs.length !== 1 || inputs[0]?.name !== "image" || got !== wanted)
    throw misfit(`a network of image [batch, ${wanted}]`, got);
  const logits = given.find(({ name }) => name === "logits");
  if (logits?.type !== "float32" || logits.shape?.at(-1) !== outputs)
    throw misfit(`logits float32 [batch, ${outputs}]`, `${logits?.type} ${logits?.shape?.join()}`);
  if (!given.some(({ name }) => name === "features")) throw misfit("an output features", "none");
}

function featureWidth(bytes: Uint8Array): number {
  const width = graphOf(bytes)
    .outputs.find(({ name }) => name === "features")
    ?.shape?.at(-1);
  return typeof width === "number" ? width : 0;
}

function graphOf(bytes: Uint8Array): ReturnType<typeof readOnnx>["graph"] {
  try {
    return readOnnx(bytes).graph;
  } catch (cause) {
    throw new SoukError("MODEL_WEIGHTS", `weights: the network: ${errorMessage(cause)}`, { cause });
  }
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
