/** Colours of one drawn product, as `#rrggbb`. */
export interface Ink {
  readonly main: string;
  readonly dark: string;
  readonly light: string;
  /** Stands out from the main colour. */
  readonly accent: string;
}

/** A product seen from the front, as SVG elements in a square of 100 by 100 with its foot near 90. */
export type Drawing = (ink: Ink) => string;

/** Drawings by the noun of the product. */
export type Drawings = Readonly<Record<string, Drawing>>;

const METAL = "#b9c0c7";
/** The colours that do not change with the product. */
export const fixed = {
  metal: METAL,
  steel: "#7d868f",
  black: "#24272b",
  white: "#f7f5f0",
  wood: "#a8743f",
  glass: "#cfe6ef",
  leaf: "#4f8a3c",
} as const;

/** A rectangle with round corners of radius `round`. */
export function box(
  [x, y, width, height]: readonly [number, number, number, number],
  fill: string,
  round = 0,
): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${round}" fill="${fill}"/>`;
}

/** A disc. */
export function disc(x: number, y: number, { r, fill }: { r: number; fill: string }): string {
  return `<circle cx="${x}" cy="${y}" r="${r}" fill="${fill}"/>`;
}

/** An ellipse. */
export function oval(
  [x, y, rx, ry]: readonly [number, number, number, number],
  fill: string,
): string {
  return `<ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}" fill="${fill}"/>`;
}

/** A filled outline. */
export function shape(d: string, fill: string): string {
  return `<path d="${d}" fill="${fill}"/>`;
}

/** A line of `width` with round ends. */
export function line(d: string, stroke: string, width = 3): string {
  return `<path d="${d}" fill="none" stroke="${stroke}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"/>`;
}
