import { type Clock, createId, SoukError } from "@souk/core";
import type { Blobs, Sql, Store } from "@souk/store";
import type { GateResult } from "./gate.ts";
import { checkKey, checkName, checkReason, checkText, limits } from "./limits.ts";
import {
  aliasVersion,
  championAlias,
  decideStage,
  type MoveOptions,
  promoteVersion,
  rollbackAlias,
  unsetAlias,
} from "./promotion.ts";
import {
  appendDecision,
  type PromotionEntry,
  readLog,
  readServedAt,
  type ServedSpan,
} from "./promotion-log.ts";
import { modelRow, type ModelVersion, readModels, readVersion } from "./registry-rows.ts";
import { type RegisteredModel, unknownVersion } from "./registry-rows.ts";
import {
  artifactOf,
  insertModel,
  insertVersion,
  type NewVersion,
  optional,
  setModelTag,
  unique,
  writeVersionTag,
} from "./registry-write.ts";

/** Who decides, and why. */
export interface Decider {
  readonly by: string;
  readonly reason: string;
}

/**
 * Models, their versions and who moved which alias when. Methods that name a model throw SoukError
 * `TRACKING_MODEL_UNKNOWN` or `TRACKING_VERSION_UNKNOWN`; every change is one transaction.
 */
export interface Registry {
  /** @throws SoukError `TRACKING_MODEL_EXISTS`, `TRACKING_INVALID`. */
  createModel(
    name: string,
    options?: { description?: string; task?: string; tags?: Readonly<Record<string, string>> },
  ): Promise<RegisteredModel>;
  models(): Promise<RegisteredModel[]>;
  model(name: string): Promise<RegisteredModel>;
  /** Renames or describes a model. @throws SoukError `TRACKING_MODEL_EXISTS`. */
  updateModel(name: string, change: { name?: string; description?: string }): Promise<void>;
  /** Removes a model and unsets its aliases; its log stays. */
  removeModel(name: string, decider: Decider): Promise<void>;
  setModelTag(name: string, key: string, value: string): Promise<void>;
  removeModelTag(name: string, key: string): Promise<void>;
  /** The next version, pending. @throws SoukError `TRACKING_ARTIFACT_MISSING` when the run has no such files. */
  createVersion(name: string, options: NewVersion): Promise<ModelVersion>;
  version(name: string, version: number): Promise<ModelVersion>;
  updateVersion(
    name: string,
    version: number,
    change: { description?: string; mlflowStage?: string },
  ): Promise<ModelVersion>;
  /** @throws SoukError `TRACKING_VERSION_SERVING` while an alias points at it. */
  removeVersion(name: string, version: number): Promise<void>;
  setVersionTag(
    name: string,
    version: number,
    tag: { readonly key: string; readonly value: string | undefined },
  ): Promise<void>;
  approve(name: string, version: number, decider: Decider): Promise<ModelVersion>;
  /** @throws SoukError `TRACKING_VERSION_SERVING` while an alias points at it. */
  reject(name: string, version: number, decider: Decider): Promise<ModelVersion>;
  /**
   * Moves an alias to a version. Refused with `TRACKING_GATE_FAILED` when the gate did not pass, `TRACKING_GATE_STALE` when
   * it compared with a version that no longer serves, `TRACKING_VERSION_REJECTED`; `force` overrules the gate and is logged.
   */
  promote(
    name: string,
    version: number,
    options: MoveOptions & { gate?: GateResult; force?: boolean },
  ): Promise<ModelVersion>;
  /** Moves an alias to what it served before. @throws SoukError `TRACKING_NOTHING_BEFORE`. */
  rollback(name: string, options: MoveOptions): Promise<ModelVersion>;
  /** Takes an alias away. */
  unset(name: string, options: MoveOptions): Promise<void>;
  /** A version by number, or by alias (default "champion"). @throws SoukError `TRACKING_ALIAS_UNKNOWN`. */
  resolve(name: string, ref?: { version?: number; alias?: string }): Promise<ModelVersion>;
  /** What every alias served at a time, and on whose word. */
  servedAt(atMs: number, options?: { model?: string; alias?: string }): Promise<ServedSpan[]>;
  /** Newest first, at most `limit` (default 1000). */
  log(model?: string, options?: { limit?: number }): Promise<PromotionEntry[]>;
  /** A number that differs from the last one when any model, version or alias has changed since, in any process. */
  changeStamp(): Promise<number>;
}

/** The registry of a migrated store. */
export function createRegistry(owned: { store: Store; blobs: Blobs; clock: Clock }): Registry {
  const { store, clock } = owned;
  /** One transaction that also moves the stamp. */
  const change = <T>(work: (sql: Sql) => Promise<T>): Promise<T> =>
    store.transaction(async (sql) => {
      await sql.run("UPDATE registry_state SET stamp = stamp + 1 WHERE id = 1");
      return work(sql);
    });
  return {
    ...modelMethods({ ...owned, change }),
    ...versionMethods({ ...owned, change }),
    promote: (name, version, options) =>
      change((sql) => promoteVersion(sql, [name, version], { ...options, clock })),
    rollback: (name, options) => change((sql) => rollbackAlias(sql, name, { ...options, clock })),
    unset: (name, options) =>
      change(async (sql) => {
        const model = await modelRow(sql, name);
        await unsetAlias(sql, model, {
          ...options,
          reason: checkReason(options.reason),
          clock,
        });
      }),
    resolve: (name, ref) => resolveVersion(store, name, ref),
    servedAt: (atMs, options = {}) => readServedAt(store, atMs, options),
    log: (model, options) => readLog(store, { model, ...options }),
    async changeStamp() {
      const row = await store.get<{ stamp: number }>("SELECT stamp FROM registry_state");
      return row?.stamp ?? 0;
    },
  };
}

interface Parts {
  store: Store;
  blobs: Blobs;
  clock: Clock;
  change: <T>(work: (sql: Sql) => Promise<T>) => Promise<T>;
}

type ModelMethods = Pick<
  Registry,
  | "createModel"
  | "models"
  | "model"
  | "updateModel"
  | "removeModel"
  | "setModelTag"
  | "removeModelTag"
>;

function modelMethods({ store, clock, change }: Parts): ModelMethods {
  return {
    async createModel(name, { description, task, tags = {} } = {}) {
      checkName(name, "a model name");
      await change(async (sql) => {
        const id = createId("mdl", clock);
        await insertModel(sql, [id, name, optional(description), optional(task), clock.now()]);
        for (const [key, value] of Object.entries(tags)) await setModelTag(sql, id, [key, value]);
      });
      return oneModel(store, name);
    },
    models: () => readModels(store),
    model: (name) => oneModel(store, name),
    async updateModel(name, { name: newName, description }) {
      await change(async (sql) => {
        const row = await modelRow(sql, name);
        const next = newName === undefined ? row.name : checkName(newName, "a model name");
        const text = description === undefined ? row.description : optional(description);
        await unique(next, () =>
          sql.run("UPDATE models SET name = ?, description = ?, updated_at = ? WHERE id = ?", [
            next,
            text,
            clock.now(),
            row.id,
          ]),
        );
      });
    },
    async removeModel(name, { by, reason }) {
      const { aliases } = await oneModel(store, name);
      await change(async (sql) => {
        const row = await modelRow(sql, name);
        for (const alias of Object.keys(aliases))
          await unsetAlias(sql, row, { alias, by, reason, clock });
        await sql.run("UPDATE models SET removed_at = ? WHERE id = ?", [clock.now(), row.id]);
      });
    },
    async setModelTag(name, key, value) {
      await change(async (sql) => setModelTag(sql, (await modelRow(sql, name)).id, [key, value]));
    },
    async removeModelTag(name, key) {
      await change(async (sql) =>
        sql.run("DELETE FROM model_tags WHERE model_id = ? AND key = ?", [
          (await modelRow(sql, name)).id,
          key,
        ]),
      );
    },
  };
}

type VersionMethods = Pick<
  Registry,
  | "createVersion"
  | "version"
  | "updateVersion"
  | "removeVersion"
  | "setVersionTag"
  | "approve"
  | "reject"
>;

function versionMethods({ store, blobs, clock, change }: Parts): VersionMethods {
  const decide =
    (stage: "approved" | "rejected"): Registry["approve"] =>
    (name, version, { by, reason }) =>
      change(async (sql) => {
        const model = await modelRow(sql, name);
        const { aliases } = await readVersion(sql, name, version);
        if (stage === "rejected") checkUnused(name, version, aliases);
        checkText(by, "who");
        await decideStage(sql, model, { version, stage, by, reason, clock });
        const kind = stage === "approved" ? "approve" : "reject";
        await appendDecision(sql, { kind, model, version, by, reason }, clock);
        return readVersion(sql, name, version);
      });
  return {
    async createVersion(name, options) {
      const source = await artifactOf(store, blobs, options);
      return change((sql) => insertVersion(sql, name, { ...options, source, now: clock.now() }));
    },
    version: (name, version) => readVersion(store, name, version),
    updateVersion: (name, version, edit) =>
      change((sql) => editVersion(sql, [name, version], { ...edit, now: clock.now() })),
    removeVersion: (name, version) =>
      change((sql) => hideVersion(sql, [name, version], clock.now())),
    setVersionTag: (name, version, { key, value }) =>
      change(async (sql) => {
        await readVersion(sql, name, version);
        await writeVersionTag(sql, [
          (await modelRow(sql, name)).id,
          version,
          checkKey(key, "a tag"),
          value,
        ]);
      }),
    approve: decide("approved"),
    reject: decide("rejected"),
  };
}

async function editVersion(
  sql: Sql,
  [name, version]: [string, number],
  { description, mlflowStage, now }: { description?: string; mlflowStage?: string; now: number },
): Promise<ModelVersion> {
  const { id } = await modelRow(sql, name);
  const before = await readVersion(sql, name, version);
  await sql.run(
    `UPDATE model_versions SET description = ?, mlflow_stage = ?, updated_at = ?
     WHERE model_id = ? AND version = ?`,
    [
      optional(description ?? before.description),
      checkText(mlflowStage ?? before.mlflowStage, "a stage", limits.name),
      now,
      id,
      version,
    ],
  );
  return readVersion(sql, name, version);
}

async function hideVersion(
  sql: Sql,
  [name, version]: [string, number],
  now: number,
): Promise<void> {
  const { id } = await modelRow(sql, name);
  checkUnused(name, version, (await readVersion(sql, name, version)).aliases);
  await sql.run("UPDATE model_versions SET removed_at = ? WHERE model_id = ? AND version = ?", [
    now,
    id,
    version,
  ]);
}

async function resolveVersion(
  sql: Sql,
  name: string,
  { version, alias = championAlias }: { version?: number; alias?: string } = {},
): Promise<ModelVersion> {
  const found = version ?? (await aliasVersion(sql, await modelRow(sql, name), alias));
  if (found !== undefined) return readVersion(sql, name, found);
  throw new SoukError(
    "TRACKING_ALIAS_UNKNOWN",
    `model ${name} has no alias ${alias.slice(0, 100)}`,
  );
}

async function oneModel(sql: Sql, name: string): Promise<RegisteredModel> {
  const { id } = await modelRow(sql, name);
  const [model] = await readModels(sql, "m.id = ?", [id]);
  if (model === undefined) throw unknownVersion(name, 0);
  return model;
}

function checkUnused(name: string, version: number, aliases: readonly string[]): void {
  if (aliases.length === 0) return;
  throw new SoukError(
    "TRACKING_VERSION_SERVING",
    `expected no alias on ${name} version ${version}, got ${aliases.join(", ")}; move them first`,
  );
}
