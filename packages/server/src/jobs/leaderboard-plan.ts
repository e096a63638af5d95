import { familiesFor, type Task } from "@souk/models";
import type { SoukConfig } from "../config.ts";
import type { LeaderboardRequest, TrainRequest } from "../training-values.ts";
import { requireFamily, taskNamed } from "./task-named.ts";
import type { TrainingRequest } from "./training-job.ts";

/** What `leaderboard-job.ts` needs to know. */
export interface LeaderboardWork {
  readonly dataDirectory: string;
  readonly task: Task;
  /** In the order of the registry, simplest first. */
  readonly families: readonly string[];
  readonly version?: number;
  /** How to train each family that has no run; none when nothing is to be trained. */
  readonly trainings: Readonly<Record<string, TrainingRequest>>;
}

/**
 * Turns what somebody asks for into everything `leaderboard-job.ts` needs to know.
 * The returned function throws SoukError `TASK_UNKNOWN` or `FAMILY_UNKNOWN`.
 */
export function createLeaderboardPlan({
  dataDirectory,
  config,
  planTraining,
}: {
  dataDirectory: string;
  config: SoukConfig;
  planTraining: (request: TrainRequest, by: string) => Promise<TrainingRequest>;
}) {
  return async (request: LeaderboardRequest, by: string): Promise<LeaderboardWork> => {
    const task = taskNamed(config.tasks, request.task);
    const { families = familiesFor(task), train = false, version, threads } = request;
    for (const family of families) requireFamily(family);
    const trainings: Record<string, TrainingRequest> = {};
    for (const family of train ? families : [])
      trainings[family] = await planTraining(
        { task: task.name, family, version, threads, promote: false },
        by,
      );
    return { dataDirectory, task, families: [...new Set(families)], version, trainings };
  };
}
