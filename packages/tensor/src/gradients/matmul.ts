/** Gradients of matrix products. g is dL/dy; a' and b' are a and b as the product sees them, transposed or not. */
import { floatAttribute, intAttribute } from "../graph/attributes.ts";
import { staticShape, type Value } from "../graph/graph.ts";
import { sizeOf } from "../onnx/tensor.ts";
import { Reshape } from "../operators/layout.ts";
import { FusedMatMul, Gemm } from "../operators/matmul.ts";
import { scale } from "./affine.ts";
import {
  type GradientContext,
  gradientOf,
  type GradientRules,
  inputOf,
  sumToShape,
} from "./rule.ts";

/** Rules by operator. */
export const matmulGradients: GradientRules = {
  // y = a b: da = g bᵀ, db = aᵀ g
  MatMul: (context) => product(context, { alpha: 1, transA: false, transB: false }),
  // y = α a' b': da' = α g b'ᵀ, db' = α a'ᵀ g
  "com.microsoft.FusedMatMul": (context) => product(context, factorOf(context)),
  // y = α a' b' + β c: da' = α g b'ᵀ, db' = α a'ᵀ g, dc = β g
  Gemm: (context) => {
    const [g, c] = [gradientOf(context), context.inputs[2]];
    const beta = floatAttribute(context.node, "beta", 1);
    return [
      ...matrixProduct(context, g, factorOf(context)),
      c && context.needs[2] ? scale(sumToShape(g, staticShape(c)), beta) : null,
    ];
  },
};

interface Factor {
  readonly alpha: number;
  readonly transA: boolean;
  readonly transB: boolean;
}

function factorOf({ node }: GradientContext): Factor {
  return {
    alpha: floatAttribute(node, "alpha", 1),
    transA: intAttribute(node, "transA", 0) === 1,
    transB: intAttribute(node, "transB", 0) === 1,
  };
}

/** Products of stacks of matrices; a stack times one matrix is one product of tall matrices. */
function product(context: GradientContext, factor: Factor): readonly (Value | null)[] {
  const [a, b] = [inputOf(context, 0), inputOf(context, 1)];
  const [fromA, fromB] = [staticShape(a), staticShape(b)];
  if (fromB.length <= 2 && !factor.transA) return tallProduct(context, factor);
  const [left, right] = [asMatrices(a, "row"), asMatrices(b, "column")];
  const g = Reshape(gradientOf(context), productShape(left, right, factor));
  const [da, db] = gradientsOfProduct(
    { a: left, b: right, g },
    { ...factor, context },
    FusedMatMul,
  );
  return [
    da && Reshape(sumToShape(da, staticShape(left)), fromA),
    db && Reshape(sumToShape(db, staticShape(right)), fromB),
  ];
}

function tallProduct(context: GradientContext, factor: Factor): readonly (Value | null)[] {
  const [a, b] = [inputOf(context, 0), inputOf(context, 1)];
  const inner = staticShape(a).at(-1) ?? 1;
  const rows = sizeOf(staticShape(a)) / Math.max(1, inner);
  const right = asMatrices(b, "column");
  const columns = staticShape(right)[factor.transB ? 0 : 1];
  const g = Reshape(gradientOf(context), [rows, columns]);
  const matrices = { a: Reshape(a, [rows, inner]), b: right, g };
  const [da, db] = gradientsOfProduct(matrices, { ...factor, context }, Gemm);
  return [da && Reshape(da, staticShape(a)), db && Reshape(db, staticShape(b))];
}

function matrixProduct(context: GradientContext, g: Value, factor: Factor) {
  const matrices = { a: inputOf(context, 0), b: inputOf(context, 1), g };
  return gradientsOfProduct(matrices, { ...factor, context }, Gemm);
}

/** α a' b' is linear in each factor, so each gradient is again a product, arranged to need no Transpose. */
function gradientsOfProduct(
  { a, b, g }: { a: Value; b: Value; g: Value },
  { alpha, transA, transB, context: { needs } }: Factor & { context: GradientContext },
  multiply: typeof FusedMatMul,
): readonly (Value | null)[] {
  const da = () =>
    transA
      ? multiply(b, g, { transA: transB, transB: true, alpha })
      : multiply(g, b, { transB: !transB, alpha });
  const db = () =>
    transB
      ? multiply(g, a, { transA: true, transB: transA, alpha })
      : multiply(a, g, { transA: !transA, alpha });
  return [needs[0] ? da() : null, needs[1] ? db() : null];
}

/** A vector as a matrix of one row or one column; anything else as it is. */
function asMatrices(value: Value, vector: "row" | "column"): Value {
  const shape = staticShape(value);
  if (shape.length !== 1) return value;
  return Reshape(value, vector === "row" ? [1, ...shape] : [...shape, 1]);
}

/** The shape of the product as if vectors were matrices. */
function productShape(a: Value, b: Value, { transA, transB }: Factor): readonly number[] {
  const [left, right] = [staticShape(a), staticShape(b)];
  const rows = left.at(transA ? -1 : -2) ?? 1;
  const columns = right.at(transB ? -2 : -1) ?? 1;
  const rank = Math.max(left.length, right.length) - 2;
  const batch = Array.from({ length: rank }, (_, axis) =>
    Math.max(batchLength(left, axis - rank), batchLength(right, axis - rank)),
  );
  return [...batch, rows, columns];
}

/** Length of batch axis `axis`, counted from the last (-1) backwards. */
function batchLength(shape: readonly number[], axis: number): number {
  return shape[shape.length - 2 + axis] ?? 1;
}
