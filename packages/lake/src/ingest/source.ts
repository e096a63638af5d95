import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { errorCode, SoukError } from "@souk/core";

/** The formats ingest reads. */
export type IngestFormat = "tsv" | "csv" | "jsonl" | "parquet";

/** Where rows come from: a file, a folder of files (in order of name), or any stream of bytes. Each may be gzipped. */
export type IngestSource =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "folder"; readonly path: string }
  | {
      readonly kind: "stream";
      readonly stream: AsyncIterable<Uint8Array>;
      readonly fileName?: string;
    };

/** One file of a source. */
export interface SourceFile {
  readonly name: string;
  readonly format: IngestFormat;
  /** Set for a file on disk. */
  readonly path?: string;
  /** On disk, that is before decompression. */
  readonly sizeBytes?: number;
  /** The bytes as they come, compressed or not. */
  open(): AsyncIterable<Uint8Array>;
}

const READ_BYTES = 1 << 20;

/**
 * The files of a source.
 * @throws SoukError `LAKE_SOURCE` when it cannot be found or read, or a folder holds nothing to ingest;
 * `LAKE_FORMAT` when the format is not given and the name does not tell it.
 */
export async function listSource(
  source: IngestSource,
  format?: IngestFormat,
): Promise<SourceFile[]> {
  if (source.kind === "stream") {
    const name = source.fileName ?? "stream";
    return [{ name, format: format ?? formatOf(name), open: () => source.stream }];
  }
  if (source.kind === "file") return [await fileOf(source.path, format)];
  const names = (await attempt(source.path, () => readdir(source.path))).toSorted();
  const wanted = names.filter((name) => !/^[._]/.test(name) && guessFormat(name) !== undefined);
  if (wanted.length === 0)
    throw new SoukError(
      "LAKE_SOURCE",
      `expected .tsv, .csv, .jsonl or .parquet files in ${source.path}, found none of ${names.length}`,
    );
  return Promise.all(wanted.map((name) => fileOf(join(source.path, name), format)));
}

/** The bytes of a file, decompressed when they start with the gzip mark, whatever the name says. */
export async function* plainBytes(
  chunks: AsyncIterable<Uint8Array>,
  { onBytes, signal }: { onBytes?: (chunk: Uint8Array) => void; signal?: AbortSignal } = {},
): AsyncGenerator<Uint8Array> {
  const counted = countedBytes(chunks, onBytes, signal);
  let head: Uint8Array = new Uint8Array(0);
  while (head.length < 2) {
    const next = await counted.next();
    if (next.done === true) break;
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
  }
  const all = prefixed(head, counted);
  if (head[0] !== 0x1f || head[1] !== 0x8b) {
    yield* all;
    return;
  }
  const gunzip = createGunzip({ chunkSize: READ_BYTES });
  pipeline(Readable.from(all), gunzip, () => undefined);
  try {
    for await (const chunk of gunzip) yield chunk;
  } catch (cause) {
    signal?.throwIfAborted();
    throw cause instanceof SoukError
      ? cause
      : new SoukError(
          "LAKE_SOURCE",
          `expected a complete gzip stream: ${cause instanceof Error ? cause.message : "broken"}`,
          { cause },
        );
  }
}

async function* countedBytes(
  chunks: AsyncIterable<Uint8Array>,
  onBytes: ((chunk: Uint8Array) => void) | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    signal?.throwIfAborted();
    onBytes?.(chunk);
    yield chunk;
  }
}

async function* prefixed(
  head: Uint8Array,
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head;
  yield* rest;
}

async function fileOf(path: string, format: IngestFormat | undefined): Promise<SourceFile> {
  const found = await attempt(path, () => stat(path));
  if (!found.isFile())
    throw new SoukError("LAKE_SOURCE", `expected a file, got something else at ${path}`);
  const name = basename(path);
  return {
    name,
    path,
    format: format ?? formatOf(name),
    sizeBytes: found.size,
    open: () => createReadStream(path, { highWaterMark: READ_BYTES }),
  };
}

function formatOf(name: string): IngestFormat {
  const format = guessFormat(name);
  if (format === undefined)
    throw new SoukError(
      "LAKE_FORMAT",
      `expected a name ending in .tsv, .csv, .jsonl or .parquet (also .gz), or a format, got "${name}"`,
    );
  return format;
}

function guessFormat(name: string): IngestFormat | undefined {
  const match = /\.(tsv|csv|jsonl|ndjson|parquet)(\.gz)?$/i.exec(name);
  switch (match?.[1]?.toLowerCase()) {
    case "tsv":
      return "tsv";
    case "csv":
      return "csv";
    case "jsonl":
    case "ndjson":
      return "jsonl";
    case "parquet":
      return "parquet";
    default:
      return undefined;
  }
}

async function attempt<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new SoukError(
      "LAKE_SOURCE",
      `cannot read ${path}: ${errorCode(cause) ?? "unknown error"}`,
      { cause },
    );
  }
}
