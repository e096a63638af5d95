/** Rows to learn from, in batches of columns. */
import { createRng, SoukError } from "@souk/core";
import { allocate, formatShape, type Tensor } from "../onnx/tensor.ts";

/** Columns of some rows by name; the first axis of each is the row. */
export type ColumnBatch = Readonly<Record<string, Tensor>>;

/** Which batches of a pass are wanted. */
export interface EpochOptions {
  /** The seed of the training: the order of rows is drawn from it and the number of the epoch. */
  readonly seed: number;
  /** Batches to leave out at the beginning, because they were seen before an interruption. */
  readonly skip?: number;
  readonly signal?: AbortSignal;
}

/** Rows that can be read pass after pass. */
export interface Dataset {
  readonly rows?: number;
  /** Batches of one pass, when known: lets a training say how long it will take. */
  readonly batches?: number;
  /**
   * The batches of pass `epoch`, counted from 0: the same ones whenever epoch and seed are the same, without the first
   * `skip`. A training that goes on after an interruption relies on it.
   */
  epoch(epoch: number, options: EpochOptions): AsyncIterable<ColumnBatch>;
}

/** How rows in memory become batches. */
export interface TableOptions {
  readonly batchSize: number;
  /** A new order of the rows in every pass. */
  readonly shuffle?: boolean;
  /** Leave out the last rows when they do not fill a batch; otherwise they make a smaller one. */
  readonly dropLast?: boolean;
  /** Only rows of the same bucket share a batch. */
  readonly bucketBy?: (row: number) => number;
  /** Shapes a batch before it is used, for example cuts it to the bucket's length. */
  readonly trim?: (batch: ColumnBatch, bucket: number) => ColumnBatch;
  /** Batches of one bucket that follow each other: longer runs let more steps share a call. */
  readonly runLength?: number;
}

/**
 * A dataset over columns in memory.
 *
 * @param columns tensors whose first axis is the row, all of the same length.
 * @throws SoukError `DATASET_ROWS` when columns differ in rows or there are none, `DATASET_BATCH` for a batch size that is not positive.
 */
export function tableDataset(
  columns: Readonly<Record<string, Tensor>>,
  options: TableOptions,
): Dataset {
  const rows = checkColumns(columns, options.batchSize);
  return {
    rows,
    batches: batchesOf(rows, { seed: 0, epoch: 0, options }).length,
    async *epoch(epoch, { seed, skip = 0, signal }) {
      for (const { rows: chosen, bucket } of batchesOf(rows, { seed, epoch, options }).slice(
        skip,
      )) {
        signal?.throwIfAborted();
        const batch = gatherRows(columns, chosen);
        yield options.trim ? options.trim(batch, bucket) : batch;
      }
    },
  };
}

/** How to choose lengths for sequences. */
export interface SequenceOptions extends Omit<TableOptions, "bucketBy" | "trim"> {
  /** Elements of each row that count, from the front. */
  readonly lengths: ArrayLike<number>;
  /** Lengths of the buckets, rising; a row goes to the first that holds it, or is cut to the last. */
  readonly buckets: readonly number[];
  /** Columns [rows, length, …] to cut to the bucket's length. */
  readonly sequences: readonly string[];
}

/**
 * A dataset over padded sequences in which rows of like length share a batch, cut to their bucket's length.
 *
 * @throws SoukError `DATASET_BUCKETS` when the lengths of buckets do not rise, and what `tableDataset` throws.
 */
export function bucketedDataset(
  columns: Readonly<Record<string, Tensor>>,
  { lengths, buckets, sequences, ...options }: SequenceOptions,
): Dataset {
  if (buckets.length === 0 || buckets.some((length, at) => !(length > (buckets[at - 1] ?? 0)))) {
    throw new SoukError(
      "DATASET_BUCKETS",
      `lengths of buckets must be positive and rise, got ${formatShape(buckets)}`,
    );
  }
  const bucketBy = (row: number): number => {
    const at = buckets.findIndex((length) => length >= lengths[row]);
    return at < 0 ? buckets.length - 1 : at;
  };
  const trim = (batch: ColumnBatch, bucket: number): ColumnBatch => ({
    ...batch,
    ...Object.fromEntries(
      sequences.map((name) => [name, cutSecondAxis(batch[name], buckets[bucket])]),
    ),
  });
  return tableDataset(columns, { ...options, bucketBy, trim });
}

/** The same batches with up to `batches` of them read ahead, so that reading overlaps with computing. */
export function prefetch(dataset: Dataset, { batches }: { batches: number }): Dataset {
  return {
    rows: dataset.rows,
    batches: dataset.batches,
    epoch: (epoch, options) => readAhead(dataset.epoch(epoch, options), batches),
  };
}

async function* readAhead<Item>(source: AsyncIterable<Item>, depth: number): AsyncGenerator<Item> {
  const iterator = source[Symbol.asyncIterator]();
  const pending: Promise<IteratorResult<Item>>[] = [];
  const ask = (): void => {
    const next = iterator.next();
    // The failure is seen when this result is taken; until then nobody waits for it.
    next.catch(() => undefined);
    pending.push(next);
  };
  try {
    for (let count = 0; count < Math.max(1, depth); count++) ask();
    for (;;) {
      const result = await pending.shift();
      if (!result || result.done) return;
      ask();
      yield result.value;
    }
  } finally {
    await Promise.allSettled(pending);
    await iterator.return?.();
  }
}

interface Batch {
  readonly bucket: number;
  readonly rows: Uint32Array;
}

/** The rows of every batch of one pass. */
function batchesOf(
  rows: number,
  { seed, epoch, options }: { seed: number; epoch: number; options: TableOptions },
): readonly Batch[] {
  const { batchSize, shuffle = true, dropLast = false, bucketBy, runLength = 8 } = options;
  const rng = createRng(seed).fork(`epoch ${epoch}`);
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  if (shuffle) shuffleInto(order, (bound) => rng.integer(bound));
  if (!bucketBy) return split(order, { batchSize, dropLast, bucket: 0 });
  const byBucket = Map.groupBy(order, bucketBy);
  const runs = [...byBucket].flatMap(([bucket, members]) => {
    const batches = split(Uint32Array.from(members), { batchSize, dropLast, bucket });
    return chunks(batches, runLength);
  });
  if (shuffle) rng.shuffle(runs);
  return runs.flat();
}

function split(
  order: Uint32Array,
  { batchSize, dropLast, bucket }: { batchSize: number; dropLast: boolean; bucket: number },
): Batch[] {
  const batches: Batch[] = [];
  for (let start = 0; start < order.length; start += batchSize) {
    const rows = order.subarray(start, start + batchSize);
    if (rows.length === batchSize || !dropLast) batches.push({ bucket, rows });
  }
  return batches;
}

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) =>
    items.slice(at * size, (at + 1) * size),
  );
}

/** Fisher-Yates, in place. */
function shuffleInto(order: Uint32Array, integer: (bound: number) => number): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = integer(i + 1);
    const kept = order[i];
    order[i] = order[j];
    order[j] = kept;
  }
}

function gatherRows(columns: ColumnBatch, rows: Uint32Array): ColumnBatch {
  return Object.fromEntries(
    Object.entries(columns).map(([name, { type, shape, data }]) => {
      const width = data.length / shape[0];
      const chosen = allocate(type, rows.length * width);
      for (let at = 0; at < rows.length; at++) {
        const from = rows[at] * width;
        // The two arrays are of one type because both are of the column's element type.
        chosen.set(data.subarray(from, from + width) as Float32Array & BigInt64Array, at * width);
      }
      return [name, { type, shape: [rows.length, ...shape.slice(1)], data: chosen }];
    }),
  );
}

function cutSecondAxis({ type, shape, data }: Tensor, length: number): Tensor {
  const [rows, whole, ...rest] = shape;
  if (length >= whole) return { type, shape, data };
  const width = rest.reduce((size, dim) => size * dim, 1);
  const cut = allocate(type, rows * length * width);
  for (let row = 0; row < rows; row++) {
    const from = row * whole * width;
    const piece = data.subarray(from, from + length * width);
    cut.set(piece as Float32Array & BigInt64Array, row * length * width);
  }
  return { type, shape: [rows, length, ...rest], data: cut };
}

function checkColumns(columns: ColumnBatch, batchSize: number): number {
  const counts = new Set(Object.values(columns).map(({ shape }) => shape[0]));
  const [rows] = counts;
  if (counts.size !== 1 || !(rows > 0)) {
    const found = Object.entries(columns).map(
      ([name, { shape }]) => `${name} ${formatShape(shape)}`,
    );
    throw new SoukError(
      "DATASET_ROWS",
      `columns must have one number of rows above 0, got ${found.join(", ") || "no column"}`,
    );
  }
  if (!(Number.isInteger(batchSize) && batchSize > 0)) {
    throw new SoukError("DATASET_BATCH", `batchSize must be a positive integer, got ${batchSize}`);
  }
  return rows;
}
