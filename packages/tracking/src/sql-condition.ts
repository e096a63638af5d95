import type { SqlValue } from "@souk/store";
import { type Comparison, filterError } from "./filter.ts";
import { placeholders } from "./pairs.ts";

/** A column or expression of ours that a filter may compare. */
export interface Target {
  readonly sql: string;
  readonly kind: "text" | "number";
  readonly params?: readonly SqlValue[];
}

const TEXT_OPERATORS = ["=", "!=", "like", "ilike", "in", "not in", "is null", "is not null"];
const NUMBER_OPERATORS = [
  "=",
  "!=",
  ">",
  ">=",
  "<",
  "<=",
  "in",
  "not in",
  "is null",
  "is not null",
];

/** The SQL of one comparison; values are parameters, never text of the statement. @throws SoukError `TRACKING_FILTER`. */
export function condition(
  { sql, kind, params = [] }: Target,
  { key, operator, values }: Comparison,
): { sql: string; params: SqlValue[] } {
  const allowed = kind === "number" ? NUMBER_OPERATORS : TEXT_OPERATORS;
  if (!allowed.includes(operator))
    throw filterError(`one of ${allowed.join(" ")} after ${key}`, operator);
  for (const value of values) checkKind(value, kind, key);
  switch (operator) {
    case "is null":
    case "is not null":
      return { sql: `${sql} ${operator.toUpperCase()}`, params: [...params] };
    case "in":
    case "not in":
      return {
        sql: `${sql} ${operator.toUpperCase()} (${placeholders(values)})`,
        params: [...params, ...values],
      };
    case "ilike":
      return { sql: `lower(${sql}) LIKE lower(?)`, params: [...params, ...values] };
    case "like":
      return { sql: `${sql} LIKE ?`, params: [...params, ...values] };
    default:
      return { sql: `${sql} ${operator} ?`, params: [...params, ...values] };
  }
}

function checkKind(value: string | number, kind: Target["kind"], key: string): void {
  const right =
    kind === "number"
      ? typeof value === "number" && Number.isFinite(value)
      : typeof value === "string";
  if (!right)
    throw filterError(
      kind === "number" ? `a number for ${key}` : `a quoted text for ${key}`,
      JSON.stringify(value),
    );
}
