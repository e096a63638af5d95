import { errorCode, errorMessage } from "@souk/core";
import type { Souk } from "@souk/server";
import { didYouMean } from "./line/suggestion.ts";

/** What to do next, by error code; the first pattern that fits. */
const cures: readonly (readonly [pattern: RegExp, cure: string])[] = [
  [/^LAKE_(DATASET_UNKNOWN|NO_TABLE)$/, "souk datasets          lists what there is"],
  [/^QUESTION_UNKNOWN$/, "souk questions         lists them"],
  [/^TASK_UNKNOWN$/, "souk train --help      tells how to declare a task in souk.json"],
  [
    /^(TRACKING|SERVING)_MODEL_UNKNOWN$/,
    "souk models            lists what there is\nsouk train star-rating makes one",
  ],
  [/^TRACKING_RUN_UNKNOWN$/, "souk runs              lists them"],
  [
    /GATE/,
    "souk models show NAME  shows the figures beside the incumbent's\n--force --reason WHY   promotes all the same, and the log keeps the reason",
  ],
  [/^DEMO_NOT_EMPTY$/, "souk demo --data OTHER-DIR   puts the invented shop elsewhere"],
  [/^LAKE_MAPPING$/, "--map WANTED=GIVEN     reads a column under another name"],
  [/^EADDRINUSE$/, "--port 0               lets the system choose a free port"],
  [/^(EACCES|EPERM)$/, "check who owns the folder, or choose another with --data DIR"],
  [/^ENOSPC$/, "free some space, or choose another disk with --data DIR"],
  [
    /_TOO_MANY_BAD$/,
    "--dry-run              shows the verdict per column and the bad rows\n--map WANTED=GIVEN     reads a column under another name\n--max-bad SHARE        accepts more of them into quarantine",
  ],
];

/** Names the user could have meant, by the error that says a name is unknown. */
const candidatesFor: Readonly<Record<string, (souk: Souk) => Promise<readonly string[]>>> = {
  LAKE_DATASET_UNKNOWN: datasetNames,
  LAKE_NO_TABLE: datasetNames,
  TASK_UNKNOWN: async (souk) =>
    [...souk.tasks.list(), ...souk.forecasts.list()].map(({ name }) => name),
  FORECAST_UNKNOWN: async (souk) => souk.forecasts.list().map(({ name }) => name),
  QUESTION_UNKNOWN: async (souk) => souk.questions.list().map(({ slug }) => slug),
  TRACKING_MODEL_UNKNOWN: async (souk) => (await souk.models.list()).map(({ name }) => name),
  SERVING_MODEL_UNKNOWN: async (souk) => (await souk.models.list()).map(({ name }) => name),
};

async function datasetNames(souk: Souk): Promise<readonly string[]> {
  return (await souk.datasets.list()).map(({ name }) => name);
}

/** A failure as a person should read it. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  /** Lines to try next; empty when there is nothing sensible to say. */
  readonly next: readonly string[];
}

/**
 * Explains what was thrown. `typed` are the command's arguments and `souk` the open application, if any: with both, an
 * unknown name is answered with the nearest known one.
 */
export async function explainFailure(
  thrown: unknown,
  { typed = [], souk }: { typed?: readonly string[]; souk?: Souk | undefined } = {},
): Promise<Failure> {
  const code = errorCode(thrown) ?? (thrown instanceof Error ? thrown.name : "UNKNOWN");
  const cure = cures.find(([pattern]) => pattern.test(code))?.[1];
  let hint = "";
  const list = Object.hasOwn(candidatesFor, code) ? candidatesFor[code] : undefined;
  if (souk !== undefined && list !== undefined && typed[0] !== undefined)
    hint = didYouMean(typed[0], await list(souk).catch(() => []));
  return { code, message: errorMessage(thrown) + hint, next: cure?.split("\n") ?? [] };
}
