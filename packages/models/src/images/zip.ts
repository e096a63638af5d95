/**
 * Reads zip files: entries that are stored or deflated, found by the directory at the end. Encrypted ones and zip64
 * (over 65,535 entries or 4 GiB) are refused by name.
 *
 * Source: PKWARE, "APPNOTE.TXT - .ZIP File Format Specification".
 */
import { type FileHandle, open } from "node:fs/promises";
import { promisify } from "node:util";
import { crc32, inflateRaw } from "node:zlib";
import { SoukError } from "@souk/core";
import type { ImageFile } from "./batches.ts";
import type { SourceMeter } from "./source-meter.ts";

//   entries: "PK\3\4" header 30, name, extra, data
//   directory: "PK\1\2" header 46, name, extra, comment, for each entry
//   end: "PK\5\6" 22: 10 entries u16, 12 directory's size u32, 16 its offset u32, comment of at most 65,535
const END_BYTES = 22;
const MAX_COMMENT_BYTES = 65_535;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;

/** 65,535 entries with names of 500 bytes and more: a directory above that is there to fill memory. */
const MAX_DIRECTORY_BYTES = 64 * 2 ** 20;

const inflate = promisify(inflateRaw);

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packedBytes: number;
  readonly sizeBytes: number;
  readonly offset: number;
  readonly isEncrypted: boolean;
  readonly isFile: boolean;
}

/**
 * The files of a zip whose names are `wanted`.
 * @throws SoukError `IMAGE_SOURCE_BROKEN`, and what `meter` throws.
 */
export async function* readZip(
  path: string,
  { meter, wanted }: { meter: SourceMeter; wanted: (name: string) => boolean },
): AsyncGenerator<ImageFile> {
  const file = await open(path, "r");
  try {
    for (const entry of entriesOf(await readDirectory(file))) {
      const { name, isFile, sizeBytes } = entry;
      if (name.endsWith("/")) continue;
      const isWanted = wanted(name);
      meter.entry(name, { isFile, sizeBytes, isWanted });
      if (isWanted) yield { name, bytes: await readEntry(file, entry) };
    }
  } finally {
    await file.close();
  }
}

async function readDirectory(file: FileHandle): Promise<Buffer> {
  const { size } = await file.stat();
  const tailBytes = Math.min(size, END_BYTES + MAX_COMMENT_BYTES);
  const tail = await readAt(file, size - tailBytes, tailBytes);
  const at = tail.lastIndexOf("PK\u0005\u0006", tail.length - END_BYTES, "latin1");
  if (at < 0) throw broken("a zip file with its directory at the end");
  const count = tail.readUInt16LE(at + 10);
  const length = tail.readUInt32LE(at + 12);
  const offset = tail.readUInt32LE(at + 16);
  if (count === 0xffff || length === 0xffffffff || offset === 0xffffffff)
    throw broken("a zip below 65,535 entries and 4 GiB (others as tar), got zip64");
  if (length > MAX_DIRECTORY_BYTES || offset + length > size)
    throw broken(`a directory inside the file, got ${length} bytes at ${offset} of ${size}`);
  return readAt(file, offset, length);
}

function* entriesOf(directory: Buffer): Generator<Entry> {
  for (let at = 0; at < directory.length;) {
    if (at + ENTRY_BYTES > directory.length || directory.readUInt32LE(at) !== 0x02014b50)
      throw broken("an entry in the directory, got other bytes");
    const nameBytes = directory.readUInt16LE(at + 28);
    const nameFrom = at + ENTRY_BYTES;
    // The upper half of the attributes is a Unix mode: 0 when unknown, 0o100000 for a file, 0o040000 for a folder.
    const kind = (directory.readUInt32LE(at + 38) >>> 16) & 0o170000;
    yield {
      name: directory.toString("utf8", nameFrom, nameFrom + nameBytes),
      method: directory.readUInt16LE(at + 10),
      crc: directory.readUInt32LE(at + 16),
      packedBytes: directory.readUInt32LE(at + 20),
      sizeBytes: directory.readUInt32LE(at + 24),
      offset: directory.readUInt32LE(at + 42),
      isEncrypted: (directory.readUInt16LE(at + 8) & 1) === 1,
      isFile: kind === 0 || kind === 0o100000,
    };
    at = nameFrom + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
}

async function readEntry(file: FileHandle, entry: Entry): Promise<Buffer> {
  const { name, method, packedBytes, sizeBytes, offset } = entry;
  if (entry.isEncrypted || (method !== 0 && method !== 8))
    throw broken(`${JSON.stringify(name)} stored or deflated, got another method or encryption`);
  const local = await readAt(file, offset, LOCAL_BYTES);
  if (local.readUInt32LE(0) !== 0x04034b50) throw broken("an entry where the directory says");
  const from = offset + LOCAL_BYTES + local.readUInt16LE(26) + local.readUInt16LE(28);
  // Deflate makes nothing longer by more than a few bytes, so what is packed is bounded by the size that was checked.
  if (packedBytes > sizeBytes + sizeBytes / 1000 + 64)
    throw broken(`${JSON.stringify(name)} packed, got ${packedBytes} bytes for ${sizeBytes}`);
  const packed = await readAt(file, from, packedBytes);
  const bytes = method === 0 ? packed : await unpack(packed, sizeBytes);
  if (bytes.length !== sizeBytes || crc32(bytes) !== entry.crc)
    throw broken(`${JSON.stringify(name)} with its size and checksum`);
  return bytes;
}

async function unpack(packed: Buffer, sizeBytes: number): Promise<Buffer> {
  try {
    return await inflate(packed, { maxOutputLength: Math.max(1, sizeBytes) });
  } catch (cause) {
    throw broken("deflated bytes of the declared size", cause);
  }
}

async function readAt(file: FileHandle, from: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, from);
  if (bytesRead < length) throw broken(`${length} bytes at ${from}, got ${bytesRead}`);
  return buffer;
}

function broken(expected: string, cause?: unknown): SoukError {
  return new SoukError("IMAGE_SOURCE_BROKEN", `archive: expected ${expected}`, { cause });
}
