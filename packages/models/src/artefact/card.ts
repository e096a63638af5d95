import { SoukError } from "@souk/core";
import type { SettingValue } from "../families/settings.ts";
import { MAX_LABELS, type Labels } from "../rows/target.ts";
import { parseTask } from "../task/parse.ts";
import type { InputKind, Task } from "../task/task.ts";

/** Size and checksum of a file of the artefact. */
export interface FileFacts {
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** Everything about a model but its weights. Written as card.json; plain data. */
export interface ModelCard {
  readonly format: 1;
  readonly task: Task;
  readonly family: string;
  /** In the order of probabilities; none for a number target. */
  readonly labels?: Labels;
  readonly signature: {
    readonly inputs: readonly {
      readonly name: string;
      readonly kind: InputKind;
      /** False: it may be left out and counts as missing. */
      readonly required: boolean;
    }[];
    readonly output: { readonly name: string; readonly kind: "ordinal" | "class" | "number" };
  };
  readonly settings: Readonly<Record<string, SettingValue>>;
  readonly seed: number;
  /** On the test rows. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly data: {
    readonly dataset: string;
    readonly version: number;
    readonly hash: string;
    /** Version of the dataset of photos, where the task has photos. */
    readonly photos?: number;
  };
  /** ISO 8601. */
  readonly createdAt: string;
  readonly soukVersion: string;
  /** Logits are divided by this. */
  readonly temperature: number;
  /** Bounds of predicted numbers: this far on either side of what the family answers (before `transform` is undone). */
  readonly interval?: { readonly level: number; readonly halfWidth: number };
  /** What weights.bin must be. */
  readonly weights: FileFacts;
  /** What comparables.bin must be, where the task asks for comparable rows. */
  readonly comparables?: FileFacts;
}

/**
 * A card read from a file, checked.
 * @throws SoukError `MODEL_FORMAT` for another format number, `MODEL_CARD` when a member is wrong, `TASK_INVALID`.
 */
export function parseCard(value: unknown): ModelCard {
  const card = record(value, "card");
  if (card["format"] !== 1)
    throw new SoukError(
      "MODEL_FORMAT",
      `expected a model of format 1, got ${String(card["format"])}`,
    );
  const task = parseTask(card["task"]);
  const data = record(card["data"], "data");
  const labels = parseLabels(card["labels"], task);
  return {
    format: 1,
    task,
    family: text(card["family"], "family"),
    ...(labels === undefined ? {} : { labels }),
    signature: signatureOf(task),
    settings: settingsOf(card["settings"]),
    seed: number(card["seed"], "seed"),
    metrics: numbersOf(card["metrics"]),
    data: {
      dataset: text(data["dataset"], "data.dataset"),
      version: number(data["version"], "data.version"),
      hash: text(data["hash"], "data.hash"),
      ...(data["photos"] === undefined ? {} : { photos: number(data["photos"], "data.photos") }),
    },
    createdAt: text(card["createdAt"], "createdAt"),
    soukVersion: text(card["soukVersion"], "soukVersion"),
    temperature: positive(card["temperature"], "temperature"),
    ...(task.interval === undefined
      ? {}
      : { interval: parseInterval(card["interval"], task.interval) }),
    weights: parseFile(card["weights"], "weights"),
    ...(card["comparables"] === undefined
      ? {}
      : { comparables: parseFile(card["comparables"], "comparables") }),
  };
}

function parseFile(value: unknown, path: string): FileFacts {
  const file = record(value, path);
  return {
    sizeBytes: number(file["sizeBytes"], `${path}.sizeBytes`),
    sha256: text(file["sha256"], `${path}.sha256`),
  };
}

/** What a model of `task` takes and gives. The only input is required; of several, any may be missing. */
export function signatureOf(task: Task): ModelCard["signature"] {
  return {
    inputs: task.inputs.map(({ column, kind }) => ({
      name: column,
      kind,
      required: task.inputs.length === 1,
    })),
    output: { name: task.target.column, kind: task.target.kind },
  };
}

function parseLabels(value: unknown, task: Task): Labels | undefined {
  if (task.target.kind === "number") return undefined;
  if (!Array.isArray(value) || value.length < 2 || value.length > MAX_LABELS)
    throw wrong("labels", `2..${MAX_LABELS} labels`);
  const kind = task.target.kind === "class" ? "string" : "number";
  const labels = value.map((label: unknown) => {
    if ((typeof label !== "string" && typeof label !== "number") || typeof label !== kind)
      throw wrong("labels", `labels of type ${kind}`);
    return label;
  });
  if (new Set(labels).size !== labels.length) throw wrong("labels", "distinct labels");
  return labels;
}

function parseInterval(value: unknown, level: number): NonNullable<ModelCard["interval"]> {
  const interval = record(value, "interval");
  const halfWidth = number(interval["halfWidth"], "interval.halfWidth");
  if (halfWidth < 0) throw wrong("interval.halfWidth", "a number of at least 0");
  if (interval["level"] !== level) throw wrong("interval.level", `${level}, as in the task`);
  return { level, halfWidth };
}

function settingsOf(value: unknown): Record<string, SettingValue> {
  const settings: Record<string, SettingValue> = {};
  for (const [name, setting] of Object.entries(record(value, "settings"))) {
    if (typeof setting !== "string" && typeof setting !== "number" && typeof setting !== "boolean")
      throw wrong(`settings.${name}`, "text, a number or a boolean");
    settings[name] = setting;
  }
  return settings;
}

function numbersOf(value: unknown): Record<string, number> {
  const metrics: Record<string, number> = {};
  for (const [name, metric] of Object.entries(record(value, "metrics")))
    metrics[name] = number(metric, `metrics.${name}`);
  return metrics;
}

function record(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw wrong(path, "an object");
  return Object.fromEntries(Object.entries(value));
}

function text(value: unknown, path: string): string {
  if (typeof value !== "string" || value.length > 1000) throw wrong(path, "text");
  return value;
}

function number(value: unknown, path: string): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw wrong(path, "a finite number");
  return value;
}

function positive(value: unknown, path: string): number {
  const found = number(value, path);
  if (found <= 0) throw wrong(path, "a number above 0");
  return found;
}

function wrong(path: string, expected: string): SoukError {
  return new SoukError(
    "MODEL_CARD",
    `card.json: ${path}: expected ${expected}, got something else`,
  );
}
