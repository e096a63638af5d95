import type { Output } from "./output.ts";
import { formatCount } from "./numbers.ts";
import type { TableColumn } from "./table.ts";

/** A query's answer, as far as it is shown. */
export interface ResultRows {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly unknown[])[];
  readonly rowCount: number;
  readonly truncated: boolean;
}

const NUMERIC = /INT|DOUBLE|FLOAT|DECIMAL|REAL|NUMERIC/i;
const FRACTION = /DOUBLE|FLOAT|DECIMAL|REAL|NUMERIC/i;

/** Prints the rows of an answer, at most `maxRows` of them, and says how many were left out. */
export function printResult(out: Output, result: ResultRows, { maxRows = 40 } = {}): void {
  const columns = result.columns.map(({ name, type }): TableColumn => ({
    title: name,
    align: NUMERIC.test(type) ? "right" : "left",
  }));
  const shown = result.rows.slice(0, maxRows);
  const decimals = result.columns.map(({ type }, c) =>
    decimalsOf(
      shown.map((row) => row[c]),
      type,
    ),
  );
  out.printTable(
    columns,
    shown.map((row) => row.map((value, c) => fixedText(value, decimals[c]))),
  );
  const left = result.rowCount - shown.length;
  if (left > 0 || result.truncated)
    out.print(
      out.style.dim(
        `… ${result.truncated ? "more rows than the limit" : `${formatCount(left)} more rows`}`,
      ),
    );
}

/** Decimals that a column of fractions needs as a whole, so that its points line up; undefined: as each value is. */
function decimalsOf(values: readonly unknown[], type: string): number | undefined {
  const numbers = values.filter((value) => typeof value === "number");
  if (!FRACTION.test(type) || numbers.every((value) => Number.isInteger(value))) return undefined;
  return numbers.some((value) => Math.abs(value) >= 1000) ? 1 : 3;
}

function fixedText(value: unknown, decimals: number | undefined): string {
  return typeof value === "number" && decimals !== undefined
    ? value.toFixed(decimals)
    : cellText(value, "");
}

/** One value of an answer: fractions with up to three decimals, nothing for NULL. */
export function cellText(value: unknown, type: string): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number" && FRACTION.test(type) && !Number.isInteger(value)) {
    const digits = Math.abs(value) >= 1000 ? 1 : 3;
    return value.toFixed(digits);
  }
  if (typeof value === "object") return JSON.stringify(value);
  return typeof value === "string" ? value : `${value as number | bigint | boolean}`;
}
