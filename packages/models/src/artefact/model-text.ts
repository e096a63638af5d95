import type { EvaluationReport } from "../evaluation/report.ts";
import type { ModelCard } from "./card.ts";

/** The card and the report as a page for people (Markdown). */
export function modelText(card: ModelCard, report: EvaluationReport): string {
  const { task, data } = card;
  const inputs = task.inputs.map((input) => `${oneLine(input.column)} (${input.kind})`).join(", ");
  const lines = [
    `# ${oneLine(task.title ?? task.name)}`,
    "",
    `A \`${card.family}\` model of Souk ${card.soukVersion}: ${inputs} → ${oneLine(task.target.column)} (${task.target.kind}).`,
    `Trained ${card.createdAt} on ${report.rows.train} rows of ${oneLine(data.dataset)} version ${data.version}; seed ${card.seed}.`,
    "",
    `Measured on ${report.rows.test} rows it never saw (${task.split.kind} split):`,
    "",
    "| metric | model | baseline |",
    "|---|---|---|",
    ...Object.entries(report.metrics).map(
      ([name, value]) =>
        `| ${name} | ${value.toFixed(4)} | ${report.baseline.metrics[name]?.toFixed(4) ?? ""} |`,
    ),
    "",
    `95 % interval of ${report.interval.metric}: ${report.interval.low.toFixed(4)} to ${report.interval.high.toFixed(4)} (${report.interval.method}).`,
    ...coverageLines(report),
    "",
    "| setting | value |",
    "|---|---|",
    ...Object.entries(card.settings).map(([name, value]) => `| ${name} | ${String(value)} |`),
    "",
    "Load it with `loadModel(folder)` of `@souk/models`; the folder holds everything it needs.",
  ];
  return `${lines.join("\n")}\n`;
}

function coverageLines({ coverage }: EvaluationReport): string[] {
  if (coverage === undefined) return [];
  const [asked, held] = [coverage.level, coverage.coverage].map((share) =>
    (100 * share).toFixed(1),
  );
  return [
    "",
    `Bounds asked to hold ${asked} % of the actual numbers held ${held} %; median width ${coverage.medianWidth.toPrecision(4)}.`,
  ];
}

function oneLine(text: string): string {
  return text.replace(/[\s|]+/gu, " ");
}
