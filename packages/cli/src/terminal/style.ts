/** Paints text for a terminal; the identity where colours are off. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
  /** One of six series colours, by index. */
  series(index: number, text: string): string;
}

const SERIES = [34, 32, 33, 31, 35, 36] as const;

/** Codes of ECMA-48, select graphic rendition. */
export function createStyle(hasColor: boolean): Style {
  const paint =
    (code: number, end: number) =>
    (text: string): string =>
      hasColor && text !== "" ? `\u001B[${code}m${text}\u001B[${end}m` : text;
  return {
    bold: paint(1, 22),
    dim: paint(2, 22),
    red: paint(31, 39),
    green: paint(32, 39),
    yellow: paint(33, 39),
    cyan: paint(36, 39),
    series: (index, text) => paint(SERIES[index % SERIES.length]!, 39)(text),
  };
}

/**
 * Columns a text takes on a terminal: colour codes and combining marks none, East Asian wide letters and emoji two.
 * Source: a coarse form of Unicode Standard Annex 11.
 */
export function visibleWidth(text: string): number {
  // oxlint-disable-next-line no-control-regex -- colour codes are control characters
  const plain = text.replaceAll(/\u001B\[[0-9;]*m/g, "");
  let width = 0;
  for (const letter of plain) {
    const point = letter.codePointAt(0)!;
    if (/\p{Mark}|\u200D|\uFE0F/u.test(letter)) continue;
    const isWide =
      (point >= 0x1100 && point <= 0x115f) ||
      (point >= 0x2e80 && point <= 0xa4cf) ||
      (point >= 0xac00 && point <= 0xd7a3) ||
      (point >= 0xf900 && point <= 0xfaff) ||
      (point >= 0xff00 && point <= 0xff60) ||
      (point >= 0x1f300 && point <= 0x1faff);
    width += isWide ? 2 : 1;
  }
  return width;
}

/** The text cut to `width` columns with … at the end when it was longer. Only for text without colour codes. */
export function clip(text: string, width: number): string {
  if (visibleWidth(text) <= width) return text;
  let out = "";
  let used = 0;
  for (const letter of text) {
    const next = visibleWidth(letter);
    if (used + next > width - 1) break;
    out += letter;
    used += next;
  }
  return `${out}…`;
}

/** `text` broken at spaces into lines of at most `width` columns; a longer word keeps its line to itself. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && visibleWidth(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

/** Control characters made visible, so that no data can move the cursor or ring the bell. Line breaks become ⏎, tabs ⇥. */
export function harmless(text: string): string {
  return text
    .replaceAll(/\r\n|\r|\n/g, "⏎")
    .replaceAll("\t", "⇥")
    .replaceAll(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu, "�");
}
