/** A classifier over several sources at once: vectors made beforehand, and networks that are trained along. */
import type { Value } from "../graph/graph.ts";
import { dense } from "../layers/dense.ts";
import { dropout } from "../layers/dropout.ts";
import { heNormal } from "../layers/initializers.ts";
import { layerNorm } from "../layers/normalization.ts";
import type { InputSpec, Network, Scope } from "../layers/scope.ts";
import type { Dim } from "../onnx/model.ts";
import { op } from "../operators/operators.ts";
import { classify } from "./classify.ts";
import { buildPart, partInputs } from "./part.ts";

/** One source: `width` numbers per row, or an output [batch, …] of a network. */
export type FusedPart =
  | { readonly name: string; readonly width: number }
  | { readonly name: string; readonly network: Network; readonly output?: string };

/** What is fused, and what follows. */
export interface FusedHeadOptions {
  readonly parts: readonly FusedPart[];
  readonly classes: number;
  /** Widths of the dense layers before the last. */
  readonly hidden?: readonly number[];
  readonly dropout?: number;
  /** Bring every part to mean 0 and variance 1 first, so that no part drowns another. */
  readonly normalize?: boolean;
  readonly batch?: Dim;
}

/**
 * The parts side by side through dense layers: `features` [batch, last hidden width] and `logits` [batch, classes].
 * A part of numbers is the input `name` float32 [batch, width]; a network's inputs get "name." before their own names.
 */
export function fusedHead(options: FusedHeadOptions): Network {
  const { parts, batch = "batch" } = options;
  return {
    inputs: Object.assign({}, ...parts.map((part) => inputsOf(part, batch))),
    build: (scope, inputs) => build(scope, inputs, options),
  };
}

function inputsOf(part: FusedPart, batch: Dim): Readonly<Record<string, InputSpec>> {
  if ("network" in part) return partInputs(part.name, part.network);
  return { [part.name]: { type: "float32", shape: [batch, part.width] } };
}

function build(
  scope: Scope,
  inputs: Readonly<Record<string, Value>>,
  { parts, classes, hidden = [256], dropout: rate = 0, normalize = true }: FusedHeadOptions,
): Readonly<Record<string, Value>> {
  const vectors = parts.map((part) => {
    const place = scope.within(part.name);
    const vector = vectorOf(place, part, inputs);
    return normalize ? layerNorm(place.within("norm"), vector) : vector;
  });
  let x = op.Concat(vectors, 1);
  hidden.forEach((features, layer) => {
    const options = { features, activation: "relu", initializer: heNormal } as const;
    x = dropout(scope, dense(scope.within(`hidden.${layer}`), x, options), rate);
  });
  return classify(scope.within("classifier"), x, { classes });
}

function vectorOf(scope: Scope, part: FusedPart, inputs: Readonly<Record<string, Value>>): Value {
  if (!("network" in part)) return inputs[part.name];
  const { name, network, output = "features" } = part;
  return buildPart(scope, { part: name, network, output, inputs });
}
