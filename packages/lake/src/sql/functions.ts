import {
  BIGINT,
  BOOLEAN,
  DATE,
  dateValue,
  DOUBLE,
  type DuckDBConnection,
  type DuckDBDataChunk,
  DuckDBScalarFunction,
  type DuckDBType,
  type DuckDBValue,
  type DuckDBVector,
  INTEGER,
  TIMESTAMPTZ,
  timestampTZValue,
  VARCHAR,
} from "@duckdb/node-api";
import { errorMessage, SoukError } from "@souk/core";
import type { ColumnType } from "../shape.ts";
import { jsonCell } from "./values.ts";
import type { SqlFunction, SqlFunctionModule } from "./types.ts";

const TYPES: Record<ColumnType, DuckDBType> = {
  VARCHAR,
  INTEGER,
  BIGINT,
  DOUBLE,
  BOOLEAN,
  DATE,
  TIMESTAMPTZ,
};

/**
 * Imports the module and asks it for its SQL functions.
 * @throws SoukError `SQL_FUNCTIONS` when the module cannot be loaded or gives something else.
 */
export async function loadFunctions(source: SqlFunctionModule): Promise<SqlFunction[]> {
  try {
    const module: unknown = await import(source.module);
    if (!hasFactory(module))
      throw new SoukError("SQL_FUNCTIONS", "it does not export createSqlFunctions");
    const made: unknown = await module.createSqlFunctions(source.options);
    if (!Array.isArray(made))
      throw new SoukError("SQL_FUNCTIONS", "createSqlFunctions did not return an array");
    return made.map(requireFunction);
  } catch (cause) {
    throw new SoukError("SQL_FUNCTIONS", `SQL functions did not load: ${errorMessage(cause)}`, {
      cause,
    });
  }
}

function hasFactory(module: unknown): module is { createSqlFunctions(options: unknown): unknown } {
  return (
    typeof module === "object" &&
    module !== null &&
    "createSqlFunctions" in module &&
    typeof module.createSqlFunctions === "function"
  );
}

function requireFunction(value: unknown): SqlFunction {
  if (!isSqlFunction(value))
    throw new SoukError(
      "SQL_FUNCTIONS",
      "a SQL function needs name, parameters, returns and call, of known types",
    );
  return value;
}

function isSqlFunction(value: unknown): value is SqlFunction {
  return (
    typeof value === "object" &&
    value !== null &&
    "name" in value &&
    typeof value.name === "string" &&
    "call" in value &&
    typeof value.call === "function" &&
    "returns" in value &&
    isType(value.returns) &&
    "parameters" in value &&
    Array.isArray(value.parameters) &&
    value.parameters.every(isType)
  );
}

function isType(value: unknown): value is ColumnType {
  return typeof value === "string" && Object.hasOwn(TYPES, value);
}

/** Makes `definition` callable from SQL on every connection of this connection's instance. Callbacks run on the JS thread, one at a time. */
export function registerFunction(connection: DuckDBConnection, definition: SqlFunction): void {
  connection.registerScalarFunction(
    DuckDBScalarFunction.create({
      name: definition.name,
      parameterTypes: definition.parameters.map((type) => TYPES[type]),
      returnType: TYPES[definition.returns],
      specialHandling: true,
      volatile: definition.volatile ?? false,
      mainFunction: (_info, input, output) => fill(definition, input, output),
    }),
  );
}

function fill(definition: SqlFunction, input: DuckDBDataChunk, output: DuckDBVector): void {
  const rows = input.rowCount;
  const columns = definition.parameters.map((_type, i) => input.getColumnValues(i).map(plain));
  const answers = definition.call(columns, rows);
  if (answers.length !== rows) {
    throw new SoukError(
      "SQL_FUNCTIONS",
      `${definition.name}() was given ${rows} rows and returned ${answers.length}`,
    );
  }
  for (let row = 0; row < rows; row++)
    output.setItem(row, toDuckDb(answers[row], definition.returns));
  output.flush();
}

function plain(value: DuckDBValue): unknown {
  return typeof value === "bigint" && !Number.isSafeInteger(Number(value))
    ? value
    : jsonCell(value);
}

function toDuckDb(value: unknown, type: ColumnType): DuckDBValue {
  if (value === null || value === undefined) return null;
  if (type === "VARCHAR") return typeof value === "string" ? value : JSON.stringify(value);
  if (type === "BOOLEAN") return Boolean(value);
  if (type === "BIGINT")
    return typeof value === "bigint" ? value : BigInt(Math.trunc(Number(value)));
  if (type === "DATE") return dateValue(Math.floor(timeOf(value) / 86_400_000));
  if (type === "TIMESTAMPTZ") return timestampTZValue(BigInt(timeOf(value)) * 1000n);
  return Number(value);
}

/** Milliseconds of a Date, an ISO text or a number. @throws SoukError `SQL_FUNCTIONS` for anything else. */
function timeOf(value: unknown): number {
  const known = value instanceof Date || typeof value === "string" || typeof value === "number";
  const time = known ? new Date(value).getTime() : Number.NaN;
  if (Number.isNaN(time))
    throw new SoukError("SQL_FUNCTIONS", "expected a date, ISO text or milliseconds");
  return time;
}
