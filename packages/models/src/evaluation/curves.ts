import { classMetrics, softmaxInto } from "./class-metrics.ts";
import { metricInterval } from "./interval.ts";
import type { Scored } from "./scored.ts";
import { textOf } from "../rows/cells.ts";
import type { Task } from "../task/task.ts";

/** How well one label is told from all others at every threshold of its probability. */
export interface ClassCurve {
  readonly label: string;
  /** Rows of the label. */
  readonly rows: number;
  /** Area under the ROC curve. */
  readonly auc: number;
  /** Mean precision over the recall gained at each threshold. */
  readonly averagePrecision: number;
  /** [false positive rate, true positive rate], from [0, 0] to [1, 1]; at most 201 points. */
  readonly roc: readonly (readonly [number, number])[];
  /** [recall, precision]; at most 201 points. */
  readonly precisionRecall: readonly (readonly [number, number])[];
}

/** What a page can draw when the scores of the test rows are at hand, which a report does not keep. */
export interface ReportCurves {
  /** Of the labels with the lowest and the highest F1, in this order; empty for numbers. */
  readonly classes: readonly ClassCurve[];
  /** Actual and predicted numbers of at most 2,000 rows; empty for labels. */
  readonly numbers: readonly { readonly actual: number; readonly predicted: number }[];
  /** 95 % interval of the task's metric, by slice column and value; none for many labels unless it is accuracy. */
  readonly slices: Readonly<
    Record<string, Readonly<Record<string, { readonly low: number; readonly high: number }>>>
  >;
}

const MOST_POINTS = 200;
const MOST_NUMBERS = 2000;
/** Resampling fifty slices of a confusion matrix larger than this takes minutes: they have no interval then. */
const MOST_RESAMPLED_LABELS = 60;

/** The curves of scores of one model. `slices` names the values wanted of each slice column. */
export function reportCurves(
  task: Task,
  scored: Scored,
  slices: Readonly<Record<string, readonly { readonly value: string }[]>>,
): ReportCurves {
  const { scores, targets, labels } = scored;
  return {
    classes: labels === undefined ? [] : extremes(scored).map((c) => classCurve(scored, c)),
    numbers: labels === undefined ? someNumbers(scores, targets) : [],
    slices: !areSlicesResampled(task, scored)
      ? {}
      : Object.fromEntries(
          Object.entries(slices).map(([column, values]) => [
            column,
            sliceIntervals(task, scored, { column, values: values.map((one) => one.value) }),
          ]),
        ),
  };
}

function areSlicesResampled({ metric }: Task, { labels = [] }: Scored): boolean {
  return metric === "accuracy" || labels.length <= MOST_RESAMPLED_LABELS;
}

/** Weakest and strongest label by F1 among those with rows on both sides. */
function extremes({ scores, targets, labels = [] }: Scored): number[] {
  const { perClass } = classMetrics(scores, targets, labels);
  const usable = perClass
    .map((one, c) => ({ c, ...one }))
    .filter(({ support }) => support > 0 && support < targets.length)
    .toSorted((a, b) => a.f1 - b.f1 || a.c - b.c);
  return usable.length < 2 ? usable.map(({ c }) => c) : [usable[0].c, usable[usable.length - 1].c];
}

function classCurve({ scores, targets, labels = [] }: Scored, c: number): ClassCurve {
  const probability = new Float64Array(targets.length);
  const all = new Float64Array(labels.length);
  for (let row = 0; row < targets.length; row++) {
    softmaxInto(scores, row * labels.length, all);
    probability[row] = all[c];
  }
  const isPositive = Uint8Array.from(targets, (target) => Number(target === c));
  return { label: String(labels[c]), ...thresholdCurves(probability, isPositive) };
}

/** ROC and precision-recall of `score` against 0/1; rows of one score cross the threshold together. */
export function thresholdCurves(
  score: Float64Array,
  isPositive: Uint8Array,
): Omit<ClassCurve, "label"> {
  const order = Array.from(score.keys()).toSorted((a, b) => score[b] - score[a]);
  const positives = isPositive.reduce((sum, one) => sum + one, 0);
  const negatives = isPositive.length - positives;
  const roc: [number, number][] = [[0, 0]];
  const precisionRecall: [number, number][] = [];
  let hits = 0;
  let auc = 0;
  let averagePrecision = 0;
  for (let i = 0; i < order.length; i++) {
    hits += isPositive[order[i]];
    if (i + 1 < order.length && score[order[i + 1]] === score[order[i]]) continue;
    const [x, y] = roc[roc.length - 1];
    const point: [number, number] = [(i + 1 - hits) / negatives, hits / positives];
    auc += ((point[0] - x) * (point[1] + y)) / 2;
    averagePrecision += ((point[1] - y) * hits) / (i + 1);
    roc.push(point);
    precisionRecall.push([point[1], hits / (i + 1)]);
  }
  return {
    rows: positives,
    auc,
    averagePrecision,
    roc: thinned(roc, MOST_POINTS),
    precisionRecall: thinned(precisionRecall, MOST_POINTS),
  };
}

/** About `most` evenly spaced items, the first and the last among them. */
function thinned<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items];
  const step = (items.length - 1) / most;
  return Array.from({ length: most + 1 }, (_, i) => items[Math.round(i * step)]);
}

function someNumbers(scores: Float64Array, targets: Float64Array): ReportCurves["numbers"] {
  const rows = Array.from(targets.keys()).filter((row) => Number.isFinite(targets[row]));
  return thinned(rows, MOST_NUMBERS - 1).map((row) => ({
    actual: targets[row],
    predicted: scores[row],
  }));
}

function sliceIntervals(
  task: Task,
  { batch, scores, targets, labels }: Scored,
  { column, values }: { column: string; values: readonly string[] },
): Record<string, { low: number; high: number }> {
  const cells = Array.from(batch.columns[column] ?? [], textOf);
  const k = labels?.length ?? 1;
  return Object.fromEntries(
    values.map((value) => {
      const rows = [...cells.keys()].filter((row) => cells[row] === value);
      const some = new Float64Array(rows.length * k);
      rows.forEach((row, i) => some.set(scores.subarray(row * k, (row + 1) * k), i * k));
      const wanted = Float64Array.from(rows, (row) => targets[row]);
      const { low, high } = metricInterval(task, { scores: some, targets: wanted, labels });
      return [value, { low, high }];
    }),
  );
}
