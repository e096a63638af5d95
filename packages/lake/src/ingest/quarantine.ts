import { closeSync, createReadStream, fsyncSync, mkdirSync, openSync, writeSync } from "node:fs";
import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { syncFolder, writeFileAtomic } from "@souk/core";
import { isLive } from "../context.ts";
import type { Snapshot } from "../delta/snapshot.ts";
import type { RefusedRow } from "../engine.ts";

/*
 * <table>/_quarantine/<token>.<rows>.jsonl             first line {"batchId", "columns"}, then one refused row per line
 *                     <token>.<rows>.replayed          rows of other batches that batch <token> replayed, one id per line
 * A file counts only while the batch <token> is in the table: both are on the disk before the commit that makes it so.
 */

/** A row that ingest refused, kept until it is replayed. */
export interface QuarantinedRow {
  /** `<token>:<number>`, stable. */
  readonly id: string;
  readonly batch: string;
  /** Name of the source file. */
  readonly file: string;
  /** Line in the source file, from 1; the row number for Parquet. */
  readonly line: number;
  readonly raw: string;
  /** Texts by dataset column, as far as the row could be taken apart. */
  readonly values: Readonly<Record<string, string | null>>;
  readonly reasons: readonly string[];
  /** The column of the first reason, when it is about one. */
  readonly column?: string;
}

/** Distinct reasons counted; more than any shape has columns. */
const MAX_REASONS = 2000;

/** Collects refused rows in a file, in bounded memory. */
export class QuarantineWriter {
  readonly #folder: string;
  readonly #path: string;
  readonly #token: string;
  readonly #batchId: () => string;
  #file: number | undefined;
  #pending: string[] = [];
  #pendingSize = 0;
  columns: readonly string[] = [];
  fileName = "";
  count = 0;
  readonly reasons: Record<string, number> = {};

  constructor(tableDirectory: string, token: string, batchId: () => string) {
    this.#folder = quarantineFolder(tableDirectory);
    this.#token = token;
    this.#batchId = batchId;
    this.#path = join(this.#folder, `.tmp-${token}`);
  }

  /** Takes one row; synchronous because SQL calls it in the middle of a scan. */
  take(row: RefusedRow): void {
    this.count++;
    for (const reason of row.reasons) {
      const kind = reason.replace(/, got .*$/s, "");
      if (kind in this.reasons || Object.keys(this.reasons).length < MAX_REASONS)
        this.reasons[kind] = (this.reasons[kind] ?? 0) + 1;
    }
    const text = `${JSON.stringify({ ...row, file: this.fileName })}\n`;
    this.#pending.push(text);
    this.#pendingSize += text.length;
    if (this.#pendingSize > 1 << 18) this.#flush();
  }

  /** Puts the rows on the disk under their final name. */
  async finish(): Promise<void> {
    if (this.count === 0) return;
    this.#flush();
    const file = this.#file;
    if (file === undefined) return;
    fsyncSync(file);
    closeSync(file);
    this.#file = undefined;
    const head = { batchId: this.#batchId(), columns: this.columns };
    await writeFileAtomic(join(this.#folder, `${this.#token}.head.json`), JSON.stringify(head));
    await rename(this.#path, join(this.#folder, `${this.#token}.${this.count}.jsonl`));
    await syncFolder(this.#folder);
    await syncFolder(join(this.#folder, ".."));
  }

  /** Forgets the rows, finished or not. */
  async discard(): Promise<void> {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    await rm(this.#path, { force: true });
    for (const name of [`${this.#token}.head.json`, `${this.#token}.${this.count}.jsonl`])
      await rm(join(this.#folder, name), { force: true });
  }

  #flush(): void {
    if (this.#file === undefined) {
      mkdirSync(this.#folder, { recursive: true });
      this.#file = openSync(this.#path, "w", 0o600);
    }
    writeSync(this.#file, this.#pending.join(""));
    this.#pending = [];
    this.#pendingSize = 0;
  }
}

/** How many rows of live batches wait in quarantine; reads one folder, no rows. */
export async function countQuarantined(snapshot: Snapshot): Promise<number> {
  let count = 0;
  for (const { token, rows, kind } of await quarantineFiles(snapshot))
    if (isLive(snapshot.transactions, token)) count += kind === "jsonl" ? rows : -rows;
  return Math.max(0, count);
}

/** The rows of live batches that were not replayed, in order of batch and line. */
export async function* quarantinedRows(
  snapshot: Snapshot,
  { batch }: { batch?: string } = {},
): AsyncGenerator<QuarantinedRow> {
  const files = (await quarantineFiles(snapshot)).filter(({ token }) =>
    isLive(snapshot.transactions, token),
  );
  const replayed = new Set<string>();
  for (const { path, kind } of files) {
    if (kind !== "replayed") continue;
    for await (const id of linesOf(path)) replayed.add(id);
  }
  for (const { path, token, kind } of files) {
    if (kind !== "jsonl") continue;
    const head = await headOf(snapshot, token);
    if (batch !== undefined && head.batchId !== batch) continue;
    let number = 0;
    for await (const text of linesOf(path)) {
      number++;
      const id = `${token}:${number}`;
      if (!replayed.has(id))
        yield rowOf(id, head, JSON.parse(text) as RefusedRow & { file: string });
    }
  }
}

/** Records which rows a replay took; counts from the moment its batch `token` is committed. */
export async function writeReplayed(
  tableDirectory: string,
  token: string,
  ids: readonly string[],
): Promise<void> {
  await writeFileAtomic(
    join(quarantineFolder(tableDirectory), `${token}.${ids.length}.replayed`),
    `${ids.join("\n")}\n`,
  );
}

function rowOf(
  id: string,
  head: { batchId: string; columns: readonly string[] },
  row: RefusedRow & { file: string },
): QuarantinedRow {
  const values: Record<string, string | null> = {};
  for (const [i, column] of head.columns.entries()) values[column] = row.values[i] ?? null;
  const column = row.reasons[0]?.split(":", 1)[0];
  return {
    id,
    batch: head.batchId,
    file: row.file,
    line: row.line,
    raw: row.raw,
    values,
    reasons: row.reasons,
    ...(column !== undefined && head.columns.includes(column) ? { column } : {}),
  };
}

async function headOf(
  snapshot: Snapshot,
  token: string,
): Promise<{ batchId: string; columns: readonly string[] }> {
  for await (const text of linesOf(
    join(quarantineFolder(snapshot.tableDirectory), `${token}.head.json`),
  ))
    return JSON.parse(text) as { batchId: string; columns: readonly string[] };
  return { batchId: token, columns: [] };
}

async function quarantineFiles(
  snapshot: Snapshot,
): Promise<{ path: string; token: string; rows: number; kind: string }[]> {
  const folder = quarantineFolder(snapshot.tableDirectory);
  let names: string[];
  try {
    names = (await readdir(folder)).toSorted();
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    const match = /^([a-z0-9_]+)\.(\d+)\.(jsonl|replayed)$/.exec(name);
    if (match === null) return [];
    const [, token = "", rows = "0", kind = ""] = match;
    return [{ path: join(folder, name), token, rows: Number(rows), kind }];
  });
}

function linesOf(path: string): AsyncIterable<string> {
  return createInterface({ input: createReadStream(path), crlfDelay: Infinity });
}

function quarantineFolder(tableDirectory: string): string {
  return join(tableDirectory, "_quarantine");
}
