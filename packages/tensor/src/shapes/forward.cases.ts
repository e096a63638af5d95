/** Rows for operators that are not differentiated: what they give is compared with the inferred types and shapes. */
import type { Graph, Value } from "../graph/graph.ts";
import { type Attribute, float, int, ints, MICROSOFT, text } from "../onnx/model.ts";
import { allocate, type ElementType, float32, int64, sizeOf, tensor } from "../onnx/tensor.ts";
import { op } from "../operators/operators.ts";

/** One row: `build` adds the operator to a graph, over constants. */
export interface ForwardCase {
  readonly operator: string;
  readonly about: string;
  readonly build: (graph: Graph) => unknown;
}

type Attributes = Record<string, Attribute<Graph>>;

/** A constant of some type and shape: 1, 2, 3, 1, 2, 3, … */
function some(graph: Graph, type: ElementType, shape: readonly number[]): Value {
  const data = allocate(type, sizeOf(shape));
  for (let i = 0; i < data.length; i++) {
    const value = type === "bool" ? i % 2 : 1 + (i % 3);
    data[i] = typeof data[i] === "bigint" ? BigInt(value) : value;
  }
  return graph.constant(tensor(type, data, shape));
}

function row(
  operator: string,
  inputs: readonly (readonly [ElementType, readonly number[]])[],
  { outputs = 1, ...attributes }: Record<string, Attribute<never> | number> = {},
): ForwardCase {
  const [name, domain] = operator.split(".").toReversed();
  return {
    operator,
    about: inputs.map(([type, shape]) => `${type} [${shape.join(", ")}]`).join(", "),
    build: (graph) =>
      graph.node(
        name,
        inputs.map(([type, shape]) => some(graph, type, shape)),
        {
          attributes: attributes as Attributes,
          domain: domain === undefined ? "" : MICROSOFT,
          outputs: Number(outputs),
        },
      ),
  };
}

const built = (operator: string, about: string, build: ForwardCase["build"]): ForwardCase => ({
  operator,
  about,
  build,
});

const x34 = ["float32", [3, 4]] as const;
const image = ["float32", [1, 4, 6, 4]] as const;

const elementwise = `Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh Hardmax Shrink LpNormalization`
  .split(" ")
  .map((operator) => row(operator, [x34]));
const comparisons = ["Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual"].map((operator) =>
  row(operator, [x34, ["float32", [2, 3, 1]]]),
);
const logic = ["And", "Or", "Xor"].map((operator) =>
  row(operator, [
    ["bool", [3, 1]],
    ["bool", [4]],
  ]),
);
const bits = ["BitwiseAnd", "BitwiseOr", "BitwiseXor"].map((operator) =>
  row(operator, [
    ["int32", [3, 1]],
    ["int32", [4]],
  ]),
);

function loop(graph: Graph): unknown {
  return op.Loop(graph.constant(int64(5)), [some(graph, "float32", [2, 3])], (_, [state]) => ({
    states: [op.Mul(state, state)],
    outputs: [op.ReduceSum(state, { axes: [1] })],
  }));
}

function scan(graph: Graph): unknown {
  return op.Scan(
    { states: [some(graph, "float32", [3])], inputs: [some(graph, "float32", [7, 3])] },
    ([state], [slice]) => ({ states: [op.Add(state, slice)], outputs: [op.ReduceSum(slice)] }),
  );
}

/** Scans the second axis of its input and stacks what it gives along the last. */
function scanAlong(graph: Graph): unknown {
  const body = graph.body("body");
  const slice = body.input("slice", [2, 4]);
  body.output(op.Neg(slice), "negated");
  return graph.node("Scan", [some(graph, "float32", [2, 5, 4])], {
    attributes: {
      body: { kind: "graph", value: body },
      num_scan_inputs: int(1),
      scan_input_axes: ints([-2]),
      scan_output_axes: ints([-1]),
    },
  });
}

function branch(graph: Graph): unknown {
  const taken = graph.body("then");
  taken.output(some(taken, "float32", [2, 3]), "yes");
  const other = graph.body("else");
  other.output(op.Neg(some(other, "float32", [2, 3])), "no");
  return graph.node("If", [graph.constant(tensor("bool", Uint8Array.of(1), []))], {
    attributes: {
      then_branch: { kind: "graph", value: taken },
      else_branch: { kind: "graph", value: other },
    },
  });
}

const reversed: ForwardCase["build"] = (graph) =>
  graph.node(
    "ReverseSequence",
    [some(graph, "float32", [4, 3]), graph.constant(int64([1, 2, 4]))],
    { attributes: { time_axis: int(0), batch_axis: int(1) } },
  );

/** Rows. */
export const forwardCases: readonly ForwardCase[] = [
  ...elementwise,
  ...comparisons,
  ...logic,
  ...bits,
  row("Not", [["bool", [3, 4]]]),
  row("BitwiseNot", [["int32", [3, 4]]]),
  row(
    "BitShift",
    [
      ["uint32", [3, 4]],
      ["uint32", [4]],
    ],
    { direction: text("LEFT") },
  ),
  row("Mod", [
    ["int64", [3, 4]],
    ["int64", [4]],
  ]),
  row("IsNaN", [x34]),
  row("IsInf", [x34]),
  row("Cast", [x34], { to: int(7) }),
  row("CastLike", [x34, ["int32", [1]]]),
  row("Trilu", [x34]),
  row("LRN", [image], { size: int(3) }),
  row("MeanVarianceNormalization", [image]),
  row("InstanceNormalization", [image, ["float32", [4]], ["float32", [4]]]),
  row("ArgMax", [x34], { axis: int(-1), keepdims: int(0) }),
  row("ArgMin", [x34], { axis: int(0) }),
  row("Shape", [["float32", [2, 3, 4]]]),
  row("Shape", [["float32", [2, 3, 4]]], { start: int(1), end: int(-1) }),
  row("Size", [x34]),
  row("NonZero", [["float32", [3, 4]]]),
  row("DepthToSpace", [image], { blocksize: int(2) }),
  row("SpaceToDepth", [image], { blocksize: int(2) }),
  row("Dropout", [x34], { outputs: 2 }),
  row("MaxPool", [image], { kernel_shape: ints([3, 3]), strides: ints([2, 2]), outputs: 2 }),
  row("MaxPool", [image], { kernel_shape: ints([3, 3]), strides: ints([2, 2]), ceil_mode: int(1) }),
  row("LayerNormalization", [x34, ["float32", [4]]], { outputs: 3 }),
  row("Split", [["float32", [3, 7]]], { axis: int(1), num_outputs: int(3), outputs: 3 }),
  row("DynamicQuantizeLinear", [x34], { outputs: 3 }),
  row("MatMulInteger", [
    ["uint8", [2, 3, 4]],
    ["int8", [4, 5]],
  ]),
  row("QuantizeLinear", [x34, ["float32", []], ["int8", []]]),
  row("QuantizeLinear", [x34, ["float32", []]]),
  row("DequantizeLinear", [
    ["uint8", [3, 4]],
    ["float32", []],
  ]),
  row(
    "RNN",
    [
      ["float32", [5, 2, 3]],
      ["float32", [1, 4, 3]],
      ["float32", [1, 4, 4]],
    ],
    {
      hidden_size: int(4),
      outputs: 2,
    },
  ),
  row("com.microsoft.DynamicQuantizeMatMul", [
    ["float32", [2, 3, 4]],
    ["int8", [4, 5]],
    ["float32", [5]],
    ["int8", [5]],
  ]),
  row("LeakyRelu", [x34], { alpha: float(0.5) }),
  ...(["int32", "int64"] as const).map((type) =>
    built("OneHot", `${type}, a new last axis`, (graph) => op.OneHot(some(graph, type, [2, 3]), 4)),
  ),
  built("OneHot", "a new first axis", (graph) => {
    const values = graph.constant(float32([0, 1]));
    const inputs = [some(graph, "int64", [2, 3]), graph.constant(int64(4)), values];
    return graph.node("OneHot", inputs, { attributes: { axis: int(0) } });
  }),
  built("ConstantOfShape", "int64 ones", (graph) =>
    op.ConstantOfShape({ graph }, { shape: [2, 3], content: int64([1]) }),
  ),
  built("Range", "by 3", (graph) =>
    graph.node(
      "Range",
      [2, 12, 3].map((value) => graph.constant(int64(value))),
    ),
  ),
  built("Range", "nothing", (graph) =>
    graph.node(
      "Range",
      [2, 1, 3].map((value) => graph.constant(int64(value))),
    ),
  ),
  built("Slice", "nothing", (graph) =>
    op.Slice(some(graph, "float32", [4, 3]), { starts: [3], ends: [1], axes: [0] }),
  ),
  built("Concat", "of nothing and something", (graph) =>
    op.Concat([some(graph, "float32", [0, 3]), some(graph, "float32", [2, 3])], 0),
  ),
  built("ReverseSequence", "per row", reversed),
  built("Loop", "a state and a stacked output", loop),
  built("Scan", "a state and a stacked output", scan),
  built("Scan", "along other axes", scanAlong),
  built("If", "two branches", branch),
];
