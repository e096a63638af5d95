import { normalCdf, type Rng } from "@souk/core";
import { cellOf } from "./coordinate.ts";
import { drawCoordinate } from "./random.ts";
import type { Dimension } from "./space.ts";

/** Coordinates by dimension; `undefined` where the setting is not active, or in the prior. */
export type Point = readonly (number | undefined)[];

/** A density over a space: the even mixture of one kernel per point and one flat prior. */
export interface ParzenEstimator {
  /** Index of a kernel, chosen evenly; the prior is one of them. */
  pickKernel(rng: Rng): number;
  /** A coordinate of dimension `d` from that kernel; flat where its point has none. */
  drawFrom(kernel: number, d: number, rng: Rng): number;
  /** Log-density at a point, over the settings it has. */
  logDensity(point: Point): number;
}

/**
 * A Parzen estimator whose kernels are products over the dimensions (multivariate): normals cut to [0, 1] for numbers,
 * as wide as the larger gap to a neighbouring point (Bergstra et al. 2011, section 4.1), their mass in the cell for whole
 * numbers; for choices the own one, smoothed by one observation shared among all kernels.
 * A point without a setting says nothing about it: its kernel is flat there, which is how conditional settings share
 * one estimator.
 * Source: Watanabe, "Tree-Structured Parzen Estimator: Understanding Its Algorithm Components", arXiv:2304.11127 (2023).
 */
export function createParzenEstimator(
  dimensions: readonly Dimension[],
  points: readonly Point[],
): ParzenEstimator {
  const prior: Point = dimensions.map(() => undefined);
  const kernels = [...points, prior];
  const widths = dimensions.map((_, d) => neighbourWidths(kernels.map((kernel) => kernel[d])));
  const masses = kernels.map((kernel, i) =>
    kernel.map((centre, d) =>
      centre === undefined ? 1 : mass(centre, widths[d][i], { from: 0, to: 1 }),
    ),
  );

  function logKernel(kernel: number, d: number, x: number): number {
    const dimension = dimensions[d];
    const centre = kernels[kernel][d];
    const width = widths[d][kernel];
    if (dimension.kind === "choice") {
      const options = dimension.options.length;
      if (centre === undefined) return -Math.log(options);
      return Math.log(((centre === x ? kernels.length : 0) + 1) / (kernels.length + options));
    }
    if (dimension.integer) {
      const cell = cellOf(dimension, x);
      const inside = centre === undefined ? cell.to - cell.from : mass(centre, width, cell);
      return Math.log(Math.max(Number.MIN_VALUE, inside / masses[kernel][d]));
    }
    if (centre === undefined) return 0;
    const z = (x - centre) / width;
    return -0.5 * z * z - Math.log(width * Math.sqrt(2 * Math.PI) * masses[kernel][d]);
  }

  return {
    pickKernel: (rng) => rng.integer(kernels.length),
    drawFrom(kernel, d, rng) {
      const dimension = dimensions[d];
      const centre = kernels[kernel][d];
      if (centre === undefined) return drawCoordinate(dimension, rng);
      if (dimension.kind === "number") return drawNormalInside(centre, widths[d][kernel], rng);
      const options = dimension.options.length;
      const own = rng.next() * (kernels.length + options) < kernels.length;
      return own ? centre : rng.integer(options);
    },
    logDensity(point) {
      const logs = kernels.map((_, kernel) =>
        point.reduce<number>(
          (sum, x, d) => (x === undefined ? sum : sum + logKernel(kernel, d, x)),
          0,
        ),
      );
      const top = Math.max(...logs);
      const sum = logs.reduce((total, value) => total + Math.exp(value - top), 0);
      return top + Math.log(sum / kernels.length);
    },
  };
}

/**
 * The larger gap of each centre to its neighbours, or to the end of the range for an only one; between 1 / (kernels + 1),
 * at least 0.01, and 1. 1 where there is no centre.
 */
function neighbourWidths(centres: readonly (number | undefined)[]): number[] {
  const sorted = centres.filter((centre) => centre !== undefined).sort((a, b) => a - b);
  const least = 1 / Math.min(100, centres.length + 1);
  return centres.map((centre) => {
    if (centre === undefined) return 1;
    const i = sorted.indexOf(centre);
    const last = sorted.lastIndexOf(centre);
    const alone = sorted.length === 1;
    const below = i > 0 ? centre - sorted[i - 1] : alone ? centre : 0;
    const above = last + 1 < sorted.length ? sorted[last + 1] - centre : alone ? 1 - centre : 0;
    return Math.min(1, Math.max(least, below, above));
  });
}

function mass(centre: number, width: number, { from, to }: { from: number; to: number }): number {
  return normalCdf((to - centre) / width) - normalCdf((from - centre) / width);
}

/** The centre is inside, so at least a third of the draws are, for widths up to 1. */
function drawNormalInside(centre: number, width: number, rng: Rng): number {
  for (;;) {
    const x = rng.normal(centre, width);
    if (x >= 0 && x <= 1) return x;
  }
}
