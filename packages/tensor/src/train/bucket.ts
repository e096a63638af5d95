/** A bucket: the exact shapes of a batch's columns. Each bucket has its own compiled program. */
import { SoukError } from "@souk/core";
import type { InputSpec } from "../layers/scope.ts";
import { type ElementType, formatShape, type Tensor } from "../onnx/tensor.ts";
import type { ColumnBatch } from "./dataset.ts";

/** Element types and shapes of the columns that a program reads. */
export interface Bucket {
  /** The same text for the same shapes. */
  readonly key: string;
  readonly rows: number;
  readonly columns: Readonly<
    Record<string, { readonly type: ElementType; readonly shape: readonly number[] }>
  >;
}

/**
 * The bucket of a batch.
 *
 * @throws SoukError `TRAIN_BATCH` when a column is missing, has another type or shape than `specs` say, when one
 * named length has two values, or when there is no row.
 */
export function bucketOf(batch: ColumnBatch, specs: Readonly<Record<string, InputSpec>>): Bucket {
  const lengths = new Map<string, number>();
  const columns = Object.entries(specs).map(([name, spec]) => {
    const column: Tensor | undefined = batch[name];
    if (!column) {
      throw new SoukError(
        "TRAIN_BATCH",
        `a batch needs column ${name}, got ${Object.keys(batch).join(", ")}`,
      );
    }
    checkColumn(name, { column, spec, lengths });
    return [name, { type: column.type, shape: column.shape }] as const;
  });
  const rows = columns[0]?.[1].shape[0] ?? 0;
  if (rows === 0) throw new SoukError("TRAIN_BATCH", "a batch needs at least one row, got none");
  const key = columns.map(([name, { shape }]) => `${name} ${formatShape(shape)}`).join(", ");
  return { key, rows, columns: Object.fromEntries(columns) };
}

function checkColumn(
  name: string,
  { column, spec, lengths }: { column: Tensor; spec: InputSpec; lengths: Map<string, number> },
): void {
  const { shape } = column;
  const fits =
    column.type === spec.type &&
    shape.length === spec.shape.length &&
    shape.every((length, axis) => {
      const dim = spec.shape[axis];
      if (typeof dim === "number") return dim === length;
      const known = lengths.get(dim) ?? length;
      lengths.set(dim, known);
      return known === length;
    });
  if (fits) return;
  const bound = [...lengths].map(([dim, length]) => `${dim} = ${length}`).join(", ");
  throw new SoukError(
    "TRAIN_BATCH",
    `column ${name} must be ${spec.type} ${formatShape(spec.shape)}${bound && ` with ${bound}`}, ` +
      `got ${column.type} ${formatShape(shape)}`,
  );
}
