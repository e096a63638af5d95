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

/** Chance of a choice other than the kernel's own, shared by all others. */
const OTHER_CHOICE = 0.2;

/**
 * A Parzen estimator whose kernels are products over the dimensions (multivariate): normals cut to [0, 1] for numbers,
 * their mass in the cell for whole numbers, Aitchison-Aitken kernels for choices.
 * A point without a setting says nothing about it: its kernel is flat there, which is how conditional settings share
 * one estimator.
 * Source: Watanabe, "Tree-Structured Parzen Estimator: Understanding Its Algorithm Components", arXiv:2304.11127 (2023);
 * the kernels' width is Scott's rule scaled to the unit range.
 */
export function createParzenEstimator(
  dimensions: readonly Dimension[],
  points: readonly Point[],
  { narrowest = 0.03, widest = 0.2 } = {},
): ParzenEstimator {
  const prior: Point = dimensions.map(() => undefined);
  const kernels = [...points, prior];
  const count = Math.max(1, points.length);
  const width = Math.max(narrowest, widest * count ** (-1 / (dimensions.length + 4)));
  const masses = kernels.map((kernel) =>
    kernel.map((centre) => (centre === undefined ? 1 : mass(centre, width, { from: 0, to: 1 }))),
  );

  function logKernel(kernel: number, d: number, x: number): number {
    const dimension = dimensions[d];
    const centre = kernels[kernel][d];
    if (dimension.kind === "choice") return logChoice(dimension.options.length, centre, x);
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
      if (dimension.kind === "number") return drawNormalInside(centre, width, rng);
      const other = rng.next() < OTHER_CHOICE && dimension.options.length > 1;
      if (!other) return centre;
      const index = rng.integer(dimension.options.length - 1);
      return index < centre ? index : index + 1;
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

/** Aitchison and Aitken (1976): the own choice, or one of the others evenly. */
function logChoice(options: number, centre: number | undefined, x: number): number {
  if (options === 1) return 0;
  if (centre === undefined) return -Math.log(options);
  return Math.log(centre === x ? 1 - OTHER_CHOICE : OTHER_CHOICE / (options - 1));
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
