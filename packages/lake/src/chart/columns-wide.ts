/** Columns that a terminal gives one text: 2 for East Asian wide and emoji, 0 for combining marks. Source: Unicode UAX #11. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** `text` on one line, safe for a terminal: control and direction-changing characters become spaces. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, " ");
}

/** Exactly `width` columns: cut with `…` or filled with spaces, on the left when `align` is "right". */
export function fit(text: string, width: number, align: "left" | "right" = "left"): string {
  const cut = cutTo(oneLine(text), width);
  const blank = " ".repeat(Math.max(0, width - displayWidth(cut)));
  return align === "left" ? cut + blank : blank + cut;
}

function cutTo(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let kept = "";
  let used = 0;
  for (const character of text) {
    const more = characterWidth(character);
    if (used + more > width - 1) break;
    kept += character;
    used += more;
  }
  return width > 0 ? `${kept}…` : "";
}

function characterWidth(character: string): number {
  if (/^[\p{Mn}\p{Me}\p{Cf}]$/u.test(character)) return 0;
  const code = character.codePointAt(0) ?? 0;
  return WIDE.some(([from, to]) => code >= from && code <= to) ? 2 : 1;
}

/** Ranges of EastAsianWidth W and F that hold letters and pictures. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
];
