import { canonicalJson, sha256, SoukError } from "@souk/core";
import { type LakeContext, shapeOfTable, snapshotOfDataset } from "../context.ts";
import { ingestSource } from "./ingest.ts";
import type { IngestReport } from "./report.ts";
import { type QuarantinedRow, quarantinedRows, writeReplayed } from "./quarantine.ts";

/** What to replay. */
export interface ReplayOptions {
  /** Default: every row in quarantine. */
  readonly ids?: readonly string[];
  /** New texts, by id of the row and dataset column. */
  readonly fixes?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** As for ingest. Default `append`. */
  readonly mode?: "append" | "upsert";
  readonly signal?: AbortSignal;
}

/** Rows replayed in one go; the rest is for the next call. */
const MAX_ROWS = 1_000_000;

/**
 * Ingests quarantined rows again, as a batch of their own, with the fixes applied. Rows that are still bad are quarantined
 * anew with fresh reasons; the old entries are gone once this returns, and back if the batch is undone.
 * @throws SoukError `LAKE_NO_ROW` for an id that is not in quarantine, and what ingest throws.
 */
export async function replayRows(
  context: LakeContext,
  name: string,
  { ids, fixes = {}, mode, signal }: ReplayOptions = {},
): Promise<IngestReport> {
  const snapshot = await snapshotOfDataset(context, name);
  const shape = shapeOfTable(snapshot)?.shape;
  const wanted = ids === undefined ? undefined : new Set(ids);
  const rows: QuarantinedRow[] = [];
  for await (const row of quarantinedRows(snapshot)) {
    if (wanted === undefined || wanted.has(row.id)) rows.push(row);
    if (rows.length >= MAX_ROWS) break;
  }
  const found = new Set(rows.map(({ id }) => id));
  for (const id of [...(ids ?? []), ...Object.keys(fixes)])
    if (!found.has(id))
      throw new SoukError(
        "LAKE_NO_ROW",
        `expected ids of rows in quarantine of "${name}", got "${id}"`,
      );
  for (const [id, fix] of Object.entries(fixes))
    for (const column of Object.keys(fix))
      if (shape !== undefined && !shape.columns.some((one) => one.name === column))
        throw new SoukError(
          "LAKE_NO_COLUMN",
          `fix of ${id}: expected a column of ${name}, got "${column}"`,
        );
  const batchId = `replay-${sha256(canonicalJson([snapshot.version, [...found], fixes])).slice(0, 32)}`;
  return ingestSource(
    context,
    {
      name,
      source: { kind: "stream", stream: jsonLines(rows, fixes), fileName: "quarantine.jsonl" },
      beforeCommit: async (token) => writeReplayed(snapshot.tableDirectory, token, [...found]),
    },
    { batchId, format: "jsonl", mode, signal, ...(shape === undefined ? {} : { shape }) },
  );
}

async function* jsonLines(
  rows: readonly QuarantinedRow[],
  fixes: Readonly<Record<string, Readonly<Record<string, string>>>>,
): AsyncGenerator<Uint8Array> {
  for (const { id, values } of rows)
    yield Buffer.from(`${JSON.stringify({ ...values, ...fixes[id] })}\n`);
}
