/** The rows of a table that are most like another: an inverted list for each feature. */
import type { SparseRow } from "./text-space.ts";

/** Rows by feature: of feature `f` the entries `starts[f]` to `starts[f + 1]`. Plain data. */
export interface Postings {
  /** [features + 1] */
  readonly starts: Uint32Array;
  readonly rows: Uint32Array;
  readonly weights: Float32Array;
}

/** A row of the table, with its product with the row it was looked up for. */
export interface SimilarRow {
  readonly row: number;
  readonly product: number;
}

/** Lists of `rows` over `size` features. */
export function createPostings(rows: readonly SparseRow[], size: number): Postings {
  const starts = new Uint32Array(size + 1);
  for (const { ids } of rows) for (const id of ids) starts[id + 1]++;
  for (let f = 0; f < size; f++) starts[f + 1] += starts[f];
  const next = starts.slice();
  const all = new Uint32Array(starts[size]);
  const weights = new Float32Array(starts[size]);
  rows.forEach((row, at) =>
    row.ids.forEach((id, i) => {
      all[next[id]] = at;
      weights[next[id]++] = row.weights[i];
    }),
  );
  return { starts, rows: all, weights };
}

/** The `most` rows with the largest products, largest first, of equal ones the first; rows that share nothing are none. */
export function similarRows(
  { starts, rows, weights }: Postings,
  query: SparseRow,
  { count, most, without = -1 }: { count: number; most: number; without?: number },
): SimilarRow[] {
  const products = new Float64Array(count);
  query.ids.forEach((id, i) => {
    const weight = query.weights[i];
    for (let at = starts[id]; at < starts[id + 1]; at++) products[rows[at]] += weight * weights[at];
  });
  const found: SimilarRow[] = [];
  products.forEach((product, row) => {
    if (product > 0 && row !== without) found.push({ row, product });
  });
  return found.toSorted((a, b) => b.product - a.product || a.row - b.row).slice(0, most);
}
