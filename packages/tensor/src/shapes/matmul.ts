/** Matrix products. */
import { floatAttribute, intAttribute } from "../graph/attributes.ts";
import { broadcastShapes, broadcastsTo, differ } from "../graph/dims.ts";
import type { Dim } from "../onnx/model.ts";
import { formatShape } from "../onnx/tensor.ts";
import { failShape, type ShapeContext, type ShapeRule } from "./rule.ts";

const matMul: ShapeRule = (context) => product(context, { transA: false, transB: false });

const fusedMatMul: ShapeRule = (context) => {
  floatAttribute(context.node, "alpha", 1);
  return product(context, {
    transA: intAttribute(context.node, "transA", 0) === 1,
    transB: intAttribute(context.node, "transB", 0) === 1,
  });
};

const gemm: ShapeRule = ({ node, input, optional }) => {
  const [a, b, c] = [input(0), input(1), optional(2)];
  if (a.shape.length !== 2 || b.shape.length !== 2) failShape(node, "expected two matrices");
  const [m, k] = turned(a.shape, intAttribute(node, "transA", 0) === 1);
  const [k2, n] = turned(b.shape, intAttribute(node, "transB", 0) === 1);
  if (differ(k, k2)) failShape(node, `expected equal inner lengths, ${k} is not ${k2}`);
  if (c && !broadcastsTo(c.shape, [m, n])) {
    failShape(node, `expected a bias that broadcasts to ${formatShape([m, n])}`);
  }
  return [{ type: a.type, shape: [m, n] }];
};

function product(
  { node, input }: ShapeContext,
  { transA, transB }: { transA: boolean; transB: boolean },
) {
  const [a, b] = [input(0), input(1)];
  if (a.shape.length === 0 || b.shape.length === 0) failShape(node, "expected no scalars");
  const left = turned(a.shape.length === 1 ? [1, ...a.shape] : a.shape, transA);
  const right = turned(b.shape.length === 1 ? [...b.shape, 1] : b.shape, transB);
  const [k, k2] = [left.at(-1), right.at(-2)];
  if (differ(k, k2)) failShape(node, `expected equal inner lengths, ${k} is not ${k2}`);
  const batch = broadcastShapes(left.slice(0, -2), right.slice(0, -2));
  if (!batch) failShape(node, "expected batch axes that broadcast");
  const rows = a.shape.length === 1 ? [] : left.slice(-2, -1);
  const columns = b.shape.length === 1 ? [] : right.slice(-1);
  return [{ type: a.type, shape: [...batch, ...rows, ...columns] }];
}

function turned(shape: readonly Dim[], transposed: boolean): Dim[] {
  if (!transposed) return [...shape];
  return [...shape.slice(0, -2), ...shape.slice(-2).toReversed()];
}

/** Shape rules by operator. */
export const matmulShapes: Readonly<Record<string, ShapeRule>> = {
  MatMul: matMul,
  Gemm: gemm,
  "com.microsoft.FusedMatMul": fusedMatMul,
};
