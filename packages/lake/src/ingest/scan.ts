import { rm } from "node:fs/promises";
import type { LakeContext } from "../context.ts";
import { quoteLiteral } from "../quoting.ts";
import type { DatasetShape } from "../shape.ts";
import { jsonMembers } from "./infer.ts";
import { splitConstants, withConstants } from "./constants.ts";
import { decimalCommaColumns } from "./decimal-comma.ts";
import { mapColumns, parquetReading, type Reading, segmentReading } from "./mapping.ts";
import type { RefuseRecord } from "./records.ts";
import { plainBytes, type SourceFile } from "./source.ts";
import type { Delimiter, Encoding } from "./text-bytes.ts";
import { oneAhead, spoolSegments, spoolWhole } from "./spool.ts";

/** What a scan hands to its consumer: one part of the source, mapped to the shape. */
export interface Part {
  readonly reading: Reading;
  readonly shape: DatasetShape;
  /** Position in the source of each column of the shape. */
  readonly positions: readonly (number | undefined)[];
  /** Positions in the shape of the numbers that the source writes with a decimal comma. */
  readonly decimalCommas: ReadonlySet<number>;
  readonly isJson: boolean;
  /** Counts from 0 over the whole source. */
  readonly index: number;
}

/** Options of `scanSource`. */
export interface ScanOptions {
  /** Decides the shape from the first reading; asked again for every file, so that each may have other columns. */
  readonly shapeFor: (reading: Reading) => Promise<DatasetShape>;
  /** Whether the columns wanted of JSON objects are known before reading. */
  readonly knownShape: DatasetShape | undefined;
  readonly mapping?: Readonly<Record<string, string>>;
  readonly delimiter?: Delimiter;
  readonly encoding?: Encoding;
  readonly refuse: RefuseRecord;
  readonly onFile?: (name: string) => void;
  readonly onBytes?: (chunk: Uint8Array) => void;
  readonly segmentBytes?: number;
  /** How many parts are consumed at once. Default 1. */
  readonly lanes?: number;
  readonly signal?: AbortSignal;
}

/** Large enough for good row groups in every partition, small enough to spool two on any disk. */
const SEGMENT_BYTES = 256 << 20;

/** Reads a source part by part; memory and disk stay bounded by the size of two segments. */
export async function scanSource(
  context: LakeContext,
  { files, consume }: { files: readonly SourceFile[]; consume: (part: Part) => Promise<void> },
  options: ScanOptions,
): Promise<void> {
  let index = 0;
  for (const file of files) {
    options.signal?.throwIfAborted();
    options.onFile?.(file.name);
    // The shape is settled part by part, in order; only the consuming overlaps.
    const visit = async (reading: Reading, isJson: boolean) => {
      const { mapping, constants } = splitConstants(options.mapping);
      const shape = withConstants(await options.shapeFor(reading), constants);
      const positions = mapColumns(shape, reading.names, mapping).map((at, i) =>
        Object.hasOwn(constants, shape.columns[i]?.name ?? "") ? undefined : at,
      );
      const decimalCommas = await decimalCommaColumns(context.engine, reading, {
        shape,
        positions,
      });
      const part = { reading, shape, isJson, positions, decimalCommas, index: index++ };
      return () => consume(part);
    };
    if (file.format === "parquet") await scanParquet(context, file, { ...options, visit });
    else await scanRecords(context, file, { ...options, visit });
  }
}

/** Maps a reading and gives back what consumes it. */
type Visit = (reading: Reading, isJson: boolean) => Promise<() => Promise<void>>;

async function scanRecords(
  context: LakeContext,
  file: SourceFile,
  options: ScanOptions & { visit: Visit },
): Promise<void> {
  const { signal, onBytes, refuse, segmentBytes = SEGMENT_BYTES, visit } = options;
  const { delimiter, encoding } = options;
  const folder = context.engine.temporaryDirectory;
  const bytes = plainBytes(file.open(), { onBytes, signal });
  const segments = spoolSegments(bytes, {
    format: file.format,
    delimiter,
    encoding,
    folder,
    refuse,
    segmentBytes,
    signal,
  });
  const lanes = new Lanes(options.lanes ?? 1);
  const discard = async ({ path }: { path: string }) => rm(path, { force: true });
  try {
    for await (const segment of oneAhead(segments, discard)) {
      const { path, split, escaped } = segment;
      try {
        const isJson = file.format === "jsonl";
        const names = isJson ? await jsonNames(context, path, options) : segment.names;
        const consume = await visit(
          segmentReading(path, { format: file.format, names, split, escaped }),
          isJson,
        );
        await lanes.start(async () => {
          try {
            await consume();
          } finally {
            await discard(segment);
          }
        });
      } catch (cause) {
        await discard(segment);
        throw cause;
      }
    }
  } finally {
    await lanes.settle();
  }
  await lanes.finish();
}

/** Runs work side by side, so that the end of one part, where few threads are busy, overlaps the start of the next. */
class Lanes {
  readonly #limit: number;
  readonly #running = new Set<Promise<void>>();
  #failure: { cause: unknown } | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Starts work once a lane is free; throws what earlier work threw. */
  async start(work: () => Promise<void>): Promise<void> {
    while (this.#running.size >= this.#limit) await Promise.race(this.#running);
    this.#check();
    const running = work()
      .catch((cause: unknown) => {
        this.#failure ??= { cause };
      })
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Waits until nothing runs. */
  async settle(): Promise<void> {
    await Promise.all(this.#running);
  }

  /** Waits, then throws what any work threw. */
  async finish(): Promise<void> {
    await this.settle();
    this.#check();
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.cause;
  }
}

async function jsonNames(
  context: LakeContext,
  path: string,
  { knownShape, mapping = {} }: ScanOptions,
): Promise<readonly string[]> {
  if (knownShape !== undefined)
    return [
      ...new Set([
        ...knownShape.columns.map(({ name }) => mapping[name] ?? name),
        ...Object.values(mapping),
      ]),
    ];
  return jsonMembers(
    context.engine,
    segmentReading(path, { format: "jsonl", names: [], escaped: false }).relation,
  );
}

async function scanParquet(
  context: LakeContext,
  file: SourceFile,
  options: ScanOptions & { visit: Visit },
): Promise<void> {
  const { signal, onBytes, visit } = options;
  const spooled =
    file.path !== undefined && !file.path.endsWith(".gz")
      ? undefined
      : await spoolWhole(
          plainBytes(file.open(), { onBytes, signal }),
          context.engine.temporaryDirectory,
          ".parquet",
        );
  // A file on disk is read by DuckDB in place; its bytes pass here only to be counted and hashed.
  if (spooled === undefined) for await (const chunk of file.open()) onBytes?.(chunk);
  const path = spooled ?? file.path ?? "";
  try {
    const described = await context.engine.all(
      `DESCRIBE SELECT * FROM read_parquet(${quoteLiteral(path)}, hive_partitioning = false)`,
      { signal },
    );
    const consume = await visit(
      parquetReading(
        path,
        described.map(([name, type]) => ({ name: String(name), type: String(type) })),
      ),
      false,
    );
    await consume();
  } finally {
    if (spooled !== undefined) await rm(spooled, { force: true });
  }
}
