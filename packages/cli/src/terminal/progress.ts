import { formatCount, formatDuration, formatRate } from "./numbers.ts";
import { pad } from "./table.ts";
import { clip, type Style, visibleWidth } from "./style.ts";

/** How far some work is. */
export interface Progress {
  readonly label: string;
  /** 0..1, absent when the end is not known. */
  readonly share?: number;
  readonly ratePerSecond?: number;
  readonly etaMs?: number;
  /** More words, like "epoch 3  loss 0.412". */
  readonly note?: string;
}

/** Shows progress: one line rewritten on a terminal, a quiet line now and then elsewhere. */
export interface ProgressBar {
  update(progress: Progress): void;
  /** Replaces the bar by `line`, or removes it. */
  done(line?: string): void;
}

const REDRAW_MS = 80;
const QUIET_MS = 5_000;
const BAR_WIDTH = 24;
const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;

/** `█████▌···` of `width` columns for a share in 0..1. */
export function bar(share: number, width: number, rest = "·"): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * width * 8);
  const full = "█".repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]!;
  return full + rest.repeat(width - full.length);
}

/** One line of progress that fits into `width` columns; notes give way first. */
export function progressLine(
  { label, share, ratePerSecond, etaMs, note }: Progress,
  { width, style }: { width: number; style: Style },
): string {
  const parts: string[] = [];
  if (share !== undefined) {
    parts.push(style.cyan(bar(share, Math.min(BAR_WIDTH, Math.max(8, width - 56)))));
    parts.push(`${String(Math.floor(share * 100)).padStart(3)} %`);
  }
  if (ratePerSecond !== undefined && ratePerSecond > 0) parts.push(formatRate(ratePerSecond));
  if (etaMs !== undefined && Number.isFinite(etaMs))
    parts.push(style.dim(`${formatDuration(etaMs)} left`));
  const line = [
    pad(clip(label, 22), Math.min(22, Math.max(10, visibleWidth(label)))),
    ...parts,
  ].join("  ");
  const room = width - visibleWidth(line) - 3;
  return note === undefined || room < 8 ? line : `${line}  ${style.dim(clip(note, room))}`;
}

/** A bar that writes to `write`. `now` in milliseconds, from any fixed moment. */
export function createProgressBar(options: {
  write: (text: string) => void;
  isTty: boolean;
  width: number;
  style: Style;
  now: () => number;
}): ProgressBar {
  const { write, isTty, width, style, now } = options;
  let drawnAt = -Infinity;
  let label = "";
  const clear = (): void => {
    if (isTty && drawnAt > -Infinity) write("\r\u001B[K");
  };
  return {
    update(progress) {
      const isNew = progress.label !== label;
      if (!isNew && now() - drawnAt < (isTty ? REDRAW_MS : QUIET_MS)) return;
      label = progress.label;
      const line = progressLine(progress, { width: width - 1, style });
      if (isTty) clear();
      write(isTty ? `\r${line}` : `${quietLine(progress)}\n`);
      drawnAt = now();
    },
    done(line) {
      clear();
      if (line !== undefined) write(`${line}\n`);
      if (!isTty) return;
      drawnAt = -Infinity;
      label = "";
    },
  };
}

function quietLine({ label, share, ratePerSecond, etaMs, note }: Progress): string {
  const parts = [label];
  if (share !== undefined) parts.push(`${Math.floor(share * 100)} %`);
  if (ratePerSecond !== undefined && ratePerSecond > 0)
    parts.push(`${formatCount(ratePerSecond)}/s`);
  if (etaMs !== undefined && Number.isFinite(etaMs)) parts.push(`${formatDuration(etaMs)} left`);
  if (note !== undefined && note !== "") parts.push(note);
  return parts.join(", ");
}
