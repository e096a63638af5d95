/** Activation functions. Names and meaning are ONNX's. */
import type { Value } from "../graph/graph.ts";
import { float, int, text } from "../onnx/model.ts";

function activation(operator: string): (x: Value) => Value {
  return (x) => x.graph.apply(operator, [x]);
}

export const Relu = activation("Relu");
export const Sigmoid = activation("Sigmoid");
export const Tanh = activation("Tanh");
export const Erf = activation("Erf");
export const Softplus = activation("Softplus");
export const Softsign = activation("Softsign");
export const HardSwish = activation("HardSwish");

/** x where positive, else alpha x. */
export function LeakyRelu(x: Value, alpha = 0.01): Value {
  return x.graph.apply("LeakyRelu", [x], { attributes: { alpha: float(alpha) } });
}

/** x where positive, else alpha (e^x - 1). */
export function Elu(x: Value, alpha = 1): Value {
  return x.graph.apply("Elu", [x], { attributes: { alpha: float(alpha) } });
}

/** max(0, min(1, alpha x + beta)). */
export function HardSigmoid(x: Value, { alpha = 0.2, beta = 0.5 } = {}): Value {
  return x.graph.apply("HardSigmoid", [x], {
    attributes: { alpha: float(alpha), beta: float(beta) },
  });
}

/** x Φ(x), exactly, or by its tanh approximation. */
export function Gelu(
  x: Value,
  { approximate = "none" }: { approximate?: "none" | "tanh" } = {},
): Value {
  return x.graph.apply("Gelu", [x], { attributes: { approximate: text(approximate) } });
}

/** e^x normalised to sum 1 along an axis. */
export function Softmax(x: Value, axis = -1): Value {
  return x.graph.apply("Softmax", [x], { attributes: { axis: int(axis) } });
}

/** The logarithm of Softmax. */
export function LogSoftmax(x: Value, axis = -1): Value {
  return x.graph.apply("LogSoftmax", [x], { attributes: { axis: int(axis) } });
}
