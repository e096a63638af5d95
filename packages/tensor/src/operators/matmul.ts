/** Matrix products. Names and meaning are ONNX's, FusedMatMul is ONNX Runtime's. */
import { graphOf, type Value } from "../graph/graph.ts";
import { float, int, MICROSOFT } from "../onnx/model.ts";

/** a b over the last two axes, earlier axes broadcast. */
export function MatMul(a: Value, b: Value): Value {
  return graphOf([a, b]).apply("MatMul", [a, b]);
}

/** alpha a' b' + beta c of matrices, each transposed when asked; c broadcasts. */
export function Gemm(
  a: Value,
  b: Value,
  {
    c = null,
    transA = false,
    transB = false,
    alpha = 1,
    beta = 1,
  }: {
    c?: Value | null;
    transA?: boolean;
    transB?: boolean;
    alpha?: number;
    beta?: number;
  } = {},
): Value {
  return graphOf([a, b, c]).apply("Gemm", c ? [a, b, c] : [a, b], {
    attributes: {
      transA: int(Number(transA)),
      transB: int(Number(transB)),
      alpha: float(alpha),
      beta: float(beta),
    },
  });
}

/** alpha a' b' over the last two axes, each transposed when asked, earlier axes broadcast. */
export function FusedMatMul(
  a: Value,
  b: Value,
  { transA = false, transB = false, alpha = 1 } = {},
): Value {
  return graphOf([a, b]).apply("FusedMatMul", [a, b], {
    domain: MICROSOFT,
    attributes: {
      transA: int(Number(transA)),
      transB: int(Number(transB)),
      alpha: float(alpha),
    },
  });
}
