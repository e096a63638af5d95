import { type TSchema, Type } from "typebox";
import type { RouteContract } from "../contract.ts";
import { closed, InputCell, InputRow, Label, Name, Open } from "../values.ts";

/*
 * TensorFlow Serving's REST API, from its documentation (tensorflow/serving, docs/api_rest.md).
 * `:verb` after a parameter needs the parameter to stop at the colon, hence the expression.
 */
const MODEL = "/v1/models/:model(^[^:/]+)";
const VERSION = `${MODEL}/versions/:version(^[^:/]+)`;
const LABEL = `${MODEL}/labels/:label(^[^:/]+)`;

const ModelParams = closed({ model: Name });
const VersionParams = closed({
  model: Name,
  version: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }),
});
const LabelParams = closed({ model: Name, label: Name });

/** A bare value when the model has one input, else an object by input name. */
const Instance = Type.Union([InputCell, InputRow]);
const Column = Type.Array(InputCell, { minItems: 1, maxItems: 10_000 });
const Signature = Type.Optional(Type.String({ maxLength: 128 }));

const PredictBody = Type.Union([
  closed({
    signature_name: Signature,
    instances: Type.Array(Instance, { minItems: 1, maxItems: 10_000 }),
  }),
  closed({
    signature_name: Signature,
    inputs: Type.Union([
      InputCell,
      Column,
      Type.Record(Type.String(), Column, { maxProperties: 1000 }),
    ]),
  }),
]);

const ExamplesBody = closed({
  signature_name: Signature,
  context: Type.Optional(InputRow),
  examples: Type.Array(InputRow, {
    minItems: 1,
    maxItems: 10_000,
  }),
});

const Predicted = Type.Union([
  Type.Object({ predictions: Type.Array(Type.Unknown()) }),
  Type.Object({ outputs: Type.Unknown() }),
]);
/** `[label, probability]` pairs; OpenAPI has no shorter word for a pair of two kinds. */
const Pair = Type.Array(Label, { minItems: 2, maxItems: 2 });
const Classified = Type.Object({ result: Type.Array(Type.Array(Pair)) });
const Regressed = Type.Object({ result: Type.Array(Type.Number()) });
const Status = Type.Object({
  model_version_status: Type.Array(
    Type.Object({
      version: Type.String(),
      state: Type.String(),
      status: Type.Object({ error_code: Type.String(), error_message: Type.String() }),
    }),
  ),
});
const Metadata = Type.Object({
  model_spec: Type.Object({ name: Name, signature_name: Type.String(), version: Type.String() }),
  metadata: Open,
});

const shared = { tag: "tensorflow-serving", errors: "compat" } as const;
const reading = { ...shared, method: "GET", permission: "models:read" } as const;
const predicting = {
  ...shared,
  method: "POST",
  permission: "predict:run",
  bodyLimit: 17 * 1024 * 1024,
} as const;

/** The routes of TensorFlow Serving: a model by name, by version and by label (our alias). */
export const tensorflowServingRoutes = {
  tfStatus: { ...reading, path: MODEL, ...about("Status of the versions", ModelParams, Status) },
  tfVersionStatus: {
    ...reading,
    path: VERSION,
    ...about("Status of a version", VersionParams, Status),
  },
  tfLabelStatus: { ...reading, path: LABEL, ...about("Status of an alias", LabelParams, Status) },
  tfMetadata: {
    ...reading,
    path: `${MODEL}/metadata`,
    ...about("Signature of the champion", ModelParams, Metadata),
  },
  tfVersionMetadata: {
    ...reading,
    path: `${VERSION}/metadata`,
    ...about("Signature of a version", VersionParams, Metadata),
  },
  tfLabelMetadata: {
    ...reading,
    path: `${LABEL}/metadata`,
    ...about("Signature of an alias", LabelParams, Metadata),
  },
  tfPredict: {
    ...predicting,
    path: `${MODEL}::predict`,
    body: PredictBody,
    ...about(
      "Predict with the champion: rows (`instances`) or columns (`inputs`)",
      ModelParams,
      Predicted,
    ),
  },
  tfVersionPredict: {
    ...predicting,
    path: `${VERSION}::predict`,
    body: PredictBody,
    ...about("Predict with a version", VersionParams, Predicted),
  },
  tfLabelPredict: {
    ...predicting,
    path: `${LABEL}::predict`,
    body: PredictBody,
    ...about("Predict with an alias", LabelParams, Predicted),
  },
  tfClassify: {
    ...predicting,
    path: `${MODEL}::classify`,
    body: ExamplesBody,
    ...about("Labels with probabilities of each example", ModelParams, Classified),
  },
  tfVersionClassify: {
    ...predicting,
    path: `${VERSION}::classify`,
    body: ExamplesBody,
    ...about("Classify with a version", VersionParams, Classified),
  },
  tfLabelClassify: {
    ...predicting,
    path: `${LABEL}::classify`,
    body: ExamplesBody,
    ...about("Classify with an alias", LabelParams, Classified),
  },
  tfRegress: {
    ...predicting,
    path: `${MODEL}::regress`,
    body: ExamplesBody,
    ...about("One number for each example", ModelParams, Regressed),
  },
  tfVersionRegress: {
    ...predicting,
    path: `${VERSION}::regress`,
    body: ExamplesBody,
    ...about("Regress with a version", VersionParams, Regressed),
  },
  tfLabelRegress: {
    ...predicting,
    path: `${LABEL}::regress`,
    body: ExamplesBody,
    ...about("Regress with an alias", LabelParams, Regressed),
  },
} as const satisfies Record<string, RouteContract>;

function about<P, R extends TSchema>(summary: string, params: P, answer: R) {
  return { summary, params, responses: { 200: answer } } as const;
}
