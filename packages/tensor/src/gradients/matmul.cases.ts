/** Rows for matrix products, Softmax and LayerNormalization. */
import { op } from "../operators/operators.ts";
import type { GradientCase } from "./cases.ts";

type Shapes = readonly (readonly number[])[];

function matMul(about: string, shapes: Shapes, large?: Shapes): GradientCase {
  const build: GradientCase["build"] = (_, [a, b]) => op.MatMul(a, b);
  return { operator: "MatMul", about, build, shapes, large, options: { tolerance: 5e-3 } };
}

const flags = [
  [false, false],
  [false, true],
  [true, false],
  [true, true],
] as const;

const turned = ([rows, columns]: readonly number[], turn: boolean) =>
  turn ? [columns, rows] : [rows, columns];

const gemms = flags.flatMap(([transA, transB]): GradientCase[] => {
  const about = `transA ${transA}, transB ${transB}`;
  const options = { transA, transB, alpha: 0.5 };
  return [
    {
      operator: "Gemm",
      about,
      build: (_, [a, b, c]) => op.Gemm(a, b, { ...options, c, beta: 2 }),
      shapes: [turned([3, 4], transA), turned([4, 5], transB), [5]],
      large: [turned([200, 100], transA), turned([100, 150], transB), [150]],
      options: { tolerance: 5e-3 },
    },
    {
      operator: "com.microsoft.FusedMatMul",
      about: `${about}, stacks`,
      build: (_, [a, b]) => op.FusedMatMul(a, b, options),
      shapes: [
        [2, ...turned([3, 4], transA)],
        [2, ...turned([4, 5], transB)],
      ],
      large: [
        [8, ...turned([60, 40], transA)],
        [8, ...turned([40, 50], transB)],
      ],
      options: { tolerance: 5e-3 },
    },
    {
      operator: "com.microsoft.FusedMatMul",
      about: `${about}, a stack times one matrix`,
      build: (_, [a, b]) => op.FusedMatMul(a, b, options),
      shapes: [[2, ...turned([3, 4], transA)], turned([4, 5], transB)],
    },
    {
      operator: "com.microsoft.FusedMatMul",
      about: `${about}, stacks that broadcast`,
      build: (_, [a, b]) => op.FusedMatMul(a, b, options),
      shapes: [
        [2, 1, ...turned([3, 4], transA)],
        [3, ...turned([4, 5], transB)],
      ],
    },
  ];
});

const biases: readonly (readonly number[])[] = [[], [1], [5], [1, 5], [3, 1], [3, 5]];

const softmaxes = ["Softmax", "LogSoftmax"].flatMap((operator) =>
  [-1, 0, 1].map((axis): GradientCase => {
    const build: GradientCase["build"] = (_, [x]) =>
      operator === "Softmax" ? op.Softmax(x, axis) : op.LogSoftmax(x, axis);
    return {
      operator,
      about: `axis ${axis}`,
      build,
      shapes: [[2, 3, 4]],
      large: [axis === -1 ? [500, 200] : [20, 30, 100]],
      options: { tolerance: 5e-3 },
    };
  }),
);

/** Rows. */
export const matmulCases: readonly GradientCase[] = [
  matMul(
    "matrices",
    [
      [3, 4],
      [4, 5],
    ],
    [
      [300, 100],
      [100, 200],
    ],
  ),
  matMul(
    "a stack times one matrix",
    [
      [2, 3, 4],
      [4, 5],
    ],
    [
      [8, 50, 100],
      [100, 60],
    ],
  ),
  matMul(
    "one matrix times a stack",
    [
      [3, 4],
      [2, 4, 5],
    ],
    [
      [50, 60],
      [8, 60, 40],
    ],
  ),
  matMul(
    "stacks",
    [
      [2, 2, 3, 4],
      [2, 2, 4, 5],
    ],
    [
      [4, 4, 50, 40],
      [4, 4, 40, 50],
    ],
  ),
  matMul(
    "stacks that broadcast",
    [
      [2, 1, 3, 4],
      [1, 3, 4, 5],
    ],
    [
      [4, 1, 50, 40],
      [1, 4, 40, 50],
    ],
  ),
  matMul("a stack of one times matrices", [
    [1, 3, 4],
    [4, 5],
  ]),
  matMul("vector times vector", [[4], [4]]),
  matMul("vector times matrix", [[4], [4, 5]]),
  matMul("matrix times vector", [[3, 4], [4]]),
  matMul("vector times stack", [[4], [2, 4, 5]]),
  matMul("stack times vector", [[2, 3, 4], [4]]),
  ...gemms,
  ...biases.map((bias): GradientCase => ({
    operator: "Gemm",
    about: `bias [${bias.join(", ")}]`,
    build: (_, [a, b, c]) => op.Gemm(a, b, { c }),
    shapes: [[3, 4], [4, 5], bias],
    options: { tolerance: 5e-3 },
  })),
  ...softmaxes,
  ...[-1, 1, -2].map((axis): GradientCase => ({
    operator: "LayerNormalization",
    about: `axis ${axis}`,
    build: (_, [x, scale, bias]) => op.LayerNormalization(x, { scale, bias, axis }),
    shapes:
      axis === -1
        ? [[2, 3, 8], [8], [8]]
        : [
            [2, 3, 4],
            [3, 4],
            [3, 4],
          ],
    large:
      axis === -1
        ? [[8, 50, 100], [100], [100]]
        : [
            [30, 40, 50],
            [40, 50],
            [40, 50],
          ],
    options: { tolerance: 5e-3 },
  })),
  {
    operator: "LayerNormalization",
    about: "a scale and bias that broadcast",
    build: (_, [x, scale, bias]) => op.LayerNormalization(x, { scale, bias, axis: 1 }),
    shapes: [[2, 3, 4], [4], [3, 1]],
    options: { tolerance: 5e-3 },
  },
  {
    operator: "LayerNormalization",
    about: "without a bias",
    build: (graph, [x, scale]) => graph.apply("LayerNormalization", [x, scale]),
    shapes: [[3, 8], [8]],
    options: { tolerance: 5e-3 },
  },
];
