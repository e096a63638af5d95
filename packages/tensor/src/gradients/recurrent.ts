/** What the gradients of LSTM and GRU share: one direction's share of the inputs, shifted states, weight gradients. */
import { SoukError } from "@souk/core";
import { intAttribute, textAttribute } from "../graph/attributes.ts";
import { type Graph, type Node, staticShape, type Value } from "../graph/graph.ts";
import { float32, int32, sizeOf } from "../onnx/tensor.ts";
import { Cast, Less, Sub } from "../operators/arithmetic.ts";
import { Concat, ConstantOfShape, Reshape, Slice, Split } from "../operators/layout.ts";
import { Gemm } from "../operators/matmul.ts";
import { ReduceSum } from "../operators/reduction.ts";
import type { GradientContext } from "./rule.ts";

/** Sizes: S steps, B rows, E features, H hidden, D directions. */
export interface RecurrentSizes {
  readonly steps: number;
  readonly batch: number;
  readonly features: number;
  readonly hidden: number;
  readonly directions: number;
}

/** One direction's share. A gradient is null where the loss does not depend on that output. */
export interface DirectionParts {
  /** Whether it reads the last step first. */
  readonly reverse: boolean;
  /** Input weights by gate, each [H, E]. */
  readonly w: readonly Value[];
  /** Recurrent weights of all gates [G H, H]. */
  readonly r: Value;
  /** Input biases by gate, then recurrent biases by gate, each [H]; null when there are none. */
  readonly b: readonly Value[] | null;
  /** States before each step, in the order of x: [S B, H]. */
  readonly previous: Value;
  /** State before the first step [B, H]. */
  readonly initial: Value;
  /** dL/dY [S, B, H] */
  readonly dY: Value;
  /** dL/dY_h [B, H] */
  readonly dLast: Value;
}

/** Where a row still has steps: `on` is 1 there and 0 on padding, [S, B, 1]; `off` is 1 - on. */
export interface StepMask {
  readonly on: Value;
  readonly off: Value;
}

/** Sizes of an LSTM or GRU node; refuses the options that no exporter writes. */
export function recurrentSizes({ node, inputs, outputs }: GradientContext): RecurrentSizes {
  const [x] = inputs;
  if (!x) throw new SoukError("ONNX_SHAPE", `${node.operator} ${node.name}: expected an input`);
  const refused = ["activations", "activation_alpha", "activation_beta", "clip"].filter(
    (name) => name in node.attributes,
  );
  if (intAttribute(node, "layout", 0) !== 0) refused.push("layout");
  if (intAttribute(node, "input_forget", 0) !== 0) refused.push("input_forget");
  if (inputs[7]) refused.push("peepholes (P)");
  if (refused.length > 0) {
    throw new SoukError(
      "GRADIENT_RULE",
      `${node.operator} ${node.name}: no gradient with ${refused.join(", ")}, expected the defaults`,
    );
  }
  const [steps, batch, features] = staticShape(x);
  const [directions, , hidden] = staticShape(outputs[1] ?? lastOf(node));
  return { steps, batch, features, hidden, directions };
}

function lastOf(node: Node): Value {
  return node.outputs[0].graph.outputOf(node, 1);
}
