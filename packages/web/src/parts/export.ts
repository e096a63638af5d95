/** A column of something that can be exported. */
export interface ExportColumn<T> {
  readonly id: string;
  readonly value: (row: T) => Cell;
}

/** What a cell holds as data. */
export type Cell = string | number | boolean | null | undefined;

/**
 * Rows as CSV with a header. Text that a spreadsheet would run as a formula gets an apostrophe before it; long numbers, which
 * come as text, do not.
 * Source: RFC 4180; OWASP, "CSV Injection".
 */
export function csvOf<T>(columns: readonly ExportColumn<T>[], rows: readonly T[]): string {
  const lines = [columns.map(({ id }) => quoted(id)).join(",")];
  for (const row of rows) lines.push(columns.map(({ value }) => quoted(value(row))).join(","));
  return `${lines.join("\r\n")}\r\n`;
}

function quoted(value: Cell): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "string") return String(value);
  const isFormula = /^[=+\-@\t\r\n]/.test(value) && !/^-?\d+(?:\.\d+)?$/.test(value);
  const safe = isFormula ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Rows as a JSON array of objects. */
export function jsonOf<T>(columns: readonly ExportColumn<T>[], rows: readonly T[]): string {
  const objects = rows.map((row) =>
    Object.fromEntries(columns.map(({ id, value }) => [id, value(row) ?? null])),
  );
  return `${JSON.stringify(objects, null, 2)}\n`;
}

/** Hands text or bytes to the browser as a file. */
export function saveFile(name: string, content: string | Blob, type: string): void {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
