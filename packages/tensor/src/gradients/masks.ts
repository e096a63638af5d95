/**
 * Masks of 0 and 1 as one vectorised node. HardSigmoid(x) = max(0, min(1, αx + β)) with α = 1e38 is a step for every
 * normal float32: the smallest is 1.2e-38, so |αx| > 1 unless x is 0, where the step is β. Sign, Greater and Where do the
 * same in ONNX Runtime but on one thread.
 */
import type { Value } from "../graph/graph.ts";
import { HardSigmoid } from "../operators/activation.ts";
import { Mul, Sub } from "../operators/arithmetic.ts";

const STEEP = 1e38;

/** 1 where x > 0, else 0. */
export function isPositive(x: Value): Value {
  return HardSigmoid(x, { alpha: STEEP, beta: 0 });
}

/** 1 where x < 0, else 0. */
export function isNegative(x: Value): Value {
  return HardSigmoid(x, { alpha: -STEEP, beta: 0 });
}

/** 1 where x >= 0, else 0. */
export function isNotNegative(x: Value): Value {
  return HardSigmoid(x, { alpha: STEEP, beta: 1 });
}

/** 1 where x > 0, 1/2 at 0, else 0. */
export function halfStep(x: Value): Value {
  return HardSigmoid(x, { alpha: STEEP, beta: 0.5 });
}

/** 1 where x > 0, 0 at 0, -1 below. */
export function signOf(x: Value): Value {
  return Sub(Mul(halfStep(x), x.graph.scalar(2)), x.graph.scalar(1));
}
