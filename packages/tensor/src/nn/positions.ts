/** Learned positions. */
import type { Value } from "../graph/graph.ts";
import { op } from "../operators/operators.ts";

/**
 * The rows of `table` [positions, width] for the steps of `ids` [batch, length]: [length, width].
 * For a length known only at run time a longer sequence than the table makes the run fail.
 */
export function firstSteps(table: Value, ids: Value): Value {
  const { graph } = ids;
  const length = ids.shape[1];
  if (typeof length === "number") {
    return op.Slice(table, { starts: [0], ends: [length], axes: [0] });
  }
  const end = op.Gather(op.Shape(ids), graph.integers([1]));
  return graph.apply("Slice", [table, graph.integers([0]), end, graph.integers([0])]);
}
