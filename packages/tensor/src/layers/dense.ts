/** Affine layer. */
import { SoukError } from "@souk/core";
import type { Value } from "../graph/graph.ts";
import { formatShape } from "../onnx/tensor.ts";
import { op } from "../operators/operators.ts";
import { activate, type Activation } from "./activation.ts";
import { glorotUniform, zeros } from "./initializers.ts";
import type { Initializer, Scope } from "./scope.ts";

/** How many outputs, and what follows. */
export interface DenseOptions {
  readonly features: number;
  readonly activation?: Activation;
  readonly bias?: boolean;
  readonly initializer?: Initializer;
}

/**
 * activation(x W + b) over the last axis: `x` [..., in] gives [..., features].
 * Weights `weight` [in, features] and `bias` [features].
 *
 * @throws SoukError `LAYER_SHAPE` when the last axis of `x` is not a number.
 */
export function dense(
  scope: Scope,
  x: Value,
  { features, activation = "linear", bias = true, initializer = glorotUniform }: DenseOptions,
): Value {
  const width = knownLength(x, -1);
  const weight = scope.parameter("weight", [width, features], initializer);
  if (!bias) return activate(op.MatMul(x, weight), activation);
  const offset = scope.parameter("bias", [features], zeros);
  if (x.shape.length === 2) return activate(op.Gemm(x, weight, { c: offset }), activation);
  return activate(op.Add(op.MatMul(x, weight), offset), activation);
}

/**
 * The length of an axis of `x` that a weight has to fit, counted from the end when negative.
 *
 * @throws SoukError `LAYER_SHAPE` when it is only known at run time.
 */
export function knownLength(x: Value, axis: number): number {
  const length = x.shape.at(axis);
  if (typeof length === "number") return length;
  throw new SoukError(
    "LAYER_SHAPE",
    `${x.name}: axis ${axis} must be a number, the shape is ${formatShape(x.shape)}`,
  );
}
