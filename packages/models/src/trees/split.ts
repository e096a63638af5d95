import type { HistogramLayout } from "./histogram.ts";

/** What a split must bring. */
export interface SplitRules {
  /** Added to the hessians of each leaf: pulls its value to 0. */
  readonly l2: number;
  /** Least sum of hessians of a leaf (rows, where each row's hessian is 1). */
  readonly minChildWeight: number;
  /** Least gain of a split, in the unit of the loss; 0 or more. */
  readonly minGain: number;
}

/** Sums of derivatives over the rows of a node. */
export interface Sums {
  readonly gradient: number;
  readonly hessian: number;
}

/** One cut of a node: bins up to `bin` go left, and missing values where `missingLeft` says. */
export interface Split {
  readonly feature: number;
  readonly bin: number;
  readonly missingLeft: boolean;
  readonly gain: number;
  readonly left: Sums;
}

/** The value of a leaf that lowers the second-order loss most: -G / (H + l2). */
export function leafValue({ gradient, hessian }: Sums, l2: number): number {
  return hessian + l2 > 0 ? -gradient / (hessian + l2) : 0;
}

/**
 * How much a split lowers the second-order loss: (GL^2/(HL+l2) + GR^2/(HR+l2) - G^2/(H+l2)) / 2.
 * Source: T. Chen, C. Guestrin, "XGBoost", KDD 2016, equation 7.
 */
export function splitGain(left: Sums, right: Sums, l2: number): number {
  const both = { gradient: left.gradient + right.gradient, hessian: left.hessian + right.hessian };
  return (strength(left, l2) + strength(right, l2) - strength(both, l2)) / 2;
}

/** The best split by the histograms of `columns`; of equal gains the first in the order of columns and bins. */
export function findSplit(
  histogram: Float64Array,
  {
    layout,
    columns,
    node,
    rules,
  }: { layout: HistogramLayout; columns: Int32Array; node: Sums; rules: SplitRules },
): Split | undefined {
  let best: Split | undefined;
  for (const feature of columns) {
    const bins = histogram.subarray(2 * layout.starts[feature], 2 * layout.starts[feature + 1]);
    const found = scan(bins, node, rules);
    if (found === undefined || found.gain <= (best?.gain ?? rules.minGain)) continue;
    best = { feature, ...found };
  }
  return best;
}

type Cut = Omit<Split, "feature">;

/** Tries each edge with the missing values on either side, and missing values against all others. */
function scan(bins: Float64Array, node: Sums, rules: SplitRules): Cut | undefined {
  const last = bins.length - 2;
  const hasMissing = bins[last + 1] > SMALLEST * node.hessian;
  const right = scanSide(bins, { node, rules, gradient: 0, hessian: 0 });
  if (!hasMissing)
    return right === undefined ? undefined : { ...right, missingLeft: heavierLeft(right, node) };
  const left = scanSide(bins, { node, rules, gradient: bins[last], hessian: bins[last + 1] });
  if (left === undefined || (right !== undefined && right.gain >= left.gain)) return right;
  return { ...left, missingLeft: true };
}

/** Cuts after each bin, with the given sums already on the left. */
function scanSide(
  bins: Float64Array,
  { node, rules, gradient, hessian }: Sums & { node: Sums; rules: SplitRules },
): Cut | undefined {
  const { l2, minChildWeight } = rules;
  const parent = strength(node, l2);
  const values = bins.length / 2 - 1;
  let g = gradient;
  let h = hessian;
  let best = 0;
  let bin = -1;
  let bestG = 0;
  let bestH = 0;
  for (let b = 0; b < values; b++) {
    g += bins[2 * b];
    h += bins[2 * b + 1];
    const rest = node.hessian - h;
    if (h < minChildWeight || !(h > SMALLEST * node.hessian)) continue;
    if (rest < minChildWeight || !(rest > SMALLEST * node.hessian)) break;
    const other = node.gradient - g;
    const gain = (g * g) / (h + l2) + (other * other) / (rest + l2) - parent;
    if (gain <= best) continue;
    best = gain;
    bin = b;
    bestG = g;
    bestH = h;
  }
  if (bin < 0) return undefined;
  return { bin, missingLeft: false, gain: best / 2, left: { gradient: bestG, hessian: bestH } };
}

/** A share of hessian below this is what rounding leaves of nothing. */
const SMALLEST = 1e-12;

/** Where no row of a node lacks the value, a later missing one goes where most rows went. */
function heavierLeft({ left }: Cut, node: Sums): boolean {
  return 2 * left.hessian > node.hessian;
}

function strength({ gradient, hessian }: Sums, l2: number): number {
  return hessian + l2 > 0 ? (gradient * gradient) / (hessian + l2) : 0;
}
