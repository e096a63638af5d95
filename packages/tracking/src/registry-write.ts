import { errorCode, SoukError } from "@souk/core";
import type { Blobs, Sql, SqlValue, Store } from "@souk/store";
import { artifactKey } from "./artifacts.ts";
import { checkKey, checkText, limits } from "./limits.ts";
import { setPair } from "./pairs.ts";
import { modelRow, type ModelVersion, readVersion } from "./registry-rows.ts";
import { readRun } from "./run.ts";

/** What is known when a version is made. */
export interface NewVersion {
  readonly runId?: string;
  /** Folder of the artefact within the run's files, default all of them. */
  readonly artifactPrefix?: string;
  readonly metrics?: Readonly<Record<string, number>>;
  /** The short form of the evaluation report. */
  readonly summary?: object;
  readonly description?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly by?: string;
}

/** Inserts a model row: id, name, description, task, time. @throws SoukError `TRACKING_MODEL_EXISTS`. */
export async function insertModel(
  sql: Sql,
  [id, name, description, task, now]: SqlValue[],
): Promise<void> {
  await unique(String(name), () =>
    sql.run(
      "INSERT INTO models (id, name, description, task, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)",
      [id ?? null, name ?? null, description ?? null, task ?? null, now ?? null, now ?? null],
    ),
  );
}

/** Sets a tag of a model by its id. */
export async function setModelTag(
  sql: Sql,
  id: string,
  [key, value]: [string, string],
): Promise<void> {
  checkText(value, "a tag's value", limits.tagValue);
  await setPair(sql, { table: "model_tags", owner: "model_id" }, [
    id,
    checkKey(key, "a tag"),
    value,
  ]);
}

/** Sets a tag of a version, or removes it when the value is `undefined`. */
export async function writeVersionTag(
  sql: Sql,
  [id, version, key, value]: [string, number, string, string | undefined],
): Promise<void> {
  if (value === undefined) {
    await sql.run("DELETE FROM version_tags WHERE model_id = ? AND version = ? AND key = ?", [
      id,
      version,
      key,
    ]);
    return;
  }
  await sql.run(
    `INSERT INTO version_tags (model_id, version, key, value) VALUES (?, ?, ?, ?)
     ON CONFLICT (model_id, version, key) DO UPDATE SET value = excluded.value`,
    [id, version, key, checkText(value, "a tag's value", limits.tagValue)],
  );
}

/** The blob prefix of a new version, after a look that files are there. @throws SoukError `TRACKING_ARTIFACT_MISSING`. */
export async function artifactOf(
  store: Store,
  blobs: Blobs,
  { runId, artifactPrefix = "" }: NewVersion,
): Promise<string> {
  if (runId === undefined) return "";
  await readRun(store, runId);
  const source = artifactKey(runId, artifactPrefix);
  if ((await blobs.list(source)).length > 0) return source;
  throw new SoukError(
    "TRACKING_ARTIFACT_MISSING",
    `expected run ${runId} to have files under ${JSON.stringify(artifactPrefix)}, found none`,
  );
}

/** Inserts the next version of a model, inside the caller's transaction. */
export async function insertVersion(
  sql: Sql,
  name: string,
  {
    runId,
    source,
    metrics = {},
    summary,
    description,
    tags = {},
    by,
    now,
  }: NewVersion & { source: string; now: number },
): Promise<ModelVersion> {
  const { id } = await modelRow(sql, name);
  const last = await sql.get<{ version: number | null }>(
    "SELECT max(version) AS version FROM model_versions WHERE model_id = ?",
    [id],
  );
  const version = (last?.version ?? 0) + 1;
  const text =
    summary === undefined ? null : checkText(JSON.stringify(summary), "the summary", limits.report);
  await sql.run(
    `INSERT INTO model_versions (model_id, version, run_id, source, metrics, summary, description, stage,
       created_at, created_by, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, 'pending', ?, ?, ?)`,
    [
      id,
      version,
      runId ?? null,
      source,
      JSON.stringify(metrics),
      text,
      optional(description),
      now,
      optional(by),
      now,
    ],
  );
  await sql.run("UPDATE models SET updated_at = ? WHERE id = ?", [now, id]);
  for (const [key, value] of Object.entries(tags))
    await writeVersionTag(sql, [id, version, checkKey(key, "a tag"), value]);
  return readVersion(sql, name, version);
}

/** A text that may be absent, as a column. @throws SoukError `TRACKING_INVALID`. */
export function optional(text: string | undefined): string | null {
  return text === undefined ? null : checkText(text, "the text");
}

/** Runs a write of a model's name. @throws SoukError `TRACKING_MODEL_EXISTS` when it is taken. */
export async function unique<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (errorCode(cause) !== "STORE_CONSTRAINT") throw cause;
    throw new SoukError("TRACKING_MODEL_EXISTS", `there is a model ${name} already`, { cause });
  }
}
