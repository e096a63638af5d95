/** Integer arithmetic: quantised weights, and activations quantised on the way. */
import { broadcastShapes } from "../graph/dims.ts";
import { failShape, type ShapeRule } from "./rule.ts";

/** Inputs: activations, int8 weights [k, n], their scales and zero points, a bias. Output float32 [..., n]. */
const dynamicQuantizeMatMul: ShapeRule = ({ input }) => [
  { type: "float32", shape: [...input(0).shape.slice(0, -1), input(1).shape.at(-1) ?? 1] },
];

const dynamicQuantizeLinear: ShapeRule = ({ input }) => [
  { type: "uint8", shape: input(0).shape },
  { type: "float32", shape: [] },
  { type: "uint8", shape: [] },
];

const matMulInteger: ShapeRule = ({ node, input }) => {
  const [a, b] = [input(0).shape, input(1).shape];
  const batch = broadcastShapes(a.slice(0, -2), b.slice(0, -2));
  if (!batch) failShape(node, "expected batch axes that broadcast");
  return [{ type: "int32", shape: [...batch, ...a.slice(-2, -1), ...b.slice(-1)] }];
};

/** Shape rules by operator. */
export const quantizationShapes: Readonly<Record<string, ShapeRule>> = {
  "com.microsoft.DynamicQuantizeMatMul": dynamicQuantizeMatMul,
  DynamicQuantizeLinear: dynamicQuantizeLinear,
  MatMulInteger: matMulInteger,
  QuantizeLinear: ({ input, optional }) => [
    { type: optional(2)?.type ?? "uint8", shape: input(0).shape },
  ],
  DequantizeLinear: ({ input }) => [{ type: input(1).type, shape: input(0).shape }],
};
