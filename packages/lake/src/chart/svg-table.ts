import type { SqlResult } from "../sql/types.ts";
import { displayWidth, fit } from "./columns-wide.ts";
import { cellText, chartNumber, numberText, shownRows } from "./data.ts";
import { fontFamily, inkColours } from "./palette.ts";
import type { ChartSpec } from "./spec.ts";

const MOST_ROWS = 40;
const MOST_CHARACTERS = 48;
const ROW = 30;
const MARGIN = 28;
/** Average advances of DejaVu Sans at 14 px, generous; capitals are wider. */
const CHARACTER = 8.6;
const CAPITAL = 10;

/** A table as SVG: title, head, one line per row (the first 40), numbers on the right. */
export function tableSvg(spec: ChartSpec, result: SqlResult): string {
  const rows = shownRows(result).slice(0, MOST_ROWS);
  const cells = rows.map((row) => row.map((cell) => cut(cellText(cell, decimals(cell)))));
  const heads = result.columns.map((column) => column.name.replaceAll("_", " "));
  const numeric = result.columns.map((_column, i) =>
    rows.every((row) => typeof row[i] === "number" || row[i] === null),
  );
  const widths = heads.map(
    (head, i) => 24 + Math.max(pixels(head) * 1.06, ...cells.map((row) => pixels(row[i] ?? ""))),
  );
  const width = Math.max(520, 2 * MARGIN + widths.reduce((sum, one) => sum + one, 0));
  const line = (row: readonly string[], y: number, bold: boolean): string =>
    rowSvg(row, { y, bold, widths, numeric });
  const body = cells.map((row, i) => stripe(i, width) + line(row, 112 + i * ROW, false));
  const height = 112 + cells.length * ROW + 12;
  const rule = `<line x1="${MARGIN}" x2="${width - MARGIN}" y1="91" y2="91" stroke="${inkColours.soft}" stroke-width="1"/>`;
  return frame(width, height, [title(spec.title), line(heads, 80, true), rule, ...body]);
}

/** One number, large, with its title above and its meaning below. */
export function numberSvg(spec: ChartSpec, result: SqlResult): string {
  const value = chartNumber(spec, result);
  const shown = value === null ? "–" : numberText(value, spec.digits);
  const width = Math.max(520, 2 * MARGIN + displayWidth(spec.title) * 11.5);
  return frame(width, 220, [
    title(spec.title),
    text(shown, { x: MARGIN, y: 142, size: 64, weight: "bold", fill: "#0b6aa8" }),
    text(spec.yLabel ?? "", { x: MARGIN, y: 184, size: 15, fill: inkColours.soft }),
  ]);
}

function rowSvg(
  row: readonly string[],
  at: { y: number; bold: boolean; widths: readonly number[]; numeric: readonly boolean[] },
): string {
  let x = MARGIN;
  return row
    .map((cell, i) => {
      const right = at.numeric[i] === true;
      const width = at.widths[i] ?? 0;
      const drawn = text(cell, {
        x: right ? x + width - 16 : x + 8,
        y: at.y,
        size: 14,
        weight: at.bold ? "bold" : "normal",
        anchor: right ? "end" : "start",
        fill: at.bold ? inkColours.soft : inkColours.text,
      });
      x += width;
      return drawn;
    })
    .join("");
}

function pixels(words: string): number {
  const capitals = words.match(/\p{Lu}/gu)?.length ?? 0;
  return displayWidth(words) * CHARACTER + capitals * (CAPITAL - CHARACTER);
}

function stripe(i: number, width: number): string {
  return i % 2 === 0
    ? ""
    : `<rect x="${MARGIN}" y="${92 + i * ROW}" width="${width - 2 * MARGIN}" height="${ROW}" fill="#f4f6f8"/>`;
}

function title(words: string): string {
  return text(words, { x: MARGIN, y: 42, size: 20, weight: "bold" });
}

function text(
  words: string,
  {
    x,
    y,
    size,
    weight = "normal",
    anchor = "start",
    fill = inkColours.text,
  }: { x: number; y: number; size: number; weight?: string; anchor?: string; fill?: string },
): string {
  return `<text x="${x.toFixed(1)}" y="${y}" font-size="${size}" font-weight="${weight}" text-anchor="${anchor}" fill="${fill}">${escapeXml(words)}</text>`;
}

function frame(width: number, height: number, parts: readonly string[]): string {
  const w = Math.ceil(width);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${height}" viewBox="0 0 ${w} ${height}" font-family="${fontFamily}"><rect width="100%" height="100%" fill="${inkColours.back}"/>${parts.join("")}</svg>`;
}

function cut(words: string): string {
  return fit(words, Math.min(MOST_CHARACTERS, displayWidth(words)));
}

function decimals(cell: unknown): number | undefined {
  return typeof cell === "number" && !Number.isInteger(cell) ? 2 : undefined;
}

/** Text inside XML; characters XML cannot hold become spaces. */
function escapeXml(words: string): string {
  return words
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll(/[^\P{C}\t\n]/gu, " ");
}
