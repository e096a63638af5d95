const HOUR_MS = 3_600_000;

/** Moments people ask about, before `nowMs`, in the reader's time zone. */
export function moments(nowMs: number): { readonly name: string; readonly atMs: number }[] {
  const noon = new Date(nowMs);
  noon.setDate(noon.getDate() - 1);
  noon.setHours(12, 0, 0, 0);
  return [
    { name: "Now", atMs: nowMs },
    { name: "An hour ago", atMs: nowMs - HOUR_MS },
    { name: "Yesterday at noon", atMs: noon.getTime() },
    { name: "A week ago", atMs: nowMs - 7 * 24 * HOUR_MS },
  ];
}

/** A time as a field of type datetime-local wants it, in the reader's time zone, to the second. */
export function localText(atMs: number): string {
  const local = new Date(atMs - new Date(atMs).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19);
}
