/** How the rows of a statement become a picture. Names are columns of the result. Plain data: it can be kept as JSON. */
export interface ChartSpec {
  readonly kind: "bar" | "stacked-bar" | "line" | "histogram" | "table" | "number";
  readonly title: string;
  /** Categories of a bar, positions of a line, left edges of histogram bins. */
  readonly x?: string;
  /** Values; of several only the first is drawn. For `number` the column shown. */
  readonly y?: string | readonly string[];
  /** Column whose values tell the stacks or lines apart. */
  readonly series?: string;
  readonly xLabel?: string;
  readonly yLabel?: string;
  /** Stacks as shares of their bar. */
  readonly percent?: boolean;
  /** Bottom of the value axis of a line; default 0. Bars always start at 0. */
  readonly yMin?: number;
  /** Top of the value axis, when it is known beforehand (5 for stars). */
  readonly yMax?: number;
  /** Line: the columns of a shaded band, one number of each at a position; nulls where there is none. */
  readonly band?: { readonly low: string; readonly high: string; readonly label: string };
  /** Histogram: width of a bin, in the unit of `x`. */
  readonly binWidth?: number;
  /** Histogram: a line at the value that every row carries in `column`. */
  readonly mark?: { readonly column: string; readonly label: string };
  /** Digits after the point of the values shown; default up to 3 significant. */
  readonly digits?: number;
}
