import { countText, figure } from "../report-page/figures.ts";
import { html, type Markup } from "../report-page/html.ts";
import { axisAround, createPlot } from "../report-page/plot.ts";
import { heads, table } from "../report-page/table.ts";
import { wholePage } from "../report-page/whole-page.ts";
import type { SettingImportance } from "./importance.ts";
import type { Direction } from "./journal-line.ts";
import { bestTrial } from "./study.ts";
import type { Trial } from "./trial.ts";

/** What a page of a study shows. */
export interface StudyPageOptions {
  /** Such as the task and the family. */
  readonly title: string;
  /** What trials are judged by, on the validation rows. */
  readonly metric: string;
  readonly direction: Direction;
  /** Trial 0 is the one with the default settings. */
  readonly trials: readonly Trial[];
  readonly importance?: readonly SettingImportance[];
}

/**
 * A study as one HTML file for people: what the best settings gain over the defaults, every trial over time with the best
 * so far, which settings matter, and the trials. It needs no script and no other file, and its policy forbids both.
 */
export function studyPage(options: StudyPageOptions): string {
  const { title, trials, importance = [] } = options;
  const about = html`${figure(trials.length, countText(trials.length))} trials, measured on
  validation rows`;
  return wholePage(title, about, [
    gainSection(options),
    progressSection(options),
    importance.length === 0 ? undefined : importanceSection(importance),
    trialsSection(options),
  ]);
}

function gainSection({ metric, direction, trials }: StudyPageOptions): Markup {
  const best = bestTrial(direction, trials);
  const first = trials.find(({ trial, state }) => trial === 0 && state === "done");
  const words =
    best?.value === undefined
      ? html`No trial is done yet.`
      : html`Best ${metric} so far: ${figure(best.value)} by trial
        ${figure(best.trial, countText(best.trial))}${
          first?.value === undefined ? "" : html`, the default settings have ${figure(first.value)}`
        }.`;
  return html`<section id="gain">
    <h2>What was found</h2>
    <p>${words}</p>
    <p class="note">
      The best of many trials looks a little better than it is, for it was chosen on the rows it is
      measured on. Its figure on test rows is in the report of the model trained with it.
    </p>
  </section>`;
}

function progressSection({ metric, direction, trials }: StudyPageOptions): Markup | undefined {
  const done = trials.flatMap(({ trial, state, value }) =>
    state === "done" && value !== undefined ? [[trial, value] as const] : [],
  );
  if (done.length === 0) return undefined;
  const plot = createPlot(
    { label: "trial", min: 0, max: Math.max(1, ...trials.map(({ trial }) => trial)) },
    axisAround(
      done.map(([, value]) => value),
      `${metric} on validation rows`,
    ),
  );
  const drawing = plot.drawing(
    [
      plot.line(bestSoFar(direction, done), "curve first"),
      plot.dots(done, "second large"),
      plot.dots(done.slice(0, done[0][0] === 0 ? 1 : 0), "first large"),
    ],
    `${metric} of each trial; the line is the best so far`,
  );
  return html`<section id="progress">
    <h2>Trials over time</h2>
    <p class="note">A dot for each trial that was done, the line for the best so far.</p>
    <figure>${drawing}</figure>
  </section>`;
}

/** Steps: each trial's best so far is drawn from the trial before. */
function bestSoFar(
  direction: Direction,
  done: readonly (readonly [number, number])[],
): (readonly [number, number])[] {
  const better = direction === "minimise" ? Math.min : Math.max;
  const points: (readonly [number, number])[] = [];
  let best = done[0][1];
  for (const [trial, value] of done) {
    points.push([trial, best]);
    best = better(best, value);
    points.push([trial, best]);
  }
  return points;
}

function importanceSection(importance: readonly SettingImportance[]): Markup {
  const rows = importance.map(
    ({ setting, share }) =>
      html`<tr>
        <th scope="row"><bdi>${setting}</bdi></th>
        <td class="barred" style="--share: ${Math.round(100 * share)}%">
          ${figure(share, `${(100 * share).toFixed(0)} %`)}
        </td>
      </tr>`,
  );
  return html`<section id="importance">
    <h2>Which settings matter</h2>
    <p class="note">
      Share of the variance over the searched space that each setting explains alone (functional
      ANOVA); what is left to 100 % is how they act together.
    </p>
    ${table(heads(["setting", "share"]), rows)}
  </section>`;
}

function trialsSection({ direction, trials }: StudyPageOptions): Markup {
  const names = [...new Set(trials.flatMap(({ settings }) => Object.keys(settings)))];
  const best = bestTrial(direction, trials)?.trial;
  const rows = trials.map(
    ({ trial, state, value, seconds, settings, error }) =>
      html`<tr>
        <th scope="row">${figure(trial, `${trial}${trial === best ? " ★" : ""}`)}</th>
        <td>${state}${error === undefined ? "" : html`: <bdi>${error.message}</bdi>`}</td>
        <td>${value === undefined || state !== "done" ? "–" : figure(value)}</td>
        <td>${figure(seconds, seconds.toFixed(1))}</td>
        ${names.map((name) => html`<td>${Object.hasOwn(settings, name) ? settingText(settings[name]) : "–"}</td>`)}
      </tr>`,
  );
  return html`<section id="trials">
    <h2>Trials</h2>
    ${table(heads(["trial", "state", "value", "seconds", ...names]), rows)}
  </section>`;
}

function settingText(value: string | number | boolean): string {
  return typeof value === "number" ? String(Number(value.toPrecision(4))) : String(value);
}
