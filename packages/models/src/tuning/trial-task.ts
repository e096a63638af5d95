import { availableParallelism } from "node:os";
import { SoukError } from "@souk/core";
import { classMetrics } from "../evaluation/class-metrics.ts";
import { numberMetrics } from "../evaluation/number-metrics.ts";
import { temperatureOf } from "../evaluation/temperature.ts";
import type {
  Examples,
  FamilyData,
  ImageSource,
  Predictor,
  TrainEvent,
} from "../families/family.ts";
import { familyOf } from "../families/registry.ts";
import { resolveSettings, type SettingValue } from "../families/settings.ts";
import { type ColumnBatch, selectRows } from "../rows/batch.ts";
import { holdOut } from "../rows/hold-out.ts";
import { findLabels, readTargets } from "../rows/target.ts";
import { transformTargets, untransform } from "../rows/transform.ts";
import type { Task } from "../task/task.ts";
import type { TrialRows } from "./trial-rows.ts";

/** One choice of settings to try. */
export interface TrialOptions {
  readonly family: string;
  readonly settings?: Readonly<Record<string, SettingValue>>;
  /** Default 1. */
  readonly seed?: number;
  /** Default: the cores of the machine, at most 4. */
  readonly threads?: number;
  /** Share of the training rows to learn from, in (0, 1]; the rows of a smaller share are among those of a larger. Default 1. */
  readonly share?: number;
  /** Photos that rows name by hash. */
  readonly images?: ImageSource;
  /** Folders of pretrained weights, by name. */
  readonly pretrained?: Readonly<Record<string, string>>;
  readonly cacheDirectory?: string;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: TrainEvent) => void;
  /**
   * After each epoch its number and the task's metric on the rows that stop it early: comparable between trials, not
   * with the trial's value. Not called where the family has no epochs, or learns a transformed number whose metric says
   * nothing in the target's unit.
   */
  readonly onReport?: (step: number, value: number) => void;
}

/** What one choice of settings is worth. */
export interface TrialResult {
  /** The task's metric on the validation rows, in the target's unit. */
  readonly value: number;
  /** Every metric of the validation rows. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Rows learnt from, rows that stopped it early, rows it was measured on. */
  readonly rows: { readonly train: number; readonly stopping: number; readonly validation: number };
  readonly seconds: number;
}

/** Of the training rows; set aside so that the validation rows are only measured on. */
const STOPPING_SHARE = 0.1;

/**
 * Trains with the settings and measures on the validation rows. A training proper stops early and fits its temperature on
 * the validation rows; here a tenth of the training rows serves for that, whole groups of it, so that the value is of
 * rows that had no part in the training. The final model learns from that tenth too.
 * @throws SoukError as `trainTask`; `TUNE_SHARE` for a share out of range; `EVALUATE_METRIC` when the task's metric is
 * not defined on the validation rows; the signal's reason when aborted.
 */
export async function trialTask(
  task: Task,
  rows: TrialRows,
  options: TrialOptions,
): Promise<TrialResult> {
  const startedMs = performance.now();
  const { images, pretrained, cacheDirectory, signal, seed = 1 } = options;
  const family = familyOf(options.family);
  const settings = resolveSettings(family.settings, options.settings);
  const threads = options.threads ?? Math.min(4, availableParallelism());
  const data = dataOf(task, rows.train, options.share ?? 1);
  const onEvent = eventsOf(task, options);
  const context = { settings, seed, threads, images, pretrained, cacheDirectory, signal, onEvent };
  const trained = await family.train(data, context);
  signal?.throwIfAborted();
  const served = family.restore(trained.save(), task, data.labels, { images });
  const metrics = await measure(served, data, rows.validation);
  await trained.close?.();
  await served.close?.();
  const value = metrics[task.metric];
  if (!Number.isFinite(value))
    throw new SoukError(
      "EVALUATE_METRIC",
      `expected rows on which ${task.metric} is defined, got ${rows.validation.length} on which it is not`,
    );
  return {
    value,
    metrics,
    rows: {
      train: data.train.batch.length,
      stopping: data.validation.batch.length,
      validation: rows.validation.length,
    },
    seconds: (performance.now() - startedMs) / 1000,
  };
}

/** What a family gets to see: `validation` are the rows that stop it early. */
function dataOf(task: Task, train: ColumnBatch, share: number): FamilyData {
  if (!(share > 0 && share <= 1))
    throw new SoukError("TUNE_SHARE", `expected a share of rows in (0, 1], got ${share}`);
  const { kept, held } = holdOut(task, train, STOPPING_SHARE);
  // Rows come in the order of their hashes: the first of them are a fair draw.
  const used = kept.subarray(0, Math.max(1, Math.ceil(kept.length * share)));
  const labels = findLabels(task, train, used);
  const examples = (indexes: Int32Array): Examples => {
    const batch = selectRows(train, indexes);
    const targets = readTargets(task, batch, labels);
    return { batch, targets: labels === undefined ? transformTargets(task, targets) : targets };
  };
  return { task, labels, train: examples(used), validation: examples(held) };
}

async function measure(
  predictor: Predictor,
  data: FamilyData,
  batch: ColumnBatch,
): Promise<Record<string, number>> {
  const { task, labels } = data;
  const targets = readTargets(task, batch, labels);
  const scores = new Float64Array(batch.length * (labels?.length ?? 1));
  await predictor.scoreInto(batch, scores);
  if (labels === undefined) {
    const numbers = scores.map((score) => untransform(task, score));
    return numberMetrics(numbers, targets);
  }
  const temperature = await temperatureOf(predictor, data);
  const logits = scores.map((score) => score / temperature);
  return classMetrics(logits, targets, labels).metrics;
}

/** Passes events on, and each epoch's metric as a report. */
function eventsOf(
  task: Task,
  { onEvent, onReport }: Pick<TrialOptions, "onEvent" | "onReport">,
): (event: TrainEvent) => void {
  const name = reportedMetric(task);
  let last = -Infinity;
  return (event) => {
    onEvent?.(event);
    if (event.kind !== "metrics" || name === undefined || event.epoch <= last) return;
    const value = event.values[`validation.${name}`];
    if (value === undefined || !Number.isFinite(value)) return;
    last = event.epoch;
    onReport?.(event.epoch, value);
  };
}

/** A family sees ln(1 + target) under `log1p`: RMSE there is RMSLE here, and ranks are the same. */
function reportedMetric({ metric, transform }: Task): string | undefined {
  if (transform === undefined || metric === "spearman") return metric;
  return metric === "rmsle" ? "rmse" : undefined;
}
