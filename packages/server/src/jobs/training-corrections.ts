import { systemClock } from "@souk/core";
import type { CorrectedRows, CorrectionsReport } from "@souk/models";
import { openCorrections } from "@souk/serving";
import type { Store } from "@souk/store";
import type { Tracking } from "@souk/tracking";

/**
 * The corrections of a model that counted when its run began: the same when the run goes on after a kill, whatever was
 * said since. `undefined` when there are none.
 */
export async function correctionsFor(
  { store, tracking, runId }: { store: Store; tracking: Tracking; runId: string },
  { model, weight = 1 }: { model: string; weight?: number | undefined },
): Promise<CorrectedRows | undefined> {
  const corrections = await openCorrections(store, { clock: systemClock });
  const { startedAt } = await tracking.runs.get(runId);
  const rows: { input: Readonly<Record<string, unknown>>; label: string | number }[] = [];
  for await (const { input, label } of corrections.active(model, { until: startedAt }))
    rows.push({ input, label });
  return rows.length === 0 ? undefined : { rows, weight };
}

/** Says in the run how many corrections it learnt from. */
export async function recordCorrections(
  { tracking, runId }: { tracking: Tracking; runId: string },
  report: CorrectionsReport | undefined,
): Promise<void> {
  if (!report) return;
  const params = [
    { key: "corrections", value: String(report.entered) },
    { key: "corrections.rows", value: String(report.rows) },
  ];
  await tracking.runs.logBatch(runId, { params });
}
