/**
 * Reads members of plain values whose shape the interface leaves open. What is absent or of another type is undefined or
 * empty: such values are only shown.
 */
export function member(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

/** A member as text; numbers and booleans are written out. */
export function textOf(value: unknown, name: string): string {
  const found = member(value, name);
  if (typeof found === "string") return found;
  if (typeof found === "number" || typeof found === "boolean" || typeof found === "bigint")
    return String(found);
  return found === undefined || found === null ? "" : JSON.stringify(found);
}

/** A member that is a number. */
export function numberOf(value: unknown, name: string): number | undefined {
  const found = member(value, name);
  return typeof found === "number" ? found : undefined;
}

/** The elements of a member that is a list. */
export function listOf(value: unknown, name: string): readonly unknown[] {
  const found = member(value, name);
  if (Array.isArray(found)) return found;
  return ArrayBuffer.isView(found) && !(found instanceof DataView)
    ? Array.from(Object.values(found))
    : [];
}

/** Name and value of a member that is an object. */
export function entriesOf(value: unknown, name: string): readonly (readonly [string, unknown])[] {
  const found = member(value, name);
  return typeof found === "object" && found !== null ? Object.entries(found) : [];
}
