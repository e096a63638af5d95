import type { EvaluationReport } from "../evaluation/report.ts";
import { countText, numberText, percentText } from "./figures.ts";

/** What the words of a verdict are about. */
export interface VerdictWords {
  /** What a row is, in the plural. Default "rows". */
  readonly rows?: string;
}

/**
 * A report in plain sentences, the main one first: how often right (or how far off) with its interval and the
 * baseline beside it, then the model to be replaced, the weakest label and whether bounds and stated confidence can be believed.
 */
export function reportVerdict(
  report: EvaluationReport,
  { rows = "rows" }: VerdictWords = {},
): string[] {
  const sentences = [mainSentence(report, rows)];
  const doubt = baselineDoubt(report);
  if (doubt !== undefined) sentences.push(doubt);
  if (report.incumbent !== undefined) {
    const { metric } = report.interval;
    const { family, metrics } = report.incumbent;
    sentences.push(
      `The model it would replace (${family}): ${worthOf(report, metrics[metric])} on the same ${rows}.`,
    );
  }
  const weakest = weakestLabel(report);
  if (weakest !== undefined) sentences.push(weakest);
  const { calibration, coverage } = report;
  if (coverage !== undefined)
    sentences.push(
      `Its ${percentText(coverage.level)} bounds held the truth in ${(100 * coverage.coverage).toFixed(1)} % of the ${rows}.`,
    );
  if (calibration !== undefined)
    sentences.push(
      `Its stated confidence is off by ${(100 * calibration.ece).toFixed(1)} points on average.`,
    );
  return sentences;
}

function mainSentence(report: EvaluationReport, rows: string): string {
  const { interval, metrics, baseline } = report;
  const bounds = `[${numberText(interval.low)}, ${numberText(interval.high)}]`;
  const worth = worthOf(report, metrics[interval.metric]);
  const simple = worthOf(report, baseline.metrics[interval.metric]);
  switch (interval.metric) {
    case "accuracy":
      return `Right on ${worth} ${rows} it never saw ${bounds}; ${baselineWords(report)} would be right on ${countOf(report, baseline.metrics["accuracy"])}.`;
    case "mae":
      return `Off by ${worth} on average on ${countText(report.rows.test)} ${rows} it never saw ${bounds}; ${baselineWords(report)} would be off by ${simple}.`;
    default:
      return `${capital(interval.metric)} ${worth} on ${countText(report.rows.test)} ${rows} it never saw ${bounds}; ${baselineWords(report)} has ${simple}.`;
  }
}

/** "764 of 1,000" for accuracy (of all rows when there are fewer), else the figure. */
function worthOf(report: EvaluationReport, value: number): string {
  if (report.interval.metric !== "accuracy") return numberText(value);
  return `${countOf(report, value)} of ${countText(outOf(report))}`;
}

function countOf(report: EvaluationReport, share: number): string {
  return countText(Math.round(share * outOf(report)));
}

function outOf({ rows }: EvaluationReport): number {
  return Math.min(1000, rows.test);
}

/** The majority label is named when only one label's share of the test rows is the baseline's accuracy. */
function baselineWords({ baseline, perClass, rows }: EvaluationReport): string {
  if (perClass === undefined) return `always saying the ${baseline.name}`;
  const fitting = perClass.filter(
    ({ support }) => Math.abs(support / rows.test - baseline.metrics["accuracy"]) < 1e-9,
  );
  return fitting.length === 1
    ? `always saying \u{201C}${fitting[0].label}\u{201D}`
    : "always saying the most common label";
}

function baselineDoubt({ interval, baseline }: EvaluationReport): string | undefined {
  const simple = baseline.metrics[interval.metric];
  return interval.low <= simple && simple <= interval.high
    ? "On these rows it cannot be told from that baseline."
    : undefined;
}

function weakestLabel({ perClass }: EvaluationReport): string | undefined {
  const present = (perClass ?? []).filter((one) => one.support > 0);
  if (present.length < 3) return undefined;
  const weakest = present.toSorted((a, b) => a.f1 - b.f1 || b.support - a.support)[0];
  const found = Math.round(weakest.recall * Math.min(100, weakest.support));
  return `Weakest label: \u{201C}${weakest.label}\u{201D}; it finds ${found} of ${Math.min(100, weakest.support)} of them.`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
