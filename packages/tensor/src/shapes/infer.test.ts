import { strict as assert } from "node:assert";
import { test } from "node:test";
import { createRng } from "@souk/core";
import { everyCase } from "../gradients/every-case.ts";
import { differentiate } from "../gradients/differentiate.ts";
import { gradientRules } from "../gradients/rules.ts";
import { drawSample } from "../gradients/samples.ts";
import { createGraph } from "../graph/create.ts";
import type { Graph, Value } from "../graph/graph.ts";
import { toOnnx } from "../graph/to-onnx.ts";
import type { Dim } from "../onnx/model.ts";
import { formatShape, int64, type Tensor } from "../onnx/tensor.ts";
import { writeOnnx } from "../onnx/write.ts";
import { Add } from "../operators/arithmetic.ts";
import { op } from "../operators/operators.ts";
import { ReduceSum } from "../operators/reduction.ts";
import { openSession } from "../run/session.ts";
import { forwardCases } from "./forward.cases.ts";
import { shapeRules } from "./rules.ts";

/** Runs the graph as it is, every value an output, and gives "name type shape" of each as inferred and as it came. */
async function compare(graph: Graph, inputs: Readonly<Record<string, Tensor>> = {}) {
  const values = graph.nodes.flatMap((node) => node.outputs);
  for (const value of values) graph.output(value);
  const session = await openSession(writeOnnx(toOnnx(graph)), {
    threads: 1,
    optimization: "disabled",
  });
  const feeds = session.inputNames.map((name) => [name, inputs[name]]);
  const results = await session.run(Object.fromEntries(feeds));
  await session.close();
  const lengths = lengthsOf(graph, inputs);
  const describe = (name: string, type: string, shape: readonly Dim[]) =>
    `${name} ${type} ${formatShape(shape)}`;
  return {
    inferred: values.map(({ name, type, shape }) =>
      describe(
        name,
        type,
        shape.map((dim) => lengthNow(dim, lengths)),
      ),
    ),
    actual: values.map(({ name }) => describe(name, results[name].type, results[name].shape)),
  };
}

/** What the named lengths of the inputs are in this run. */
function lengthsOf(graph: Graph, inputs: Readonly<Record<string, Tensor>>): Map<string, number> {
  const lengths = new Map<string, number>();
  for (const { value } of graph.inputs) {
    value.shape.forEach((dim, axis) => {
      if (typeof dim === "string") lengths.set(dim, inputs[value.name].shape[axis]);
    });
  }
  return lengths;
}

/** A length like "4*batch*length" in numbers. */
function lengthNow(dim: Dim, lengths: ReadonlyMap<string, number>): Dim {
  if (typeof dim === "number") return dim;
  const factors = dim.split("*").map((factor) => lengths.get(factor) ?? Number(factor));
  return factors.reduce((product, factor) => product * factor, 1);
}

for (const { operator, about, build, shapes, options } of everyCase) {
  test(`${operator}, ${about}: shapes of it and of its gradient are those ONNX Runtime gives`, async () => {
    const graph = createGraph();
    const inputs = shapes.map((shape, index) => graph.input(`x${index}`, shape));
    const built = build(graph, inputs);
    const outputs: readonly Value[] = "name" in built ? [built] : built;
    differentiate(outputs.map((value) => ReduceSum(value)).reduce(Add), inputs);
    const rng = createRng(1);
    const sampleOf = (index: number) =>
      typeof options?.sample === "string" ? options.sample : options?.sample?.[index];
    const feeds = shapes.map((shape, input) => [
      `x${input}`,
      drawSample(shape, { sample: sampleOf(input) ?? "normal", rng, input }),
    ]);
    const { inferred, actual } = await compare(graph, Object.fromEntries(feeds));
    assert.deepEqual(inferred, actual);
  });
}

const DATA_DEPENDENT = new Set(["NonZero"]);

for (const { operator, about, build } of forwardCases) {
  test(`${operator} of ${about}: types and shapes are those ONNX Runtime gives`, async () => {
    const graph = createGraph();
    build(graph);
    const { inferred, actual } = await compare(graph);
    if (DATA_DEPENDENT.has(operator)) return;
    assert.deepEqual(inferred, actual);
  });
}

test("every operator with a shape rule has a row", () => {
  const shown = new Set([
    ...everyCase.map(({ operator }) => operator),
    ...forwardCases.map(({ operator }) => operator),
  ]);
  assert.deepEqual(
    Object.keys(shapeRules).filter((operator) => !shown.has(operator)),
    [],
  );
});

test("every operator with a gradient rule has a shape rule", () => {
  assert.deepEqual(
    Object.keys(gradientRules).filter((operator) => !Object.hasOwn(shapeRules, operator)),
    [],
  );
});

test("shapes with named lengths hold for every batch and length", async () => {
  const draw = (shape: readonly number[]) =>
    drawSample(shape, { sample: "normal", rng: createRng(2) });
  for (const [batch, length] of [
    [1, 1],
    [2, 5],
    [3, 4],
  ]) {
    const graph = createGraph();
    const words = graph.input("words", ["batch", "length"], { type: "int64" });
    const table = graph.constant(draw([9, 6]));
    const x = op.Gather(table, words);
    const heads = (value: Value) =>
      op.Transpose(op.Reshape(value, ["batch", "length", 2, 3]), [0, 2, 1, 3]);
    const scores = op.FusedMatMul(heads(x), heads(x), { transB: true });
    const mixed = op.MatMul(op.Softmax(scores), heads(x));
    const joined = op.Reshape(op.Transpose(mixed, [0, 2, 1, 3]), ["batch", "length", 6]);
    const channels = op.Transpose(joined, [0, 2, 1]);
    const convolved = op.Conv(channels, graph.constant(draw([4, 6, 3])), { pads: [1, 1] });
    const pooled = op.ReduceMax(convolved, { axes: [-1] });
    op.Flatten(joined, 2);
    op.Concat([pooled, op.ReduceMean(joined, { axes: [1] })], -1);
    op.Tile(words, [2, 3]);
    op.Unsqueeze(op.Slice(pooled, { starts: [1], ends: [3], axes: [1] }), [0]);
    const content = int64(
      Array.from({ length: batch * length }, (_, at) => at % 9),
      [batch, length],
    );
    const { inferred, actual } = await compare(graph, { words: content });
    assert.deepEqual(inferred, actual);
  }
});
