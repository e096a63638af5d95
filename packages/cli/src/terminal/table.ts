import { clip, harmless, type Style, visibleWidth, wrap } from "./style.ts";

/** One column of a table. */
export interface TableColumn {
  readonly title: string;
  readonly align?: "left" | "right";
  /** Useless when cut, like an id: gives way only when nothing else can. */
  readonly isWhole?: boolean;
  /** Paints a cell after it was cut and padded. */
  readonly paint?: (cell: string, row: number) => string;
}

const GAP = "  ";
const MIN_WIDTH = 6;

/**
 * A table no wider than `width` columns: the widest left-aligned columns give way first, then numbers, then ids, their cells end in ….
 * Cells are made harmless for the terminal. @returns lines without a line break.
 */
export function renderTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  { width, style }: { width: number; style: Style },
): string[] {
  const cells = rows.map((row) => columns.map((_, c) => harmless(row[c] ?? "")));
  const widths = columns.map((column, c) =>
    Math.max(visibleWidth(column.title), ...cells.map((row) => visibleWidth(row[c]!))),
  );
  shrinkInto(widths, columns, width);
  const line = (texts: readonly string[], paint: (text: string, c: number) => string): string =>
    texts
      .map((text, c) => {
        const fitted = pad(clip(text, widths[c]!), widths[c]!, columns[c]!.align);
        return paint(c === texts.length - 1 ? fitted.trimEnd() : fitted, c);
      })
      .join(GAP)
      .trimEnd();
  const titles = columns.map(({ title }) => title);
  return [
    line(titles, (text) => style.bold(text)),
    style.dim(widths.map((size) => "─".repeat(size)).join(GAP)),
    ...cells.map((row, r) => line(row, (text, c) => columns[c]!.paint?.(text, r) ?? text)),
  ];
}

function shrinkInto(widths: number[], columns: readonly TableColumn[], width: number): void {
  let over = widths.reduce((sum, size) => sum + size + GAP.length, -GAP.length) - width;
  while (over > 0) {
    const widest =
      widestOf(widths, (c) => columns[c]!.align !== "right" && columns[c]!.isWhole !== true) ??
      widestOf(widths, (c) => columns[c]!.isWhole !== true) ??
      widestOf(widths, () => true);
    if (widest === undefined) return;
    widths[widest]!--;
    over--;
  }
}

function widestOf(widths: readonly number[], may: (c: number) => boolean): number | undefined {
  let best: number | undefined;
  for (const [c, size] of widths.entries())
    if (may(c) && size > MIN_WIDTH && (best === undefined || size > widths[best]!)) best = c;
  return best;
}

/** `text` filled with spaces to `width` columns. */
export function pad(text: string, width: number, align: "left" | "right" = "left"): string {
  const fill = " ".repeat(Math.max(0, width - visibleWidth(text)));
  return align === "right" ? fill + text : text + fill;
}

/** Names and values in two columns, long values wrapped under themselves. */
export function renderFacts(
  facts: readonly (readonly [string, string])[],
  { width, style }: { width: number; style: Style },
): string[] {
  const nameWidth = Math.max(0, ...facts.map(([name]) => visibleWidth(name)));
  return facts.flatMap(([name, value]) =>
    wrap(value, Math.max(MIN_WIDTH, width - nameWidth - GAP.length)).map(
      (line, i) => `${style.dim(pad(i === 0 ? name : "", nameWidth))}${GAP}${line}`,
    ),
  );
}
