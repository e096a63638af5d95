/** Operators that read or write at given places. Names and meaning are ONNX's. */
import { graphOf, type Value } from "../graph/graph.ts";
import { int, text } from "../onnx/model.ts";
import { float32, int32, int64 } from "../onnx/tensor.ts";

/** Slices of `data` along an axis at `indices` (int32 or int64). */
export function Gather(data: Value, indices: Value, axis = 0): Value {
  return graphOf([data, indices]).apply("Gather", [data, indices], {
    attributes: { axis: int(axis) },
  });
}

/** Elements at `indices` along an axis; the result has the shape of `indices`. */
export function GatherElements(data: Value, indices: Value, axis = 0): Value {
  return graphOf([data, indices]).apply("GatherElements", [data, indices], {
    attributes: { axis: int(axis) },
  });
}

/** `data` with `updates` added, or put, at `indices` along an axis. */
export function ScatterElements(
  data: Value,
  {
    indices,
    updates,
    axis = 0,
    reduction = "none",
  }: {
    indices: Value;
    updates: Value;
    axis?: number;
    reduction?: "none" | "add";
  },
): Value {
  return graphOf([data, indices, updates]).apply("ScatterElements", [data, indices, updates], {
    attributes: { axis: int(axis), reduction: text(reduction) },
  });
}

/** A new last axis of length `depth`: 1 at the index, else 0. An index outside gives zeros. */
export function OneHot(indices: Value, depth: number): Value {
  const { graph } = indices;
  const length = graph.constant(indices.type === "int32" ? int32(depth) : int64(depth));
  return graph.apply("OneHot", [indices, length, graph.constant(float32([0, 1]))], {
    attributes: { axis: int(-1) },
  });
}

/** Slices of `data` at the index tuples in the last axis of `indices` (int64). */
export function GatherND(data: Value, indices: Value, batchDims = 0): Value {
  return graphOf([data, indices]).apply("GatherND", [data, indices], {
    attributes: { batch_dims: int(batchDims) },
  });
}

/** `data` with slices put at the index tuples in the last axis of `indices`, which must be distinct. */
export function ScatterND(data: Value, indices: Value, updates: Value): Value {
  return graphOf([data, indices, updates]).apply("ScatterND", [data, indices, updates]);
}
