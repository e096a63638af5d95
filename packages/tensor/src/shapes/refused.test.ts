import { strict as assert } from "node:assert";
import { test } from "node:test";
import { createGraph } from "../graph/create.ts";
import type { Graph } from "../graph/graph.ts";
import { type Attribute, int, ints } from "../onnx/model.ts";
import type { ElementType } from "../onnx/tensor.ts";

/** An operator's inputs: float32 shapes, [type, shape], integers as constants, or nothing. */
type Input = readonly number[] | readonly [ElementType, readonly number[]] | Set<number> | null;

interface Refusal {
  readonly operator: string;
  readonly inputs: readonly Input[];
  readonly attributes?: Record<string, Attribute<never>>;
  readonly message: string;
}

const constant = (...values: number[]) => new Set(values);

/** What each operator must refuse, and the message: operator, node, expected, got. */
const refusals: readonly Refusal[] = [
  {
    operator: "Add",
    inputs: [[2, 3], [4]],
    message: "expected shapes that broadcast, got [2, 3], [4]",
  },
  {
    operator: "Add",
    inputs: [[2], ["int64", [2]]],
    message: "expected inputs of one type, not float32 and int64, got [2], [2]",
  },
  { operator: "Add", inputs: [[2], null], message: "expected an input number 1, got [2], –" },
  {
    operator: "Equal",
    inputs: [[2, 3], [2]],
    message: "expected shapes that broadcast, got [2, 3], [2]",
  },
  {
    operator: "Where",
    inputs: [["bool", [2]], [3], [3]],
    message: "expected shapes that broadcast, got [2], [3], [3]",
  },
  {
    operator: "Where",
    inputs: [[2], [2], [2]],
    message: "expected a condition of bool, not float32, got [2], [2], [2]",
  },
  {
    operator: "PRelu",
    inputs: [[3], [2, 3]],
    message: "expected a slope that broadcasts to [3], got [3], [2, 3]",
  },
  {
    operator: "MatMul",
    inputs: [
      [2, 3],
      [4, 5],
    ],
    message: "expected equal inner lengths, 3 is not 4, got [2, 3], [4, 5]",
  },
  { operator: "MatMul", inputs: [[], [4, 5]], message: "expected no scalars, got [], [4, 5]" },
  {
    operator: "MatMul",
    inputs: [
      [2, 3, 4],
      [3, 4, 5],
    ],
    message: "expected batch axes that broadcast, got [2, 3, 4], [3, 4, 5]",
  },
  {
    operator: "Gemm",
    inputs: [
      [2, 3, 4],
      [4, 5],
    ],
    message: "expected two matrices, got [2, 3, 4], [4, 5]",
  },
  {
    operator: "Gemm",
    inputs: [
      [2, 3],
      [3, 4],
    ],
    attributes: { transA: int(1) },
    message: "expected equal inner lengths, 2 is not 3, got [2, 3], [3, 4]",
  },
  {
    operator: "Gemm",
    inputs: [[2, 3], [3, 4], [2]],
    message: "expected a bias that broadcasts to [2, 4], got [2, 3], [3, 4], [2]",
  },
  {
    operator: "Reshape",
    inputs: [[2, 3], constant(4, 2)],
    message: "expected 8 elements for [4, 2], there are 6, got [2, 3], [2]",
  },
  {
    operator: "Reshape",
    inputs: [[2, 3], constant(4, -1)],
    message: "expected a size divisible by 4, got [2, 3], [2]",
  },
  {
    operator: "Transpose",
    inputs: [[2, 3]],
    attributes: { perm: ints([0, 0]) },
    message: "expected perm to order 2 axes, not [0, 0], got [2, 3]",
  },
  {
    operator: "Squeeze",
    inputs: [[2, 3], constant(0)],
    message: "expected axis 0 of length 1, got [2, 3], [1]",
  },
  {
    operator: "Expand",
    inputs: [[2, 3], constant(4, 3)],
    message: "expected a shape that broadcasts to [4, 3], got [2, 3], [2]",
  },
  {
    operator: "Concat",
    inputs: [
      [2, 3],
      [3, 3],
    ],
    attributes: { axis: int(1) },
    message: "expected shapes equal but for axis 1, got [2, 3], [3, 3]",
  },
  {
    operator: "Split",
    inputs: [[5, 2], constant(2, 4)],
    message: "expected parts [2, 4] to add up to 5 on axis 0, got [5, 2], [2]",
  },
  {
    operator: "Pad",
    inputs: [[2, 3], constant(1, 2)],
    message: "expected 4 pads, not 2, got [2, 3], [2]",
  },
  {
    operator: "Tile",
    inputs: [[2, 3], constant(2)],
    message: "expected 2 repeats, not 1, got [2, 3], [1]",
  },
  {
    operator: "Gather",
    inputs: [[2, 3], [4]],
    message: "expected indices of int32 or int64, not float32, got [2, 3], [4]",
  },
  {
    operator: "GatherElements",
    inputs: [
      [2, 3],
      ["int64", [4]],
    ],
    message: "expected indices of equal rank, got [2, 3], [4]",
  },
  {
    operator: "ScatterElements",
    inputs: [
      [2, 3],
      ["int64", [2, 2]],
      [2, 3],
    ],
    message: "expected updates shaped as the indices, got [2, 3], [2, 2], [2, 3]",
  },
  {
    operator: "ScatterND",
    inputs: [
      [4, 3],
      ["int64", [2, 1]],
      [2, 4],
    ],
    message: "expected updates [2, 3], got [4, 3], [2, 1], [2, 4]",
  },
  {
    operator: "TopK",
    inputs: [[2, 3], constant(4)],
    message: "expected k up to 3, not 4, got [2, 3], [1]",
  },
  {
    operator: "Conv",
    inputs: [
      [1, 3, 8],
      [4, 2, 3],
    ],
    message: "expected 2 channels in 1 group(s), got [1, 3, 8], [4, 2, 3]",
  },
  {
    operator: "Conv",
    inputs: [
      [1, 2, 2],
      [4, 2, 3],
    ],
    message: "expected an input at least as large as the kernel, got [1, 2, 2], [4, 2, 3]",
  },
  {
    operator: "ConvTranspose",
    inputs: [
      [1, 3, 8],
      [4, 2, 3],
    ],
    message: "expected 4 channels, got [1, 3, 8], [4, 2, 3]",
  },
  {
    operator: "MaxPool",
    inputs: [[1, 2, 8]],
    attributes: { kernel_shape: ints([2, 2]) },
    message: "expected a kernel of 1 axes, not [2, 2], got [1, 2, 8]",
  },
  {
    operator: "BatchNormalization",
    inputs: [[1, 3, 4], [3], [3], [3], [4]],
    message: "expected [3] at input 4, got [1, 3, 4], [3], [3], [3], [4]",
  },
  {
    operator: "LayerNormalization",
    inputs: [[2, 3], [4]],
    message: "expected a scale that broadcasts to [3], got [2, 3], [4]",
  },
  {
    operator: "LSTM",
    inputs: [
      [5, 2, 3],
      [2, 16, 3],
      [2, 16, 4],
    ],
    message: "expected weights [1, 16, 3] and [1, 16, 4], got [5, 2, 3], [2, 16, 3], [2, 16, 4]",
  },
  {
    operator: "LSTM",
    inputs: [
      [5, 2, 3],
      [1, 16, 2],
      [1, 16, 4],
    ],
    message: "expected weights [1, 16, 3] and [1, 16, 4], got [5, 2, 3], [1, 16, 2], [1, 16, 4]",
  },
  {
    operator: "Cast",
    inputs: [[2]],
    attributes: { to: int(99) },
    message: "to must be a known element type, not 99, got [2]",
  },
];

/** Operators with an axis, and inputs of rank 2 for them. */
const axes: readonly (readonly [string, readonly Input[]])[] = [
  ["Softmax", [[2, 3]]],
  ["LogSoftmax", [[2, 3]]],
  ["Hardmax", [[2, 3]]],
  ["ArgMax", [[2, 3]]],
  ["Concat", [[2, 3]]],
  ["Flatten", [[2, 3]]],
  ["Split", [[2, 3], constant(2)]],
  ["TopK", [[2, 3], constant(1)]],
  [
    "Gather",
    [
      [2, 3],
      ["int64", [1]],
    ],
  ],
  [
    "GatherElements",
    [
      [2, 3],
      ["int64", [2, 3]],
    ],
  ],
  ["LayerNormalization", [[2, 3], [3]]],
];

function add(graph: Graph, { operator, inputs, attributes = {} }: Omit<Refusal, "message">): void {
  const values = inputs.map((input, at) => {
    if (input === null) return null;
    if (input instanceof Set) return graph.integers([...input]);
    const [type, shape] = typeof input[0] === "string" ? input : ["float32", input];
    return graph.input(`x${at}`, shape as readonly number[], { type: type as ElementType });
  });
  graph.node(operator, values, { attributes, name: "the-node" });
}

for (const refusal of refusals) {
  test(`${refusal.operator} is refused: ${refusal.message}`, () => {
    assert.throws(() => add(createGraph(), refusal), {
      code: "ONNX_SHAPE",
      message: `${refusal.operator} the-node: ${refusal.message}`,
    });
  });
}

for (const [operator, inputs] of axes) {
  test(`${operator} along an axis that is not there is refused`, () => {
    assert.throws(() => add(createGraph(), { operator, inputs, attributes: { axis: int(5) } }), {
      code: "ONNX_SHAPE",
      message: /^the-node: axis must be in \[-\d, \d\], got 5$/,
    });
  });
}

test("axes given as inputs are checked too", () => {
  for (const operator of ["ReduceSum", "Squeeze", "Unsqueeze"]) {
    const row = { operator, inputs: [[2, 3], constant(5)] };
    assert.throws(() => add(createGraph(), row), { code: "ONNX_SHAPE", message: /the-node: axis/ });
  }
  const slice = { operator: "Slice", inputs: [[2, 3], constant(0), constant(1), constant(5)] };
  assert.throws(() => add(createGraph(), slice), { code: "ONNX_SHAPE", message: /the-node: axis/ });
});

test("an attribute of another kind is refused by name", () => {
  const row = { operator: "Softmax", inputs: [[2, 3]], attributes: { axis: ints([1]) } };
  assert.throws(() => add(createGraph(), row), {
    code: "ONNX_ATTRIBUTE",
    message: "Softmax the-node: attribute axis must be int, got ints",
  });
});
