import { strict as assert } from "node:assert";
import { test } from "node:test";
import { createGraph } from "../graph/create.ts";
import type { Graph, Value } from "../graph/graph.ts";
import { toOnnx } from "../graph/to-onnx.ts";
import { float32, int64, numbersOf, type Tensor } from "../onnx/tensor.ts";
import { writeOnnx } from "../onnx/write.ts";
import { openSession } from "../run/session.ts";
import { op } from "./operators.ts";

async function evaluate(build: (constant: (content: Tensor) => Value, graph: Graph) => Value) {
  const graph = createGraph();
  graph.output(
    build((content) => graph.constant(content), graph),
    "y",
  );
  const session = await openSession(writeOnnx(toOnnx(graph)), { threads: 1 });
  const { y } = await session.run({});
  await session.close();
  return { values: numbersOf(y), shape: y.shape };
}

const x = float32([1, 2, 3, 4, 5, 6], [2, 3]);

// Every option of an operator's function, worked by hand.
const rows: readonly {
  about: string;
  build: Parameters<typeof evaluate>[0];
  values: readonly number[];
  shape: readonly number[];
}[] = [
  {
    about: "Gemm scales, transposes and adds",
    build: (c) => op.Gemm(c(x), c(x), { transB: true, alpha: 2, beta: 3, c: c(float32([1, 2])) }),
    values: [31, 70, 67, 160],
    shape: [2, 2],
  },
  {
    about: "FusedMatMul transposes the first",
    build: (c) => op.FusedMatMul(c(x), c(x), { transA: true, alpha: 0.5 }),
    values: [8.5, 11, 13.5, 11, 14.5, 18, 13.5, 18, 22.5],
    shape: [3, 3],
  },
  {
    about: "Slice steps backwards",
    build: (c) => op.Slice(c(x), { starts: [-1], ends: [-4], axes: [1], steps: [-2] }),
    values: [3, 1, 6, 4],
    shape: [2, 2],
  },
  {
    about: "Pad adds zeros and crops",
    build: (c) => op.Pad(c(x), [1, -1, 0, 1]),
    values: [0, 0, 0, 2, 3, 0, 5, 6, 0],
    shape: [3, 3],
  },
  {
    about: "Gather takes columns, from either end",
    build: (c) => op.Gather(c(x), c(int64([-1, 0])), 1),
    values: [3, 1, 6, 4],
    shape: [2, 2],
  },
  {
    about: "GatherND takes elements by tuple",
    build: (c) => op.GatherND(c(x), c(int64([0, 2, 1, 0], [2, 2]))),
    values: [3, 4],
    shape: [2],
  },
  {
    about: "ScatterElements adds up at equal places",
    build: (c) =>
      op.ScatterElements(c(x), {
        indices: c(int64([0, 0], [1, 2])),
        updates: c(float32([10, 20], [1, 2])),
        axis: 1,
        reduction: "add",
      }),
    values: [31, 2, 3, 4, 5, 6],
    shape: [2, 3],
  },
  {
    about: "OneHot leaves out what is not there",
    build: (c) => op.OneHot(c(int64([1, 7])), 3),
    values: [0, 1, 0, 0, 0, 0],
    shape: [2, 3],
  },
  {
    about: "TopK gives the smallest in order",
    build: (c) => op.TopK(c(x), 2, { axis: 0, largest: false }).values,
    values: [1, 2, 3, 4, 5, 6],
    shape: [2, 3],
  },
  {
    about: "CumSum runs from the end without itself",
    build: (c) => op.CumSum(c(x), 1, { exclusive: true, reverse: true }),
    values: [5, 3, 0, 11, 6, 0],
    shape: [2, 3],
  },
  {
    about: "ReduceMean keeps axes when asked",
    build: (c) => op.ReduceMean(c(x), { axes: [1], keepdims: true }),
    values: [2, 5],
    shape: [2, 1],
  },
  {
    about: "ArgMax keeps the axis when asked",
    build: (c) => op.ArgMax(c(x), { axis: 0, keepdims: true }),
    values: [1, 1, 1],
    shape: [1, 3],
  },
  {
    about: "Split gives parts, Concat puts them back the other way round",
    build: (c) => op.Concat(op.Split(c(x), [1, 2], 1).toReversed(), 1),
    values: [2, 3, 1, 5, 6, 4],
    shape: [2, 3],
  },
  {
    about: "Resize repeats rows and columns",
    build: (c) => op.Resize(c(float32([1, 2], [1, 1, 1, 2])), [1, 1, 2, 2]),
    values: [1, 1, 2, 2, 1, 1, 2, 2],
    shape: [1, 1, 2, 4],
  },
  {
    about: "ConstantOfShape repeats its content",
    build: (_, graph) => op.ConstantOfShape({ graph }, { shape: [3], content: float32([2]) }),
    values: [2, 2, 2],
    shape: [3],
  },
  {
    about: "Clip limits on both sides",
    build: (c) => op.Clip(c(x), 2, 5),
    values: [2, 2, 3, 4, 5, 5],
    shape: [2, 3],
  },
  {
    about: "PRelu scales what is negative",
    build: (c) => op.PRelu(c(float32([-2, 2])), c(float32([0.5]))),
    values: [-1, 2],
    shape: [2],
  },
  {
    about: "LayerNormalization normalises the rest of the axes",
    build: (c) =>
      op.LayerNormalization(c(float32([1, 3], [1, 2])), {
        scale: c(float32([1, 2])),
        bias: c(float32([10, 20])),
        epsilon: 0,
      }),
    values: [9, 22],
    shape: [1, 2],
  },
  {
    about: "Sum and Mean take any number of values",
    build: (c) => op.Sum(op.Mean(c(x), c(float32([1]))), c(float32([1])), c(x)),
    values: [3, 4.5, 6, 7.5, 9, 10.5],
    shape: [2, 3],
  },
  {
    about: "Mod has the sign of the divisor",
    build: (c) => op.Cast(op.Mod(c(int64([-1, 5])), c(int64([3]))), "float32"),
    values: [2, 2],
    shape: [2],
  },
];

for (const { about, build, values, shape } of rows) {
  test(about, async () => {
    const found = await evaluate(build);
    assert.deepEqual(found, { values: [...values], shape: [...shape] });
  });
}

test("what changes nothing adds no node", () => {
  const graph = createGraph();
  const value = graph.input("x", ["batch", 3]);
  assert.equal(op.Reshape(value, ["batch", 3]), value);
  assert.equal(op.Transpose(value, [0, 1]), value);
  assert.equal(op.Concat([value], 0), value);
  assert.equal(op.Pad(value, [0, 0, 0, 0]), value);
  assert.equal(op.Cast(value, "float32"), value);
  assert.equal(graph.nodes.length, 0);
});

test("Reshape keeps named lengths and works one out", () => {
  const graph = createGraph();
  const value = graph.input("x", ["batch", "length", 6]);
  assert.deepEqual(op.Reshape(value, ["batch", "length", 2, 3]).shape, ["batch", "length", 2, 3]);
  assert.deepEqual(op.Reshape(value, ["batch*length", 6]).shape, ["batch*length", 6]);
  assert.throws(() => op.Reshape(value, [3, "batch", "length", 2]), {
    code: "ONNX_SHAPE",
    message:
      "Reshape of x [batch, length, 6] to [3, batch, length, 2]: only one length can be open",
  });
});
