/**
 * Photos into the shop: each is checked and decoded once, kept by the hash of its file, and told of in dataset `images`.
 *
 *   source ─► read ─► header, pixels ─► store ─► row ─► dataset `images` (one batch, by key)
 *                          └─► report: refused, with the reason
 *
 * A source that ends in the middle, or a kill, leaves files in the store that no row names, and no row.
 */
import { createHash } from "node:crypto";
import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, createId, errorMessage, sha256, SoukError } from "@souk/core";
import { knownShapes, type Lake } from "@souk/lake";
import { type ImageFacts, imageFacts, type ImageStore, mapOrdered } from "@souk/models";
import type { NamedPhoto } from "./photo-sources.ts";
import type { PhotosProgress, PhotosReport } from "./photo-values.ts";

/** What an intake stands on. */
export interface IntakeOptions {
  readonly lake: Lake;
  readonly store: ImageStore;
  /** Folder for the rows on their way. */
  readonly spool: string;
  readonly clock: Clock;
  /** What column `source` says. */
  readonly sourceName: string;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: PhotosProgress) => void;
}

/** Photos read and decoded at a time: the decoder has four threads, addresses wait for their servers. */
const CONCURRENCY = 8;
const MAX_NAMED = 1000;
const MAX_PRODUCT_ID = 200;
const PROGRESS_EVERY = 50;

/** Codes that speak of one photo; any other error ends the intake. */
const ofOnePhoto = /^(?:IMAGE_(?:FORMAT|LIMIT|BROKEN)|PHOTO_)/;

type Taken =
  | { readonly kind: "good"; readonly photo: StoredPhoto }
  | {
      readonly kind: "bad";
      readonly name: string;
      readonly code: string;
      readonly message: string;
    };

interface StoredPhoto {
  readonly productId: string;
  readonly position: number | undefined;
  readonly hash: string;
  readonly facts: ImageFacts;
  readonly folder: string;
}

/**
 * Takes in every photo of a source. A photo that cannot be taken is in the report and keeps no other from being taken.
 * The same photos again change nothing.
 * @throws SoukError of the source when it is no source of photos or breaks off; of the lake; the reason of `signal`.
 */
export async function takeInPhotos(
  photos: AsyncIterable<NamedPhoto>,
  options: IntakeOptions,
): Promise<PhotosReport> {
  const { store, spool, signal, onProgress } = options;
  const folder = join(spool, createId("photos", options.clock));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    const rows = await openRows(join(folder, "images.jsonl"), options);
    const refusals = countRefusals();
    const work = (photo: NamedPhoto): Promise<Taken> => takeIn(photo, store);
    try {
      for await (const taken of mapOrdered(photos, work, { concurrency: CONCURRENCY, signal })) {
        if (taken.kind === "good") await rows.add(taken.photo);
        else refusals.add(taken);
        const progress = { photos: rows.count(), refused: refusals.count() };
        if ((progress.photos + progress.refused) % PROGRESS_EVERY === 0) onProgress?.(progress);
      }
    } finally {
      await rows.close();
    }
    return { ...rows.summary(), ...refusals.summary(), ...(await ingest(rows, options)) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function takeIn(photo: NamedPhoto, store: ImageStore): Promise<Taken> {
  try {
    const { id, position } = photo.product();
    if (id.length > MAX_PRODUCT_ID || /\p{Cc}/u.test(id))
      throw new SoukError(
        "PHOTO_NO_PRODUCT",
        `expected a product id of up to ${MAX_PRODUCT_ID} printable characters`,
      );
    const bytes = await photo.read();
    const facts = await imageFacts(bytes);
    const hash = await store.put(bytes);
    const { folder } = photo;
    return { kind: "good", photo: { productId: id, position, hash, facts, folder } };
  } catch (thrown) {
    if (!(thrown instanceof SoukError) || !ofOnePhoto.test(thrown.code)) throw thrown;
    return { kind: "bad", name: photo.name, code: thrown.code, message: errorMessage(thrown) };
  }
}

interface Rows {
  readonly path: string;
  add(photo: StoredPhoto): Promise<void>;
  count(): number;
  /** Hash of the rows, without the time they were written at. */
  hash(): string;
  summary(): Pick<PhotosReport, "photos" | "products" | "repeated">;
  close(): Promise<void>;
}

/** Rows of dataset `images` as JSON Lines at `path`. */
async function openRows(path: string, { clock, sourceName }: IntakeOptions): Promise<Rows> {
  const file = await open(path, "w", 0o600);
  const digest = createHash("sha256");
  const addedAt = new Date(clock.now()).toISOString();
  const ids = new Set<string>();
  const perProduct = new Map<string, number>();
  let repeated = 0;
  return {
    path,
    async add(photo) {
      const id = sha256(`${photo.productId}\n${photo.hash}`).slice(0, 32);
      if (ids.has(id)) {
        repeated++;
        return;
      }
      ids.add(id);
      const before = perProduct.get(photo.productId) ?? 0;
      perProduct.set(photo.productId, before + 1);
      const row = { ...rowOf(photo, before), source: sourceName };
      digest.update(`${id} ${JSON.stringify(row)}\n`);
      await file.write(`${JSON.stringify({ image_id: id, ...row, added_at: addedAt })}\n`);
    },
    count: () => ids.size,
    hash: () => digest.copy().digest("hex"),
    summary: () => ({ photos: ids.size, products: perProduct.size, repeated }),
    close: () => file.close(),
  };
}

function rowOf({ productId, position, hash, facts, folder }: StoredPhoto, before: number): object {
  const { width, height, ratio, mode, format, sizeBytes } = facts;
  return {
    product_id: productId,
    photo: hash,
    position: position ?? before,
    width,
    height,
    ratio,
    mode,
    format,
    bytes: sizeBytes,
    folder,
  };
}

function countRefusals() {
  const reasons: Record<string, number> = {};
  const bad: PhotosReport["bad"][number][] = [];
  let refused = 0;
  return {
    add({ name, code, message }: Taken & { kind: "bad" }): void {
      refused++;
      reasons[code] = (reasons[code] ?? 0) + 1;
      if (bad.length < MAX_NAMED) bad.push({ name, code, message });
    },
    count: () => refused,
    summary: () => ({ refused, reasons, bad }),
  };
}

async function ingest(
  rows: Rows,
  { lake, signal }: IntakeOptions,
): Promise<Pick<PhotosReport, "batchId" | "version" | "skipped">> {
  if (rows.count() === 0) return { skipped: false };
  const { batchId, version, skipped } = await lake.ingest(
    "images",
    { kind: "file", path: rows.path },
    {
      shape: knownShapes.images,
      format: "jsonl",
      mode: "upsert",
      batchId: `photos-${rows.hash()}`,
      signal,
    },
  );
  return { batchId, version, skipped };
}
