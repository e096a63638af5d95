import { SoukError } from "@souk/core";
import type { Tensor } from "../artefact/tensors.ts";
import type { SavedPredictor } from "../families/family.ts";
import type { BinnedTable } from "./binning.ts";

/**
 * A binary tree as columns over its nodes; node 0 is the root and children follow their parent. A value at most
 * `threshold` goes to `left`, another to `left + 1`, a missing one (NaN) where `missingLeft` says.
 */
export interface Tree {
  /** First of the two children, 0 at a leaf. */
  readonly left: Int32Array;
  readonly feature: Int32Array;
  readonly threshold: Float64Array;
  /** Last bin that goes left: the threshold as a bin of the training table. */
  readonly bin: Uint8Array;
  readonly missingLeft: Uint8Array;
  /** What a leaf adds to the score; of an inner node, the mean of the training rows below it. */
  readonly value: Float64Array;
  /** What the split gained in training, 0 at a leaf. */
  readonly gain: Float64Array;
}

/** The node where a row of feature values ends. */
export function leafOf(
  { left, feature, threshold, missingLeft }: Tree,
  values: Float64Array,
): number {
  let node = 0;
  while (left[node] !== 0) {
    const value = values[feature[node]];
    const isLeft = value <= threshold[node] || (Number.isNaN(value) && missingLeft[node] === 1);
    node = left[node] + (isLeft ? 0 : 1);
  }
  return node;
}

/** Adds the tree's value of every row of a binned table to `scores[offset + stride * row]`. */
export function addTreeInto(
  tree: Tree,
  table: BinnedTable,
  { scores, offset, stride }: { scores: Float64Array; offset: number; stride: number },
): void {
  const { left, feature, bin, missingLeft, value } = tree;
  const missing = Int32Array.from(feature, (f) => (table.edges[f]?.length ?? 0) + 1);
  for (let row = 0; row < table.rows; row++) {
    let node = 0;
    while (left[node] !== 0) {
      const code = table.codes[feature[node] * table.rows + row];
      const isLeft = code === missing[node] ? missingLeft[node] === 1 : code <= bin[node];
      node = left[node] + (isLeft ? 0 : 1);
    }
    scores[offset + stride * row] += value[node];
  }
}

/**
 * Adds to `target[feature]` what each feature on the row's path changed: the value of the child less that of its
 * parent. The sums are the leaf's value less the root's. Source: A. Saabas, "Interpreting random forests" (2014).
 */
export function addContributionsInto(tree: Tree, values: Float64Array, target: Float64Array): void {
  const { left, feature, threshold, missingLeft, value } = tree;
  let node = 0;
  while (left[node] !== 0) {
    const x = values[feature[node]];
    const isLeft = x <= threshold[node] || (Number.isNaN(x) && missingLeft[node] === 1);
    const child = left[node] + (isLeft ? 0 : 1);
    target[feature[node]] += value[child] - value[node];
    node = child;
  }
}

/** Share of all gains that splits on each feature made, [features]; all 0 where nothing was split. */
export function featureImportance(trees: readonly Tree[], features: number): Float64Array {
  const gains = new Float64Array(features);
  let total = 0;
  for (const { left, feature, gain } of trees)
    for (let node = 0; node < left.length; node++) {
      if (left[node] === 0) continue;
      gains[feature[node]] += gain[node];
      total += gain[node];
    }
  return total > 0 ? gains.map((gain) => gain / total) : gains;
}

const COLUMNS = {
  left: Int32Array,
  feature: Int32Array,
  threshold: Float64Array,
  bin: Uint8Array,
  missingLeft: Uint8Array,
  value: Float64Array,
  gain: Float64Array,
} as const;

/** Trees as named arrays, one after the other; `sizes` says how many nodes each has. */
export function saveTrees(trees: readonly Tree[]): Record<string, Tensor> {
  const sizes = Int32Array.from(trees, (tree) => tree.left.length);
  const nodes = sizes.reduce((sum, size) => sum + size, 0);
  const tensors: Record<string, Tensor> = { sizes: { shape: [sizes.length], data: sizes } };
  for (const [name, Kind] of Object.entries(COLUMNS)) {
    const data = new Kind(nodes);
    let at = 0;
    for (const tree of trees) {
      // `name` is a key of both: COLUMNS lists the columns of a tree.
      data.set(tree[name as keyof typeof COLUMNS], at);
      at += tree.left.length;
    }
    tensors[name] = { shape: [nodes], data };
  }
  return tensors;
}

/**
 * Trees out of named arrays, checked: every path ends at a leaf and reads one of `features`.
 * @throws SoukError `MODEL_WEIGHTS`.
 */
export function restoreTrees({ tensors }: SavedPredictor, features: number): Tree[] {
  const sizes = tensors["sizes"]?.data;
  if (!(sizes instanceof Int32Array)) throw misfit("sizes of trees of type I32");
  const columns = {
    left: column(tensors, "left", Int32Array),
    feature: column(tensors, "feature", Int32Array),
    threshold: column(tensors, "threshold", Float64Array),
    bin: column(tensors, "bin", Uint8Array),
    missingLeft: column(tensors, "missingLeft", Uint8Array),
    value: column(tensors, "value", Float64Array),
    gain: column(tensors, "gain", Float64Array),
  };
  const nodes = sizes.reduce((sum, size) => sum + Math.max(1, size), 0);
  for (const [name, data] of Object.entries(columns))
    if (data.length !== nodes) throw misfit(`${nodes} numbers of ${name}`);
  const trees: Tree[] = [];
  let at = 0;
  for (const size of sizes) {
    const end = at + size;
    const tree = {
      left: columns.left.subarray(at, end),
      feature: columns.feature.subarray(at, end),
      threshold: columns.threshold.subarray(at, end),
      bin: columns.bin.subarray(at, end),
      missingLeft: columns.missingLeft.subarray(at, end),
      value: columns.value.subarray(at, end),
      gain: columns.gain.subarray(at, end),
    };
    checkTree(tree, features);
    trees.push(tree);
    at = end;
  }
  return trees;
}

/** Children stand behind their parent, so a walk must end. */
function checkTree({ left, feature, value }: Tree, features: number): void {
  for (let node = 0; node < left.length; node++) {
    const isLeaf = left[node] === 0;
    const isSplit = left[node] > node && left[node] + 1 < left.length;
    if (!isLeaf && !isSplit) throw misfit("children behind their parent");
    if (isSplit && !(feature[node] >= 0 && feature[node] < features))
      throw misfit(`features below ${features}`);
    if (!Number.isFinite(value[node])) throw misfit("finite values");
  }
}

function column<T>(
  tensors: SavedPredictor["tensors"],
  name: string,
  Kind: new (...sizes: never[]) => T,
): T {
  const data = tensors[name]?.data;
  if (data instanceof Kind) return data;
  throw misfit(`an array ${name} of type ${Kind.name}`);
}

function misfit(expected: string): SoukError {
  return new SoukError("MODEL_WEIGHTS", `trees: expected ${expected}, got something else`);
}
