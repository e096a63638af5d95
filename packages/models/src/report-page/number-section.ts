import type { ReportCurves } from "../evaluation/curves.ts";
import { countText } from "./figures.ts";
import { html, type Markup } from "./html.ts";
import { type Axis, axisAround, createPlot } from "./plot.ts";

const BINS = 30;

/** Predicted against actual, and how the errors are spread. */
export function numberSection(numbers: ReportCurves["numbers"]): Markup {
  const actual = numbers.map((one) => one.actual);
  const predicted = numbers.map((one) => one.predicted);
  const both = axisAround([...actual, ...predicted], "actual");
  const against = createPlot(both, { ...both, label: "predicted" });
  const errors = predicted.map((value, i) => value - actual[i]);
  const side = axisAround(errors, "error: predicted less actual");
  const residual = createPlot(axisAround(predicted, "predicted"), { ...side, label: "error" });
  const edges = [both.min, both.max];
  return html`<section id="numbers">
    <h2>Predicted and actual</h2>
    <p class="note">
      ${countText(numbers.length)} of the test rows; on the dashed line the prediction is exact. Few
      that lie far beyond the others are drawn at the edge.
    </p>
    <div class="pair">
      <figure>
        ${against.drawing(
          [
            against.dots(
              numbers.map((one) => [one.actual, one.predicted]),
              "first",
            ),
            against.line(
              edges.map((edge) => [edge, edge]),
              "ideal",
            ),
          ],
          "Predicted against actual numbers",
        )}
        <figcaption>
          Predicted against actual${both.isLog === true ? " (log scales)" : ""}
        </figcaption>
      </figure>
      <figure>
        ${residual.drawing(
          [
            residual.dots(
              numbers.map((one, i) => [one.predicted, errors[i]]),
              "first",
            ),
            zeroLine(residual, axisAround(predicted, "")),
          ],
          "Errors against predictions",
        )}
        <figcaption>Errors by prediction</figcaption>
      </figure>
      <figure>
        ${histogram(errors, side)}
        <figcaption>How errors are spread</figcaption>
      </figure>
    </div>
  </section>`;
}

function zeroLine(plot: ReturnType<typeof createPlot>, { min, max }: Axis): Markup {
  return plot.line(
    [
      [min, 0],
      [max, 0],
    ],
    "ideal",
  );
}

function histogram(values: readonly number[], axis: Axis): Markup {
  const counts = new Float64Array(BINS);
  const width = (axis.max - axis.min) / BINS;
  for (const value of values)
    counts[Math.min(BINS - 1, Math.max(0, Math.floor((value - axis.min) / width)))]++;
  const plot = createPlot(
    { ...axis, isLog: false },
    { label: "rows", min: 0, max: Math.max(1, ...counts) * 1.05 },
  );
  const bars = Array.from(counts, (count, bin) =>
    plot.bar(axis.min + (bin + 0.06) * width, axis.min + (bin + 0.94) * width, count),
  );
  return plot.drawing(bars, "Histogram of errors");
}
