/**
 * Every figure a task may be judged by: which way is better, and for which targets it is defined.
 * The one place that knows; gates, early stopping and leaderboards ask here.
 */
const taskMetrics = {
  accuracy: { better: "higher", of: ["class", "ordinal"] },
  macroF1: { better: "higher", of: ["class", "ordinal"] },
  weightedF1: { better: "higher", of: ["class", "ordinal"] },
  logLoss: { better: "lower", of: ["class", "ordinal"] },
  top3Accuracy: { better: "higher", of: ["class", "ordinal"] },
  quadraticKappa: { better: "higher", of: ["ordinal"] },
  mae: { better: "lower", of: ["ordinal", "number"] },
  rmse: { better: "lower", of: ["number"] },
  medianAE: { better: "lower", of: ["number"] },
  rmsle: { better: "lower", of: ["number"] },
  mape: { better: "lower", of: ["number"] },
  spearman: { better: "higher", of: ["number"] },
  r2: { better: "higher", of: ["number"] },
} as const satisfies Record<
  string,
  { better: "higher" | "lower"; of: readonly ("ordinal" | "class" | "number")[] }
>;

/** A name of `taskMetrics`. */
export type TaskMetric = keyof typeof taskMetrics;

/** The metrics a target of this kind may be judged by, in the order of the table. */
export function metricsFor(kind: "ordinal" | "class" | "number"): TaskMetric[] {
  return metricNames().filter((name) => taskMetrics[name].of.some((one) => one === kind));
}

/** Whether less of `metric` is better; false for a name that is not in the table. */
export function isLowerBetter(metric: string): boolean {
  return metricNames().some((name) => name === metric && taskMetrics[name].better === "lower");
}

function metricNames(): TaskMetric[] {
  const names: TaskMetric[] = [];
  for (const name in taskMetrics) if (isTaskMetric(name)) names.push(name);
  return names;
}

function isTaskMetric(name: string): name is TaskMetric {
  return Object.hasOwn(taskMetrics, name);
}
