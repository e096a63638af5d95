import { createRequire } from "node:module";
import type * as Resvg from "@resvg/resvg-js";
import type { SqlResult } from "../sql/types.ts";
import { fontFamily } from "./palette.ts";
import type { ChartSpec } from "./spec.ts";
import { renderChartSvg } from "./svg.ts";

/** Pixels per unit of the SVG: sharp on dense screens. */
const ZOOM = 2;

/**
 * A result as a PNG picture, twice the size of `renderChartSvg`. The letters are DejaVu Sans from the package, not the
 * machine's: the same picture everywhere.
 * @throws SoukError `CHART_COLUMN`.
 */
export async function renderChartPng(spec: ChartSpec, result: SqlResult): Promise<Uint8Array> {
  const require = createRequire(import.meta.url);
  const { renderAsync }: typeof Resvg = require("@resvg/resvg-js");
  const [family = ""] = fontFamily.split(",");
  const image = await renderAsync(renderChartSvg(spec, result), {
    font: {
      loadSystemFonts: false,
      defaultFontFamily: family,
      sansSerifFamily: family,
      fontFiles: [
        require.resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf"),
        require.resolve("dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf"),
      ],
    },
    fitTo: { mode: "zoom", value: ZOOM },
  });
  return image.asPng();
}
