/** Infers the types and shapes of a node's outputs by the rule of its operator. */
import { SoukError } from "@souk/core";
import type { Node, Value } from "../graph/graph.ts";
import type { Dim } from "../onnx/model.ts";
import { formatShape, type Tensor } from "../onnx/tensor.ts";
import { knownLengths } from "./known-lengths.ts";
import { failShape, type ValueType } from "./rule.ts";
import { shapeRules } from "./rules.ts";

/** Some rules take time in the square of the axes. */
const MOST_AXES = 64;

/**
 * Types and shapes of a node's outputs.
 *
 * @throws SoukError `ONNX_OPERATOR` when no rule is known, `ONNX_SHAPE` when the inputs do not fit.
 */
export function inferShapes(
  node: Pick<Node, "operator" | "domain" | "name" | "inputs" | "attributes">,
  { outputs, constant }: { outputs: number; constant: (value: Value) => Tensor | undefined },
): readonly ValueType[] {
  const key = node.domain ? `${node.domain}.${node.operator}` : node.operator;
  const rule = Object.hasOwn(shapeRules, key) ? shapeRules[key] : undefined;
  if (!rule) {
    throw new SoukError("ONNX_OPERATOR", `${node.name}: no shape rule for operator ${key}`);
  }
  const optional = (index: number) => node.inputs[index] ?? undefined;
  const types = rule({
    node,
    outputs,
    optional,
    input: (index) => optional(index) ?? failShape(node, `expected an input number ${index}`),
    constant: (index) => {
      const value = optional(index);
      return value && constant(value);
    },
    lengths: (index) => {
      const value = optional(index);
      return value && knownLengths(value);
    },
  });
  for (const { shape } of types) {
    if (shape.length > MOST_AXES)
      failShape(node, `expected an output of at most ${MOST_AXES} axes`);
    if (!shape.every(isLength))
      failShape(node, `expected an output of 0 or more along each axis, not ${formatShape(shape)}`);
  }
  return types;
}

/** Rules count on sensible inputs; what they make of others is caught here. */
function isLength(dim: Dim | undefined): boolean {
  return typeof dim === "string" || (Number.isSafeInteger(dim) && Number(dim) >= 0);
}
