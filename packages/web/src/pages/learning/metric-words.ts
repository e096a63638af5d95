import { formatDuration, formatNumber, formatPoints, formatShare } from "../../parts/format.ts";

/** Figures of which less is better; of all others more is. */
const LESS = new Set([
  "mae",
  "maeOfValue",
  "rmse",
  "mape",
  "smape",
  "mase",
  "wape",
  "logLoss",
  "loss",
  "headLoss",
  "tunedLoss",
  "ece",
  "seconds",
  "latencyMs",
  "lossRatio",
]);

/** Shares of rows, told in percent. */
const SHARES = new Set([
  "accuracy",
  "macroF1",
  "weightedF1",
  "top3Accuracy",
  "coverage",
  "precision",
  "recall",
  "f1",
]);

const NAMES: Readonly<Record<string, string>> = {
  accuracy: "accuracy",
  macroF1: "macro F1",
  weightedF1: "weighted F1",
  top3Accuracy: "top-3 accuracy",
  logLoss: "log loss",
  ece: "calibration error",
  quadraticKappa: "quadratic kappa",
  mae: "mean absolute error",
  maeOfValue: "mean absolute error of the value",
  rmse: "root mean squared error",
  r2: "R²",
  lossRatio: "loss against naive",
};

/** The figure a metric's key ends with: "test_accuracy", "validation.accuracy" and "accuracy" are all accuracy. */
export function figureOf(key: string): string {
  return key.split(/[./]|_(?=[^_]*$)/).at(-1) ?? key;
}

/** True for figures in [0, 1] that people read as "so many of a hundred". */
export function isShare(key: string): boolean {
  return SHARES.has(figureOf(key));
}

/** True when less of it is better. */
export function isLessBetter(key: string): boolean {
  return LESS.has(figureOf(key));
}

const LOSSES = new Set(["loss", "logLoss", "headLoss", "tunedLoss"]);
const ERRORS = new Set(["mae", "maeOfValue", "rmse"]);

/** The figures a figure can share an axis with: losses, errors, shares of right answers; else itself. */
export function kinOf(figure: string): string {
  if (LOSSES.has(figure)) return "loss";
  if (ERRORS.has(figure)) return "error";
  if (isShare(figure) || figure === "quadraticKappa") return "right answers";
  return nameOfMetric(figure);
}

/** "macro F1"; the figure itself where it has no better words. */
export function nameOfMetric(key: string): string {
  const figure = figureOf(key);
  return NAMES[figure] ?? figure;
}

const rowsOf: Readonly<Record<string, string>> = {
  test: "test rows",
  validation: "validation rows",
  train: "training rows",
};

const secondsOf: Readonly<Record<string, string>> = {
  read: "time to read",
  prepare: "time to prepare",
  train: "time to train",
  evaluate: "time to measure",
  save: "time to save",
  total: "time in all",
};

/** What a key says besides its figure too: "accuracy, test rows", "time to train"; other keys stay as they are. */
export function nameOfKey(key: string): string {
  const [, seconds] = /^seconds_(\w+)$/.exec(key) ?? [];
  if (seconds !== undefined) return secondsOf[seconds] ?? key;
  const [, rows, figure] = /^(test|validation|train)[._](\w+)$/.exec(key) ?? [];
  if (rows === undefined || figure === undefined) return key;
  return `${nameOfMetric(figure)}, ${rowsOf[rows] ?? rows}`;
}

/** The first letter large. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A value in the unit of its metric: "73.1 %" or "0.5213". */
export function formatMetric(key: string, value: number): string {
  if (key.startsWith("seconds_")) return formatDuration(value * 1000);
  return isShare(key) ? formatShare(value) : formatNumber(value);
}

/** How far `value` is from `other`, with its sign: "+12.3 points", "-0.21". */
export function formatDifference(key: string, value: number, other: number): string {
  const difference = value - other;
  if (isShare(key)) return formatPoints(difference);
  return `${difference > 0 ? "+" : ""}${formatNumber(difference)}`;
}

/** True when `value` is better than `other`. */
export function isBetter(key: string, value: number, other: number): boolean {
  return isLessBetter(key) ? value < other : value > other;
}

/** Number members of an object. */
export function numbersOf(value: unknown): Readonly<Record<string, number>> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter(
      (entry): entry is [string, number] => typeof entry[1] === "number",
    ),
  );
}
