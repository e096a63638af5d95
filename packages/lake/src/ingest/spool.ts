import { randomUUID } from "node:crypto";
import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createWriteStream } from "node:fs";
import { type NumberedRecords, RecordNumberer, type RefuseRecord } from "./records.ts";
import type { IngestFormat } from "./source.ts";
import { type Delimiter, delimited, type Encoding, utf8Bytes } from "./text-bytes.ts";

/** A spooled part of a source file: whole, numbered records. Whoever takes it removes the file. */
export interface Segment {
  readonly path: string;
  readonly names: readonly string[];
  /** What stands between the fields of a record. */
  readonly split: string;
  readonly escaped: boolean;
}

/** Options of `spoolSegments`. */
export interface SpoolOptions {
  readonly format: IngestFormat;
  readonly delimiter?: Delimiter;
  readonly encoding?: Encoding;
  readonly folder: string;
  readonly refuse: RefuseRecord;
  readonly segmentBytes: number;
  readonly signal?: AbortSignal;
}

/** Cuts one plain file into numbered segments on disk; the next is written while the caller works on the last. */
export async function* spoolSegments(
  source: AsyncGenerator<Uint8Array>,
  options: SpoolOptions,
): AsyncGenerator<Segment> {
  const { format, folder, refuse, segmentBytes, signal } = options;
  await mkdir(folder, { recursive: true });
  const { split, bytes } = await delimited(utf8Bytes(source, options.encoding), options);
  const withHeader = format !== "jsonl";
  const numberer = new RecordNumberer({ delimiter: format === "csv" ? split : undefined, refuse });
  let writer: SegmentWriter | undefined;
  try {
    const write = async (records: NumberedRecords) => {
      if (records.bytes.length === 0) return;
      writer ??= await SegmentWriter.open(folder);
      await writer.write(records);
    };
    for await (const chunk of bytes) {
      signal?.throwIfAborted();
      await write(numberer.push(chunk, { withHeader, split }));
      if (writer === undefined || writer.size < segmentBytes) continue;
      const full = writer;
      writer = undefined;
      yield await full.finish(numberer.header ?? [], split);
    }
    await write(numberer.end({ withHeader, split }));
    if (writer === undefined) return;
    const last = writer;
    writer = undefined;
    yield await last.finish(numberer.header ?? [], split);
  } finally {
    await writer?.discard();
  }
}

/** Runs a generator one item ahead of its consumer; `discard` is given an item made but not taken. */
export async function* oneAhead<T>(
  items: AsyncGenerator<T>,
  discard: (item: T) => Promise<void>,
): AsyncGenerator<T> {
  let next: Promise<IteratorResult<T, unknown>> | undefined = items.next();
  try {
    for (;;) {
      const current: IteratorResult<T, unknown> = await next;
      next = undefined;
      if (current.done === true) return;
      next = items.next();
      // Its failure is thrown when it is awaited above; this only keeps it from counting as unhandled meanwhile.
      next.catch(() => undefined);
      yield current.value;
    }
  } finally {
    // Reached with an item under way only when the consumer stopped early, with its own error to tell.
    const left = await next?.catch(() => undefined);
    if (left !== undefined && left.done !== true) await discard(left.value);
    await items.return(undefined);
  }
}

/** Keeps a whole stream as a file, for formats that must be read out of order. */
export async function spoolWhole(
  bytes: AsyncIterable<Uint8Array>,
  folder: string,
  suffix: string,
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, `spool-${randomUUID()}${suffix}`);
  try {
    await pipeline(bytes, createWriteStream(path));
    return path;
  } catch (cause) {
    await rm(path, { force: true });
    throw cause;
  }
}

class SegmentWriter {
  readonly #path: string;
  readonly #file: Awaited<ReturnType<typeof open>>;
  #escaped = false;
  size = 0;

  private constructor(path: string, file: Awaited<ReturnType<typeof open>>) {
    this.#path = path;
    this.#file = file;
  }

  static async open(folder: string): Promise<SegmentWriter> {
    const path = join(folder, `spool-${randomUUID()}.tsv`);
    return new SegmentWriter(path, await open(path, "wx", 0o600));
  }

  async write({ bytes, escaped }: NumberedRecords): Promise<void> {
    for (let at = 0; at < bytes.length;) at += (await this.#file.write(bytes, at)).bytesWritten;
    this.size += bytes.length;
    if (escaped) this.#escaped = true;
  }

  async finish(names: readonly string[], split: string): Promise<Segment> {
    await this.#file.close();
    return { path: this.#path, names, split, escaped: this.#escaped };
  }

  async discard(): Promise<void> {
    await this.#file.close();
    await rm(this.#path, { force: true });
  }
}
