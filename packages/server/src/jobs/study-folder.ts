import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { errorCode, SoukError, writeFileAtomic } from "@souk/core";
import {
  type Direction,
  readStudy,
  type SearchSpace,
  type Task,
  type Trial,
  type TrialSettings,
} from "@souk/models";
import type { TaskData } from "./task-rows.ts";

/** How a study chooses what to try. */
type SamplerName = "tpe" | "random" | "grid" | "halving";

/**
 * What a study is, written down before its first trial. With the journal beside it this is all that is needed to go on:
 *
 *   <data>/studies/<id>/study.json      this record
 *                       journal.jsonl   starts and ends of trials
 */
export interface StudyRecord {
  readonly format: 1;
  /** Also the id of the run its trials are parts of. */
  readonly id: string;
  readonly task: Task;
  readonly family: string;
  /** Settings all trials share. */
  readonly settings: TrialSettings;
  readonly space: SearchSpace;
  /** Settings of trial 0: the defaults. */
  readonly first: TrialSettings;
  readonly sampler: SamplerName;
  /** Most trials; a resumed study may ask for more. */
  readonly trials: number;
  /** Settings that enter the lowest rung of successive halving. */
  readonly configurations: number;
  readonly prune: boolean;
  readonly seed: number;
  readonly direction: Direction;
  readonly data: TaskData;
  /** Trials of the study it was warm-started from, as they were then. */
  readonly warm: readonly Trial[];
  /** Epoch ms. */
  readonly createdAt: number;
  readonly by: string;
}

/** The folder of the study with this id. @throws SoukError `STUDY_UNKNOWN` for what can be no id. */
export function studyFolder(dataDirectory: string, id: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,199}$/.test(id)) throw unknownStudy(id);
  return join(dataDirectory, "studies", id);
}

/** The path of a study's journal. */
export function journalPath(dataDirectory: string, id: string): string {
  return join(studyFolder(dataDirectory, id), "journal.jsonl");
}

/** Writes or replaces a study's record, whole or not at all. */
export async function writeStudyRecord(dataDirectory: string, study: StudyRecord): Promise<void> {
  const folder = studyFolder(dataDirectory, study.id);
  await mkdir(folder, { recursive: true });
  await writeFileAtomic(join(folder, "study.json"), `${JSON.stringify(study, undefined, 2)}\n`);
}

/** @throws SoukError `STUDY_UNKNOWN`. */
export async function readStudyRecord(dataDirectory: string, id: string): Promise<StudyRecord> {
  try {
    const text = await readFile(join(studyFolder(dataDirectory, id), "study.json"), "utf8");
    // Written by `writeStudyRecord` alone.
    return JSON.parse(text) as StudyRecord;
  } catch (thrown) {
    if (errorCode(thrown) === "ENOENT") throw unknownStudy(id);
    throw thrown;
  }
}

/** The trials of a study that have ended; none before the first. @throws SoukError `TUNE_JOURNAL`. */
export async function readTrials(dataDirectory: string, id: string): Promise<readonly Trial[]> {
  try {
    return (await readStudy(journalPath(dataDirectory, id))).trials;
  } catch (thrown) {
    if (errorCode(thrown) === "ENOENT") return [];
    throw thrown;
  }
}

/** Ids of all studies, newest first. */
export async function studyIds(dataDirectory: string): Promise<string[]> {
  try {
    // Ids begin with their time.
    return (await readdir(join(dataDirectory, "studies"))).sort().toReversed();
  } catch (thrown) {
    if (errorCode(thrown) === "ENOENT") return [];
    throw thrown;
  }
}

function unknownStudy(id: string): SoukError {
  return new SoukError(
    "STUDY_UNKNOWN",
    `expected the id of a study, got ${JSON.stringify(id.slice(0, 100))}`,
  );
}
