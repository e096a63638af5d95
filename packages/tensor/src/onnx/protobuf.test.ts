import assert from "node:assert/strict";
import { test } from "node:test";
import { errorCode } from "@souk/core";
import { MessageReader } from "./protobuf-reader.ts";
import {
  encodeMessage,
  floatField,
  messageField,
  packedVarintsField,
  textField,
  varintField,
} from "./protobuf-writer.ts";

// The examples of https://protobuf.dev/programming-guides/encoding/
test("integers, text, messages and packed lists have the bytes of the format's own examples", () => {
  assert.deepEqual(hex(encodeMessage([varintField(1, 150)])), "089601");
  assert.deepEqual(hex(encodeMessage([textField(2, "testing")])), "120774657374696e67");
  assert.deepEqual(hex(encodeMessage([messageField(3, [varintField(1, 150)])])), "1a03089601");
  assert.deepEqual(
    hex(encodeMessage([packedVarintsField(6, [3, 270, 86942])])),
    "3206038e029ea705",
  );
  assert.deepEqual(hex(encodeMessage([varintField(1, -2)])), "08feffffffffffffffff01");
});

test("integers keep their value up to 2^53, and what is 2^63 or more is the largest int64", () => {
  for (const value of [0, 127, 128, 2 ** 31, 2 ** 49, 2 ** 53 - 1, -1, -(2 ** 53) + 1]) {
    const reader = readerOf(encodeMessage([varintField(5, value)]));
    reader.next();
    assert.deepEqual([reader.field, reader.integer()], [5, value]);
  }
  const reader = readerOf(encodeMessage([varintField(5, 2 ** 63)]));
  reader.next();
  reader.bigIntegers((value) => assert.equal(value, 2n ** 63n - 1n));
});

test("a reader passes over fields it does not know", () => {
  const reader = readerOf(
    encodeMessage([textField(9, "x"), floatField(3, 0.5), varintField(1, 7)]),
  );
  const fields: number[] = [];
  while (reader.next()) {
    fields.push(reader.field);
    reader.skip();
  }
  assert.deepEqual(fields, [9, 3, 1]);
});

const broken: readonly (readonly [string, string, (reader: MessageReader) => void])[] = [
  ["an integer without end", "08ffffffffffffffffffffff01", (reader) => reader.integer()],
  ["a file that ends inside an integer", "0896", (reader) => reader.integer()],
  ["a length beyond the end", "120774", (reader) => reader.bytes()],
  ["a length of 2^63", "12ffffffffffffffffff01", (reader) => reader.bytes()],
  ["text that is not UTF-8", "1202c328", (reader) => reader.text(10)],
  ["text where an integer is expected", "120174", (reader) => reader.integer()],
  [
    "a packed list that ends inside an element",
    "320280800101",
    (reader) => reader.integers(() => {}),
  ],
  ["a group, which nobody writes any more", "0b", (reader) => reader.skip()],
  ["field number 0", "0000", () => {}],
];

for (const [what, bytes, read] of broken) {
  test(`${what} is malformed`, () => {
    const reader = readerOf(Uint8Array.from(Buffer.from(bytes, "hex")));
    assert.equal(
      codeOf(() => {
        reader.next();
        read(reader);
      }),
      "ONNX_MALFORMED",
    );
  });
}

function readerOf(bytes: Uint8Array): MessageReader {
  return MessageReader.over(bytes, "test");
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

function codeOf(run: () => void): string | undefined {
  try {
    run();
    return "no error";
  } catch (error) {
    return errorCode(error);
  }
}
