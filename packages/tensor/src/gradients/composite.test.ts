import { test } from "node:test";
import type { Value } from "../graph/graph.ts";
import { int64 } from "../onnx/tensor.ts";
import { op } from "../operators/operators.ts";
import { checkGradient, type CheckedFunction } from "./check.ts";

const HEADS = 2;

/** Self-attention with a mask of the last place. Source: Vaswani et al., "Attention Is All You Need", 2017. */
function attention(x: Value, [wq, wk, wv, wo]: readonly Value[]): Value {
  const [batch, length, width] = x.shape.map(Number);
  const depth = width / HEADS;
  const heads = (w: Value, perm: readonly number[]) =>
    op.Transpose(op.Reshape(op.MatMul(x, w), [batch, length, HEADS, depth]), perm);
  const scores = op.MatMul(heads(wq, [0, 2, 1, 3]), heads(wk, [0, 2, 3, 1]));
  const hidden = Array.from({ length }, (_, at) => (at === length - 1 ? -10_000 : 0));
  const mask = x.graph.constant({
    type: "float32",
    shape: [length],
    data: Float32Array.from(hidden),
  });
  const scaled = op.Mul(scores, x.graph.scalar(1 / Math.sqrt(depth)));
  const mixed = op.MatMul(op.Softmax(op.Add(scaled, mask)), heads(wv, [0, 2, 1, 3]));
  const joined = op.Reshape(op.Transpose(mixed, [0, 2, 1, 3]), [batch, length, width]);
  return op.MatMul(joined, wo);
}

const encoderBlock: CheckedFunction = (_, [x, wq, wk, wv, wo, s1, b1, w1, w2, s2, b2]) => {
  const attended = op.LayerNormalization(op.Add(x, attention(x, [wq, wk, wv, wo])), {
    scale: s1,
    bias: b1,
  });
  const grown = op.Gelu(op.MatMul(attended, w1));
  return op.LayerNormalization(op.Add(attended, op.MatMul(grown, w2)), { scale: s2, bias: b2 });
};

function encoderShapes(batch: number, length: number, width: number): number[][] {
  const square = [width, width];
  const [row, wide, tall] = [[width], [width, 2 * width], [2 * width, width]];
  return [[batch, length, width], square, square, square, square, row, row, wide, tall, row, row];
}

const residualMlp: CheckedFunction = (_, [x, w, b]) => {
  const step = (h: Value) => op.Add(h, op.Tanh(op.Gemm(h, w, { c: b })));
  return op.LogSoftmax(step(step(step(x))));
};

const bagOfWords: CheckedFunction = (graph, [table, w]) => {
  const words = graph.constant(int64([1, 4, 1, 0, 2, 2], [2, 3]));
  const looked = op.Gather(table, words);
  const [first, rest] = op.Split(looked, [1, 2], 1);
  const pooled = op.Concat([op.ReduceMean(rest, { axes: [1] }), op.Squeeze(first, [1])], 1);
  return op.Div(op.MatMul(pooled, w), op.ReduceL2(w));
};

test("the gradient of an encoder block is that of finite differences", async () => {
  await checkGradient(encoderBlock, encoderShapes(2, 3, 4), { tolerance: 1e-2, directions: 4 });
});

test("the gradient of a large encoder block is that of finite differences with 1 and 4 threads", async () => {
  for (const threads of [1, 4]) {
    await checkGradient(encoderBlock, encoderShapes(4, 40, 32), {
      tolerance: 1e-2,
      directions: 1,
      step: 2 ** -11,
      threads,
    });
  }
});

test("the gradient of a residual network with shared weights is that of finite differences", async () => {
  await checkGradient(residualMlp, [[3, 4], [4, 4], [4]], { tolerance: 5e-3 });
});

test("the gradient of a bag of embedded words is that of finite differences", async () => {
  await checkGradient(
    bagOfWords,
    [
      [5, 3],
      [6, 2],
    ],
    { tolerance: 5e-3 },
  );
});
