import { SoukError } from "@souk/core";
import type { RunRecord } from "../souk-values.ts";
import type { Job, TrainRequest } from "../training-values.ts";

const resumable = ["interrupted", "cancelled", "failed"];
const open = ["queued", "running"];

/**
 * What to ask for to go on with `run`, given the last job that worked on it: the same training, of the family and on the rows
 * it began with, whatever is the default or the newest version now.
 *
 * @throws SoukError `RUN_NOT_A_TRAINING` for a run of a study, a leaderboard or another program; `TRACKING_RUN_STATE` for a
 * run that is finished or at work.
 */
export function resumedTraining(run: RunRecord, job: Job | undefined): TrainRequest {
  if (job?.kind !== "training" || !isTraining(job.request))
    throw new SoukError(
      "RUN_NOT_A_TRAINING",
      `expected a run that a training of this shop began, got ${run.id}: start a new training instead`,
    );
  if (!resumable.includes(run.status) || open.includes(job.status))
    throw new SoukError(
      "TRACKING_RUN_STATE",
      `expected run ${run.id} to be interrupted, cancelled or failed to resume it, got ${open.includes(job.status) ? job.status : run.status}`,
    );
  return {
    ...job.request,
    ...(run.family !== undefined && { family: run.family }),
    ...(run.data && { version: run.data.version }),
    resume: run.id,
  };
}

/** Requests are stored by this package alone, as they were asked for. */
function isTraining(request: object): request is TrainRequest {
  return "task" in request && typeof request.task === "string";
}
