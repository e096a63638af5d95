/** Small models for tests: every kind of attribute and element type, bodies inside bodies, elements in every place. */
import { createGraph } from "../graph/create.ts";
import { toOnnx } from "../graph/to-onnx.ts";
import { op } from "../operators/operators.ts";
import { type Attribute, int, type OnnxModel, type OnnxNode } from "./model.ts";
import {
  bytesField,
  encodeMessage,
  type Field,
  messageField,
  packedFloatsField,
  packedVarintsField,
  textField,
  varintField,
} from "./protobuf-writer.ts";
import {
  allocate,
  type ElementType,
  elementTypeCodes,
  float32,
  int64,
  type Tensor,
} from "./tensor.ts";
import { writeOnnx } from "./write.ts";

/** A node of the standard domain. */
export function onnxNode(
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, Attribute>> = {},
): OnnxNode {
  return { operator, domain: "", name: `${operator}.${outputs[0]}`, inputs, outputs, attributes };
}

/** A model of float32 `x` to `y` with these nodes. */
export function onnxModel(
  nodes: readonly OnnxNode[],
  {
    initializers = {},
    shape = [2, 3],
    opset = 20,
  }: {
    initializers?: Record<string, Tensor>;
    shape?: readonly (number | string)[];
    opset?: number;
  } = {},
): OnnxModel {
  return {
    irVersion: 9,
    producer: "test",
    opsets: { "": opset },
    graph: {
      name: "sample",
      nodes,
      initializers: new Map(Object.entries(initializers)),
      inputs: [{ name: "x", type: "float32", shape }],
      outputs: [{ name: "y", type: "float32" }],
      values: [],
    },
    metadata: { made: "by hand" },
  };
}

/** y = x doubled until 5 steps are done: a Loop whose body has an If. */
export function loopModel(): OnnxModel {
  const branch = (name: string, factor: string) => ({
    ...onnxModel([]).graph,
    name,
    nodes: [onnxNode("Mul", ["state", factor], [`${name}.out`])],
    inputs: [],
    outputs: [{ name: `${name}.out` }],
  });
  const body = {
    ...onnxModel([]).graph,
    name: "body",
    nodes: [
      onnxNode("Less", ["step", "three"], ["early"]),
      onnxNode("If", ["early"], ["next"], {
        then_branch: { kind: "graph", value: branch("then", "two") },
        else_branch: { kind: "graph", value: branch("else", "half") },
      }),
      onnxNode("ReduceSum", ["next"], ["sum"], { keepdims: int(0) }),
    ],
    inputs: [
      { name: "step", type: "int64" as const, shape: [] },
      { name: "go", type: "bool" as const, shape: [] },
      { name: "state" },
    ],
    outputs: [{ name: "go" }, { name: "next" }, { name: "sum" }],
  };
  const loop = onnxNode("Loop", ["trips", "", "x"], ["last", "sums"], {
    body: { kind: "graph", value: body },
  });
  const initializers = {
    trips: int64(5),
    three: int64(3),
    two: float32(2),
    half: float32(0.5),
  };
  const total = onnxNode("ReduceSum", ["sums"], ["total"]);
  return onnxModel([loop, total, onnxNode("Add", ["last", "total"], ["y"])], { initializers });
}

/** Convolution, pooling and a dense layer, built with our own graph. */
export function convolutionModel(): OnnxModel {
  const graph = createGraph("convolution");
  const image = graph.input("image", ["batch", 2, 8, 8]);
  const filters = graph.constant(float32(ramp(3 * 2 * 3 * 3), [3, 2, 3, 3]), "filters");
  const features = op.Relu(op.Conv(image, filters, { pads: [1, 1, 1, 1] }));
  const pooled = op.Flatten(op.GlobalAveragePool(features));
  const weight = graph.constant(float32(ramp(12), [3, 4]), "weight");
  graph.output(op.Softmax(op.MatMul(pooled, weight), -1), "classes");
  return toOnnx(graph, { metadata: { labels: "a,b,c,d" } });
}

/** The shape arithmetic that PyTorch writes for `x.view(x.size(0), -1, 2)`. */
export function reshapeModel(): OnnxModel {
  const nodes = [
    onnxNode("Shape", ["x"], ["shape"]),
    onnxNode("Gather", ["shape", "zero"], ["rows"]),
    onnxNode("Unsqueeze", ["rows", "zeros"], ["front"]),
    onnxNode("Concat", ["front", "rest"], ["target"], { axis: int(0) }),
    onnxNode("Reshape", ["x", "target"], ["y"]),
  ];
  const initializers = { zero: int64(0), zeros: int64([0]), rest: int64([-1, 2]) };
  return onnxModel(nodes, { initializers, shape: ["batch", 6] });
}

/** Attributes of every kind, and initializers of every type. */
export function everythingModel(): OnnxModel {
  const types = Object.keys(elementTypeCodes) as ElementType[];
  const initializers = Object.fromEntries(
    types.map((type): [string, Tensor] => [type, { type, shape: [2, 2], data: allocate(type, 4) }]),
  );
  const attributes: Record<string, Attribute> = {
    int: { kind: "int", value: -3 },
    float: { kind: "float", value: 0.5 },
    string: { kind: "string", value: "é" },
    ints: { kind: "ints", value: [1, -1, 300, 2 ** 40] },
    floats: { kind: "floats", value: [0.25, -1] },
    strings: { kind: "strings", value: ["a", ""] },
    tensor: { kind: "tensor", value: float32([1, 2, 3]) },
    graph: { kind: "graph", value: { ...onnxModel([]).graph, inputs: [], outputs: [] } },
  };
  return onnxModel([onnxNode("Everything", ["x", "", "float32"], ["y"], attributes)], {
    initializers,
  });
}

function ramp(count: number): number[] {
  return Array.from({ length: count }, (_, at) => (at % 7) / 7 - 0.4);
}

/** Elements of [1, 2] in the list of their type, as older exporters write them: fields of TensorProto by type. */
export const listedElements: Readonly<Partial<Record<ElementType, Field>>> = {
  float32: packedFloatsField(4, [1, 2]),
  int32: packedVarintsField(5, [1, 2]),
  int8: packedVarintsField(5, [1, 2]),
  uint8: packedVarintsField(5, [1, 2]),
  int16: packedVarintsField(5, [1, 2]),
  uint16: packedVarintsField(5, [1, 2]),
  // 1 and 2 as float16 and as bfloat16.
  float16: packedVarintsField(5, [0x3c00, 0x4000]),
  bfloat16: packedVarintsField(5, [0x3f80, 0x4000]),
  int64: packedVarintsField(7, [1, 2]),
  float64: bytesField(10, new Uint8Array(Float64Array.of(1, 2).buffer)),
  uint32: packedVarintsField(11, [1, 2]),
  uint64: packedVarintsField(11, [1, 2]),
};

/** The bytes of a model whose initializer `w` is this TensorProto, and `y` is x. */
export function modelWithTensor(tensor: readonly Field[]): Uint8Array {
  const float2 = messageField(1, [
    varintField(1, 1),
    messageField(2, [messageField(1, [varintField(1, 2)])]),
  ]);
  const value = (name: string) => [textField(1, name), messageField(2, [float2])];
  const node = [textField(1, "x"), textField(2, "y"), textField(4, "Identity")];
  const graph = [
    messageField(1, node),
    messageField(5, [...tensor, textField(8, "w")]),
    messageField(11, value("x")),
    messageField(12, value("y")),
  ];
  return encodeMessage([
    varintField(1, 8),
    messageField(7, graph),
    messageField(8, [varintField(2, 13)]),
  ]);
}

/** Valid models, small, of every form. */
export function sampleModels(): readonly OnnxModel[] {
  return [loopModel(), convolutionModel(), reshapeModel(), everythingModel()];
}

/** The same as files, and files as other exporters write them. */
export function sampleFiles(): readonly Uint8Array[] {
  const listed = Object.entries(listedElements).map(([type, elements]) =>
    modelWithTensor([
      varintField(1, 2),
      varintField(2, elementTypeCodes[type as ElementType]),
      elements,
    ]),
  );
  return [...sampleModels().map(writeOnnx), ...listed];
}
