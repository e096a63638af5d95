import { availableParallelism } from "node:os";
import { type Clock, sha256, SoukError, systemClock } from "@souk/core";
import { type ModelCard, signatureOf } from "./artefact/card.ts";
import { openCheckpoints } from "./artefact/checkpoint.ts";
import { encodeComparables } from "./artefact/comparables.ts";
import { encodeWeights, loadModel, writeArtefact } from "./artefact/folder.ts";
import { createModel, type Model } from "./artefact/model.ts";
import { conformalHalfWidth } from "./evaluation/conformal.ts";
import { baselineScores } from "./evaluation/baseline-scores.ts";
import { reportCurves } from "./evaluation/curves.ts";
import { evaluateAgainst } from "./evaluation/evaluate.ts";
import type { EvaluationReport } from "./evaluation/report.ts";
import { temperatureOf } from "./evaluation/temperature.ts";
import { watchScores } from "./evaluation/watched-model.ts";
import type {
  Examples,
  FamilyData,
  ImageSource,
  Predictor,
  TrainEvent,
} from "./families/family.ts";
import { familyOf } from "./families/registry.ts";
import { resolveSettings, type SettingValue } from "./families/settings.ts";
import { type ColumnBatch, collectRows, selectRows } from "./rows/batch.ts";
import { type Split, splitRows } from "./rows/split.ts";
import { addCorrections, type CorrectedRows } from "./rows/corrections.ts";
import { findLabels, readTargets } from "./rows/target.ts";
import { transformTargets } from "./rows/transform.ts";
import { type Task, taskColumns } from "./task/task.ts";
import packageJson from "../package.json" with { type: "json" };

/** How to train, and where the result goes. */
export interface TrainOptions {
  readonly family: string;
  readonly settings?: Readonly<Record<string, SettingValue>>;
  /** Same seed and data: same bytes (`ngram`: unless its setting `hogwild` is above 1). Default 1. */
  readonly seed?: number;
  /** Default: the cores of the machine, at most 4. */
  readonly threads?: number;
  /** Artefact folder to write, whole or not at all. */
  readonly directory: string;
  /** Folder for the state after each epoch; removed when the training ends well. */
  readonly checkpointDirectory?: string;
  /** Go on from the checkpoint, if there is one. */
  readonly resume?: boolean;
  readonly data: ModelCard["data"];
  /** Artefact folder of the model to be replaced: evaluated on the same test rows. */
  readonly incumbent?: string;
  /** What people said was wrong: rows of the training part only. */
  readonly corrections?: CorrectedRows;
  /** Photos that rows name by hash. */
  readonly images?: ImageSource;
  /** Folders of pretrained weights, by name. */
  readonly pretrained?: Readonly<Record<string, string>>;
  /** Where what a frozen network says of each photo or text is kept between trainings. */
  readonly cacheDirectory?: string;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: TrainEvent) => void;
  readonly clock?: Clock;
}

/** A trained model's papers; `seconds` per phase and in `total`. */
export interface TrainResult {
  readonly card: ModelCard;
  readonly report: EvaluationReport;
  readonly seconds: Readonly<Record<string, number>>;
}

const MAX_THREADS = 64;

/**
 * Reads the rows, splits them, trains, measures on the test part and writes the artefact folder.
 * The model that is measured is the one that was written, restored from its own bytes.
 * @throws SoukError `FAMILY_UNKNOWN`, `SETTING_UNKNOWN`, `SETTING_INVALID`, `TRAIN_*`, `NGRAM_*`, `CHECKPOINT_*`,
 * `MODEL_*` for the incumbent; the signal's reason when aborted.
 */
export async function trainTask(
  task: Task,
  rows: AsyncIterable<ColumnBatch>,
  options: TrainOptions,
): Promise<TrainResult> {
  const { signal, onEvent = ignore, seed = 1, clock = systemClock } = options;
  const family = familyOf(options.family);
  const settings = resolveSettings(family.settings, options.settings);
  const threads = checkThreads(options.threads ?? Math.min(4, availableParallelism()));
  const timer = createTimer(onEvent);

  timer.enter("read");
  const table = await collectRows(rows, { columns: taskColumns(task), signal });
  const split = splitRows(task, table);
  const prepared = prepare(task, table, split);
  const { data, corrections } = addCorrections(prepared, options.corrections, { table, split });
  const checkpoints = openTrainingCheckpoints(task, options, {
    settings: settings.values,
    seed,
    rows: data,
  });

  timer.enter("train");
  const { images, pretrained, cacheDirectory } = options;
  const given = { images, pretrained, cacheDirectory };
  const context = { settings, seed, threads, checkpoints, signal, onEvent: timer.pass, ...given };
  const predictor = await family.train(data, context);
  signal?.throwIfAborted();

  timer.enter("evaluate");
  const saved = predictor.save();
  const weights = encodeWeights(saved);
  const served = family.restore(saved, task, data.labels, { images, brokenPhotos: "leave-out" });
  const card: ModelCard = {
    ...papers(task, options, { labels: data.labels, weights }),
    settings: settings.values,
    seed,
    createdAt: new Date(clock.now()).toISOString(),
    temperature: await temperatureOf(served, data),
    interval: await intervalOf(served, data, task.interval),
  };
  const { model, scored } = watchScores(createModel(card, served, weights.length), task);
  const { incumbent } = options;
  const judged = await judge(model, { task, table, split, data, incumbent, images });
  const report = { ...judged, ...(corrections === undefined ? {} : { corrections }) };
  const curves = reportCurves(task, scored(), report.slices);
  model.close();

  timer.enter("save");
  const finished = await writeArtefact(options.directory, {
    card: { ...card, metrics: report.metrics },
    report,
    curves,
    weights,
    comparables: encodeComparables(task, data.train.batch),
    images,
  });
  await checkpoints?.remove();
  return { card: finished, report, seconds: timer.leave() };
}

/** What a card says of the task, the data and the weights. */
function papers(
  task: Task,
  { family, data }: TrainOptions,
  { labels, weights }: { labels: ModelCard["labels"]; weights: Uint8Array },
): Omit<ModelCard, "settings" | "seed" | "createdAt" | "temperature"> {
  return {
    format: 1,
    task,
    family,
    ...(labels === undefined ? {} : { labels }),
    signature: signatureOf(task),
    metrics: {},
    data,
    soukVersion: packageJson.version,
    weights: { sizeBytes: weights.length, sha256: sha256(weights) },
  };
}

function prepare(task: Task, table: ColumnBatch, split: Split): FamilyData {
  const labels = findLabels(task, table, split.train);
  const examples = (rows: Int32Array): Examples => {
    const batch = selectRows(table, rows);
    const targets = readTargets(task, batch, labels);
    return { batch, targets: labels === undefined ? transformTargets(task, targets) : targets };
  };
  return { task, labels, train: examples(split.train), validation: examples(split.validation) };
}

/** How far from the validation rows' numbers the predictor is, at the level asked for. */
async function intervalOf(
  predictor: Predictor,
  { validation }: FamilyData,
  level: number | undefined,
): Promise<ModelCard["interval"]> {
  if (level === undefined) return undefined;
  const scores = new Float64Array(validation.batch.length);
  await predictor.scoreInto(validation.batch, scores);
  const errors = scores.map((score, i) => score - validation.targets[i]);
  return { level, halfWidth: conformalHalfWidth(errors, level) };
}

async function judge(
  model: Model,
  {
    task,
    table,
    split,
    data,
    incumbent,
    images,
  }: {
    task: Task;
    table: ColumnBatch;
    split: Split;
    data: FamilyData;
    incumbent: string | undefined;
    images: ImageSource | undefined;
  },
): Promise<EvaluationReport> {
  const batch = selectRows(table, split.test);
  const trained = readTargets(task, selectRows(table, split.train), data.labels);
  const report = await evaluateAgainst(model, task, {
    batch,
    rows: {
      train: split.train.length,
      validation: split.validation.length,
      test: split.test.length,
      dropped: split.dropped,
    },
    baseline: baselineScores(task, trained, { labels: data.labels, rows: batch.length }),
  });
  if (incumbent === undefined) return report;
  const other = await loadModel(incumbent, { images, brokenPhotos: "leave-out" });
  try {
    const { metrics } = await evaluateAgainst(other, task, { batch, rows: report.rows });
    return { ...report, incumbent: { family: other.card.family, metrics } };
  } finally {
    other.close();
  }
}

function openTrainingCheckpoints(
  task: Task,
  { family, data, checkpointDirectory, resume = false }: TrainOptions,
  { settings, seed, rows }: { settings: unknown; seed: number; rows: FamilyData },
): ReturnType<typeof openCheckpoints> | undefined {
  if (checkpointDirectory === undefined) return undefined;
  const counts = [rows.train.batch.length, rows.validation.batch.length];
  const identity = { task, family, data, settings, seed, counts };
  return openCheckpoints(checkpointDirectory, { identity, resume });
}

type Phase = Extract<TrainEvent, { kind: "phase" }>["phase"];

/** Announces phases and adds up their seconds; a family announces its own through `pass`. */
function createTimer(onEvent: (event: TrainEvent) => void): {
  readonly enter: (phase: Phase) => void;
  readonly pass: (event: TrainEvent) => void;
  readonly leave: () => Record<string, number>;
} {
  const seconds: Record<string, number> = {};
  const startedMs = performance.now();
  let current: { phase: Phase; sinceMs: number } | undefined;
  function settle(): void {
    if (current === undefined) return;
    const spent = (performance.now() - current.sinceMs) / 1000;
    seconds[current.phase] = (seconds[current.phase] ?? 0) + spent;
  }
  function enter(phase: Phase): void {
    if (current?.phase === phase) return;
    settle();
    current = { phase, sinceMs: performance.now() };
    onEvent({ kind: "phase", phase });
  }
  return {
    enter,
    pass: (event) => (event.kind === "phase" ? enter(event.phase) : onEvent(event)),
    leave() {
      settle();
      return { ...seconds, total: (performance.now() - startedMs) / 1000 };
    },
  };
}

function checkThreads(threads: number): number {
  if (Number.isInteger(threads) && threads >= 1 && threads <= MAX_THREADS) return threads;
  throw new SoukError("TRAIN_THREADS", `expected 1..${MAX_THREADS} threads, got ${threads}`);
}

function ignore(): void {}
