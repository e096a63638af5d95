import assert from "node:assert/strict";
import { test } from "node:test";
import { errorMessage, SoukError } from "@souk/core";
import { type OnnxLimits, onnxLimits } from "./limits.ts";
import { int, type OnnxModel } from "./model.ts";
import {
  encodeMessage,
  type Field,
  floatField,
  messageField,
  textField,
  varintField,
} from "./protobuf-writer.ts";
import { readOnnx } from "./read.ts";
import {
  everythingModel,
  listedElements,
  loopModel,
  modelWithTensor,
  onnxModel,
  onnxNode,
  sampleFiles,
} from "./samples.ts";
import { type ElementType, elementTypeCodes, float32, numbersOf } from "./tensor.ts";
import { writeOnnx } from "./write.ts";

function tensorOf(fields: readonly Field[]) {
  return readOnnx(modelWithTensor(fields)).graph.initializers.get("w");
}

test("elements are read from the list of their type", () => {
  for (const [type, elements] of Object.entries(listedElements)) {
    const code = elementTypeCodes[type as ElementType];
    const content = tensorOf([varintField(1, 2), varintField(2, code), elements]);
    const want =
      type === "float16" ? [0x3c00, 0x4000] : type === "bfloat16" ? [0x3f80, 0x4000] : [1, 2];
    assert.equal(content?.type, type);
    assert.deepEqual(content && numbersOf(content), want);
  }
});

test("lists may be packed or not, and a bool is 0 or 1", () => {
  const floats = tensorOf([
    varintField(1, 2),
    varintField(2, 1),
    floatField(4, 0.5),
    floatField(4, 2),
  ]);
  assert.deepEqual(floats, float32([0.5, 2]));
  const bools = tensorOf([
    varintField(1, 2),
    varintField(2, 9),
    varintField(5, 0),
    varintField(5, 7),
  ]);
  assert.deepEqual(bools?.data, Uint8Array.of(0, 1));
});

test("a file cut off anywhere is malformed", () => {
  for (const bytes of sampleFiles()) {
    for (let end = 0; end < bytes.byteLength; end++) {
      const error = thrown(() => readOnnx(bytes.subarray(0, end)));
      // What comes last in a file, its metadata or opsets, can be missing.
      assert.ok(error === undefined || error.code === "ONNX_MALFORMED", `${end}: ${error}`);
    }
  }
});

test("nodes in another order are sorted, those in order stay", () => {
  const nodes = ["a", "b", "c", "y"].map((name, at, all) =>
    onnxNode("Relu", [all[at - 1] ?? "x"], [name]),
  );
  const read = (ordered: typeof nodes) =>
    readOnnx(writeOnnx(onnxModel(ordered))).graph.nodes.map(({ outputs }) => outputs[0]);
  assert.deepEqual(read(nodes), ["a", "b", "c", "y"]);
  assert.deepEqual(read(nodes.toReversed()), ["a", "b", "c", "y"]);
});

test("what a body reads from around it must be computed before", () => {
  const model = loopModel();
  const late = {
    ...model.graph,
    nodes: [...model.graph.nodes, onnxNode("Relu", ["x"], ["three"])],
  };
  late.initializers = new Map([...late.initializers].filter(([name]) => name !== "three"));
  const { nodes } = readOnnx(writeOnnx({ ...model, graph: late })).graph;
  assert.deepEqual(
    nodes.map(({ operator }) => operator),
    ["Relu", "Loop", "ReduceSum", "Add"],
  );
});

const relu = onnxNode("Relu", ["x"], ["y"]);
const wrongGraphs: readonly (readonly [string, OnnxModel])[] = [
  ["a name that nothing gives", onnxModel([onnxNode("Relu", ["z"], ["y"])])],
  ["an output that nothing gives", onnxModel([onnxNode("Relu", ["x"], ["z"])])],
  ["a circle", onnxModel([onnxNode("Add", ["x", "b"], ["y"]), onnxNode("Relu", ["y"], ["b"])])],
  ["a node that reads its own result", onnxModel([onnxNode("Add", ["x", "y"], ["y"])])],
  ["a name given by two nodes", onnxModel([relu, relu])],
  ["a name given by an input and a node", onnxModel([relu, onnxNode("Relu", ["y"], ["x"])])],
  ["a node without operator", onnxModel([{ ...relu, operator: "" }])],
  [
    "two inputs of one name",
    {
      ...onnxModel([relu]),
      graph: { ...onnxModel([relu]).graph, inputs: [{ name: "x" }, { name: "x" }] },
    },
  ],
  [
    "two outputs of one name",
    {
      ...onnxModel([relu]),
      graph: { ...onnxModel([relu]).graph, outputs: [{ name: "y" }, { name: "y" }] },
    },
  ],
  [
    "a body that gives a name of the graph around it",
    onnxModel([
      onnxNode("If", ["x"], ["y"], {
        then_branch: {
          kind: "graph",
          value: { ...onnxModel([onnxNode("Relu", ["x"], ["y"])]).graph, inputs: [] },
        },
      }),
    ]),
  ],
];

for (const [what, model] of wrongGraphs) {
  test(`${what} is malformed`, () => {
    assert.equal(thrown(() => readOnnx(writeOnnx(model)))?.code, "ONNX_MALFORMED");
  });
}

test("two bodies side by side may use the same names", () => {
  const branch = {
    ...onnxModel([onnxNode("Relu", ["x"], ["same"])]).graph,
    inputs: [],
    outputs: [{ name: "same" }],
  };
  const both = {
    then_branch: { kind: "graph", value: branch },
    else_branch: { kind: "graph", value: branch },
  } as const;
  readOnnx(writeOnnx(onnxModel([onnxNode("If", ["x"], ["y"], both)])));
});

test("an initializer may also be an input, as before IR 4", () => {
  const model = onnxModel([onnxNode("Add", ["x", "w"], ["y"])], {
    initializers: { w: float32([1, 2, 3]) },
  });
  const inputs = [...model.graph.inputs, { name: "w", type: "float32" as const, shape: [3] }];
  const read = readOnnx(writeOnnx({ ...model, graph: { ...model.graph, inputs } }));
  assert.equal(read.graph.inputs.length, 2);
});

const tensors: readonly (readonly [string, readonly Field[], string])[] = [
  ["a text tensor", [varintField(1, 1), varintField(2, 8), textField(6, "a")], "ONNX_UNSUPPORTED"],
  ["an 8-bit float", [varintField(1, 1), varintField(2, 17)], "ONNX_UNSUPPORTED"],
  [
    "an element type that does not exist",
    [varintField(1, 1), varintField(2, 99)],
    "ONNX_MALFORMED",
  ],
  ["a tensor without type", [varintField(1, 1)], "ONNX_MALFORMED"],
  ["a negative axis", [varintField(1, -2), varintField(2, 1)], "ONNX_MALFORMED"],
  [
    "more elements than there is memory",
    [varintField(1, 2 ** 40), varintField(2, 1)],
    "ONNX_LIMIT",
  ],
  ["a gigabyte that is not there", [varintField(1, 2 ** 28), varintField(2, 1)], "ONNX_MALFORMED"],
  ["too few elements", [varintField(1, 3), varintField(2, 1), floatField(4, 1)], "ONNX_MALFORMED"],
  [
    "too many elements",
    [varintField(1, 1), varintField(2, 1), floatField(4, 1), floatField(4, 1)],
    "ONNX_MALFORMED",
  ],
  ["a tensor in segments", [varintField(2, 1), messageField(3, [])], "ONNX_MALFORMED"],
];

for (const [what, fields, code] of tensors) {
  test(`${what} is refused with ${code}`, () => {
    assert.equal(thrown(() => tensorOf(fields))?.code, code);
  });
}

test("no memory is taken for elements that the file cannot hold", () => {
  const claim = [varintField(1, 2 ** 28), varintField(2, 1)];
  assert.match(thrown(() => tensorOf(claim))?.message ?? "", /268435456 elements without data/);
});

test("sequences, sparse weights, functions and foreign operator sets are named as unsupported", () => {
  const graph = [
    messageField(1, [textField(2, "y"), textField(4, "Relu")]),
    messageField(12, [textField(1, "y")]),
  ];
  const sequence = messageField(11, [textField(1, "s"), messageField(2, [messageField(4, [])])]);
  const opset = messageField(8, [varintField(2, 13)]);
  const refused: readonly (readonly Field[])[] = [
    [messageField(7, [...graph, sequence]), opset],
    [messageField(7, [...graph, messageField(15, [])]), opset],
    [messageField(7, graph), opset, messageField(25, [])],
    [messageField(7, graph), messageField(8, [varintField(2, 6)])],
    [messageField(7, graph), messageField(8, [varintField(2, 25)])],
  ];
  for (const fields of refused) {
    assert.equal(thrown(() => readOnnx(encodeMessage(fields)))?.code, "ONNX_UNSUPPORTED");
  }
  assert.equal(
    thrown(() => readOnnx(encodeMessage([messageField(7, graph)])))?.code,
    "ONNX_MALFORMED",
  );
  assert.equal(thrown(() => readOnnx(encodeMessage([opset])))?.code, "ONNX_MALFORMED");
});

test("every limit is kept", () => {
  const whole = writeOnnx(everythingModel());
  const loop = writeOnnx(loopModel());
  for (const name of Object.keys(onnxLimits) as (keyof OnnxLimits)[]) {
    const limits = { [name]: name === "nameBytes" || name === "textBytes" ? 1 : 0 };
    const error = thrown(() => [readOnnx(whole, { limits }), readOnnx(loop, { limits })]);
    assert.equal(error?.code, "ONNX_LIMIT", name);
  }
});

test("an axis of -1, or without length, has no name", () => {
  const model = onnxModel([relu], { shape: [-1, "", 3] });
  assert.deepEqual(readOnnx(writeOnnx(model)).graph.inputs[0].shape, ["", "", 3]);
});

test("names of JavaScript's own objects are ordinary names", () => {
  const node = onnxNode("Relu", ["x"], ["__proto__"], { constructor: int(1) });
  const model = onnxModel([node, onnxNode("Relu", ["__proto__"], ["y"])]);
  const [first] = readOnnx(writeOnnx(model)).graph.nodes;
  assert.deepEqual(first.outputs, ["__proto__"]);
  assert.deepEqual(Object.entries(first.attributes), [["constructor", { kind: "int", value: 1 }]]);
});

function thrown(run: () => unknown): SoukError | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    assert.ok(error instanceof SoukError, errorMessage(error));
    return error;
  }
}
