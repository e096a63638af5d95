import type { CommitDetails } from "./delta/actions.ts";
import { listLog, readCommit } from "./delta/log.ts";

/** One commit of a dataset. */
export interface CommitInfo {
  readonly version: number;
  readonly timestampMs: number;
  /** `WRITE`, `MERGE` (upsert), `OPTIMIZE` (compaction) or `UNDO`. */
  readonly operation: string;
  readonly summary: Readonly<Record<string, unknown>>;
}

/** One batch, as the log remembers it. */
export interface LoggedBatch {
  readonly batchId: string;
  readonly token: string;
  readonly version: number;
  readonly timestampMs: number;
  readonly mode: string;
  readonly source: string;
  readonly rows: number;
  readonly quarantined: number;
  readonly duplicates: number;
  readonly replaced: number;
  readonly bytes: number;
}

/** Every commit of a table, oldest first. Reads the whole log: one small file per commit. */
export async function historyOf(tableDirectory: string): Promise<CommitInfo[]> {
  const { commits } = await listLog(tableDirectory);
  const history: CommitInfo[] = [];
  for (const version of commits) {
    const actions = await readCommit(tableDirectory, version);
    const details = actions?.find((action) => action.commitInfo)?.commitInfo;
    if (details) history.push(commitOf(version, details));
  }
  return history;
}

/** Every batch ever committed to a table, oldest first, undone ones included. */
export async function batchesOf(tableDirectory: string): Promise<LoggedBatch[]> {
  return (await historyOf(tableDirectory)).flatMap(({ version, timestampMs, summary }) => {
    if (summary["kind"] !== "batch") return [];
    const text = (name: string) => (typeof summary[name] === "string" ? summary[name] : "");
    const count = (name: string) => (typeof summary[name] === "number" ? summary[name] : 0);
    return [
      {
        batchId: text("batchId"),
        token: text("token"),
        version,
        timestampMs,
        mode: text("mode"),
        source: text("source"),
        rows: count("rows"),
        quarantined: count("quarantined"),
        duplicates: count("duplicates"),
        replaced: count("replaced"),
        bytes: count("bytes"),
      },
    ];
  });
}

function commitOf(version: number, details: CommitDetails): CommitInfo {
  const { souk } = details;
  return {
    version,
    timestampMs: details.timestamp,
    operation: details.operation,
    summary: typeof souk === "object" && souk !== null ? { ...souk } : {},
  };
}
