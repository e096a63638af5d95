import type { Souk } from "@souk/server";
import type { Context } from "../command.ts";
import { entriesOf, member, numberOf, textOf } from "../plain.ts";
import { formatDuration, formatNumber } from "../terminal/numbers.ts";
import { printEvaluation } from "./evaluation.ts";
import { followJob, type Job } from "./follow-job.ts";
import { printGate } from "./gate.ts";

type TrainRequest = Parameters<Souk["jobs"]["startTraining"]>[0];

const phaseWords: Readonly<Record<string, string>> = {
  read: "reading rows",
  prepare: "preparing",
  train: "training",
  evaluate: "evaluating",
  save: "saving",
};

/**
 * Starts a training, shows its epochs while it runs and waits for its end. Cancels it when the signal fires.
 * @throws SoukError `JOB_CANCELLED`, or the code the training failed with.
 */
export async function followTraining(context: Context, request: TrainRequest): Promise<Job> {
  const { jobs } = await context.souk();
  const started = await jobs.startTraining(request, { by: context.by });
  let label: string = request.task;
  let note = "";
  return followJob(context, started, {
    what: "training",
    show({ kind, data }, progress) {
      if (kind === "phase") label = phaseWords[textOf(data, "phase")] ?? textOf(data, "phase");
      if (kind === "metrics") {
        note = epochNote(data);
        progress.done();
        context.out.step(note);
      }
      if (kind === "log") progress.done(textOf(data, "message"));
      progress.update({ label, note, ...shareOf(kind, data) });
    },
  });
}

function shareOf(
  kind: string,
  data: object,
): { share?: number; ratePerSecond?: number; etaMs?: number } {
  const [done, total] = [numberOf(data, "done"), numberOf(data, "total")];
  if (kind !== "progress" || done === undefined || total === undefined || total === 0) return {};
  const ratePerSecond = numberOf(data, "ratePerSecond");
  const etaMs = numberOf(data, "etaMs");
  return {
    share: done / total,
    ...(ratePerSecond !== undefined && { ratePerSecond }),
    ...(etaMs !== undefined && etaMs > 0 && { etaMs }),
  };
}

/** Epoch, training loss and the two figures of the validation rows that say most. */
function epochNote(data: object): string {
  const values = entriesOf(data, "values").filter(([name]) => shownInEpochs.has(name));
  const words = values
    .slice(0, MAX_EPOCH_FIGURES)
    .map(([name, value]) => `${name.replace(".", " ")} ${formatNumber(Number(value))}`);
  return [`epoch ${textOf(data, "epoch").padStart(2)}`, ...words].join("  ");
}

const MAX_EPOCH_FIGURES = 3;
const shownInEpochs = new Set([
  "train.loss",
  "validation.accuracy",
  "validation.macroF1",
  "validation.mae",
  "validation.rmse",
]);

/** Prints what a finished training came to: report, gate, and what serves now. */
export function printTraining({ out }: Context, job: Job): void {
  const result: unknown = job.result ?? {};
  const report = member(result, "report");
  const model = textOf(result, "model") || textOf(job.request, "task");
  const version = textOf(result, "modelVersion");
  const promoted = member(result, "promoted") === true;
  if (typeof report === "object" && report !== null) printEvaluation(out, report);
  const seconds = entriesOf(member({ result }, "result"), "seconds")
    .map(([phase, value]) => `${phase} ${formatDuration(Number(value) * 1000)}`)
    .join(", ");
  out.print();
  printGate(out, member(result, "gate"));
  out.print();
  out.printFacts([
    ["run", textOf(result, "runId")],
    ["model", `${model} version ${version}`],
    ...correctionFacts(member(report, "corrections")),
    ...(seconds === "" ? [] : [["time", seconds] as const]),
  ]);
  out.print(
    promoted
      ? out.style.green(`✓ version ${version} is the champion of ${model} and serves now`)
      : out.style.yellow(
          `version ${version} is registered but does not serve; promote it with: souk promote ${model} ${version}`,
        ),
  );
}

/** How many of people's corrections were learnt from, where there were any. */
function correctionFacts(corrections: unknown): (readonly [string, string])[] {
  const given = numberOf(corrections, "given");
  if (given === undefined) return [];
  const heldOut = numberOf(corrections, "heldOut") ?? 0;
  const why = heldOut > 0 ? ` (${heldOut} are rows it is measured on)` : "";
  return [
    ["corrections", `${numberOf(corrections, "entered") ?? 0} of ${given} learnt from${why}`],
  ];
}
