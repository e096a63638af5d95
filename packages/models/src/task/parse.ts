import { SoukError } from "@souk/core";
import type { SettingValue } from "../families/settings.ts";
import { metricsFor } from "./metrics.ts";
import {
  type DerivedTarget,
  inputKinds,
  PHOTO_COLUMN,
  type Task,
  targetColumns,
  type TaskInput,
} from "./task.ts";

const MAX_INPUTS = 64;
const MAX_NAME = 200;
/** Most levels of a category path. */
const MAX_LEVELS = 20;
/** Most columns of a sum, classes of a grouping, and values of one class. */
const MAX_DERIVED = 100;
const TASK_NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const MEMBERS = [
  "name",
  "title",
  "dataset",
  "inputs",
  "target",
  "split",
  "metric",
  "baseline",
  "transform",
  "interval",
  "photos",
  "comparables",
  "family",
  "settings",
  "slices",
  "key",
];
const splitKinds = ["grouped", "random", "time", "given"] as const;
const BASELINES = {
  ordinal: ["majority"],
  class: ["majority"],
  number: ["mean", "median"],
} as const;

/**
 * A task from outside (a config file, a request), checked.
 * @throws SoukError `TASK_INVALID` whose message names the path, what was expected and what came.
 */
export function parseTask(value: unknown): Task {
  const task = record(value, "task");
  onlyMembers(task, MEMBERS, "task");
  const target = parseTarget(task["target"]);
  const parsed: Task = {
    name: parseName(task["name"]),
    ...(task["title"] === undefined ? {} : { title: text(task["title"], "task.title") }),
    dataset: text(task["dataset"], "task.dataset"),
    inputs: parseTaskInputs(task["inputs"], "task.inputs"),
    target,
    split: parseSplit(task["split"], target.kind),
    metric: oneOf(task["metric"], metricsFor(target.kind), "task.metric"),
    baseline: oneOf(
      task["baseline"] ?? BASELINES[target.kind][0],
      BASELINES[target.kind],
      "task.baseline",
    ),
    ...parseNumberOptions(task, target.kind),
    ...(task["photos"] === undefined ? {} : { photos: parsePhotos(task["photos"]) }),
    ...(task["comparables"] === undefined
      ? {}
      : { comparables: parseComparables(task["comparables"], target.kind) }),
    ...parseFamily(task),
    ...(task["slices"] === undefined ? {} : { slices: parseSlices(task["slices"]) }),
    ...(task["key"] === undefined ? {} : { key: text(task["key"], "task.key") }),
  };
  for (const column of [target.column, ...targetColumns(parsed)])
    if (parsed.inputs.some((input) => input.column === column))
      throw invalid("task.inputs", "columns other than the target's", column);
  const shown = parsed.inputs.find((input) => input.column === PHOTO_COLUMN);
  if (parsed.photos !== undefined && shown?.kind !== "image")
    throw invalid("task.inputs", `the photos as {"column": "photo", "kind": "image"}`, shown);
  return parsed;
}

function parseComparables(
  value: unknown,
  kind: Task["target"]["kind"],
): NonNullable<Task["comparables"]> {
  if (kind !== "number")
    throw invalid("task.comparables", "none where the target is no number", value);
  const comparables = record(value, "task.comparables");
  onlyMembers(comparables, ["title"], "task.comparables");
  return { title: text(comparables["title"], "task.comparables.title") };
}

function parseFamily({
  family,
  settings,
}: Record<string, unknown>): Pick<Task, "family" | "settings"> {
  if (settings !== undefined && family === undefined)
    throw invalid("task.family", "the family whose settings these are", family);
  return {
    ...(family === undefined ? {} : { family: text(family, "task.family") }),
    ...(settings === undefined
      ? {}
      : {
          settings: Object.fromEntries(
            Object.entries(record(settings, "task.settings")).map(([name, value]) => [
              name,
              setting(value, `task.settings.${name}`),
            ]),
          ),
        }),
  };
}

function parsePhotos(value: unknown): NonNullable<Task["photos"]> {
  const photos = record(value, "task.photos");
  onlyMembers(photos, ["dataset", "by"], "task.photos");
  return {
    dataset: text(photos["dataset"], "task.photos.dataset"),
    by: text(photos["by"], "task.photos.by"),
  };
}

function parseNumberOptions(
  { transform, interval }: Record<string, unknown>,
  kind: Task["target"]["kind"],
): Pick<Task, "transform" | "interval"> {
  for (const [name, value] of Object.entries({ transform, interval }))
    if (value !== undefined && kind !== "number")
      throw invalid(`task.${name}`, `none (the target is no number but ${kind})`, value);
  if (
    interval !== undefined &&
    !(typeof interval === "number" && interval >= 0.5 && interval <= 0.99)
  )
    throw invalid("task.interval", "a share of 0.5..0.99", interval);
  return {
    ...(transform === undefined
      ? {}
      : { transform: oneOf(transform, ["log1p"] as const, "task.transform") }),
    ...(interval === undefined ? {} : { interval }),
  };
}

function parseName(value: unknown): string {
  const name = text(value, "task.name");
  if (!TASK_NAME.test(name))
    throw invalid("task.name", "1..64 of a-z, 0-9, dot, dash, underscore", name);
  return name;
}

/** The inputs of a task, checked as by `parseTask`. @throws SoukError `TASK_INVALID`. */
export function parseTaskInputs(value: unknown, at: string): TaskInput[] {
  const inputs = list(value, at, MAX_INPUTS).map((item, i) => {
    const path = `${at}[${i}]`;
    const input = record(item, path);
    onlyMembers(input, ["column", "kind"], path);
    return {
      column: text(input["column"], `${path}.column`),
      kind: oneOf(input["kind"], inputKinds, `${path}.kind`),
    };
  });
  if (inputs.length === 0) throw invalid(at, "at least one input", "none");
  const columns = new Set(inputs.map((input) => input.column));
  if (columns.size !== inputs.length)
    throw invalid(at, "distinct columns", inputs.map((i) => i.column).join(", "));
  return inputs;
}

function parseTarget(value: unknown): Task["target"] {
  const target = record(value, "task.target");
  onlyMembers(target, ["column", "kind", "derive"], "task.target");
  const kind = oneOf(target["kind"], ["ordinal", "class", "number"] as const, "task.target.kind");
  return {
    column: text(target["column"], "task.target.column"),
    kind,
    ...(target["derive"] === undefined ? {} : { derive: parseDerived(target["derive"], kind) }),
  };
}

function parseDerived(value: unknown, targetKind: Task["target"]["kind"]): DerivedTarget {
  const at = "task.target.derive";
  const derive = record(value, at);
  const kind = oneOf(
    derive["kind"],
    targetKind === "number"
      ? (["sum"] as const)
      : targetKind === "class"
        ? (["groups", "path"] as const)
        : [],
    `${at}.kind`,
  );
  if (kind === "groups") {
    onlyMembers(derive, ["kind", "column", "groups"], at);
    const groups = parseGroups(derive["groups"], `${at}.groups`);
    return { kind, column: text(derive["column"], `${at}.column`), groups };
  }
  if (kind === "path") {
    onlyMembers(derive, ["kind", "column", "levels"], at);
    const { levels } = derive;
    if (
      typeof levels !== "number" ||
      !(Number.isInteger(levels) && levels >= 1 && levels <= MAX_LEVELS)
    )
      throw invalid(`${at}.levels`, `a whole number of 1..${MAX_LEVELS}`, levels);
    return { kind, column: text(derive["column"], `${at}.column`), levels };
  }
  onlyMembers(derive, ["kind", "columns"], at);
  const columns = list(derive["columns"], `${at}.columns`, MAX_DERIVED).map((item, i) =>
    text(item, `${at}.columns[${i}]`),
  );
  if (columns.length === 0 || new Set(columns).size !== columns.length)
    throw invalid(`${at}.columns`, "one or more distinct columns", columns.join(", "));
  return { kind, columns };
}

function parseGroups(value: unknown, at: string): Record<string, (string | number)[]> {
  const entries = Object.entries(record(value, at)).map(([name, items]) => {
    const path = `${at}.${text(name, at)}`;
    return [
      name,
      list(items, path, MAX_DERIVED).map((item, i) => cell(item, `${path}[${i}]`)),
    ] as const;
  });
  if (entries.length < 2 || entries.length > MAX_DERIVED)
    throw invalid(at, `2..${MAX_DERIVED} classes`, `${entries.length}`);
  const values = entries.flatMap(([, items]) => items.map(String));
  if (entries.some(([, items]) => items.length === 0) || new Set(values).size !== values.length)
    throw invalid(at, "for each class values of its own", values.join(", "));
  return Object.fromEntries(entries);
}

function parseSplit(value: unknown, targetKind: Task["target"]["kind"]): Task["split"] {
  const split = record(value, "task.split");
  onlyMembers(split, ["kind", "by", "validation", "test", "salt", "stratify"], "task.split");
  const kind = oneOf(split["kind"], splitKinds, "task.split.kind");
  const share = kind === "given" ? noShare : shareOfRows;
  const validation = share(split["validation"], "task.split.validation");
  const test = share(split["test"], "task.split.test");
  if (validation + test > 0.9)
    throw invalid("task.split", "validation + test at most 0.9", String(validation + test));
  if (kind !== "random" && split["by"] === undefined)
    throw invalid("task.split.by", `a column name (a ${kind} split needs it)`, undefined);
  const { stratify } = split;
  if (stratify !== undefined && (stratify !== true || kind !== "random" || targetKind === "number"))
    throw invalid("task.split.stratify", "true, in a random split of classes", stratify);
  return {
    kind,
    ...(split["by"] === undefined ? {} : { by: text(split["by"], "task.split.by") }),
    validation,
    test,
    ...(split["salt"] === undefined ? {} : { salt: text(split["salt"], "task.split.salt") }),
    ...(stratify === true ? { stratify } : {}),
  };
}

function parseSlices(value: unknown): string[] {
  return list(value, "task.slices", MAX_INPUTS).map((item, i) => text(item, `task.slices[${i}]`));
}

function noShare(value: unknown, path: string): number {
  if (value === undefined || value === 0) return 0;
  throw invalid(path, "0 (the rows say themselves where they belong)", value);
}

function shareOfRows(value: unknown, path: string): number {
  if (typeof value !== "number" || !(value > 0 && value < 1))
    throw invalid(path, "a share above 0 and below 1", value);
  return value;
}

function text(value: unknown, path: string): string {
  if (typeof value !== "string" || value.length === 0 || value.length > MAX_NAME)
    throw invalid(path, `text of 1..${MAX_NAME} characters`, value);
  return value;
}

function setting(value: unknown, path: string): SettingValue {
  return typeof value === "boolean" ? value : cell(value, path);
}

function cell(value: unknown, path: string): string | number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  return text(value, path);
}

function list(value: unknown, path: string, most: number): unknown[] {
  if (!Array.isArray(value)) throw invalid(path, "a list", value);
  if (value.length > most) throw invalid(path, `at most ${most} items`, `${value.length} items`);
  return value;
}

function record(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalid(path, "an object", value);
  return Object.fromEntries(Object.entries(value));
}

function oneOf<T extends string>(value: unknown, allowed: readonly T[], path: string): T {
  const found = allowed.find((item) => item === value);
  if (found === undefined) throw invalid(path, `one of ${allowed.join(", ")}`, value);
  return found;
}

function onlyMembers(
  value: Record<string, unknown>,
  allowed: readonly string[],
  path: string,
): void {
  for (const member of Object.keys(value))
    if (!allowed.includes(member))
      throw invalid(`${path}.${member}`, `no such member (known: ${allowed.join(", ")})`, "one");
}

function invalid(path: string, expected: string, got: unknown): SoukError {
  const shown = got === undefined ? "nothing" : (JSON.stringify(got) ?? typeof got).slice(0, 80);
  return new SoukError("TASK_INVALID", `${path}: expected ${expected}, got ${shown}`, {
    details: { path },
  });
}
