import { SoukError } from "@souk/core";
import { bestTrial, settingImportance, studyPage, type Trial } from "@souk/models";
import type { Tracking } from "@souk/tracking";
import { readStudyRecord, readTrials, type StudyRecord, studyIds } from "../jobs/study-folder.ts";
import type { StudiesNoun, StudyDetail, StudyListing } from "../training-values.ts";

/** Studies as their records and journals say. */
export function createStudies({
  dataDirectory,
  tracking,
}: {
  dataDirectory: string;
  tracking: Tracking;
}): StudiesNoun {
  async function read(id: string): Promise<{ study: StudyRecord; trials: readonly Trial[] }> {
    const study = await readStudyRecord(dataDirectory, id);
    return { study, trials: await readTrials(dataDirectory, id) };
  }
  const statusOf = async (id: string): Promise<string> => (await tracking.runs.get(id)).status;
  return {
    async list({ task, limit = 100 } = {}) {
      const found: StudyListing[] = [];
      for (const id of await studyIds(dataDirectory)) {
        if (found.length >= limit) break;
        const { study, trials } = await read(id);
        if (task === undefined || study.task.name === task)
          found.push(listingOf(study, trials, await statusOf(id)));
      }
      return found;
    },
    async get(id) {
      const { study, trials } = await read(id);
      return detailOf(study, trials, await statusOf(id));
    },
    async page(id) {
      const { study, trials } = await read(id);
      return pageOf(study, trials);
    },
  };
}

function listingOf(study: StudyRecord, trials: readonly Trial[], status: string): StudyListing {
  const count = (state: Trial["state"]): number =>
    trials.filter((trial) => trial.state === state).length;
  const first = trials.find(({ trial, state }) => trial === 0 && state === "done");
  const best = bestTrial(study.direction, trials);
  const sign = study.direction === "minimise" ? -1 : 1;
  return {
    id: study.id,
    task: study.task.name,
    family: study.family,
    sampler: study.sampler,
    metric: study.task.metric,
    direction: study.direction,
    status,
    createdAt: study.createdAt,
    by: study.by,
    trials: {
      wanted: study.trials,
      done: count("done"),
      pruned: count("pruned"),
      failed: count("failed"),
    },
    ...(first !== undefined && { first }),
    ...(best !== undefined && { best }),
    ...(best?.value !== undefined &&
      first?.value !== undefined && { improvement: sign * (best.value - first.value) }),
  };
}

function detailOf(study: StudyRecord, trials: readonly Trial[], status: string): StudyDetail {
  const { trials: counts, ...listing } = listingOf(study, trials, status);
  const importance = importanceOf(study, trials);
  return {
    ...listing,
    counts,
    trials,
    ...(importance !== undefined && { importance }),
    space: study.space,
    settings: study.settings,
    data: study.data,
  };
}

/** A study as a page. */
export function pageOf(study: StudyRecord, trials: readonly Trial[]): string {
  const { task, family, direction } = study;
  const title = `${task.title ?? task.name}: settings of ${family}`;
  const importance = importanceOf(study, trials);
  return studyPage({
    title,
    metric: task.metric,
    direction,
    trials,
    ...(importance !== undefined && { importance }),
  });
}

/** Nothing before there are enough trials to tell. */
function importanceOf({ space }: StudyRecord, trials: readonly Trial[]): StudyDetail["importance"] {
  try {
    return settingImportance(space, trials);
  } catch (thrown) {
    if (thrown instanceof SoukError && thrown.code === "TUNE_IMPORTANCE") return undefined;
    throw thrown;
  }
}
