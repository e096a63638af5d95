import { Type } from "typebox";
import type { RouteContract } from "../contract.ts";
import { closed, InputCell, Name, Open, Version } from "../values.ts";

/** Open Inference Protocol v2 (kserve/open-inference-protocol, specification/protocol/inference_rest.md). */
const ModelParams = closed({ model: Name });
const VersionParams = closed({ model: Name, version: Version });

const datatypes = [
  "BYTES",
  "BOOL",
  "INT8",
  "INT16",
  "INT32",
  "INT64",
  "UINT8",
  "UINT16",
  "UINT32",
  "UINT64",
  "FP32",
  "FP64",
] as const;

const Parameters = Type.Optional(
  Type.Record(
    Type.String(),
    Type.Union([
      Type.String({ maxLength: 1000 }),
      Type.Number({ minimum: -1e300, maximum: 1e300 }),
      Type.Boolean(),
    ]),
    {
      maxProperties: 50,
    },
  ),
);

const Tensor = closed({
  name: Type.String({ minLength: 1, maxLength: 128 }),
  shape: Type.Array(Type.Integer({ minimum: 0, maximum: 10_000 }), { minItems: 1, maxItems: 2 }),
  datatype: Type.Enum([...datatypes]),
  parameters: Parameters,
  data: Type.Array(Type.Union([InputCell, Type.Array(InputCell, { maxItems: 10_000 })]), {
    maxItems: 10_000,
  }),
});

const InferBody = closed({
  id: Type.Optional(Type.String({ maxLength: 128 })),
  parameters: Parameters,
  inputs: Type.Array(Tensor, { minItems: 1, maxItems: 1000 }),
  outputs: Type.Optional(
    Type.Array(closed({ name: Type.String({ maxLength: 128 }), parameters: Parameters }), {
      maxItems: 100,
    }),
  ),
});

const OutTensor = Type.Object({
  name: Type.String(),
  shape: Type.Array(Type.Integer()),
  datatype: Type.String(),
  data: Type.Array(Type.Unknown()),
});
const Inferred = Type.Object({
  model_name: Name,
  model_version: Type.String(),
  id: Type.Optional(Type.String()),
  parameters: Type.Optional(Open),
  outputs: Type.Array(OutTensor),
});
const TensorFacts = Type.Object({
  name: Type.String(),
  datatype: Type.String(),
  shape: Type.Array(Type.Integer()),
});
const ModelFacts = Type.Object({
  name: Name,
  versions: Type.Array(Type.String()),
  platform: Type.String(),
  inputs: Type.Array(TensorFacts),
  outputs: Type.Array(TensorFacts),
});
const ModelReady = Type.Object({ name: Name, ready: Type.Boolean() });

const shared = { tag: "open-inference", errors: "compat" } as const;
const reading = { ...shared, method: "GET", permission: "models:read" } as const;
const probing = { ...shared, method: "GET", permission: "public", rateLimit: "none" } as const;
const inferring = {
  ...shared,
  method: "POST",
  permission: "predict:run",
  body: InferBody,
  responses: { 200: Inferred },
  bodyLimit: 17 * 1024 * 1024,
} as const;

/** The routes of the Open Inference Protocol. */
export const openInferenceRoutes = {
  v2Server: {
    ...reading,
    path: "/v2",
    summary: "Name, version and extensions of the server",
    responses: {
      200: Type.Object({
        name: Type.String(),
        version: Type.String(),
        extensions: Type.Array(Type.String()),
      }),
    },
  },
  v2Live: {
    ...probing,
    path: "/v2/health/live",
    summary: "The server answers",
    responses: { 200: Type.Object({ live: Type.Boolean() }) },
  },
  v2Ready: {
    ...probing,
    path: "/v2/health/ready",
    summary: "Every model is ready; 503 otherwise",
    responses: {
      200: Type.Object({ ready: Type.Boolean() }),
      503: Type.Object({ ready: Type.Boolean() }),
    },
  },
  v2Model: {
    ...reading,
    path: "/v2/models/:model",
    summary: "Inputs and outputs of the champion",
    params: ModelParams,
    responses: { 200: ModelFacts },
  },
  v2ModelVersion: {
    ...reading,
    path: "/v2/models/:model/versions/:version",
    summary: "Inputs and outputs of a version",
    params: VersionParams,
    responses: { 200: ModelFacts },
  },
  v2ModelReady: {
    ...reading,
    path: "/v2/models/:model/ready",
    summary: "The champion is ready; 503 otherwise",
    params: ModelParams,
    responses: { 200: ModelReady, 503: ModelReady },
  },
  v2ModelVersionReady: {
    ...reading,
    path: "/v2/models/:model/versions/:version/ready",
    summary: "A version is ready; 503 otherwise",
    params: VersionParams,
    responses: { 200: ModelReady, 503: ModelReady },
  },
  v2Infer: {
    ...inferring,
    path: "/v2/models/:model/infer",
    summary: "Tensors in, tensors out, from the champion",
    params: ModelParams,
  },
  v2VersionInfer: {
    ...inferring,
    path: "/v2/models/:model/versions/:version/infer",
    summary: "Tensors in, tensors out, from a version",
    params: VersionParams,
  },
} as const satisfies Record<string, RouteContract>;
