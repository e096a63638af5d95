import type { ClassReport } from "../evaluation/class-metrics.ts";
import type { ClassCurve } from "../evaluation/curves.ts";
import type { EvaluationReport } from "../evaluation/report.ts";
import { countText, figure } from "./figures.ts";
import { html, type Markup } from "./html.ts";
import { heads, table } from "./table.ts";
import { type Axis, createPlot } from "./plot.ts";

/** Longer tables are folded away. */
const MOST_OPEN_ROWS = 40;

/** Precision, recall and F1 of every label. */
export function perClassSection(perClass: readonly ClassReport[]): Markup {
  const rows = perClass.map(
    ({ label, precision, recall, f1, support }) =>
      html`<tr>
        <th scope="row"><bdi>${label}</bdi></th>
        <td>${figure(support, countText(support))}</td>
        <td>${figure(precision)}</td>
        <td>${figure(recall)}</td>
        <td class="barred" style="--share: ${Math.round(100 * f1)}%">${figure(f1)}</td>
      </tr>`,
  );
  const wide = table(heads(["label", "rows", "precision", "recall", "F1"]), rows);
  const note = html`<p class="note">
    Precision: of the times it said the label, the share that was right. Recall: of the label's
    rows, the share it found. F1: the harmonic mean of the two.
  </p>`;
  const body =
    perClass.length > MOST_OPEN_ROWS
      ? html`<details>
          <summary>All ${countText(perClass.length)} labels</summary>
          ${wide}
        </details>`
      : wide;
  return html`<section id="labels">
    <h2>Label by label</h2>
    ${note}${body}
  </section>`;
}

/** Stated confidence against how often it was right. */
export function reliabilitySection({
  bins,
  ece,
  temperature,
}: NonNullable<EvaluationReport["calibration"]>): Markup {
  const share = (label: string): Axis => ({ label, min: 0, max: 1 });
  const plot = createPlot(share("stated confidence"), share("share that was right"));
  const used = bins.filter((bin) => bin.count > 0);
  const rows = bins.map(
    (bin) =>
      html`<tr>
        <th scope="row">
          ${figure(bin.from, bin.from.toFixed(1))} to ${figure(bin.to, bin.to.toFixed(1))}
        </th>
        <td>${figure(bin.count, countText(bin.count))}</td>
        <td>${bin.count === 0 ? "–" : figure(bin.confidence)}</td>
        <td>${bin.count === 0 ? "–" : figure(bin.accuracy)}</td>
      </tr>`,
  );
  const drawing = plot.drawing(
    [
      used.map((bin) => plot.bar(bin.from + 0.008, bin.to - 0.008, bin.accuracy)),
      plot.line(
        [
          [0, 0],
          [1, 1],
        ],
        "ideal",
      ),
      plot.line(
        used.map((bin) => [bin.confidence, bin.accuracy]),
        "curve first",
      ),
      plot.dots(
        used.map((bin) => [bin.confidence, bin.accuracy]),
        "first large",
      ),
    ],
    "Share of right answers by stated confidence; the dashed line is perfect honesty",
  );
  return html`<section id="reliability">
    <h2>Can its confidence be believed?</h2>
    <p class="note">
      On the dashed line, 80 % means right 80 times in 100. Mean gap (ECE): ${figure(ece)}; logits
      were divided by a temperature of ${figure(temperature)}.
    </p>
    <div class="pair">
      <figure>${drawing}</figure>
      ${table(heads(["confidence", "rows", "mean", "right"]), rows)}
    </div>
  </section>`;
}

/** ROC and precision-recall of the weakest and the strongest label. */
export function curvesSection(classes: readonly ClassCurve[]): Markup {
  const share = (label: string): Axis => ({ label, min: 0, max: 1 });
  const roc = createPlot(share("false alarms among the others"), share("found of the label"));
  const recall = createPlot(
    share("found of the label (recall)"),
    share("right of those said (precision)"),
  );
  const styles = ["second", "first"];
  const legend = classes.map(
    (one, i) =>
      html`<li class="${styles[i]}">
        <bdi>${one.label}</bdi>
        <span class="note"
          >(${i === 0 && classes.length > 1 ? "weakest" : "strongest"} by F1,
          ${figure(one.rows, countText(one.rows))} rows)</span
        >: area under ROC ${figure(one.auc)}, average precision ${figure(one.averagePrecision)}
      </li>`,
  );
  const rocLines = classes.map((one, i) => roc.line(one.roc, `curve ${styles[i]}`));
  const recallLines = classes.map((one, i) =>
    recall.line(one.precisionRecall, `curve ${styles[i]}`),
  );
  return html`<section id="curves">
    <h2>At other thresholds</h2>
    <ul class="legend">
      ${legend}
    </ul>
    <div class="pair">
      <figure>
        ${roc.drawing(
          [
            roc.line(
              [
                [0, 0],
                [1, 1],
              ],
              "ideal",
            ),
            rocLines,
          ],
          "ROC curves",
        )}
        <figcaption>ROC: the dashed line is guessing</figcaption>
      </figure>
      <figure>
        ${recall.drawing(recallLines, "Precision-recall curves")}
        <figcaption>Precision and recall</figcaption>
      </figure>
    </div>
  </section>`;
}
