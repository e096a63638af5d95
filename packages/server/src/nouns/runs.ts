import type { MetricPoint, Tracking } from "@souk/tracking";
import { FORECAST_PREFIX } from "../jobs/registration.ts";
import type { RunsNoun } from "../souk-interface.ts";
import { thinnedPoints } from "./thinned-points.ts";

/** Where a training leaves the page of its report: that of a model, or of forecasts. */
const PAGES: readonly string[] = ["model/report.html", `${FORECAST_PREFIX}/report.html`];

/** Runs as the routes show them. */
export function createRuns({ runs }: Tracking): RunsNoun {
  return {
    list: (options = {}) => runs.search(options),
    get: (id) => runs.get(id),
    async metrics(id, { key, most } = {}) {
      const keys = key === undefined ? Object.keys((await runs.get(id)).metrics) : [key];
      const found: MetricPoint[] = [];
      // One after the other: each history may be long, and others wait for the store as well.
      for (const name of keys) {
        const history = await runs.metricHistory(id, name);
        const kept = most === undefined ? history : thinnedPoints(history, most);
        for (const point of kept) found.push(point);
      }
      return found;
    },
    report: (id) => runs.report(id),
    async reportPage(id) {
      await runs.get(id);
      const kept = await runs.artifacts(id);
      const page = kept.find(({ path }) => PAGES.includes(path));
      return page && runs.artifact(id, page.path);
    },
    artifacts: (id) => runs.artifacts(id),
    async artifact(id, path) {
      await runs.get(id);
      return runs.artifact(id, path);
    },
  };
}
