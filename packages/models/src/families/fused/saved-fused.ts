import { errorMessage, SoukError } from "@souk/core";
import { readOnnx } from "@souk/tensor";
import { parseEncoderParameters } from "../../features/encoder-parameters.ts";
import type { Labels } from "../../rows/target.ts";
import type { Task } from "../../task/task.ts";
import type { Family, SavedPredictor, Surroundings } from "../family.ts";
import { restoreImagePredictor } from "../image/image-predictor.ts";
import { prefixed, unprefixed } from "../image/stages.ts";
import type { Combination } from "./combine.ts";
import type { Fused } from "./fused-model.ts";
import { createBag } from "./joint-network.ts";
import { columnsBesidePhotos } from "./part-answers.ts";
import type { Joint } from "./train-joint.ts";

/** The model as plain data: both parts with prefixes, the joint network when there is one. */
export function saveFused({ parts, combination, parameters }: Fused): SavedPredictor {
  const text = parts.text.save();
  const image = parts.image.save();
  const joint = combination.kind === "joint" ? combination.joint : undefined;
  return {
    parameters: {
      ...parameters,
      text: text.parameters,
      image: image.parameters,
      temperatures: parts.temperatures,
      prior: parts.prior,
      combination: joint === undefined ? combination : jointParameters(joint),
    },
    tensors: {
      ...prefixed(text.tensors, "text."),
      ...prefixed(image.tensors, "image."),
      ...(joint === undefined
        ? {}
        : { joint: { shape: [joint.network.length], data: joint.network } }),
    },
  };
}

function jointParameters({ bag, temperature, offset, scale }: Joint): Record<string, unknown> {
  return { kind: "joint", encoder: bag.parameters, temperature, offset, scale };
}

/** @throws SoukError `MODEL_WEIGHTS` when a part is missing or does not fit, and what the parts' families throw. */
export function restoreFused(
  { parameters, tensors }: SavedPredictor,
  {
    task,
    labels,
    surroundings,
    families,
  }: {
    task: Task;
    labels: Labels | undefined;
    surroundings: Surroundings;
    families: readonly Family[];
  },
): Fused {
  const outputs = labels?.length ?? 1;
  const textFamily = String(parameters["textFamily"]);
  const family = families.find(({ name }) => name === textFamily);
  if (family === undefined) throw misfit("a text family", textFamily);
  const part = (name: string): SavedPredictor => ({
    parameters: record(parameters[name], name),
    tensors: unprefixed(tensors, `${name}.`),
  });
  const temperatures = record(parameters["temperatures"], "temperatures");
  return {
    parts: {
      text: family.restore(part("text"), textTask(task), labels),
      image: restoreImagePredictor(part("image"), outputs, surroundings),
      temperatures: {
        text: finite(temperatures["text"], "temperatures.text"),
        image: finite(temperatures["image"], "temperatures.image"),
      },
      prior: numbers(parameters["prior"], "prior", outputs),
      textColumns: columnsBesidePhotos(task),
    },
    isClass: labels !== undefined,
    combination: parseCombination(record(parameters["combination"], "combination"), {
      outputs,
      joint: tensors["joint"]?.data,
    }),
    parameters: { textFamily, validation: figures(parameters["validation"]) },
  };
}

/** A task without its photos, for the part that reads the rest. */
export function textTask(task: Task): Task {
  const { photos: _photos, ...rest } = task;
  return { ...rest, inputs: task.inputs.filter(({ kind }) => kind !== "image") };
}

function parseCombination(
  value: Record<string, unknown>,
  { outputs, joint }: { outputs: number; joint: unknown },
): Fused["combination"] {
  if (value["kind"] === "joint") return { kind: "joint", joint: parseJoint(value, joint, outputs) };
  if (value["kind"] === "weights") {
    const weight = finite(value["weight"], "weight");
    if (weight < 0 || weight > 1) throw misfit("a weight in [0, 1]", `${weight}`);
    return { kind: "weights", weight };
  }
  const of = (name: string): number[] => numbers(value[name], name, outputs);
  if (value["kind"] !== "stacking") throw misfit("a combination", String(value["kind"]));
  return {
    kind: "stacking",
    text: of("text"),
    image: of("image"),
    bias: of("bias"),
  } satisfies Combination;
}

function parseJoint(value: Record<string, unknown>, network: unknown, outputs: number): Joint {
  if (!(network instanceof Uint8Array)) throw misfit("a joint network of type U8", typeof network);
  checkNetwork(network, outputs);
  return {
    bag: createBag(parseEncoderParameters(value["encoder"])),
    network,
    temperature: finite(value["temperature"], "temperature"),
    offset: finite(value["offset"], "offset"),
    scale: finite(value["scale"], "scale"),
  };
}

/** Before ONNX Runtime sees a file it is read whole by our own reader. */
function checkNetwork(bytes: Uint8Array, outputs: number): void {
  let last: unknown;
  try {
    last = readOnnx(bytes)
      .graph.outputs.find(({ name }) => name === "logits")
      ?.shape?.at(-1);
  } catch (cause) {
    throw new SoukError("MODEL_WEIGHTS", `weights: joint network: ${errorMessage(cause)}`, {
      cause,
    });
  }
  if (last !== outputs) throw misfit(`joint logits [batch, ${outputs}]`, String(last));
}

function numbers(value: unknown, name: string, length: number): number[] {
  if (!Array.isArray(value) || value.length !== length)
    throw misfit(`${length} numbers ${name}`, typeof value);
  return value.map((one: unknown) => finite(one, name));
}

function figures(value: unknown): Record<string, number> {
  const entries = Object.entries(record(value, "validation"));
  return Object.fromEntries(entries.map(([name, one]) => [name, finite(one, name)]));
}

function record(value: unknown, name: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw misfit(`an object ${name}`, typeof value);
}

function finite(value: unknown, name: string): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw misfit(`a number ${name}`, typeof value);
}

function misfit(expected: string, got: string): SoukError {
  return new SoukError("MODEL_WEIGHTS", `weights: expected ${expected}, got ${got}`);
}
