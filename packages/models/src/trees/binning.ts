/** Most bins of one feature: with one more code for missing values it still fits a byte. */
export const MAX_BINS = 255;

/**
 * Features cut into bins, one byte each. Of feature `f` with edges e[0] < e[1] < ..., bin `b` holds the values in
 * (e[b - 1], e[b]], and code `edges[f].length + 1` the missing ones.
 */
export interface BinnedTable {
  readonly rows: number;
  /** Inner edges of each feature, ascending, at most `MAX_BINS - 1`. */
  readonly edges: readonly Float64Array[];
  /** Column-major, [features, rows]. */
  readonly codes: Uint8Array;
}

/**
 * Edges between the values of a feature; NaN is missing. With no more than `maxBins` distinct values each has its own
 * bin, otherwise bins hold about as many rows each. Which values share a bin does not change under a monotone
 * transformation of the feature.
 */
export function fitEdges(values: Float64Array, maxBins = MAX_BINS): Float64Array {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const edges: number[] = [];
  const starts = startsOfValues(sorted);
  if (starts.length <= maxBins) {
    for (const at of starts.slice(1)) edges.push(between(sorted[at - 1], sorted[at]));
    return Float64Array.from(edges);
  }
  let bin = 1;
  for (const at of starts) {
    if (at * maxBins < bin * sorted.length) continue;
    edges.push(between(sorted[at - 1], sorted[at]));
    while (at * maxBins >= bin * sorted.length) bin++;
  }
  return Float64Array.from(edges);
}

/** The bin of a value: how many edges lie below it, or the code of missing values for NaN. */
export function binOf(value: number, edges: Float64Array): number {
  if (Number.isNaN(value)) return edges.length + 1;
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= edges[middle]) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Where each distinct value first stands in a sorted array. */
function startsOfValues(sorted: Float64Array): number[] {
  const starts: number[] = [];
  for (let i = 0; i < sorted.length; i++)
    if (i === 0 || sorted[i] !== sorted[i - 1]) starts.push(i);
  return starts;
}

/** A number in [low, high), the middle where floats allow it. */
function between(low: number, high: number): number {
  const middle = low / 2 + high / 2;
  return middle >= low && middle < high ? middle : low;
}
