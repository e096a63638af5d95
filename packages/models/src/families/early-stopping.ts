import type { Labels } from "../rows/target.ts";
import type { Task } from "../task/task.ts";
import { classMetrics } from "../evaluation/class-metrics.ts";
import { numberMetrics } from "../evaluation/number-metrics.ts";

/**
 * Keeps the best epoch by its loss on the validation rows: log-loss for classes (on the same rows far less noisy than
 * accuracy); for numbers MAE where the task asks for absolute errors, else RMSE. Not the task's metric itself: a family
 * may see a transformed target.
 */
export interface EarlyStopping {
  /** Judges an epoch; `improved` says that its weights are the best so far. */
  judge(epoch: number, scores: Float64Array): { improved: boolean; values: Record<string, number> };
  /** Whether `patience` epochs have passed without a better one. */
  hasEnded(epoch: number): boolean;
  readonly best: { readonly epoch: number; readonly value: number };
}

/**
 * Early stopping for one training.
 * @param targets of the validation rows; numbers in the unit `scores` come in.
 */
export function createEarlyStopping(
  task: Task,
  {
    labels,
    targets,
    patience,
    best = { epoch: -1, value: -Infinity },
  }: {
    labels: Labels | undefined;
    targets: Float64Array;
    patience: number;
    /** Where an interrupted training stood. */
    best?: { epoch: number; value: number };
  },
): EarlyStopping {
  let current = best;
  return {
    judge(epoch, scores) {
      const metrics =
        labels === undefined
          ? numberMetrics(scores, targets)
          : classMetrics(scores, targets, labels).metrics;
      const value = -metrics[labels === undefined ? numberLoss(task) : "logLoss"];
      const improved = value > current.value;
      if (improved) current = { epoch, value };
      return { improved, values: prefixed(metrics) };
    },
    hasEnded: (epoch) => epoch - current.epoch >= patience,
    get best() {
      return current;
    },
  };
}

/** The loss a number target is best learnt by. */
function numberLoss({ metric }: Task): "mae" | "rmse" {
  return metric === "mae" || metric === "medianAE" || metric === "mape" ? "mae" : "rmse";
}

function prefixed(metrics: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(metrics).map(([name, value]) => [`validation.${name}`, value]),
  );
}
