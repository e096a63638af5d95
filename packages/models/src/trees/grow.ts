import type { Rng } from "@souk/core";
import type { BinnedTable } from "./binning.ts";
import {
  type Derivatives,
  gatherRows,
  type HistogramLayout,
  histogramInto,
  layoutOf,
  subtractInto,
} from "./histogram.ts";
import { findSplit, leafValue, type Split, type SplitRules, type Sums } from "./split.ts";
import type { Tree } from "./tree.ts";

/** How one tree grows. */
export interface GrowOptions extends SplitRules {
  readonly maxLeaves: number;
  /** Splits on the longest path; 0: any. */
  readonly maxDepth: number;
  /** Features this tree may use, ascending. */
  readonly columns: Int32Array;
  /** How many of them, drawn anew, each split may choose from; all when absent. */
  readonly columnsPerSplit?: number;
  readonly rng: Rng;
  /** What every value is multiplied by. */
  readonly shrinkage: number;
  /** Another value of a leaf than the second-order one, from its rows. */
  readonly refine?: (rows: Int32Array) => number;
}

interface Leaf extends Sums {
  readonly node: number;
  readonly from: number;
  readonly to: number;
  readonly depth: number;
  readonly histogram?: Float64Array;
  readonly split?: Split;
}

/**
 * Grows trees on one table, leaf by leaf: the leaf whose split gains most is split next. Keeps the buffers of
 * histograms between trees.
 * Source: G. Ke et al., "LightGBM", NIPS 2017.
 */
export class TreeGrower {
  readonly #table: BinnedTable;
  readonly #layout: HistogramLayout;
  readonly #free: Float64Array[] = [];

  constructor(table: BinnedTable) {
    this.#table = table;
    this.#layout = layoutOf(table);
  }

  /** One tree for `rows` of the table; a row that comes twice counts twice. */
  grow(rows: Int32Array, derivatives: Derivatives, options: GrowOptions): Tree {
    const order = Int32Array.from(rows);
    const nodes = new NodeList();
    const root = this.#open(
      { node: nodes.add(), from: 0, to: order.length, depth: 0 },
      { order, derivatives },
    );
    const leaves = [
      this.#prepare(root, this.#count(root, { order, derivatives, options }), options),
    ];
    while (leaves.length < options.maxLeaves) {
      const at = indexOfBest(leaves);
      if (at < 0) break;
      const children = this.#divide(leaves[at], {
        order,
        derivatives,
        options,
        nodes,
        isLast: leaves.length + 1 === options.maxLeaves,
      });
      leaves.splice(at, 1, ...children);
    }
    for (const leaf of leaves) {
      this.#release(leaf.histogram);
      nodes.setLeaf(leaf, valueOf(leaf, order, options) * options.shrinkage);
    }
    return nodes.finish(this.#table);
  }

  /** Cuts a leaf in two; of the smaller half the histogram is counted, the other's is what is left. */
  #divide(
    leaf: Leaf,
    {
      isLast,
      nodes,
      ...work
    }: {
      order: Int32Array;
      derivatives: Derivatives;
      options: GrowOptions;
      nodes: NodeList;
      isLast: boolean;
    },
  ): Leaf[] {
    const { split, histogram } = leaf;
    if (split === undefined || histogram === undefined) return [leaf];
    const middle = this.#partition(leaf, split, work.order);
    const first = nodes.split(leaf.node, split);
    const depth = leaf.depth + 1;
    const left = this.#open({ node: first, from: leaf.from, to: middle, depth }, work);
    const right = this.#open({ node: first + 1, from: middle, to: leaf.to, depth }, work);
    if (isLast || depth === work.options.maxDepth) {
      this.#release(histogram);
      return [left, right];
    }
    const isLeftSmaller = middle - leaf.from < leaf.to - middle;
    const counted = this.#count(isLeftSmaller ? left : right, work);
    subtractInto(counted, histogram);
    return [
      this.#prepare(left, isLeftSmaller ? counted : histogram, work.options),
      this.#prepare(right, isLeftSmaller ? histogram : counted, work.options),
    ];
  }

  #open(
    leaf: { node: number; from: number; to: number; depth: number },
    { order, derivatives }: { order: Int32Array; derivatives: Derivatives },
  ): Leaf {
    let gradient = 0;
    let hessian = 0;
    for (let i = leaf.from; i < leaf.to; i++) {
      gradient += derivatives.gradients[order[i]];
      hessian += derivatives.hessians[order[i]];
    }
    return { ...leaf, gradient, hessian };
  }

  #count(
    leaf: Leaf,
    {
      order,
      derivatives,
      options,
    }: { order: Int32Array; derivatives: Derivatives; options: GrowOptions },
  ): Float64Array {
    const histogram = this.#free.pop() ?? new Float64Array(this.#layout.size);
    const node = gatherRows(order.subarray(leaf.from, leaf.to), derivatives);
    const { columns } = options;
    histogramInto(node, { table: this.#table, layout: this.#layout, columns }, histogram);
    return histogram;
  }

  #prepare(leaf: Leaf, histogram: Float64Array, options: GrowOptions): Leaf {
    const columns = drawColumns(options);
    const split = findSplit(histogram, {
      layout: this.#layout,
      columns,
      node: leaf,
      rules: options,
    });
    if (split !== undefined) return { ...leaf, histogram, split };
    this.#release(histogram);
    return leaf;
  }

  #release(histogram: Float64Array | undefined): void {
    if (histogram !== undefined) this.#free.push(histogram);
  }

  /** Moves the rows that go left to the front, both sides in their order; returns where the right side begins. */
  #partition({ from, to }: Leaf, { feature, bin, missingLeft }: Split, order: Int32Array): number {
    const { rows, codes: all, edges } = this.#table;
    const codes = all.subarray(feature * rows, (feature + 1) * rows);
    const missing = edges[feature].length + 1;
    const right = new Int32Array(to - from);
    let at = from;
    let kept = 0;
    for (let i = from; i < to; i++) {
      const row = order[i];
      const code = codes[row];
      if (code === missing ? missingLeft : code <= bin) order[at++] = row;
      else right[kept++] = row;
    }
    order.set(right.subarray(0, kept), at);
    return at;
  }
}

/** The nodes of a growing tree. */
class NodeList {
  readonly #nodes: { left: number; split?: Split; value: number; weight: number }[] = [];

  add(): number {
    return this.#nodes.push({ left: 0, value: 0, weight: 0 }) - 1;
  }

  /** Makes a node an inner one; returns the first of its two children. */
  split(node: number, split: Split): number {
    const left = this.add();
    this.add();
    this.#nodes[node] = { left, split, value: 0, weight: 0 };
    return left;
  }

  setLeaf({ node, to, from }: Leaf, value: number): void {
    this.#nodes[node] = { left: 0, value, weight: to - from };
  }

  /** Inner values from the leaves up: the mean over the training rows. */
  finish({ edges }: BinnedTable): Tree {
    const nodes = this.#nodes;
    for (let i = nodes.length - 1; i >= 0; i--) {
      const node = nodes[i];
      if (node.split === undefined) continue;
      const [a, b] = [nodes[node.left], nodes[node.left + 1]];
      node.weight = a.weight + b.weight;
      node.value = node.weight > 0 ? (a.weight * a.value + b.weight * b.value) / node.weight : 0;
    }
    return {
      left: Int32Array.from(nodes, ({ left }) => left),
      feature: Int32Array.from(nodes, ({ split }) => split?.feature ?? 0),
      // Behind the last edge only missing values go right.
      threshold: Float64Array.from(nodes, ({ split }) =>
        split === undefined ? 0 : (edges[split.feature][split.bin] ?? Infinity),
      ),
      bin: Uint8Array.from(nodes, ({ split }) => split?.bin ?? 0),
      missingLeft: Uint8Array.from(nodes, ({ split }) => Number(split?.missingLeft ?? false)),
      value: Float64Array.from(nodes, ({ value }) => value),
      gain: Float64Array.from(nodes, ({ split }) => split?.gain ?? 0),
    };
  }
}

function valueOf(leaf: Leaf, order: Int32Array, { refine, l2 }: GrowOptions): number {
  return refine === undefined ? leafValue(leaf, l2) : refine(order.subarray(leaf.from, leaf.to));
}

function indexOfBest(leaves: readonly Leaf[]): number {
  let best = -1;
  let gain = -Infinity;
  leaves.forEach(({ split }, i) => {
    if (split === undefined || split.gain <= gain) return;
    best = i;
    gain = split.gain;
  });
  return best;
}

function drawColumns({ columns, columnsPerSplit = columns.length, rng }: GrowOptions): Int32Array {
  return columnsPerSplit >= columns.length ? columns : drawSome(columns, columnsPerSplit, rng);
}

/** `count` of the items, without repetition, in their order. */
export function drawSome(items: Int32Array, count: number, rng: Rng): Int32Array {
  const pool = Int32Array.from(items);
  for (let i = 0; i < count; i++) {
    const j = i + rng.integer(pool.length - i);
    [pool[i], pool[j]] = [pool[j], pool[i]];
  }
  return pool.subarray(0, count).sort();
}
