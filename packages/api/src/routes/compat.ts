import { Type } from "typebox";
import type { RouteContract } from "../contract.ts";
import {
  Bytes,
  Cell,
  closed,
  Id,
  InputCell,
  InputRow,
  Label,
  LongText,
  Name,
  Open,
} from "../values.ts";
import { Ingested, uploadTypes } from "./datasets.ts";

export const LabelProbability = Type.Object({ label: Label, probability: Type.Number() });

/** A table row from outside. */
const RowBody = Type.Record(Type.String(), Cell, { maxProperties: 1000 });

/** JSON, or a form with fields and a photo. */
export const formTypes = ["application/json", "multipart/form-data"] as const;

/** JSON is held whole: a photo of 12 MB as base64 at most. A form is read as a stream. */
export const JSON_LIMIT = 17 * 1024 * 1024;
export const FORM_LIMIT = 200 * 1024 * 1024;

const TextAndPhoto = {
  text: Type.Optional(LongText),
  image: Type.Optional(InputCell),
  inputs: Type.Optional(InputRow),
};

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
    summary:
      "A text, a photo or both to a label with probabilities; a form has the fields text, model, top_k, any input by its name, and the file image",
    tag: "compat",
    body: closed({
      ...TextAndPhoto,
      model: Type.Optional(Name),
      top_k: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
    }),
    contentTypes: formTypes,
    responses: {
      200: Type.Object({
        id: Id,
        model: Name,
        version: Type.Integer(),
        label: Label,
        value: Type.Optional(Type.Number()),
        low: Type.Optional(Type.Number()),
        high: Type.Optional(Type.Number()),
        probabilities: Type.Array(LabelProbability),
        text: Type.Optional(Type.Array(LabelProbability)),
        image: Type.Optional(Type.Array(LabelProbability)),
      }),
    },
    errors: "problem",
    stream: "upload",
    bodyLimit: JSON_LIMIT,
    formLimit: FORM_LIMIT,
  },
  featureEmbedding: {
    method: "POST",
    path: "/predict/feature_embedding",
    permission: "predict:run",
    summary: "A text, a photo or both to a vector of length 1; the same forms as /api/predict",
    tag: "compat",
    body: closed({ ...TextAndPhoto, model: Type.Optional(Name) }),
    contentTypes: formTypes,
    responses: {
      200: Type.Object({
        embedding: Type.Array(Type.Number()),
        dim: Type.Integer(),
        model: Name,
        version: Type.Integer(),
      }),
    },
    errors: "compat",
    stream: "upload",
    bodyLimit: JSON_LIMIT,
    formLimit: FORM_LIMIT,
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
