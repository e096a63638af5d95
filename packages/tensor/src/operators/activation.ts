/** Activation functions. Names and meaning are ONNX's. */
import { graphOf, type Value } from "../graph/graph.ts";
import { float, int, MICROSOFT, text } from "../onnx/model.ts";

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

/** x tanh(softplus(x)). */
export const Mish = activation("Mish");

/** x where positive, else slope x; slope broadcasts. */
export function PRelu(x: Value, slope: Value): Value {
  return graphOf([x, slope]).apply("PRelu", [x, slope]);
}

/** x where positive, else alpha x. */
export function LeakyRelu(x: Value, alpha = 0.01): Value {
  return x.graph.apply("LeakyRelu", [x], { attributes: { alpha: float(alpha) } });
}

/** x where positive, else alpha (e^x - 1). */
export function Elu(x: Value, alpha = 1): Value {
  return x.graph.apply("Elu", [x], { attributes: { alpha: float(alpha) } });
}

/** Elu with alpha = 1.6732632 times 1.0507010, which keep mean 0 and variance 1. */
export const Selu = activation("Selu");

/** max(0, x) + min(0, alpha (e^(x / alpha) - 1)). */
export function Celu(x: Value, alpha = 1): Value {
  return x.graph.apply("Celu", [x], { attributes: { alpha: float(alpha) } });
}

/** x where above alpha, else 0. */
export function ThresholdedRelu(x: Value, alpha = 1): Value {
  return x.graph.apply("ThresholdedRelu", [x], { attributes: { alpha: float(alpha) } });
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

/** x times the logistic function of alpha x. ONNX Runtime's own operator. */
export function QuickGelu(x: Value, alpha = 1.702): Value {
  return x.graph.apply("QuickGelu", [x], {
    domain: MICROSOFT,
    attributes: { alpha: float(alpha) },
  });
}

/** Gelu by its tanh approximation, of x plus an optional bias over the last axis. ONNX Runtime's own operator. */
export function FastGelu(x: Value, bias: Value | null = null): Value {
  return graphOf([x, bias]).apply("FastGelu", bias ? [x, bias] : [x], { domain: MICROSOFT });
}

/** e^x normalised to sum 1 along an axis. */
export function Softmax(x: Value, axis = -1): Value {
  return x.graph.apply("Softmax", [x], { attributes: { axis: int(axis) } });
}

/** The logarithm of Softmax. */
export function LogSoftmax(x: Value, axis = -1): Value {
  return x.graph.apply("LogSoftmax", [x], { attributes: { axis: int(axis) } });
}
