/**
 * A segment: one append-only file of rows that were computed once. All numbers are little-endian.
 *
 *   segment := "SOUKFEA1" | width u32 | crc of the 12 bytes before, u32 | block*
 *   block   := count u32 | crc of count and keys, u32 | keys, 32 bytes each | rows
 *   row     := float32[width] | crc of these, u32
 *
 * A block is one write. After `kill -9` the last block may be cut: it ends behind the end of the file and counts as
 * absent. Whatever else is damaged (a power cut) fails a CRC and counts as absent too. CRC is that of zlib.
 */
import { crc32 } from "node:zlib";
import type { FileHandle } from "node:fs/promises";

const magic = Buffer.from("SOUKFEA1");
/** Bytes before the first block. */
export const HEADER_BYTES = 16;
/** Bytes of a key: a SHA-256. */
const KEY_BYTES = 32;
/** Rows of one block at most; a larger count is damage, and must not be allocated. */
export const MAX_BLOCK_ROWS = 65_536;

/** Where a block's rows are. */
export interface BlockIndex {
  readonly keys: readonly string[];
  /** Offset of the first row; the others follow at `rowBytes`. */
  readonly rowsAt: number;
}

/** Bytes of a row of `width` numbers. */
export function rowBytes(width: number): number {
  return 4 * width + 4;
}

/** Bytes of a block. */
export function blockBytes(rows: number, width: number): number {
  return 8 + rows * (KEY_BYTES + rowBytes(width));
}

/** The first bytes of a segment. */
export function encodeHeader(width: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  magic.copy(header);
  header.writeUInt32LE(width, 8);
  header.writeUInt32LE(crc32(header.subarray(0, 12)), 12);
  return header;
}

/** A block of rows [keys, width] under their keys (32 characters of latin1 each). */
export function encodeBlock(keys: readonly string[], rows: Float32Array): Buffer {
  const width = rows.length / keys.length;
  const block = Buffer.alloc(blockBytes(keys.length, width));
  block.writeUInt32LE(keys.length, 0);
  keys.forEach((key, at) => block.write(key, 8 + at * KEY_BYTES, "latin1"));
  const rowsAt = 8 + keys.length * KEY_BYTES;
  block.writeUInt32LE(indexCrc(block.subarray(0, rowsAt)), 4);
  const bytes = Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength);
  for (let row = 0; row < keys.length; row++) {
    const content = bytes.subarray(row * width * 4, (row + 1) * width * 4);
    const at = rowsAt + row * rowBytes(width);
    content.copy(block, at);
    block.writeUInt32LE(crc32(content), at + content.length);
  }
  return block;
}

/** Copies a row into `target` and tells whether it is whole. */
export function decodeRowInto(target: Float32Array, row: Buffer): boolean {
  const content = row.subarray(0, target.byteLength);
  if (crc32(content) !== row.readUInt32LE(content.length)) return false;
  Buffer.from(target.buffer, target.byteOffset, target.byteLength).set(content);
  return true;
}

/** Whether a file is a segment of rows of `width`. */
export async function hasHeader(file: FileHandle, width: number): Promise<boolean> {
  const header = Buffer.alloc(HEADER_BYTES);
  await file.read(header, 0, HEADER_BYTES, 0);
  return header.equals(encodeHeader(width));
}

/** The blocks that are whole, from offset `start` on, and the offset behind the last of them. */
export async function scanBlocks(
  file: FileHandle,
  { start, width }: { start: number; width: number },
): Promise<{ readonly blocks: readonly BlockIndex[]; readonly end: number }> {
  const { size } = await file.stat();
  const blocks: BlockIndex[] = [];
  let end = start;
  for (;;) {
    const block = await readBlockIndex(file, { at: end, size, width });
    if (!block) return { blocks, end };
    blocks.push(block);
    end += blockBytes(block.keys.length, width);
  }
}

async function readBlockIndex(
  file: FileHandle,
  { at, size, width }: { at: number; size: number; width: number },
): Promise<BlockIndex | undefined> {
  if (at + 8 > size) return undefined;
  const count = (await readAt(file, at, 4)).readUInt32LE(0);
  if (count === 0 || count > MAX_BLOCK_ROWS) return undefined;
  if (at + blockBytes(count, width) > size) return undefined;
  const index = await readAt(file, at, 8 + count * KEY_BYTES);
  if (indexCrc(index) !== index.readUInt32LE(4)) return undefined;
  const keys = Array.from({ length: count }, (_, row) =>
    index.toString("latin1", 8 + row * KEY_BYTES, 8 + (row + 1) * KEY_BYTES),
  );
  return { keys, rowsAt: at + index.length };
}

/** Of everything before the rows but the CRC itself. */
function indexCrc(index: Buffer): number {
  return crc32(index.subarray(8), crc32(index.subarray(0, 4)));
}

async function readAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  await file.read(bytes, 0, length, at);
  return bytes;
}
