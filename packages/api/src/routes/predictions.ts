import { Type } from "typebox";
import type { RouteContract } from "../contract.ts";
import {
  Bytes,
  closed,
  Cursor,
  Id,
  IdParams,
  Label,
  Limit,
  Name,
  Nothing,
  pageOf,
  Time,
  Version,
} from "../values.ts";
import { LabelProbability, RowBody } from "./compat.ts";
import { uploadTypes } from "./datasets.ts";

const Prediction = Type.Object({
  id: Id,
  model: Name,
  version: Type.Integer(),
  at: Time,
  label: Label,
  value: Type.Optional(Type.Number()),
  low: Type.Optional(Type.Number()),
  high: Type.Optional(Type.Number()),
  outcome: Type.Optional(Label),
});

const TopK = Type.Integer({ minimum: 1, maximum: 100 });
const shared = { tag: "predictions", errors: "problem" } as const;

/** Answers: asked for, looked up, and told how they turned out. */
export const predictionRoutes = {
  predictRows: {
    ...shared,
    method: "POST",
    path: "/api/v1/models/:name/predict",
    permission: "predict:run",
    summary: "Predict rows; each prediction is stored under its id",
    params: closed({ name: Name }),
    body: closed({
      rows: Type.Array(RowBody, { minItems: 1, maxItems: 10_000 }),
      version: Type.Optional(Version),
      alias: Type.Optional(Name),
      topK: Type.Optional(TopK),
    }),
    responses: {
      200: Type.Object({
        model: Name,
        version: Type.Integer(),
        ids: Type.Array(Id),
        predictions: Type.Array(
          Type.Object({
            label: Label,
            value: Type.Optional(Type.Number()),
            low: Type.Optional(Type.Number()),
            high: Type.Optional(Type.Number()),
            top: Type.Optional(Type.Array(LabelProbability)),
          }),
        ),
      }),
    },
    bodyLimit: 16 * 1024 * 1024,
  },
  predictFile: {
    ...shared,
    method: "POST",
    path: "/api/v1/models/:name/predict-file",
    permission: "predict:run",
    summary: "Predict every row of a JSON Lines, CSV or TSV file; JSON Lines out, while it is read",
    params: closed({ name: Name }),
    query: closed({
      format: Type.Optional(Type.Enum(["jsonl", "csv", "tsv"])),
      version: Type.Optional(Version),
      alias: Type.Optional(Name),
      topK: Type.Optional(TopK),
    }),
    body: Bytes,
    contentTypes: uploadTypes,
    responses: { 200: Bytes },
    responseType: "application/x-ndjson",
    stream: "both",
  },
  listPredictions: {
    ...shared,
    method: "GET",
    path: "/api/v1/predictions",
    permission: "predictions:read",
    summary: "Stored predictions, newest first",
    query: closed({
      model: Type.Optional(Name),
      version: Type.Optional(Version),
      limit: Type.Optional(Limit),
      cursor: Type.Optional(Cursor),
    }),
    responses: { 200: pageOf(Prediction) },
  },
  getPrediction: {
    ...shared,
    method: "GET",
    path: "/api/v1/predictions/:id",
    permission: "predictions:read",
    summary: "One stored prediction with its outcome",
    params: IdParams,
    responses: { 200: Prediction },
  },
  recordOutcome: {
    ...shared,
    method: "POST",
    path: "/api/v1/predictions/:id/outcome",
    permission: "outcomes:write",
    summary: "How a prediction turned out",
    params: IdParams,
    body: closed({
      value: Type.Union([
        Type.String({ maxLength: 1000 }),
        Type.Number({ minimum: -1e300, maximum: 1e300 }),
      ]),
      at: Type.Optional(Time),
    }),
    responses: { 204: Nothing },
  },
} as const satisfies Record<string, RouteContract>;
