import { type Clock, createId, errorCode, SoukError } from "@souk/core";
import type { Sql, Store } from "@souk/store";
import { checkKey, checkText, invalid, limits } from "./limits.ts";
import { type PairTable, readPairs, setPair } from "./pairs.ts";

/** A named collection of runs. */
export interface Experiment {
  readonly id: string;
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly removed: boolean;
}

/** Every method that names an experiment throws SoukError `TRACKING_EXPERIMENT_UNKNOWN` when there is none. */
export interface Experiments {
  /** @throws SoukError `TRACKING_EXPERIMENT_EXISTS`, also for the name of a removed one. */
  create(name: string, options?: { tags?: Readonly<Record<string, string>> }): Promise<Experiment>;
  get(id: string): Promise<Experiment>;
  byName(name: string): Promise<Experiment>;
  /** By ascending creation; removed ones only when asked for. */
  list(options?: { removed?: boolean }): Promise<Experiment[]>;
  rename(id: string, name: string): Promise<void>;
  setTag(id: string, key: string, value: string): Promise<void>;
  removeTag(id: string, key: string): Promise<void>;
  /** Hides the experiment; its runs stay. */
  remove(id: string): Promise<void>;
  restore(id: string): Promise<void>;
}

/** The experiment of runs that name none; MLflow's clients expect the id "0". */
export const defaultExperiment = { id: "0", name: "Default" } as const;

const TAGS: PairTable = { table: "experiment_tags", owner: "experiment_id" };

/** The experiments of a migrated store. */
export function createExperiments({ store, clock }: { store: Store; clock: Clock }): Experiments {
  async function touch(id: string, column: string, value: string | number | null): Promise<void> {
    const { changes } = await named(() =>
      store.run(`UPDATE experiments SET ${column} = ?, updated_at = ? WHERE id = ?`, [
        value,
        clock.now(),
        id,
      ]),
    );
    if (changes === 0) throw unknownExperiment(id);
  }
  return {
    async create(name, { tags = {} } = {}) {
      checkExperimentName(name);
      const id = createId("exp", clock);
      await named(() =>
        store.transaction(async (sql) => {
          await insertExperiment(sql, { id, name, now: clock.now() });
          for (const [key, value] of Object.entries(tags)) await upsertTag(sql, id, [key, value]);
        }),
      );
      return findExperiment(store, "id", id);
    },
    get: (id) => findExperiment(store, "id", id),
    byName: (name) => findExperiment(store, "name", name),
    async list({ removed = false } = {}) {
      const where = `WHERE removed_at IS ${removed ? "NOT " : ""}NULL ORDER BY created_at, id`;
      return readExperiments(store, where, []);
    },
    async rename(id, name) {
      await touch(id, "name", checkExperimentName(name));
    },
    async setTag(id, key, value) {
      await findExperiment(store, "id", id);
      await upsertTag(store, id, [key, value]);
    },
    async removeTag(id, key) {
      await store.run("DELETE FROM experiment_tags WHERE experiment_id = ? AND key = ?", [id, key]);
    },
    remove: (id) => touch(id, "removed_at", clock.now()),
    restore: (id) => touch(id, "removed_at", null),
  };
}

/** Inserts one experiment; nothing when the id is there. */
export async function insertExperiment(
  sql: Sql,
  { id, name, now }: { id: string; name: string; now: number },
): Promise<void> {
  await sql.run(
    "INSERT INTO experiments (id, name, created_at, updated_at) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
    [id, name, now, now],
  );
}

/** The id of the experiment called `name`, created when nobody has. Inside a transaction. */
export async function ensureExperiment(sql: Sql, name: string, clock: Clock): Promise<string> {
  const there = await sql.get<{ id: string; removed_at: number | null }>(
    "SELECT id, removed_at FROM experiments WHERE name = ?",
    [checkExperimentName(name)],
  );
  if (there?.removed_at === null) return there.id;
  if (there !== undefined) throw unknownExperiment(name);
  const id = createId("exp", clock);
  await insertExperiment(sql, { id, name, now: clock.now() });
  return id;
}

/** The error of an experiment that is not there. */
export function unknownExperiment(which: string): SoukError {
  return new SoukError(
    "TRACKING_EXPERIMENT_UNKNOWN",
    `there is no experiment ${JSON.stringify(which.slice(0, 100))}`,
  );
}

async function findExperiment(sql: Sql, column: "id" | "name", value: string): Promise<Experiment> {
  const [found] = await readExperiments(sql, `WHERE ${column} = ?`, [value]);
  if (found === undefined) throw unknownExperiment(value);
  return found;
}

async function readExperiments(sql: Sql, where: string, params: string[]): Promise<Experiment[]> {
  const rows = await sql.all<{
    id: string;
    name: string;
    created_at: number;
    updated_at: number;
    removed_at: number | null;
  }>(`SELECT id, name, created_at, updated_at, removed_at FROM experiments ${where}`, params);
  const tags = await readPairs(
    sql,
    TAGS,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    tags: tags.get(row.id) ?? {},
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    removed: row.removed_at !== null,
  }));
}

async function upsertTag(sql: Sql, id: string, [key, value]: [string, string]): Promise<void> {
  await setPair(sql, TAGS, [
    id,
    checkKey(key, "a tag"),
    checkText(value, "a tag's value", limits.tagValue),
  ]);
}

function checkExperimentName(name: string): string {
  if (name.trim() === "" || name.length > limits.name)
    throw invalid(`an experiment name of 1 to ${limits.name} characters`, name);
  return checkText(name, "the experiment name");
}

async function named<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (errorCode(cause) !== "STORE_CONSTRAINT") throw cause;
    throw new SoukError("TRACKING_EXPERIMENT_EXISTS", "an experiment of that name exists", {
      cause,
    });
  }
}
