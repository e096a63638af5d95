import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { createRng, errorCode } from "@souk/core";
import {
  type Attribute,
  float,
  int,
  ints,
  type OnnxModel,
  type OnnxNode,
  text,
} from "../onnx/model.ts";
import { readOnnx } from "../onnx/read.ts";
import { convolutionModel, loopModel, onnxModel, onnxNode, reshapeModel } from "../onnx/samples.ts";
import { float32, int64, numbersOf, sizeOf, type Tensor } from "../onnx/tensor.ts";
import { writeOnnx } from "../onnx/write.ts";
import { op } from "../operators/operators.ts";
import { openSession } from "../run/session.ts";
import { createGraph } from "./create.ts";
import { fromOnnx, type ImportedGraph, type ImportOptions } from "./from-onnx.ts";
import { toOnnx } from "./to-onnx.ts";

type Tensors = Readonly<Record<string, Tensor>>;

const rng = createRng(1);

function normal(shape: readonly number[]): Tensor {
  return float32(
    Float32Array.from({ length: sizeOf(shape) }, () => rng.normal()),
    shape,
  );
}

async function compute(model: OnnxModel, inputs: Tensors): Promise<Tensors> {
  const session = await openSession(writeOnnx(model), { threads: 1 });
  try {
    return await session.run(inputs);
  } finally {
    await session.close();
  }
}

interface Check extends Omit<ImportOptions, "inputs"> {
  readonly inputs: Tensors;
  readonly tolerance?: number;
}

/** Imports a model, writes it again, and checks that ONNX Runtime computes the same from both. */
async function checkImport(
  model: OnnxModel,
  { inputs, tolerance = 0, ...options }: Check,
): Promise<ImportedGraph> {
  const imported = fromOnnx(model, options);
  const again = toOnnx(imported.graph, { weights: imported.weights });
  const [want, got] = [await compute(model, inputs), await compute(again, inputs)];
  assert.deepEqual(Object.keys(got), Object.keys(want));
  for (const name of Object.keys(want)) {
    assert.deepEqual(got[name].shape, want[name].shape);
    assert.equal(got[name].type, want[name].type);
    const [a, b] = [numbersOf(got[name]), numbersOf(want[name])];
    a.forEach((one, at) =>
      assert.ok(
        Object.is(one, b[at]) || Math.abs(one - b[at]) <= tolerance,
        `${name}[${at}]: ${one} is not ${b[at]}`,
      ),
    );
  }
  return imported;
}

function operatorsOf({ graph }: ImportedGraph): readonly string[] {
  return graph.nodes.map(({ operator }) => operator);
}

test("a Loop with an If inside computes the same after import", async () => {
  const imported = await checkImport(loopModel(), { inputs: { x: normal([2, 3]) } });
  assert.deepEqual(operatorsOf(imported), ["Loop", "ReduceSum", "Add"]);
});

test("a convolution with a named batch computes the same after import", async () => {
  const imported = await checkImport(convolutionModel(), {
    inputs: { image: normal([3, 2, 8, 8]) },
  });
  assert.deepEqual(imported.outputs.classes.shape, ["batch", 4]);
});

test("shape arithmetic is folded when shapes are numbers, and understood when one has a name", async () => {
  const inputs = { x: normal([4, 6]) };
  const fixed = await checkImport(reshapeModel(), { inputs, shapes: { x: [4, 6] } });
  assert.deepEqual(operatorsOf(fixed), ["Reshape"]);
  assert.deepEqual(fixed.outputs.y.shape, [4, 3, 2]);
  const open = await checkImport(reshapeModel(), { inputs });
  assert.deepEqual(open.outputs.y.shape, ["batch", 3, 2]);
});

const axes = (...list: readonly number[]): Record<string, Attribute> => ({ axes: ints(list) });

/** Forms of older operator sets: version, node, shape of x. */
const olderForms: readonly (readonly [number, OnnxNode, readonly number[]])[] = [
  [11, onnxNode("ReduceSum", ["x"], ["y"], { ...axes(1), keepdims: int(0) }), [2, 3, 4]],
  [12, onnxNode("ReduceMean", ["x"], ["y"], axes(-1)), [2, 3, 4]],
  [17, onnxNode("ReduceMax", ["x"], ["y"], axes(0, 2)), [2, 3, 4]],
  [11, onnxNode("Squeeze", ["x"], ["y"], axes(1)), [2, 1, 4]],
  [11, onnxNode("Unsqueeze", ["x"], ["y"], axes(0, 3)), [2, 4]],
  [
    9,
    onnxNode("Slice", ["x"], ["y"], {
      starts: ints([1, -2]),
      ends: ints([2 ** 63, 9]),
      axes: ints([0, 1]),
    }),
    [3, 4],
  ],
  [7, onnxNode("Slice", ["x"], ["y"], { starts: ints([1]), ends: ints([-1]) }), [4, 3]],
  [10, onnxNode("Pad", ["x"], ["y"], { pads: ints([0, 1, 2, 0]), value: float(0.5) }), [2, 3]],
  [10, onnxNode("Clip", ["x"], ["y"], { min: float(-0.5) }), [2, 3]],
  [7, onnxNode("Clip", ["x"], ["y"], { max: float(0.25), min: float(0) }), [2, 3]],
  [12, onnxNode("Softmax", ["x"], ["y"], { axis: int(1) }), [2, 3, 4]],
  [11, onnxNode("Softmax", ["x"], ["y"]), [2, 6]],
  [12, onnxNode("LogSoftmax", ["x"], ["y"], { axis: int(2) }), [2, 3, 4]],
  [9, onnxNode("Dropout", ["x"], ["y"], { ratio: float(0.3) }), [2, 3]],
  [9, onnxNode("Upsample", ["x", "scales"], ["y"], { mode: text("nearest") }), [1, 1, 3, 3]],
  [10, onnxNode("Resize", ["x", "scales"], ["y"], { mode: text("linear") }), [1, 1, 3, 3]],
  [
    7,
    onnxNode("Upsample", ["x"], ["y"], { scales: { kind: "floats", value: [1, 1, 2, 2] } }),
    [1, 1, 2, 2],
  ],
  [8, onnxNode("TopK", ["x"], ["y"], { k: int(2), axis: int(1) }), [2, 5]],
  [9, onnxNode("Flatten", ["x"], ["y"]), [2, 3, 2]],
];

for (const [opset, node, shape] of olderForms) {
  const form = Object.keys(node.attributes).join(", ");
  test(`${node.operator} of opset ${opset} (${form}) computes the same in the form of opset 20`, async () => {
    const initializers = node.inputs.includes("scales") ? { scales: float32([1, 1, 2, 2]) } : {};
    const extra = node.operator === "TopK" ? { ...node, outputs: ["y", "places"] } : node;
    const model = onnxModel([extra], {
      opset,
      shape,
      initializers: initializers as Record<string, Tensor>,
    });
    const imported = await checkImport(model, { inputs: { x: normal(shape) }, tolerance: 1e-6 });
    assert.equal(toOnnx(imported.graph).opsets[""], 20);
  });
}

test("Split is brought to opset 20 with and without sizes", async () => {
  const join = onnxNode("Concat", ["b", "a"], ["y"], { axis: int(1) });
  const equal = onnxNode("Split", ["x"], ["a", "b"], { axis: int(1) });
  const sized = onnxNode("Split", ["x"], ["a", "b"], { axis: int(1), split: ints([1, 3]) });
  for (const [opset, node] of [
    [11, sized],
    [11, equal],
    [13, equal],
  ] as const) {
    await checkImport(onnxModel([node, join], { opset, shape: [2, 4] }), {
      inputs: { x: normal([2, 4]) },
    });
  }
});

test("BatchNormalization of opset 7 computes the same, and its statistics are never trained", async () => {
  const node = onnxNode("BatchNormalization", ["x", "scale", "bias", "mean", "variance"], ["y"], {
    spatial: int(1),
    momentum: float(0.9),
  });
  const names = ["scale", "bias", "mean", "variance"];
  const initializers = Object.fromEntries(names.map((name) => [name, float32([0.5, 1, 2])]));
  const model = onnxModel([node], { opset: 7, shape: [2, 3, 4], initializers });
  const asked: string[] = [];
  const trainable = (name: string) => asked.push(name) > 0;
  const imported = await checkImport(model, {
    inputs: { x: normal([2, 3, 4]) },
    trainable,
    tolerance: 1e-6,
  });
  assert.deepEqual([...imported.weights.keys()], ["scale", "bias"]);
  assert.deepEqual(asked, ["scale", "bias"]);
});

test("operators newer than opset 20 are written out in older ones", async () => {
  const swish = onnxModel(
    [onnxNode("GroupNormalization", ["x", "scale", "bias"], ["y"], { num_groups: int(2) })],
    {
      opset: 21,
      shape: [2, 4, 3],
      initializers: { scale: float32([1, 2, 3, 4]), bias: float32([0, 1, 0, 1]) },
    },
  );
  await checkImport(swish, { inputs: { x: normal([2, 4, 3]) }, tolerance: 1e-5 });
  const attention = onnxNode("Attention", ["x", "x", "x"], ["y"], {
    q_num_heads: int(2),
    kv_num_heads: int(2),
    is_causal: int(1),
  });
  const model = onnxModel([attention], { opset: 23, shape: ["batch", "length", 8] });
  await checkImport(model, { inputs: { x: normal([2, 5, 8]) }, tolerance: 1e-5 });
  await checkImport(model, {
    inputs: { x: normal([2, 5, 8]) },
    shapes: { x: [2, 5, 8] },
    tolerance: 1e-5,
  });
});

test("Identity vanishes, also where it gives an output", async () => {
  const nodes = [
    onnxNode("Identity", ["x"], ["a"]),
    onnxNode("Relu", ["a"], ["b"]),
    onnxNode("Identity", ["b"], ["y"]),
  ];
  const imported = await checkImport(onnxModel(nodes), { inputs: { x: normal([2, 3]) } });
  assert.deepEqual(operatorsOf(imported), ["Relu"]);
});

test("Constant nodes of every numeric kind become constants", async () => {
  const constant = (name: string, attributes: Record<string, Attribute>) =>
    onnxNode("Constant", [], [name], attributes);
  const nodes = [
    constant("a", { value: { kind: "tensor", value: float32([1, 2, 3]) } }),
    constant("b", { value_float: float(0.5) }),
    constant("c", { value_floats: { kind: "floats", value: [1, 0, 1] } }),
    constant("d", { value_int: int(1) }),
    constant("e", { value_ints: ints([0]) }),
    onnxNode("Sum", ["x", "a", "b", "c"], ["sum"]),
    onnxNode("Gather", ["sum", "d"], ["row"]),
    onnxNode("Unsqueeze", ["row", "e"], ["y"]),
  ];
  const imported = await checkImport(onnxModel(nodes), {
    inputs: { x: normal([2, 3]) },
    tolerance: 1e-6,
  });
  assert.deepEqual(operatorsOf(imported), ["Sum", "Gather", "Unsqueeze"]);
});

test("a weight that is trained is a parameter with the content of the file, the others are constants", async () => {
  const initializers = { w: normal([3, 4]), frozen: normal([4]), scale: float32(2) };
  const nodes = [
    onnxNode("MatMul", ["x", "w"], ["a"]),
    onnxNode("Add", ["a", "frozen"], ["b"]),
    onnxNode("Mul", ["b", "scale"], ["y"]),
  ];
  const model = onnxModel(nodes, { initializers });
  const imported = await checkImport(model, {
    inputs: { x: normal([2, 3]) },
    trainable: (name) => name !== "frozen",
  });
  assert.deepEqual([...imported.weights], [["w", initializers.w]]);
  assert.deepEqual(
    imported.graph.inputs.map(({ role }) => role),
    ["data", "parameter"],
  );
  assert.equal(imported.graph.constantOf({ name: "frozen" }), initializers.frozen);
});

test("a model can be imported into a graph, on values of it, with weights declared there", () => {
  const graph = createGraph();
  const x = op.Relu(graph.input("features", [2, 3]));
  graph.input("y", [1]);
  const model = onnxModel([onnxNode("MatMul", ["x", "w"], ["y"])], {
    initializers: { w: normal([3, 4]) },
  });
  const { outputs, inputs } = fromOnnx(model, {
    graph,
    inputs: { x },
    trainable: () => true,
    declare: (name, { shape }) => graph.parameter(`encoder.${name}`, shape),
  });
  assert.equal(inputs.x, x);
  assert.deepEqual(outputs.y.shape, [2, 4]);
  assert.deepEqual(
    graph.producerOf(outputs.y)?.inputs.map((value) => value?.name),
    [x.name, "encoder.w"],
  );
  assert.deepEqual(graph.outputs, []);
});

test("an If whose condition is known leaves only the branch that is taken", async () => {
  const branch = (operator: string): Attribute => ({
    kind: "graph",
    value: {
      ...onnxModel([onnxNode(operator, ["x"], ["inner"])]).graph,
      inputs: [],
      outputs: [{ name: "inner" }],
    },
  });
  const nodes = [
    onnxNode("Shape", ["x"], ["shape"]),
    onnxNode("Gather", ["shape", "one"], ["width"]),
    onnxNode("Equal", ["width", "one"], ["narrow"]),
    onnxNode("If", ["narrow"], ["y"], { then_branch: branch("Neg"), else_branch: branch("Relu") }),
  ];
  const model = onnxModel(nodes, { initializers: { one: int64(1) }, shape: ["n", "width"] });
  const inputs = { x: normal([2, 3]) };
  const known = await checkImport(model, { inputs, shapes: { x: [2, 3] } });
  assert.deepEqual(operatorsOf(known), ["Relu"]);
  const open = await checkImport(model, { inputs });
  assert.ok(operatorsOf(open).includes("If"));
});

test("a value that grows in a Loop has no known length", async () => {
  const body = {
    ...onnxModel([onnxNode("Concat", ["state", "x"], ["longer"], { axis: int(0) })]).graph,
    inputs: [
      { name: "step", type: "int64" as const, shape: [] },
      { name: "go", type: "bool" as const, shape: [] },
      { name: "state" },
    ],
    outputs: [{ name: "go" }, { name: "longer" }],
  };
  const loop = onnxNode("Loop", ["trips", "", "x"], ["y"], {
    body: { kind: "graph", value: body },
  });
  const model = onnxModel([loop], { initializers: { trips: int64(3) } });
  const { outputs } = await checkImport(model, { inputs: { x: normal([2, 3]) } });
  assert.equal(typeof outputs.y.shape[0], "string");
  assert.equal(outputs.y.shape[1], 3);
});

test("a Scan computes the same after import", async () => {
  const body = {
    ...onnxModel([
      onnxNode("Add", ["sum", "row"], ["next"]),
      onnxNode("Identity", ["next"], ["out"]),
    ]).graph,
    inputs: [{ name: "sum" }, { name: "row" }],
    outputs: [{ name: "next" }, { name: "out" }],
  };
  const scan = onnxNode("Scan", ["zero", "x"], ["last", "sums"], {
    body: { kind: "graph", value: body },
    num_scan_inputs: int(1),
  });
  const model = onnxModel([scan, onnxNode("Add", ["sums", "last"], ["y"])], {
    initializers: { zero: float32([0, 0, 0]) },
    shape: [4, 3],
  });
  const { outputs } = await checkImport(model, { inputs: { x: normal([4, 3]) } });
  assert.deepEqual(outputs.y.shape, [4, 3]);
});

test("names of nodes, values and outputs may coincide in the file", async () => {
  const named = (name: string, node: OnnxNode) => ({ ...node, name });
  const nodes = [
    named("x", onnxNode("Relu", ["x"], ["y.out"])),
    named("w", onnxNode("Neg", ["y.out"], ["x.out"])),
    named("", onnxNode("Abs", ["x.out"], ["w"])),
    named("y", onnxNode("Neg", ["w"], ["y"])),
  ];
  await checkImport(onnxModel(nodes), { inputs: { x: normal([2, 3]) } });
});

test("a graph of ours comes back from its file with the same names", () => {
  const model = convolutionModel();
  const again = toOnnx(fromOnnx(readOnnx(writeOnnx(model))).graph, { metadata: model.metadata });
  assert.deepEqual(again, model);
});

const refusals: readonly (readonly [string, string, RegExp, () => unknown])[] = [
  [
    "an operator without shape rule",
    "ONNX_OPERATOR",
    /Optional.y.*Optional/,
    () => fromOnnx(onnxModel([onnxNode("Optional", ["x"], ["y"])])),
  ],
  [
    "an operator named like a method",
    "ONNX_OPERATOR",
    /toString/,
    () => fromOnnx(onnxModel([onnxNode("toString", ["x"], ["y"])])),
  ],
  [
    "BatchNormalization in training mode",
    "ONNX_UNSUPPORTED",
    /training/,
    () =>
      fromOnnx(
        onnxModel([
          onnxNode("BatchNormalization", ["x", "x", "x", "x", "x"], ["y"], {
            training_mode: int(1),
          }),
        ]),
      ),
  ],
  [
    "Dropout whose mask is used",
    "ONNX_UNSUPPORTED",
    /mask/,
    () => fromOnnx(onnxModel([onnxNode("Dropout", ["x"], ["y", "mask"])])),
  ],
  [
    "a shape for an input that is not there",
    "ONNX_SHAPE",
    /it has x/,
    () => fromOnnx(reshapeModel(), { shapes: { z: [1] } }),
  ],
  [
    "a shape of another rank",
    "ONNX_SHAPE",
    /\[batch, 6\], got \[6\]/,
    () => fromOnnx(reshapeModel(), { shapes: { x: [6] } }),
  ],
  [
    "a shape against a number of the file",
    "ONNX_SHAPE",
    /\[batch, 6\], got \[1, 7\]/,
    () => fromOnnx(reshapeModel(), { shapes: { x: [1, 7] } }),
  ],
  [
    "weights that do not fit",
    "ONNX_SHAPE",
    /MatMul.y/,
    () =>
      fromOnnx(
        onnxModel([onnxNode("MatMul", ["x", "w"], ["y"])], {
          initializers: { w: float32([1, 2]) },
        }),
      ),
  ],
  [
    "a graph that has the name of an input",
    "GRAPH_NAME",
    /"x"/,
    () => {
      const graph = createGraph();
      graph.input("x", [1]);
      return fromOnnx(reshapeModel(), { graph });
    },
  ],
];

for (const [what, code, message, run] of refusals) {
  test(`${what} is refused with ${code}`, () => {
    assert.throws(run, (error: Error) => errorCode(error) === code && message.test(error.message));
  });
}

test("a length named in several inputs is bound in all of them", () => {
  const base = onnxModel([onnxNode("Add", ["x", "z"], ["y"])], { shape: ["batch", 3] });
  const inputs = [
    ...base.graph.inputs,
    { name: "z", type: "float32" as const, shape: ["batch", "2*n + 1"] },
  ];
  const imported = fromOnnx(
    { ...base, graph: { ...base.graph, inputs } },
    { shapes: { x: [8, 3] } },
  );
  assert.deepEqual(imported.inputs.z.shape, [8, "n2_n___1"]);
});

const shared =
  process.env.SOUK_SHARED_DATA ?? join(import.meta.dirname, "../../../../../shared/data");
const mobilenet = join(shared, "image-weights-mobilenet/mobilenet_v2_tf2_ptq.fp32.onnx.gz");

test("MobileNetV2 computes the same after import, its weights as parameters", async (t) => {
  if (!existsSync(mobilenet)) return t.skip("no MobileNetV2 file: set SOUK_SHARED_DATA");
  const model = readOnnx(new Uint8Array(gunzipSync(readFileSync(mobilenet))));
  const inputs = { input: normal([2, 3, 224, 224]) };
  const imported = await checkImport(model, {
    inputs,
    shapes: { input: [2, 3, 224, 224] },
    trainable: () => true,
  });
  assert.deepEqual(imported.outputs.logits.shape, [2, 1001]);
  assert.equal(imported.weights.size, 106);
});
