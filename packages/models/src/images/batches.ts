/**
 * Many photos to batches of tensors. Decoding happens on the threads of libuv's pool (4 unless UV_THREADPOOL_SIZE says
 * otherwise), beside the calling thread, which only normalises: worker threads of our own would add copies.
 */
import { createRng, SoukError } from "@souk/core";
import { float32, type Tensor } from "@souk/tensor";
import { type Augmentation, augmentPixels } from "./augment.ts";
import { decodePixels, type ImageTensorOptions } from "./decode.ts";
import { mapOrdered } from "./ordered.ts";
import { normaliseInto, type Pixels } from "./pixels.ts";

/** A photo's file with the name it goes by: a path, or its hash. */
export interface ImageFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Some photos in order. */
export interface ImageBatch {
  /** Of the rows of `pixels`. */
  readonly names: readonly string[];
  /** float32 [names, 3, height, width], or [names, height, width, 3]. */
  readonly pixels: Tensor;
  /** Photos among these that could not be decoded, with the reason. They have no row. */
  readonly refused: readonly { readonly name: string; readonly error: SoukError }[];
}

/** How batches are made. */
export interface ImageBatchOptions extends ImageTensorOptions {
  /** Photos of a batch, counting refused ones (32). */
  readonly batchSize?: number;
  /** Photos decoded at a time (4). */
  readonly concurrency?: number;
  /** Changes each photo by chance, fixed by `seed` and its name. Another seed in each epoch gives other changes. */
  readonly augment?: Augmentation & { readonly seed: number };
  readonly signal?: AbortSignal;
}

type Decoded =
  | { readonly name: string; readonly pixels: Pixels }
  | { readonly name: string; readonly error: SoukError };

/**
 * Decodes photos, several at a time, and yields them in order, batch by batch. A photo that is hostile or damaged is
 * refused alone; a batch of nothing but refused photos has no rows.
 *
 * @throws SoukError `IMAGE_OPTIONS` for a size of the result or batch that makes no sense, `IMAGE_ENGINE`; what `files`
 * throws; the reason of `signal` when aborted.
 */
export async function* decodeImages(
  files: AsyncIterable<ImageFile> | Iterable<ImageFile>,
  options: ImageBatchOptions,
): AsyncGenerator<ImageBatch> {
  const { batchSize = 32, concurrency = 4, signal } = options;
  checkCount("batchSize", batchSize, 4096);
  checkCount("concurrency", concurrency, 256);
  let batch: Decoded[] = [];
  const work = (file: ImageFile): Promise<Decoded> => decode(file, options);
  for await (const decoded of mapOrdered(files, work, { concurrency, signal })) {
    batch.push(decoded);
    if (batch.length < batchSize) continue;
    yield join(batch, options);
    batch = [];
  }
  if (batch.length > 0) yield join(batch, options);
}

async function decode({ name, bytes }: ImageFile, options: ImageBatchOptions): Promise<Decoded> {
  try {
    const pixels = await decodePixels(bytes, options);
    const { augment } = options;
    if (!augment) return { name, pixels };
    return { name, pixels: augmentPixels(pixels, createRng(augment.seed).fork(name), augment) };
  } catch (error) {
    if (error instanceof SoukError && isOfThePhoto(error)) return { name, error };
    throw error;
  }
}

/** Whether the photo is to blame, and not the caller or the installation. */
function isOfThePhoto({ code }: SoukError): boolean {
  return code === "IMAGE_FORMAT" || code === "IMAGE_LIMIT" || code === "IMAGE_BROKEN";
}

function join(
  batch: readonly Decoded[],
  { width, height, normalisation = "symmetric", layout = "chw" }: ImageBatchOptions,
): ImageBatch {
  const whole = batch.filter((one) => "pixels" in one);
  const size = 3 * width * height;
  const target = new Float32Array(whole.length * size);
  whole.forEach(({ pixels }, row) => {
    normaliseInto(pixels, { normalisation, layout }, { target, offset: row * size });
  });
  const shape = layout === "chw" ? [3, height, width] : [height, width, 3];
  return {
    names: whole.map(({ name }) => name),
    pixels: float32(target, [whole.length, ...shape]),
    refused: batch.filter((one) => "error" in one),
  };
}

function checkCount(name: string, count: number, most: number): void {
  if (Number.isInteger(count) && count >= 1 && count <= most) return;
  throw new SoukError(
    "IMAGE_OPTIONS",
    `${name}: expected a whole number in [1, ${most}], got ${count}`,
  );
}
