/** Finds out which value was the first that was not a number. */
import { SoukError } from "@souk/core";
import { writeOnnx } from "../onnx/write.ts";
import { float32 } from "../onnx/tensor.ts";
import type { EngineCalls } from "./engine-thread.ts";
import { scalarsOf } from "./feeds.ts";
import type { TrainingJob } from "./job.ts";
import { diagnosticModel } from "./loop.ts";
import type { StepProgram } from "./programs.ts";
import { inputsOf, type StepGraph } from "./step-graph.ts";

/**
 * The error of a call that was not finite. The engine repeats it up to the step that went wrong, with a model that shows
 * every value of the forward pass and every gradient.
 */
export async function blame({
  engine,
  job,
  program,
  firstStep,
}: {
  engine: EngineCalls;
  job: TrainingJob;
  program: StepProgram;
  firstStep: number;
}): Promise<SoukError> {
  const { step } = program;
  const model = diagnosticModel(step);
  const inputs = new Set(model.graph.inputs.map(({ name }) => name));
  const used = (names: readonly string[]) => names.filter((name) => inputs.has(name));
  const scalars = Object.entries(scalarsOf(job, firstStep, job.accumulate ?? 1)).flatMap(
    ([name, value]): [string, ReturnType<typeof float32>][] => {
      const input = step.scalars[name];
      return input && inputs.has(input.name) ? [[input.name, float32(value)]] : [];
    },
  );
  const { trip, names } = await engine.blame({
    diagnostic: { id: `${program.id} diagnostic`, model: writeOnnx(model) },
    columns: used(step.batchInputs.map(({ name }) => name)),
    parameters: used(inputsOf(step.graph, "parameter").map(({ name }) => name)),
    scalars: Object.fromEntries(scalars),
  });
  return notFinite({ step, at: firstStep + trip - 1, names });
}

function notFinite({
  step,
  at,
  names,
}: {
  step: StepGraph;
  at: number;
  names: readonly string[];
}): SoukError {
  const gradients = new Map(
    step.gradients.map(({ name }, index) => [name, step.trained[index].name]),
  );
  const affected = names.flatMap((name) => gradients.get(name) ?? []);
  const [first = "unknown"] = names;
  const tensor = gradients.has(first)
    ? `the gradient of ${gradients.get(first)}`
    : describe(step, first);
  return new SoukError(
    "TRAIN_NOT_FINITE",
    `step ${at}: ${tensor} is the first value that is NaN or infinite` +
      (affected.length > 0 ? `; gradients that are: ${affected.slice(0, 5).join(", ")}` : ""),
    { details: { step: at, tensor: first, gradients: affected } },
  );
}

function describe({ graph, carried, trained, batchInputs }: StepGraph, name: string): string {
  const producer = graph.producerOf({ name });
  if (producer) return `${name} (output of ${producer.operator})`;
  if (batchInputs.some((value) => value.name === name)) return `column ${name} of the batch`;
  if (trained.some((value) => value.name === name)) return `weight ${name}`;
  return carried.some(({ before }) => before.name === name) ? `the optimizer's ${name}` : name;
}
