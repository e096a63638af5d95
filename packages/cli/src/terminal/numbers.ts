/** 1,234,567. */
export function formatCount(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** `1 row`, `1,234 rows`. */
export function formatRows(count: number): string {
  return `${formatCount(count)} ${count === 1 ? "row" : "rows"}`;
}

/** 812 B, 4.1 KB, 36 MB: powers of 1000, two figures below ten. */
export function formatBytes(bytes: number): string {
  return formatScaled(bytes, ["B", "KB", "MB", "GB", "TB", "PB"]);
}

/** 812, 4.1 k, 36 M. */
export function formatRate(perSecond: number): string {
  return `${formatScaled(perSecond, ["", "k", "M", "G"]).trim()}/s`;
}

function formatScaled(value: number, units: readonly string[]): string {
  let scaled = value;
  let unit = 0;
  while (scaled >= 999.5 && unit < units.length - 1) {
    scaled /= 1000;
    unit++;
  }
  const digits = unit > 0 && scaled < 9.95 ? 1 : 0;
  return `${scaled.toFixed(digits)} ${units[unit]!}`;
}

/** 0.4 s, 12 s, 3 min 20 s, 2 h 05 min. */
export function formatDuration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(Math.round(seconds) / 60);
  if (minutes < 60) return `${minutes} min ${String(Math.round(seconds) % 60).padStart(2, "0")} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

/** 2026-11-22 07:45 UTC. */
export function formatTime(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** Up to `digits` decimals for a fraction, none for a whole number. */
export function formatNumber(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value)) return value.toLocaleString("en-US");
  if (value !== 0 && Math.abs(value) < 10 ** -digits) return value.toExponential(1);
  return value.toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}
