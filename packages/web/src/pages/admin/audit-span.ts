/** The span that two days of the address name, in the reader's time zone: from the first's beginning to the last's end. */
export function spanOf(
  from: string,
  until: string,
): { readonly fromMs?: number; readonly untilMs?: number } {
  const fromMs = startOfDay(from);
  const lastMs = startOfDay(until);
  const end = lastMs === undefined ? undefined : new Date(lastMs);
  end?.setDate(end.getDate() + 1);
  return {
    ...(fromMs !== undefined && { fromMs }),
    ...(end !== undefined && { untilMs: end.getTime() }),
  };
}

function startOfDay(text: string): number | undefined {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00`).getTime() : Number.NaN;
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}
