import { SoukError } from "@souk/core";
import type { ModelCard } from "../artefact/card.ts";
import type { EvaluationReport } from "../evaluation/report.ts";
import { countText, figure, intervalFigures, sizeText } from "./figures.ts";
import { html, type Markup } from "./html.ts";
import { table } from "./table.ts";
import { reportVerdict } from "./report-verdict.ts";

/** What each figure means, for a reader who does not build models. */
const MEANINGS: Readonly<Record<string, string>> = {
  accuracy: "share of rows it gets right",
  macroF1: "F1 averaged over labels, rare ones counting as much as common ones",
  weightedF1: "F1 averaged over labels by their rows",
  logLoss: "cost of confident errors; lower is better",
  ece: "gap between stated confidence and truth; lower is better",
  mae: "mean distance from the truth; lower is better",
  maeOfValue: "mean distance of the expected value from the truth; lower is better",
  top3Accuracy: "share of rows whose label is among its three most probable",
  quadraticKappa: "agreement beyond chance, large misses weighing more; 1 is perfect",
  medianAE: "half of the rows are closer to the truth than this; lower is better",
  rmsle: "root mean square error of logarithms, for quantities of all sizes; lower is better",
  mape: "mean error as a share of the truth; lower is better",
  spearman: "how well it orders the rows; 1 is perfect, 0 is chance",
  rmse: "root mean square error, large errors weigh more; lower is better",
  r2: "share of the spread it explains",
};

/** The verdict in words and the main figure beside its rivals. */
export function verdictSection(report: EvaluationReport, card: ModelCard | undefined): Markup {
  const [first, ...others] = reportVerdict(report, { rows: card?.task.dataset });
  const { metric } = report.interval;
  const tile = (name: string, value: number | undefined, extra?: Markup): Markup | undefined =>
    value === undefined
      ? undefined
      : html`<div class="tile"><span>${name}</span><strong>${figure(value)}</strong>${extra}</div>`;
  return html`<section id="verdict">
    <p class="verdict">${first}</p>
    ${others.map((sentence) => html`<p>${sentence}</p>`)}
    <div class="tiles">
      ${tile(metric, report.metrics[metric], html`<small>95 % ${intervalFigures(report.interval)}</small>`)}${tile(`baseline (${report.baseline.name})`, report.baseline.metrics[metric])}${tile(`incumbent (${report.incumbent?.family ?? ""})`, report.incumbent?.metrics[metric])}
    </div>
  </section>`;
}

/** Every metric of the model, the baseline and the model to be replaced. */
export function metricsSection({
  metrics,
  baseline,
  incumbent,
  coverage,
}: EvaluationReport): Markup {
  const bounds =
    coverage === undefined
      ? undefined
      : html`<p class="note">
          Bounds asked to hold the truth with probability ${figure(coverage.level)} held it in
          ${figure(coverage.coverage)} of the rows ${intervalFigures(coverage)}; their width is
          ${figure(coverage.medianWidth)} in the middle and ${figure(coverage.meanWidth)} on
          average.
        </p>`;
  const cell = (value: number | undefined): Markup =>
    html`<td>${value === undefined ? "–" : figure(value)}</td>`;
  const rows = Object.entries(metrics).map(
    ([name, value]) =>
      html`<tr>
        <th scope="row">${name}</th>
        ${cell(value)}${cell(baseline.metrics[name])}${incumbent === undefined ? undefined : cell(incumbent.metrics[name])}
        <td class="words meaning">${MEANINGS[name] ?? ""}</td>
      </tr>`,
  );
  return html`<section id="figures">
    <h2>All figures</h2>
    ${table(
      html`<th scope="col">metric</th>
        <th scope="col">this model</th>
        <th scope="col">baseline</th>
        ${incumbent === undefined ? undefined : html`<th scope="col">incumbent</th>`}
        <th scope="col" class="words meaning">meaning</th>`,
      rows,
    )}
    ${bounds}
  </section>`;
}

/** A photo as a data URL of a raster format; a vector file could carry a script. */
const THUMBNAIL = /^data:image\/(?:png|jpeg|webp|gif|avif);base64,[A-Za-z0-9+/]+={0,2}$/;
const MAX_THUMBNAIL_LENGTH = 200_000;

/**
 * The rows it is most wrong about.
 * @throws SoukError `REPORT_THUMBNAIL` when a thumbnail is no small raster data URL.
 */
export function worstSection(
  { worst, labels }: EvaluationReport,
  thumbnails: Readonly<Record<string, string>>,
): Markup {
  const hasPhotos = worst.some(({ photo = "" }) => Object.hasOwn(thumbnails, photo));
  const answer = (name: string, text: string): Markup =>
    labels === undefined
      ? html`<td data-name="${name}">${figure(Number(text))}</td>`
      : html`<td class="words" data-name="${name}"><bdi>${text}</bdi></td>`;
  const loss = labels === undefined ? "off by" : "loss";
  const rows = worst.map((error) => {
    const { key = "", excerpt, photo = "" } = error;
    const picture = Object.hasOwn(thumbnails, photo)
      ? thumbnailImage(thumbnails[photo])
      : undefined;
    return html`<tr>
      ${hasPhotos ? html`<td class="words photo">${picture}</td>` : undefined}${answer("was", error.actual)}${answer("said", error.predicted)}
      <td data-name="${loss}">${figure(error.loss)}</td>
      <td class="words excerpt">
        <bdi>${excerpt}</bdi> ${key === "" ? undefined : html`<small><bdi>${key}</bdi></small>`}
      </td>
    </tr>`;
  });
  const side = labels === undefined ? "" : "words";
  const what = labels === undefined ? "The largest errors" : "The surest mistakes";
  return html`<section id="worst">
    <h2>Worst errors</h2>
    <p class="note">
      ${what}, worst first. Often it is the row that is wrong: look before you blame the model.
    </p>
    ${table(
      html`${hasPhotos ? html`<th scope="col" class="words photo">photo</th>` : undefined}
        <th scope="col" class="${side}">was</th>
        <th scope="col" class="${side}">said</th>
        <th scope="col">${loss}</th>
        <th scope="col" class="words excerpt">row</th>`,
      rows,
      { style: "worst" },
    )}
  </section>`;
}

function thumbnailImage(url: string): Markup {
  if (url.length > MAX_THUMBNAIL_LENGTH || !THUMBNAIL.test(url))
    throw new SoukError(
      "REPORT_THUMBNAIL",
      `expected data:image/(png|jpeg|webp|gif|avif);base64 of at most ${MAX_THUMBNAIL_LENGTH} characters, got ${url.length} of another kind`,
    );
  return html`<img src="${url}" alt="" width="72" height="72" />`;
}

/** Where the figures come from and how to get them again. */
export function originSection(report: EvaluationReport, card: ModelCard | undefined): Markup {
  const { rows } = report;
  const facts: [string, Markup | string][] = [
    [
      "rows",
      html`${figure(rows.train, countText(rows.train))} to train,
      ${figure(rows.validation, countText(rows.validation))} to validate,
      ${figure(rows.test, countText(rows.test))} to test,
      ${figure(rows.dropped, countText(rows.dropped))} without a target left out`,
    ],
    ["test rows", html`<code>${report.testRowsHash}</code>`],
    ["interval", `95 %, ${report.interval.method}`],
  ];
  if (card !== undefined)
    facts.push(
      [
        "data",
        html`<bdi>${card.data.dataset}</bdi> version ${figure(card.data.version)}
          <code>${card.data.hash}</code>`,
      ],
      [
        "split",
        `${card.task.split.kind}${card.task.split.by === undefined ? "" : ` by ${card.task.split.by}`}`,
      ],
      ["inputs", card.task.inputs.map(({ column, kind }) => `${column} (${kind})`).join(", ")],
      [
        "settings",
        html`<code
          >${Object.entries(card.settings)
            .map(([name, value]) => `${name}=${String(value)}`)
            .join(" ")}</code
        >`,
      ],
      ["seed", html`${figure(card.seed, String(card.seed))}`],
      ["weights", html`${sizeText(card.weights.sizeBytes)} <code>${card.weights.sha256}</code>`],
      ["trained", `${card.createdAt} by Souk ${card.soukVersion}`],
      ["again", html`<code>${reproduceCommand(card)}</code>`],
    );
  return html`<section id="origin">
    <h2>Where this comes from</h2>
    <dl>
      ${facts.map(
        ([name, value]) =>
          html`<dt>${name}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>
  </section>`;
}

/** The command that trains this model again from the same version of its data. */
function reproduceCommand({ task, family, seed, data, settings }: ModelCard): string {
  const words = ["souk", "train", task.name, "--family", family, "--seed", String(seed)];
  words.push("--at", String(data.version));
  for (const [name, value] of Object.entries(settings))
    words.push("--set", `${name}=${String(value)}`);
  return words.map(shellWord).join(" ");
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
