import { rm } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Clock } from "@souk/core";
import {
  compareColumn,
  driftTimeline,
  type DatasetShape,
  drift,
  knownShapes,
  type Lake,
  profile,
  type SqlRunner,
} from "@souk/lake";
import { runInChild } from "../jobs/child.ts";
import type { LakeRequest } from "../jobs/lake-job.ts";
import type { DatasetsNoun } from "../souk-interface.ts";
import type {
  BatchUndo,
  DryRun,
  IngestOptions,
  IngestOutcome,
  IngestSource,
  SoukEvent,
} from "../souk-values.ts";
import { spoolStream } from "./spool.ts";

/** What the datasets noun stands on. */
export interface DatasetsOptions {
  readonly lake: Lake;
  readonly runner: SqlRunner;
  readonly dataDirectory: string;
  /** The shop's own shapes, by dataset name. */
  readonly shapes: Readonly<Record<string, DatasetShape>>;
  readonly clock: Clock;
  readonly publish: (event: SoukEvent) => void;
}

const lakeJob = new URL("../jobs/lake-job.ts", import.meta.url);

/** Datasets: reading answers from the catalogue here; every change is a child process. */
export function createDatasets({
  lake,
  runner,
  dataDirectory,
  shapes,
  clock,
  publish,
}: DatasetsOptions): DatasetsNoun {
  const folder = join(dataDirectory, "lake");

  function shapeOf(name: string): DatasetShape | undefined {
    return (
      shapes[name] ??
      (Object.hasOwn(knownShapes, name) ? knownShapes[name as keyof typeof knownShapes] : undefined)
    );
  }

  // The child answers with what the lake's method of that name returns.
  async function change<T>(request: LakeRequest, options: IngestOptions = {}): Promise<T> {
    const { signal, onProgress } = options;
    return (await runInChild(lakeJob, request, {
      signal,
      onEvent: onProgress && ((event) => onProgress(event as never)),
    })) as T;
  }

  async function load<T>(
    operation: "ingest" | "dryRun",
    dataset: string,
    source: IngestSource,
    given: IngestOptions,
  ): Promise<T> {
    // The child has its own signal and listener.
    const { signal, onProgress: _listener, ...rest } = given;
    const options = { ...rest, shape: shapeOf(dataset) };
    if (source.kind !== "stream")
      return change<T>({ folder, dataset, operation, source, options }, given);
    const spool = await spoolStream(join(dataDirectory, "tmp"), source.stream, {
      name: spoolName(source.fileName),
      clock,
      signal,
    });
    try {
      return await change<T>(
        { folder, dataset, operation, source: { kind: "file", path: spool.path }, options },
        given,
      );
    } finally {
      await rm(spool.folder, { recursive: true, force: true });
    }
  }

  function announce(outcome: IngestOutcome): IngestOutcome {
    publish({ kind: "ingest", at: clock.now(), data: outcome });
    return outcome;
  }

  return {
    list: async () =>
      (await lake.list()).map((dataset) => ({ ...dataset, columns: dataset.columns.length })),
    shapes: () =>
      Object.values({ ...knownShapes, ...shapes }).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    describe: (name, options) => lake.describe(name, options),
    ingest: async (name, source, options = {}) =>
      announce(await load<IngestOutcome>("ingest", name, source, options)),
    dryRun: (name, source, options = {}) => load<DryRun>("dryRun", name, source, options),
    quarantine: (name, options) => lake.quarantine(name, options),
    async replay(name, { ids, fixes } = {}) {
      const options = { ids: ids && [...ids], fixes: fixes && { ...fixes } };
      return announce(
        await change<IngestOutcome>({ folder, dataset: name, operation: "replay", options }),
      );
    },
    async undo(dataset, batchId) {
      const undone = await change<BatchUndo>({ folder, dataset, operation: "undo", batchId });
      publish({ kind: "ingest", at: clock.now(), data: { dataset, batchId, undone } });
      return undone;
    },
    compact: (dataset) => change({ folder, dataset, operation: "compact" }),
    vacuum: (dataset, options = {}) => change({ folder, dataset, operation: "vacuum", options }),
    profile: (name, options) => profile(runner, name, options),
    drift: (request, options) => drift(runner, { ...request, ...options }),
    async driftTimeline({ dataset, by, unit, reference }, options) {
      const over =
        by === undefined
          ? { versions: await versionsWithRows(lake, dataset) }
          : { column: by, ...(unit && { unit }) };
      return driftTimeline(runner, {
        dataset,
        over,
        ...(reference && { reference }),
        ...options,
      });
    },
    compareColumn: (request, options) => compareColumn(runner, { ...request, ...options }),
  };
}

/** From the first batch with rows on. */
async function versionsWithRows(lake: Lake, dataset: string): Promise<number[]> {
  const { batches, history, version } = await lake.describe(dataset);
  const first = batches.find(({ rows }) => rows > 0)?.version ?? 0;
  return history
    .map((commit) => commit.version)
    .filter((one) => one >= first && one <= version)
    .toSorted((a, b) => a - b);
}

/**
 * The name people know the file by, as batches and refused rows will tell it, with the endings that tell the format. Cut to
 * what every file system takes.
 */
function spoolName(fileName = "upload"): string {
  const name = basename(fileName);
  const endings = /(\.(?:tsv|csv|jsonl|ndjson|json|parquet|txt))?(\.gz)?$/i.exec(name)?.[0] ?? "";
  const stem = name
    .slice(0, name.length - endings.length)
    .replaceAll(/[^\p{L}\p{N} ._()@+-]/gu, "_")
    .replace(/^\.+/, "")
    .slice(0, 50);
  return `${stem || "upload"}${endings.toLowerCase()}`;
}
