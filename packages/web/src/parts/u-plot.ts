import "uplot/dist/uPlot.min.css";
import uPlot from "uplot";
import { formatNumber } from "./format.ts";
import { colorAt } from "./palette.ts";

/** From so many series on, lines are thin: they would cover each other, and thin ones are drawn several times faster. */
const THIN_FROM = 12;

/** Points are marked while there are fewer than these. */
const SPARSE = 12;

/** True when a series has so few points that some may stand alone. Looks no further than it must. */
function isSparse({ data }: uPlot, place: number): boolean {
  let seen = 0;
  for (const y of data[place] ?? []) if (typeof y === "number" && ++seen >= SPARSE) return false;
  return true;
}

const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const minute = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const second = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
const DAY_S = 86_400;

/** Epoch seconds as the clock of the reader shows them, as finely as their distance asks for. */
function timeWords(ticks: readonly number[]): string[] {
  const step = (ticks[1] ?? 0) - (ticks[0] ?? 0);
  const clock = step >= DAY_S ? day : step >= 60 ? minute : second;
  return ticks.map((at) => clock.format(at * 1000));
}

/** What is plotted, where, and how large in pixels. */
export interface Plot {
  readonly element: HTMLElement;
  readonly names: readonly string[];
  readonly shown: readonly string[];
  readonly width: number;
  readonly height: number;
  readonly xLabel: string;
  readonly isTime: boolean;
  /** Told the x under the mouse; undefined when it is elsewhere. */
  readonly onPoint: (x: number | undefined) => void;
}

/** A plot of the series shown, each in the colour of its place among all names, in the colours of the page. */
export function createPlot({
  element,
  names,
  shown,
  width,
  height,
  xLabel,
  isTime,
  onPoint,
}: Plot): uPlot {
  const look = getComputedStyle(document.documentElement);
  const line = look.getPropertyValue("--souk-line").trim();
  const dim = look.getPropertyValue("--mantine-color-dimmed").trim();
  const scheme =
    document.documentElement.dataset["mantineColorScheme"] === "dark" ? "dark" : "light";
  const axis = {
    stroke: dim,
    grid: { stroke: line, width: 1 },
    ticks: { stroke: line, width: 1, size: 4 },
    font: "11px system-ui, sans-serif",
  };
  const options: uPlot.Options = {
    width,
    height,
    legend: { show: false },
    cursor: { points: { size: 6 }, drag: { x: true, y: false } },
    hooks: {
      setCursor: [
        ({ cursor, data }) =>
          onPoint(typeof cursor.idx === "number" ? data[0][cursor.idx] : undefined),
      ],
    },
    scales: { x: { time: isTime } },
    axes: [
      {
        ...axis,
        ...(isTime && { values: (_plot: uPlot, ticks: number[]) => timeWords(ticks) }),
        label: xLabel,
        labelSize: 18,
        labelFont: "11px system-ui, sans-serif",
        size: 34,
      },
      { ...axis, size: 56, values: (_plot, ticks) => ticks.map(formatNumber) },
    ],
    series: [
      {},
      ...shown.map((name) => ({
        label: name,
        stroke: colorAt(names.indexOf(name), scheme),
        width: shown.length > THIN_FROM ? 1 : 1.5,
        spanGaps: true,
        // A line of one point is no line.
        points: { show: isSparse, size: 5 },
      })),
    ],
  };
  const empty: uPlot.AlignedData = [[], ...shown.map(() => [])];
  return new uPlot(options, empty, element);
}
