import { countText, figure } from "../report-page/figures.ts";
import { html, type Markup } from "../report-page/html.ts";
import { axisAround, createPlot } from "../report-page/plot.ts";
import { heads, table } from "../report-page/table.ts";
import { wholePage } from "../report-page/whole-page.ts";
import type { ForecastReport, SeriesReport } from "./forecast-report.ts";
import type { ForecastTask } from "./forecast-task.ts";
import type { SeriesForecast } from "./series-forecast.ts";

/** More series than this make a page nobody scrolls; the JSON beside it has them all. */
const SHOWN_SERIES = 24;
/** Known days drawn before each forecast. */
const SHOWN_DAYS = 90;

/** Forecasts and what the walk-forward said of them as one HTML file: verdict first, then each series. */
export function forecastPage(
  report: ForecastReport,
  { task, series }: { task: ForecastTask; series: readonly SeriesForecast[] },
): string {
  const shown = series.slice(0, SHOWN_SERIES);
  const left = series.length - shown.length;
  return wholePage(
    task.title ?? task.name,
    html`Family <bdi>${report.family}</bdi>, walked forward from
      ${figure(report.rows.test, countText(report.rows.test))} days over ${countText(series.length)}
      series, without the days after`,
    [
      html`<section id="verdict"><p class="verdict">${report.verdict}</p></section>`,
      figuresSection(report),
      shown.map((one) =>
        seriesSection(
          task,
          one,
          report.series.find(({ name }) => name === one.name),
        ),
      ),
      left === 0
        ? undefined
        : html`<p class="note">${countText(left)} more series in forecasts.json</p>`,
      skippedSection(report),
    ],
  );
}

function figuresSection({ metrics, baseline, incumbent }: ForecastReport): Markup {
  const cell = (value: number | undefined): Markup =>
    html`<td>${value === undefined ? "–" : figure(value)}</td>`;
  return html`<section id="figures">
    <h2>Over all series and days ahead</h2>
    ${table(
      heads([
        "figure",
        "forecast",
        baseline.name,
        ...(incumbent ? [`${incumbent.family} (serves)`] : []),
      ]),
      Object.entries(metrics).map(
        ([name, value]) =>
          html`<tr>
            <th scope="row">${name}</th>
            ${cell(value)}${cell(baseline.metrics[name])}${incumbent && cell(incumbent.metrics[name])}
          </tr>`,
      ),
    )}
  </section>`;
}

function seriesSection(
  task: ForecastTask,
  forecast: SeriesForecast,
  report: SeriesReport | undefined,
): Markup {
  return html`<section>
    <h2><bdi>${forecast.name}</bdi></h2>
    <p>${report?.walk.verdict}</p>
    <div class="pair">
      <figure>
        ${drawing(task, forecast)}
        <figcaption>
          Known, expected, and the interval asked to hold ${figure(task.coverage)} of the outcomes
        </figcaption>
      </figure>
      ${report && walkTable(report)}
    </div>
  </section>`;
}

/** Days are counted from the last known one, which is 0. */
function drawing(
  { target }: ForecastTask,
  { name, history, dates, mean, low, high }: SeriesForecast,
): Markup {
  const known = history.values.slice(-SHOWN_DAYS);
  const last = known[known.length - 1];
  const ahead = (values: readonly number[]) =>
    [last, ...values].map((value, i) => [i, value] as const);
  const days = { label: "days from the last known", min: 1 - known.length, max: dates.length };
  const plot = createPlot(days, axisAround([...known, ...low, ...high], target));
  return plot.drawing(
    [
      plot.line(
        known.map((value, i) => [i + 1 - known.length, value]),
        "curve first",
      ),
      plot.line(ahead(mean), "curve second"),
      plot.line(ahead(low), "ideal"),
      plot.line(ahead(high), "ideal"),
    ],
    `${name}: ${target}, known and forecast`,
  );
}

function walkTable({ walk }: SeriesReport): Markup {
  const rows = walk.forecasters.flatMap(({ name, horizons }) =>
    horizons.map(
      (at) =>
        html`<tr>
          <th scope="row">${name}</th>
          <td>${at.horizon}</td>
          <td>${figure(at.mae)}</td>
          <td>${ratioOf(at.versusBenchmark?.lossRatio)}</td>
          <td>${chanceOf(at.versusBenchmark?.adjustedPValue)}</td>
          <td>${figure(at.intervalCoverage)}</td>
        </tr>`,
    ),
  );
  return table(heads(["forecaster", "days ahead", "MAE", "loss by naive", "p", "coverage"]), rows);
}

function ratioOf(ratio: number | null | undefined): Markup | string {
  return typeof ratio === "number" ? figure(ratio) : "–";
}

function chanceOf(p: number | undefined): Markup | string {
  return p === undefined ? "–" : figure(p);
}

function skippedSection({ skipped }: ForecastReport): Markup | undefined {
  if (skipped.length === 0) return undefined;
  return html`<section>
    <h2>Too short</h2>
    <ul>
      ${skipped.map(({ name, reason }) => html`<li><bdi>${name}</bdi>: ${reason}</li>`)}
    </ul>
  </section>`;
}
