import type { ModelCard } from "../artefact/card.ts";
import type { ReportCurves } from "../evaluation/curves.ts";
import type { EvaluationReport } from "../evaluation/report.ts";
import { confusionSection } from "./confusion.ts";
import { countText, figure } from "./figures.ts";
import { html } from "./html.ts";
import { curvesSection, perClassSection, reliabilitySection } from "./label-sections.ts";
import { numberSection } from "./number-section.ts";
import { metricsSection, originSection, verdictSection, worstSection } from "./page-sections.ts";
import { slicesSection } from "./slice-section.ts";
import { wholePage } from "./whole-page.ts";

/** What else a page can show. */
export interface ReportPageOptions {
  /** Adds title, inputs, settings, data hash and the command to train again. */
  readonly card?: ModelCard;
  /** Adds ROC and precision-recall, or predicted against actual, and intervals of slices. */
  readonly curves?: ReportCurves;
  /** Photos of worst errors by their hash: data URLs of png, jpeg, webp, gif or avif. */
  readonly thumbnails?: Readonly<Record<string, string>>;
}

/**
 * A report as one HTML file for people: verdict in words first, then figures, charts and origin. It needs no script
 * and no other file, and its policy forbids both; every text of the report is escaped.
 * @throws SoukError `REPORT_THUMBNAIL` when a thumbnail is no small raster data URL.
 */
export function reportPage(
  report: EvaluationReport,
  { card, curves, thumbnails = {} }: ReportPageOptions = {},
): string {
  const { labels, perClass, confusion, calibration, slices, worst } = report;
  const title = card?.task.title ?? card?.task.name ?? report.task;
  const sections = [
    verdictSection(report, card),
    metricsSection(report),
    labels !== undefined && confusion !== undefined
      ? confusionSection(labels, confusion)
      : undefined,
    perClass === undefined ? undefined : perClassSection(perClass),
    calibration === undefined ? undefined : reliabilitySection(calibration),
    curves === undefined || curves.classes.length === 0 ? undefined : curvesSection(curves.classes),
    curves === undefined || curves.numbers.length === 0 ? undefined : numberSection(curves.numbers),
    Object.keys(slices).length === 0 ? undefined : slicesSection(report, curves),
    worst.length === 0 ? undefined : worstSection(report, thumbnails),
    originSection(report, card),
  ];
  const about = html`Family <bdi>${report.family}</bdi>, measured on
    ${figure(report.rows.test, countText(report.rows.test))} rows it never saw`;
  return wholePage(title, about, sections);
}
