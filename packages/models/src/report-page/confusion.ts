import { countText, figure, percentText } from "./figures.ts";
import { html, type Markup } from "./html.ts";
import { table } from "./table.ts";

/** Above this many labels a matrix cannot be read: the page lists the commonest confusions alone. */
const MOST_MATRIX_LABELS = 30;
const LISTED = 25;
/** With more labels than this, cells show counts without shares. */
const MOST_SHARES = 12;

type Matrix = readonly (readonly number[])[];

/** Heat map of actual against predicted labels (up to 30) and the commonest confusions (from 6). */
export function confusionSection(labels: readonly string[], confusion: Matrix): Markup {
  const isReadable = labels.length <= MOST_MATRIX_LABELS;
  const listed =
    labels.length > 5 ? confusionList(labels, confusion, isReadable ? 10 : LISTED) : undefined;
  return html`<section id="confusion">
    <h2>What is taken for what</h2>
    ${isReadable ? confusionTable(labels, confusion) : undefined}${listed}
  </section>`;
}

function confusionTable(labels: readonly string[], confusion: Matrix): Markup {
  const head = labels.map((label) => html`<th scope="col"><bdi>${label}</bdi></th>`);
  const rows = confusion.map((row, actual) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    const cells = row.map((count, predicted) =>
      confusionCell(count, {
        total,
        isHit: actual === predicted,
        hasShare: labels.length <= MOST_SHARES,
      }),
    );
    return html`<tr>
      <th scope="row"><bdi>${labels[actual]}</bdi></th>
      ${cells}
    </tr>`;
  });
  return html`<p class="note">
      Rows are what was, columns what the model said; the shade grows with the share of the row.
    </p>
    ${table(
      html`<td></td>
        ${head}`,
      rows,
      { style: labels.length > MOST_SHARES ? "heat dense" : "heat" },
    )}`;
}

function confusionCell(
  count: number,
  { total, isHit, hasShare }: { total: number; isHit: boolean; hasShare: boolean },
): Markup {
  const share = total === 0 ? 0 : count / total;
  const strength = Math.round(100 * Math.sqrt(share));
  const words = hasShare && total > 0 ? html`<small>${percentText(share)}</small>` : undefined;
  return html`<td
    class="${count === 0 ? "none" : isHit ? "hit" : "miss"}"
    style="--share: ${strength}%"
  >
    ${figure(count, countText(count))}${words}
  </td>`;
}

function confusionList(labels: readonly string[], confusion: Matrix, most: number): Markup {
  const found: { actual: number; predicted: number; count: number; total: number }[] = [];
  confusion.forEach((row, actual) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    row.forEach((count, predicted) => {
      if (count > 0 && actual !== predicted) found.push({ actual, predicted, count, total });
    });
  });
  if (found.length === 0) return html`<p class="note">No label was taken for another.</p>`;
  const rows = found
    .toSorted((a, b) => b.count - a.count || a.actual - b.actual || a.predicted - b.predicted)
    .slice(0, most)
    .map(
      ({ actual, predicted, count, total }) =>
        html`<tr>
          <th scope="row"><bdi>${labels[actual]}</bdi></th>
          <td class="words"><bdi>${labels[predicted]}</bdi></td>
          <td>${figure(count, countText(count))}</td>
          <td>${percentText(count / total)}</td>
        </tr>`,
    );
  return html`<h3>Commonest confusions</h3>
    ${table(
      html`<th scope="col">was</th>
        <th scope="col" class="words">taken for</th>
        <th scope="col">rows</th>
        <th scope="col">of its rows</th>`,
      rows,
    )}`;
}
