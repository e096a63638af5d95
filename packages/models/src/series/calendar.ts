import { SoukError } from "@souk/core";

const DAY_MS = 86_400_000;

/** Days since 1970-01-01 of a date written `YYYY-MM-DD`. @throws SoukError `SERIES_DATE`. */
export function dayNumber(date: string): number {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(ms) || dayText(ms / DAY_MS) !== date)
    throw new SoukError("SERIES_DATE", `expected a date YYYY-MM-DD, got ${date.slice(0, 40)}`);
  return ms / DAY_MS;
}

/** `YYYY-MM-DD` of a count of days since 1970-01-01. */
export function dayText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** Day of the week, 0 for Monday to 6 for Sunday; 1970-01-01 was a Thursday. */
export function weekdayOf(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

/**
 * Which weekdays a series is kept on, [7] from Monday: those at least half as common as the most common, so that
 * one Saturday of extra trading does not open the market every Saturday.
 */
export function usualWeekdays(days: ArrayLike<number>): readonly boolean[] {
  const counts = [0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < days.length; i++) counts[weekdayOf(days[i])]++;
  const most = Math.max(...counts);
  return counts.map((count) => count > 0 && count * 2 >= most);
}

/** The `count` days after the last that the series would be kept on if nobody took a holiday. */
export function nextDays(days: ArrayLike<number>, count: number): Int32Array {
  const usual = usualWeekdays(days);
  const next = new Int32Array(count);
  let day = days[days.length - 1];
  for (let i = 0; i < count; i++) {
    do day++;
    while (!usual[weekdayOf(day)]);
    next[i] = day;
  }
  return next;
}

/** A hole in a series: the days it was kept on around the hole, and how many usual days are missing between. */
export interface SeriesGap {
  readonly after: string;
  readonly before: string;
  readonly missing: number;
}

/** Holes in ascending `days`, in order. Days of the week that the series is not kept on are no hole. */
export function findGaps(days: ArrayLike<number>): readonly SeriesGap[] {
  const usual = usualWeekdays(days);
  const perWeek = usual.filter(Boolean).length;
  const gaps: SeriesGap[] = [];
  for (let i = 1; i < days.length; i++) {
    const between = days[i] - days[i - 1] - 1;
    let missing = Math.floor(between / 7) * perWeek;
    for (let k = 1; k <= between % 7; k++) if (usual[weekdayOf(days[i - 1] + k)]) missing++;
    if (missing > 0) gaps.push({ after: dayText(days[i - 1]), before: dayText(days[i]), missing });
  }
  return gaps;
}
