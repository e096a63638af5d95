/** LSTM and GRU against PyTorch and against their own definition, unrolled; and inside a Loop, as the trainer runs them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "@souk/core";
import { createGraph } from "../graph/create.ts";
import { type Graph, staticShape, type Value } from "../graph/graph.ts";
import { toOnnx } from "../graph/to-onnx.ts";
import { float32, int32, int64, numbersOf, sizeOf, type Tensor } from "../onnx/tensor.ts";
import { writeOnnx } from "../onnx/write.ts";
import { op } from "../operators/operators.ts";
import { openSession } from "../run/session.ts";
import { differentiate } from "./differentiate.ts";

type Inputs = Readonly<Record<string, Tensor>>;
type Build = (values: Readonly<Record<string, Value>>, graph: Graph) => Value;

/** The loss and its gradients by input. */
async function gradientsOf(build: Build, inputs: Inputs): Promise<Record<string, number[]>> {
  const graph = createGraph();
  const values = declare(graph, inputs);
  const loss = build(values, graph);
  const names = Object.keys(inputs);
  differentiate(loss, Object.values(values)).forEach((gradient, at) => {
    graph.output(gradient, `d${names[at]}`);
  });
  graph.output(loss, "loss");
  const session = await openSession(writeOnnx(toOnnx(graph)), { threads: 1 });
  const results = await session.run(inputs);
  await session.close();
  return Object.fromEntries(Object.entries(results).map(([name, one]) => [name, numbersOf(one)]));
}

function declare(graph: Graph, inputs: Inputs): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { shape }]) => [name, graph.input(name, shape)]),
  );
}

function near(
  actual: readonly number[],
  expected: readonly number[],
  tolerance: number,
  what = "",
) {
  assert.equal(actual.length, expected.length);
  expected.forEach((value, at) => {
    const got = actual[at];
    assert.ok(
      Math.abs(got - value) <= tolerance * Math.max(1, Math.abs(value)),
      `${what} ${at}: ${got}, not ${value}`,
    );
  });
}

/** a sin(b (k + 1)), the same in Python. */
function wave(shape: readonly number[], a: number, b: number): Tensor {
  return float32(
    Float32Array.from({ length: sizeOf(shape) }, (_, k) => a * Math.sin(b * (k + 1))),
    shape,
  );
}

/** S 3, B 2, E 2, H 2, both directions; the loss weighs every output. */
function waves(gates: number): Inputs {
  return {
    x: wave([3, 2, 2], 1.5, 0.7),
    w: wave([2, gates * 2, 2], 0.8, 1),
    r: wave([2, gates * 2, 2], 0.7, 2),
    b: wave([2, gates * 4], 0.5, 3),
  };
}

function weighed(value: Value, b: number): Value {
  const weights = value.graph.constant(wave(staticShape(value), 1, b));
  return op.ReduceSum(op.Mul(value, weights));
}

/** PyTorch gives [S, B, D H] where ONNX gives [S, D, B, H]. */
function sideBySide(y: Value): Value {
  return op.Reshape(op.Transpose(y, [0, 2, 1, 3]), [3, 2, 4]);
}

/** PyTorch 2.15.0, nn.LSTM(2, 2, bidirectional=True) on a packed sequence of lengths 3 and 2, gates reordered. */
const torchLstm = {
  loss: [0.755888],
  dx: [
    0.0987687, 0.00578956, -0.245936, 0.0121856, -0.140627, -0.342108, -0.176168, 0.227432,
    0.146095, -0.0783061, 0.0, 0.0,
  ],
  dw: [
    -0.250981, 0.20115, 0.0929243, 0.0156985, -0.000629767, 0.347933, -0.0370819, -0.0413815,
    0.431202, 0.243193, 0.0115205, 0.0246754, 0.361416, -0.00438247, -0.0846845, 0.0665898,
    -0.0931468, -0.269633, -0.237272, -0.300112, -0.0601868, 0.0386063, 0.0419271, 0.0146505,
    0.0246557, 0.155676, 0.0780097, 0.16446, -0.133506, -0.393145, 0.0652451, -0.215152,
  ],
  dr: [
    0.0795309, -0.00977602, -0.0107836, 0.0024988, 0.113023, -0.0183868, 0.00288241, -8.06449e-5,
    0.0383956, -0.00990511, 0.00541572, -0.000687019, 0.0291265, -0.0156416, 0.00198887,
    -0.000498772, -0.0218199, -0.0196095, 0.0150362, -0.026236, 0.00699873, -0.00225433, 0.0153275,
    0.00439341, 0.0089569, 0.00547151, 0.0228114, -0.0337053, -0.0510419, 0.0584985, 0.0841404,
    -0.0341112,
  ],
  db: [
    0.13342, -0.112287, 0.26949, 0.010661, 0.029746, 0.0108553, -0.114536, 0.00546076, 0.13342,
    -0.112287, 0.26949, 0.010661, 0.029746, 0.0108553, -0.114536, 0.00546076, -0.0279006,
    -0.0342253, 0.0944161, -0.092802, -0.018202, -0.16971, 0.282254, 0.0771727, -0.0279006,
    -0.0342253, 0.0944161, -0.092802, -0.018202, -0.16971, 0.282254, 0.0771727,
  ],
};

test("LSTM has the loss and the gradients of PyTorch's", async () => {
  const found = await gradientsOf(({ x, w, r, b }, graph) => {
    const lengths = graph.constant(int32([3, 2]));
    const { y, yH, yC } = op.LSTM(x, { w, r, b, lengths, direction: "bidirectional" });
    return op.Add(weighed(sideBySide(y), 0.9), op.Add(weighed(yH, 1.3), weighed(yC, 1.7)));
  }, waves(4));
  for (const [name, numbers] of Object.entries(torchLstm)) near(found[name], numbers, 2e-6, name);
});

/** PyTorch 2.15.0, nn.GRU(2, 2, bidirectional=True), likewise. */
const torchGru = {
  loss: [-0.0838299],
  dx: [
    0.0687188, -0.341562, 0.0528077, 0.276511, 0.0792606, -0.460406, 0.0646662, 0.3919, 0.108374,
    0.188976, 0.0, 0.0,
  ],
  dw: [
    0.156304, 0.39629, -0.479092, 0.156189, 0.00275328, 0.0358548, 0.00370899, -0.00817408,
    0.947843, 0.247874, 0.108422, -0.0284975, -0.338285, -0.182473, 0.281871, 0.0293116, 0.00380039,
    0.00464, 0.000229499, 0.00102716, -0.57135, -0.518588, -0.112508, -0.161852,
  ],
  dr: [
    0.0223815, 0.188871, 0.0260712, -0.0674142, 0.00701907, 0.00260664, -0.000420275, -0.000869787,
    -0.01102, 0.0509733, 0.00128568, -0.00803674, 0.0257865, -0.0597656, 0.00800776, -0.0314267,
    -0.000201757, 0.000262649, -0.000609329, 0.00505733, -0.00234469, 0.011365, -0.00180731,
    0.0188384,
  ],
  db: [
    -0.11094, 0.0943774, 0.0175094, 0.00253062, 0.0999749, 0.032313, -0.11094, 0.0943774, 0.0175094,
    0.00253062, -0.0462058, 0.017316, 0.0915338, 0.0765174, 0.00114547, -0.0158669, 0.264669,
    -0.292338, 0.0915338, 0.0765174, 0.00114547, -0.0158669, 0.287551, -0.146228,
  ],
};

test("GRU has the loss and the gradients of PyTorch's", async () => {
  const found = await gradientsOf(({ x, w, r, b }, graph) => {
    const lengths = graph.constant(int32([3, 2]));
    const options = {
      w,
      r,
      b,
      lengths,
      direction: "bidirectional",
      linearBeforeReset: true,
    } as const;
    const { y, yH } = op.GRU(x, options);
    return op.Add(weighed(sideBySide(y), 0.9), weighed(yH, 1.3));
  }, waves(3));
  for (const [name, numbers] of Object.entries(torchGru)) near(found[name], numbers, 2e-6, name);
});

/** One direction of a recurrence written step by step with the operators of its definition. */
type Cell = (
  state: { h: Value; c: Value },
  x: Value,
  weights: Readonly<Record<string, Value>>,
) => { h: Value; c: Value };

function unroll(cell: Cell, { x, w, r, b }: Readonly<Record<string, Value>>): Value {
  const [steps, batch, features] = staticShape(x);
  const [, rows, hidden] = staticShape(r);
  const weights = {
    w: op.Reshape(w, [rows, features]),
    r: op.Reshape(r, [rows, hidden]),
    b: op.Reshape(b, [2 * rows]),
  };
  const zero = x.graph.constant(float32(new Float32Array(batch * hidden), [batch, hidden]));
  let state = { h: zero, c: zero };
  const outputs = op.Split(x, Array(steps).fill(1), 0).map((step) => {
    state = cell(state, op.Reshape(step, [batch, features]), weights);
    return op.Reshape(state.h, [1, 1, batch, hidden]);
  });
  return op.Concat(outputs, 0);
}

const lstmCell: Cell = ({ h, c }, x, { w, r, b }) => {
  const hidden = staticShape(h)[1];
  const [bw, br] = op.Split(b, [4 * hidden, 4 * hidden], 0);
  const z = op.Add(op.Gemm(x, w, { transB: true, c: bw }), op.Gemm(h, r, { transB: true, c: br }));
  const [i, o, f, g] = op.Split(z, Array(4).fill(hidden), 1);
  const next = op.Add(op.Mul(op.Sigmoid(f), c), op.Mul(op.Sigmoid(i), op.Tanh(g)));
  return { h: op.Mul(op.Sigmoid(o), op.Tanh(next)), c: next };
};

const gruCell: Cell = ({ h, c }, x, { w, r, b }) => {
  const hidden = staticShape(h)[1];
  const thirds = Array(3).fill(hidden);
  const [bw, br] = op.Split(b, [3 * hidden, 3 * hidden], 0);
  const [wz, wr, wn] = op.Split(op.Gemm(x, w, { transB: true, c: bw }), thirds, 1);
  const [rz, rr, rn] = op.Split(op.Gemm(h, r, { transB: true, c: br }), thirds, 1);
  const [z, reset] = [op.Sigmoid(op.Add(wz, rz)), op.Sigmoid(op.Add(wr, rr))];
  const n = op.Tanh(op.Add(wn, op.Mul(reset, rn)));
  return { h: op.Add(n, op.Mul(z, op.Sub(h, n))), c };
};

function randomInputs(gates: number): Inputs {
  const [steps, batch, features, hidden] = [7, 5, 6, 8];
  const rng = createRng(3);
  const draw = (shape: readonly number[], deviation: number) =>
    float32(
      Float32Array.from({ length: sizeOf(shape) }, () => deviation * rng.normal()),
      shape,
    );
  return {
    x: draw([steps, batch, features], 1),
    w: draw([1, gates * hidden, features], 0.4),
    r: draw([1, gates * hidden, hidden], 0.4),
    b: draw([1, 2 * gates * hidden], 0.3),
  };
}

for (const [name, cell, gates] of [
  ["LSTM", lstmCell, 4],
  ["GRU", gruCell, 3],
] as const) {
  test(`${name} has the gradients of its cell unrolled step by step`, async () => {
    const inputs = randomInputs(gates);
    const fused: Build = ({ x, w, r, b }) =>
      weighed(
        name === "LSTM"
          ? op.LSTM(x, { w, r, b }).y
          : op.GRU(x, { w, r, b, linearBeforeReset: true }).y,
        0.9,
      );
    const found = await gradientsOf(fused, inputs);
    const expected = await gradientsOf((values) => weighed(unroll(cell, values), 0.9), inputs);
    for (const key of Object.keys(expected)) near(found[key], expected[key], 1e-5, key);
  });
}

test("a training step with an LSTM runs as the body of a Loop", async () => {
  const { x, w, r, b } = waves(4);
  const step = (weights: readonly Value[], data: Value): readonly Value[] => {
    const [vw, vr, vb] = weights;
    const { y } = op.LSTM(data, { w: vw, r: vr, b: vb, direction: "bidirectional" });
    const gradients = differentiate(weighed(y, 0.9), weights);
    const rate = data.graph.scalar(0.1);
    return weights.map((weight, at) => op.Sub(weight, op.Mul(gradients[at], rate)));
  };
  const looped = createGraph();
  const trips = looped.input("trips", [], { type: "int64" });
  const { states } = op.Loop(
    trips,
    Object.values(declare(looped, { w, r, b })),
    (_, carried, body) => {
      return { states: step(carried, body.constant(x)) };
    },
  );
  const chained = createGraph();
  let weights: readonly Value[] = Object.values(declare(chained, { w, r, b }));
  for (let trip = 0; trip < 3; trip++) weights = step(weights, chained.constant(x));
  const run = async (graph: Graph, results: readonly Value[], inputs: Inputs) => {
    results.forEach((value, at) => graph.output(value, `weight${at}`));
    const session = await openSession(writeOnnx(toOnnx(graph)), { threads: 1 });
    const found = await session.run(inputs);
    await session.close();
    return Object.values(found).map(numbersOf);
  };
  const inLoop = await run(looped, states, { trips: int64(3), w, r, b });
  assert.deepEqual(inLoop, await run(chained, weights, { w, r, b }));
});

test("a cell with other activations, a clip or peepholes has no rule and says so", () => {
  for (const [attribute, pattern] of [
    [{ clip: { kind: "float", value: 3 } }, /clip/],
    [{ activations: { kind: "strings", value: ["Relu", "Relu", "Relu"] } }, /activations/],
    [{ input_forget: { kind: "int", value: 1 } }, /input_forget/],
  ] as const) {
    const graph = createGraph();
    const { x, w, r } = declare(graph, waves(4));
    const [y] = graph.node("LSTM", [x, w, r], {
      attributes: {
        hidden_size: { kind: "int", value: 2 },
        ...attribute,
        direction: { kind: "string", value: "bidirectional" },
      },
    });
    assert.throws(
      () => differentiate(op.ReduceSum(y), [x]),
      (error: unknown) => {
        return (
          error instanceof Error &&
          pattern.test(error.message) &&
          "code" in error &&
          error.code === "GRADIENT_RULE"
        );
      },
    );
  }
});
