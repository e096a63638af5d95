/**
 * CRC-32C (Castagnoli): the remainder of the message as a polynomial over GF(2), bits in reflected order, divided by
 * x^32 + x^28 + x^27 + x^26 + x^25 + x^23 + x^22 + x^20 + x^19 + x^18 + x^14 + x^13 + x^11 + x^10 + x^9 + x^8 + x^6 + 1.
 * Source: Castagnoli, Bräuer, Herrmann, "Optimization of Cyclic Redundancy-Check Codes with 24 and 32 Parity Bits",
 * 1993; examples in RFC 3720, appendix B.4. (The CRC-32 of zlib divides by another polynomial.)
 */

const reflected = 0x82f63b78;

/** Remainder of every single byte. */
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 && reflected);
  return remainder;
});

/** CRC-32C of bytes, in [0, 2^32). */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ table[(crc ^ byte) & 0xff];
  return (crc ^ 0xffffffff) >>> 0;
}
