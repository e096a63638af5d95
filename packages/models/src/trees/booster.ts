import { createRng } from "@souk/core";
import type { BinnedTable } from "./binning.ts";
import { drawSome, type GrowOptions, TreeGrower } from "./grow.ts";
import type { Derivatives } from "./histogram.ts";
import type { Loss } from "./losses.ts";
import { addTreeInto, type Tree } from "./tree.ts";

/** How boosting goes. */
export interface BoostOptions extends Pick<
  GrowOptions,
  "l2" | "minChildWeight" | "minGain" | "maxLeaves" | "maxDepth"
> {
  /** Share of its value that each tree adds. */
  readonly lr: number;
  /** Share of the rows each round sees, in (0, 1]. */
  readonly rowShare: number;
  /** Share of the features each tree may use, in (0, 1]. */
  readonly columnShare: number;
  readonly seed: number;
}

/**
 * Gradient boosting in progress: each round adds one tree per output, fitted to the derivatives of the loss.
 * Source: J. Friedman, "Greedy function approximation", Annals of Statistics 29 (2001).
 */
export class Booster {
  /** Round by round, within a round output by output. */
  readonly trees: Tree[] = [];
  readonly base: Float64Array;
  readonly #table: BinnedTable;
  readonly #validation: BinnedTable;
  readonly #loss: Loss;
  readonly #options: BoostOptions;
  readonly #grower: TreeGrower;
  readonly #scores: Float64Array;
  readonly #derivatives: Derivatives;
  /** Scores of the validation rows so far, [rows, outputs]. */
  readonly validationScores: Float64Array;

  constructor(
    { train, validation, loss }: { train: BinnedTable; validation: BinnedTable; loss: Loss },
    options: BoostOptions,
  ) {
    this.#table = train;
    this.#validation = validation;
    this.#loss = loss;
    this.#options = options;
    this.#grower = new TreeGrower(train);
    this.base = loss.base();
    this.#scores = repeat(this.base, train.rows);
    this.validationScores = repeat(this.base, validation.rows);
    const size = train.rows * loss.outputs;
    this.#derivatives = {
      gradients: new Float64Array(size),
      hessians: new Float64Array(size),
    };
  }

  /** Adds the trees of round `round`: what is drawn at random depends on the seed and this number alone. */
  addRound(round: number): void {
    const { seed, rowShare, columnShare } = this.#options;
    const { rows, edges } = this.#table;
    this.#loss.derivativesInto(this.#scores, this.#derivatives);
    const rng = createRng(`${seed}:round ${round}`);
    const sample = drawShare(rows, rowShare, rng);
    const trees: Tree[] = [];
    const { outputs, leafValue } = this.#loss;
    for (let c = 0; c < outputs; c++) {
      const columns = drawShare(edges.length, columnShare, rng);
      const { gradients, hessians } = this.#derivatives;
      const derivatives = {
        gradients: gradients.subarray(c * rows, (c + 1) * rows),
        hessians: hessians.subarray(c * rows, (c + 1) * rows),
      };
      trees.push(
        this.#grower.grow(sample, derivatives, {
          ...this.#options,
          columns,
          rng,
          shrinkage: this.#options.lr,
          ...(leafValue && { refine: (leaf: Int32Array) => leafValue(this.#scores, leaf) }),
        }),
      );
    }
    this.addTrees(trees);
  }

  /** Takes over trees grown before, in their order. */
  addTrees(trees: readonly Tree[]): void {
    const stride = this.#loss.outputs;
    for (const tree of trees) {
      const offset = this.trees.length % stride;
      addTreeInto(tree, this.#table, { scores: this.#scores, offset, stride });
      addTreeInto(tree, this.#validation, { scores: this.validationScores, offset, stride });
      this.trees.push(tree);
    }
  }
}

/** A share of 0, 1, ... `count` - 1, at least one, ascending. */
function drawShare(count: number, share: number, rng: GrowOptions["rng"]): Int32Array {
  const all = new Int32Array(count);
  for (let i = 0; i < count; i++) all[i] = i;
  const wanted = Math.max(1, Math.round(share * count));
  return wanted >= count ? all : drawSome(all, wanted, rng);
}

function repeat(values: Float64Array, times: number): Float64Array {
  const repeated = new Float64Array(values.length * times);
  for (let i = 0; i < repeated.length; i++) repeated[i] = values[i % values.length];
  return repeated;
}
