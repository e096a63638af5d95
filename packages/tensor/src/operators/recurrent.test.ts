import assert from "node:assert/strict";
import { test } from "node:test";
import { createGraph } from "../graph/create.ts";
import type { Graph, Value } from "../graph/graph.ts";
import { toOnnx } from "../graph/to-onnx.ts";
import { float32, int64, numbersOf, type Tensor } from "../onnx/tensor.ts";
import { writeOnnx } from "../onnx/write.ts";
import { openSession } from "../run/session.ts";
import { op } from "./operators.ts";

/** The values as ONNX Runtime computes them; each must have the shape that was inferred. */
async function run(graph: Graph, values: readonly Value[], inputs: Record<string, Tensor>) {
  values.forEach((value, at) => graph.output(value, `result${at}`));
  const session = await openSession(writeOnnx(toOnnx(graph)), { threads: 1 });
  const results = await session.run(inputs);
  await session.close();
  return values.map(({ shape }, at) => {
    const result = results[`result${at}`];
    shape.forEach((dim, axis) => {
      if (typeof dim === "number") assert.equal(result.shape[axis], dim);
    });
    return numbersOf(result);
  });
}

const rows = float32([1, 10, 2, 20, 3, 30], [3, 2]);

for (const reverse of [false, true]) {
  test(`a Scan ${reverse ? "from the last" : "from the first"} row gives running sums`, async () => {
    const graph = createGraph();
    const start = graph.constant(float32([0, 0]));
    const options = { reverseInputs: reverse, reverseOutputs: reverse };
    const { states, outputs } = op.Scan(
      { states: [start], inputs: [graph.input("rows", [3, 2])], ...options },
      ([sum], [row]) => {
        const next = op.Add(sum, row);
        return { states: [next], outputs: [next] };
      },
    );
    const [last, all] = await run(graph, [states[0], outputs[0]], { rows });
    assert.deepEqual(last, [6, 60]);
    assert.deepEqual(all, reverse ? [6, 60, 5, 50, 3, 30] : [1, 10, 3, 30, 6, 60]);
  });
}

test("a step may hand on its state, a slice and a value from outside as they are", async () => {
  const graph = createGraph();
  const outside = graph.input("outside", [2]);
  const { states, outputs } = op.Scan(
    { states: [outside], inputs: [graph.input("rows", [3, 2])] },
    ([state], [row]) => ({ states: [state], outputs: [row, row, outside] }),
  );
  const found = await run(graph, [...states, ...outputs], { rows, outside: float32([7, 8]) });
  const same = [1, 10, 2, 20, 3, 30];
  assert.deepEqual(found, [[7, 8], same, same, [7, 8, 7, 8, 7, 8]]);
});

test("a Loop runs as often as it is told, or until it says no", async () => {
  const graph = createGraph();
  const trips = graph.input("trips", [], { type: "int64" });
  const one = graph.constant(float32([1]));
  const { states, outputs } = op.Loop(trips, [one], (index, [x], body) => {
    const next = op.Mul(x, body.scalar(2));
    const proceed = op.Less(op.ReduceMax(next), body.scalar(100));
    return { states: [next], outputs: [op.Cast(index, "float32")], proceed };
  });
  assert.deepEqual(await run(graph, [...states, ...outputs], { trips: int64(3) }), [
    [8],
    [0, 1, 2],
  ]);
  const again = createGraph();
  const many = again.input("trips", [], { type: "int64" });
  const doubled = op.Loop(many, [again.constant(float32([1]))], (_, [x], body) => {
    const next = op.Mul(x, body.scalar(2));
    return { states: [next], proceed: op.Less(op.ReduceMax(next), body.scalar(100)) };
  });
  assert.deepEqual(await run(again, doubled.states, { trips: int64(50) }), [[128]]);
});

test("how often a Loop runs is known when it cannot stop early", () => {
  const stacked = (early: boolean) => {
    const graph = createGraph();
    const { outputs } = op.Loop(
      graph.constant(int64(5)),
      [graph.constant(float32([1]))],
      (_, [x]) => ({
        states: [x],
        outputs: [x],
        ...(early ? { proceed: op.Less(op.ReduceMax(x), graph.scalar(0)) } : {}),
      }),
    );
    return outputs[0].shape;
  };
  assert.deepEqual(stacked(false), [5, 1]);
  assert.equal(typeof stacked(true)[0], "string");
});

test("a Scan inside a Loop inside a graph sees the values of both", async () => {
  const graph = createGraph();
  const trips = graph.input("trips", [], { type: "int64" });
  const x = graph.input("rows", [3, 2]);
  const start = graph.constant(float32([0, 0]));
  const { states } = op.Loop(trips, [start], (_, [total]) => {
    const sums = op.Scan({ states: [total], inputs: [x] }, ([sum], [row]) => ({
      states: [op.Add(sum, op.Mul(row, op.Add(x.graph.scalar(1), total)))],
    }));
    return { states: sums.states };
  });
  // Round 1: (6, 60). Round 2: each row times 1 + total: 6 + 6 (1 + 6) = 48, 60 + 60 (1 + 60) = 3720.
  assert.deepEqual(await run(graph, states, { rows, trips: int64(2) }), [[48, 3720]]);
});

test("a step that gives another state than it got is refused", () => {
  const graph = createGraph();
  const x = graph.input("x", [3, 2]);
  const start = graph.constant(float32([0, 0]));
  const step = (next: (row: Value) => readonly Value[]) => () =>
    op.Scan({ states: [start], inputs: [x] }, (_, [row]) => ({ states: next(row) }));
  assert.throws(
    step(() => []),
    { code: "GRAPH_BODY" },
  );
  assert.throws(
    step((row) => [op.ReduceSum(row)]),
    { code: "GRAPH_BODY" },
  );
});

test("weights that do not fit the input of an LSTM are refused by name and shape", () => {
  const graph = createGraph();
  const [x, r] = [graph.input("x", [5, 2, 3]), graph.input("r", [1, 16, 4])];
  const lstm = (shape: readonly number[], name: string) => () =>
    op.LSTM(x, { w: graph.input(name, shape), r });
  assert.throws(lstm([1, 16, 2], "narrow"), { code: "ONNX_SHAPE", message: /\[1, 16, 3\]/ });
  assert.throws(lstm([2, 16, 3], "two"), { code: "ONNX_SHAPE" });
  assert.doesNotThrow(lstm([1, 16, 3], "right"));
});
