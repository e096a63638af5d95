import { Group, Skeleton, UnstyledButton, useComputedColorScheme } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { type ReactElement, useEffect, useRef, useState } from "react";
import type uPlot from "uplot";
import { formatNumber } from "./format.ts";
import styles from "./live-chart.module.css";
import { colorAt } from "./palette.ts";
import type { SeriesBuffer } from "./series-buffer.ts";
import type { Plot } from "./u-plot.ts";
import { useThrown } from "./use-thrown.ts";

interface LiveChartProps {
  /** Made once by the page (`useState(() => new SeriesBuffer())`), filled as points come. */
  readonly buffer: SeriesBuffer;
  /** What the curves show, for those who cannot see them. */
  readonly label: string;
  readonly height?: number;
  readonly xLabel?: string;
  /** True when x is epoch seconds. */
  readonly isTime?: boolean;
  readonly format?: (y: number) => string;
}

/**
 * Curves of a buffer that may grow while one looks: drawn at most once a frame, and only when a point came. Series can be
 * switched off by their names; where the mouse stands, their values are written beside them.
 */
export function LiveChart({
  format = formatNumber,
  height = 260,
  ...props
}: LiveChartProps): ReactElement {
  const { ref, width } = useElementSize<HTMLDivElement>();
  const scheme = useComputedColorScheme("light");
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const { buffer, label } = props;
  const { host, names, pointed } = useCurves({ ...props, height, width, hidden, scheme });

  function valueOf(name: string): string {
    const x = pointed.current;
    return format((x === undefined ? buffer.last(name) : buffer.at(name, x)) ?? Number.NaN);
  }

  function toggle(name: string): void {
    const next = new Set(hidden);
    if (!next.delete(name)) next.add(name);
    setHidden(next);
  }

  return (
    <figure className={styles["figure"]} aria-label={label}>
      <div ref={ref} className={styles["place"]}>
        {width === 0 && <Skeleton height={height} />}
        <div ref={host} className={styles["plot"]} style={{ minHeight: height }} aria-hidden />
      </div>
      <Legend names={names} hidden={hidden} onToggle={toggle} scheme={scheme} valueOf={valueOf} />
    </figure>
  );
}

/** Draws the curves that are not hidden into `host`; `pointed` is the x under the mouse. */
function useCurves({
  buffer,
  hidden,
  width,
  height,
  scheme,
  xLabel = "step",
  isTime = false,
}: Pick<LiveChartProps, "buffer" | "xLabel" | "isTime"> & {
  hidden: ReadonlySet<string>;
  width: number;
  height: number;
  scheme: "light" | "dark";
}) {
  const fail = useThrown();
  const host = useRef<HTMLDivElement>(null);
  const [names, setNames] = useState<readonly string[]>(buffer.names);
  const pointed = useRef<number>(undefined);
  const shownKey = names.filter((name) => !hidden.has(name)).join("\n");

  useEffect(() => {
    const element = host.current;
    if (!element || width === 0) return undefined;
    return draw({
      element,
      buffer,
      names: buffer.names,
      shown: shownKey === "" ? [] : shownKey.split("\n"),
      width,
      height,
      xLabel,
      isTime,
      setNames,
      onFailure: fail,
      onPoint: (x) => {
        pointed.current = x;
      },
    });
  }, [buffer, shownKey, width, height, scheme, xLabel, isTime, fail]);

  return { host, names, pointed };
}

/** Values in the legend are read this often. */
const READ_MS = 250;

/** The series by name, each a switch, with its last value or the one the mouse points at. */
function Legend({
  names,
  hidden,
  onToggle,
  scheme,
  valueOf,
}: {
  names: readonly string[];
  hidden: ReadonlySet<string>;
  onToggle: (name: string) => void;
  scheme: "light" | "dark";
  valueOf: (name: string) => string;
}): ReactElement {
  const [, setReadAt] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setReadAt((count) => count + 1), READ_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <Group gap={4} className={styles["legend"]}>
      {names.map((name, index) => (
        <UnstyledButton
          key={name}
          className={styles["series"]}
          aria-pressed={!hidden.has(name)}
          onClick={() => onToggle(name)}
        >
          <span className={styles["swatch"]} style={{ background: colorAt(index, scheme) }} />
          <span>{name}</span>
          <span className={styles["value"]}>{valueOf(name)}</span>
        </UnstyledButton>
      ))}
    </Group>
  );
}

interface Drawing extends Plot {
  readonly buffer: SeriesBuffer;
  readonly setNames: (names: readonly string[]) => void;
  /** Told when nothing can be drawn. */
  readonly onFailure: (error: unknown) => void;
}

/** Draws until the returned function is called. uPlot comes as a chunk of its own. */
function draw(drawing: Drawing): () => void {
  const { buffer, shown, width, setNames, onFailure } = drawing;
  let plot: uPlot | undefined;
  let frame = 0;
  let stopped = false;
  let drawn = -1;
  let known = buffer.names.length;
  setNames(buffer.names);
  async function start(): Promise<void> {
    const { createPlot } = await import("./u-plot.ts");
    if (stopped) return;
    plot = createPlot(drawing);
    tick();
  }
  function tick(): void {
    frame = requestAnimationFrame(tick);
    if (buffer.version === drawn) return;
    drawn = buffer.version;
    if (buffer.names.length !== known) {
      known = buffer.names.length;
      setNames(buffer.names);
    }
    plot?.setData(buffer.aligned(shown, placesFor(shown.length, width)));
  }
  start().catch(onFailure);
  return () => {
    stopped = true;
    cancelAnimationFrame(frame);
    plot?.destroy();
  };
}

/** Points drawn at once, all series together: more than that and a processor without a graphics card drops frames. */
const POINTS_DRAWN = 16_000;

/** Places on the axis: two for each pixel while few series are shown, fewer when many share the budget. */
function placesFor(series: number, width: number): number {
  return Math.min(width * 2, Math.max(200, Math.floor(POINTS_DRAWN / Math.max(1, series))));
}
