import { Type } from "typebox";
import type { RouteContract } from "../contract.ts";
import { closed, Id, Nothing, Time, Words } from "../values.ts";
import { SqlAnswer, SqlText } from "./sql.ts";

const Column = Type.String({ minLength: 1, maxLength: 500 });

/** How an answer is drawn: a kind, and which columns it takes. */
const SavedChart = closed({
  kind: Type.Enum([
    "bar",
    "stacked-bar",
    "share-bar",
    "line",
    "scatter",
    "histogram",
    "table",
    "number",
  ]),
  x: Type.Optional(Column),
  y: Type.Optional(Column),
  series: Type.Optional(Column),
});

const Title = Type.String({ minLength: 1, maxLength: 200, pattern: String.raw`\S` });

const SavedQuestion = Type.Object({
  id: Id,
  title: Title,
  /** What the answer is good for. */
  why: Type.String(),
  sql: SqlText,
  chart: SavedChart,
  /** Shown on Home. */
  pinned: Type.Boolean(),
  /** Who saved it. */
  by: Type.String(),
  createdAt: Time,
});

const shared = { tag: "sql", errors: "problem" } as const;
const params = closed({ id: Id });

/** Questions people asked in SQL and kept, with their charts: everybody in the shop sees them. */
export const savedQuestionRoutes = {
  listSavedQuestions: {
    ...shared,
    method: "GET",
    path: "/api/v1/saved-questions",
    permission: "datasets:read",
    summary: "The questions people saved, newest first",
    responses: { 200: Type.Object({ items: Type.Array(SavedQuestion) }) },
  },
  saveQuestion: {
    ...shared,
    method: "POST",
    path: "/api/v1/saved-questions",
    permission: "sql:run",
    summary: "Keep a statement and its chart under a title",
    body: closed({
      title: Title,
      why: Type.Optional(Words),
      sql: SqlText,
      chart: Type.Optional(SavedChart),
      pinned: Type.Optional(Type.Boolean()),
    }),
    responses: { 201: SavedQuestion },
  },
  answerSavedQuestion: {
    ...shared,
    method: "GET",
    path: "/api/v1/saved-questions/:id/answer",
    permission: "datasets:read",
    summary: "Answer a saved question, also for those who may not write SQL",
    params,
    responses: { 200: Type.Object({ question: SavedQuestion, result: SqlAnswer }) },
  },
  changeSavedQuestion: {
    ...shared,
    method: "PATCH",
    path: "/api/v1/saved-questions/:id",
    permission: "sql:run",
    summary:
      "Give a saved question another title, or pin it to Home; its owner or an administrator",
    params,
    body: closed({ title: Type.Optional(Title), pinned: Type.Optional(Type.Boolean()) }),
    responses: { 200: SavedQuestion },
  },
  removeSavedQuestion: {
    ...shared,
    method: "DELETE",
    path: "/api/v1/saved-questions/:id",
    permission: "sql:run",
    summary: "Forget a saved question; its owner or an administrator",
    params,
    responses: { 204: Nothing },
  },
} as const satisfies Record<string, RouteContract>;
