const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** "20,000"; above ten million "12.3M"; below ten up to four significant digits: "0.7974". */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1e7) return compact.format(value);
  if (Number.isInteger(value) || size >= 1000) return whole.format(value);
  return String(Number(value.toPrecision(4)));
}

/** A share in [0, 1] as "79.7 %". */
export function formatShare(share: number, digits = 1): string {
  return Number.isFinite(share) ? `${(share * 100).toFixed(digits)} %` : "–";
}

/** A difference of two shares in points: "+33.7 points". */
export function formatPoints(difference: number): string {
  const points = (difference * 100).toFixed(1);
  return `${difference > 0 ? "+" : ""}${points} points`;
}

/** "1.4 MB". */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let size = bytes;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[unit] ?? "B"}`;
}

/** Milliseconds as "340 ms", "5.2 s", "3 min 20 s", "2 h 5 min". */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const ago = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** How long before `nowMs` a time was: "3 minutes ago", "yesterday". */
export function formatAgo(atMs: number, nowMs: number): string {
  const seconds = (atMs - nowMs) / 1000;
  const size = Math.abs(seconds);
  if (size < 45) return "just now";
  if (size < 45 * 60) return ago.format(Math.round(seconds / 60), "minute");
  if (size < 22 * 3600) return ago.format(Math.round(seconds / 3600), "hour");
  if (size < 26 * 86_400) return ago.format(Math.round(seconds / 86_400), "day");
  return ago.format(Math.round(seconds / (30.44 * 86_400)), "month");
}

/** A time as data: "2026-11-22T12:49:00.000Z"; undefined for none. */
export function isoOf(atMs: number | undefined): string | undefined {
  return atMs === undefined ? undefined : new Date(atMs).toISOString();
}

const clock = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});

/** "22 Nov 2026, 12:49", in the time zone of the reader. */
export function formatTime(atMs: number): string {
  return clock.format(atMs);
}
