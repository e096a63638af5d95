import type { Store } from "@souk/store";
import { checkCount, checkText, limits } from "./limits.ts";
import { placeholders } from "./pairs.ts";
import { readRun } from "./run.ts";

/** A dataset a run read, in MLflow's terms. */
export interface RunInput {
  readonly name: string;
  readonly digest: string;
  readonly sourceType: string;
  readonly source: string;
  readonly schema?: string;
  readonly profile?: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** The datasets of runs as MLflow's clients log them; Souk's own trainings say theirs in `Run.data`. */
export interface Inputs {
  /** Adds datasets to a run, all or nothing. @throws SoukError `TRACKING_RUN_UNKNOWN`, `TRACKING_INVALID`. */
  add(runId: string, inputs: readonly RunInput[]): Promise<void>;
  of(runIds: readonly string[]): Promise<Map<string, RunInput[]>>;
}

/** Schemas and profiles are whole documents; longer ones belong in an artefact. */
const MAX_DOCUMENT = 1_000_000;

/** The inputs of a migrated store. */
export function createInputs(store: Store): Inputs {
  return {
    async add(runId, inputs) {
      checkCount(inputs.length, limits.page, "datasets");
      await store.transaction(async (sql) => {
        await readRun(sql, runId);
        for (const { tags, ...dataset } of inputs) {
          await sql.run(
            `INSERT INTO run_inputs (run_id, name, digest, dataset, tags) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (run_id, name, digest) DO UPDATE SET dataset = excluded.dataset, tags = excluded.tags`,
            [
              runId,
              checkText(dataset.name, "a dataset's name", limits.name * 2),
              checkText(dataset.digest, "a dataset's digest", limits.name),
              checkText(JSON.stringify(dataset), "a dataset", MAX_DOCUMENT),
              checkText(JSON.stringify(tags), "a dataset's tags", MAX_DOCUMENT),
            ],
          );
        }
      });
    },
    async of(runIds) {
      const rows = await store.all<{ run_id: string; dataset: string; tags: string }>(
        `SELECT run_id, dataset, tags FROM run_inputs WHERE run_id IN (${placeholders(runIds)}) ORDER BY name, digest`,
        runIds,
      );
      const found = new Map<string, RunInput[]>(runIds.map((id) => [id, []]));
      for (const { run_id, dataset, tags } of rows) {
        const input = {
          ...(JSON.parse(dataset) as RunInput),
          tags: JSON.parse(tags) as RunInput["tags"],
        };
        found.get(run_id)?.push(input);
      }
      return found;
    },
  };
}
