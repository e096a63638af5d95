import { createRng } from "@souk/core";
import type { BinnedTable } from "./binning.ts";
import { type GrowOptions, TreeGrower } from "./grow.ts";
import type { Tree } from "./tree.ts";

/** How a forest grows. */
export interface BagOptions extends Pick<
  GrowOptions,
  "minChildWeight" | "minGain" | "maxLeaves" | "maxDepth"
> {
  /** Features each split may choose from, as a share of all. */
  readonly columnShare: number;
  /** Trees of each output: a tree's value is divided by it, so that their sum is the mean. */
  readonly trees: number;
  readonly seed: number;
}

/**
 * A random forest in progress: each tree is fitted by squared error to a bootstrap sample of the rows. For a class the
 * target is 1 or 0, and squared error is then half the Gini impurity.
 * Source: L. Breiman, "Random forests", Machine Learning 45 (2001).
 */
export class Bagger {
  /** Bag by bag, within a bag output by output. */
  readonly trees: Tree[] = [];
  /** Mean target of each output. */
  readonly base: Float64Array;
  readonly #table: BinnedTable;
  readonly #options: BagOptions;
  readonly #grower: TreeGrower;
  readonly #gradients: readonly Float64Array[];
  readonly #hessians: Float64Array;

  /** @param outputs targets of each output, [rows] each. */
  constructor(table: BinnedTable, outputs: readonly Float64Array[], options: BagOptions) {
    this.#table = table;
    this.#options = options;
    this.#grower = new TreeGrower(table);
    this.base = Float64Array.from(outputs, meanOf);
    this.#gradients = outputs.map((targets, c) => targets.map((y) => this.base[c] - y));
    this.#hessians = new Float64Array(table.rows).fill(1);
  }

  /** Adds the trees of bag `bag`: what is drawn at random depends on the seed and this number alone. */
  addBag(bag: number): void {
    const { rows, edges } = this.#table;
    const { seed, columnShare, trees } = this.#options;
    const rng = createRng(`${seed}:bag ${bag}`);
    const sample = Int32Array.from({ length: rows }, () => rng.integer(rows)).sort();
    for (const gradients of this.#gradients)
      this.trees.push(
        this.#grower.grow(
          sample,
          { gradients, hessians: this.#hessians },
          {
            ...this.#options,
            l2: 0,
            columns: Int32Array.from({ length: edges.length }, (_, f) => f),
            columnsPerSplit: Math.max(1, Math.round(columnShare * edges.length)),
            rng,
            shrinkage: 1 / trees,
          },
        ),
      );
  }
}

function meanOf(values: Float64Array): number {
  let mean = 0;
  for (const value of values) mean += value / values.length;
  return mean;
}
