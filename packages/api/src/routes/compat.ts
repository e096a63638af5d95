import { Type } from "typebox";
import type { RouteContract } from "../contract.ts";
import { Bytes, Cell, closed, Id, Label, LongText, Name, Open } from "../values.ts";
import { Ingested, uploadTypes } from "./datasets.ts";

export const LabelProbability = Type.Object({ label: Label, probability: Type.Number() });

/** A table row from outside. */
export const RowBody = Type.Record(Type.String(), Cell, { maxProperties: 1000 });

/** The shapes shops already send to hand-built services. */
export const compatRoutes = {
  predictNumber: {
    method: "POST",
    path: "/predict",
    permission: "predict:run",
    summary: "One text to one number, from the default model",
    tag: "compat",
    body: Type.Object({ text: Type.Optional(LongText) }, { additionalProperties: false }),
    responses: { 200: Type.Object({ prediction: Type.Array(Type.Array(Type.Number())) }) },
    errors: "compat",
  },
  invocations: {
    method: "POST",
    path: "/invocations",
    permission: "predict:run",
    summary: "JSON Lines of features in, JSON Lines of labels out, from the default text model",
    tag: "compat",
    query: closed({ model: Type.Optional(Name) }),
    body: Type.Object({ features: Type.Array(LongText, { minItems: 1, maxItems: 100 }) }),
    contentTypes: ["application/jsonlines", "application/x-ndjson", "application/json"],
    responses: { 200: Type.Object({ predicted_label: Label }) },
    responseType: "application/jsonlines",
    errors: "compat",
    bodyLimit: 6 * 1024 * 1024,
  },
  predictText: {
    method: "POST",
    path: "/api/predict",
    permission: "predict:run",
    summary: "One text to a label with probabilities; the prediction is stored under its id",
    tag: "compat",
    body: closed({
      text: Type.String({ minLength: 1, maxLength: 100_000 }),
      model: Type.Optional(Name),
      top_k: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
    }),
    responses: {
      200: Type.Object({
        id: Id,
        model: Name,
        version: Type.Integer(),
        label: Label,
        value: Type.Optional(Type.Number()),
        probabilities: Type.Array(LabelProbability),
      }),
    },
    errors: "problem",
  },
  dataIngest: {
    method: "POST",
    path: "/api/data-ingest",
    permission: "ingest:compat",
    summary: "Rows as JSON, or a file as multipart or as the body itself, into a dataset",
    tag: "compat",
    query: closed({
      dataset: Type.Optional(Name),
      format: Type.Optional(Type.Enum(["tsv", "csv", "jsonl", "parquet"])),
      mode: Type.Optional(Type.Enum(["append", "upsert"])),
      batchId: Type.Optional(Id),
      fileName: Type.Optional(Type.String({ maxLength: 255 })),
    }),
    body: Type.Union([
      closed({ dataset: Name, rows: Type.Array(RowBody, { minItems: 1, maxItems: 100_000 }) }),
      Bytes,
    ]),
    contentTypes: ["application/json", "multipart/form-data", ...uploadTypes],
    responses: { 200: Ingested },
    errors: "problem",
    stream: "upload",
  },
  monitor: {
    method: "GET",
    path: "/api/monitor",
    permission: "monitor:read",
    summary: "Health, and counts, latencies and accuracy of each served model",
    tag: "compat",
    responses: {
      200: Type.Object({
        status: Type.String(),
        ready: Type.Boolean(),
        reasons: Type.Array(Type.String()),
        version: Type.String(),
        uptimeSeconds: Type.Number(),
        models: Type.Array(
          Type.Object({
            model: Name,
            version: Type.Integer(),
            aliases: Type.Array(Type.String()),
            state: Type.String(),
            error: Type.Optional(Type.String()),
          }),
        ),
        stats: Open,
      }),
    },
    errors: "problem",
  },
} as const satisfies Record<string, RouteContract>;
