import type { RouteBody } from "@souk/api";
import { SoukError } from "@souk/core";
import type { ModelCardView, ModelRef, PlainPrediction } from "../../souk-values.ts";
import type { Call, HandlersOf } from "../call.ts";
import {
  batchOfRows,
  type InputCell,
  type InputRow,
  loneInput,
  predictBatch,
} from "../predicting.ts";
import type { ServerState } from "../state.ts";
import { readiness } from "./probes.ts";
import { probabilitiesOf } from "./tensorflow-serving.ts";

type InferBody = RouteBody<"v2Infer">;
type Tensor = InferBody["inputs"][number];
type AnyCall = Pick<Call<"v2Infer">, "principal" | "reply"> & {
  readonly params: { readonly model: string; readonly version?: number };
};

interface OutTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly datatype: string;
  readonly data: readonly unknown[];
}

/** Source: Open Inference Protocol, specification/protocol/inference_rest.md. */
export function openInferenceHandlers(state: ServerState): HandlersOf<"open-inference"> {
  const facts = (call: AnyCall): Promise<object> => modelFacts(state, call.params);
  const ready = (call: AnyCall): object => modelReady(state, call);
  const inferring = (call: AnyCall & { body: InferBody }) => infer(state, call);
  return {
    v2Server: () => ({ name: "souk", version: state.souk.version, extensions: [] }),
    v2Live: () => ({ live: true }),
    v2Ready({ reply }) {
      const { ready: isReady } = readiness(state);
      if (!isReady) void reply.code(503);
      return { ready: isReady };
    },
    v2Model: facts,
    v2ModelVersion: facts,
    v2ModelReady: ready,
    v2ModelVersionReady: ready,
    v2Infer: inferring,
    v2VersionInfer: inferring,
  };
}

function modelReady(state: ServerState, { params, reply }: AnyCall): object {
  const served = state.souk.serving.models().filter((one) => one.model === params.model);
  if (served.length === 0) throw unknownModel(params.model);
  const ready = served.some(
    (one) =>
      one.state === "AVAILABLE" &&
      (params.version === undefined
        ? one.aliases.includes("champion")
        : one.version === params.version),
  );
  if (!ready) void reply.code(503);
  return { name: params.model, ready };
}

async function modelFacts(state: ServerState, ref: ModelRef): Promise<object> {
  const card = await cardOf(state, ref);
  const versions = state.souk.serving.models().filter((one) => one.model === ref.model);
  return {
    name: ref.model,
    versions: versions.map((one) => String(one.version)),
    platform: `souk_${card.family}`,
    inputs: card.signature.inputs.map((input) => ({
      name: input.name,
      datatype: input.kind === "number" ? "FP64" : "BYTES",
      shape: [-1],
    })),
    outputs: outputFacts(card),
  };
}

function outputFacts(card: ModelCardView): object[] {
  const { output } = card.signature;
  const label = { name: output.name, datatype: labelType(card), shape: [-1] };
  if (output.kind === "number") return [label];
  const probabilities = {
    name: "probabilities",
    datatype: "FP32",
    shape: [-1, card.labels?.length ?? -1],
  };
  return [label, probabilities];
}

function labelType(card: ModelCardView): string {
  if (card.signature.output.kind === "number") return "FP64";
  return card.labels?.every((label) => Number.isInteger(label)) ? "INT64" : "BYTES";
}

async function infer(state: ServerState, call: AnyCall & { body: InferBody }): Promise<object> {
  const { body, params, principal } = call;
  const card = await cardOf(state, params);
  const batch = batchOfRows(card, rowsOfTensors(card, body.inputs));
  const topK = card.labels?.length;
  const request = { ...params, batch, ...(topK && { topK }) };
  const answer = await predictBatch(state, principal, request);
  const outputs = chosen(outputsOf(card, answer.predictions), body.outputs);
  return {
    model_name: answer.model,
    model_version: String(answer.version),
    ...(body.id !== undefined && { id: body.id }),
    ...(answer.ids.length > 0 && { parameters: { prediction_ids: answer.ids.join(",") } }),
    outputs,
  };
}

/** Tensors of shape [n] or [n, 1], one for each input; a lone tensor of another name is the lone input. */
function rowsOfTensors(card: ModelCardView, tensors: readonly Tensor[]): InputRow[] {
  const length = tensors[0]?.shape[0] ?? 0;
  const names = new Set(card.signature.inputs.map((input) => input.name));
  const columns = tensors.map((tensor) => {
    const lone = tensors.length === 1 && !names.has(tensor.name);
    return { name: lone ? loneInput(card) : tensor.name, values: valuesOf(tensor, length) };
  });
  if (length === 0) throw new SoukError("PREDICT_INPUT", "A tensor needs at least one row");
  return Array.from({ length }, (_none, row) =>
    Object.fromEntries(columns.map(({ name, values }) => [name, values[row] ?? null])),
  );
}

/** @throws SoukError `PREDICT_INPUT` when shape, data and datatype disagree. */
function valuesOf(tensor: Tensor, length: number): InputCell[] {
  const values = tensor.data.flat();
  const [rows, width = 1] = tensor.shape;
  if (rows !== length || width !== 1 || values.length !== length)
    throw new SoukError(
      "PREDICT_INPUT",
      `Tensor "${tensor.name}" has shape [${tensor.shape.join(", ")}] and ${values.length} values; expected [${length}] or [${length}, 1]`,
    );
  const kind =
    tensor.datatype === "BYTES" ? "string" : tensor.datatype === "BOOL" ? "boolean" : "number";
  if (values.some((value) => value !== null && typeof value !== kind))
    throw new SoukError(
      "PREDICT_INPUT",
      `Tensor "${tensor.name}" of ${tensor.datatype} needs ${kind} values`,
    );
  return values;
}

function outputsOf(card: ModelCardView, predictions: readonly PlainPrediction[]): OutTensor[] {
  const { output } = card.signature;
  const rows = predictions.length;
  const datatype = labelType(card);
  if (output.kind === "number")
    return [
      {
        name: output.name,
        shape: [rows],
        datatype,
        data: predictions.map((one) => one.value ?? Number(one.label)),
      },
    ];
  return [
    { name: output.name, shape: [rows], datatype, data: predictions.map((one) => one.label) },
    {
      name: "probabilities",
      shape: [rows, card.labels?.length ?? 0],
      datatype: "FP32",
      data: predictions.flatMap((one) => probabilitiesOf(card, one)),
    },
  ];
}

function chosen(outputs: readonly OutTensor[], asked: InferBody["outputs"]): readonly OutTensor[] {
  if (!asked || asked.length === 0) return outputs;
  return asked.map(({ name }) => {
    const found = outputs.find((output) => output.name === name);
    if (found) return found;
    throw new SoukError(
      "PREDICT_INPUT",
      `"${name}" is no output; outputs: ${outputs.map((one) => one.name).join(", ")}`,
    );
  });
}

function unknownModel(model: string): SoukError {
  return new SoukError("PREDICT_MODEL_UNKNOWN", `There is no served model "${model}"`);
}

function cardOf(state: ServerState, { model, ...ref }: ModelRef): Promise<ModelCardView> {
  return state.souk.serving.card(model, ref);
}
