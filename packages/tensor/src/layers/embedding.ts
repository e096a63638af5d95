/** Rows of a table by number. */
import type { Value } from "../graph/graph.ts";
import { op } from "../operators/operators.ts";
import { truncatedNormal } from "./initializers.ts";
import type { Initializer, Scope } from "./scope.ts";

/** Size of the table. */
export interface EmbeddingOptions {
  readonly rows: number;
  readonly width: number;
  readonly initializer?: Initializer;
}

/**
 * The rows of `weight` [rows, width] at `ids` (int32 or int64, any shape, each in [0, rows)): shape [...ids, width].
 * An id outside makes the run fail.
 */
export function embedding(
  scope: Scope,
  ids: Value,
  { rows, width, initializer = truncatedNormal(0.02) }: EmbeddingOptions,
): Value {
  return op.Gather(scope.parameter("weight", [rows, width], initializer), ids);
}
