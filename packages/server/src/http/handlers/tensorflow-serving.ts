import type { RouteBody } from "@souk/api";
import { SoukError } from "@souk/core";
import type { Call, HandlersOf } from "../call.ts";
import {
  batchOfRows,
  type InputCell,
  type InputRow,
  loneInput,
  predictBatch,
} from "../predicting.ts";
import type { ServerState } from "../state.ts";
import type {
  ModelCardView,
  ModelRef,
  PlainPrediction,
  ServedModelState,
} from "../../souk-values.ts";

/** Labels of a model that are all given, in its own order. */
const ALL_LABELS = 10_000;
const SIGNATURE = "serving_default";

/*
 * Source: TensorFlow Serving, docs/api_rest.md. Our alias is its label. A model with one output answers with bare
 * values: number targets are such; classes and stars answer with objects { label, value, probabilities }.
 */
export function tensorflowServingHandlers(state: ServerState): HandlersOf<"tensorflow-serving"> {
  const status = (call: AnyCall): object => statusOfModel(state, refOf(call));
  const metadata = (call: AnyCall): Promise<object> => metadataOf(state, refOf(call));
  const predicting = (call: AnyCall & { body: RouteBody<"tfPredict"> }) => predict(state, call);
  const classifying = (call: AnyCall & { body: Examples }) => classify(state, call);
  const regressing = (call: AnyCall & { body: Examples }) => regress(state, call);
  return {
    tfStatus: status,
    tfVersionStatus: status,
    tfLabelStatus: status,
    tfMetadata: metadata,
    tfVersionMetadata: metadata,
    tfLabelMetadata: metadata,
    tfPredict: predicting,
    tfVersionPredict: predicting,
    tfLabelPredict: predicting,
    tfClassify: classifying,
    tfVersionClassify: classifying,
    tfLabelClassify: classifying,
    tfRegress: regressing,
    tfVersionRegress: regressing,
    tfLabelRegress: regressing,
  };
}

type Examples = RouteBody<"tfClassify">;
type AnyCall = Pick<Call<"tfStatus">, "principal"> & {
  readonly params: { readonly model: string; readonly version?: number; readonly label?: string };
};

function refOf({ params }: AnyCall): ModelRef {
  const { model, version, label } = params;
  return { model, ...(version !== undefined && { version }), ...(label && { alias: label }) };
}

function statusOfModel(state: ServerState, ref: ModelRef): object {
  const served = state.souk.serving
    .models()
    .filter((one) => one.model === ref.model && matches(one, ref))
    .sort((a, b) => b.version - a.version);
  if (served.length === 0)
    throw new SoukError(
      "PREDICT_MODEL_UNKNOWN",
      `Could not find any versions of model ${ref.model}`,
    );
  return {
    model_version_status: served.map((one) => ({
      version: String(one.version),
      state: one.state,
      status: { error_code: one.error ? "UNKNOWN" : "OK", error_message: one.error ?? "" },
    })),
  };
}

function matches(served: ServedModelState, ref: ModelRef): boolean {
  if (ref.version !== undefined) return served.version === ref.version;
  return ref.alias === undefined || served.aliases.includes(ref.alias);
}

async function metadataOf(state: ServerState, ref: ModelRef): Promise<object> {
  const card = await cardOf(state, ref);
  const version = versionServed(state, ref);
  const inputs = card.signature.inputs.map((input) => [
    input.name,
    tensorInfo(input.kind, input.name),
  ]);
  const { output } = card.signature;
  const signature = {
    inputs: Object.fromEntries(inputs),
    outputs: { [output.name]: tensorInfo(output.kind, output.name) },
    method_name: "tensorflow/serving/predict",
  };
  return {
    model_spec: { name: ref.model, signature_name: "", version: String(version) },
    metadata: { signature_def: { signature_def: { [SIGNATURE]: signature } } },
  };
}

function versionServed(state: ServerState, ref: ModelRef): number {
  if (ref.version !== undefined) return ref.version;
  const alias = ref.alias ?? "champion";
  const found = state.souk.serving
    .models()
    .find((one) => one.model === ref.model && one.aliases.includes(alias));
  return found?.version ?? 0;
}

function tensorInfo(kind: string, name: string): object {
  const dtype = kind === "number" ? "DT_DOUBLE" : kind === "ordinal" ? "DT_INT64" : "DT_STRING";
  return { dtype, tensor_shape: { dim: [{ size: "-1", name: "" }], unknown_rank: false }, name };
}

async function predict(
  state: ServerState,
  call: AnyCall & { body: RouteBody<"tfPredict"> },
): Promise<object> {
  const ref = refOf(call);
  const card = await cardOf(state, ref);
  const { body } = call;
  const columnar = "inputs" in body;
  const rows = columnar ? rowsOfColumns(card, body.inputs) : rowsOfInstances(card, body.instances);
  const predictions = await predictRows(state, call, { card, rows });
  const outputs = predictions.map((prediction) => outputOf(card, prediction));
  return columnar ? { outputs: columnsOfOutputs(card, outputs) } : { predictions: outputs };
}

function rowsOfInstances(
  card: ModelCardView,
  instances: readonly (InputRow | InputCell)[],
): InputRow[] {
  return instances.map((instance) =>
    isRow(card, instance) ? instance : { [loneInput(card)]: instance },
  );
}

/** `{"b64": …}` is the bytes of a lone input, unless an input has that name. */
function isRow(card: ModelCardView, instance: InputRow | InputCell): instance is InputRow {
  if (typeof instance !== "object" || instance === null) return false;
  return !isBytes(instance) || card.signature.inputs.some(({ name }) => name === "b64");
}

function isBytes(value: object): value is { b64: string } {
  return "b64" in value && typeof value.b64 === "string" && Object.keys(value).length === 1;
}

type ColumnInputs = Extract<RouteBody<"tfPredict">, { inputs: unknown }>["inputs"];

/** @throws SoukError `PREDICT_INPUT` when columns differ in length. */
function rowsOfColumns(card: ModelCardView, inputs: ColumnInputs): InputRow[] {
  if (typeof inputs !== "object" || inputs === null) return rowsOfInstances(card, [inputs]);
  if (Array.isArray(inputs)) return rowsOfInstances(card, inputs);
  if (isBytes(inputs)) return rowsOfInstances(card, [inputs]);
  const columns = Object.entries(inputs);
  const length = columns[0]?.[1].length ?? 0;
  if (length === 0 || columns.some(([, column]) => column.length !== length))
    throw new SoukError(
      "PREDICT_INPUT",
      "Every column of inputs needs the same number of values, at least 1",
    );
  return Array.from({ length }, (_none, row) =>
    Object.fromEntries(columns.map(([name, column]) => [name, column[row] ?? null])),
  );
}

type Output = number | { label: string | number; value?: number; probabilities: number[] };

function outputOf(card: ModelCardView, prediction: PlainPrediction): Output {
  if (card.signature.output.kind === "number") return prediction.value ?? Number(prediction.label);
  return {
    label: prediction.label,
    ...(prediction.value !== undefined && { value: prediction.value }),
    probabilities: probabilitiesOf(card, prediction),
  };
}

/** By the model's own label order. */
export function probabilitiesOf(card: ModelCardView, prediction: PlainPrediction): number[] {
  const byLabel = new Map(prediction.top?.map((one) => [one.label, one.probability]));
  return (card.labels ?? []).map((label) => byLabel.get(label) ?? 0);
}

function columnsOfOutputs(card: ModelCardView, outputs: readonly Output[]): unknown {
  if (card.signature.output.kind === "number") return outputs;
  const objects = outputs.filter((output) => typeof output === "object");
  const values = objects.map((output) => output.value);
  return {
    label: objects.map((output) => output.label),
    ...(values.every((value) => value !== undefined) && { value: values }),
    probabilities: objects.map((output) => output.probabilities),
  };
}

/** `[label, probability]` pairs of each example, likeliest first. */
async function classify(state: ServerState, call: AnyCall & { body: Examples }): Promise<object> {
  const card = await cardOf(state, refOf(call));
  if (card.signature.output.kind === "number")
    throw new SoukError(
      "PREDICT_KIND",
      `Model ${call.params.model} answers with numbers: use :regress or :predict`,
    );
  const predictions = await predictRows(state, call, { card, rows: exampleRows(call.body) });
  return {
    result: predictions.map((prediction) =>
      (prediction.top ?? []).map((one) => [String(one.label), one.probability]),
    ),
  };
}

async function regress(state: ServerState, call: AnyCall & { body: Examples }): Promise<object> {
  const card = await cardOf(state, refOf(call));
  if (card.signature.output.kind === "class")
    throw new SoukError(
      "PREDICT_KIND",
      `Model ${call.params.model} answers with classes: use :classify or :predict`,
    );
  const predictions = await predictRows(state, call, { card, rows: exampleRows(call.body) });
  return { result: predictions.map((one) => one.value ?? Number(one.label)) };
}

function exampleRows({ context, examples }: Examples): InputRow[] {
  return examples.map((example) => ({ ...context, ...example }));
}

async function predictRows(
  state: ServerState,
  call: AnyCall,
  { card, rows }: { card: ModelCardView; rows: readonly InputRow[] },
): Promise<readonly PlainPrediction[]> {
  const topK =
    card.signature.output.kind === "number" ? undefined : (card.labels?.length ?? ALL_LABELS);
  const request = { ...refOf(call), batch: batchOfRows(card, rows), ...(topK && { topK }) };
  return (await predictBatch(state, call.principal, request)).predictions;
}

function cardOf(state: ServerState, { model, ...ref }: ModelRef): Promise<ModelCardView> {
  return state.souk.serving.card(model, ref);
}
