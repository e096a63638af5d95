import { Type } from "typebox";
import type { RouteContract } from "../contract.ts";
import { closed, Limit, Name, NameParams, Open, Time, Version } from "../values.ts";

const Checks = Type.Object({ items: Type.Array(Open) });
const CheckOutcome = Type.Object({
  at: Time,
  dataset: Name,
  version: Type.Integer(),
  passed: Type.Boolean(),
  results: Type.Array(Open),
});
const Column = Type.String({ minLength: 1, maxLength: 128 });
const Day = Type.String({ minLength: 4, maxLength: 40, pattern: "^[0-9][0-9T:.Z+ -]*$" });
const Side = closed({
  version: Type.Optional(Version),
  period: Type.Optional(closed({ column: Column, from: Day, to: Day })),
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
    responses: { 200: Open },
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
    responses: { 200: Open },
  },
} as const satisfies Record<string, RouteContract>;
