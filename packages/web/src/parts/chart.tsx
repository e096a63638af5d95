import { Button, Skeleton, Table, useComputedColorScheme } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import type { EChartsCoreOption, EChartsType } from "echarts/core";
import { type ReactElement, useEffect, useRef, useState } from "react";
import styles from "./chart.module.css";
import type { Cell } from "./export.ts";
import { formatNumber } from "./format.ts";
import { Icon } from "./icon.tsx";
import { colorsOf } from "./palette.ts";
import { useThrown } from "./use-thrown.ts";

/** The numbers behind a chart. */
export interface ChartTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A table longer than this is cut: the export has all of it. */
const SHOWN_ROWS = 200;

interface ChartProps {
  readonly option: EChartsCoreOption;
  /** What the chart shows, in a sentence. */
  readonly label: string;
  readonly table: ChartTable;
  readonly height?: number;
  /** A click on a bar, point or cell: its series and place. */
  readonly onPick?: (picked: { seriesName: string; dataIndex: number; name: string }) => void;
}

/**
 * A chart by ECharts' own options (bar, line, scatter, heat-map, box plot, parallel coordinates), in the colours of the page,
 * with its numbers as a table for those who cannot see it or want them. Pass a stable `option` (`useMemo`).
 */
export function Chart({ option, label, table, height = 280, onPick }: ChartProps): ReactElement {
  const { ref, width } = useElementSize<HTMLDivElement>();
  const [isTable, setTable] = useState(false);
  const { host, isDrawn } = useDrawing({ option, width, height, isTable, onPick });
  return (
    <figure className={styles["figure"]} aria-label={label}>
      <div ref={ref} className={styles["place"]}>
        {isTable ? (
          <ChartRows table={table} label={label} height={height} />
        ) : (
          <>
            {!isDrawn && <Skeleton height={height} />}
            <div
              ref={host}
              style={{ height: isDrawn ? height : 0 }}
              role="img"
              aria-label={label}
            />
          </>
        )}
      </div>
      <Button
        className={styles["switch"]}
        size="compact-xs"
        variant="subtle"
        color="gray"
        leftSection={<Icon name={isTable ? "chart" : "table"} size={13} />}
        onClick={() => setTable(!isTable)}
      >
        {isTable ? "Show the chart" : "Show the numbers"}
      </Button>
    </figure>
  );
}

/** Draws into `host` while the chart is what is shown, anew with each option, size and look. */
function useDrawing({
  option,
  width,
  height,
  isTable,
  onPick,
}: Pick<ChartProps, "option" | "onPick"> & { width: number; height: number; isTable: boolean }) {
  const fail = useThrown();
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType>(undefined);
  const scheme = useComputedColorScheme("light");
  const [isDrawn, setDrawn] = useState(false);
  const pick = useRef(onPick);
  useEffect(() => {
    pick.current = onPick;
  }, [onPick]);

  useEffect(() => {
    if (width === 0 || isTable) return undefined;
    let stopped = false;
    async function start(size: { width: number; height: number }): Promise<void> {
      const { openChart } = await import("./echarts.ts");
      if (stopped || !host.current) return;
      // A theme that is set before the first option is lost: the chart begins with it.
      chart.current ??= openChart(host.current, size, themeOf(scheme));
      setDrawn(true);
      chart.current.resize(size);
      chart.current.setTheme(themeOf(scheme));
      chart.current.setOption(withSafeTooltip(option), { notMerge: true });
      chart.current.off("click");
      chart.current.on("click", ({ seriesName = "", dataIndex, name }) =>
        pick.current?.({ seriesName, dataIndex, name }),
      );
    }
    start({ width, height }).catch(fail);
    return () => {
      stopped = true;
    };
  }, [option, width, height, scheme, isTable, fail]);

  useEffect(
    () => () => {
      chart.current?.dispose();
      chart.current = undefined;
      setDrawn(false);
    },
    [isTable],
  );

  return { host, isDrawn };
}

function ChartRows({
  table: { columns, rows },
  label,
  height,
}: {
  table: ChartTable;
  label: string;
  height: number;
}): ReactElement {
  return (
    <div
      className={styles["rows"]}
      style={{ height }}
      tabIndex={0}
      role="region"
      aria-label={`${label}: numbers`}
    >
      <Table stickyHeader highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => (
              <Table.Th key={column}>{column}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.slice(0, SHOWN_ROWS).map((row, index) => (
            // A row of numbers has no name but its place.
            // oxlint-disable-next-line react/no-array-index-key
            <Table.Tr key={index}>
              {columns.map((column, place) => (
                <Table.Td key={column}>{shownCell(row[place])}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function shownCell(value: Cell): string {
  if (value === null || value === undefined) return "–";
  return typeof value === "number" ? formatNumber(value) : String(value);
}

/** Tooltips are drawn, not HTML: a label is text whatever it says. */
function withSafeTooltip(option: EChartsCoreOption): EChartsCoreOption {
  const asked: unknown = option["tooltip"];
  const tooltip = typeof asked === "object" ? asked : {};
  return {
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 300,
    ...option,
    tooltip: { confine: true, ...tooltip, renderMode: "richText" },
  };
}

/** The colours of the page, as a theme of ECharts. */
function themeOf(scheme: "light" | "dark"): object {
  const look = getComputedStyle(document.documentElement);
  const [text, dim, line, card] = [
    "--mantine-color-text",
    "--mantine-color-dimmed",
    "--souk-line",
    "--souk-card",
  ].map((name) => look.getPropertyValue(name).trim());
  const axis = {
    axisLine: { lineStyle: { color: line } },
    axisTick: { lineStyle: { color: line } },
    splitLine: { lineStyle: { color: line } },
    axisLabel: { color: dim },
    nameTextStyle: { color: dim },
  };
  return {
    color: [...colorsOf(scheme)],
    backgroundColor: "transparent",
    textStyle: { fontFamily: "system-ui, sans-serif", fontSize: 12, color: text },
    grid: { left: 8, right: 12, top: 24, bottom: 8, containLabel: true },
    categoryAxis: axis,
    valueAxis: axis,
    logAxis: axis,
    timeAxis: axis,
    parallelAxis: axis,
    legend: { textStyle: { color: text } },
    visualMap: { textStyle: { color: dim } },
    tooltip: {
      backgroundColor: card,
      borderColor: line,
      textStyle: { color: text, fontSize: 12 },
    },
  };
}
