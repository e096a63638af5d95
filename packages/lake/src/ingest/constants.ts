import { SoukError } from "@souk/core";
import type { DatasetShape } from "../shape.ts";

/** Values of columns that are the same in every row of a source, by column. */
export type Constants = Readonly<Record<string, string>>;

const SIGN = "=";

/** Takes the constants, `{"series_id": "=ADRO"}`, out of a mapping. */
export function splitConstants(mapping: Readonly<Record<string, string>> = {}): {
  readonly mapping: Readonly<Record<string, string>>;
  readonly constants: Constants;
} {
  const entries = Object.entries(mapping);
  const isConstant = ([, source]: readonly [string, string]): boolean => source.startsWith(SIGN);
  return {
    mapping: Object.fromEntries(entries.filter((entry) => !isConstant(entry))),
    constants: Object.fromEntries(
      entries.filter(isConstant).map(([column, source]) => [column, source.slice(SIGN.length)]),
    ),
  };
}

/**
 * The shape for a source whose `constants` are nowhere in it: they are what an absent value is. Only for reading; the
 * table keeps its own shape.
 * @throws SoukError `LAKE_MAPPING` when a constant is for no text column, or empty.
 */
export function withConstants(shape: DatasetShape, constants: Constants): DatasetShape {
  for (const [column, value] of Object.entries(constants)) {
    if (!shape.columns.some(({ name, type }) => name === column && type === "VARCHAR"))
      throw new SoukError(
        "LAKE_MAPPING",
        `expected the mapping to name a text column of ${shape.name}, got "${column}"`,
      );
    if (value === "")
      throw new SoukError("LAKE_MAPPING", `${column}: expected a value after "=", got none`);
  }
  const columns = shape.columns.map((column) => {
    const value = Object.hasOwn(constants, column.name) ? constants[column.name] : undefined;
    return value === undefined ? column : { ...column, default: value };
  });
  return { ...shape, columns };
}
