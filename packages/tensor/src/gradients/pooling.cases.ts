/** Rows for pooling and for enlargement by nearest neighbours. */
import { type Attribute, int, ints, text } from "../onnx/model.ts";
import { float32, int64 } from "../onnx/tensor.ts";
import { op } from "../operators/operators.ts";
import type { GradientCase } from "./cases.ts";

type Shapes = GradientCase["shapes"];
type Attributes = Readonly<Record<string, Attribute<never>>>;

interface Row {
  readonly about: string;
  readonly shapes: Shapes;
  readonly large?: Shapes;
  readonly attributes: Attributes;
}

const windows: readonly Row[] = [
  {
    about: "2x2",
    shapes: [[2, 3, 4, 6]],
    large: [[8, 16, 32, 32]],
    attributes: { kernel_shape: ints([2, 2]), strides: ints([2, 2]) },
  },
  {
    about: "2x3 that leaves a rest",
    shapes: [[2, 3, 5, 7]],
    attributes: { kernel_shape: ints([2, 3]), strides: ints([2, 3]) },
  },
  {
    about: "1-D",
    shapes: [[2, 3, 7]],
    large: [[8, 48, 126]],
    attributes: { kernel_shape: ints([2]), strides: ints([2]) },
  },
  {
    about: "overlapping, as in ResNet",
    shapes: [[2, 2, 6, 7]],
    large: [[4, 16, 56, 56]],
    attributes: { kernel_shape: ints([3, 3]), strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) },
  },
  {
    about: "overlapping, stride 1",
    shapes: [[1, 2, 5, 5]],
    attributes: { kernel_shape: ints([3, 2]), strides: ints([1, 1]) },
  },
  {
    about: "padded by auto_pad, gaps between windows",
    shapes: [[1, 2, 7, 8]],
    attributes: { kernel_shape: ints([1, 2]), strides: ints([2, 3]), auto_pad: text("SAME_UPPER") },
  },
  {
    about: "ceil_mode",
    shapes: [[1, 2, 6, 7]],
    attributes: { kernel_shape: ints([3, 3]), strides: ints([2, 2]), ceil_mode: int(1) },
  },
  {
    about: "ceil_mode and tiling",
    shapes: [[1, 2, 5, 7]],
    attributes: { kernel_shape: ints([2, 2]), strides: ints([2, 2]), ceil_mode: int(1) },
  },
  {
    about: "dilated",
    shapes: [[1, 2, 7, 6]],
    attributes: { kernel_shape: ints([2, 2]), strides: ints([1, 2]), dilations: ints([3, 2]) },
  },
];

const countingPads: readonly Row[] = [
  {
    about: "pads count",
    shapes: [[1, 2, 5, 5]],
    attributes: {
      kernel_shape: ints([3, 3]),
      strides: ints([2, 2]),
      pads: ints([1, 1, 1, 1]),
      count_include_pad: int(1),
    },
  },
  {
    about: "pads count, ceil_mode",
    shapes: [[1, 2, 6, 6]],
    attributes: {
      kernel_shape: ints([3, 3]),
      strides: ints([2, 2]),
      pads: ints([1, 1, 1, 1]),
      ceil_mode: int(1),
      count_include_pad: int(1),
    },
  },
];

const global: Row = {
  about: "all places",
  shapes: [[2, 3, 3, 4]],
  large: [[8, 64, 14, 14]],
  attributes: {},
};

/** All rows. */
export const poolingCases: readonly GradientCase[] = [
  ...windows.map((row) => caseOf("MaxPool", row)),
  ...[...windows, ...countingPads].map((row) => caseOf("AveragePool", row)),
  caseOf("GlobalMaxPool", global),
  caseOf("GlobalAveragePool", global),
  caseOf("GlobalAveragePool", {
    ...global,
    about: "one axis",
    shapes: [[2, 3, 4]],
    large: undefined,
  }),
  {
    operator: "Resize",
    about: "spatial axes",
    build: (_, [x]) => op.Resize(x, [1, 1, 2, 3]),
    shapes: [[2, 3, 4, 5]],
    large: [[8, 32, 14, 14]],
  },
  {
    operator: "Resize",
    about: "any axes",
    build: (_, [x]) => op.Resize(x, [2, 1, 3]),
    shapes: [[2, 3, 4]],
  },
  {
    operator: "Resize",
    about: "half pixels, by sizes",
    build: (graph, [x]) =>
      graph.apply("Resize", [x, null, null, graph.constant(int64([1, 2, 8, 6]))], {
        attributes: { mode: text("nearest") },
      }),
    shapes: [[1, 2, 4, 3]],
  },
  {
    operator: "Resize",
    about: "half pixels by 3",
    build: (graph, [x]) =>
      graph.apply("Resize", [x, null, graph.constant(float32([1, 1, 3, 2]))], {
        attributes: { mode: text("nearest"), nearest_mode: text("round_prefer_ceil") },
      }),
    shapes: [[1, 2, 4, 3]],
  },
];

function caseOf(operator: string, { attributes, ...row }: Row): GradientCase {
  return {
    ...row,
    operator,
    build: (graph, [x]) => graph.apply(operator, [x], { attributes }),
    options: operator.endsWith("MaxPool") ? { sample: "distinct" } : {},
  };
}
