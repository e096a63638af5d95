import { setImmediate } from "node:timers/promises";
import type { ColumnBatch } from "../rows/batch.ts";
import type { FeatureEncoder } from "./encoder.ts";
import { FeatureCounter, MAX_FEATURES, type Vocabulary } from "./vocabulary.ts";

/**
 * Rows as lists of weight rows, ready to train on. Document `d` has `segments` lists; list `s` of it is
 * `ids[starts[d * segments + s] .. starts[d * segments + s + 1])` and counts `scales[d * segments + s]` per feature.
 */
export interface Corpus {
  readonly documents: number;
  readonly segments: number;
  readonly vocabulary: Vocabulary;
  readonly ids: Int32Array;
  readonly starts: Int32Array;
  readonly scales: Float32Array;
  /** Standardised numbers, [documents, denseSize]. */
  readonly dense: Float32Array;
}

const ROWS_PER_TURN = 4096;

/**
 * What a feature of a segment with `count` kept features weighs: 1 / sqrt(count), so that a segment of unlike features
 * has length 1. Measured on star-rating validation rows: accuracy .750 against .732 for the mean (1 / count).
 */
export function segmentScale(count: number): number {
  return count === 0 ? 0 : Math.fround(1 / Math.sqrt(count));
}

/**
 * Encodes the training rows, then the validation rows. Features are counted in the training rows only; those seen
 * fewer than `minCount` times are left out. Yields to the event loop between blocks of rows.
 */
export async function buildCorpus(
  encoder: FeatureEncoder,
  { train, validation }: { train: ColumnBatch; validation: ColumnBatch },
  {
    minCount = 1,
    maxFeatures = MAX_FEATURES,
    signal,
  }: {
    minCount?: number;
    maxFeatures?: number;
    signal?: AbortSignal;
  } = {},
): Promise<Corpus> {
  const documents = train.length + validation.length;
  const { segments, denseSize } = encoder;
  const starts = new Int32Array(documents * segments + 1);
  const dense = new Float32Array(documents * denseSize);
  const counter = new FeatureCounter();
  let hashes = new Uint32Array(1 << 20);
  let end = 0;
  for (let document = 0; document < documents; document++) {
    if (document % ROWS_PER_TURN === 0) await pause(signal);
    const isTrain = document < train.length;
    const batch = isTrain ? train : validation;
    const row = isTrain ? document : document - train.length;
    const encoded = encoder.encode(batch, row);
    const size = encoded.ends[segments - 1];
    if (end + size > hashes.length) hashes = enlarge(hashes);
    hashes.set(encoded.hashes.subarray(0, size), end);
    for (let s = 0; s < segments; s++) starts[document * segments + s + 1] = end + encoded.ends[s];
    if (denseSize > 0)
      encoder.denseInto(
        batch,
        row,
        dense.subarray(document * denseSize, (document + 1) * denseSize),
      );
    if (isTrain) counter.addAll(hashes, end, end + size);
    end += size;
  }
  const vocabulary = counter.keep({ minCount, maxFeatures });
  await pause(signal);
  const { ids, scales } = assignRows(hashes, starts, vocabulary);
  return { documents, segments, vocabulary, ids, starts, scales, dense };
}

/** Replaces each hash by its row, dropping unknown ones; moves `starts` along. */
function assignRows(
  hashes: Uint32Array,
  starts: Int32Array,
  vocabulary: Vocabulary,
): { ids: Int32Array; scales: Float32Array } {
  const ids = new Int32Array(hashes.buffer);
  const scales = new Float32Array(starts.length - 1);
  let from = 0;
  let end = 0;
  for (let list = 0; list < scales.length; list++) {
    const to = starts[list + 1];
    const first = end;
    for (let i = from; i < to; i++) {
      const row = vocabulary.rowOf(hashes[i]);
      if (row >= 0) ids[end++] = row;
    }
    scales[list] = segmentScale(end - first);
    starts[list + 1] = end;
    from = to;
  }
  return { ids: ids.subarray(0, end), scales };
}

function enlarge(hashes: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * hashes.length);
  larger.set(hashes);
  return larger;
}

async function pause(signal: AbortSignal | undefined): Promise<void> {
  await setImmediate();
  signal?.throwIfAborted();
}
