/**
 * Sums slices by index: what Gather read from one place several times gets the sum of its gradients. ScatterND(add) would
 * be the natural operator, but with several threads it loses some of them; ScatterElements, on one thread, is right.
 */
import { staticShape, type Value } from "../graph/graph.ts";
import { int64, numbersOf, sizeOf } from "../onnx/tensor.ts";
import { Add, Cast, Equal, Mod, Mul } from "../operators/arithmetic.ts";
import { ScatterElements } from "../operators/indexing.ts";
import { Expand, Pad, Reshape } from "../operators/layout.ts";
import { MatMul } from "../operators/matmul.ts";
import { padsAlong } from "./layout.ts";
import { zeros } from "./rule.ts";

/** Up to this many rows a product with one-hot rows, on all threads, beats scattering: 2 ms and 4 ms for 2,048 x 256. */
const ONE_HOT_ROWS = 128;

interface Places {
  /** int32 or int64 [n], each in [-length, length). */
  readonly indices: Value;
  readonly axis: number;
  readonly length: number;
}

/** Slice j of the result, `length` of them along the axis, is the sum of those of `slices` [..., n, ...] with index j. */
export function sumAtIndices(slices: Value, places: Places): Value {
  const { axis, length } = places;
  const shape = staticShape(slices);
  const first = startOfRun(places);
  if (first !== undefined) {
    return Pad(slices, padsAlong(shape.length, axis, [first, length - first - shape[axis]]));
  }
  const outer = sizeOf(shape.slice(0, axis));
  const parts = Reshape(slices, [outer, shape[axis], sizeOf(shape.slice(axis + 1))]);
  if (outer > 1) return Reshape(sumInParts(parts, places), shape.with(axis, length));
  const sum = length <= ONE_HOT_ROWS ? sumByProduct : sumElements;
  return Reshape(sum(Reshape(parts, parts.shape.slice(1)), places), shape.with(axis, length));
}

/** Where constant indices that count up by one begin: then nothing is summed. */
function startOfRun({ indices, length }: Places): number | undefined {
  const content = indices.graph.constantOf(indices);
  if (!content) return undefined;
  const list = numbersOf(content).map((index) => (index < 0 ? index + length : index));
  return list.every((index, at) => index === list[0] + at) ? list[0] : undefined;
}

/** [length, n] of 0 and 1, times the rows [n, width]. */
function sumByProduct(rows: Value, { indices, length }: Places): Value {
  const { graph } = rows;
  const counted = graph.constant(
    int64(
      Array.from({ length }, (_, row) => row),
      [length, 1],
    ),
  );
  const inBounds = Mod(Cast(indices, "int64"), graph.integers([length]));
  return MatMul(Cast(Equal(counted, inBounds), "float32"), rows);
}

/** Element by element: along one axis ScatterElements is twice as fast as along two. */
function sumElements(rows: Value, { indices, length }: Places): Value {
  const { graph } = rows;
  const [count, width] = staticShape(rows);
  const columns = graph.constant(int64(Array.from({ length: width }, (_, column) => column)));
  const starts = Mul(Reshape(Cast(indices, "int64"), [count, 1]), graph.integers([width]));
  const sums = ScatterElements(zeros(graph, [length * width]), {
    indices: Reshape(Add(starts, columns), [count * width]),
    updates: Reshape(rows, [count * width]),
    reduction: "add",
  });
  return Reshape(sums, [length, width]);
}

/** The same in each of the parts [outer, n, width]. */
function sumInParts(parts: Value, { indices, length }: Places): Value {
  const [outer, count, width] = staticShape(parts);
  return ScatterElements(zeros(parts.graph, [outer, length, width]), {
    indices: Expand(Reshape(indices, [1, count, 1]), [outer, count, width]),
    updates: parts,
    axis: 1,
    reduction: "add",
  });
}
