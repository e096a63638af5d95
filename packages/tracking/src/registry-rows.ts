import { SoukError } from "@souk/core";
import type { Sql, SqlValue } from "@souk/store";
import { placeholders, readPairs } from "./pairs.ts";
import { present } from "./run.ts";

/** Whether somebody has looked at a version, and what they decided. */
export type Stage = "pending" | "approved" | "rejected";

/** One version of a model. */
export interface ModelVersion {
  readonly model: string;
  /** 1, 2, 3… within the model, never used again. */
  readonly version: number;
  readonly stage: Stage;
  /** Who decided the stage, why, and when (epoch ms). */
  readonly stageBy?: string;
  readonly stageReason?: string;
  readonly stageAt?: number;
  readonly runId?: string;
  /** Blob prefix of the artefact folder. */
  readonly source: string;
  readonly metrics: Readonly<Record<string, number>>;
  /** The short form of the evaluation report, as its writer gave it. */
  readonly summary?: object;
  readonly description?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly aliases: readonly string[];
  /** MLflow's own stage (None, Staging, Production, Archived), kept for its clients alone. */
  readonly mlflowStage: string;
  readonly createdAt: number;
  readonly createdBy?: string;
  readonly updatedAt: number;
}

/** A registered model with everything under its name. */
export interface RegisteredModel {
  readonly name: string;
  readonly description?: string;
  readonly task?: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Version by alias. */
  readonly aliases: Readonly<Record<string, number>>;
  /** By ascending version. */
  readonly versions: readonly ModelVersion[];
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** A row of `models`. */
export interface ModelRow {
  id: string;
  name: string;
  description: string | null;
  task: string | null;
  created_at: number;
  updated_at: number;
}

interface VersionRow {
  model_id: string;
  model: string;
  version: number;
  run_id: string | null;
  source: string;
  metrics: string;
  summary: string | null;
  description: string | null;
  stage: Stage;
  stage_by: string | null;
  stage_reason: string | null;
  stage_at: number | null;
  mlflow_stage: string;
  created_at: number;
  created_by: string | null;
  updated_at: number;
}

/** The row of a model by name. @throws SoukError `TRACKING_MODEL_UNKNOWN`. */
export async function modelRow(sql: Sql, name: string): Promise<ModelRow> {
  const row = await sql.get<ModelRow>(
    `SELECT id, name, description, task, created_at, updated_at FROM models
     WHERE name = ? AND removed_at IS NULL`,
    [name],
  );
  if (row !== undefined) return row;
  throw new SoukError(
    "TRACKING_MODEL_UNKNOWN",
    `there is no model ${JSON.stringify(name.slice(0, 100))}`,
  );
}

/** Models that match, whole, by name. `where` is our own SQL over `m`. */
export async function readModels(
  sql: Sql,
  where = "1 = 1",
  params: readonly SqlValue[] = [],
): Promise<RegisteredModel[]> {
  const rows = await sql.all<ModelRow>(
    `SELECT m.id, m.name, m.description, m.task, m.created_at, m.updated_at FROM models m
     WHERE m.removed_at IS NULL AND (${where}) ORDER BY m.name`,
    params,
  );
  const ids = rows.map(({ id }) => id);
  const tags = await readPairs(sql, { table: "model_tags", owner: "model_id" }, ids);
  const versions = await readVersions(sql, `v.model_id IN (${placeholders(ids)})`, ids);
  return rows.map((row) => {
    const mine = versions.filter(({ model }) => model === row.name);
    return {
      name: row.name,
      ...present({ description: row.description, task: row.task }),
      tags: tags.get(row.id) ?? {},
      aliases: Object.fromEntries(
        mine.flatMap(({ aliases, version }) => aliases.map((alias) => [alias, version])),
      ),
      versions: mine,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
    };
  });
}

/** Versions that match, by model and version. `where` is our own SQL over `v` and `m`. */
async function readVersions(
  sql: Sql,
  where: string,
  params: readonly SqlValue[],
): Promise<ModelVersion[]> {
  const match = `v.removed_at IS NULL AND m.removed_at IS NULL AND (${where})`;
  const rows = await sql.all<VersionRow>(
    `SELECT v.*, m.name AS model FROM model_versions v JOIN models m ON m.id = v.model_id
     WHERE ${match} ORDER BY m.name, v.version`,
    params,
  );
  const tags = await sql.all<{ model_id: string; version: number; key: string; value: string }>(
    `SELECT t.model_id, t.version, t.key, t.value FROM version_tags t
     JOIN model_versions v ON v.model_id = t.model_id AND v.version = t.version
     JOIN models m ON m.id = v.model_id WHERE ${match} ORDER BY t.key`,
    params,
  );
  const aliases = await sql.all<{ model_id: string; version: number; alias: string }>(
    `SELECT a.model_id, a.version, a.alias FROM model_aliases a
     JOIN model_versions v ON v.model_id = a.model_id AND v.version = a.version
     JOIN models m ON m.id = v.model_id WHERE ${match} ORDER BY a.alias`,
    params,
  );
  return rows.map((row) => {
    const mine = (each: { model_id: string; version: number }): boolean =>
      each.model_id === row.model_id && each.version === row.version;
    return {
      ...plainVersion(row),
      tags: Object.fromEntries(tags.filter(mine).map(({ key, value }) => [key, value])),
      aliases: aliases.filter(mine).map(({ alias }) => alias),
    };
  });
}

/** One version. @throws SoukError `TRACKING_MODEL_UNKNOWN`, `TRACKING_VERSION_UNKNOWN`. */
export async function readVersion(sql: Sql, name: string, version: number): Promise<ModelVersion> {
  const { id } = await modelRow(sql, name);
  if (!Number.isSafeInteger(version)) throw unknownVersion(name, version);
  const [found] = await readVersions(sql, "v.model_id = ? AND v.version = ?", [id, version]);
  if (found === undefined) throw unknownVersion(name, version);
  return found;
}

/** The error of a version that is not there. */
export function unknownVersion(name: string, version: number): SoukError {
  return new SoukError("TRACKING_VERSION_UNKNOWN", `model ${name} has no version ${version}`);
}

function plainVersion(row: VersionRow): Omit<ModelVersion, "tags" | "aliases"> {
  return {
    model: row.model,
    version: row.version,
    stage: row.stage,
    source: row.source,
    metrics: JSON.parse(row.metrics) as Record<string, number>,
    mlflowStage: row.mlflow_stage,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    ...(row.summary === null ? {} : { summary: JSON.parse(row.summary) as object }),
    ...present({
      stageBy: row.stage_by,
      stageReason: row.stage_reason,
      stageAt: row.stage_at,
      runId: row.run_id,
      description: row.description,
      createdBy: row.created_by,
    }),
  };
}
