import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, SoukError, systemClock } from "@souk/core";
import { openLake } from "@souk/lake";
import { openServing } from "@souk/serving";
import { type Blobs, openBlobs, openStore, type Store } from "@souk/store";
import { createMlflowApi, openTracking, type Tracking } from "@souk/tracking";
import { openAudit } from "./accounts/audit.ts";
import { openAccounts } from "./accounts/open-accounts.ts";
import { readConfig } from "./config.ts";
import { openJobs } from "./jobs/jobs.ts";
import { holdsForecasts } from "./jobs/registration.ts";
import { createLeaderboardPlan } from "./jobs/leaderboard-plan.ts";
import { createTrainingPlan } from "./jobs/training-plan.ts";
import { createTuningPlan } from "./jobs/tuning-plan.ts";
import { createChecks } from "./nouns/checks.ts";
import { createDatasets } from "./nouns/datasets.ts";
import { createDemo } from "./nouns/demo.ts";
import { createEventHub } from "./nouns/events.ts";
import { createForecasts } from "./nouns/forecasts.ts";
import { createLeaderboards } from "./nouns/leaderboards.ts";
import { createModels } from "./nouns/models.ts";
import { createOperations } from "./nouns/operations.ts";
import { createPhotos } from "./nouns/photos.ts";
import { createPredictingRunner } from "./nouns/predicting-runner.ts";
import { createProducts } from "./nouns/products.ts";
import { createQuestions } from "./nouns/questions.ts";
import { createRuns } from "./nouns/runs.ts";
import { createLazyServing } from "./nouns/serving.ts";
import { createSavedQuestions } from "./nouns/saved-questions.ts";
import { createStudies } from "./nouns/studies.ts";
import { createTasks } from "./nouns/tasks.ts";
import type { Souk } from "./souk-interface.ts";
import type { SoukEvent } from "./souk-values.ts";
import { soukVersion } from "./version.ts";

/** How to open a data directory. */
export interface OpenSoukOptions {
  /** Made, with mode 0700, when it is not there. */
  readonly dataDirectory: string;
  readonly clock?: Clock;
  /** Start the inference threads now (a server) or at the first prediction (a command). Default "lazy". */
  readonly serving?: "now" | "lazy";
  /** Child processes for SQL, default 2. */
  readonly sqlProcesses?: number;
}

/**
 * Opens everything over one data directory. Several processes may have the same one open: a server and the commands of a
 * terminal beside it.
 *
 * @throws SoukError `CONFIG_INVALID`, `DATA_DIRECTORY`, or the error of the part that could not open; nothing is left open then.
 */
export async function openSouk(options: OpenSoukOptions): Promise<Souk> {
  const { dataDirectory, clock = systemClock } = options;
  await prepareFolders(dataDirectory);
  const config = await readConfig(dataDirectory);
  const store = await openStore({ path: join(dataDirectory, "souk.sqlite") });
  try {
    return await compose({ ...options, clock, config, store });
  } catch (thrown) {
    await store.close();
    throw thrown;
  }
}

async function prepareFolders(dataDirectory: string): Promise<void> {
  try {
    for (const name of ["lake", "tmp"])
      await mkdir(join(dataDirectory, name), { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new SoukError(
      "DATA_DIRECTORY",
      `expected a data directory that can be written, got ${dataDirectory}`,
      { cause },
    );
  }
}

type Parts = Required<Pick<OpenSoukOptions, "dataDirectory" | "clock">> &
  OpenSoukOptions & { config: Awaited<ReturnType<typeof readConfig>>; store: Store };

async function compose({
  dataDirectory,
  clock,
  config,
  store,
  serving: start = "lazy",
  sqlProcesses = 2,
}: Parts): Promise<Souk> {
  const blobs = await openBlobs({ directory: join(dataDirectory, "blobs"), clock });
  const events = createEventHub();
  const tracking = await openTracking({
    store,
    blobs,
    clock,
    onPoints: (run, points) =>
      events.publishRun({ kind: "run", at: clock.now(), data: { run, points } }),
  });
  await tracking.recoverInterrupted();
  const audit = await openAudit({ store, clock });
  const accounts = await openAccounts({ store, keysDirectory: join(dataDirectory, "keys"), clock });
  const publish = (event: SoukEvent): void => events.publish(event);
  const lake = openLake({ directory: join(dataDirectory, "lake"), clock });
  const runner = createPredictingRunner({
    lake: join(dataDirectory, "lake"),
    limits: config.sql,
    processes: sqlProcesses,
    stamp: () => tracking.registry.changeStamp(),
    champions: () => championFolders(tracking, blobs),
    images: join(dataDirectory, "images"),
  });
  const serving = createLazyServing(
    () =>
      openServing({
        registry: predictingModels(tracking.registry),
        blobs,
        store,
        clock,
        imagesDirectory: join(dataDirectory, "images"),
      }),
    (model) => trainedAt(tracking, model),
  );
  const planTraining = createTrainingPlan({ dataDirectory, config });
  const jobs = await openJobs({
    store,
    dataDirectory,
    clock,
    publish,
    publishRun: (news) => events.publishRun(news),
    kinds: {
      training: { script: jobScript("training"), prepare: planTraining },
      tuning: {
        script: jobScript("tuning"),
        prepare: createTuningPlan({ dataDirectory, config }),
      },
      leaderboard: {
        script: jobScript("leaderboard"),
        prepare: createLeaderboardPlan({ dataDirectory, config, planTraining }),
      },
    },
    afterCrash: () => tracking.recoverInterrupted(),
    afterFinish: () => serving.follow(),
  });
  const datasets = createDatasets({
    lake,
    runner,
    dataDirectory,
    shapes: config.datasets,
    clock,
    publish,
  });
  const photos = createPhotos({
    dataDirectory,
    allowPrivate: config.photos.allowPrivate ?? false,
    clock,
    publish,
  });
  const mlflow = createMlflowApi(tracking);
  if (start === "now") await serving.open();
  return {
    version: soukVersion(),
    clock,
    config: config.http,
    accounts,
    audit,
    datasets,
    photos,
    products: createProducts(lake, runner),
    checks: createChecks({ runner, dataDirectory, clock, publish }),
    sql: runner,
    questions: createQuestions(runner),
    savedQuestions: await createSavedQuestions({ store, runner, clock }),
    tasks: createTasks(config.tasks),
    jobs,
    runs: createRuns(tracking),
    studies: createStudies({ dataDirectory, tracking }),
    leaderboards: await createLeaderboards(store),
    models: createModels({
      tracking,
      blobs,
      dataDirectory,
      gate: config.gate,
      clock,
      publish,
      followAliases: () => serving.follow(),
    }),
    forecasts: createForecasts({ tracking, blobs, tasks: config.forecasts }),
    serving: serving.noun,
    mlflow: { handle: (request) => mlflow.handle(request) },
    events,
    operations: {
      ...createOperations({ dataDirectory, store, lake, openServing: () => serving.open(), clock }),
      demo: (demo) => createDemo({ datasets, photos }, dataDirectory, demo),
    },
    async close() {
      await jobs.close();
      photos.close();
      await serving.close();
      await runner.close();
      await lake.close();
      await store.close();
    },
  };
}

function jobScript(kind: "training" | "tuning" | "leaderboard"): URL {
  return new URL(`jobs/${kind}-job.ts`, import.meta.url);
}

/** The artefact folder of every model's champion, by model name. */
async function championFolders(tracking: Tracking, blobs: Blobs): Promise<Record<string, string>> {
  const folders: Record<string, string> = {};
  for (const { name, aliases, versions } of await tracking.registry.models()) {
    const champion = versions.find(({ version }) => version === aliases["champion"]);
    if (champion?.source && !holdsForecasts(champion))
      folders[name] = await blobs.localDirectory(champion.source);
  }
  return folders;
}

/** The registry without what serving does not load: forecasts are read, not computed. */
function predictingModels(registry: Tracking["registry"]) {
  return {
    ...registry,
    models: async () => {
      const all = await registry.models();
      return all.filter(({ versions }) => !versions.some((one) => holdsForecasts(one)));
    },
  };
}

/** When the training of a model's champion began, epoch ms; `undefined` without a champion that was trained here. */
async function trainedAt(tracking: Tracking, model: string): Promise<number | undefined> {
  const { aliases, versions } = await tracking.registry.model(model);
  const champion = versions.find(({ version }) => version === aliases["champion"]);
  return champion?.runId === undefined
    ? undefined
    : (await tracking.runs.get(champion.runId)).startedAt;
}
