import type { Column } from "./data-grid.tsx";
import { formatAgo, formatTime, isoOf } from "./format.ts";

/** A column of times (epoch ms): "3 minutes ago", the whole time on hover and in exports. */
export function timeColumn<T>({
  id,
  title,
  at,
  nowMs,
  none = "–",
  width = 140,
}: {
  id: string;
  title: string;
  at: (row: T) => number | undefined;
  nowMs: number;
  /** Shown where there is no time. */
  none?: string;
  width?: number;
}): Column<T> {
  return {
    id,
    title,
    value: (row) => isoOf(at(row)),
    show(row) {
      const time = at(row);
      if (time === undefined) return none;
      return <span title={formatTime(time)}>{formatAgo(time, nowMs)}</span>;
    },
    width,
  };
}
