import type { SourceFile } from "./source.ts";

/** How far an ingest is. */
export interface IngestProgress {
  /** Read so far, before decompression. */
  readonly bytes: number;
  /** Known when every file is on disk. */
  readonly totalBytes?: number;
  /** Rows settled, refused ones included. */
  readonly rows: number;
  /** Bytes per second since the start. */
  readonly bytesPerSecond: number;
  /** Rows per second since the start. */
  readonly ratePerSecond: number;
  /** Time left at this rate, when the total is known. */
  readonly etaMs?: number;
}

/** Told of progress at most ten times a second, and once at the end. */
export type ProgressListener = (progress: IngestProgress) => void;

const EVERY_MS = 100;

/** Turns counts of bytes and rows into progress. */
export function progressMeter(
  files: readonly SourceFile[],
  listener: ProgressListener | undefined,
): { bytes(count: number): void; rows(count: number): void; done(): void } {
  const started = performance.now();
  const totalBytes = files.every(({ sizeBytes }) => sizeBytes !== undefined)
    ? files.reduce((sum, { sizeBytes = 0 }) => sum + sizeBytes, 0)
    : undefined;
  let bytes = 0;
  let rows = 0;
  let told = -Infinity;
  const tell = (now: boolean) => {
    const elapsed = performance.now() - started;
    if (listener === undefined || (!now && elapsed - told < EVERY_MS)) return;
    told = elapsed;
    const bytesPerSecond = (bytes / Math.max(elapsed, 1)) * 1000;
    listener({
      bytes,
      rows,
      bytesPerSecond,
      ratePerSecond: (rows / Math.max(elapsed, 1)) * 1000,
      ...(totalBytes === undefined
        ? {}
        : {
            totalBytes,
            etaMs:
              bytesPerSecond > 0 ? (Math.max(0, totalBytes - bytes) / bytesPerSecond) * 1000 : 0,
          }),
    });
  };
  return {
    bytes(count) {
      bytes = count;
      tell(false);
    },
    rows(count) {
      rows = count;
      tell(false);
    },
    done: () => tell(true),
  };
}
