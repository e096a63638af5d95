/** Limits on gradients before they change weights. */
import type { Value } from "../graph/graph.ts";
import { Add, Clip, Div, Min, Mul, Sqrt } from "../operators/arithmetic.ts";
import { ReduceSumSquare } from "../operators/reduction.ts";

/**
 * Scales all gradients by one factor so that their common length is at most `limit`; shorter ones stay.
 * The same numbers as torch.nn.utils.clip_grad_norm_.
 *
 * @returns the gradients, and the length before as a scalar.
 * Source: Pascanu, Mikolov, Bengio, "On the difficulty of training recurrent neural networks", ICML 2013.
 */
export function clipByNorm(
  gradients: readonly Value[],
  limit: number,
): { gradients: readonly Value[]; norm: Value } {
  const norm = globalNorm(gradients);
  const { graph } = norm;
  const factor = Min(Div(graph.scalar(limit), Add(norm, graph.scalar(1e-6))), graph.scalar(1));
  return { norm, gradients: gradients.map((gradient) => Mul(gradient, factor)) };
}

/** Limits every element to [-limit, limit]. The same numbers as torch.nn.utils.clip_grad_value_. */
export function clipByValue(gradients: readonly Value[], limit: number): readonly Value[] {
  return gradients.map((gradient) => Clip(gradient, -limit, limit));
}

/** The Euclidean length of all elements together: √Σ|g|². */
function globalNorm(gradients: readonly Value[]): Value {
  return Sqrt(gradients.map((gradient) => ReduceSumSquare(gradient)).reduce(Add));
}
