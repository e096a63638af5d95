import { type Dataset, float32, int32, int64, tableDataset, type Tensor } from "@souk/tensor";
import { paddedLength, type TokenRows } from "./text-encoder.ts";

/** Token numbers of `rows` as `ids` int64 [rows, length], filled up with padding. */
export function idsOf({ ids, starts }: TokenRows, rows: ArrayLike<number>, length: number): Tensor {
  const filled = new BigInt64Array(rows.length * length);
  // Numbers are small and not negative, so the low halves (little-endian) hold them whole; BigInts would be garbage.
  const low = new Int32Array(filled.buffer);
  for (let at = 0; at < rows.length; at++) {
    const from = starts[rows[at]];
    const count = Math.min(length, starts[rows[at] + 1] - from);
    for (let i = 0; i < count; i++) low[2 * (at * length + i)] = ids[from + i];
  }
  return int64(filled, [rows.length, length]);
}

/** The rows that share a padded length, by that length. */
export function rowsByLength(
  { starts }: TokenRows,
  maxTokens: number,
): ReadonlyMap<number, readonly number[]> {
  const rows = Array.from({ length: starts.length - 1 }, (_, row) => row);
  return Map.groupBy(rows, (row) => paddedLength(starts[row + 1] - starts[row], maxTokens));
}

/** How sequences become batches with targets. */
export interface TextBatchOptions {
  /** Label indexes or standardised numbers, one a row; rows whose target is missing (-1, NaN) are left out. */
  readonly targets: Float64Array;
  /** Whether targets are numbers. */
  readonly regression: boolean;
  readonly maxTokens: number;
  readonly batchSize: number;
  readonly shuffle: boolean;
}

/** Batches of rows of like length: `ids`, and `target` int32 [batch] or float32 [batch, 1]. Undefined without a row. */
export function textDataset(tokens: TokenRows, options: TextBatchOptions): Dataset | undefined {
  const { targets, regression, maxTokens, batchSize, shuffle } = options;
  const { starts } = tokens;
  const usable = Int32Array.from(targets.keys()).filter((row) =>
    regression ? Number.isFinite(targets[row]) : targets[row] >= 0,
  );
  if (usable.length === 0) return undefined;
  return tableDataset(
    { row: int32(usable) },
    {
      batchSize,
      shuffle,
      bucketBy: (at) => paddedLength(starts[usable[at] + 1] - starts[usable[at]], maxTokens),
      trim({ row: { data } }, length) {
        const rows = Array.from(data, Number);
        const wanted = rows.map((row) => targets[row]);
        return {
          ids: idsOf(tokens, rows, length),
          target: regression ? float32(wanted, [rows.length, 1]) : int32(wanted),
        };
      },
    },
  );
}
