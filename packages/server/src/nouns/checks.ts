import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, errorCode, SoukError, writeFileAtomic } from "@souk/core";
import {
  type Check,
  checkDatasetName,
  type CheckRun,
  checksPassed,
  openCheckHistory,
  profile,
  runChecks,
  type SqlRunner,
  suggestChecks,
} from "@souk/lake";
import { type TProperties, Type } from "typebox";
import { Value } from "typebox/value";
import type { ChecksNoun } from "../souk-interface.ts";
import type { CheckOutcome, SoukEvent } from "../souk-values.ts";

const column = Type.String({ minLength: 1, maxLength: 200 });
const share = Type.Optional(Type.Number({ minimum: 0, maximum: 1 }));
const bound = Type.Optional(Type.Union([Type.Number(), Type.String({ maxLength: 200 })]));

function kind<Name extends string, Members extends TProperties>(name: Name, members: Members) {
  const severity = Type.Optional(Type.Union([Type.Literal("error"), Type.Literal("warning")]));
  return Type.Object(
    { kind: Type.Literal(name), severity, ...members },
    { additionalProperties: false },
  );
}

const CheckSchema = Type.Union([
  kind("rowCount", { min: Type.Optional(Type.Number()), max: Type.Optional(Type.Number()) }),
  kind("type", { column, type: Type.String({ maxLength: 100 }) }),
  kind("range", { column, min: bound, max: bound, share }),
  kind("inSet", {
    column,
    values: Type.Array(Type.Union([Type.String({ maxLength: 1000 }), Type.Number()]), {
      maxItems: 10_000,
    }),
    share,
  }),
  kind("unique", { columns: Type.Array(column, { minItems: 1, maxItems: 100 }) }),
  kind("complete", { column, share }),
  kind("regex", { column, regex: Type.String({ minLength: 1, maxLength: 1000 }), share }),
  kind("foreignKey", { column, dataset: column, otherColumn: column, share }),
  kind("monotone", { column, orderBy: column }),
  kind("freshness", { column, maxAgeMs: Type.Number({ exclusiveMinimum: 0 }) }),
]);
const CheckList = Type.Array(CheckSchema, { maxItems: 1000 });

/** What the checks noun stands on. */
export interface ChecksOptions {
  readonly runner: SqlRunner;
  readonly dataDirectory: string;
  readonly clock: Clock;
  readonly publish: (event: SoukEvent) => void;
}

/** The checks of each dataset, kept in `<data>/checks/<dataset>.json`; while none are kept, those its profile suggests. */
export function createChecks({ runner, dataDirectory, clock, publish }: ChecksOptions): ChecksNoun {
  const pathOf = (dataset: string): string =>
    join(dataDirectory, "checks", `${checkDatasetName(dataset)}.json`);
  const history = (dataset: string) =>
    openCheckHistory(join(dataDirectory, "lake"), checkDatasetName(dataset), { clock });

  async function suggest(
    dataset: string,
    options?: { signal?: AbortSignal },
  ): Promise<readonly Check[]> {
    return suggestChecks(await profile(runner, dataset, options));
  }

  return {
    get: (dataset) => readChecks(pathOf(dataset)),
    async put(dataset, checks) {
      const parsed = parseChecks(checks);
      await writeFileAtomic(pathOf(dataset), `${JSON.stringify(parsed, null, 2)}\n`);
      return parsed;
    },
    suggest,
    async run(dataset, { signal } = {}) {
      const kept = await readChecks(pathOf(dataset));
      const checks = kept.length > 0 ? kept : await suggest(dataset, { signal });
      const results = await runChecks(runner, dataset, checks, { clock, signal });
      const { versions } = await runner.run(`select count(*) from "${checkDatasetName(dataset)}"`, {
        signal,
      });
      const run = await history(dataset).add({ version: versions[dataset] ?? 0, results });
      const outcome = outcomeOf(dataset, run);
      publish({
        kind: "check",
        at: run.at,
        data: { dataset, version: run.version, passed: outcome.passed },
      });
      return outcome;
    },
    async history(dataset, options) {
      return (await history(dataset).list(options)).map((run) => outcomeOf(dataset, run));
    },
  };
}

function outcomeOf(dataset: string, { at, version, results }: CheckRun): CheckOutcome {
  return { at, dataset, version, passed: checksPassed(results), results };
}

async function readChecks(path: string): Promise<readonly Check[]> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    if (errorCode(cause) === "ENOENT") return "[]";
    throw cause;
  });
  return parseChecks(JSON.parse(text));
}

function parseChecks(value: unknown): readonly Check[] {
  if (Value.Check(CheckList, value)) return value;
  const position = Array.isArray(value)
    ? value.findIndex((check) => !Value.Check(CheckSchema, check))
    : -1;
  const kinds = CheckSchema.anyOf.map((schema) => schema.properties.kind.const).join(", ");
  throw new SoukError(
    "LAKE_CHECK_INVALID",
    `expected a list of checks of the kinds ${kinds}, each with its own members; check number ${position + 1} is not one`,
  );
}
