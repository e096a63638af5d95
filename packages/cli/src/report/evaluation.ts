import { entriesOf, listOf, member, numberOf, textOf } from "../plain.ts";
import { formatCount, formatNumber } from "../terminal/numbers.ts";
import type { Output } from "../terminal/output.ts";
import { bar } from "../terminal/progress.ts";
import { wrap } from "../terminal/style.ts";

const LOWER_IS_BETTER =
  /^(mae|mse|rmse|rmsle|mape|mase|lossRatio|losses|medianAE|ece|brier)|loss$|error$/i;
const MAX_CLASSES = 20;
const MAX_SLICES = 12;
const MAX_WORST = 5;
const MAX_SERIES = 10;

/** Prints an evaluation report: figures beside the baseline and the incumbent, per class, confusion, slices. */
export function printEvaluation(out: Output, report: object): void {
  printMetrics(out, report);
  printVerdict(out, report);
  printClasses(out, report);
  printConfusion(out, report);
  printSlices(out, report);
  printWorst(out, report);
}

/** What a walk-forward says, over all series and of each, in words. */
function printVerdict(out: Output, report: object): void {
  const verdict = textOf(report, "verdict");
  if (verdict === "") return;
  out.print();
  for (const row of wrap(verdict, out.width)) out.print(row);
  for (const series of listOf(report, "series").slice(0, MAX_SERIES)) {
    const words = `${textOf(series, "name")}: ${textOf(member(series, "walk"), "verdict")}`;
    for (const row of wrap(words, out.width)) out.print(out.style.dim(row));
  }
}

function printMetrics(out: Output, report: object): void {
  const baseline = member(report, "baseline");
  const incumbent = member(report, "incumbent");
  const metrics = entriesOf(report, "metrics").filter(([, value]) => typeof value === "number");
  const rows = member(report, "rows");
  const count = (name: string): string => formatCount(numberOf(rows, name) ?? 0);
  out.print(
    `${out.style.bold("Test rows")}  ${count("test")}  ${out.style.dim(`(train ${count("train")}, validation ${count("validation")}; never seen in training)`)}`,
  );
  out.print();
  const best = metrics.map(([name, value]) => isBest(name, Number(value), [baseline, incumbent]));
  out.printTable(
    [
      { title: "metric" },
      {
        title: "this model",
        align: "right",
        paint: (cell, row) => (best[row] === true ? out.style.green(cell) : cell),
      },
      { title: textOf(baseline, "name") || "baseline", align: "right" },
      ...(incumbent === undefined ? [] : [{ title: "incumbent", align: "right" as const }]),
    ],
    metrics.map(([name, value]) => [
      name,
      figure(value),
      figure(member(member(baseline, "metrics"), name)),
      figure(member(member(incumbent, "metrics"), name)),
    ]),
  );
  const interval = member(report, "interval");
  const [low, high] = [numberOf(interval, "low"), numberOf(interval, "high")];
  if (low !== undefined && high !== undefined)
    out.print(
      out.style.dim(
        `95 % interval of ${textOf(interval, "metric")}: ${figure(low)} to ${figure(high)}`,
      ),
    );
  printCoverage(out, member(report, "coverage"));
}

function printCoverage(out: Output, coverage: unknown): void {
  const [level, held] = [numberOf(coverage, "level"), numberOf(coverage, "coverage")];
  if (level === undefined || held === undefined) return;
  const percent = (share: number): string => `${formatNumber(100 * share, 1)} %`;
  out.print(
    out.style.dim(
      `bounds asked to hold ${percent(level)} held ${percent(held)}, median width ${figure(member(coverage, "medianWidth"))}`,
    ),
  );
}

function isBest(name: string, value: number, others: readonly unknown[]): boolean {
  const sign = LOWER_IS_BETTER.test(name) ? -1 : 1;
  return others.every((other) => {
    const theirs = numberOf(member(other, "metrics"), name);
    return theirs === undefined || (value - theirs) * sign > 0;
  });
}

function figure(value: unknown): string {
  return typeof value === "number" ? formatNumber(value) : "";
}

function printClasses(out: Output, report: object): void {
  const given = member(report, "perClass");
  const classes = Array.isArray(given)
    ? given.map((row: unknown) => [textOf(row, "label"), row] as const)
    : entriesOf(report, "perClass");
  if (classes.length === 0) return;
  out.print();
  out.printTable(
    [
      { title: "class" },
      { title: "precision", align: "right" },
      { title: "recall", align: "right" },
      { title: "F1", align: "right" },
      { title: "rows", align: "right" },
      { title: "", paint: (cell) => out.style.cyan(cell) },
    ],
    classes.slice(0, MAX_CLASSES).map(([label, row]) => {
      const f1 = numberOf(row, "f1") ?? 0;
      const support = numberOf(row, "support") ?? numberOf(row, "rows") ?? 0;
      return [
        label,
        figure(member(row, "precision")),
        figure(member(row, "recall")),
        figure(f1),
        formatCount(support),
        bar(f1, 16),
      ];
    }),
  );
}

function printConfusion(out: Output, report: object): void {
  const labels = listOf(report, "labels").map(String);
  const rows = listOf(report, "confusion").map((row) => listOf({ row }, "row").map(Number));
  if (rows.length === 0 || labels.length !== rows.length || labels.length > MAX_CLASSES) return;
  out.print();
  out.print(
    `${out.style.bold("Confusion")}  ${out.style.dim("rows: what it was, columns: what the model said")}`,
  );
  out.printTable(
    [
      { title: "" },
      ...labels.map((title, c) => ({
        title,
        align: "right" as const,
        paint: (cell: string, r: number) => (r === c ? out.style.green(cell) : cell),
      })),
    ],
    rows.map((row, r) => [labels[r]!, ...row.map(formatCount)]),
  );
}

/** Largest slices first; a slice far below the whole is where to look. */
function printSlices(out: Output, report: object): void {
  const metrics = entriesOf(report, "metrics")
    .map(([name]) => name)
    .slice(0, 3);
  for (const [column, given] of entriesOf(report, "slices")) {
    const slices = listOf({ given }, "given");
    out.print();
    out.printTable(
      [
        { title: column },
        { title: "rows", align: "right" },
        ...metrics.map((title) => ({ title, align: "right" as const })),
      ],
      slices
        .slice(0, MAX_SLICES)
        .map((slice) => [
          textOf(slice, "value"),
          formatCount(numberOf(slice, "rows") ?? 0),
          ...metrics.map((name) => figure(member(member(slice, "metrics"), name))),
        ]),
    );
    if (slices.length > MAX_SLICES)
      out.print(out.style.dim(`… ${slices.length - MAX_SLICES} smaller ones`));
  }
}

/** Where the model was surest and wrong. */
function printWorst(out: Output, report: object): void {
  const worst = listOf(report, "worst").slice(0, MAX_WORST);
  if (worst.length === 0) return;
  out.print();
  out.printTable(
    [
      { title: "was" },
      { title: "said", paint: (cell) => out.style.red(cell) },
      { title: "surest mistakes", paint: (cell) => out.style.dim(cell) },
    ],
    worst.map((error) => [
      textOf(error, "actual"),
      shortNumber(textOf(error, "predicted")),
      textOf(error, "excerpt"),
    ]),
  );
}

/** A predicted number to three decimals; a class as it is. */
function shortNumber(label: string): string {
  return /^-?\d+\.\d{4,}$/.test(label) ? Number(label).toFixed(3) : label;
}
