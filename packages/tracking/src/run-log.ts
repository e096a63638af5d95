import { type Clock, SoukError } from "@souk/core";
import type { Sql } from "@souk/store";
import { checkCount, checkInteger, checkKey, checkText, invalid, limits } from "./limits.ts";
import { setPair } from "./pairs.ts";
import { type MetricPoint, unknownRun } from "./run.ts";

/** What one `logBatch` writes: all of it or nothing. */
export interface RunBatch {
  readonly metrics?: readonly MetricPoint[];
  /** A param keeps its first value. */
  readonly params?: readonly { readonly key: string; readonly value: string }[];
  /** A tag takes the new value. */
  readonly tags?: readonly { readonly key: string; readonly value: string }[];
}

/**
 * Writes a batch inside the caller's transaction. Writing the same batch again changes nothing, so a client may retry.
 * @throws SoukError `TRACKING_INVALID`, `TRACKING_RUN_UNKNOWN`, `TRACKING_PARAM_CHANGED`.
 */
export async function writeBatch(
  sql: Sql,
  runId: string,
  batch: RunBatch & { clock: Clock },
): Promise<void> {
  const { metrics = [], params = [], tags = [], clock } = batch;
  checkCount(metrics.length + params.length + tags.length, limits.batch, "values in a batch");
  const { changes } = await sql.run(
    "UPDATE runs SET heartbeat_at = ? WHERE id = ? AND removed_at IS NULL",
    [clock.now(), runId],
  );
  if (changes === 0) throw unknownRun(runId);
  for (const param of params) await writeParam(sql, runId, param);
  for (const { key, value } of tags) await writeTag(sql, runId, { key, value });
  for (const point of metrics) await writePoint(sql, runId, point);
}

async function writeTag(
  sql: Sql,
  runId: string,
  { key, value }: { key: string; value: string },
): Promise<void> {
  checkKey(key, "a tag");
  checkText(value, `the value of tag ${key}`, limits.tagValue);
  await setPair(sql, { table: "run_tags", owner: "run_id" }, [runId, key, value]);
}

async function writeParam(
  sql: Sql,
  runId: string,
  { key, value }: { key: string; value: string },
): Promise<void> {
  checkKey(key, "a param");
  checkText(value, `the value of param ${key}`, limits.paramValue);
  const { changes } = await sql.run(
    "INSERT INTO run_params (run_id, key, value) VALUES (?, ?, ?) ON CONFLICT (run_id, key) DO NOTHING",
    [runId, key, value],
  );
  if (changes > 0) return;
  const there = await sql.get<{ value: string }>(
    "SELECT value FROM run_params WHERE run_id = ? AND key = ?",
    [runId, key],
  );
  if (there?.value === value) return;
  throw new SoukError(
    "TRACKING_PARAM_CHANGED",
    `param ${key} of run ${runId} already has another value; a param cannot change`,
  );
}

async function writePoint(sql: Sql, runId: string, point: MetricPoint): Promise<void> {
  checkKey(point.key, "a metric");
  if (typeof point.value !== "number")
    throw invalid(`metric ${point.key} to be a number`, typeof point.value);
  const isNan = Number.isNaN(point.value);
  const finite = Math.min(Math.max(point.value, -Number.MAX_VALUE), Number.MAX_VALUE);
  const row = [
    runId,
    point.key,
    checkInteger(point.step, "a step"),
    checkInteger(point.timestamp, "a timestamp"),
    isNan ? 0 : finite,
    Number(isNan),
  ];
  await sql.run(
    `INSERT INTO run_metrics (run_id, key, step, at, value, is_nan) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (run_id, key, step, at, value, is_nan) DO NOTHING`,
    row,
  );
  await sql.run(
    `INSERT INTO run_latest_metrics (run_id, key, step, at, value, is_nan) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (run_id, key) DO UPDATE SET step = excluded.step, at = excluded.at, value = excluded.value, is_nan = excluded.is_nan
     WHERE (excluded.step, excluded.at) >= (run_latest_metrics.step, run_latest_metrics.at)`,
    row,
  );
}
