/** Rows for activation functions. */
import { type Attribute, float, MICROSOFT, text } from "../onnx/model.ts";
import { op } from "../operators/operators.ts";
import type { GradientCase } from "./cases.ts";
import type { Sample } from "./samples.ts";

function row(
  operator: string,
  attributes: Record<string, Attribute<never>> = {},
  sample: Sample = "normal",
): GradientCase {
  const [name, domain] = operator.split(".").toReversed();
  const settings = Object.entries(attributes).map(
    ([key, { value }]) => `${key} ${JSON.stringify(value)}`,
  );
  return {
    operator,
    about: settings.join(", ") || "defaults",
    build: (graph, [x]) =>
      graph.apply(name, [x], { attributes, domain: domain === undefined ? "" : MICROSOFT }),
    shapes: [[4, 6]],
    large: [[200, 300]],
    options: { sample, tolerance: 3e-3 },
  };
}

/** Rows. */
export const activationCases: readonly GradientCase[] = [
  row("Relu", {}, "away"),
  row("LeakyRelu", {}, "away"),
  row("LeakyRelu", { alpha: float(0.3) }, "away"),
  row("ThresholdedRelu", { alpha: float(0.015625) }, "away"),
  row("Elu", {}, "away"),
  row("Elu", { alpha: float(0.7) }, "away"),
  row("Selu", {}, "away"),
  row("Celu", {}, "away"),
  row("Celu", { alpha: float(2) }, "away"),
  row("Sigmoid"),
  row("Tanh"),
  row("HardSigmoid", { alpha: float(0.25), beta: float(0.5) }, "distinct"),
  row("HardSwish", {}, "distinct"),
  row("Softplus"),
  row("Softsign", {}, "away"),
  row("Mish"),
  row("Gelu", { approximate: text("none") }),
  row("Gelu", { approximate: text("tanh") }),
  row("com.microsoft.Gelu"),
  row("com.microsoft.FastGelu"),
  row("com.microsoft.QuickGelu", { alpha: float(1.702) }),
  row("com.microsoft.QuickGelu", { alpha: float(1) }),
  {
    operator: "com.microsoft.FastGelu",
    about: "with a bias",
    build: (_, [x, bias]) => op.FastGelu(x, bias),
    shapes: [[2, 3, 4], [4]],
    large: [[200, 300], [300]],
  },
  {
    operator: "PRelu",
    about: "a slope per channel",
    build: (_, [x, slope]) => op.PRelu(x, slope),
    shapes: [
      [2, 3, 4],
      [3, 1],
    ],
    large: [
      [20, 30, 400],
      [30, 1],
    ],
    options: { sample: "away" },
  },
];
