import type { RouteAnswer } from "@souk/api";
import type { Settings, SettingValue } from "../learning/settings.ts";
import { capital, formatDifference, formatMetric, nameOfMetric } from "../learning/metric-words.ts";

export type Study = RouteAnswer<"getStudy">;
export type Trial = Study["trials"][number];

/** What a study found so far, in a sentence or two. */
export function verdictOfStudy(study: Study): {
  readonly text: string;
  readonly tone: "plain" | "good" | "warn" | "bad";
} {
  const { best, first, metric, counts, family, status, improvement = 0 } = study;
  const ended = counts.done + counts.pruned + counts.failed;
  const tried = `${ended} of ${counts.wanted} trials of ${family}`;
  if (best?.value === undefined)
    return status === "running"
      ? {
          text: `${capital(tried)} so far; the first tells what the defaults reach.`,
          tone: "plain",
        }
      : { text: `No trial of ${family} came to an end.`, tone: "bad" };
  const figure = `${nameOfMetric(metric)} ${formatMetric(metric, best.value)} on validation rows`;
  const going = status === "running" ? ` ${capital(tried)} so far.` : ` After ${tried}.`;
  if (first?.value === undefined) return { text: `The best has ${figure}.${going}`, tone: "plain" };
  if (improvement > 0)
    return {
      text: `Better settings were found: ${figure}, ${formatDifference(metric, best.value, first.value)} against the defaults.${going}`,
      tone: "good",
    };
  return { text: `Nothing beats the defaults so far: ${figure}.${going}`, tone: "warn" };
}

/** The best value up to each trial, in the order they began; trials that were stopped or failed change nothing. */
export function bestSoFar(
  trials: readonly Trial[],
  direction: Study["direction"],
): readonly { readonly trial: number; readonly best: number }[] {
  const curve: { trial: number; best: number }[] = [];
  let best: number | undefined;
  for (const { trial, state, value } of trials.toSorted((a, b) => a.trial - b.trial)) {
    if (state === "done" && value !== undefined)
      best =
        best === undefined
          ? value
          : direction === "minimise"
            ? Math.min(best, value)
            : Math.max(best, value);
    if (best !== undefined) curve.push({ trial, best });
  }
  return curve;
}

/** Settings as they came over the wire; what is no setting is left out. */
export function settingsOf(value: object): Settings {
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, SettingValue] =>
      ["string", "number", "boolean"].includes(typeof entry[1]),
    ),
  );
}

/** "lr 0.1, balance none". */
export function settingsText(settings: Settings): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} ${typeof value === "number" ? shortNumber(value) : value}`)
    .join(", ");
}

function shortNumber(value: number): string {
  return String(Number(value.toPrecision(4)));
}
