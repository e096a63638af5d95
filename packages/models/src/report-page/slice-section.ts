import { wilsonInterval } from "@souk/core";
import type { ReportCurves } from "../evaluation/curves.ts";
import type { EvaluationReport } from "../evaluation/report.ts";
import type { SliceReport } from "../evaluation/slices.ts";
import { countText, figure, intervalFigures } from "./figures.ts";
import { html, type Markup } from "./html.ts";
import { table } from "./table.ts";

interface Bounds {
  readonly low: number;
  readonly high: number;
}

/** The task's metric in each part of the test rows, with the interval that says how far to trust it. */
export function slicesSection(report: EvaluationReport, curves: ReportCurves | undefined): Markup {
  const tables = Object.entries(report.slices).map(([column, slices]) => {
    const rows = slices.map((slice) => ({
      slice,
      bounds: boundsOf(report.interval.metric, slice, curves?.slices[column]?.[slice.value]),
    }));
    return html`<h3><bdi>${column}</bdi></h3>
      ${sliceTable(report, rows)}`;
  });
  return html`<section id="slices">
    <h2>Part by part</h2>
    <p class="note">
      ${report.interval.metric} of the rows that share a value, with its 95 % interval; the line
      across is the value over all test rows. A part whose interval crosses the line is not shown to
      differ.
    </p>
    ${tables}
  </section>`;
}

/** Wilson's for accuracy needs only the counts; other metrics have one when curves were given. */
function boundsOf(
  metric: string,
  slice: SliceReport,
  given: Bounds | undefined,
): Bounds | undefined {
  if (given !== undefined) return given;
  const value = slice.metrics[metric];
  return metric === "accuracy" && slice.rows > 0
    ? wilsonInterval(Math.round(value * slice.rows), slice.rows)
    : undefined;
}

function sliceTable(
  { interval, metrics }: EvaluationReport,
  rows: readonly { slice: SliceReport; bounds: Bounds | undefined }[],
): Markup {
  const { metric } = interval;
  const ends = rows.flatMap(({ slice, bounds }) => [
    slice.metrics[metric],
    bounds?.low ?? slice.metrics[metric],
    bounds?.high ?? slice.metrics[metric],
  ]);
  const scale = {
    low: Math.min(metrics[metric], ...ends),
    high: Math.max(metrics[metric], ...ends),
    all: metrics[metric],
  };
  const lines = rows.map(
    ({ slice, bounds }) =>
      html`<tr>
        <th scope="row"><bdi>${slice.value === "" ? "(none)" : slice.value}</bdi></th>
        <td>${figure(slice.rows, countText(slice.rows))}</td>
        <td>${figure(slice.metrics[metric])}</td>
        <td>${bounds === undefined ? "–" : intervalFigures(bounds)}</td>
        <td class="range">${whisker(slice.metrics[metric], bounds, scale)}</td>
      </tr>`,
  );
  return table(
    html`<th scope="col">value</th>
      <th scope="col">rows</th>
      <th scope="col">${metric}</th>
      <th scope="col">95 %</th>
      <th scope="col" class="range"></th>`,
    lines,
  );
}

function whisker(
  value: number,
  bounds: Bounds | undefined,
  { low, high, all }: { low: number; high: number; all: number },
): Markup {
  const at = (x: number): string => (6 + (188 * (x - low)) / (high - low || 1)).toFixed(1);
  const line =
    bounds === undefined
      ? undefined
      : html`<path class="curve first" d="M${at(bounds.low)} 8H${at(bounds.high)}"></path>`;
  return html`<svg class="whisker" viewBox="0 0 200 16" aria-hidden="true">
    <path class="ideal" d="M${at(all)} 0V16"></path>
    ${line}
    <path class="dots large first" d="M${at(value)} 8h0"></path>
  </svg>`;
}
