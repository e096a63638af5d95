/** Operators that are newer than opset 20, or changed since, written out in operators that it has. */
import { float, int } from "../onnx/model.ts";
import { float32, int64 } from "../onnx/tensor.ts";
import { Add, Div, Mul, Sqrt, Where } from "../operators/arithmetic.ts";
import { Softmax } from "../operators/activation.ts";
import { Reshape, Transpose } from "../operators/layout.ts";
import { MatMul } from "../operators/matmul.ts";
import { ReduceMean } from "../operators/reduction.ts";
import { floatAttribute, intAttribute } from "./attributes.ts";
import { divideDims, multiplyDims, normalizeAxis } from "./dims.ts";
import type { Incoming } from "./fold.ts";
import type { Graph, Value } from "./graph.ts";
import { requiredInput, unsupported } from "./import-scope.ts";

type Decompose = (node: Incoming, graph: Graph) => Value;

/** Normalises each group of channels; from 21 on scale and bias are per channel. */
const groupNormalization: Decompose = (node, graph) => {
  const [x, scale, bias] = [0, 1, 2].map((index) => requiredInput(node, index));
  const groups = intAttribute(node, "num_groups", 1);
  const [batch, channels, ...spatial] = x.shape;
  const inGroup = divideDims(channels, groups) ?? unsupported(node, `${groups} groups`);
  const ones = graph.constant(float32(new Float32Array(groups).fill(1)));
  const zeros = graph.constant(float32(new Float32Array(groups)));
  const grouped = Reshape(x, [batch, groups, multiplyDims([inGroup, ...spatial])]);
  const normal = graph.apply("InstanceNormalization", [grouped, ones, zeros], {
    attributes: { epsilon: float(floatAttribute(node, "epsilon", 1e-5)) },
  });
  const perChannel = [Number(channels), ...spatial.map(() => 1)];
  const scaled = Mul(Reshape(normal, x.shape), Reshape(scale, perChannel));
  return Add(scaled, Reshape(bias, perChannel));
};

/** x / sqrt(mean(x^2) + epsilon) times scale, the mean over the axes from `axis` on. */
const rmsNormalization: Decompose = (node, graph) => {
  const [x, scale] = [requiredInput(node), requiredInput(node, 1)];
  const first = normalizeAxis(intAttribute(node, "axis", -1), x.shape.length, node.name);
  const axes = x.shape.map((_, axis) => axis).slice(first);
  const epsilon = graph.scalar(floatAttribute(node, "epsilon", 1e-5));
  const square = ReduceMean(Mul(x, x), { axes, keepdims: true });
  return Mul(Div(x, Sqrt(Add(square, epsilon))), scale);
};

/** softmax(Q K^T scale + mask) V for each head; inputs [batch, heads, length, size] or [batch, length, heads * size]. */
const attention: Decompose = (node, graph) => {
  checkAttention(node);
  const [q, k, v] = [0, 1, 2].map((index) => headsFirst(node, index));
  const size = Number(q.shape.at(-1));
  const scale = floatAttribute(node, "scale", 1 / Math.sqrt(size));
  const scores = Mul(MatMul(q, Transpose(k, [0, 1, 3, 2])), graph.scalar(scale));
  const masked = causal(node, maskScores(node, scores));
  const y = MatMul(Softmax(masked, -1), v);
  const { shape } = requiredInput(node);
  if (shape.length === 4) return y;
  return Reshape(Transpose(y, [0, 2, 1, 3]), [
    ...shape.slice(0, 2),
    multiplyDims([y.shape[1], y.shape[3]]),
  ]);
};

function checkAttention(node: Incoming): void {
  if (node.inputs.slice(4).some(Boolean)) unsupported(node, "it reads a cache of earlier keys");
  if (node.outputs > 1) unsupported(node, "its keys, values or scores are used");
  if (floatAttribute(node, "softcap", 0) !== 0) unsupported(node, "its scores are capped");
  const [q, kv] = [intAttribute(node, "q_num_heads", 0), intAttribute(node, "kv_num_heads", 0)];
  if (q !== kv) unsupported(node, "heads share keys and values");
}

function headsFirst(node: Incoming, index: number): Value {
  const x = requiredInput(node, index);
  if (x.shape.length === 4) return x;
  const heads = intAttribute(node, index === 0 ? "q_num_heads" : "kv_num_heads", 1);
  const [batch, length, width] = x.shape;
  const size = divideDims(width, heads) ?? unsupported(node, `${width} over ${heads} heads`);
  return Transpose(Reshape(x, [batch, length, heads, size]), [0, 2, 1, 3]);
}

/** A mask of float32 is added, one of bool says which keys are seen. */
function maskScores(node: Incoming, scores: Value): Value {
  const mask = node.inputs[3];
  if (!mask) return scores;
  const hidden = scores.graph.scalar(-1e9);
  return mask.type === "bool" ? Where(mask, scores, hidden) : Add(scores, mask);
}

/** Hides from each row the columns behind it. */
function causal(node: Incoming, scores: Value): Value {
  const { graph } = scores;
  if (intAttribute(node, "is_causal", 0) === 0) return scores;
  const [rows, columns] = scores.shape.slice(-2);
  if (typeof rows === "number" && typeof columns === "number") {
    const later = Float32Array.from({ length: rows * columns }, (_, at) =>
      at % columns > Math.floor(at / columns) ? -1e9 : 0,
    );
    return Add(scores, graph.constant(float32(later, [rows, columns])));
  }
  const shape = graph.apply("Shape", [scores], { attributes: { start: int(-2) } });
  const everywhere = graph.apply("Expand", [graph.scalar(-1e9), shape]);
  return Add(scores, graph.apply("Trilu", [everywhere, graph.constant(int64(1))]));
}

/** Operators by name; not for files of opset 20 and older, where GroupNormalization has its old meaning. */
export const newerOperators: ReadonlyMap<string, Decompose> = new Map([
  ["GroupNormalization", groupNormalization],
  ["RMSNormalization", rmsNormalization],
  ["Attention", attention],
  ["Swish", swish],
]);

/** x sigmoid(alpha x). */
function swish(node: Incoming, graph: Graph): Value {
  const x = requiredInput(node);
  const alpha = graph.scalar(floatAttribute(node, "alpha", 1));
  return Mul(x, graph.apply("Sigmoid", [Mul(alpha, x)]));
}
