import { strict as assert } from "node:assert";
import { test } from "node:test";
import { float32, int64, numbersOf } from "../onnx/tensor.ts";
import { writeOnnx } from "../onnx/write.ts";
import { op } from "../operators/operators.ts";
import { openSession } from "../run/session.ts";
import { createGraph } from "./create.ts";
import { toOnnx } from "./to-onnx.ts";

test("nodes, constants and inputs that no output needs are left out", () => {
  const graph = createGraph();
  const [x, unused] = [graph.input("x", [2]), graph.input("unused", [2])];
  op.Exp(unused);
  op.Add(x, graph.constant(float32([1, 2]), "forgotten"));
  graph.output(op.Neg(x), "y");
  const { graph: onnx } = toOnnx(graph);
  assert.deepEqual(
    onnx.nodes.map(({ operator }) => operator),
    ["Neg", "Identity"],
  );
  assert.deepEqual(
    onnx.inputs.map(({ name }) => name),
    ["x"],
  );
  assert.equal(onnx.initializers.size, 0);
});

test("what only a body uses is kept, what a body does not need is left out of it", async () => {
  const graph = createGraph();
  const [x, trips] = [graph.input("x", [2]), graph.input("trips", [], { type: "int64" })];
  const captured = op.Exp(x);
  const { states } = op.Loop(trips, [x], (_, [state]) => {
    op.Sin(state);
    return { states: [op.Add(state, captured)] };
  });
  graph.output(states[0], "y");
  const model = toOnnx(graph);
  assert.deepEqual(
    model.graph.nodes.map(({ operator }) => operator),
    ["Exp", "Loop", "Identity"],
  );
  const body = model.graph.nodes[1].attributes["body"];
  assert.ok(body.kind === "graph");
  assert.deepEqual(
    body.value.nodes.map(({ operator }) => operator).filter((name) => name !== "Identity"),
    ["Add"],
  );
  const session = await openSession(writeOnnx(model), { threads: 1 });
  const { y } = await session.run({ x: float32([0, 0]), trips: int64(3) });
  await session.close();
  assert.deepEqual(numbersOf(y), [3, 3]);
});

test("weights become initializers, other parameters stay inputs", () => {
  const graph = createGraph();
  const [w, b] = [graph.parameter("w", [2, 2]), graph.parameter("b", [2])];
  graph.output(op.Add(op.MatMul(graph.input("x", [1, 2]), w), b), "y");
  const weights = new Map([["w", float32([1, 2, 3, 4], [2, 2])]]);
  const { graph: onnx } = toOnnx(graph, { weights });
  assert.deepEqual([...onnx.initializers.keys()], ["w"]);
  assert.deepEqual(
    onnx.inputs.map(({ name }) => name),
    ["b", "x"],
  );
});

test("a weight of another shape than its parameter is refused", () => {
  const graph = createGraph();
  graph.output(op.Neg(graph.parameter("w", [2, 2])), "y");
  assert.throws(() => toOnnx(graph, { weights: new Map([["w", float32([1, 2])]]) }), {
    code: "ONNX_SHAPE",
    message: "parameter w: expected [2, 2], got [2]",
  });
});

test("an input or a constant can be an output, under several names", async () => {
  const graph = createGraph();
  const x = graph.input("x", [2]);
  graph.output(x, "copy");
  graph.output(x, "again");
  graph.output(graph.constant(float32([7])), "seven");
  const session = await openSession(writeOnnx(toOnnx(graph)), { threads: 1 });
  const results = await session.run({ x: float32([1, 2]) });
  await session.close();
  assert.deepEqual([results["copy"], results["again"], results["seven"]].map(numbersOf), [
    [1, 2],
    [1, 2],
    [7],
  ]);
});

test("operator sets name ONNX Runtime's own domain only where it is used", () => {
  const graph = createGraph();
  const x = graph.input("x", [2]);
  graph.output(op.Exp(x), "y");
  op.QuickGelu(x);
  assert.deepEqual(toOnnx(graph).opsets, { "": 20 });
  graph.output(op.QuickGelu(x), "z");
  assert.deepEqual(toOnnx(graph).opsets, { "": 20, "com.microsoft": 1 });
});
