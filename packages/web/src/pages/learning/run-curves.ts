import type { RouteAnswer } from "@souk/api";
import { SeriesBuffer } from "../../parts/series-buffer.ts";
import { memberOf } from "../../wire/answers.ts";
import type { LiveEvent } from "../../wire/live.ts";
import { figureOf, kinOf, numbersOf } from "./metric-words.ts";

type Point = Pick<RouteAnswer<"runMetrics">["items"][number], "key" | "step" | "value">;

/** Figures of an ended run, which stand in its tables: no curves. */
const FINAL = /^(test|seconds)[_.]/;
/** More kinds of figures than this share one chart. */
const MOST_CHARTS = 6;

/** Metrics that belong in one chart, for they have one unit. */
export interface CurveGroup {
  /** What they have in common ("loss", "right answers"), or "" for all. */
  readonly figure: string;
  readonly buffer: SeriesBuffer;
}

/** The points of a run as curves, growing as they come. Charts show figures of one unit: loss and accuracy apart. */
export class RunCurves {
  readonly #groups = new Map<string, CurveGroup>();
  readonly #all: CurveGroup = { figure: "", buffer: new SeriesBuffer() };
  /** Series by how many points they have, up to 2. */
  readonly #counts = new Map<string, number>();
  readonly #lastStep = new Map<string, number>();

  /** Adds points; those seen before change nothing. */
  add(points: readonly Point[]): void {
    for (const { key, step, value } of points) {
      if (FINAL.test(key)) continue;
      if (this.#lastStep.get(key) !== step)
        this.#counts.set(key, Math.min(2, (this.#counts.get(key) ?? 0) + 1));
      this.#lastStep.set(key, step);
      const figure = kinOf(figureOf(key));
      let group = this.#groups.get(figure);
      if (!group) this.#groups.set(figure, (group = { figure, buffer: new SeriesBuffer() }));
      group.buffer.add(key, step, value);
      this.#all.buffer.add(key, step, value);
    }
  }

  /** What to draw now: a chart for each figure with a curve of two points or more, one for all when there are many. */
  groups(): readonly CurveGroup[] {
    const drawn = [...this.#groups.values()].filter(({ buffer }) =>
      buffer.names.some((name) => this.#counts.get(name) === 2),
    );
    return drawn.length > MOST_CHARTS ? [this.#all] : drawn;
  }
}

/** The points in what was heard of a run: logged by any program, or by the job that trains it. */
export function pointsIn(news: LiveEvent["data"]): readonly Point[] {
  const points = memberOf(news, "points");
  // Points the server's own contract names.
  if (Array.isArray(points)) return points.filter(isPoint);
  const step = memberOf(news, "step");
  if (memberOf(step, "kind") !== "metrics") return [];
  const data = memberOf(step, "data");
  const at = memberOf(data, "step");
  if (typeof at !== "number") return [];
  return Object.entries(numbersOf(memberOf(data, "values"))).map(([key, value]) => ({
    key,
    step: at,
    value,
  }));
}

function isPoint(value: unknown): value is Point {
  return (
    typeof memberOf(value, "key") === "string" &&
    typeof memberOf(value, "step") === "number" &&
    typeof memberOf(value, "value") === "number"
  );
}
