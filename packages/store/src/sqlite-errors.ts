import { errorCode, errorMessage, SoukError } from "@souk/core";

// Primary result codes. Source: https://sqlite.org/rescode.html
const BUSY = 5;
const LOCKED = 6;
const IO = 10;
const CORRUPT = 11;
const FULL = 13;
const CONSTRAINT = 19;
const NOT_A_DATABASE = 26;

const CONSTRAINT_KINDS: Readonly<Record<number, string>> = {
  275: "check",
  787: "foreign-key",
  1299: "not-null",
  1555: "unique",
  1811: "trigger",
  2067: "unique",
};

/** Whether another connection held a lock: the same statement may succeed later. */
export function isBusy(thrown: unknown): boolean {
  const code = resultCode(thrown);
  return (code & 0xff) === BUSY || (code & 0xff) === LOCKED;
}

/** What SQLite threw, as a `SoukError` that names the kind of trouble and never a value of a row. */
export function storeError(thrown: unknown, sql: string): SoukError {
  if (thrown instanceof SoukError) return thrown;
  const code = resultCode(thrown);
  const message = errorMessage(thrown);
  const options = { cause: thrown, details: { sql: sql.slice(0, 500) } };
  if (errorCode(thrown)?.startsWith("ERR_INVALID_ARG") || errorCode(thrown) === "ERR_OUT_OF_RANGE")
    return new SoukError("STORE_VALUE", `a value does not fit a column: ${message}`, options);
  switch (code & 0xff) {
    case CONSTRAINT: {
      const kind = CONSTRAINT_KINDS[code] ?? "other";
      return new SoukError("STORE_CONSTRAINT", message, {
        cause: thrown,
        details: { ...options.details, kind },
      });
    }
    case BUSY:
    case LOCKED:
      return new SoukError("STORE_BUSY", `another process held the database: ${message}`, options);
    case FULL:
    case IO:
      return new SoukError("STORE_FULL", `the disk did not take the write: ${message}`, options);
    case CORRUPT:
    case NOT_A_DATABASE:
      return new SoukError("STORE_CORRUPT", `the database file is damaged: ${message}`, options);
    default:
      return new SoukError("STORE_SQL", `expected a valid statement: ${message}`, options);
  }
}

function resultCode(thrown: unknown): number {
  if (typeof thrown !== "object" || thrown === null || !("errcode" in thrown)) return 0;
  return typeof thrown.errcode === "number" ? thrown.errcode : 0;
}
