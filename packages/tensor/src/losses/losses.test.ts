// Expected losses and gradients are those of PyTorch 2.15.0 (torch.nn.functional, float32).
import { strict as assert } from "node:assert";
import { test } from "node:test";
import { checkGradient } from "../gradients/check.ts";
import { differentiate } from "../gradients/differentiate.ts";
import { createGraph } from "../graph/create.ts";
import type { Graph, Value } from "../graph/graph.ts";
import { toOnnx } from "../graph/to-onnx.ts";
import { float32, int64, numbersOf, type Tensor } from "../onnx/tensor.ts";
import { writeOnnx } from "../onnx/write.ts";
import { openSession } from "../run/session.ts";
import { binaryCrossEntropy } from "./binary-cross-entropy.ts";
import { huber, meanAbsoluteError, meanSquaredError, poisson } from "./regression.ts";
import { softmaxCrossEntropy, type SoftmaxCrossEntropyOptions } from "./cross-entropy.ts";

async function evaluate(point: Tensor, build: (graph: Graph, x: Value) => Value) {
  const graph = createGraph();
  const x = graph.input("x", point.shape);
  const loss = build(graph, x);
  const [gradient] = differentiate(loss, [x]);
  graph.output(loss, "loss");
  graph.output(gradient, "gradient");
  const session = await openSession(writeOnnx(toOnnx(graph)), { threads: 1 });
  const results = await session.run({ x: point });
  await session.close();
  return { loss: numbersOf(results.loss)[0], gradient: numbersOf(results.gradient) };
}

function assertClose(got: readonly number[], expected: readonly number[]): void {
  assert.equal(got.length, expected.length);
  got.forEach((value, at) => {
    const room = 2e-6 * Math.max(1, Math.abs(expected[at]));
    assert.ok(Math.abs(value - expected[at]) <= room, `${at}: ${value}, expected ${expected[at]}`);
  });
}

const logits = float32([1, 2, 3, 0.5, -1, 0.25, -2, 0, 4, 1e4, -1e4, 0], [4, 3]);
const firstRows = float32([1, 2, 3, 0.5, -1, 0.25, -2, 0, 4], [3, 3]);

const rows: readonly {
  about: string;
  point: Tensor;
  labels: readonly number[];
  options: SoftmaxCrossEntropyOptions;
  loss: number;
  gradient: readonly number[];
}[] = [
  {
    about: "plain, with logits of ±10,000",
    point: logits,
    labels: [2, 0, 1, 0],
    options: {},
    loss: 1.280574917793274,
    gradient: [
      0.0225076, 0.0611821, -0.0836897, -0.1251206, 0.0278644, 0.0972562, 0.0006071, -0.2455144,
      0.2449073, 0, 0, 0,
    ],
  },
  {
    about: "class weights, whose sum over the labels divides",
    point: logits,
    labels: [2, 0, 1, 0],
    options: { classWeights: [1, 2, 0.5] },
    loss: 1.9864616394042969,
    gradient: [
      0.0100034, 0.0271921, -0.0371954, -0.1112183, 0.0247683, 0.08645, 0.0010792, -0.43647,
      0.4353908, 0, 0, 0,
    ],
  },
  {
    about: "label smoothing",
    point: firstRows,
    labels: [2, 0, 1],
    options: { labelSmoothing: 0.1 },
    loss: 1.7379887104034424,
    gradient: [
      0.0188991, 0.0704651, -0.0893641, -0.1446052, 0.0260414, 0.1185638, -0.0103017, -0.3051302,
      0.315432,
    ],
  },
  {
    about: "class weights and label smoothing",
    point: firstRows,
    labels: [2, 0, 1],
    options: { classWeights: [1, 2, 0.5], labelSmoothing: 0.1 },
    loss: 2.5372202396392822,
    gradient: [
      0.0050526, 0.0205751, -0.0256276, -0.1215687, 0.0133281, 0.1082405, -0.008194, -0.5235077,
      0.5317017,
    ],
  },
  {
    about: "rows that do not count",
    point: logits,
    labels: [2, -100, 1, -100],
    options: { ignoreIndex: -100 },
    loss: 2.2140936851501465,
    gradient: [
      0.0450153, 0.1223642, -0.1673795, 0, 0, 0, 0.0012141, -0.4910287, 0.4898146, 0, 0, 0,
    ],
  },
  {
    about: "all options together",
    point: logits,
    labels: [2, -100, 1, -100],
    options: { classWeights: [1, 2, 0.5], labelSmoothing: 0.1, ignoreIndex: -100 },
    loss: 3.2281696796417236,
    gradient: [
      0.0070736, 0.0288051, -0.0358787, 0, 0, 0, -0.0114717, -0.7329107, 0.7443823, 0, 0, 0,
    ],
  },
];

for (const { about, point, labels, options, loss, gradient } of rows) {
  test(`softmaxCrossEntropy is PyTorch's: ${about}`, async () => {
    const found = await evaluate(point, (graph, x) =>
      softmaxCrossEntropy(x, graph.constant(int64(labels)), options),
    );
    assertClose([found.loss], [loss]);
    assertClose(found.gradient, gradient);
  });
}

test("softmaxCrossEntropy is 0, with gradient 0, when no row counts", async () => {
  const { loss, gradient } = await evaluate(logits, (graph, x) =>
    softmaxCrossEntropy(x, graph.constant(int64([7, 7, 7, 7])), { ignoreIndex: 7 }),
  );
  assert.equal(Math.abs(loss), 0);
  assert.ok(gradient.every((value) => Math.abs(value) === 0));
});

test("a row of weight 2 counts as the same row twice", async () => {
  const once = await evaluate(logits, (graph, x) =>
    softmaxCrossEntropy(x, graph.constant(int64([2, 1, 1, 0])), {
      weights: graph.constant(float32([1, 2, 1, 0])),
      classWeights: [1, 2, 3],
    }),
  );
  const twice = float32([1, 2, 3, 0.5, -1, 0.25, 0.5, -1, 0.25, -2, 0, 4], [4, 3]);
  const repeated = await evaluate(twice, (graph, x) =>
    softmaxCrossEntropy(x, graph.constant(int64([2, 1, 1, 1])), { classWeights: [1, 2, 3] }),
  );
  assertClose([once.loss], [repeated.loss]);
});

test("a label of as many as there are classes makes the run fail", async () => {
  await assert.rejects(
    evaluate(logits, (graph, x) => softmaxCrossEntropy(x, graph.constant(int64([0, 1, 2, 3])))),
    { code: "SESSION_RUN" },
  );
});

test("softmaxCrossEntropy takes labels for every place of a sequence", async () => {
  const values = numbersOf(logits);
  const flat = await evaluate(logits, (graph, x) =>
    softmaxCrossEntropy(x, graph.constant(int64([2, 0, 1, 0]))),
  );
  const nested = await evaluate(float32(values, [2, 2, 3]), (graph, x) =>
    softmaxCrossEntropy(x, graph.constant(int64([2, 0, 1, 0], [2, 2]))),
  );
  assert.deepEqual(nested, flat);
});

const answers = float32([0.5, -1, 1e4, -1e4, 2, 3], [3, 2]);
const truths = float32([1, 0, 1, 1, 0, 0.25], [3, 2]);
const predictions = float32([1, -2, 0.5, 4], [2, 2]);
const targets = float32([0, 1, 0.25, 4.75], [2, 2]);

const others: readonly {
  name: string;
  point: Tensor;
  build: (graph: Graph, x: Value) => Value;
  loss: number;
  gradient: readonly number[];
}[] = [
  {
    name: "binaryCrossEntropy",
    point: answers,
    build: (graph, x) => binaryCrossEntropy(x, graph.constant(truths)),
    loss: 1667.5355224609375,
    gradient: [-0.0629234, 0.0448236, 0, -0.1666667, 0.1467995, 0.1170957],
  },
  {
    name: "binaryCrossEntropy with weights of positives",
    point: answers,
    build: (graph, x) =>
      binaryCrossEntropy(x, graph.constant(truths), { positiveWeight: [3, 0.5] }),
    loss: 834.359130859375,
    gradient: [-0.1887703, 0.0448236, 0, -0.0833333, 0.1467995, 0.1180837],
  },
  {
    name: "meanSquaredError",
    point: predictions,
    build: (graph, x) => meanSquaredError(x, graph.constant(targets)),
    loss: 2.65625,
    gradient: [0.5, -1.5, 0.125, -0.375],
  },
  {
    name: "meanAbsoluteError",
    point: predictions,
    build: (graph, x) => meanAbsoluteError(x, graph.constant(targets)),
    loss: 1.25,
    gradient: [0.25, -0.25, 0.25, -0.25],
  },
  {
    name: "huber",
    point: predictions,
    build: (graph, x) => huber(x, graph.constant(targets), { delta: 0.8 }),
    loss: 0.7181249856948853,
    gradient: [0.2, -0.2, 0.0625, -0.1875],
  },
  {
    name: "poisson",
    point: predictions,
    build: (graph, x) => poisson(x, graph.constant(targets)),
    loss: 10.493871688842773,
    gradient: [0.6795704, -0.2161662, 0.3496803, 12.4620371],
  },
];

for (const { name, point, build, loss, gradient } of others) {
  test(`${name} is PyTorch's`, async () => {
    const found = await evaluate(point, build);
    assertClose([found.loss], [loss]);
    assertClose(found.gradient, gradient);
  });
}

// Two rows with squared errors (1 + 9) / 2 = 5 and (1/16 + 9/16) / 2 = 5/16: (3 · 5 + 1 · 5/16) / 4 = 245/64.
test("row weights make the mean of the rows' means a weighted one", async () => {
  const { loss } = await evaluate(predictions, (graph, x) =>
    meanSquaredError(x, graph.constant(targets), { weights: graph.constant(float32([3, 1])) }),
  );
  assert.equal(loss, 245 / 64);
});

test("the gradient of every loss by predictions, targets and weights is that of finite differences", async () => {
  const losses = [binaryCrossEntropy, meanSquaredError, huber, poisson];
  for (const loss of losses) {
    await checkGradient((_, [p, t, weights]) => loss(p, t, { weights }), [[3, 2], [3, 2], [3]], {
      sample: ["normal", "normal", "positive"],
    });
  }
  await checkGradient(
    (graph, [x, weights]) =>
      softmaxCrossEntropy(x, graph.constant(int64([2, 0, 1])), { weights, labelSmoothing: 0.2 }),
    [[3, 4], [3]],
    { sample: ["normal", "positive"] },
  );
});

test("losses say which shape they expected", () => {
  const graph = createGraph();
  const x = graph.input("x", [4, 3]);
  const labels = graph.input("labels", [3], { type: "int64" });
  assert.throws(() => softmaxCrossEntropy(x, labels), {
    code: "LOSS_SHAPE",
    message: "labels must be [4], got [3]",
  });
  assert.throws(() => meanSquaredError(x, graph.input("t", [4])), {
    code: "LOSS_SHAPE",
    message: "targets must be [4, 3], got [4]",
  });
  const right = graph.input("right", [4], { type: "int64" });
  assert.throws(() => softmaxCrossEntropy(x, right, { classWeights: [1, 2] }), {
    code: "LOSS_SHAPE",
    message: "class weights must be [3], got [2]",
  });
  assert.throws(() => softmaxCrossEntropy(x, right, { labelSmoothing: 1 }), {
    code: "LOSS_OPTION",
  });
  assert.throws(() => huber(x, x, { delta: 0 }), { code: "LOSS_OPTION" });
});

test("losses are built for a batch whose length is known only at run time", () => {
  const graph = createGraph();
  const x = graph.input("x", ["batch", 3]);
  const labels = graph.input("labels", ["batch"], { type: "int32" });
  const loss = softmaxCrossEntropy(x, labels, { ignoreIndex: 0, classWeights: [1, 2, 3] });
  assert.deepEqual(loss.shape, []);
  assert.deepEqual(meanSquaredError(x, x, { weights: graph.input("w", ["batch"]) }).shape, []);
});
