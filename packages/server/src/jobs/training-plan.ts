import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { SoukError } from "@souk/core";
import {
  defaultFamily,
  familyNames,
  forecastFamilyNames,
  settingsOf,
  type ForecastTask,
  type Task,
} from "@souk/models";
import type { GitState } from "@souk/tracking";
import type { SoukConfig } from "../config.ts";
import type { TrainRequest } from "../training-values.ts";
import type { TrainingRequest } from "./training-job.ts";

const run = promisify(execFile);

const DEFAULT_SEED = 1;
const DEFAULT_FORECASTER = "smoothing";

/**
 * Turns what somebody asks for into everything `training-job.ts` needs to know.
 * The returned function throws SoukError `TASK_UNKNOWN` or `FAMILY_UNKNOWN`, naming those there are.
 */
export function createTrainingPlan({
  dataDirectory,
  config,
}: {
  dataDirectory: string;
  config: SoukConfig;
}) {
  return async (request: TrainRequest, by: string): Promise<TrainingRequest> => {
    const task = taskNamed(config, request.task);
    const isForecast = "kind" in task;
    const {
      family = isForecast ? DEFAULT_FORECASTER : defaultFamily(task),
      settings: given = {},
      seed = DEFAULT_SEED,
      promote = true,
      version,
      threads,
      resume,
      correctionWeight,
    } = request;
    const known: readonly string[] = isForecast ? forecastFamilyNames : familyNames;
    if (!known.includes(family)) {
      throw new SoukError(
        "FAMILY_UNKNOWN",
        `${task.name}: expected one of the families ${known.join(", ")}, got "${family}"`,
      );
    }
    const settings = { ...(isForecast ? {} : settingsOf(task, family)), ...given };
    return {
      dataDirectory,
      task,
      family,
      settings,
      seed,
      promote,
      by,
      version,
      threads,
      resume,
      gate: config.gate,
      pretrained: config.pretrained,
      ...(correctionWeight !== undefined && { correctionWeight }),
      command: commandOf({ task: task.name, family, settings, seed, correctionWeight }),
      git: await gitState(),
    };
  };
}

function taskNamed({ tasks, forecasts }: SoukConfig, name: string): Task | ForecastTask {
  if (Object.hasOwn(tasks, name)) return tasks[name]!;
  if (Object.hasOwn(forecasts, name)) return forecasts[name]!;
  const known = [...Object.keys(tasks), ...Object.keys(forecasts)].join(", ");
  throw new SoukError("TASK_UNKNOWN", `expected one of the tasks ${known}, got "${name}"`);
}

/** The command that asks for the same training. */
function commandOf({
  task,
  family,
  settings,
  seed,
  correctionWeight,
}: {
  task: string;
  family: string;
  settings: object;
  seed: number;
  correctionWeight: number | undefined;
}): string {
  const weight = correctionWeight === undefined ? "" : ` --correction-weight ${correctionWeight}`;
  const set = Object.entries(settings).map(([key, value]) => ` --set ${key}=${value}`);
  return `souk train ${task} --family ${family} --seed ${seed}${weight}${set.join("")}`;
}

/** State of the working copy Souk was started in; nothing where there is none. */
export async function gitState(): Promise<GitState | undefined> {
  try {
    const [commit, branch, changes] = await Promise.all(
      [
        ["rev-parse", "HEAD"],
        ["rev-parse", "--abbrev-ref", "HEAD"],
        ["status", "--porcelain"],
      ].map(async (parameters) => (await run("git", parameters, { timeout: 2_000 })).stdout.trim()),
    );
    return commit ? { commit, branch, dirty: changes !== "" } : undefined;
  } catch {
    // No git, or not a working copy: the run is still fully described by its data hash and command.
    return undefined;
  }
}
