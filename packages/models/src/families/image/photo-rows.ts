import { SoukError } from "@souk/core";
import { float32, int32, type Tensor } from "@souk/tensor";
import type { Examples, FamilyContext, FamilyData } from "../family.ts";
import { standardiser } from "../standardise.ts";
import { type Photo, presentPhotos } from "./photos.ts";

/** Rows that have a photo and a target. */
export interface PhotoRows {
  readonly photos: readonly Photo[];
  /** Label index, or standardised number, of each. */
  readonly targets: Float64Array;
  /** Rows with a target but without a photo. */
  readonly missing: number;
}

/** What a training over photos learns from. */
export interface PhotoData {
  readonly train: PhotoRows;
  readonly validation: PhotoRows;
  readonly regression: boolean;
  readonly offset: number;
  readonly scale: number;
  readonly prior: readonly number[];
}

/**
 * The rows of a training that have a photo.
 * @throws SoukError `TRAIN_PHOTOS` when no training row has one.
 */
export async function photoData(
  { labels, train, validation }: FamilyData,
  column: string,
  context: FamilyContext,
): Promise<PhotoData> {
  const regression = labels === undefined;
  const scaled = regression ? standardiser(train.targets) : { offset: 0, scale: 1 };
  const parts = {
    train: await rowsOf(train, column, { context, ...scaled }),
    validation: await rowsOf(validation, column, { context, ...scaled }),
  };
  if (parts.train.photos.length === 0)
    throw new SoukError(
      "TRAIN_PHOTOS",
      `expected training rows with a photo in column ${column}, got none of ${train.batch.length}`,
    );
  const prior = regression ? [scaled.offset] : priorOf(train.targets, labels.length);
  return { ...parts, regression, ...scaled, prior };
}

async function rowsOf(
  { batch, targets }: Examples,
  column: string,
  {
    context: { images, signal },
    offset,
    scale,
  }: { context: FamilyContext; offset: number; scale: number },
): Promise<PhotoRows> {
  const found = await presentPhotos(batch, column, { images, signal });
  const usable = found.filter(({ row }) => targets[row] >= 0 || offset !== 0 || scale !== 1);
  return {
    photos: usable.map(({ photo }) => photo),
    targets: Float64Array.from(usable, ({ row }) => (targets[row] - offset) / scale),
    missing: batch.length - found.length,
  };
}

/** Logarithms of the labels' shares; one row more is counted for each. */
function priorOf(targets: Float64Array, labels: number): readonly number[] {
  const counts = new Float64Array(labels).fill(1);
  for (const target of targets) if (target >= 0) counts[target]++;
  const total = counts.reduce((sum, count) => sum + count, 0);
  return Array.from(counts, (count) => Math.log(count / total));
}

/** Targets of some rows as a network takes them. */
export function targetTensor(
  targets: Float64Array,
  rows: ArrayLike<number>,
  regression: boolean,
): Tensor {
  const wanted = Array.from(rows, (row) => targets[row]);
  return regression ? float32(wanted, [wanted.length, 1]) : int32(wanted);
}
