/**
 * Writes Protocol Buffers. A message is a list of fields whose lengths are known beforehand, so that the whole file is
 * allocated once and large byte strings (weights) are copied once.
 *
 *   field  := tag value      tag := varint(number * 8 + wire)
 *   wire 0 := varint         seven bits a byte, lowest first, top bit set on all but the last byte
 *   wire 1 := eight bytes, little-endian
 *   wire 2 := varint(n) and n bytes: text, bytes, a nested message, packed numbers
 *   wire 5 := four bytes, little-endian
 *
 * Source: "Protocol Buffers Encoding", https://protobuf.dev/programming-guides/encoding/
 */

/** One field: its length, and how it is put into a buffer. */
export interface Field {
  readonly bytes: number;
  /** Writes at `offset` and gives the offset behind. */
  readonly put: (into: Buffer, offset: number) => number;
}

const largest64 = 2 ** 63;

/** An integer; negative ones take ten bytes, numbers of 2^63 and more are written as 2^63 - 1. */
export function varintField(number: number, value: number): Field {
  const tag = number * 8;
  return {
    bytes: varintBytes(tag) + varintBytes(value),
    put: (into, offset) => putVarint(into, putVarint(into, offset, tag), value),
  };
}

/** A float32. */
export function floatField(number: number, value: number): Field {
  const tag = number * 8 + 5;
  return {
    bytes: varintBytes(tag) + 4,
    put: (into, offset) => into.writeFloatLE(value, putVarint(into, offset, tag)),
  };
}

/** A float64. */
export function doubleField(number: number, value: number): Field {
  const tag = number * 8 + 1;
  return {
    bytes: varintBytes(tag) + 8,
    put: (into, offset) => into.writeDoubleLE(value, putVarint(into, offset, tag)),
  };
}

/** Bytes, which are read when the message is encoded. */
export function bytesField(number: number, content: Uint8Array): Field {
  return delimited(number, content.byteLength, (into, offset) => {
    into.set(content, offset);
    return offset + content.byteLength;
  });
}

/** Text, as UTF-8. */
export function textField(number: number, content: string): Field {
  return delimited(
    number,
    Buffer.byteLength(content),
    (into, offset) => offset + into.write(content, offset),
  );
}

/** A nested message. */
export function messageField(number: number, fields: readonly Field[]): Field {
  return delimited(number, lengthOf(fields), (into, offset) => putAll(fields, into, offset));
}

/** A list of integers, packed. */
export function packedVarintsField(number: number, values: readonly number[]): Field {
  const length = values.reduce((sum, value) => sum + varintBytes(value), 0);
  return delimited(number, length, (into, offset) =>
    values.reduce((at, value) => putVarint(into, at, value), offset),
  );
}

/** A list of float32, packed. */
export function packedFloatsField(number: number, values: readonly number[]): Field {
  return delimited(number, values.length * 4, (into, offset) =>
    values.reduce((at, value) => into.writeFloatLE(value, at), offset),
  );
}

/** A list of float64, packed. */
export function packedDoublesField(number: number, values: readonly number[]): Field {
  return delimited(number, values.length * 8, (into, offset) =>
    values.reduce((at, value) => into.writeDoubleLE(value, at), offset),
  );
}

/** Bytes that the fields take together. */
export function lengthOf(fields: readonly Field[]): number {
  return fields.reduce((sum, field) => sum + field.bytes, 0);
}

/** The message made of these fields. */
export function encodeMessage(fields: readonly Field[]): Uint8Array {
  const bytes = new Uint8Array(lengthOf(fields));
  putAll(fields, Buffer.from(bytes.buffer), 0);
  return bytes;
}

function putAll(fields: readonly Field[], into: Buffer, start: number): number {
  let offset = start;
  for (const field of fields) offset = field.put(into, offset);
  return offset;
}

function delimited(number: number, length: number, put: Field["put"]): Field {
  const tag = number * 8 + 2;
  return {
    bytes: varintBytes(tag) + varintBytes(length) + length,
    put: (into, offset) => put(into, putVarint(into, putVarint(into, offset, tag), length)),
  };
}

function varintBytes(value: number): number {
  if (value < 0) return 10;
  if (value >= largest64) return 9;
  let bytes = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) bytes++;
  return bytes;
}

function putVarint(into: Buffer, offset: number, value: number): number {
  if (value < 0 || value > Number.MAX_SAFE_INTEGER) return putLongVarint(into, offset, value);
  let at = offset;
  let rest = value;
  while (rest > 127) {
    into[at++] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
  }
  into[at++] = rest;
  return at;
}

function putLongVarint(into: Buffer, offset: number, value: number): number {
  const clamped = value >= largest64 ? 2n ** 63n - 1n : BigInt(Math.max(value, -largest64));
  let at = offset;
  let rest = BigInt.asUintN(64, clamped);
  while (rest > 127n) {
    into[at++] = Number(rest & 127n) | 128;
    rest >>= 7n;
  }
  into[at++] = Number(rest);
  return at;
}
