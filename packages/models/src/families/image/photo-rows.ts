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
  data: FamilyData,
  column: string,
  context: FamilyContext,
): Promise<PhotoData> {
  const { train, validation } = data;
  const regression = data.labels === undefined;
  const scaled = regression ? standardiser(train.targets) : { offset: 0, scale: 1 };
  const options = { context, regression, ...scaled };
  const parts = {
    train: await rowsOf(train, column, options),
    validation: await rowsOf(validation, column, options),
  };
  if (parts.train.photos.length === 0)
    throw new SoukError(
      "TRAIN_PHOTOS",
      `expected training rows with a photo in column ${column}, got none of ${train.batch.length}`,
    );
  return { ...parts, regression, ...scaled, prior: priorOf(data) };
}

async function rowsOf(
  { batch, targets }: Examples,
  column: string,
  {
    context: { images, signal },
    regression,
    offset,
    scale,
  }: { context: FamilyContext; regression: boolean; offset: number; scale: number },
): Promise<PhotoRows> {
  const found = await presentPhotos(batch, column, { images, signal });
  const usable = found.filter(({ row }) =>
    regression ? Number.isFinite(targets[row]) : targets[row] >= 0,
  );
  return {
    photos: usable.map(({ photo }) => photo),
    targets: Float64Array.from(usable, ({ row }) => (targets[row] - offset) / scale),
    missing: batch.length - found.length,
  };
}

/** What a row gets of which nothing is known: the logarithms of the labels' shares (each counted once more), or the mean. */
export function priorOf({ labels, train: { targets } }: FamilyData): readonly number[] {
  if (labels === undefined) return [targets.reduce((sum, one) => sum + one / targets.length, 0)];
  const counts = new Float64Array(labels.length).fill(1);
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
