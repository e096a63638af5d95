import { createRng, SoukError } from "@souk/core";
import {
  type Dataset,
  float32,
  imageCnn,
  int32,
  networkModel,
  tableDataset,
  writeOnnx,
} from "@souk/tensor";
import { augmentPixels } from "../../images/augment.ts";
import { mapOrdered } from "../../images/ordered.ts";
import { normaliseInto, type Pixels } from "../../images/pixels.ts";
import type { FamilyContext, FamilyData } from "../family.ts";
import { createProgress } from "../progress.ts";
import { fitStage } from "./fit-stage.ts";
import { type PhotoData, type PhotoRows, targetTensor } from "./photo-rows.ts";
import { pixelsIfWhole } from "./photos.ts";
import type { TrainedNetwork } from "./train-frozen.ts";

/** Photos a training should see in all; early stopping ends it sooner. */
const PHOTOS_SEEN = 150_000;

/**
 * A small convolutional network from zero. Each pass sees other changes of the photos, unless `augment` is 0.
 * @throws SoukError as `fitStage`; the signal's reason when aborted.
 */
export async function trainCnn({
  data,
  context,
  photos,
}: {
  data: FamilyData;
  context: FamilyContext;
  photos: PhotoData;
}): Promise<TrainedNetwork> {
  const { settings, onEvent } = context;
  const size = settings.number("size");
  onEvent({ kind: "phase", phase: "prepare" });
  const total = photos.train.photos.length + photos.validation.photos.length;
  const progress = createProgress(onEvent, { total });
  const train = await decode(photos.train, { size, context, progress });
  const validation = await decode(photos.validation, {
    size,
    context,
    progress: (done) => progress(photos.train.photos.length + done),
  });
  if (train.pixels.length === 0)
    throw new SoukError("TRAIN_PHOTOS", "expected training photos that decode, got none");
  onEvent({ kind: "phase", phase: "train" });
  const network = imageCnn({
    classes: data.labels?.length ?? 1,
    size,
    filters: filtersOf(size),
    dropout: settings.number("dropout"),
  });
  const weights = await fitStage(
    {
      name: "network",
      network,
      train: datasetOf(train, { photos, context, learns: true }),
      validation:
        validation.pixels.length === 0
          ? undefined
          : datasetOf(validation, { photos, context, learns: false }),
      epochs: settings.number("epochs") || epochsOf(train.pixels.length),
      lr: settings.number("lr"),
      smoothing: settings.number("smoothing"),
      epochsBefore: 0,
      scale: photos.scale,
    },
    { data, context },
  );
  const outputs = ["logits", "features"];
  return {
    known: new Map(),
    network: writeOnnx(networkModel(network, weights, { outputs, name: "image" })),
    size,
    normalisation: "symmetric",
    training: {
      backbone: "cnn",
      photos: train.pixels.length,
      rowsWithoutPhoto: leftOut(photos.train, train) + leftOut(photos.validation, validation),
    },
  };
}

/** Rows whose photo is missing or does not decode. */
function leftOut({ missing, photos }: PhotoRows, { pixels }: Decoded): number {
  return missing + photos.length - pixels.length;
}

function epochsOf(rows: number): number {
  return Math.min(60, Math.max(6, Math.round(PHOTOS_SEEN / rows)));
}

/** Filters of the convolutions, each halving the photo: down to about 8 a side. */
function filtersOf(size: number): readonly number[] {
  const layers = Math.max(2, Math.min(5, Math.round(Math.log2(size / 8))));
  return Array.from({ length: layers }, (_, layer) => Math.min(128, 32 << layer));
}

interface Decoded {
  readonly names: readonly string[];
  readonly pixels: readonly Pixels[];
  readonly targets: Float64Array;
}

async function decode(
  { photos, targets }: PhotoRows,
  {
    size,
    context: { signal, threads },
    progress,
  }: { size: number; context: FamilyContext; progress: (done: number) => void },
): Promise<Decoded> {
  const found: { name: string; pixels: Pixels; target: number }[] = [];
  // Variants of a product share a photo: it is decoded once.
  const decoded = new Map<string, Promise<Pixels | undefined>>();
  const work = (photo: (typeof photos)[number]): Promise<Pixels | undefined> => {
    const pixels = decoded.get(photo.key) ?? pixelsIfWhole(photo, size);
    decoded.set(photo.key, pixels);
    return pixels;
  };
  let at = 0;
  for await (const pixels of mapOrdered(photos, work, { concurrency: 2 * threads, signal })) {
    if (pixels !== undefined) found.push({ name: photos[at].key, pixels, target: targets[at] });
    at++;
    if (at % 128 === 0 || at === photos.length) progress(at);
  }
  return {
    names: found.map(({ name }) => name),
    pixels: found.map(({ pixels }) => pixels),
    targets: Float64Array.from(found, ({ target }) => target),
  };
}

function datasetOf(
  { names, pixels, targets }: Decoded,
  {
    photos: { regression },
    context: { settings },
    learns,
  }: { photos: PhotoData; context: FamilyContext; learns: boolean },
): Dataset {
  const rows = int32(Array.from(pixels.keys()));
  const batchSize = settings.number("batchSize");
  const index = tableDataset({ row: rows }, { batchSize, shuffle: learns });
  const changes = learns && settings.number("augment") !== 0;
  const size = settings.number("size");
  return {
    rows: index.rows,
    batches: index.batches,
    async *epoch(epoch, options) {
      const rng = createRng(`${options.seed}:photos ${epoch}`);
      for await (const { row } of index.epoch(epoch, options)) {
        const chosen = Array.from(row.data, Number);
        const target = new Float32Array(chosen.length * 3 * size * size);
        chosen.forEach((at, i) => {
          const shown = changes
            ? augmentPixels(pixels[at], rng.fork(`${names[at]} ${at}`))
            : pixels[at];
          const place = { target, offset: i * 3 * size * size };
          normaliseInto(shown, { normalisation: "symmetric", layout: "chw" }, place);
        });
        yield {
          image: float32(target, [chosen.length, 3, size, size]),
          target: targetTensor(targets, chosen, regression),
        };
      }
    },
  };
}
