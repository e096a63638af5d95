/**
 * What a frozen network makes of its inputs, computed once and kept on disk: training a head on frozen features then
 * reads rows instead of running the network in every epoch.
 *
 * Rows are addressed by content: a folder for each (model, preprocessing, width), in it a row for each SHA-256 of an input.
 */
import { canonicalJson, sha256, SoukError } from "@souk/core";
import { float32, type Tensor } from "../onnx/tensor.ts";
import { blockBytes, MAX_BLOCK_ROWS } from "./feature-segment.ts";
import { FeatureStore, type Wanted } from "./feature-store.ts";

/** What features are of, and how they are kept. */
export interface FeatureCacheOptions {
  /** SHA-256 of the model file. */
  readonly model: string;
  /** Everything else that features depend on: the preprocessing, the output that is taken. */
  readonly preprocessing: string;
  /** Numbers of one row. */
  readonly width: number;
  /** Limit for all caches in the folder (8 GiB): segments written longest ago are deleted to keep it. */
  readonly maxBytes?: number;
  /** Size of a segment, the unit of deletion (64 MiB, at most a quarter of `maxBytes`). */
  readonly segmentBytes?: number;
  /** Inputs that are computed and written at once (256). */
  readonly batchSize?: number;
}

/** What a cache did since it was opened. */
export interface FeatureCounts {
  /** Rows known now. */
  readonly rows: number;
  readonly hits: number;
  readonly misses: number;
  /** Rows that were there but damaged, or deleted while they were read. */
  readonly damaged: number;
  /** Segments deleted to make room. */
  readonly evicted: number;
}

/**
 * Computes the features of some inputs, given by their positions in the list of keys.
 *
 * @returns rows in that order, [missing, width].
 */
export type ComputeFeatures = (
  missing: readonly number[],
  options: { readonly signal?: AbortSignal },
) => Promise<Float32Array>;

/** Features on disk. Any number of processes may use one folder at the same time. */
export interface FeatureCache {
  readonly counts: FeatureCounts;
  /**
   * The features of inputs, in the order of their keys: float32 [keys, width]. Rows that are not there are computed in
   * batches and kept; each batch is in the file before the next is computed.
   *
   * @param keys SHA-256 of each input's bytes (64 hex digits); equal ones are computed once.
   * @throws SoukError `FEATURE_CACHE_KEY` for another key, `FEATURE_CACHE_ROWS` when `compute` gives too few or too many
   * numbers, `FEATURE_CACHE_WRITE` when the disk refuses; the reason of `signal` when it is aborted.
   */
  features(
    keys: readonly string[],
    compute: ComputeFeatures,
    options?: { readonly signal?: AbortSignal },
  ): Promise<Tensor>;
  /** Waits for writes under way and closes the files. */
  close(): Promise<void>;
}

/**
 * Opens the cache in `folder`, which is made when missing. Keeps about 200 bytes of memory for each row in it.
 *
 * @throws SoukError `FEATURE_CACHE_OPTIONS` when a size makes no sense.
 */
export async function openFeatureCache(
  folder: string,
  {
    model,
    preprocessing,
    width,
    maxBytes = 8 * 2 ** 30,
    segmentBytes = Math.min(64 * 2 ** 20, Math.floor(maxBytes / 4)),
    batchSize = 256,
  }: FeatureCacheOptions,
): Promise<FeatureCache> {
  checkRange("width", width, { least: 1, most: 2 ** 24 });
  checkRange("batchSize", batchSize, { least: 1, most: MAX_BLOCK_ROWS });
  checkRange("maxBytes", maxBytes, { least: 4 * blockBytes(batchSize, width) });
  checkRange("segmentBytes", segmentBytes, { least: blockBytes(batchSize, width), most: maxBytes });
  const name = sha256(canonicalJson({ model, preprocessing, width })).slice(0, 32);
  const store = new FeatureStore({ root: folder, name, width, maxBytes, segmentBytes });
  await store.refresh();
  return new OpenFeatureCache(store, { width, batchSize });
}

/** One key, and the places of its row in the answer. */
interface Request {
  readonly key: string;
  readonly positions: number[];
}

class OpenFeatureCache implements FeatureCache {
  readonly #store: FeatureStore;
  readonly #width: number;
  readonly #batchSize: number;
  #hits = 0;
  #misses = 0;

  constructor(store: FeatureStore, { width, batchSize }: { width: number; batchSize: number }) {
    this.#store = store;
    this.#width = width;
    this.#batchSize = batchSize;
  }

  get counts(): FeatureCounts {
    const { rows, damaged, evicted } = this.#store;
    return { rows, hits: this.#hits, misses: this.#misses, damaged, evicted };
  }

  async features(
    keys: readonly string[],
    compute: ComputeFeatures,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<Tensor> {
    const requests = requestsOf(keys);
    const answer = new Float32Array(keys.length * this.#width);
    const missing = await this.#read(requests, answer);
    this.#hits += requests.length - missing.length;
    this.#misses += missing.length;
    for (let at = 0; at < missing.length; at += this.#batchSize) {
      signal?.throwIfAborted();
      await this.#compute(missing.slice(at, at + this.#batchSize), { answer, compute, signal });
    }
    this.#repeat(requests, answer);
    return float32(answer, [keys.length, this.#width]);
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  /** Reads what is there to the first place of each key; gives the rest. */
  async #read(requests: readonly Request[], answer: Float32Array): Promise<readonly Request[]> {
    if (!requests.every(({ key }) => this.#store.has(key))) await this.#store.refresh();
    const wanted = requests.map(({ key, positions }): Wanted => {
      return { key, target: this.#row(answer, positions[0]) };
    });
    const lost = new Set(await this.#store.read(wanted));
    return requests.filter(({ key }) => lost.has(key));
  }

  async #compute(
    requests: readonly Request[],
    parts: { answer: Float32Array; compute: ComputeFeatures; signal: AbortSignal | undefined },
  ): Promise<void> {
    const { answer, compute, signal } = parts;
    const rows = await compute(
      requests.map(({ positions }) => positions[0]),
      { signal },
    );
    if (rows.length !== requests.length * this.#width) {
      throw new SoukError(
        "FEATURE_CACHE_ROWS",
        `expected ${requests.length} rows of ${this.#width}, got ${rows.length} numbers`,
      );
    }
    requests.forEach(({ positions }, at) => {
      this.#row(answer, positions[0]).set(this.#row(rows, at));
    });
    const keys = requests.map(({ key }) => key);
    await this.#store.append(keys, rows);
  }

  /** Copies rows of keys that stand several times. */
  #repeat(requests: readonly Request[], answer: Float32Array): void {
    for (const { positions } of requests) {
      for (const position of positions.slice(1)) {
        this.#row(answer, position).set(this.#row(answer, positions[0]));
      }
    }
  }

  #row(rows: Float32Array, at: number): Float32Array {
    return rows.subarray(at * this.#width, (at + 1) * this.#width);
  }
}

/** Each key once, as 32 characters, with all its positions. */
function requestsOf(keys: readonly string[]): readonly Request[] {
  const requests = new Map<string, Request>();
  keys.forEach((hex, position) => {
    if (!/^[0-9a-f]{64}$/.test(hex)) {
      throw new SoukError(
        "FEATURE_CACHE_KEY",
        `key ${position}: expected a SHA-256 as 64 hex digits, got ${hex.length} characters`,
      );
    }
    const key = Buffer.from(hex, "hex").toString("latin1");
    const known = requests.get(key);
    if (known) known.positions.push(position);
    else requests.set(key, { key, positions: [position] });
  });
  return [...requests.values()];
}

function checkRange(
  name: string,
  value: number,
  { least, most = Number.MAX_SAFE_INTEGER }: { least: number; most?: number },
): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw new SoukError(
    "FEATURE_CACHE_OPTIONS",
    `expected ${name} in [${least}, ${most}], got ${value}`,
  );
}
