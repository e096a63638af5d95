import type { Clock } from "@souk/core";
import type { Sql, SqlValue } from "@souk/store";
import type { GateResult } from "./gate.ts";
import { checkInteger } from "./limits.ts";
import { placeholders } from "./pairs.ts";
import { type ModelRow } from "./registry-rows.ts";
import { present, type RunData } from "./run.ts";

/** One decision about a model. Rows are added and never changed: the database refuses it. */
export interface PromotionEntry {
  /** 1, 2, 3… over all models. */
  readonly sequence: number;
  readonly kind: "promote" | "rollback" | "unset" | "approve" | "reject";
  readonly model: string;
  /** The alias that moved; absent for approve and reject. */
  readonly alias?: string;
  /** The version it points at from now on; absent for unset. */
  readonly version?: number;
  readonly previousVersion?: number;
  readonly runId?: string;
  readonly data?: RunData;
  readonly by: string;
  readonly reason: string;
  readonly gate?: GateResult;
  /** Whether a failed or missing gate was overruled. */
  readonly forced: boolean;
  /** Epoch ms, never before the entry before it. */
  readonly at: number;
}

/** What one alias of one model pointed at over a span of time. */
export interface ServedSpan {
  readonly model: string;
  readonly alias: string;
  readonly version: number;
  readonly runId?: string;
  /** What that run was trained on. */
  readonly data?: RunData;
  readonly promotedBy: string;
  readonly reason: string;
  readonly forced: boolean;
  /** Epoch ms. */
  readonly from: number;
  /** Epoch ms, exclusive; absent while it still serves. */
  readonly until?: number;
}

/** What to add to the log. */
export interface Decision {
  readonly kind: PromotionEntry["kind"];
  readonly model: ModelRow;
  readonly alias?: string;
  readonly version?: number;
  readonly previousVersion?: number;
  readonly by: string;
  readonly reason: string;
  readonly gate?: GateResult;
  readonly forced?: boolean;
}

interface LogRow {
  sequence: number;
  kind: PromotionEntry["kind"];
  model: string;
  alias: string | null;
  version: number | null;
  previous_version: number | null;
  run_id: string | null;
  data_dataset: string | null;
  data_version: number | null;
  data_hash: string | null;
  by_whom: string;
  reason: string;
  gate: string | null;
  forced: number;
  at: number;
  until: number | null;
}

/** Adds a decision with its run and data as they are now, inside the caller's transaction. */
export async function appendDecision(sql: Sql, decision: Decision, clock: Clock): Promise<void> {
  const last = await sql.get<{ sequence: number; at: number }>(
    "SELECT sequence, at FROM registry_log ORDER BY sequence DESC LIMIT 1",
  );
  const lineage = await lineageOf(sql, decision);
  const columns: Record<string, SqlValue> = {
    sequence: (last?.sequence ?? 0) + 1,
    model_id: decision.model.id,
    model: decision.model.name,
    kind: decision.kind,
    alias: decision.alias ?? null,
    version: decision.version ?? null,
    previous_version: decision.previousVersion ?? null,
    run_id: lineage?.run_id ?? null,
    data_dataset: lineage?.data_dataset ?? null,
    data_version: lineage?.data_version ?? null,
    data_hash: lineage?.data_hash ?? null,
    by_whom: decision.by,
    reason: decision.reason,
    gate: decision.gate === undefined ? null : JSON.stringify(decision.gate),
    forced: Number(decision.forced ?? false),
    at: Math.max(clock.now(), last?.at ?? 0),
  };
  await sql.run(
    `INSERT INTO registry_log (${Object.keys(columns).join(", ")}) VALUES (${placeholders(Object.keys(columns))})`,
    Object.values(columns),
  );
}

async function lineageOf(sql: Sql, { model, version }: Decision): Promise<LogRow | undefined> {
  if (version === undefined) return undefined;
  return sql.get<LogRow>(
    `SELECT v.run_id, r.data_dataset, r.data_version, r.data_hash
     FROM model_versions v LEFT JOIN runs r ON r.id = v.run_id WHERE v.model_id = ? AND v.version = ?`,
    [model.id, version],
  );
}

/** The log, newest first, of one model or of all. */
export async function readLog(
  sql: Sql,
  { model, limit = 1000 }: { model?: string; limit?: number } = {},
): Promise<PromotionEntry[]> {
  const rows = await sql.all<LogRow>(
    `SELECT l.*, NULL AS until FROM registry_log l ${model === undefined ? "" : "WHERE l.model = ?"}
     ORDER BY l.sequence DESC LIMIT ?`,
    [...(model === undefined ? [] : [model]), checkInteger(limit, "a limit")],
  );
  return rows.map(plainEntry);
}

/** One query: each alias's moves with the moment of the next one, cut at `atMs`. */
export async function readServedAt(
  sql: Sql,
  atMs: number,
  { model, alias }: { model?: string; alias?: string },
): Promise<ServedSpan[]> {
  const rows = await sql.all<LogRow>(
    `SELECT * FROM (
       SELECT l.*, lead(l.at) OVER (PARTITION BY l.model_id, l.alias ORDER BY l.sequence) AS until
       FROM registry_log l WHERE l.alias IS NOT NULL) spans
     WHERE at <= ? AND (until IS NULL OR until > ?) AND version IS NOT NULL
       ${model === undefined ? "" : "AND model = ?"} ${alias === undefined ? "" : "AND alias = ?"}
     ORDER BY model, alias`,
    [
      checkInteger(atMs, "a time in epoch ms"),
      atMs,
      ...[model, alias].filter((value) => value !== undefined),
    ],
  );
  return rows.map((row) => ({
    model: row.model,
    alias: row.alias ?? "",
    version: row.version ?? 0,
    ...lineage(row),
    promotedBy: row.by_whom,
    reason: row.reason,
    forced: row.forced === 1,
    from: row.at,
    ...present({ until: row.until }),
  }));
}

function plainEntry(row: LogRow): PromotionEntry {
  return {
    sequence: row.sequence,
    kind: row.kind,
    model: row.model,
    ...present({ alias: row.alias, version: row.version, previousVersion: row.previous_version }),
    ...lineage(row),
    by: row.by_whom,
    reason: row.reason,
    ...(row.gate === null ? {} : { gate: JSON.parse(row.gate) as GateResult }),
    forced: row.forced === 1,
    at: row.at,
  };
}

function lineage(row: LogRow): { runId?: string; data?: RunData } {
  const { data_dataset: dataset, data_version: version, data_hash: hash } = row;
  return {
    ...present({ runId: row.run_id }),
    ...(dataset === null ? {} : { data: { dataset, version: version ?? 0, hash: hash ?? "" } }),
  };
}
