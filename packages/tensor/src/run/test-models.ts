/** Small models for tests of this folder. */
import { createRng } from "@souk/core";
import { createGraph } from "../graph/create.ts";
import { toOnnx } from "../graph/to-onnx.ts";
import { writeOnnx } from "../onnx/write.ts";
import type { OnnxModel } from "../onnx/model.ts";
import { float32 } from "../onnx/tensor.ts";
import { op } from "../operators/operators.ts";

/** x [batch, 2] to y = 2x + 1. */
export function doubling(): Uint8Array {
  const graph = createGraph();
  const x = graph.input("x", ["batch", 2]);
  graph.output(op.Add(op.Mul(x, graph.scalar(2)), graph.scalar(1)), "y");
  return writeOnnx(toOnnx(graph));
}

/** x [batch, width] through `depth` layers y = tanh(x W) of seeded weights: work for about depth * width^2 * batch. */
export function tower({ width, depth }: { width: number; depth: number }): OnnxModel {
  const graph = createGraph();
  const rng = createRng("tower");
  let value = graph.input("x", ["batch", width]);
  for (let layer = 0; layer < depth; layer++) {
    const content = Float32Array.from({ length: width * width }, () =>
      rng.normal(0, width ** -0.5),
    );
    const weight = graph.constant(float32(content, [width, width]), `layer.${layer}.weight`);
    value = op.Tanh(op.MatMul(value, weight));
  }
  graph.output(value, "y");
  return toOnnx(graph);
}
