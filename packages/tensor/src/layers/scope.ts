/** Where a network's weights come from: each layer asks its scope for parameters by name. */
import { type Rng, SoukError } from "@souk/core";
import type { Graph, Value } from "../graph/graph.ts";
import type { Dim } from "../onnx/model.ts";
import { type ElementType, formatShape, float32, type Tensor } from "../onnx/tensor.ts";

/** First values of a weight of `shape`. */
export type Initializer = (shape: readonly number[], rng: Rng) => Float32Array;

/** A place in a network: a graph, a prefix for names, and whether the network is being trained. */
export interface Scope {
  readonly graph: Graph;
  /** True in the graph of a training step: dropout works only there. */
  readonly training: boolean;
  /**
   * The weight `prefix.name`. Asked for twice, it is one weight shared by both places. When it does not exist yet it is
   * made by the initializer with chance drawn from the seed and the full name, so the order of layers does not matter.
   *
   * @throws SoukError `ONNX_SHAPE` when it exists with another shape.
   */
  parameter(name: string, shape: readonly number[], initializer: Initializer): Value;
  /** Like `parameter`, for what training never moves: the running mean and variance of batch normalisation. */
  statistic(name: string, shape: readonly number[], initializer: Initializer): Value;
  /**
   * A new int64 [1], uniform in [0, 2^31), drawn for each step from the seed, `prefix.name` and the step's number.
   * Only of use in training.
   */
  random(name: string): Value;
  /** The same place with a longer prefix: `scope.within("encoder").within("layer.0")`. */
  within(name: string): Scope;
}

/** Element type and shape of an input; named lengths ("batch", "length") are bound by the data. */
export interface InputSpec {
  readonly type: ElementType;
  readonly shape: readonly Dim[];
}

/** An architecture: what goes in, and how the forward pass is written into a graph. */
export interface Network {
  readonly inputs: Readonly<Record<string, InputSpec>>;
  /** Adds the forward pass to `scope.graph`; outputs by name. Works for static and for named lengths. */
  build(scope: Scope, inputs: Readonly<Record<string, Value>>): Readonly<Record<string, Value>>;
}

/** Where a scope's weights are, and what is to become of them. */
export interface ScopeOptions {
  /** Weights by full name; the scope adds those that are missing. */
  readonly weights: Map<string, Tensor>;
  /** Chance for new weights: each draws from `rng.fork(full name)`. */
  readonly rng: Rng;
  readonly training?: boolean;
  /** Weights that do not change: they enter the graph as constants, which ONNX Runtime can fuse and pack. */
  readonly freeze?: (name: string) => boolean;
}

/** The scope at the root of a graph. */
export function createScope(
  graph: Graph,
  { weights, rng, training = false, freeze = () => false }: ScopeOptions,
): Scope {
  const values = new Map<string, Value>();
  const draws = new Map<string, number>();
  const weightOf = (full: string, { shape, initializer, frozen }: Wanted): Value => {
    const weight = weights.get(full) ?? float32(initializer(shape, rng.fork(full)), shape);
    checkParameter(full, shape, weight);
    weights.set(full, weight);
    const value =
      values.get(full) ?? (frozen ? graph.constant(weight, full) : graph.parameter(full, shape));
    values.set(full, value);
    return value;
  };
  const place = (prefix: string): Scope => ({
    graph,
    training,
    within: (name) => place(`${prefix}${name}.`),
    random(name) {
      const full = prefix + name;
      const count = (draws.get(full) ?? 0) + 1;
      draws.set(full, count);
      return graph.input(`${full}#${count}`, [1], { type: "int64", role: "random" });
    },
    parameter: (name, shape, initializer) =>
      weightOf(prefix + name, { shape, initializer, frozen: freeze(prefix + name) }),
    statistic: (name, shape, initializer) =>
      weightOf(prefix + name, { shape, initializer, frozen: true }),
  });
  return place("");
}

interface Wanted {
  readonly shape: readonly number[];
  readonly initializer: Initializer;
  readonly frozen: boolean;
}

function checkParameter(name: string, shape: readonly number[], weight: Tensor): void {
  if (weight.type === "float32" && formatShape(weight.shape) === formatShape(shape)) return;
  throw new SoukError(
    "ONNX_SHAPE",
    `weight ${name}: the network wants float32 ${formatShape(shape)}, got ${weight.type} ${formatShape(weight.shape)}`,
  );
}
