import { quantileSorted } from "@souk/core";
import { html, type Markup, type Part } from "./html.ts";
import { numberText } from "./figures.ts";

/** One axis of a plot: what it shows, from where to where. */
export interface Axis {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  /** Powers of ten are equally far apart; needs `min` above 0. */
  readonly isLog?: boolean;
}

/** [x, y] in the units of the axes. */
type Point = readonly [number, number];

/** Draws marks in the units of its axes. */
export interface Plot {
  readonly line: (points: readonly Point[], style: string) => Markup;
  readonly dots: (points: readonly Point[], style: string) => Markup;
  /** A bar from the x axis (or 0) up to `top`. */
  readonly bar: (from: number, to: number, top: number) => Markup;
  /** The whole picture. */
  readonly drawing: (marks: Part, about: string) => Markup;
}

const WIDTH = 360;
const HEIGHT = 300;
const LEFT = 62;
const RIGHT = 12;
const TOP = 12;
const BOTTOM = 44;
/** Share of values on each side that may be drawn at the edge. */
const FAR = 0.005;

/** A plot of 360 x 300 units that scales with its column. */
export function createPlot(x: Axis, y: Axis): Plot {
  const at = ([a, b]: Point): string =>
    `${round(LEFT + (WIDTH - LEFT - RIGHT) * positionOf(x, a))} ${round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * positionOf(y, b))}`;
  const path = (shape: string, style: string): Markup =>
    html`<path class="${style}" d="${shape}"></path>`;
  return {
    line: (points, style) =>
      path(points.map((p, i) => `${i === 0 ? "M" : "L"}${at(p)}`).join(""), style),
    dots: (points, style) => path(points.map((p) => `M${at(p)}h0`).join(""), `dots ${style}`),
    bar: (from, to, top) =>
      path(
        `M${at([from, Math.max(0, y.min)])}L${at([from, top])}L${at([to, top])}L${at([to, Math.max(0, y.min)])}Z`,
        "bar",
      ),
    drawing: (marks, about) =>
      html`<svg class="plot" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${about}">
        <title>${about}</title>
        ${xTicks(x)}${yTicks(y)}${marks}
        <path class="frame" d="M${LEFT} ${TOP}V${HEIGHT - BOTTOM}H${WIDTH - RIGHT}"></path>
        <text class="axis" x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 8}" text-anchor="middle">
          ${x.label}
        </text>
        <text
          class="axis"
          transform="translate(12 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)"
          text-anchor="middle"
        >
          ${y.label}
        </text>
      </svg>`,
  };

  function xTicks(axis: Axis): Markup[] {
    return ticksOf(axis).map((value) => {
      const [px] = at([value, y.min]).split(" ");
      return html`<path class="grid" d="M${px} ${TOP}V${HEIGHT - BOTTOM}"></path
        ><text class="tick" x="${px}" y="${HEIGHT - BOTTOM + 15}" text-anchor="middle"
          >${tickText(value)}</text
        >`;
    });
  }

  function yTicks(axis: Axis): Markup[] {
    return ticksOf(axis).map((value) => {
      const [, py] = at([x.min, value]).split(" ");
      return html`<path class="grid" d="M${LEFT} ${py}H${WIDTH - RIGHT}"></path
        ><text class="tick" x="${LEFT - 6}" y="${Number(py) + 4}" text-anchor="end"
          >${tickText(value)}</text
        >`;
    });
  }
}

/** About five round values within an axis: steps of 1, 2 or 5 times a power of ten; powers of ten on a log axis. */
function ticksOf({ min, max, isLog = false }: Axis): number[] {
  if (isLog) {
    const low = Math.ceil(Math.log10(min) - 1e-9);
    const high = Math.floor(Math.log10(max) + 1e-9);
    const step = Math.max(1, Math.ceil((high - low) / 5));
    const ticks: number[] = [];
    for (let power = low; power <= high; power += step) ticks.push(10 ** power);
    if (ticks.length > 1) return ticks;
  }
  const rough = (max - min) / 5;
  const base = 10 ** Math.floor(Math.log10(rough));
  const step = base * (rough / base > 5 ? 10 : rough / base > 2 ? 5 : rough / base > 1 ? 2 : 1);
  const first = Math.ceil(min / step - 1e-9);
  const last = Math.floor(max / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}

/**
 * An axis around values, never empty: on a log scale when they are above 0 and span more than a hundredfold. Where a few
 * far ones would squeeze the rest into less than half of it, it ends before them, and they are drawn at its edge.
 */
export function axisAround(values: readonly number[], label: string): Axis {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0) return { label, min: 0, max: 1 };
  let min = sorted[0];
  let max = sorted[sorted.length - 1];
  if (min > 0 && max / min > 100) return { label, min: min / 1.1, max: max * 1.1, isLog: true };
  const low = quantileSorted(sorted, FAR);
  const high = quantileSorted(sorted, 1 - FAR);
  if (high - low < (max - min) / 2) {
    min = Math.max(min, low - (high - low) / 2);
    max = Math.min(max, high + (high - low) / 2);
  }
  const room = (max - min) * 0.04 || Math.max(1e-6, Math.abs(max) * 0.1);
  return { label, min: min - room, max: max + room };
}

function positionOf({ min, max, isLog = false }: Axis, value: number): number {
  const share = isLog
    ? Math.log(Math.max(value, min) / min) / Math.log(max / min)
    : (value - min) / (max - min);
  return Math.min(1, Math.max(0, share));
}

function tickText(value: number): string {
  const clean = Number(value.toPrecision(6));
  const size = Math.abs(clean);
  if (size >= 1e4) return clean.toLocaleString("en-US", { notation: "compact" });
  if (size > 0 && size < 1) return numberText(clean).replace(/(\.\d*?)0+$/, "$1");
  return numberText(clean)
    .replace(/(\.\d*?)0+$/, "$1")
    .replace(/\.$/, "");
}

function round(value: number): string {
  return value.toFixed(1).replace(/\.0$/, "");
}
