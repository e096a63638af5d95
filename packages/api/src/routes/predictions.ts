import { Type } from "typebox";
import type { RouteContract } from "../contract.ts";
import {
  Bytes,
  closed,
  Cursor,
  Id,
  IdParams,
  InputRow,
  Label,
  Limit,
  Name,
  Nothing,
  Open,
  pageOf,
  Time,
  Version,
} from "../values.ts";
import { FORM_LIMIT, formTypes, JSON_LIMIT, LabelProbability } from "./compat.ts";
import { uploadTypes } from "./datasets.ts";

/** SHA-256 of inputs as JSON with sorted names. */
const InputHash = Type.String({ minLength: 64, maxLength: 64, pattern: "^[0-9a-f]{64}$" });

/** The likeliest labels, and those of the text alone and of the photo alone, where they were asked for. */
const Likelihoods = {
  top: Type.Optional(Type.Array(LabelProbability)),
  parts: Type.Optional(
    Type.Object({ text: Type.Array(LabelProbability), image: Type.Array(LabelProbability) }),
  ),
};

const Prediction = Type.Object({
  id: Id,
  model: Name,
  version: Type.Integer(),
  at: Time,
  label: Label,
  value: Type.Optional(Type.Number()),
  low: Type.Optional(Type.Number()),
  high: Type.Optional(Type.Number()),
  ...Likelihoods,
  outcome: Type.Optional(Label),
  inputHash: Type.Optional(InputHash),
  /** The inputs by name, where they are kept; a photo by its hash. */
  input: Type.Optional(Open),
  principal: Type.Optional(Type.String()),
});

const Which = { version: Type.Optional(Version), alias: Type.Optional(Name) };

/** Contributions are of the label's logit, or of the number as it is learnt. */
const Explained = Type.Object({
  model: Name,
  version: Type.Integer(),
  label: Type.Optional(Label),
  score: Type.Number(),
  tokens: Type.Array(
    Type.Object({
      input: Type.String(),
      text: Type.String(),
      from: Type.Integer(),
      to: Type.Integer(),
      contribution: Type.Number(),
    }),
  ),
  features: Type.Array(
    Type.Object({
      input: Type.String(),
      value: Type.Union([Type.String(), Type.Number(), Type.Null()]),
      contribution: Type.Number(),
    }),
  ),
  /** `heat` row by row, [height, width]. */
  images: Type.Array(
    Type.Object({
      input: Type.String(),
      width: Type.Integer(),
      height: Type.Integer(),
      heat: Type.Array(Type.Number()),
    }),
  ),
});

const Correction = Type.Object({
  id: Id,
  model: Name,
  predictionId: Type.Optional(Id),
  inputHash: Type.String(),
  input: Open,
  label: Label,
  by: Type.Optional(Type.String()),
  at: Time,
  replacedBy: Type.Optional(Id),
});

/** A label or number from outside. */
const GivenLabel = Type.Union([
  Type.String({ minLength: 1, maxLength: 1000 }),
  Type.Number({ minimum: -1e300, maximum: 1e300 }),
]);

const Served = Type.Object({
  model: Name,
  version: Type.Integer(),
  family: Type.String(),
  task: Type.String(),
  title: Type.Optional(Type.String()),
  dataset: Type.Optional(Name),
  inputs: Type.Array(
    Type.Object({ name: Type.String(), kind: Type.String(), required: Type.Boolean() }),
  ),
  output: Type.Object({ name: Type.String(), kind: Type.String() }),
  /** In the order of probabilities; none for a number. */
  labels: Type.Optional(Type.Array(Label)),
  /** The share of answers whose bounds hold the truth, where the model gives bounds. */
  level: Type.Optional(Type.Number()),
  /** True when it can name training rows like a row. */
  comparables: Type.Boolean(),
});

const TopK = Type.Integer({ minimum: 1, maximum: 100 });
const shared = { tag: "predictions", errors: "problem" } as const;

/** Answers: asked for, looked up, and told how they turned out. */
export const predictionRoutes = {
  listServed: {
    ...shared,
    method: "GET",
    path: "/api/v1/served",
    permission: "models:read",
    summary: "The champions that answer now: what each takes and what it answers with",
    responses: { 200: Type.Object({ items: Type.Array(Served) }) },
  },
  predictRows: {
    ...shared,
    method: "POST",
    path: "/api/v1/models/:name/predict",
    permission: "predict:run",
    summary: "Predict rows; each prediction is stored under its id",
    params: closed({ name: Name }),
    body: closed({
      rows: Type.Array(InputRow, { minItems: 1, maxItems: 10_000 }),
      ...Which,
      topK: Type.Optional(TopK),
      parts: Type.Optional(Type.Boolean()),
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
            ...Likelihoods,
          }),
        ),
      }),
    },
    bodyLimit: JSON_LIMIT,
  },
  embedRows: {
    ...shared,
    method: "POST",
    path: "/api/v1/models/:name/embed",
    permission: "predict:run",
    summary: "A vector of length 1 for each row; nothing is stored",
    params: closed({ name: Name }),
    body: closed({ rows: Type.Array(InputRow, { minItems: 1, maxItems: 256 }), ...Which }),
    responses: {
      200: Type.Object({
        model: Name,
        version: Type.Integer(),
        dim: Type.Integer(),
        embeddings: Type.Array(Type.Array(Type.Number())),
      }),
    },
    bodyLimit: JSON_LIMIT,
  },
  comparableRows: {
    ...shared,
    method: "POST",
    path: "/api/v1/models/:name/comparables",
    permission: "predict:run",
    summary: "For each row the training rows most like it, with their numbers; nothing is stored",
    params: closed({ name: Name }),
    body: closed({
      rows: Type.Array(InputRow, { minItems: 1, maxItems: 256 }),
      most: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
      ...Which,
    }),
    responses: {
      200: Type.Object({
        model: Name,
        version: Type.Integer(),
        comparables: Type.Array(
          Type.Array(
            Type.Object({
              key: Type.Optional(Type.String()),
              title: Type.String(),
              value: Type.Number(),
              similarity: Type.Number(),
            }),
          ),
        ),
      }),
    },
    bodyLimit: JSON_LIMIT,
  },
  explainRow: {
    ...shared,
    method: "POST",
    path: "/api/v1/models/:name/explain",
    permission: "predict:run",
    summary:
      "What moved a row's answer, or its label; a form has the inputs as fields and the file image",
    params: closed({ name: Name }),
    body: closed({ row: InputRow, label: Type.Optional(GivenLabel), ...Which }),
    contentTypes: formTypes,
    responses: { 200: Explained },
    stream: "upload",
    bodyLimit: JSON_LIMIT,
    formLimit: FORM_LIMIT,
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
      inputHash: Type.Optional(InputHash),
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
  correctPrediction: {
    ...shared,
    method: "POST",
    path: "/api/v1/predictions/:id/correction",
    permission: "outcomes:write",
    summary: "What a prediction should have been: its outcome, and a row of the next training",
    params: IdParams,
    body: closed({ label: GivenLabel }),
    responses: { 201: Correction },
  },
  correctRow: {
    ...shared,
    method: "POST",
    path: "/api/v1/models/:name/corrections",
    permission: "outcomes:write",
    summary: "What the answer for a row is that was not predicted: a row of the next training",
    params: closed({ name: Name }),
    body: closed({ row: InputRow, label: GivenLabel, ...Which }),
    responses: { 201: Correction },
    bodyLimit: JSON_LIMIT,
  },
  listCorrections: {
    ...shared,
    method: "GET",
    path: "/api/v1/corrections",
    permission: "predictions:read",
    summary: "Corrections that count, newest first; `history` adds those that later ones replaced",
    query: closed({
      model: Type.Optional(Name),
      since: Type.Optional(Time),
      inputHash: Type.Optional(InputHash),
      history: Type.Optional(Type.Boolean()),
      limit: Type.Optional(Limit),
      cursor: Type.Optional(Cursor),
    }),
    responses: { 200: pageOf(Correction) },
  },
  countCorrections: {
    ...shared,
    method: "GET",
    path: "/api/v1/models/:name/corrections/count",
    permission: "predictions:read",
    summary: "How many corrections count, and how many of them came after the champion's training",
    params: closed({ name: Name }),
    responses: {
      200: Type.Object({
        model: Name,
        total: Type.Integer(),
        sinceTraining: Type.Integer(),
        trainedAt: Type.Optional(Time),
      }),
    },
  },
} as const satisfies Record<string, RouteContract>;
