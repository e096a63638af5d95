import type { Cell } from "./batch.ts";

/** A cell as text; a missing one is empty. */
export function textOf(cell: Cell | undefined): string {
  return cell === null || cell === undefined ? "" : String(cell);
}

/** A cell as a finite number, or NaN when it is missing or is none. Booleans are 0 and 1. */
export function numberOf(cell: Cell | undefined): number {
  if (typeof cell === "number") return Number.isFinite(cell) ? cell : NaN;
  if (typeof cell === "boolean") return Number(cell);
  if (typeof cell !== "string" || cell.trim() === "") return NaN;
  const value = Number(cell);
  return Number.isFinite(value) ? value : NaN;
}

/** A date cell (ISO text, or milliseconds since 1970) as milliseconds since 1970, NaN when it is none. */
export function timeOf(cell: Cell | undefined): number {
  if (typeof cell === "number") return Number.isFinite(cell) ? cell : NaN;
  return typeof cell === "string" ? Date.parse(cell) : NaN;
}
