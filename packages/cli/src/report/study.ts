import type { Souk } from "@souk/server";
import type { Context } from "../command.ts";
import { member, numberOf, textOf } from "../plain.ts";
import { formatNumber } from "../terminal/numbers.ts";
import { bar } from "../terminal/progress.ts";
import { wrap } from "../terminal/style.ts";
import { followJob } from "./follow-job.ts";

type TuneRequest = Parameters<Souk["jobs"]["startTuning"]>[0];
type Study = Awaited<ReturnType<Souk["studies"]["get"]>>;
type Trial = Study["trials"][number];

/**
 * Starts a study, shows its trials while they end and waits for the last. Cancels it when the signal fires.
 * @throws SoukError `JOB_CANCELLED`, or the code the study failed with.
 */
export async function followStudy(context: Context, request: TuneRequest): Promise<Study> {
  const { jobs, studies } = await context.souk();
  const started = await jobs.startTuning(request, { by: context.by });
  let [ended, wanted, note, study] = [0, 0, "", ""];
  const job = await followJob(context, started, {
    what: "study",
    show({ kind, data }, progress) {
      if (kind === "log") progress.done(textOf(data, "message"));
      if (kind === "study") {
        ended = numberOf(data, "ended") ?? 0;
        wanted = numberOf(data, "trials") ?? 0;
        study = textOf(data, "study");
        const there = ended > 0 ? `, ${ended} trials are there` : "";
        progress.done(`study ${study}${there}`);
      }
      if (kind === "trial ended") {
        ended++;
        note = bestNote(member(data, "best"));
        progress.done();
        context.out.step(trialNote(member(data, "trial")));
      }
      const share = Math.min(1, ended / wanted);
      if (wanted > 0) progress.update({ label: "trials", note, share });
    },
  }).catch((thrown: unknown) => {
    const resume = `souk tune ${request.task} --resume ${study}`;
    if (study !== "") context.out.log(`the trials that ended are kept; go on with: ${resume}`);
    throw thrown;
  });
  return studies.get(textOf(job.result, "study"));
}

function trialNote(trial: unknown): string {
  const value = numberOf(trial, "value");
  const state = textOf(trial, "state");
  const figure = state === "done" && value !== undefined ? formatNumber(value) : state;
  const error = textOf(member(trial, "error"), "message");
  return [
    `trial ${textOf(trial, "trial").padStart(3)}  ${figure}`,
    settingsText(member(trial, "settings")),
    ...(error === "" ? [] : [error]),
  ].join("  ");
}

function bestNote(best: unknown): string {
  const value = numberOf(best, "value");
  return value === undefined ? "" : `best ${formatNumber(value)} (trial ${textOf(best, "trial")})`;
}

function settingsText(settings: unknown, separator = " "): string {
  if (typeof settings !== "object" || settings === null) return "";
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${settingText(value)}`)
    .join(separator);
}

/** Four significant digits; every digit is in the JSON. */
function settingText(value: unknown): string {
  return typeof value === "number" ? String(Number(value.toPrecision(4))) : String(value);
}

const MAX_TRIALS = 10;

/** Prints what a study found: trials, what matters, and the best settings with what they gain. */
export function printStudy({ out }: Context, study: Study): void {
  const { counts, metric, trials } = study;
  out.printFacts([
    ["study", study.id],
    ["searched", `${study.family}, by ${study.sampler}, judged by ${metric} of validation rows`],
    [
      "trials",
      `${counts.done} done, ${counts.pruned} pruned, ${counts.failed} failed of ${counts.wanted}`,
    ],
  ]);
  out.print();
  printTrials(out, study, trials);
  printImportance(out, study.importance ?? []);
  printBest(out, study);
}

function printTrials(out: Context["out"], study: Study, trials: readonly Trial[]): void {
  const sign = study.direction === "minimise" ? 1 : -1;
  const done = trials.filter(({ state, value }) => state === "done" && value !== undefined);
  const shown = done
    .toSorted((a, b) => sign * ((a.value ?? 0) - (b.value ?? 0)) || a.trial - b.trial)
    .slice(0, MAX_TRIALS);
  out.printTable(
    [
      { title: "trial", align: "right", isWhole: true },
      {
        title: study.metric,
        align: "right",
        isWhole: true,
        paint: (cell, row) => (row === 0 ? out.style.green(cell) : cell),
      },
      { title: "seconds", align: "right" },
      { title: "settings", paint: (cell) => out.style.dim(cell) },
    ],
    shown.map((trial) => [
      String(trial.trial),
      formatNumber(trial.value ?? 0),
      trial.seconds.toFixed(1),
      `${trial.trial === 0 ? "(defaults) " : ""}${settingsText(trial.settings)}`,
    ]),
  );
  if (done.length > shown.length)
    out.print(out.style.dim(`… ${done.length - shown.length} more that were done`));
  out.print();
}

function printImportance(
  out: Context["out"],
  importance: readonly { readonly setting: string; readonly share: number }[],
): void {
  if (importance.length === 0) return;
  out.printTable(
    [
      { title: "setting" },
      { title: "matters", align: "right" },
      { title: "", paint: (cell) => out.style.cyan(cell) },
    ],
    importance.map(({ setting, share }) => [
      setting,
      `${(100 * share).toFixed(0)} %`,
      bar(share, 16),
    ]),
  );
  out.print();
}

const CAUTION =
  "The best of many trials looks a little better than it is: believe the test rows of a training with these settings.";

function printBest(out: Context["out"], study: Study): void {
  const { best, first, improvement, metric, task, family } = study;
  if (best?.value === undefined) return;
  out.print(
    `${out.style.bold("Best")}  trial ${best.trial}: ${metric} ${formatNumber(best.value)} on validation rows`,
  );
  if (first?.value !== undefined && improvement !== undefined) {
    const before = `the default settings (${formatNumber(first.value)})`;
    if (improvement > 0)
      out.print(out.style.green(`${formatNumber(improvement, 4)} better than ${before}`));
    else out.print(out.style.yellow(`not better than ${before}`));
  }
  for (const line of wrap(CAUTION, out.width)) out.print(out.style.dim(line));
  const set = Object.entries(bestSettings(study)).map(
    ([name, value]) => ` --set ${name}=${String(value)}`,
  );
  out.print();
  out.print(`souk train ${task} --family ${family}${set.join("")}`);
}

/** All settings of the best trial, for a training. */
export function bestSettings(study: Study): Readonly<Record<string, string | number | boolean>> {
  return { ...study.settings, ...study.best?.settings };
}
