import { formatDuration, formatShare } from "../../parts/format.ts";
import { memberOf } from "../../wire/answers.ts";
import { counted } from "../../parts/counted.ts";

/** How far the server is with a file. */
export interface Progress {
  /** "receive": the file is on its way; "read": its rows are being looked at. */
  readonly phase: "receive" | "read";
  /** [0, 1]; undefined while the size of the whole is not known. */
  readonly share: number | undefined;
  readonly rows: number | undefined;
  /** Of an archive of photos. */
  readonly photos: number | undefined;
  readonly etaMs: number | undefined;
}

/** What a "progress" event says. */
export function progressOf(data: unknown): Progress {
  const number = (name: string): number | undefined => {
    const value = memberOf(data, name);
    return typeof value === "number" ? value : undefined;
  };
  const bytes = number("bytes");
  const total = number("totalBytes");
  return {
    phase: memberOf(data, "phase") === "read" ? "read" : "receive",
    share: bytes === undefined || !total ? undefined : Math.min(1, bytes / total),
    rows: number("rows"),
    photos: number("photos"),
    etaMs: number("etaMs"),
  };
}

/** The same for people: "Its rows are being checked · 40 % · 12,000 rows · 3.0 s left". */
export function progressWords(progress: Progress | undefined): string {
  if (!progress) return "The file is on its way";
  const { phase, share, rows, photos, etaMs } = progress;
  const what = photos === undefined ? "Its rows are being checked" : "Photos are being looked at";
  const parts = [phase === "receive" ? "The file is on its way" : what];
  if (share !== undefined) parts.push(formatShare(share, 0));
  if (rows) parts.push(counted(rows, "row"));
  if (photos) parts.push(counted(photos, "photo"));
  if (etaMs !== undefined && etaMs > 1000) parts.push(`${formatDuration(etaMs)} left`);
  return parts.join(" · ");
}
