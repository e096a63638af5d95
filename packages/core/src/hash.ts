import { createHash } from "node:crypto";

/** SHA-256 of text (UTF-8) or bytes, as 64 lower-case hex digits. */
export function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

/**
 * 32-bit FNV-1a of the UTF-16 code units of `text`, low byte then high byte, unsigned.
 * Fast and stable; not for secrets. Source: Fowler, Noll, Vo, draft-eastlake-fnv.
 */
export function fnv1a(text: string, seed = 0x811c9dc5): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193);
    if (unit > 0xff) hash = Math.imul(hash ^ (unit >>> 8), 0x01000193);
  }
  return hash >>> 0;
}

/** Where `key` falls in [0, 1), the same in every process: the first 48 bits of its SHA-256. Splits rows and traffic. */
export function unitHash(key: string): number {
  return createHash("sha256").update(key).digest().readUIntBE(0, 6) / 2 ** 48;
}

/** JSON with object keys in sorted order, so that equal values have equal text. `undefined` members are left out. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === "object" && member !== null && !Array.isArray(member)
      ? Object.fromEntries(
          Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : Number(a > b))),
        )
      : member,
  );
}
