import { createHash } from "node:crypto";
import { canonicalJson, createId, SoukError } from "@souk/core";
import {
  discardFiles,
  type LakeContext,
  rowsTransaction,
  shapeOfTable,
  tableDirectoryOf,
} from "../context.ts";
import type { AddFile } from "../delta/actions.ts";
import { commit, type CommitPlan } from "../delta/commit.ts";
import { schemaFromDelta, schemaToDelta, type TableColumn } from "../delta/schema.ts";
import { type LogState, readLogState } from "../delta/snapshot.ts";
import { BATCH_COLUMN, type DatasetShape } from "../shape.ts";
import { stageFiles } from "../staging.ts";
import {
  type BatchRows,
  countRepeated,
  finishUpsert,
  prepareUpsert,
  stageOrdered,
} from "../upsert.ts";
import { columnsSql, storedColumns, storedSelect } from "./columns-sql.ts";
import { addInferred, chooseShape, evolveShape, requireKey } from "./evolution.ts";
import { inferShape } from "./infer.ts";
import {
  type BatchSummary,
  type IngestReport,
  isPresent,
  rowsOf,
  skippedReport,
} from "./report.ts";
import type { Reading } from "./mapping.ts";
import { progressMeter, type ProgressListener } from "./progress.ts";
import { QuarantineWriter } from "./quarantine.ts";
import { acceptedRows } from "./rows-sql.ts";
import { type Part, scanSource } from "./scan.ts";
import { type IngestFormat, type IngestSource, listSource, type SourceFile } from "./source.ts";
import type { Delimiter, Encoding } from "./text-bytes.ts";

/** How to ingest. */
export interface IngestOptions {
  /** Default: the table's own shape, else the known shape of that name, else one inferred from the source. */
  readonly shape?: DatasetShape;
  /** Default: told by the name of the file. */
  readonly format?: IngestFormat;
  /** Between the fields of CSV. Default: a comma, or what the first line has when it has none. */
  readonly delimiter?: Delimiter;
  /** Of text. Default: UTF-8, or UTF-16 when the file begins with its mark. */
  readonly encoding?: Encoding;
  /** Source column of each dataset column whose names differ; `=TEXT` puts TEXT into every row instead. */
  readonly mapping?: Readonly<Record<string, string>>;
  /** Names the batch: ingesting a batch that is there already changes nothing. Default: SHA-256 of the content. */
  readonly batchId?: string;
  /** `append` adds every row; `upsert` replaces rows of equal key, the last one winning. Default `append`. */
  readonly mode?: "append" | "upsert";
  /** Share of refused rows in [0, 1] above which the whole batch is refused. Default 1: never. */
  readonly maxBadShare?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: ProgressListener;
  /** Source bytes staged at a time; for tests and benchmarks. */
  readonly segmentBytes?: number;
}

/**
 * Ingests a source into a dataset as one batch: after this returns its rows, and the refused ones, are on the disk; if it
 * throws or the process dies before, none are.
 * @param input.beforeCommit told the token of the batch once its files are staged and before it is committed (used by replay).
 * @throws SoukError `LAKE_SOURCE`, `LAKE_FORMAT`, `LAKE_MAPPING`, `LAKE_SCHEMA_CHANGE`, `LAKE_SHAPE_INVALID`, `LAKE_BATCH_ID`,
 * `LAKE_TOO_MANY_BAD`, `LAKE_NO_KEY`, `LAKE_CONTENTION`.
 */
export async function ingestSource(
  context: LakeContext,
  {
    name,
    source,
    beforeCommit,
  }: { name: string; source: IngestSource; beforeCommit?: (token: string) => Promise<void> },
  options: IngestOptions = {},
): Promise<IngestReport> {
  const started = performance.now();
  const { batchId } = options;
  if (batchId !== undefined && !/^[\w.:@-]{1,128}$/.test(batchId))
    throw new SoukError(
      "LAKE_BATCH_ID",
      `expected a batch id of 1 to 128 letters, digits, _ . : @ or -, got ${JSON.stringify(batchId.slice(0, 140))}`,
    );
  const tableDirectory = tableDirectoryOf(context, name);
  const state = await readLogState(tableDirectory, { cache: context.cache });
  if (batchId !== undefined && isPresent(state, batchId))
    return skippedReport(name, batchId, state.version);
  const files = await listSource(source, options.format);
  const run = new IngestRun(context, { name, tableDirectory, state, files, options, started });
  try {
    return await run.run(beforeCommit);
  } catch (cause) {
    await run.discard();
    options.signal?.throwIfAborted();
    throw cause;
  }
}

interface RunInput {
  readonly name: string;
  readonly tableDirectory: string;
  readonly state: LogState;
  readonly files: readonly SourceFile[];
  readonly options: IngestOptions;
  readonly started: number;
}

/** One ingest under way: owns the staged files and the quarantine file until the commit takes them. */
class IngestRun {
  readonly #context: LakeContext;
  readonly #input: RunInput;
  readonly #token: string;
  readonly #quarantine: QuarantineWriter;
  readonly #hash = createHash("sha256");
  readonly #adds: AddFile[] = [];
  #batch: BatchRows | undefined;
  #batchId: string | undefined;
  #shape: DatasetShape | undefined;
  #inferred = false;
  #bytes = 0;

  constructor(context: LakeContext, input: RunInput) {
    this.#context = context;
    this.#input = input;
    this.#token = createId("b", context.clock);
    this.#batchId = input.options.batchId;
    this.#quarantine = new QuarantineWriter(
      input.tableDirectory,
      this.#token,
      () => this.#batchId ?? this.#token,
    );
    const held = shapeOfTable(input.state);
    this.#inferred = held?.inferred ?? false;
    this.#shape = chooseShape(input.name, held?.shape, input.options.shape);
    if (input.options.mode === "upsert" && this.#shape !== undefined) requireKey(this.#shape);
  }

  async run(beforeCommit?: (token: string) => Promise<void>): Promise<IngestReport> {
    const { name, options } = this.#input;
    await this.#scan();
    this.#batchId ??= this.#hash.digest("hex");
    this.#checkBadShare();
    await this.#quarantine.finish();
    await beforeCommit?.(this.#token);
    const prepared = this.#batch === undefined ? undefined : await this.#prepareUpsert(this.#batch);
    const duplicates = prepared?.duplicates ?? (await this.#countRepeated());
    const summary = { ...this.#summary(duplicates), rows: rowsOf(this.#adds) };
    const version =
      prepared === undefined
        ? await this.#commit((state) => this.#plan(state, { summary }))
        : await this.#context.serially(name, async () =>
            this.#commit(async (state) =>
              finishUpsert(this.#context, prepared, {
                state,
                plan: (merge) =>
                  this.#plan(state, {
                    ...merge,
                    summary: { ...summary, replaced: merge.replaced },
                  }),
              }),
            ),
          );
    if (version === undefined) {
      await this.discard();
      const now = await readLogState(this.#input.tableDirectory, { cache: this.#context.cache });
      return skippedReport(name, this.#batchId, now.version);
    }
    await prepared?.release();
    const { kind: _kind, token: _token, mode: _mode, source: _source, ...report } = summary;
    return {
      dataset: name,
      version,
      skipped: false,
      ...report,
      replaced: prepared?.replaced() ?? 0,
      elapsedMs: performance.now() - this.#input.started,
      bytes: this.#bytes,
      quarantined: this.#quarantine.count,
      reasons: this.#quarantine.reasons,
      batchId: options.batchId ?? this.#batchId,
    };
  }

  /** Takes back everything written that no commit took. */
  async discard(): Promise<void> {
    await discardFiles(this.#input.tableDirectory, this.#adds);
    await this.#quarantine.discard();
    await this.#batch?.release();
  }

  async #scan(): Promise<void> {
    const { files, options } = this.#input;
    const meter = progressMeter(files, options.onProgress);
    await this.#context.engine.withSink(
      (row) => this.#quarantine.take(row),
      async (sink) =>
        scanSource(
          this.#context,
          {
            files,
            consume: async (part) => {
              await this.#consume(part, sink);
              meter.rows(rowsOf(this.#adds) + (this.#batch?.rows ?? 0) + this.#quarantine.count);
            },
          },
          {
            ...options,
            // Rows of an upsert are spooled in order, one part after the other.
            lanes: options.mode === "upsert" ? 1 : 2,
            knownShape: this.#inferred ? undefined : this.#shape,
            shapeFor: async (reading) => this.#shapeFor(reading),
            refuse: (line, raw, reason) =>
              this.#quarantine.take({ line, raw, values: [], reasons: [reason] }),
            onFile: (file) => (this.#quarantine.fileName = file),
            onBytes: (chunk) => {
              this.#bytes += chunk.length;
              if (options.batchId === undefined) this.#hash.update(chunk);
              meter.bytes(this.#bytes);
            },
          },
        ),
    );
    meter.done();
  }

  async #shapeFor(reading: Reading): Promise<DatasetShape> {
    const { name, options } = this.#input;
    if (this.#shape === undefined || this.#inferred) {
      const found = await inferShape(this.#context.engine, name, {
        reading,
        mapping: options.mapping,
      });
      this.#shape = this.#shape === undefined ? found : addInferred(this.#shape, found);
      this.#inferred = true;
      if (options.mode === "upsert") requireKey(this.#shape);
    }
    this.#quarantine.columns = this.#shape.columns.map((column) => column.name);
    return this.#shape;
  }

  async #consume(
    { reading, shape, positions, decimalCommas, isJson, index }: Part,
    sink: number,
  ): Promise<void> {
    const { engine, clock } = this.#context;
    const { tableDirectory, options } = this.#input;
    const columns = columnsSql(
      shape,
      positions.map((at) => (at === undefined ? undefined : `v[${at + 1}]`)),
      decimalCommas,
    );
    const stored = this.#storedSchema(this.#input.state, shape);
    const rows = acceptedRows(reading, columns, { sink, positions, isJson });
    const values = storedSelect(shape, columns, stored, this.#token);
    if (options.mode === "upsert") {
      this.#batch = await stageOrdered(this.#context, this.#batch, {
        select: `SELECT ${values}, ${index} AS _part, line AS _line FROM ${rows}`,
        token: this.#token,
        signal: options.signal,
      });
      return;
    }
    const staging = {
      tableDirectory,
      partitionBy: shape.partitionBy ?? [],
      columnCount: stored.length,
      nowMs: clock.now(),
      signal: options.signal,
    };
    this.#adds.push(...(await stageFiles(engine, `SELECT ${values} FROM ${rows}`, staging)));
  }

  #storedSchema(state: LogState, shape: DatasetShape): TableColumn[] {
    const held = state.metadata === undefined ? [] : schemaFromDelta(state.metadata.schemaString);
    const names = new Set(held.map(({ name }) => name));
    return [...held, ...storedColumns(shape).filter(({ name }) => !names.has(name))];
  }

  #checkBadShare(): void {
    const { maxBadShare = 1 } = this.#input.options;
    const bad = this.#quarantine.count;
    const all = bad + rowsOf(this.#adds) + (this.#batch?.rows ?? 0);
    if (all === 0 || bad / all <= maxBadShare) return;
    throw new SoukError(
      "LAKE_TOO_MANY_BAD",
      `expected at most ${maxBadShare * 100} % bad rows, got ${bad} of ${all}; nothing was written`,
      {
        details: { bad, rows: all, reasons: this.#quarantine.reasons },
      },
    );
  }

  async #prepareUpsert(batch: BatchRows) {
    const shape = this.#shape;
    if (shape === undefined)
      throw new SoukError("LAKE_NO_KEY", "expected a shape with a key for upsert");
    const { tableDirectory, state, options } = this.#input;
    return prepareUpsert(this.#context, batch, {
      tableDirectory,
      key: requireKey(shape),
      partitionBy: shape.partitionBy ?? [],
      stored: this.#storedSchema(state, shape),
      token: this.#token,
      take: (adds) => this.#adds.push(...adds),
      signal: options.signal,
    });
  }

  async #countRepeated(): Promise<number> {
    const key = this.#shape?.key ?? [];
    if (key.length === 0 || this.#adds.length === 0) return 0;
    return countRepeated(this.#context, this.#input.tableDirectory, {
      adds: this.#adds,
      key,
      partitionBy: this.#shape?.partitionBy ?? [],
    });
  }

  async #commit(
    plan: (state: LogState) => Promise<CommitPlan | undefined> | CommitPlan | undefined,
  ): Promise<number | undefined> {
    const { clock, cache } = this.#context;
    return commit(this.#input.tableDirectory, plan, {
      clock,
      cache,
      signal: this.#input.options.signal,
    });
  }

  /** The commit on top of `state`, or `undefined` when another process has committed the same batch meanwhile. */
  #plan(state: LogState, extra: Partial<CommitPlan>): CommitPlan | undefined {
    const batchId = this.#batchId ?? this.#token;
    if (isPresent(state, batchId)) return undefined;
    const metadata = this.#metadata(state);
    return {
      operation: "WRITE",
      ...extra,
      adds: [...this.#adds, ...(extra.adds ?? [])],
      ...(metadata === undefined ? {} : { metadata }),
      transactions: [
        { appId: batchId, version: (state.transactions.get(batchId)?.version ?? 0) + 1 },
        { appId: rowsTransaction(this.#token), version: 1 },
      ],
    };
  }

  #metadata(state: LogState): CommitPlan["metadata"] {
    const mine = this.#shape;
    if (mine === undefined)
      throw new SoukError(
        "LAKE_SOURCE",
        `${this.#input.name}: expected a source with rows, got an empty one`,
      );
    const held = shapeOfTable(state)?.shape;
    const shape = held === undefined ? mine : evolveShape(held, mine);
    if (held !== undefined && canonicalJson(held) === canonicalJson(shape)) return undefined;
    return {
      name: shape.name,
      description: shape.description ?? null,
      format: { provider: "parquet", options: {} },
      schemaString: schemaToDelta(this.#storedSchema(state, shape)),
      partitionColumns: shape.partitionBy ?? [],
      configuration: {
        "souk.shape": JSON.stringify(shape),
        "souk.inferred": String(this.#inferred),
        "souk.hidden": BATCH_COLUMN,
      },
    };
  }

  #summary(duplicates: number): Omit<BatchSummary, "rows"> {
    return {
      kind: "batch",
      batchId: this.#batchId ?? this.#token,
      token: this.#token,
      mode: this.#input.options.mode ?? "append",
      source: this.#input.files
        .map(({ name }) => name)
        .slice(0, 20)
        .join(", "),
      quarantined: this.#quarantine.count,
      duplicates,
      replaced: 0,
      bytes: this.#bytes,
      elapsedMs: Math.round(performance.now() - this.#input.started),
      reasons: this.#quarantine.reasons,
    };
  }
}
