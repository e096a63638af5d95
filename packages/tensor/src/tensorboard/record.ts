/**
 * The framing of TFRecord files:
 *
 *   record := length u64 | masked crc of the length u32 | data | masked crc of the data u32      little-endian
 *   masked := rotate right by 15, plus 0xa282ead8: a CRC of data that holds CRCs would be weak
 *
 * Source: "TFRecord and tf.train.Example", https://www.tensorflow.org/tutorials/load_data/tfrecord
 */
import { crc32c } from "./crc32c.ts";

/** One record around `data`. */
export function frameRecord(data: Uint8Array): Uint8Array {
  const record = Buffer.alloc(8 + 4 + data.byteLength + 4);
  record.writeBigUInt64LE(BigInt(data.byteLength), 0);
  record.writeUInt32LE(maskedCrc(record.subarray(0, 8)), 8);
  record.set(data, 12);
  record.writeUInt32LE(maskedCrc(data), 12 + data.byteLength);
  return record;
}

/** The CRC-32C of bytes as records hold it. */
export function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
