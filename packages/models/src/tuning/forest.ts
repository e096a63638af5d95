import { createRng, type Rng } from "@souk/core";

/** A box of the unit cube and the mean of the examples in it. */
export interface Leaf {
  /** [dimensions], each below `high`. */
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly value: number;
}

interface Examples {
  /** In [0, 1], [rows][dimensions]. */
  readonly x: readonly (readonly number[])[];
  readonly y: readonly number[];
}

interface Cut {
  readonly dimension: number;
  readonly at: number;
  readonly gain: number;
}

/**
 * A random forest for regression, small and readable, given as the leaves of each tree, which tile the unit cube: what
 * is asked of it are areas, not predictions.
 * @param leaf least examples in a leaf.
 * Source: Breiman, "Random Forests", Machine Learning 45 (2001).
 */
export function fitForest(examples: Examples, { trees = 64, leaf = 2, seed = 1 } = {}): Leaf[][] {
  const root = createRng(seed);
  const n = examples.y.length;
  return Array.from({ length: trees }, (_, t) => {
    const rng = root.fork(`tree ${t}`);
    const rows = Array.from({ length: n }, () => rng.integer(n));
    return growTree(examples, { rows, leaf, rng });
  });
}

function growTree(
  { x, y }: Examples,
  { rows, leaf, rng }: { rows: number[]; leaf: number; rng: Rng },
): Leaf[] {
  const dimensions = x[0].length;
  const leaves: Leaf[] = [];
  const open = [{ rows, low: x[0].map(() => 0), high: x[0].map(() => 1) }];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const tried = someOf(dimensions, rng);
    const cut = bestCut({ x, y }, { rows: node.rows, tried, leaf });
    if (cut === undefined) {
      const value = node.rows.reduce((sum, row) => sum + y[row], 0) / node.rows.length;
      leaves.push({ low: node.low, high: node.high, value });
      continue;
    }
    const { dimension, at } = cut;
    const left = node.rows.filter((row) => x[row][dimension] < at);
    const right = node.rows.filter((row) => x[row][dimension] >= at);
    open.push({ rows: left, low: node.low, high: node.high.with(dimension, at) });
    open.push({ rows: right, low: node.low.with(dimension, at), high: node.high });
  }
  return leaves;
}

/** Two thirds of the dimensions, at least one, so that trees differ. */
function someOf(dimensions: number, rng: Rng): number[] {
  const all = Array.from({ length: dimensions }, (_, d) => d);
  rng.shuffle(all);
  return all.slice(0, Math.max(1, Math.ceil((2 * dimensions) / 3)));
}

/** The cut that lowers the squared error most, half-way between two different values. */
function bestCut(
  { x, y }: Examples,
  { rows, tried, leaf }: { rows: number[]; tried: number[]; leaf: number },
): Cut | undefined {
  let best: Cut | undefined;
  const n = rows.length;
  const total = rows.reduce((sum, row) => sum + y[row], 0);
  for (const dimension of tried) {
    const sorted = rows.toSorted((a, b) => x[a][dimension] - x[b][dimension]);
    let left = 0;
    for (let i = 1; i < n; i++) {
      left += y[sorted[i - 1]];
      const [below, above] = [x[sorted[i - 1]][dimension], x[sorted[i]][dimension]];
      if (below === above || i < leaf || n - i < leaf) continue;
      const gain = left ** 2 / i + (total - left) ** 2 / (n - i) - total ** 2 / n;
      const at = (below + above) / 2;
      if (gain > (best?.gain ?? 1e-12) && at > below) best = { dimension, at, gain };
    }
  }
  return best;
}
