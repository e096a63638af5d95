import { SoukError } from "@souk/core";
import type { ColumnType } from "../shape.ts";

/** A column as the table stores it. */
export interface TableColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
}

const DELTA_OF: Readonly<Record<ColumnType, string>> = {
  VARCHAR: "string",
  INTEGER: "integer",
  BIGINT: "long",
  DOUBLE: "double",
  BOOLEAN: "boolean",
  DATE: "date",
  TIMESTAMPTZ: "timestamp",
};

/** Delta types that other writers use, read as the nearest of ours. */
const TYPE_OF = new Map<unknown, ColumnType>([
  ...Object.entries(DELTA_OF).map(([ours, delta]): [string, ColumnType] => [
    delta,
    // Object.entries forgets the key type; the keys of DELTA_OF are exactly ColumnType.
    ours as ColumnType,
  ]),
  ["short", "INTEGER"],
  ["byte", "INTEGER"],
  ["float", "DOUBLE"],
]);

/** The `schemaString` of a Delta `metaData` action. Source: Delta Transaction Log Protocol, "Schema Serialization Format". */
export function schemaToDelta(columns: readonly TableColumn[]): string {
  return JSON.stringify({
    type: "struct",
    fields: columns.map(({ name, type, nullable }) => ({
      name,
      type: DELTA_OF[type],
      nullable,
      metadata: {},
    })),
  });
}

/**
 * The columns of a Delta `schemaString`.
 * @throws SoukError `LAKE_LOG_INVALID` when it is not a struct of the types Souk stores.
 */
export function schemaFromDelta(schemaString: string): TableColumn[] {
  const schema: unknown = JSON.parse(schemaString);
  if (
    typeof schema !== "object" ||
    schema === null ||
    !("fields" in schema) ||
    !Array.isArray(schema.fields)
  )
    throw new SoukError("LAKE_LOG_INVALID", "expected schemaString to be a struct with fields");
  return schema.fields.map((field: unknown) => {
    if (typeof field !== "object" || field === null || !("name" in field) || !("type" in field))
      throw new SoukError("LAKE_LOG_INVALID", "expected every field to have a name and a type");
    const type = TYPE_OF.get(field.type);
    if (type === undefined)
      throw new SoukError(
        "LAKE_LOG_INVALID",
        `column ${String(field.name)}: expected a Delta type of ${[...TYPE_OF.keys()].join(", ")}, got ${JSON.stringify(field.type)}`,
      );
    return {
      name: String(field.name),
      type,
      nullable: !("nullable" in field) || field.nullable !== false,
    };
  });
}
