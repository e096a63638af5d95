import { strict as assert } from "node:assert";
import { test } from "node:test";
import { float32, int64 } from "../onnx/tensor.ts";
import { op } from "../operators/operators.ts";
import { createGraph } from "./create.ts";
import { graphOf, staticShape } from "./graph.ts";

test("names are unique over a graph and its bodies", () => {
  const graph = createGraph();
  const x = graph.input("x", [2]);
  assert.throws(() => graph.input("x", [3]), {
    code: "GRAPH_NAME",
    message: 'a value needs a name of its own, "x" is taken',
  });
  assert.throws(() => graph.input("", [3]), { code: "GRAPH_NAME" });
  const body = graph.body("body");
  assert.throws(() => body.input("x", [2]), { code: "GRAPH_NAME" });
  const names = [op.Exp(x), op.Exp(x)].map(({ name }) => name);
  assert.deepEqual(names, ["Exp_0.out", "Exp_1.out"]);
  assert.equal(body.apply("Exp", [x]).name, "Exp_2.out");
});

test("a generated name steps aside for one that is taken", () => {
  const graph = createGraph();
  const x = graph.input("Exp_0", [2]);
  assert.equal(op.Exp(x).name, "Exp_1.out");
  assert.equal(graph.uniqueName("w"), "w_0");
  assert.equal(graph.uniqueName("w"), "w_1");
});

test("a value of another graph is refused, one of an enclosing graph is not", () => {
  const [graph, other] = [createGraph(), createGraph()];
  const [x, foreign] = [graph.input("x", [2]), other.input("y", [2])];
  assert.throws(() => graph.apply("Add", [x, foreign]), {
    code: "GRAPH_FOREIGN",
    message: "Add_0: value y is of another graph",
  });
  const inner = graph.body("body").body("inner");
  assert.deepEqual(inner.apply("Neg", [x]).shape, [2]);
  const hidden = graph.body("other").input("hidden", [2]);
  assert.throws(() => graph.apply("Neg", [hidden]), { code: "GRAPH_FOREIGN" });
});

test("an operator over values of a body and of the graph around it goes into the body", () => {
  const graph = createGraph();
  const x = graph.input("x", [2]);
  const body = graph.body("body");
  const inside = body.input("inside", [2]);
  assert.equal(graphOf([x, inside, null]), body);
  assert.equal(op.Mul(x, inside).graph, body);
  assert.throws(() => graphOf([null]), { code: "GRAPH_INPUTS" });
});

test("equal small constants are one value, large and named ones are not", () => {
  const graph = createGraph();
  assert.equal(graph.scalar(2), graph.scalar(2));
  assert.notEqual(graph.scalar(2), graph.constant(float32([2])));
  assert.notEqual(graph.constant(int64(2)), graph.scalar(2));
  assert.notEqual(graph.constant(float32([1, 2]), "mine"), graph.constant(float32([1, 2])));
  const large = float32(new Float32Array(65));
  assert.notEqual(graph.constant(large), graph.constant(large));
});

test("a constant is shared by its bits: -0 is not 0", () => {
  const graph = createGraph();
  assert.notEqual(graph.scalar(-0), graph.scalar(0));
  assert.equal(graph.constantOf(graph.scalar(7))?.data[0], 7);
});

test("the producer of a value is its node; inputs and constants have none", () => {
  const graph = createGraph();
  const x = graph.input("x", [2]);
  assert.equal(graph.producerOf(op.Exp(x))?.operator, "Exp");
  assert.equal(graph.producerOf(x), undefined);
  assert.equal(graph.body("body").producerOf(op.Exp(x)), undefined);
});

test("an optional output can be asked for later, once", () => {
  const graph = createGraph();
  const x = graph.input("x", [1, 2, 8]);
  const y = op.MaxPool(x, [2]);
  const node = graph.producerOf(y);
  assert.ok(node);
  const indices = graph.outputOf(node, 1);
  assert.deepEqual([indices.type, indices.shape], ["int64", [1, 2, 4]]);
  assert.equal(graph.outputOf(node, 1), indices);
  assert.equal(node.outputs.length, 2);
  assert.throws(() => graph.outputOf(node, 2), { code: "GRAPH_OUTPUTS" });
  assert.throws(() => createGraph().outputOf(node, 1), { code: "GRAPH_FOREIGN" });
});

test("an output's name is used once", () => {
  const graph = createGraph();
  const x = graph.input("x", [2]);
  graph.output(x, "y");
  assert.throws(() => graph.output(op.Exp(x), "y"), {
    code: "GRAPH_NAME",
    message: 'output "y" exists already',
  });
});

test("an operator without a shape rule is refused by name", () => {
  const graph = createGraph();
  const x = graph.input("x", [2]);
  assert.throws(() => graph.apply("Frobnicate", [x]), {
    code: "ONNX_OPERATOR",
    message: "Frobnicate_0: no shape rule for operator Frobnicate",
  });
  assert.throws(() => graph.apply("toString", [x]), { code: "ONNX_OPERATOR" });
});

test("a node that was refused leaves nothing behind", () => {
  const graph = createGraph();
  const x = graph.input("x", [2, 3]);
  const before = graph.nodes.length;
  assert.throws(() => op.MatMul(x, x), { code: "ONNX_SHAPE" });
  assert.throws(() => graph.node("Exp", [x], { outputs: 2 }), { code: "GRAPH_OUTPUTS" });
  assert.equal(graph.nodes.length, before);
});

test("staticShape names the value whose length is open", () => {
  const graph = createGraph();
  assert.throws(() => staticShape(graph.input("words", ["batch", 3])), {
    code: "ONNX_DYNAMIC",
    message: "words: expected a shape known now, got [batch, 3]",
  });
});
