/**
 * Reads tar files as a stream: ustar (POSIX.1-1988), the long names and sizes of pax (POSIX.1-2001) and of GNU tar.
 * Gzip around them is taken off.
 */
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { SoukError } from "@souk/core";
import type { ImageFile } from "./batches.ts";
import { type ByteReader, byteReader } from "./byte-reader.ts";
import type { SourceMeter } from "./source-meter.ts";

//   0 name 100 | 124 size 12 (octal) | 148 checksum 8 | 156 type 1 | 257 "ustar" | 345 prefix 155 | … 512
// then the file, filled up to a multiple of 512; two blocks of zeros end the archive.
const BLOCK = 512;

/** Longest name or pax record: a path of 4,096 bytes and some room. */
const MAX_EXTRA_BYTES = 65_536;

interface TarReading {
  readonly meter: SourceMeter;
  readonly wanted: (name: string) => boolean;
}

interface Header {
  readonly name: string;
  readonly sizeBytes: number;
  readonly type: string;
}

/**
 * The files of a tar whose names are `wanted`.
 * @throws SoukError `IMAGE_SOURCE_BROKEN`, and what `meter` throws.
 */
export async function* readTar(
  path: string,
  { isGzipped, ...reading }: TarReading & { readonly isGzipped: boolean },
): AsyncGenerator<ImageFile> {
  const file = createReadStream(path);
  // The failure of either stream is thrown where the last one is read.
  const stream = isGzipped ? pipeline(file, createGunzip(), () => undefined) : file;
  try {
    yield* filesOf(byteReader(stream), reading);
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && String(cause.code).startsWith("Z_"))
      throw broken("a gzipped tar file, got damaged gzip", cause);
    throw cause;
  } finally {
    stream.destroy();
    file.destroy();
  }
}

async function* filesOf(
  reader: ByteReader,
  { meter, wanted }: TarReading,
): AsyncGenerator<ImageFile> {
  let extra: { name?: string; sizeBytes?: number } = {};
  for (;;) {
    const block = await reader.take(BLOCK);
    if (block.length === BLOCK && !block.some((byte) => byte !== 0)) return;
    const header = { ...parseHeader(block), ...extra };
    const { name, sizeBytes, type } = header;
    if (type === "x" || type === "L" || type === "g") {
      meter.entry("", { isFile: true, sizeBytes, isWanted: false });
      const record = await extraOf(reader, header);
      if (type !== "g") extra = { ...extra, ...record };
      continue;
    }
    extra = {};
    const isFolder = type === "5";
    const isWanted = !isFolder && wanted(name);
    const isFile = isFolder || type === "0" || type === "\0";
    meter.entry(name, { isFile, sizeBytes, isWanted });
    if (isWanted)
      yield { name: name.replace(/^(?:\.\/)+/, ""), bytes: await body(reader, sizeBytes) };
    else if ((await reader.skip(padded(sizeBytes))) < sizeBytes)
      throw broken(`${sizeBytes} bytes of a file, got fewer`);
  }
}

/** What a record before an entry says of it. */
async function extraOf(
  reader: ByteReader,
  { type, sizeBytes }: Header,
): Promise<{ name?: string; sizeBytes?: number }> {
  if (sizeBytes > MAX_EXTRA_BYTES) throw broken(`a record of at most ${MAX_EXTRA_BYTES} bytes`);
  const text = (await body(reader, sizeBytes)).toString("utf8");
  if (type === "L") return { name: text.replace(/\0.*$/s, "") };
  const found: { name?: string; sizeBytes?: number } = {};
  for (const [, key, value] of text.matchAll(/^\d+ (path|size)=(.*)$/gm)) {
    if (key === "path") found.name = value;
    else found.sizeBytes = sizeOf(value, 10);
  }
  return found;
}

async function body(reader: ByteReader, sizeBytes: number): Promise<Buffer> {
  const bytes = await reader.take(padded(sizeBytes));
  if (bytes.length < sizeBytes) throw broken(`${sizeBytes} bytes of a file, got ${bytes.length}`);
  return bytes.subarray(0, sizeBytes);
}

function parseHeader(block: Buffer): Header {
  if (block.length < BLOCK) throw broken(`a header of ${BLOCK} bytes, got ${block.length}`);
  // The sum of all bytes, its own place counted as spaces.
  let sum = 8 * 32;
  block.forEach((byte, at) => {
    if (at < 148 || at >= 156) sum += byte;
  });
  if (sizeOf(field(block, 148, 8), 8) !== sum) throw broken("a tar file with right checksums");
  const prefix = field(block, 257, 6) === "ustar" ? field(block, 345, 155) : "";
  const name = field(block, 0, 100);
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    sizeBytes: sizeOf(field(block, 124, 12), 8),
    type: String.fromCharCode(block[156]),
  };
}

function field(block: Buffer, from: number, length: number): string {
  return block.toString("utf8", from, from + length).replace(/\0.*$/s, "");
}

function sizeOf(text: string, radix: 8 | 10): number {
  const digits = text.trim();
  const size = Number.parseInt(digits, radix);
  if ((radix === 8 ? /^[0-7]+$/ : /^\d+$/).test(digits) && Number.isSafeInteger(size)) return size;
  throw broken("a size in digits");
}

function padded(sizeBytes: number): number {
  return Math.ceil(sizeBytes / BLOCK) * BLOCK;
}

function broken(expected: string, cause?: unknown): SoukError {
  return new SoukError("IMAGE_SOURCE_BROKEN", `archive: expected ${expected}`, { cause });
}
