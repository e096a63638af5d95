import {
  BarChart,
  BoxplotChart,
  HeatmapChart,
  LineChart,
  ParallelChart,
  ScatterChart,
} from "echarts/charts";
import {
  AriaComponent,
  DataZoomComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  ParallelComponent,
  TooltipComponent,
  VisualMapComponent,
} from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

let isReady = false;

/** ECharts with the kinds of charts the pages draw, and no others: this module is the chunk that is fetched for them. */
export function openChart(
  element: HTMLElement,
  size: { width: number; height: number },
  theme: object,
): ReturnType<typeof init> {
  if (!isReady) {
    use([
      BarChart,
      BoxplotChart,
      HeatmapChart,
      LineChart,
      ParallelChart,
      ScatterChart,
      AriaComponent,
      DataZoomComponent,
      GridComponent,
      LegendComponent,
      MarkLineComponent,
      ParallelComponent,
      TooltipComponent,
      VisualMapComponent,
      CanvasRenderer,
    ]);
    isReady = true;
  }
  return init(element, theme, size);
}
