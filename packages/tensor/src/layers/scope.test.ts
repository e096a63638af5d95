import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "@souk/core";
import { createGraph } from "../graph/create.ts";
import { float32, type Tensor } from "../onnx/tensor.ts";
import { createScope, type Initializer } from "./scope.ts";

const uniform: Initializer = (shape, rng) =>
  Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => rng.next());

test("a new weight depends on the seed and its full name, not on the order of layers", () => {
  const made = [
    ["a", "b"],
    ["b", "a"],
  ].map((order) => {
    const weights = new Map<string, Tensor>();
    const scope = createScope(createGraph(), { weights, rng: createRng(5) }).within("layer");
    for (const name of order) scope.parameter(name, [3], uniform);
    return weights;
  });
  assert.deepEqual(made[0].get("layer.a"), made[1].get("layer.a"));
  assert.deepEqual(made[0].get("layer.b"), made[1].get("layer.b"));
  assert.notDeepEqual(made[0].get("layer.a")?.data, made[0].get("layer.b")?.data);
});

test("a weight asked for twice is one value", () => {
  const scope = createScope(createGraph(), { weights: new Map(), rng: createRng(1) });
  assert.equal(scope.parameter("w", [2], uniform), scope.parameter("w", [2], uniform));
});

test("a weight that exists is used, with another shape it is refused", () => {
  const weights = new Map([["w", float32([1, 2])]]);
  const scope = createScope(createGraph(), { weights, rng: createRng(1) });
  scope.parameter("w", [2], uniform);
  assert.deepEqual([...weights.get("w")!.data], [1, 2]);
  assert.throws(() => scope.parameter("w", [3], uniform), { code: "ONNX_SHAPE" });
});

test("a frozen weight is a constant, a trained one an input", () => {
  const graph = createGraph();
  const scope = createScope(graph, {
    weights: new Map(),
    rng: createRng(1),
    freeze: (name) => name.startsWith("encoder."),
  });
  scope.within("encoder").parameter("w", [2], uniform);
  scope.within("head").parameter("w", [2], uniform);
  assert.ok(graph.constants.has("encoder.w"));
  assert.deepEqual(
    graph.inputs.map(({ value }) => value.name),
    ["head.w"],
  );
});

test("random inputs asked for under one name are different ones", () => {
  const graph = createGraph();
  const scope = createScope(graph, { weights: new Map(), rng: createRng(1) }).within("block");
  scope.random("dropout");
  scope.random("dropout");
  assert.deepEqual(
    graph.inputs.map(({ value, role }) => `${role} ${value.name}`),
    ["random block.dropout#1", "random block.dropout#2"],
  );
});
