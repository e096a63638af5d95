import assert from "node:assert/strict";
import { test } from "node:test";
import { createGraph } from "../graph/create.ts";
import { toOnnx } from "../graph/to-onnx.ts";
import type { OnnxModel } from "../onnx/model.ts";
import { float32, int64, numbersOf, type Tensor, tensor } from "../onnx/tensor.ts";
import { writeOnnx } from "../onnx/write.ts";
import { op } from "../operators/operators.ts";
import { openSession, type Session } from "./session.ts";
import { doubling, tower } from "./test-models.ts";

/** Rows of a table by ids [batch, length], counted where mask [batch, length] holds. */
function lookUp(): Uint8Array {
  const graph = createGraph();
  const ids = graph.input("ids", ["batch", "length"], { type: "int64" });
  const mask = graph.input("mask", ["batch", "length"], { type: "bool" });
  const table = graph.constant(float32([0, 10, 20, 30], [4]), "table");
  graph.output(op.Mul(op.Gather(table, ids), op.Cast(mask, "float32")), "rows");
  graph.output(op.Not(mask), "hidden");
  return writeOnnx(toOnnx(graph));
}

const mask = (values: readonly number[], shape: readonly number[]): Tensor =>
  tensor("bool", Uint8Array.from(values), shape);

async function opened(t: { after(fn: () => Promise<void>): void }, model: Uint8Array) {
  const session = await openSession(model, { threads: 1 });
  t.after(() => session.close());
  return session;
}

test("a session knows the names, types and shapes of what goes in and comes out", async (t) => {
  const session = await opened(t, lookUp());
  assert.deepEqual(session.inputs, [
    { name: "ids", type: "int64", shape: ["batch", "length"] },
    { name: "mask", type: "bool", shape: ["batch", "length"] },
  ]);
  assert.deepEqual(session.outputNames, ["rows", "hidden"]);
});

test("named lengths may differ from run to run", async (t) => {
  const session = await opened(t, doubling());
  for (const rows of [1, 3, 0]) {
    const { y } = await session.run({ x: float32(new Float32Array(rows * 2).fill(4), [rows, 2]) });
    assert.deepEqual(y, float32(new Float32Array(rows * 2).fill(9), [rows, 2]));
  }
});

test("only the outputs asked for are computed", async (t) => {
  const session = await opened(t, lookUp());
  const inputs = { ids: int64([3, 1], [1, 2]), mask: mask([1, 0], [1, 2]) };
  assert.deepEqual(await session.run(inputs, ["hidden"]), { hidden: mask([0, 1], [1, 2]) });
});

const ids = int64([3, 1], [1, 2]);
const refusals: readonly [string, Record<string, Tensor>, RegExp][] = [
  [
    "a missing and an unknown input",
    { ids, Mask: mask([1, 0], [1, 2]) },
    /missing mask, unknown Mask/,
  ],
  [
    "another element type",
    { ids: float32([3, 1], [1, 2]), mask: mask([1, 0], [1, 2]) },
    /input ids: expected int64 \[batch, length\], got float32 \[1, 2\]/,
  ],
  [
    "another rank",
    { ids: int64([3, 1]), mask: mask([1, 0], [1, 2]) },
    /input ids: expected int64 \[batch, length\], got \[2\]/,
  ],
  [
    "one name with two lengths",
    { ids, mask: mask([1, 0, 1], [1, 3]) },
    /input mask: expected length to be 2 as in ids, got \[1, 3\]/,
  ],
  [
    "too few elements",
    { ids: { ...ids, data: new BigInt64Array(1) }, mask: mask([1, 0], [1, 2]) },
    /input ids: expected 2 elements, got int64 \[1, 2\] of 1 elements/,
  ],
  [
    "another array type",
    { ids: { ...ids, data: new Float64Array(2) }, mask: mask([1, 0], [1, 2]) },
    /input ids: expected/,
  ],
  [
    "a length below zero",
    { ids: { ...ids, shape: [-1, -2] }, mask: mask([1, 0], [1, 2]) },
    /input ids: expected lengths that are whole numbers/,
  ],
  [
    "a bool of 2",
    { ids, mask: mask([2, 0], [1, 2]) },
    /input mask: expected every bool to be 0 or 1/,
  ],
];

for (const [what, inputs, message] of refusals) {
  test(`${what} is SESSION_INPUT that says what was expected`, async (t) => {
    const session = await opened(t, lookUp());
    await assert.rejects(session.run(inputs), { code: "SESSION_INPUT", message });
  });
}

test("a fixed length must be that length", async (t) => {
  const session = await opened(t, doubling());
  await assert.rejects(session.run({ x: float32([1, 2, 3], [1, 3]) }), {
    code: "SESSION_INPUT",
    message: "input x: expected float32 [batch, 2], got [1, 3]",
  });
});

test("an unknown output, or none, is SESSION_OUTPUT", async (t) => {
  const session = await opened(t, doubling());
  const inputs = { x: float32([1, 2], [1, 2]) };
  await assert.rejects(session.run(inputs, ["z"]), {
    code: "SESSION_OUTPUT",
    message: "expected some of the outputs y; got z",
  });
  await assert.rejects(session.run(inputs, []), { code: "SESSION_OUTPUT" });
});

test("an index outside the table fails the run, not the process", async (t) => {
  const session = await opened(t, lookUp());
  await assert.rejects(session.run({ ids: int64([9], [1, 1]), mask: mask([1], [1, 1]) }), {
    code: "SESSION_RUN",
    message: /indices element out of data bounds/,
  });
});

test("lengths without a name need not be equal", async (t) => {
  const graph = createGraph();
  const x = graph.input("x", ["?", 2]);
  const y = graph.input("y", ["?", 2]);
  graph.output(op.Concat([x, y], 0), "both");
  const session = await opened(t, writeOnnx(toOnnx(graph)));
  const { both } = await session.run({
    x: float32([1, 2], [1, 2]),
    y: float32([3, 4, 5, 6], [2, 2]),
  });
  assert.deepEqual(numbersOf(both), [1, 2, 3, 4, 5, 6]);
});

test("float16 goes in and comes out as its 16 bits", async (t) => {
  const model: OnnxModel = {
    irVersion: 9,
    producer: "test",
    opsets: { "": 20 },
    metadata: {},
    graph: {
      name: "sum",
      nodes: [
        {
          operator: "Add",
          domain: "",
          name: "add",
          inputs: ["x", "x"],
          outputs: ["y"],
          attributes: {},
        },
      ],
      initializers: new Map(),
      inputs: [{ name: "x", type: "float16", shape: ["n"] }],
      outputs: [{ name: "y", type: "float16", shape: ["n"] }],
      values: [],
    },
  };
  const session = await opened(t, writeOnnx(model));
  const { y } = await session.run({ x: tensor("float16", Uint16Array.of(0x3c00, 0x4000), [2]) });
  assert.deepEqual(y, tensor("float16", Uint16Array.of(0x4000, 0x4400), [2]));
});

test("shared memory goes in: the same answer as from memory of one thread", async (t) => {
  const session = await opened(t, doubling());
  const shared = new Float32Array(new SharedArrayBuffer(8));
  shared.set([5, 7]);
  const { y } = await session.run({ x: float32(shared, [1, 2]) });
  assert.deepEqual(numbersOf(y), [11, 15]);
});

test("a model whose bytes are in shared memory loads", async (t) => {
  const bytes = doubling();
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  const session = await opened(t, shared);
  assert.deepEqual(session.inputNames, ["x"]);
});

test("bytes that are no model are SESSION_LOAD", async () => {
  const cut = doubling().subarray(0, 40);
  for (const bytes of [new Uint8Array(0), new TextEncoder().encode("not onnx"), cut]) {
    await assert.rejects(openSession(bytes), { code: "SESSION_LOAD" });
  }
  await assert.rejects(openSession("/nowhere/model.onnx"), { code: "SESSION_LOAD" });
});

test("close waits for the runs under way, and no other starts", async () => {
  const session: Session = await openSession(writeOnnx(tower({ width: 64, depth: 4 })));
  const running = session.run({ x: float32(new Float32Array(64), [1, 64]) });
  const closing = session.close();
  await assert.rejects(session.run({ x: float32(new Float32Array(64), [1, 64]) }), {
    code: "SESSION_CLOSED",
  });
  assert.deepEqual((await running).y.shape, [1, 64]);
  await closing;
  await session.close();
});
