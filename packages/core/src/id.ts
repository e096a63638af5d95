import { randomBytes } from "node:crypto";
import { type Clock, systemClock } from "./clock.ts";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/**
 * A fresh id `prefix_` + 26 characters: 48 bits of time, then 80 bits of chance, so ids sort by creation to the millisecond.
 *
 * Source: ULID specification, Crockford base 32, in lower case.
 */
export function createId(prefix: string, clock: Clock = systemClock): string {
  let time = clock.now();
  let stamp = "";
  for (let i = 0; i < 10; i++) {
    stamp = ALPHABET.charAt(time % 32) + stamp;
    time = Math.floor(time / 32);
  }
  let chance = "";
  for (const byte of randomBytes(16)) chance += ALPHABET.charAt(byte & 31);
  return `${prefix}_${stamp}${chance}`;
}
