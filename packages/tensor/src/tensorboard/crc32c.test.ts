import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32c } from "./crc32c.ts";
import { frameRecord, maskedCrc } from "./record.ts";

const bytes = (value: (at: number) => number) =>
  Uint8Array.from({ length: 32 }, (_, at) => value(at));

const examples: readonly [string, Uint8Array, number][] = [
  ["32 bytes of 0", bytes(() => 0), 0x8a9136aa],
  ["32 bytes of 255", bytes(() => 255), 0x62a8ab43],
  ["0, 1, ... 31", bytes((at) => at), 0x46dd794e],
  ["31, 30, ... 0", bytes((at) => 31 - at), 0x113fdb5c],
  [
    "an iSCSI read command",
    Buffer.from(
      "01c00000000000000000000000000000140000000000040000000014000000182800000000000000" +
        "0200000000000000",
      "hex",
    ),
    0xd9963a56,
  ],
];

for (const [name, message, crc] of examples) {
  test(`RFC 3720, B.4: ${name}`, () => assert.equal(crc32c(message), crc));
}

test("the check value of the CRC catalogue: 123456789", () => {
  assert.equal(crc32c(new TextEncoder().encode("123456789")), 0xe3069283);
  assert.equal(crc32c(new Uint8Array(0)), 0);
});

test("a masked CRC is turned right by 15 and shifted by a constant, worked by hand", () => {
  // 0x8a9136aa >>> 15 = 0x00011522, << 17 = 0x6d540000 (mod 2^32), or = 0x6d551522, + 0xa282ead8 = 0x10fd7fffa
  assert.equal(maskedCrc(bytes(() => 0)), 0x0fd7fffa);
});

test("a record is length, its masked CRC, data, its masked CRC", () => {
  const data = Uint8Array.of(1, 2, 3);
  const record = Buffer.from(frameRecord(data));
  assert.equal(record.length, 8 + 4 + 3 + 4);
  assert.equal(record.readBigUInt64LE(0), 3n);
  assert.equal(record.readUInt32LE(8), maskedCrc(record.subarray(0, 8)));
  assert.deepEqual(new Uint8Array(record.subarray(12, 15)), data);
  assert.equal(record.readUInt32LE(15), maskedCrc(data));
});
