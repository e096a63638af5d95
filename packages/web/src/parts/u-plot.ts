import "uplot/dist/uPlot.min.css";
import uPlot from "uplot";
import { formatNumber } from "./format.ts";
import { colorAt } from "./palette.ts";

/** From so many series on, lines are thin: they would cover each other, and thin ones are drawn several times faster. */
const THIN_FROM = 12;

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
}: {
  element: HTMLElement;
  names: readonly string[];
  shown: readonly string[];
  width: number;
  height: number;
  xLabel: string;
  isTime: boolean;
  onPoint: (x: number | undefined) => void;
}): uPlot {
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
      { ...axis, label: xLabel, labelSize: 18, labelFont: "11px system-ui, sans-serif", size: 34 },
      { ...axis, size: 56, values: (_plot, ticks) => ticks.map(formatNumber) },
    ],
    series: [
      {},
      ...shown.map((name) => ({
        label: name,
        stroke: colorAt(names.indexOf(name), scheme),
        width: shown.length > THIN_FROM ? 1 : 1.5,
        spanGaps: true,
        points: { show: false },
      })),
    ],
  };
  const empty: uPlot.AlignedData = [[], ...shown.map(() => [])];
  return new uPlot(options, empty, element);
}
