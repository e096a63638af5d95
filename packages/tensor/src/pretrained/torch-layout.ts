/**
 * Between the layout of PyTorch's files and Souk's: `nn.Linear` keeps its weight as [out, in], a dense layer here as
 * [in, out]. Everything else is equal.
 */
import type { Weights } from "../graph/to-onnx.ts";
import { transposed } from "../onnx/tensor.ts";

/** Matrices whose names match are tables, not linear layers, and stay as they are. */
const tables = /embeddings?\b/;

/** Weights as PyTorch names and lays them out, in Souk's layout. Its own inverse. */
export function fromTorch(weights: Weights): Weights {
  return new Map(
    Array.from(weights, ([name, weight]) => [
      name,
      weight.shape.length === 2 && !tables.test(name) ? transposed(weight) : weight,
    ]),
  );
}

/** Weights in Souk's layout, as PyTorch lays them out. */
export function toTorch(weights: Weights): Weights {
  return fromTorch(weights);
}
