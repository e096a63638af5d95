import type { AddFile } from "../delta/actions.ts";
import type { LogState } from "../delta/snapshot.ts";

/** What an ingest did. */
export interface IngestReport {
  readonly dataset: string;
  readonly batchId: string;
  readonly version: number;
  /** Rows added by the batch. */
  readonly rows: number;
  readonly quarantined: number;
  /** Rows whose key another row of the batch has too. */
  readonly duplicates: number;
  /** Rows of earlier batches that an upsert replaced. */
  readonly replaced: number;
  /** The batch was there already and nothing was done. */
  readonly skipped: boolean;
  /** Read from the source, before decompression. */
  readonly bytes: number;
  readonly elapsedMs: number;
  /** Refused rows by reason in words. */
  readonly reasons: Readonly<Record<string, number>>;
}

/** What the log keeps about a batch. */
export interface BatchSummary extends Omit<IngestReport, "dataset" | "version" | "skipped"> {
  readonly kind: "batch";
  readonly token: string;
  readonly mode: "append" | "upsert";
  readonly source: string;
}

/** Whether a batch is in the table: its Delta transaction is odd. */
export function isPresent(state: LogState, batchId: string): boolean {
  return (state.transactions.get(batchId)?.version ?? 0) % 2 === 1;
}

/** Rows of data files. */
export function rowsOf(adds: readonly AddFile[]): number {
  return adds.reduce((sum, { stats }) => sum + recordsOf(stats), 0);
}

/** The report of a batch that is there already. */
export function skippedReport(dataset: string, batchId: string, version: number): IngestReport {
  return {
    dataset,
    batchId,
    version,
    rows: 0,
    quarantined: 0,
    duplicates: 0,
    replaced: 0,
    skipped: true,
    bytes: 0,
    elapsedMs: 0,
    reasons: {},
  };
}

function recordsOf(stats: string | null | undefined): number {
  const parsed: unknown = JSON.parse(stats ?? "null");
  return typeof parsed === "object" && parsed !== null && "numRecords" in parsed
    ? Number(parsed.numRecords)
    : 0;
}
