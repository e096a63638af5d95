/** Dropout by a pool of masks made beforehand: cutting a piece costs one copy, drawing a mask a random number per element. */
import { createRng, SoukError } from "@souk/core";
import { staticShape, type Graph, type Value } from "../graph/graph.ts";
import { int64, sizeOf, tensor } from "../onnx/tensor.ts";
import { op } from "../operators/operators.ts";
import type { Scope } from "./scope.ts";

/**
 * In training, sets each element to 0 with probability `rate` and divides the others by 1 - rate; else `x` itself.
 * The mask is a piece of a fixed pool of random masks, at an offset drawn anew at every step.
 * Source: Srivastava et al., "Dropout", JMLR 15, 2014.
 *
 * @throws SoukError `LAYER_RATE` when `rate` is not in [0, 1).
 */
export function dropout(scope: Scope, x: Value, rate: number): Value {
  if (!(rate >= 0 && rate < 1)) {
    throw new SoukError("LAYER_RATE", `dropout must be in [0, 1), got ${rate}`);
  }
  if (!scope.training || rate === 0) return x;
  const { graph } = scope;
  const shape = staticShape(x);
  const size = sizeOf(shape);
  const pool = maskPool(graph, size, rate);
  const draw = scope.random("dropout");
  const room = graph.constant(int64([sizeOf(staticShape(pool)) - size]));
  const start = graph.apply("Mod", [draw, room]);
  const end = op.Add(start, graph.integers([size]));
  const piece = graph.apply("Slice", [pool, start, end, graph.integers([0])]);
  return op.Mul(x, op.Reshape(piece, shape));
}

/** Offsets that a pool leaves beyond the largest mask cut from it, at least. */
const OFFSETS = 65_536;

/** A constant of at least `size` + OFFSETS elements, each 0 with probability `rate`, else 1 / (1 - rate); shared in a graph. */
function maskPool(graph: Graph, size: number, rate: number): Value {
  const length = 2 ** Math.ceil(Math.log2(size + OFFSETS));
  const name = `dropout.pool.${rate}.${length}`;
  if (graph.constantOf({ name })) return { graph, name, type: "float32", shape: [length] };
  const rng = createRng(name);
  const kept = 1 / (1 - rate);
  const masks = new Float32Array(length).map(() => (rng.next() < rate ? 0 : kept));
  return graph.constant(tensor("float32", masks, [length]), name);
}
