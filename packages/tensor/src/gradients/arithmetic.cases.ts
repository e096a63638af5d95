/** Rows for arithmetic and for what lets elements through. */
import type { Value } from "../graph/graph.ts";
import { type Attribute, int } from "../onnx/model.ts";
import { tensor } from "../onnx/tensor.ts";
import { op } from "../operators/operators.ts";
import type { GradientCase } from "./cases.ts";
import type { GradientCheckOptions } from "./check.ts";

const LARGE = [200, 300];

function unary(
  operator: string,
  options: GradientCheckOptions & { attributes?: Record<string, Attribute<never>> } = {},
): GradientCase {
  const { attributes = {}, ...rest } = options;
  return {
    operator,
    about: "element by element",
    build: (_, [x]) => x.graph.apply(operator, [x], { attributes }),
    shapes: [[3, 5]],
    large: [LARGE],
    options: rest,
  };
}

function binary(operator: string, options: GradientCheckOptions = {}): GradientCase[] {
  const build: GradientCase["build"] = (graph, values) => graph.apply(operator, values);
  const row = (about: string, shapes: readonly (readonly number[])[]) => {
    return { operator, about, build, shapes, options };
  };
  return [
    {
      ...row("equal shapes", [
        [3, 4],
        [3, 4],
      ]),
      large: [LARGE, LARGE],
    },
    { ...row("a vector beside", [[2, 3, 4], [4]]), large: [LARGE, [LARGE[1]]] },
    {
      ...row("a column beside", [
        [2, 3, 4],
        [3, 1],
      ]),
      large: [LARGE, [LARGE[0], 1]],
    },
    row("a scalar before", [[], [2, 3]]),
    row("both broadcast", [
      [2, 1, 4],
      [3, 1],
    ]),
    row("ones that stay", [
      [1, 3],
      [1, 1],
    ]),
  ];
}

function variadic(operator: string, options: GradientCheckOptions = {}): GradientCase[] {
  const build: GradientCase["build"] = (graph, values) => graph.apply(operator, values);
  return [
    ...binary(operator, options),
    { operator, about: "one operand", build, shapes: [[2, 3]], options },
    { operator, about: "four operands", build, shapes: [[2, 3], [3], [2, 1], [2, 3]], options },
  ];
}

function pow(exponent: number, sample: GradientCheckOptions["sample"] = "positive"): GradientCase {
  return {
    operator: "Pow",
    about: `exponent ${exponent}`,
    build: (graph, [x]) => op.Pow(x, graph.scalar(exponent)),
    shapes: [[3, 4]],
    large: [LARGE],
    options: { sample },
  };
}

/** A square, with a gradient, plus what has none. */
function flat(operator: string): GradientCase {
  return {
    operator,
    about: "adds nothing to the gradient",
    build: (graph, [x]) => op.Add(op.Mul(x, x), graph.apply(operator, [x])),
    shapes: [[3, 4]],
    large: [LARGE],
    options: { sample: "distinct" },
  };
}

const mask = (x: Value) => op.Greater(x, x.graph.scalar(0.25));

/** Rows. */
export const arithmeticCases: readonly GradientCase[] = [
  ...["Add", "Sub", "Mul"].flatMap((operator) => binary(operator)),
  ...binary("Div", { sample: ["normal", "positive"] }),
  ...["Sum", "Mean"].flatMap((operator) => variadic(operator)),
  ...["Min", "Max"].flatMap((operator) => variadic(operator, { sample: "distinct" })),
  pow(1, "normal"),
  pow(2, "normal"),
  pow(3, "normal"),
  pow(0.5),
  pow(-1.5),
  pow(4, "normal"),
  ...binary("Pow", { sample: "positive" }),
  ...["Neg", "Exp", "Sin", "Cos", "Erf", "Identity"].map((operator) => unary(operator)),
  ...["Sqrt", "Log", "Reciprocal"].map((operator) => unary(operator, { sample: "positive" })),
  unary("Abs", { sample: "away" }),
  unary("Cast", { attributes: { to: int(1) } }),
  ...["Sign", "Floor", "Ceil", "Round"].map(flat),
  {
    operator: "Cast",
    about: "to float64 and back",
    build: (_, [x]) => op.Cast(op.Sqrt(op.Cast(x, "float64")), "float32"),
    shapes: [[3, 4]],
    options: { sample: "positive" },
  },
  {
    operator: "Where",
    about: "one branch of another shape",
    build: (_, [c, a, b]) => op.Where(mask(c), a, b),
    shapes: [[3, 4], [3, 4], [4]],
    large: [LARGE, LARGE, [LARGE[1]]],
    options: { sample: "distinct" },
  },
  {
    operator: "Where",
    about: "a condition that broadcasts",
    build: (graph, [a, b]) =>
      op.Where(graph.constant(tensor("bool", Uint8Array.of(1, 0, 1), [3, 1])), a, b),
    shapes: [
      [2, 3, 4],
      [2, 3, 4],
    ],
  },
  {
    operator: "Clip",
    about: "both bounds",
    build: (_, [x]) => op.Clip(x, -0.0625, 0.125),
    shapes: [[3, 4]],
    large: [LARGE],
    options: { sample: "distinct" },
  },
  {
    operator: "Clip",
    about: "lower bound 0, upper 6",
    build: (_, [x]) => op.Clip(x, 0, 6),
    shapes: [[16, 16]],
    large: [LARGE],
    options: { sample: "distinct" },
  },
  {
    operator: "Clip",
    about: "bounds that are trained",
    build: (graph, [x, low, high]) =>
      graph.apply("Clip", [x, op.Sub(low, graph.scalar(3)), op.Add(high, low)]),
    shapes: [[5, 5], [], []],
    options: { sample: ["distinct", "positive", "positive"], step: 2 ** -12 },
  },
  ...["upper", "lower"].map((side): GradientCase => {
    const isUpper = side === "upper";
    return {
      operator: "Clip",
      about: `only an ${side} bound`,
      build: (graph, [x]) => {
        const bound = graph.scalar(0.125);
        return graph.apply("Clip", isUpper ? [x, null, bound] : [x, bound]);
      },
      shapes: [[3, 4]],
      options: { sample: "distinct" },
    };
  }),
  {
    operator: "Dropout",
    about: "at inference lets all through",
    build: (graph, [x]) => graph.apply("Dropout", [x]),
    shapes: [[3, 4]],
    large: [LARGE],
  },
];
