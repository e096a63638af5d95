import { availableParallelism, totalmem } from "node:os";
import { SoukError } from "@souk/core";
import {
  defaultFamily,
  defaultSettings,
  familySpace,
  isLowerBetter,
  settingsOf,
  type Task,
  type Trial,
} from "@souk/models";
import type { GitState } from "@souk/tracking";
import type { SoukConfig } from "../config.ts";
import type { TuneRequest } from "../training-values.ts";
import { readStudyRecord, readTrials, type StudyRecord } from "./study-folder.ts";
import { requireFamily, taskNamed } from "./task-named.ts";
import { gitState } from "./training-plan.ts";

/** What `tuning-job.ts` needs to know. */
export interface TuningRequest {
  readonly dataDirectory: string;
  /** Everything of a new study but what only its first moment knows; or the study to go on with. */
  readonly study: Omit<StudyRecord, "id" | "data" | "createdAt"> | StudyRecord;
  /** Version of the dataset of a new study, default the newest. */
  readonly version?: number;
  /** Trials at once. */
  readonly parallel: number;
  /** Of all trials together. */
  readonly threads: number;
  readonly memoryBytes: number;
  readonly pretrained: Readonly<Record<string, string>>;
  readonly command: string;
  readonly git?: GitState;
}

const MAX_TRIALS = 10_000;
const DEFAULT_TRIALS = 30;
/** Trials of successive halving for each setting that enters: a third of a rung enters the next, over three rungs. */
const RUNG_TRIALS = 1 + 1 / 3 + 1 / 9;
const THREADS_PER_TRIAL = 2;
const MEMORY_SHARE = 2 / 3;

/**
 * Turns what somebody asks for into everything `tuning-job.ts` needs to know. The returned function throws SoukError
 * `TASK_UNKNOWN`, `FAMILY_UNKNOWN`, `STUDY_UNKNOWN`, `STUDY_OTHER`, `TUNE_TRIALS`, `TUNE_SPACE`, `TUNE_CAPACITY`, `SETTING_*`.
 */
export function createTuningPlan({
  dataDirectory,
  config,
}: {
  dataDirectory: string;
  config: SoukConfig;
}) {
  return async (request: TuneRequest, by: string): Promise<TuningRequest> => {
    const task = taskNamed(config.tasks, request.task);
    const { version, trials = DEFAULT_TRIALS } = request;
    if (!(Number.isInteger(trials) && trials >= 1 && trials <= MAX_TRIALS))
      throw new SoukError("TUNE_TRIALS", `expected 1..${MAX_TRIALS} trials, got ${trials}`);
    const study =
      request.resume === undefined
        ? await newStudy(dataDirectory, { ...request, trials }, { task, by })
        : await continued(dataDirectory, request, request.resume);
    return {
      dataDirectory,
      study,
      version,
      ...budgetOf(request),
      pretrained: config.pretrained,
      command: commandOf(study, request),
      git: await gitState(),
    };
  };
}

async function newStudy(
  dataDirectory: string,
  request: TuneRequest & { trials: number },
  { task, by }: { task: Task; by: string },
): Promise<Omit<StudyRecord, "id" | "data" | "createdAt">> {
  const { family = defaultFamily(task), sampler = "tpe", trials, prune = true } = request;
  const own = Object.entries(settingsOf(task, family));
  const searched = Object.keys(request.space ?? {});
  const fixed = Object.fromEntries(own.filter(([name]) => !searched.includes(name)));
  const settings = { ...fixed, ...request.settings };
  requireFamily(family);
  const space = familySpace(family, { narrowed: request.space, fixed: settings });
  const direction = isLowerBetter(task.metric) ? "minimise" : "maximise";
  return {
    format: 1,
    task,
    family,
    settings,
    space,
    first: defaultSettings(family, space),
    sampler,
    trials,
    configurations: Math.max(1, Math.floor((trials - 1) / RUNG_TRIALS)),
    prune,
    seed: request.seed ?? 1,
    direction,
    warm: await warmTrials(dataDirectory, request, family),
    by,
  };
}

async function warmTrials(
  dataDirectory: string,
  { task, warmStart }: TuneRequest,
  family: string,
): Promise<readonly Trial[]> {
  if (warmStart === undefined) return [];
  const earlier = await readStudyRecord(dataDirectory, warmStart);
  requireSame(earlier, { task, family });
  return readTrials(dataDirectory, warmStart);
}

async function continued(
  dataDirectory: string,
  { task, family, trials }: TuneRequest,
  id: string,
): Promise<StudyRecord> {
  const study = await readStudyRecord(dataDirectory, id);
  requireSame(study, { task, family: family ?? study.family });
  return { ...study, trials: trials ?? study.trials };
}

function requireSame(study: StudyRecord, { task, family }: { task: string; family: string }): void {
  if (study.task.name === task && study.family === family) return;
  throw new SoukError(
    "STUDY_OTHER",
    `expected a study of task ${task} with family ${family}, got ${study.id} of ${study.task.name} with ${study.family}`,
  );
}

function budgetOf({
  threads = availableParallelism(),
  parallel = Math.max(1, Math.floor(threads / THREADS_PER_TRIAL)),
  memoryMiB = Math.floor((machineBytes() * MEMORY_SHARE) / 2 ** 20),
}: TuneRequest): Pick<TuningRequest, "threads" | "parallel" | "memoryBytes"> {
  if (parallel > threads)
    throw new SoukError(
      "TUNE_CAPACITY",
      `expected at most one trial a thread, got ${parallel} trials for ${threads} threads`,
    );
  return { threads, parallel, memoryBytes: memoryMiB * 2 ** 20 };
}

/** Memory of the machine, or of the container where that is less. */
function machineBytes(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

/** The command that asks for the same study, as far as a line says it. */
function commandOf(
  { task, family, settings, sampler, trials, seed }: TuningRequest["study"],
  { space = {} }: TuneRequest,
): string {
  const set = Object.entries(settings).map(([key, value]) => ` --set ${key}=${value}`);
  const searched = Object.entries(space).map(([key, { options, min, max, scale }]) =>
    options === undefined
      ? ` --space ${key}=${min ?? ""}..${max ?? ""}${scale === undefined ? "" : `:${scale}`}`
      : ` --space ${key}=${options.join(",")}`,
  );
  return `souk tune ${task.name} --family ${family} --sampler ${sampler} --trials ${trials} --seed ${seed}${set.join("")}${searched.join("")}`;
}
