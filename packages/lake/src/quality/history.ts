import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type Clock,
  createId,
  errorCode,
  putFileIfAbsent,
  SoukError,
  systemClock,
} from "@souk/core";
import type { CheckResult } from "./checks.ts";

/** One run of checks over one version of a dataset. */
export interface CheckRun {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly version: number;
  readonly results: readonly CheckResult[];
}

/** The check runs of one dataset, on disk. */
export interface CheckHistory {
  /** Keeps a run; when this resolves it survives a power cut. */
  add(run: { version: number; results: readonly CheckResult[] }): Promise<CheckRun>;
  /** The newest runs first, default 100. @throws SoukError `QUALITY_HISTORY` when a file was damaged. */
  list(options?: { limit?: number }): Promise<CheckRun[]>;
}

/**
 * Opens `<lake>/<dataset>/_checks/`: one JSON file per run, complete from its first moment, named by time.
 * @throws SoukError `QUALITY_HISTORY` when `dataset` is not a plain name.
 */
export function openCheckHistory(
  lake: string,
  dataset: string,
  { clock = systemClock }: { clock?: Clock } = {},
): CheckHistory {
  if (!/^[^/\\.][^/\\]*$/.test(dataset))
    throw new SoukError("QUALITY_HISTORY", `expected the name of a dataset, got "${dataset}"`);
  const folder = join(lake, dataset, "_checks");
  return {
    async add({ version, results }) {
      const run: CheckRun = { id: createId("check", clock), at: clock.now(), version, results };
      await putFileIfAbsent(join(folder, `${run.id}.json`), JSON.stringify(run));
      return run;
    },
    async list({ limit = 100 } = {}) {
      const names = (await namesIn(folder)).filter((name) => /^check_\w+\.json$/.test(name));
      const newest = names.toSorted().toReversed().slice(0, limit);
      return Promise.all(newest.map((name) => readRun(join(folder, name))));
    },
  };
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (thrown) {
    if (errorCode(thrown) === "ENOENT") return [];
    throw thrown;
  }
}

async function readRun(path: string): Promise<CheckRun> {
  try {
    const value: unknown = JSON.parse(await readFile(path, "utf8"));
    if (isRun(value)) return value;
  } catch (cause) {
    throw new SoukError("QUALITY_HISTORY", "a check run is not readable JSON", { cause });
  }
  throw new SoukError("QUALITY_HISTORY", "a check run lacks id, at, version or results");
}

function isRun(value: unknown): value is CheckRun {
  return (
    typeof value === "object" &&
    value !== null &&
    "id" in value &&
    typeof value.id === "string" &&
    "at" in value &&
    typeof value.at === "number" &&
    "version" in value &&
    typeof value.version === "number" &&
    "results" in value &&
    Array.isArray(value.results)
  );
}
