import { Type } from "typebox";
import type { RouteContract } from "../contract.ts";
import { Bytes, closed, Count, Open, Version } from "../values.ts";

/** One statement, as it is sent. */
export const SqlText = Type.String({ minLength: 1, maxLength: 100_000 });

export const SqlAnswer = Type.Object({
  columns: Type.Array(Type.Object({ name: Type.String(), type: Type.String() })),
  rows: Type.Array(Type.Array(Type.Unknown())),
  rowCount: Count,
  truncated: Type.Boolean(),
  elapsedMs: Type.Number(),
  versions: Type.Record(Type.String(), Type.Number()),
});

const Question = Type.Object({
  id: Type.Integer(),
  slug: Type.String(),
  title: Type.String(),
  why: Type.String(),
  statements: Type.Array(Type.Object({ name: Type.String(), sql: Type.String(), chart: Open })),
});

const QuestionParams = closed({
  question: Type.String({ minLength: 1, maxLength: 128, pattern: "^[a-z0-9][a-z0-9-]*$" }),
});
const ChartQuery = closed({
  statement: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
});

const shared = { tag: "sql", errors: "problem" } as const;
const charting = {
  ...shared,
  method: "GET",
  permission: "datasets:read",
  params: QuestionParams,
  query: ChartQuery,
  responses: { 200: Bytes },
  stream: "download",
} as const;

/** Ask the lake: free SQL, and the questions saved with it. */
export const sqlRoutes = {
  runSql: {
    ...shared,
    method: "POST",
    path: "/api/v1/sql",
    permission: "sql:run",
    summary: "One read-only statement over the datasets; hanging up cancels it",
    body: closed({
      sql: SqlText,
      /** Default 10,000; 16 MiB of answer are the end in any case. */
      maxRows: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
      timeMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 120_000 })),
      versions: Type.Optional(Type.Record(Type.String(), Version, { maxProperties: 100 })),
    }),
    responses: { 200: SqlAnswer },
  },
  listQuestions: {
    ...shared,
    method: "GET",
    path: "/api/v1/questions",
    permission: "datasets:read",
    summary: "The saved questions with their SQL and charts",
    responses: { 200: Type.Object({ items: Type.Array(Question) }) },
  },
  runQuestion: {
    ...shared,
    method: "GET",
    path: "/api/v1/questions/:question",
    permission: "datasets:read",
    summary: "Answer a question, by number or slug",
    params: QuestionParams,
    responses: {
      200: Type.Object({
        question: Question,
        results: Type.Array(Type.Object({ name: Type.String(), result: SqlAnswer })),
      }),
    },
  },
  questionSvg: {
    ...charting,
    path: "/api/v1/questions/:question/chart.svg",
    summary: "The answer as a drawing",
    responseType: "image/svg+xml",
  },
  questionPng: {
    ...charting,
    path: "/api/v1/questions/:question/chart.png",
    summary: "The answer as a picture",
    responseType: "image/png",
  },
} as const satisfies Record<string, RouteContract>;
