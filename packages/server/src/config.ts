import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { errorCode, errorMessage, SoukError } from "@souk/core";
import { checkShape, cleaningRuleNames, columnTypes, type DatasetShape } from "@souk/lake";
import {
  builtInForecasts,
  builtInTasks,
  type ForecastTask,
  parseForecastTask,
  parseTask,
  type Task,
} from "@souk/models";
import { type Static, Type } from "typebox";
import { Value } from "typebox/value";
import type { SoukHttpConfig } from "./souk-interface.ts";

/** `<data>/souk.json`: what a shop says about itself. Every member may be left out. */
export interface SoukConfig {
  /** Built-in tasks and the shop's own, by name. */
  readonly tasks: Readonly<Record<string, Task>>;
  /** Built-in forecasts and the shop's own, by name; no name is also that of a task. */
  readonly forecasts: Readonly<Record<string, ForecastTask>>;
  /** Shapes of the shop's own tables, by dataset name; known shapes need none. */
  readonly datasets: Readonly<Record<string, DatasetShape>>;
  /** Folders of pretrained weights, by name; a relative path starts at the data directory. */
  readonly pretrained: Readonly<Record<string, string>>;
  /** `allowPrivate`: lists of photos may name servers of the network this one is in. Default false. */
  readonly photos: { readonly allowPrivate?: boolean };
  readonly http: SoukHttpConfig;
  /** Limits of one SQL statement: milliseconds, rows, and DuckDB memory such as "1GB". */
  readonly sql: { readonly timeMs?: number; readonly rows?: number; readonly memory?: string };
  /** Rules a version must pass before it becomes champion. */
  readonly gate: {
    readonly minimum?: number;
    readonly mustBeatBaseline?: boolean;
    readonly mustBeatIncumbent?: boolean;
  };
}

const positive = Type.Number({ exclusiveMinimum: 0 });

const names = Type.Array(Type.String({ maxLength: 200 }), { maxItems: 1000 });

const ShapeFile = Type.Object(
  {
    name: Type.String({ maxLength: 63 }),
    columns: Type.Array(
      Type.Object(
        {
          name: Type.String({ maxLength: 200 }),
          type: Type.Enum([...columnTypes]),
          nullable: Type.Optional(Type.Boolean()),
          min: Type.Optional(Type.Number()),
          max: Type.Optional(Type.Number()),
          oneOf: Type.Optional(names),
          maxLength: Type.Optional(positive),
          default: Type.Optional(Type.Union([Type.String(), Type.Number()])),
          clean: Type.Optional(
            Type.Array(Type.Enum([...cleaningRuleNames]), {
              maxItems: 50,
            }),
          ),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 1000 },
    ),
    key: Type.Optional(names),
    partitionBy: Type.Optional(names),
    yearOf: Type.Optional(Type.String({ maxLength: 200 })),
    description: Type.Optional(Type.String({ maxLength: 2000 })),
  },
  { additionalProperties: false },
);

const ConfigFile = Type.Object(
  {
    tasks: Type.Optional(Type.Array(Type.Unknown(), { maxItems: 1000 })),
    forecasts: Type.Optional(Type.Array(Type.Unknown(), { maxItems: 1000 })),
    datasets: Type.Optional(Type.Array(ShapeFile, { maxItems: 1000 })),
    pretrained: Type.Optional(
      Type.Record(
        Type.String({ pattern: "^[a-z0-9][a-z0-9._-]{0,63}$" }),
        Type.String({ minLength: 1, maxLength: 4096 }),
      ),
    ),
    photos: Type.Optional(
      Type.Object({ allowPrivate: Type.Optional(Type.Boolean()) }, { additionalProperties: false }),
    ),
    http: Type.Optional(
      Type.Object(
        {
          defaultModel: Type.Optional(Type.String({ maxLength: 200 })),
          corsOrigins: Type.Optional(
            Type.Array(Type.String({ maxLength: 500 }), { maxItems: 100 }),
          ),
          maxUploadBytes: Type.Optional(positive),
          requestsPerMinute: Type.Optional(positive),
          trustProxy: Type.Optional(Type.Boolean()),
        },
        { additionalProperties: false },
      ),
    ),
    sql: Type.Optional(
      Type.Object(
        {
          timeMs: Type.Optional(positive),
          rows: Type.Optional(positive),
          memory: Type.Optional(Type.String({ pattern: "^[0-9]+(MB|GB)$" })),
        },
        { additionalProperties: false },
      ),
    ),
    gate: Type.Optional(
      Type.Object(
        {
          minimum: Type.Optional(Type.Number()),
          mustBeatBaseline: Type.Optional(Type.Boolean()),
          mustBeatIncumbent: Type.Optional(Type.Boolean()),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);

/**
 * Reads `<dataDirectory>/souk.json`; a directory without one has the built-in tasks and the defaults.
 * @throws SoukError `CONFIG_INVALID` naming the member and what was expected.
 */
export async function readConfig(dataDirectory: string): Promise<SoukConfig> {
  const path = join(dataDirectory, "souk.json");
  const file = checkFile(path, await readJson(path));
  const tasks = (file.tasks ?? []).map((task) => parseTask(task));
  const forecasts = (file.forecasts ?? []).map((task) => parseForecastTask(task));
  requireOwnNames(path, tasks, forecasts);
  const shapes = (file.datasets ?? []).map((shape) => checkShape(shape));
  return {
    tasks: { ...builtInTasks, ...byName(tasks) },
    forecasts: { ...builtInForecasts, ...byName(forecasts) },
    datasets: Object.fromEntries(shapes.map((shape) => [shape.name, shape])),
    pretrained: Object.fromEntries(
      Object.entries(file.pretrained ?? {}).map(([name, folder]) => [
        name,
        resolve(dataDirectory, folder),
      ]),
    ),
    photos: file.photos ?? {},
    http: file.http ?? {},
    sql: file.sql ?? {},
    gate: file.gate ?? {},
  };
}

function byName<T extends { readonly name: string }>(declared: readonly T[]): Record<string, T> {
  return Object.fromEntries(declared.map((one) => [one.name, one]));
}

/** A model is named like its task: one name cannot be of two. */
function requireOwnNames(
  path: string,
  tasks: readonly Task[],
  forecasts: readonly ForecastTask[],
): void {
  const names = new Set([...Object.keys(builtInTasks), ...tasks.map(({ name }) => name)]);
  const taken =
    forecasts.find(({ name }) => names.has(name)) ??
    tasks.find(({ name }) => Object.hasOwn(builtInForecasts, name));
  if (taken !== undefined)
    throw new SoukError(
      "CONFIG_INVALID",
      `${path}: expected a name of its own for each task and forecast, got "${taken.name}" for both`,
    );
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    if (errorCode(cause) === "ENOENT") return "{}";
    throw new SoukError("CONFIG_INVALID", `${path}: cannot be read: ${errorMessage(cause)}`, {
      cause,
    });
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SoukError("CONFIG_INVALID", `${path}: expected JSON: ${errorMessage(cause)}`, {
      cause,
    });
  }
}

function checkFile(path: string, value: unknown): Static<typeof ConfigFile> {
  if (Value.Check(ConfigFile, value)) return value;
  const [first] = Value.Errors(ConfigFile, value);
  throw new SoukError(
    "CONFIG_INVALID",
    `${path}: ${first?.instancePath || "the file"} ${first?.message ?? "is malformed"}`,
  );
}
