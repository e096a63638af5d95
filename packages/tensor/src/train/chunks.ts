/** Gathers batches into calls: batches make steps, and steps of one bucket share a call. */
import type { InputSpec } from "../layers/scope.ts";
import { type Bucket, bucketOf } from "./bucket.ts";
import type { ColumnBatch } from "./dataset.ts";

/** Steps of one call: `batches.length / micro` of them, all of one bucket. */
export interface Chunk {
  readonly bucket: Bucket;
  readonly batches: readonly ColumnBatch[];
  /** Batches per step. */
  readonly micro: number;
}

/** How to gather. */
export interface ChunkOptions {
  readonly specs: Readonly<Record<string, InputSpec>>;
  /** Batches per step; fewer before a change of bucket and at the end. */
  readonly accumulate: number;
  /** Steps of a bucket that may share the next call, at least 1; asked when its first step is there. */
  readonly room: (bucket: Bucket) => number;
}

/** The calls for a row of batches. Which batches make a step does not depend on `room`. */
export async function* chunksOf(
  batches: AsyncIterable<ColumnBatch>,
  { specs, accumulate, room }: ChunkOptions,
): AsyncGenerator<Chunk> {
  let held: ColumnBatch[] = [];
  let bucket: Bucket | undefined;
  let limit = 0;
  for await (const batch of batches) {
    const next = bucketOf(batch, specs);
    if (bucket && next.key !== bucket.key) {
      yield* release(held, bucket, accumulate);
      held = [];
    }
    bucket = next;
    if (held.length === 0) limit = room(bucket) * accumulate;
    held.push(batch);
    if (held.length < limit) continue;
    yield* release(held, bucket, accumulate);
    held = [];
  }
  if (bucket) yield* release(held, bucket, accumulate);
}

/** Whole steps together, then what is left as one smaller step. */
function* release(
  batches: readonly ColumnBatch[],
  bucket: Bucket,
  accumulate: number,
): Generator<Chunk> {
  const whole = batches.length - (batches.length % accumulate);
  if (whole > 0) yield { bucket, batches: batches.slice(0, whole), micro: accumulate };
  const rest = batches.slice(whole);
  if (rest.length > 0) yield { bucket, batches: rest, micro: rest.length };
}
