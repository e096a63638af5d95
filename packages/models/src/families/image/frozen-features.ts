/** What a frozen network says of photos, computed once for each photo and kept on disk. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { canonicalJson, createRng, sha256, SoukError } from "@souk/core";
import {
  type FeatureCache,
  float32,
  openFeatureCache,
  openPool,
  type Pool,
  type Tensor,
  writeOnnx,
} from "@souk/tensor";
import { cropAt } from "./crops.ts";
import { augmentPixels } from "../../images/augment.ts";
import { mapOrdered } from "../../images/ordered.ts";
import { normaliseInto, type Pixels } from "../../images/pixels.ts";
import type { Backbone } from "./backbone.ts";
import { nodesFor } from "./cut.ts";
import { type Photo, pixelsIfWhole } from "./photos.ts";

/** A photo as it is (`copy` 0), or one of its changed copies; of the photo as it is also the crop at a place. */
export interface View {
  readonly photo: Photo;
  readonly copy: number;
  readonly place?: number;
}

/** Part of what is kept of a view. */
export type FeaturePart = "features" | "activation";

/** Features of views; its owner closes it. */
export interface FrozenFeatures {
  /** Numbers that describe a photo. */
  readonly width: number;
  /** Shape of the value at the cut, without the batch; empty when the network is not cut. */
  readonly activation: readonly number[];
  /** Rows of one part, [views, size]. The rows of a photo that does not decode are NaN. */
  read(
    views: readonly View[],
    part: FeaturePart,
    options?: { signal?: AbortSignal; onDone?: (views: number) => void },
  ): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Shops photograph one thing in many ways: near and far, turned, in another light. */
const strongChanges = {
  area: [0.35, 1],
  rotation: 20,
  brightness: 0.3,
  contrast: 0.3,
  saturation: 0.3,
} as const;
/** Of the changes of photos; to be raised with what they do. */
const AUGMENTATION = 2;
/** Views read or computed at once. */
const CHUNK = 128;
/** Photos of one run: more do not make a network faster, and a run cannot be interrupted. */
const RUN = 8;

/** Opens the features of a network, and of the value it is cut at. */
export async function openFrozenFeatures(
  backbone: Backbone,
  {
    cut,
    threads,
    cacheDirectory,
  }: { cut: string | undefined; threads: number; cacheDirectory: string | undefined },
): Promise<FrozenFeatures> {
  const pool = await openPool(writeOnnx(withOutputs(backbone, cut)), { workers: threads });
  const temporary =
    cacheDirectory === undefined ? await mkdtemp(join(tmpdir(), "souk-features-")) : undefined;
  try {
    const { size, input, featureOutput } = backbone;
    const blank = float32(new Float32Array(3 * size * size), [1, 3, size, size]);
    const probe = await pool.run({ [input]: blank });
    const activation = cut === undefined ? [] : probe[cut].shape.slice(1);
    const width = probe[featureOutput].shape[1];
    const cache = await openFeatureCache(cacheDirectory ?? temporary ?? "", {
      model: backbone.sha256,
      preprocessing: preprocessingOf(backbone, cut),
      width: width + (cut === undefined ? 0 : sizeOf(activation)),
      batchSize: CHUNK,
    });
    return new OpenFeatures({ backbone, cut, pool, cache, temporary, width, activation, threads });
  } catch (error) {
    await pool.close();
    if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

interface Parts {
  readonly backbone: Backbone;
  readonly cut: string | undefined;
  readonly pool: Pool;
  readonly cache: FeatureCache;
  readonly temporary: string | undefined;
  readonly width: number;
  readonly activation: readonly number[];
  readonly threads: number;
}

class OpenFeatures implements FrozenFeatures {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get width(): number {
    return this.#parts.width;
  }

  get activation(): readonly number[] {
    return this.#parts.activation;
  }

  async read(
    views: readonly View[],
    part: FeaturePart,
    { signal, onDone }: { signal?: AbortSignal; onDone?: (views: number) => void } = {},
  ): Promise<Float32Array> {
    const { cache, width, activation } = this.#parts;
    const size = part === "features" ? width : sizeOf(activation);
    const from = part === "features" ? 0 : width;
    const all = new Float32Array(views.length * size);
    for (let at = 0; at < views.length; at += CHUNK) {
      const some = views.slice(at, at + CHUNK);
      const distinct = new Map(some.map((view) => [keyOf(view), view]));
      const places = new Map([...distinct.keys()].map((key, place) => [key, place]));
      const shown = [...distinct.values()];
      const { data, shape } = await cache.features(
        [...distinct.keys()],
        (missing) => this.#compute(missing.map((one) => shown[one])),
        { signal },
      );
      const rows = floats(data);
      for (let row = 0; row < some.length; row++) {
        const start = (places.get(keyOf(some[row])) ?? 0) * shape[1] + from;
        all.set(rows.subarray(start, start + size), (at + row) * size);
      }
      onDone?.(at + some.length);
    }
    return all;
  }

  async #compute(views: readonly View[]): Promise<Float32Array> {
    const { backbone, threads, width, activation, cut } = this.#parts;
    const row = width + (cut === undefined ? 0 : sizeOf(activation));
    const rows = new Float32Array(views.length * row).fill(NaN);
    const runs: Promise<void>[] = [];
    let waiting: { at: number; pixels: Pixels }[] = [];
    const send = (): void => {
      if (waiting.length > 0) runs.push(this.#run(waiting, { rows, row }));
      waiting = [];
    };
    try {
      let at = 0;
      const work = (view: View): Promise<Pixels | undefined> => pixelsOf(view, backbone.size);
      for await (const pixels of mapOrdered(views, work, { concurrency: 2 * threads })) {
        if (pixels !== undefined) waiting.push({ at, pixels });
        if (waiting.length === RUN) send();
        at++;
      }
      send();
    } finally {
      await Promise.allSettled(runs);
    }
    await Promise.all(runs);
    return rows;
  }

  async #run(
    photos: readonly { at: number; pixels: Pixels }[],
    { rows, row }: { rows: Float32Array; row: number },
  ): Promise<void> {
    const { backbone, pool, cut, width, activation } = this.#parts;
    const { size, normalisation, input, featureOutput } = backbone;
    const target = new Float32Array(photos.length * 3 * size * size);
    photos.forEach(({ pixels }, i) => {
      const place = { target, offset: i * 3 * size * size };
      normaliseInto(pixels, { normalisation, layout: "chw" }, place);
    });
    const image = float32(target, [photos.length, 3, size, size]);
    const found = await pool.run({ [input]: image }, { transfer: true });
    const features = pooled(found[featureOutput]);
    photos.forEach(({ at }, i) => {
      rows.set(features.subarray(i * width, (i + 1) * width), at * row);
      if (cut === undefined) return;
      const length = sizeOf(activation);
      const data = floats(found[cut].data);
      rows.set(data.subarray(i * length, (i + 1) * length), at * row + width);
    });
  }

  async close(): Promise<void> {
    const { pool, cache, temporary } = this.#parts;
    await pool.close();
    await cache.close();
    if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
  }
}

async function pixelsOf(view: View, size: number): Promise<Pixels | undefined> {
  const { photo, copy, place = 0 } = view;
  const pixels = await pixelsIfWhole(photo, size);
  if (pixels === undefined) return undefined;
  if (copy === 0) return cropAt(pixels, place);
  return augmentPixels(pixels, createRng(copy).fork(photo.key), strongChanges);
}

function keyOf({ photo, copy, place = 0 }: View): string {
  if (copy !== 0) return sha256(`${photo.key} copy ${copy}`);
  return place === 0 ? photo.key : sha256(`${photo.key} place ${place}`);
}

function withOutputs(
  { model, featureOutput }: Backbone,
  cut: string | undefined,
): Backbone["model"] {
  const names = cut === undefined || cut === featureOutput ? [featureOutput] : [featureOutput, cut];
  const nodes = nodesFor(model.graph.nodes, featureOutput);
  const outputs = names.map((name) => ({ name, type: "float32" as const }));
  return { ...model, graph: { ...model.graph, nodes, outputs } };
}

function preprocessingOf(
  { size, normalisation, featureOutput }: Backbone,
  cut: string | undefined,
): string {
  const parts = { size, normalisation, featureOutput, fit: "cover", augmentation: AUGMENTATION };
  return canonicalJson(cut === undefined ? parts : { ...parts, cut });
}

/** Features [rows, width] as they are; of maps [rows, width, height, width] the mean. */
function pooled({ data, shape }: Tensor): Float32Array {
  const values = floats(data);
  if (shape.length === 2) return values;
  const places = sizeOf(shape.slice(2));
  const means = new Float32Array(values.length / places);
  for (let at = 0; at < values.length; at++) means[Math.floor(at / places)] += values[at] / places;
  return means;
}

function floats(data: unknown): Float32Array {
  if (data instanceof Float32Array) return data;
  throw new SoukError("PRETRAINED_NETWORK", "expected a network of float32 numbers, got others");
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}
