import { useMemo } from "react";
import {
  chartKinds,
  type ChartSpec,
  placeOf,
  type ResultTable,
  suggestChart,
} from "../../parts/chart-spec.ts";
import { useUrlState } from "../../parts/url-state.ts";

const nothing: ResultTable = { columns: [], rows: [] };

/** What the person chose, over what fits the answer; lives in the address as `chart`, `x`, `y` and `series`. */
export function useChartChoice(result: ResultTable | undefined): {
  readonly spec: ChartSpec;
  /** The kind that was suggested. */
  readonly suggested: ChartSpec["kind"];
  readonly choose: Readonly<Record<"kind" | "x" | "y" | "series", (value: string) => void>>;
} {
  const [kind, setKind] = useUrlState("chart");
  const [x, setX] = useUrlState("x");
  const [y, setY] = useUrlState("y");
  const [series, setSeries] = useUrlState("series");
  const suggestion = useMemo(() => suggestChart(result ?? nothing), [result]);
  const spec = useMemo(
    () => chosenSpec({ kind, x, y, series }, suggestion, result ?? nothing),
    [kind, x, y, series, suggestion, result],
  );
  return {
    spec,
    suggested: suggestion.kind,
    choose: { kind: setKind, x: setX, y: setY, series: setSeries },
  };
}

/** A series that nobody wants is written as "-", so that it is not suggested again. */
export const NO_SERIES = "-";

/** The choice over the suggestion; columns that the answer does not have are not taken. */
export function chosenSpec(
  choice: { kind: string; x: string; y: string; series: string },
  suggestion: ChartSpec,
  result: ResultTable,
): ChartSpec {
  const kind = chartKinds.find((one) => one === choice.kind) ?? suggestion.kind;
  const here = (name: string): string | undefined =>
    placeOf(result, name) >= 0 ? name : undefined;
  const x = here(choice.x) ?? suggestion.x ?? result.columns[0]?.name;
  const y =
    here(choice.y) ?? suggestion.y ?? result.columns.find(({ name }) => name !== x)?.name ?? x;
  const series =
    choice.series === NO_SERIES ? undefined : (here(choice.series) ?? suggestion.series);
  return {
    kind,
    ...(x !== undefined && kind !== "number" && kind !== "table" && { x }),
    ...(y !== undefined && kind !== "histogram" && kind !== "table" && { y }),
    ...(series !== undefined && takesSeries(kind) && { series }),
  };
}

/** True for the kinds that tell series apart. */
export function takesSeries(kind: ChartSpec["kind"]): boolean {
  return ["bar", "stacked-bar", "share-bar", "line", "scatter"].includes(kind);
}
