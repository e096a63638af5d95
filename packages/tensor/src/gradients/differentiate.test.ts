import { strict as assert } from "node:assert";
import { test } from "node:test";
import { createGraph } from "../graph/create.ts";
import type { Graph, Value } from "../graph/graph.ts";
import { toOnnx } from "../graph/to-onnx.ts";
import { float32, int64, numbersOf, type Tensor } from "../onnx/tensor.ts";
import { writeOnnx } from "../onnx/write.ts";
import { op } from "../operators/operators.ts";
import { openSession } from "../run/session.ts";
import { checkGradient } from "./check.ts";
import { defineGrad, differentiate } from "./differentiate.ts";
import { unaryRule } from "./rule.ts";

/** Elements of what `build` gives, computed by ONNX Runtime. */
async function evaluate(
  inputs: Readonly<Record<string, Tensor>>,
  build: (graph: Graph, values: Readonly<Record<string, Value>>) => readonly Value[],
): Promise<number[][]> {
  const graph = createGraph();
  const values = Object.fromEntries(
    Object.entries(inputs).map(([name, { type, shape }]) => [
      name,
      graph.input(name, shape, { type }),
    ]),
  );
  build(graph, values).forEach((value, index) => graph.output(value, `y${index}`));
  const session = await openSession(writeOnnx(toOnnx(graph)), { threads: 1 });
  const feeds = session.inputNames.map((name) => [name, inputs[name]]);
  const results = await session.run(Object.fromEntries(feeds));
  await session.close();
  return session.outputNames.map((name) => numbersOf(results[name]));
}

const x = float32([0.5, -1, 2, 0.25, 3, -0.75], [2, 3]);

// L = Σ x² e^x: dL/dx = (2x + x²) e^x
test("the gradient of a composite is that worked by hand", async () => {
  const [gradient] = await evaluate({ x }, (_, { x }) =>
    differentiate(op.ReduceSum(op.Mul(op.Mul(x, x), op.Exp(x))), [x]),
  );
  numbersOf(x).forEach((value, at) => {
    const expected = (2 * value + value * value) * Math.exp(value);
    assert.ok(Math.abs(gradient[at] - expected) <= 1e-6 * Math.max(1, Math.abs(expected)));
  });
});

test("differentiation is linear: d(a K + b L) = a dK + b dL", async () => {
  const [mixed, first, second] = await evaluate({ x }, (graph, { x }) => {
    const one = op.ReduceSum(op.Tanh(op.Mul(x, x)));
    const other = op.ReduceMean(op.Softmax(op.Sin(x)), { axes: [0, 1] });
    const another = op.ReduceSum(op.Mul(other, op.Exp(op.ReduceMax(x))));
    const sum = op.Add(op.Mul(one, graph.scalar(3)), op.Mul(another, graph.scalar(-0.5)));
    return [sum, one, another].map((loss) => differentiate(loss, [x])[0]);
  });
  mixed.forEach((value, at) =>
    assert.ok(Math.abs(value - (3 * first[at] - 0.5 * second[at])) < 1e-5),
  );
});

test("a weight used twice gets the sum of both gradients", async () => {
  const w = float32([1, 2, 3, -1, 0.5, 4, 2, 2, 1], [3, 3]);
  const [shared, left, right] = await evaluate({ x, w }, (graph, { x, w }) => {
    const copy = op.Identity(w);
    const loss = (a: Value, b: Value) => op.ReduceSum(op.Tanh(op.MatMul(op.MatMul(x, a), b)));
    const [both] = differentiate(loss(w, w), [w]);
    const apart = loss(copy, w);
    const [a] = differentiate(apart, [copy]);
    const [b] = differentiate(loss(graph.constant(wContent), w), [w]);
    return [both, a, b];
  });
  shared.forEach((value, at) => assert.ok(Math.abs(value - left[at] - right[at]) < 1e-5));
});
const wContent = float32([1, 2, 3, -1, 0.5, 4, 2, 2, 1], [3, 3]);

test("the gradient by an intermediate value times its own derivative is the gradient by the input", async () => {
  const [direct, inner] = await evaluate({ x }, (_, { x }) => {
    const middle = op.Exp(x);
    const loss = op.ReduceSum(op.Sigmoid(op.Mul(middle, middle)));
    const [byInput] = differentiate(loss, [x]);
    const [byMiddle] = differentiate(loss, [middle]);
    return [byInput, op.Mul(byMiddle, middle)];
  });
  direct.forEach((value, at) => assert.ok(Math.abs(value - inner[at]) < 1e-6));
});

// L = Σ x³: dL/dx = 3 x², d(Σ dL/dx)/dx = 6 x
test("a gradient can be differentiated again", async () => {
  const [second] = await evaluate({ x }, (_, { x }) => {
    const [first] = differentiate(op.ReduceSum(op.Mul(x, op.Mul(x, x))), [x]);
    return differentiate(op.ReduceSum(first), [x]);
  });
  assert.deepEqual(
    second,
    numbersOf(x).map((value) => 6 * value),
  );
});

test("the gradient of the loss by itself is 1", async () => {
  const [one] = await evaluate({ x }, (_, { x }) => {
    const loss = op.ReduceSum(x);
    return differentiate(loss, [loss]);
  });
  assert.deepEqual(one, [1]);
});

test("equals share the gradient of a maximum, as in PyTorch", async () => {
  const tied = float32([2, 1, 2, 2, 0, 1], [2, 3]);
  const [reduced, pair] = await evaluate({ tied }, (graph, { tied }) => {
    const two = graph.constant(float32([2, 2, 2, 2, 2, 2], [2, 3]));
    const [reduced] = differentiate(op.ReduceSum(op.ReduceMax(tied, { axes: [1] })), [tied]);
    const [pair] = differentiate(op.ReduceSum(op.Max(tied, two)), [tied]);
    return [reduced, pair];
  });
  assert.deepEqual(reduced, [0.5, 0, 0.5, 1, 0, 0]);
  assert.deepEqual(pair, [0.5, 0, 0.5, 0.5, 0, 0]);
});

test("the gradient of Relu is 0 at 0 and 1 at the smallest normal number", async () => {
  const edge = float32([-1, 0, 1.2e-38, 1, 3e38]);
  const [gradient] = await evaluate({ edge }, (_, { edge }) =>
    differentiate(op.ReduceSum(op.Relu(edge)), [edge]),
  );
  assert.deepEqual(gradient, [0, 0, 1, 1, 1]);
});

test("the gradient of |x| is 0 at 0", async () => {
  const edge = float32([-3e38, -1.2e-38, 0, 1.2e-38, 3e38]);
  const [gradient] = await evaluate({ edge }, (_, { edge }) =>
    differentiate(op.ReduceSum(op.Abs(edge)), [edge]),
  );
  assert.deepEqual(gradient, [-1, -1, 0, 1, 1]);
});

test("a product's gradient is right where one or two factors are 0", async () => {
  const factors = float32([2, 0, 3, 0, 0, 5], [2, 3]);
  const [gradient] = await evaluate({ factors }, (_, { factors }) =>
    differentiate(op.ReduceSum(op.ReduceProd(factors, { axes: [1] })), [factors]),
  );
  assert.deepEqual(gradient, [0, 6, 0, 0, 0, 0]);
});

test("a norm's gradient is 0 at the origin", async () => {
  const origin = float32([0, 0, 0]);
  const [gradient] = await evaluate({ origin }, (_, { origin }) =>
    differentiate(op.ReduceL2(origin), [origin]),
  );
  assert.deepEqual(gradient, [0, 0, 0]);
});

test("a power's gradient is finite where base or exponent is 0", async () => {
  const [a, b] = [float32([0, 0, 2, 3]), float32([0, 2, 0, 2])];
  const [da, db] = await evaluate({ a, b }, (_, { a, b }) =>
    differentiate(op.ReduceSum(op.Pow(a, b)), [a, b]),
  );
  assert.deepEqual(da, [0, 0, 0, 6]);
  assert.deepEqual(
    db.map((value) => Math.round(value * 1e5) / 1e5),
    [0, 0, 0.69315, 9.88751],
  );
});

test("a value that counts only through whole numbers has gradient 0", async () => {
  const [gradient] = await evaluate({ x }, (_, { x }) => {
    const best = op.Cast(op.ArgMax(x), "float32");
    return differentiate(op.ReduceSum(best), [x]);
  });
  assert.deepEqual(gradient, [0, 0, 0, 0, 0, 0]);
});

const square = (a: Value) => a.graph.apply("ThresholdedRelu", [op.Mul(a, a)]);

test("defineGrad replaces a rule in its own table and leaves the others", async () => {
  const rules = defineGrad(
    "ThresholdedRelu",
    unaryRule(({ g }) => op.Mul(g, g.graph.scalar(100))),
  );
  const [own, usual] = await evaluate({ x }, (_, { x }) => {
    const loss = op.ReduceSum(square(x));
    return [...differentiate(loss, [x], { rules }), ...differentiate(loss, [x])];
  });
  assert.deepEqual(
    own,
    numbersOf(x).map((value) => 200 * value),
  );
  assert.deepEqual(
    usual,
    numbersOf(x).map((value) => 2 * value * Number(value * value > 1)),
  );
});

test("checkGradient finds a user's rule that is wrong and says where", async () => {
  const rules = defineGrad(
    "Tanh",
    unaryRule(({ g, y }) => op.Mul(g, op.Mul(y, y))),
  );
  await assert.rejects(
    checkGradient((_, [a]) => op.Tanh(a), [[2, 3]], { rules }),
    /gradient of input 0 \[2, 3\] at element \d: expected -?\d.* by differences, got/,
  );
  const report = await checkGradient((_, [a]) => op.Tanh(a), [[2, 3]]);
  assert.ok(report.error < 1e-3);
  assert.deepEqual(report.gradients[0].shape, [2, 3]);
});

test("an operator without a rule is named, with its node", () => {
  const graph = createGraph();
  const input = graph.input("x", [2, 3]);
  const [y] = graph.node("Mod", [input, input], { name: "my-node" });
  assert.throws(() => differentiate(op.ReduceSum(y), [input]), {
    code: "GRADIENT_RULE",
    message: "no gradient rule for operator Mod at node my-node; add one with defineGrad",
  });
});

test("a rule that gives a wrong shape is named, with both shapes", () => {
  const graph = createGraph();
  const input = graph.input("x", [2, 3]);
  const rules = defineGrad("Exp", ({ inputs }) => [inputs[0] && op.ReduceSum(inputs[0])]);
  assert.throws(() => differentiate(op.ReduceSum(op.Exp(input)), [input], { rules }), {
    code: "GRADIENT_SHAPE",
    message: "rule of Exp (Exp_0): gradient of x must be [2, 3], got []",
  });
});

test("a loss must be one float32", () => {
  const graph = createGraph();
  const input = graph.input("x", [2, 3]);
  assert.throws(() => differentiate(input, [input]), {
    code: "GRADIENT_LOSS",
    message: "a loss is one float32, got float32 [2, 3] (x)",
  });
  const count = graph.input("n", [], { type: "int64" });
  assert.throws(() => differentiate(count, [input]), { code: "GRADIENT_LOSS" });
});

test("a value the loss does not depend on is named", () => {
  const graph = createGraph();
  const [used, unused] = [graph.input("used", [2]), graph.input("unused", [2])];
  assert.throws(() => differentiate(op.ReduceSum(used), [used, unused]), {
    code: "GRADIENT_UNREACHED",
    message: "the loss does not depend on unused",
  });
});

test("a batch known only at run time cannot be differentiated, and is named", () => {
  const graph = createGraph();
  const input = graph.input("x", ["batch", 3]);
  assert.throws(() => differentiate(op.ReduceMean(op.Mul(input, input)), [input]), {
    code: "ONNX_DYNAMIC",
    message: /expected a shape known now, got \[batch, 3\]/,
  });
});

test("a body that captures a trained value is refused, not differentiated wrongly", () => {
  const graph = createGraph();
  const [w, input] = [graph.parameter("w", [2]), graph.input("x", [2])];
  const body = graph.body("body");
  body.input("i", [], { type: "int64" });
  const go = body.input("go", [], { type: "bool" });
  const carried = body.input("carried", [2]);
  body.output(op.Identity(go), "go.out");
  body.output(op.Mul(carried, w), "carried.out");
  const [y] = graph.node("Loop", [graph.constant(int64(3)), null, input], {
    attributes: { body: { kind: "graph", value: body } },
  });
  assert.throws(() => differentiate(op.ReduceSum(y), [w]), {
    code: "GRADIENT_RULE",
    message: "Loop Loop_0: its body captures w, expected it as an input of the node",
  });
});

test("an output whose gradient its rule does not know is refused, not left out", () => {
  const graph = createGraph();
  const input = graph.input("x", [2, 3]);
  const scale = graph.constant(float32([1, 1, 1]));
  const [y, mean] = graph.node("LayerNormalization", [input, scale], { outputs: 2 });
  const loss = op.Add(op.ReduceSum(y), op.ReduceSum(mean));
  assert.throws(() => differentiate(loss, [input]), {
    code: "GRADIENT_RULE",
    message: /LayerNormalization_0: expected the loss to depend on the first output only/,
  });
});

test("what needs no gradient costs no node", () => {
  const graph = createGraph();
  const [input, w] = [graph.input("x", [2, 3]), graph.parameter("w", [3, 4])];
  const loss = op.ReduceSum(op.MatMul(op.Exp(input), w));
  const before = graph.nodes.length;
  differentiate(loss, [w]);
  const added = graph.nodes.slice(before).map(({ operator }) => operator);
  assert.deepEqual(added, ["Expand", "Gemm"]);
});
