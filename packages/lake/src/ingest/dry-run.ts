import { type LakeContext, shapeOfTable, tableDirectoryOf } from "../context.ts";
import { readLogState } from "../delta/snapshot.ts";
import type { RefusedRow } from "../engine.ts";
import type { ColumnType, DatasetShape } from "../shape.ts";
import { columnsSql, isRequired } from "./columns-sql.ts";
import { type ColumnGuess, guessColumns, inferShape } from "./infer.ts";
import { chooseShape } from "./evolution.ts";
import type { IngestOptions } from "./ingest.ts";
import type { Reading } from "./mapping.ts";
import { progressMeter } from "./progress.ts";
import { acceptedRows } from "./rows-sql.ts";
import { type Part, scanSource } from "./scan.ts";
import { type IngestSource, listSource } from "./source.ts";

/** What a dry run found about one column. */
export interface ColumnVerdict {
  readonly name: string;
  /** Source column it is read from; absent when the source has none. */
  readonly source?: string;
  /** Type the dataset asks for. */
  readonly type: ColumnType;
  /** Type that a sample of the source looks like. */
  readonly guess?: ColumnType;
  /** The source writes its numbers with a decimal comma ("129,95"), and they are read so. */
  readonly hasDecimalCommas?: true;
  /** Empty values among the accepted rows. */
  readonly nulls: number;
  /** Rows refused because of this column. */
  readonly bad: number;
  /** Up to five reasons, with the values. */
  readonly samples: readonly string[];
  /** `bad`: rows are refused; `warning`: it has no source, or no value at all; else `ok`. */
  readonly verdict: "ok" | "warning" | "bad";
}

/** A row that an ingest would refuse. */
export interface RefusedSample extends RefusedRow {
  readonly file: string;
}

/** What an ingest would do. */
export interface DryRunReport {
  readonly dataset: string;
  readonly shape: DatasetShape;
  readonly rows: number;
  readonly refused: number;
  readonly columns: readonly ColumnVerdict[];
  /** Source columns that no dataset column takes. */
  readonly ignored: readonly string[];
  /** The first 1,000 refused rows. */
  readonly badRows: readonly RefusedSample[];
  readonly bytes: number;
}

const MAX_BAD_ROWS = 1000;

/** Reads and checks a whole source as an ingest would, and writes nothing to the lake. Errors as ingest. */
export async function dryRunSource(
  context: LakeContext,
  { name, source }: { name: string; source: IngestSource },
  options: IngestOptions = {},
): Promise<DryRunReport> {
  const state = await readLogState(tableDirectoryOf(context, name), { cache: context.cache });
  const held = shapeOfTable(state);
  const files = await listSource(source, options.format);
  const found = new Findings(chooseShape(name, held?.shape, options.shape));
  const meter = progressMeter(files, options.onProgress);
  await context.engine.withSink(
    (row) => found.refuse(row),
    async (sink) =>
      scanSource(
        context,
        {
          files,
          consume: async (part) => {
            await found.consume(context, part, sink);
            meter.rows(found.rows + found.refused);
          },
        },
        {
          ...options,
          knownShape: held?.inferred === true ? undefined : found.shape,
          shapeFor: async (reading) =>
            (found.shape ??= await inferShape(context.engine, name, {
              reading,
              mapping: options.mapping,
            })),
          refuse: (line, raw, reason) => found.refuse({ line, raw, values: [], reasons: [reason] }),
          onFile: (file) => (found.file = file),
          onBytes: (chunk) => meter.bytes((found.bytes += chunk.length)),
        },
      ),
  );
  meter.done();
  return found.report(name);
}

class Findings {
  shape: DatasetShape | undefined;
  rows = 0;
  refused = 0;
  bytes = 0;
  file = "";
  readonly #badRows: RefusedSample[] = [];
  readonly #bad = new Map<string, { count: number; samples: string[] }>();
  readonly #nulls = new Map<string, number>();
  readonly #sources = new Map<string, string>();
  readonly #decimalCommas = new Set<string>();
  #ignored: readonly string[] = [];
  #guesses: readonly ColumnGuess[] = [];

  constructor(shape: DatasetShape | undefined) {
    this.shape = shape;
  }

  refuse(row: RefusedRow): void {
    this.refused++;
    if (this.#badRows.length < MAX_BAD_ROWS) this.#badRows.push({ ...row, file: this.file });
    for (const reason of row.reasons) {
      const column = reason.split(": expected", 1)[0] ?? "";
      const entry = this.#bad.get(column) ?? { count: 0, samples: [] };
      entry.count++;
      if (entry.samples.length < 5 && !entry.samples.includes(reason)) entry.samples.push(reason);
      this.#bad.set(column, entry);
    }
  }

  async consume(
    { engine }: LakeContext,
    { reading, shape, positions, decimalCommas, isJson, index }: Part,
    sink: number,
  ): Promise<void> {
    if (index === 0) this.#guesses = await guessColumns(engine, reading);
    this.#note(reading, shape, positions);
    for (const at of decimalCommas) this.#decimalCommas.add(shape.columns[at]?.name ?? "");
    const columns = columnsSql(
      shape,
      positions.map((at) => (at === undefined ? undefined : `v[${at + 1}]`)),
      decimalCommas,
    );
    const nulls = columns.map(({ value }) => `count(*) - count(${value})`);
    const [row = []] = await engine.all(
      `SELECT count(*), ${nulls.join(", ")} FROM ${acceptedRows(reading, columns, { sink, positions, isJson })}`,
    );
    this.rows += Number(row[0]);
    for (const [i, { spec }] of columns.entries())
      this.#nulls.set(spec.name, (this.#nulls.get(spec.name) ?? 0) + Number(row[i + 1]));
  }

  report(dataset: string): DryRunReport {
    const shape = this.shape ?? { name: dataset, columns: [] };
    return {
      dataset,
      shape,
      rows: this.rows,
      refused: this.refused,
      columns: shape.columns.map((spec) => this.#verdict(shape, spec.name)),
      ignored: this.#ignored,
      badRows: this.#badRows,
      bytes: this.bytes,
    };
  }

  #verdict(shape: DatasetShape, name: string): ColumnVerdict {
    const spec = shape.columns.find((column) => column.name === name) ?? {
      name,
      type: "VARCHAR" as const,
    };
    const source = this.#sources.get(name);
    const guess = this.#guesses.find((one) => one.name === source)?.type;
    const nulls = this.#nulls.get(name) ?? 0;
    const { count: bad, samples } = this.#bad.get(name) ?? { count: 0, samples: [] };
    const empty =
      source === undefined || (this.rows > 0 && nulls === this.rows && !isRequired(shape, spec));
    return {
      name,
      ...(source === undefined ? {} : { source }),
      type: spec.type,
      ...(guess === undefined ? {} : { guess }),
      ...(this.#decimalCommas.has(name) ? { hasDecimalCommas: true as const } : {}),
      nulls,
      bad,
      samples,
      verdict: bad > 0 ? "bad" : empty ? "warning" : "ok",
    };
  }

  #note(reading: Reading, shape: DatasetShape, positions: readonly (number | undefined)[]): void {
    const taken = new Set(positions);
    this.#ignored = reading.names.filter((_, at) => !taken.has(at));
    for (const [i, at] of positions.entries()) {
      const source = at === undefined ? undefined : reading.names[at];
      const column = shape.columns[i];
      if (source !== undefined && column !== undefined) this.#sources.set(column.name, source);
    }
  }
}
