/** Child process: one trial of a study, over rows its parent wrote, among which there is no test row. */
import { readFile } from "node:fs/promises";
import { deserialize } from "node:v8";
import { imageStore, type Task, type TrialResult, type TrialRows, trialTask } from "@souk/models";
import { serveParent } from "./child-side.ts";

/** What the parent asks for. */
export interface TrialRequest {
  /** A file with `TrialRows`, by `node:v8`. */
  readonly rows: string;
  readonly task: Task;
  readonly family: string;
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  readonly seed: number;
  readonly threads: number;
  /** Share of the training rows to learn from. */
  readonly share?: number;
  /** The photo store. */
  readonly images: string;
  readonly pretrained: Readonly<Record<string, string>>;
  readonly cacheDirectory: string;
}

/** What a trial came to, with the most memory its process had. */
export interface TrialOutcome extends TrialResult {
  readonly peakBytes: number;
}

/** A better or worse epoch, told as it happens. */
export interface TrialReport {
  readonly kind: "report";
  readonly step: number;
  readonly value: number;
}

async function run(
  request: TrialRequest,
  { signal, emit }: { signal: AbortSignal; emit: (event: TrialReport) => void },
): Promise<TrialOutcome> {
  // Written by the parent, which is this project's own process.
  const rows = deserialize(await readFile(request.rows)) as TrialRows;
  const result = await trialTask(request.task, rows, {
    ...request,
    images: imageStore(request.images),
    signal,
    onReport: (step, value) => emit({ kind: "report", step, value }),
  });
  return { ...result, peakBytes: process.resourceUsage().maxRSS * 1024 };
}

if (import.meta.main) {
  // The parent is this project's own process: the request is what `TrialRequest` says.
  serveParent((request, tools) => run(request as TrialRequest, tools));
}
