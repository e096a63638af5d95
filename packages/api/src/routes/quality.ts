import { Type } from "typebox";
import type { RouteContract } from "../contract.ts";
import { closed, Count, Limit, Name, NameParams, Open, Time, Version } from "../values.ts";

const Fact = Type.Union([Type.Number(), Type.String(), Type.Null()]);
const severities = Type.Enum(["error", "warning"]);
/** `kind` says which members it has besides: see `Check` of the lake. */
const Check = Type.Object(
  { kind: Type.String(), severity: Type.Optional(severities) },
  { additionalProperties: true },
);
const Checks = Type.Object({ items: Type.Array(Check) });
const CheckResult = Type.Object({
  check: Check,
  severity: severities,
  passed: Type.Boolean(),
  observed: Type.String(),
  expected: Type.String(),
  message: Type.String(),
});
const CheckOutcome = Type.Object({
  at: Time,
  dataset: Name,
  version: Type.Integer(),
  passed: Type.Boolean(),
  results: Type.Array(CheckResult),
});
const Profile = Type.Object({
  dataset: Name,
  version: Type.Integer(),
  rows: Count,
  columns: Type.Array(
    Type.Object({
      name: Type.String(),
      type: Type.String(),
      kind: Type.Enum(["number", "category", "text", "id", "time", "boolean", "empty"]),
      missing: Count,
      completeness: Type.Number(),
      distinct: Type.Number(),
      distinctExact: Type.Boolean(),
      min: Fact,
      max: Fact,
      mean: Type.Optional(Type.Number()),
      deviation: Type.Optional(Type.Number()),
      quantiles: Type.Optional(Type.Record(Type.String(), Type.Number())),
      length: Type.Optional(
        Type.Object({ min: Type.Number(), mean: Type.Number(), max: Type.Number() }),
      ),
      top: Type.Array(Type.Object({ value: Type.String(), count: Count })),
      pattern: Type.Optional(Type.String()),
    }),
  ),
});
const kinds = Type.Enum(["number", "category", "text"]);
const Both = Type.Object({ from: Type.Number(), to: Type.Number() });
const Drift = Type.Object({
  dataset: Name,
  rows: Both,
  columns: Type.Array(
    Type.Object({
      name: Type.String(),
      kind: kinds,
      method: Type.String(),
      statistic: Type.Number(),
      /** After Benjamini-Hochberg over all columns; null for text. */
      pValue: Type.Union([Type.Number(), Type.Null()]),
      effect: Type.Number(),
      drifted: Type.Boolean(),
      measures: Type.Record(Type.String(), Type.Number()),
      missing: Both,
      message: Type.String(),
    }),
  ),
  skipped: Type.Array(Type.Object({ name: Type.String(), reason: Type.String() })),
  drifted: Type.Boolean(),
  verdict: Type.String(),
});
const Comparison = Type.Object({
  dataset: Name,
  column: Type.String(),
  kind: kinds,
  rows: Both,
  /** Rows with a value. */
  filled: Both,
  /** Shares of both sides, by category, word or bin. */
  cells: Type.Array(Type.Object({ label: Type.String(), from: Type.Number(), to: Type.Number() })),
});
const Column = Type.String({ minLength: 1, maxLength: 128 });
const Day = Type.String({ minLength: 4, maxLength: 40, pattern: "^[0-9][0-9T:.Z+ -]*$" });
const Side = closed({
  version: Type.Optional(Version),
  period: Type.Optional(closed({ column: Column, from: Day, to: Day })),
});

const NamedSide = { label: Type.String(), side: Side, rows: Count };
const Timeline = Type.Object({
  dataset: Name,
  by: Type.Enum(["version", "day", "week", "month", "quarter", "year"]),
  reference: Type.Object(NamedSide),
  steps: Type.Array(Type.Object(NamedSide)),
  columns: Type.Array(
    Type.Object({
      name: Type.String(),
      kind: kinds,
      /** One for each step. */
      cells: Type.Array(
        Type.Object({
          /** Population stability index; null where the step has nothing to compare. */
          value: Type.Union([Type.Number(), Type.Null()]),
          /** What the index is on average when nothing moved. */
          chance: Type.Number(),
          /** Chi-squared, after Benjamini-Hochberg over the whole map; null for text. */
          pValue: Type.Union([Type.Number(), Type.Null()]),
          missing: Type.Number(),
          drifted: Type.Boolean(),
        }),
      ),
    }),
  ),
  skipped: Type.Array(Type.Object({ name: Type.String(), reason: Type.String() })),
  drifted: Type.Boolean(),
  verdict: Type.String(),
});

const shared = { tag: "quality", errors: "problem" } as const;

/** Is the data what it should be, and is it still what it was. */
export const qualityRoutes = {
  profileDataset: {
    ...shared,
    method: "GET",
    path: "/api/v1/datasets/:name/profile",
    permission: "datasets:read",
    summary: "Facts about each column",
    params: NameParams,
    query: closed({ version: Type.Optional(Version) }),
    responses: { 200: Profile },
  },
  getChecks: {
    ...shared,
    method: "GET",
    path: "/api/v1/datasets/:name/checks",
    permission: "datasets:read",
    summary: "The checks of a dataset",
    params: NameParams,
    responses: { 200: Checks },
  },
  putChecks: {
    ...shared,
    method: "PUT",
    path: "/api/v1/datasets/:name/checks",
    permission: "checks:write",
    summary: "Replace the checks of a dataset",
    params: NameParams,
    body: closed({ items: Type.Array(Open, { maxItems: 1000 }) }),
    responses: { 200: Checks },
  },
  suggestChecks: {
    ...shared,
    method: "GET",
    path: "/api/v1/datasets/:name/checks/suggestions",
    permission: "datasets:read",
    summary: "Checks that the data of today suggests",
    params: NameParams,
    responses: { 200: Checks },
  },
  runChecks: {
    ...shared,
    method: "POST",
    path: "/api/v1/datasets/:name/checks/run",
    permission: "checks:run",
    summary: "Run the checks and remember the outcome",
    params: NameParams,
    responses: { 200: CheckOutcome },
  },
  checkHistory: {
    ...shared,
    method: "GET",
    path: "/api/v1/datasets/:name/checks/history",
    permission: "datasets:read",
    summary: "Outcomes of the checks, newest first",
    params: NameParams,
    query: closed({ limit: Type.Optional(Limit) }),
    responses: { 200: Type.Object({ items: Type.Array(CheckOutcome) }) },
  },
  driftDataset: {
    ...shared,
    method: "POST",
    path: "/api/v1/datasets/:name/drift",
    permission: "checks:run",
    summary: "Has the data moved between two versions or periods: tests by column and a verdict",
    params: NameParams,
    body: closed({
      from: Side,
      to: Side,
      columns: Type.Optional(Type.Array(Column, { minItems: 1, maxItems: 1000 })),
    }),
    responses: { 200: Drift },
  },
  driftTimeline: {
    ...shared,
    method: "POST",
    path: "/api/v1/datasets/:name/drift/timeline",
    permission: "checks:run",
    summary:
      "When did which column move: each in every period of a column of dates, or in every version, against one reference",
    params: NameParams,
    body: closed({
      /** The column of dates; absent: versions. */
      by: Type.Optional(Column),
      /** Default: the finest of which there are at most 24. */
      unit: Type.Optional(Type.Enum(["day", "week", "month", "quarter", "year"])),
      /** Default: the first quarter of the periods, or the first version with rows. */
      reference: Type.Optional(Side),
    }),
    responses: { 200: Timeline },
  },
  compareColumn: {
    ...shared,
    method: "POST",
    path: "/api/v1/datasets/:name/drift/column",
    permission: "checks:run",
    summary: "The two distributions of one column, as shares by category, word or bin",
    params: NameParams,
    body: closed({ from: Side, to: Side, column: Column, kind: kinds }),
    responses: { 200: Comparison },
  },
} as const satisfies Record<string, RouteContract>;
