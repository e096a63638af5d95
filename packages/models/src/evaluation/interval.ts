import { createRng, quantile, wilsonInterval } from "@souk/core";
import type { Labels } from "../rows/target.ts";
import type { Task } from "../task/task.ts";
import { classMetrics } from "./class-metrics.ts";
import { numberMetric } from "./number-metrics.ts";

/** Where the main metric would lie on other rows of the same kind, 95 %. */
export interface MetricInterval {
  readonly metric: string;
  readonly low: number;
  readonly high: number;
  readonly method: "wilson" | "bootstrap";
}

const RESAMPLES = 200;

/** Wilson's interval for accuracy, the percentile bootstrap (200 resamples of the rows, fixed seed) for others. */
export function metricInterval(
  task: Task,
  {
    scores,
    targets,
    labels,
  }: {
    scores: Float64Array;
    targets: Float64Array;
    labels: Labels | undefined;
  },
): MetricInterval {
  const { metric } = task;
  if (metric === "accuracy" && labels !== undefined) {
    const { accuracy } = classMetrics(scores, targets, labels).metrics;
    const bounds = wilsonInterval(Math.round(accuracy * targets.length), targets.length);
    return { metric, ...bounds, method: "wilson" };
  }
  const rng = createRng("interval");
  const k = labels?.length ?? 1;
  const n = targets.length;
  const values: number[] = [];
  const sample = { scores: new Float64Array(n * k), targets: new Float64Array(n) };
  for (let i = 0; i < RESAMPLES; i++) {
    for (let row = 0; row < n; row++) {
      const from = rng.integer(n);
      sample.targets[row] = targets[from];
      for (let c = 0; c < k; c++) sample.scores[row * k + c] = scores[from * k + c];
    }
    const value =
      labels === undefined
        ? numberMetric(metric, sample.scores, sample.targets)
        : classMetrics(sample.scores, sample.targets, labels).metrics[metric];
    // A few resamples may leave a metric undefined (no row for mape).
    if (Number.isFinite(value)) values.push(value);
  }
  return {
    metric,
    low: quantile(values, 0.025),
    high: quantile(values, 0.975),
    method: "bootstrap",
  };
}
