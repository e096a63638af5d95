import { sha256, SoukError } from "@souk/core";
import type { ColumnBatch, ModelCard } from "@souk/models";
import { readPhotoCell } from "./photo-cell.ts";

/** Anything one cell can hold. */
type CellValue = string | number | boolean | null | Uint8Array;

/** Longest text one cell may hold, in UTF-16 units: a limit against requests made to hurt, far above any review. */
const MAX_CELL_CHARS = 1_000_000;

/**
 * The columns the model asks for, checked, and nothing else: after this the rows may share a batch with others.
 *
 * @throws SoukError `SERVING_INPUT` naming the column and what was expected and got.
 */
export function checkInputs(batch: ColumnBatch, signature: ModelCard["signature"]): ColumnBatch {
  if (!Number.isSafeInteger(batch.length) || batch.length < 1) {
    throw new SoukError("SERVING_INPUT", `expected at least one row, got ${batch.length}`);
  }
  const given = signature.inputs.filter(({ name }) => ownColumn(batch, name) !== undefined);
  const required = signature.inputs.find((input) => input.required && !given.includes(input));
  const absent = given.length === 0 ? signature.inputs[0] : required;
  if (absent) throw missing(absent.name, signature, batch);
  const columns: Record<string, CellValue[]> = {};
  for (const input of signature.inputs) {
    const column = ownColumn(batch, input.name);
    columns[input.name] = checkColumn(column, batch.length, input);
  }
  return { length: batch.length, columns };
}

/** Rows [`from`, `from + rows`). */
export function sliceRows(batch: ColumnBatch, from: number, rows: number): ColumnBatch {
  const columns: Record<string, CellValue[]> = {};
  for (const [name, column] of Object.entries(batch.columns)) {
    columns[name] = Array.prototype.slice.call(column, from, from + rows);
  }
  return { length: rows, columns };
}

/** Batches of the same columns, one after the other. */
export function concatenate(batches: readonly ColumnBatch[]): ColumnBatch {
  const columns: Record<string, CellValue[]> = {};
  for (const name of Object.keys(batches[0]?.columns ?? {})) {
    const all: CellValue[] = [];
    for (const batch of batches) {
      const column = batch.columns[name]!;
      for (let row = 0; row < batch.length; row++) all.push(column[row] ?? null);
    }
    columns[name] = all;
  }
  return { length: batches.reduce((sum, batch) => sum + batch.length, 0), columns };
}

/** Each row as JSON with sorted names, and the SHA-256 of that text: equal inputs have equal hashes. */
export function describeRows(batch: ColumnBatch): { json: string; hash: string }[] {
  const names = Object.keys(batch.columns).toSorted();
  const rows: { json: string; hash: string }[] = [];
  for (let row = 0; row < batch.length; row++) {
    const members: Record<string, unknown> = {};
    for (const name of names) members[name] = described(batch.columns[name]![row] ?? null);
    const json = JSON.stringify(members);
    rows.push({ json, hash: sha256(json) });
  }
  return rows;
}

/** A photo is known by its content: its hash, whether the photo came or its hash. */
function described(cell: CellValue): unknown {
  return cell instanceof Uint8Array ? sha256(cell) : cell;
}

/** Rows as objects, turned into columns by the names of a signature. Missing members are null. */
export function batchOfRows(
  rows: readonly Readonly<Record<string, unknown>>[],
  signature: ModelCard["signature"],
): ColumnBatch {
  const columns: Record<string, CellValue[]> = {};
  for (const { name, kind } of signature.inputs) {
    columns[name] = rows.map((row, i) =>
      checkCell(Object.hasOwn(row, name) ? row[name] : null, { name, kind }, i),
    );
  }
  return { length: rows.length, columns };
}

function ownColumn(batch: ColumnBatch, name: string): ColumnBatch["columns"][string] | undefined {
  return Object.hasOwn(batch.columns, name) ? batch.columns[name] : undefined;
}

function missing(name: string, signature: ModelCard["signature"], batch: ColumnBatch): SoukError {
  const expected = signature.inputs.map((input) => input.name).join(", ");
  const got = Object.keys(batch.columns).slice(0, 20).join(", ") || "none";
  return new SoukError(
    "SERVING_INPUT",
    `expected the column "${name}" (inputs: ${expected}), got columns: ${got}`,
  );
}

function checkColumn(
  column: ColumnBatch["columns"][string] | undefined,
  rows: number,
  input: { name: string; kind: string },
): CellValue[] {
  if (column === undefined) return Array.from({ length: rows }, () => null);
  if (typeof column !== "object" || column === null || column.length !== rows) {
    throw new SoukError(
      "SERVING_INPUT",
      `expected ${rows} values in "${input.name}", got ${String(column?.length)}`,
    );
  }
  return Array.from(column, (value, row) => checkCell(value, input, row));
}

function checkCell(value: unknown, input: { name: string; kind: string }, row: number): CellValue {
  if (value === null || value === undefined) return null;
  if (input.kind === "image") return readPhotoCell(value, `"${input.name}" of row ${row + 1}`);
  if (!isCell(value) || !fits(value, input.kind)) {
    throw new SoukError(
      "SERVING_INPUT",
      `expected a ${input.kind} in "${input.name}" of row ${row + 1}, got ${Array.isArray(value) ? "a list" : typeof value}`,
    );
  }
  if (typeof value === "string" && value.length > MAX_CELL_CHARS) {
    throw new SoukError(
      "SERVING_INPUT",
      `expected at most ${MAX_CELL_CHARS} characters in "${input.name}" of row ${row + 1}, got ${value.length}`,
    );
  }
  return value;
}

function isCell(value: unknown): value is string | number | boolean {
  return ["string", "number", "boolean"].includes(typeof value);
}

/** Whether a cell may stand in an input of this kind. */
function fits(value: string | number | boolean, kind: string): boolean {
  if (kind === "number") return typeof value === "number" && Number.isFinite(value);
  return kind !== "text" || typeof value === "string";
}
