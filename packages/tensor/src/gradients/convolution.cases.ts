/** Rows for Conv and ConvTranspose. */
import { type Attribute, int, ints, text } from "../onnx/model.ts";
import type { GradientCase } from "./cases.ts";

type Shapes = GradientCase["shapes"];

interface Row {
  readonly about: string;
  readonly shapes: Shapes;
  readonly large?: Shapes;
  readonly attributes?: Readonly<Record<string, Attribute<never>>>;
}

const conv1d: readonly Row[] = [
  { about: "1-D", shapes: [[2, 3, 9], [4, 3, 3], [4]], large: [[8, 60, 128], [48, 60, 3], [48]] },
  {
    about: "1-D, wide strides and pads",
    shapes: [[2, 3, 9], [4, 3, 4], [4]],
    attributes: { strides: ints([3]), pads: ints([2, 1]) },
  },
  {
    about: "1-D, fewer filters than channels, dilated, pads larger than the kernel",
    shapes: [[2, 4, 7], [2, 4, 3], [2]],
    attributes: { dilations: ints([2]), pads: ints([5, 1]) },
  },
  { about: "1-D, one tap", shapes: [[2, 3, 5], [4, 3, 1], [4]] },
];

const conv2d: readonly Row[] = [
  {
    about: "3x3, padded",
    shapes: [[2, 3, 6, 5], [4, 3, 3, 3], [4]],
    large: [[8, 16, 32, 32], [32, 16, 3, 3], [32]],
    attributes: { pads: ints([1, 1, 1, 1]) },
  },
  {
    about: "without bias",
    shapes: [
      [2, 3, 4, 5],
      [4, 3, 2, 3],
    ],
  },
  {
    about: "1x1",
    shapes: [
      [2, 3, 4, 4],
      [5, 3, 1, 1],
    ],
    large: [[8, 64, 16, 16], [32, 64, 1, 1], [32]],
  },
  {
    about: "1x1, strides that leave a rest",
    shapes: [
      [2, 3, 6, 6],
      [5, 3, 1, 1],
    ],
    large: [
      [8, 64, 15, 16],
      [32, 64, 1, 1],
    ],
    attributes: { strides: ints([2, 2]) },
  },
  {
    about: "strides that leave a rest",
    shapes: [[2, 3, 7, 8], [4, 3, 3, 3], [4]],
    large: [[8, 16, 32, 31], [32, 16, 3, 3], [32]],
    attributes: { strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) },
  },
  {
    about: "dilated, uneven strides and pads",
    shapes: [[2, 2, 9, 8], [3, 2, 3, 2], [3]],
    attributes: { strides: ints([1, 2]), dilations: ints([2, 3]), pads: ints([2, 0, 1, 3]) },
  },
  {
    about: "dilated",
    shapes: [
      [1, 2, 7, 8],
      [3, 2, 3, 3],
    ],
    attributes: { dilations: ints([2, 2]), pads: ints([2, 2, 2, 2]) },
  },
  {
    about: "pads larger than the kernel",
    shapes: [
      [1, 2, 3, 4],
      [3, 2, 2, 2],
    ],
    attributes: { pads: ints([2, 3, 1, 2]) },
  },
  {
    about: "7x7 by 2, as ResNet begins",
    shapes: [
      [1, 2, 12, 12],
      [3, 2, 7, 7],
    ],
    large: [
      [4, 3, 64, 64],
      [16, 3, 7, 7],
    ],
    attributes: { strides: ints([2, 2]), pads: ints([3, 3, 3, 3]) },
  },
  {
    about: "auto_pad SAME_UPPER",
    shapes: [
      [1, 2, 6, 7],
      [3, 2, 3, 2],
    ],
    attributes: { auto_pad: text("SAME_UPPER"), strides: ints([2, 2]) },
  },
  {
    about: "auto_pad SAME_LOWER",
    shapes: [
      [1, 2, 6, 7],
      [3, 2, 2, 4],
    ],
    attributes: { auto_pad: text("SAME_LOWER") },
  },
  {
    about: "auto_pad VALID",
    shapes: [
      [1, 2, 6, 7],
      [3, 2, 2, 4],
    ],
    attributes: { auto_pad: text("VALID") },
  },
];

const grouped: readonly Row[] = [
  {
    about: "groups",
    shapes: [[2, 4, 5, 5], [6, 2, 3, 3], [6]],
    large: [[8, 32, 16, 16], [64, 8, 3, 3], [64]],
    attributes: { pads: ints([1, 1, 1, 1]) },
  },
  {
    about: "groups, fewer filters than channels",
    shapes: [[2, 6, 5, 5], [2, 3, 3, 2], [2]],
    large: [[8, 64, 16, 16], [16, 32, 3, 3], [16]],
    attributes: { pads: ints([1, 0, 1, 1]) },
  },
  {
    about: "groups, strides",
    shapes: [[2, 4, 6, 5], [6, 2, 3, 3], [6]],
    attributes: { strides: ints([2, 1]) },
  },
  {
    about: "depthwise",
    shapes: [[2, 3, 5, 5], [3, 1, 3, 3], [3]],
    large: [[8, 96, 28, 28], [96, 1, 3, 3], [96]],
    attributes: { pads: ints([1, 1, 1, 1]) },
  },
  {
    about: "depthwise, strides",
    shapes: [[2, 3, 6, 7], [3, 1, 3, 3], [3]],
    large: [[8, 96, 28, 28], [96, 1, 3, 3], [96]],
    attributes: { strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) },
  },
  {
    about: "depthwise, two filters a channel",
    shapes: [
      [2, 3, 5, 5],
      [6, 1, 3, 3],
    ],
  },
];

const transposed: readonly Row[] = [
  { about: "plain", shapes: [[2, 3, 4, 5], [3, 4, 3, 2], [4]] },
  {
    about: "strides, pads and output padding",
    shapes: [[2, 3, 4, 5], [3, 4, 3, 3], [4]],
    large: [[8, 32, 16, 16], [32, 16, 3, 3], [16]],
    attributes: { strides: ints([2, 2]), pads: ints([1, 1, 1, 1]), output_padding: ints([1, 0]) },
  },
  {
    about: "groups",
    shapes: [[2, 4, 4, 4], [4, 3, 2, 2], [6]],
    attributes: { group: int(2), strides: ints([2, 2]) },
  },
  {
    about: "output shape",
    shapes: [
      [1, 2, 4, 4],
      [2, 3, 3, 3],
    ],
    attributes: { strides: ints([2, 2]), output_shape: ints([8, 7]) },
  },
  {
    about: "auto_pad SAME_UPPER",
    shapes: [
      [1, 2, 4, 3],
      [2, 3, 3, 3],
    ],
    attributes: { strides: ints([2, 2]), auto_pad: text("SAME_UPPER") },
  },
];

/** All rows. */
export const convolutionCases: readonly GradientCase[] = [
  ...[...conv1d, ...conv2d, ...grouped].map((row) => caseOf("Conv", row)),
  ...transposed.map((row) => caseOf("ConvTranspose", row)),
];

/** Conv has as many groups as the shapes say. */
function caseOf(operator: string, { attributes = {}, ...row }: Row): GradientCase {
  return {
    ...row,
    operator,
    build: (graph, inputs) => {
      const [channels, depth] = inputs.map(({ shape }) => Number(shape[1]));
      const settings = {
        kernel_shape: ints(inputs[1].shape.slice(2).map(Number)),
        ...(operator === "Conv" ? { group: int(channels / depth) } : {}),
        ...attributes,
      };
      return graph.apply(operator, inputs, { attributes: settings });
    },
    options: { tolerance: 5e-3 },
  };
}
