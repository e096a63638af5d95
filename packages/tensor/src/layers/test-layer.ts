/** Runs a layer for its tests. */
import { createRng } from "@souk/core";
import { createGraph } from "../graph/create.ts";
import { toOnnx, type Weights } from "../graph/to-onnx.ts";
import type { Value } from "../graph/graph.ts";
import type { Dim } from "../onnx/model.ts";
import { int64, numbersOf, type Tensor } from "../onnx/tensor.ts";
import { writeOnnx } from "../onnx/write.ts";
import { openSession } from "../run/session.ts";
import { createScope, type Scope } from "./scope.ts";

/** A layer over named values. */
export type Layer = (scope: Scope, inputs: Readonly<Record<string, Value>>) => Value;

/** What a layer is given. */
export interface LayerCase {
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly weights?: Weights;
  readonly training?: boolean;
  /** What every random input draws. */
  readonly draw?: number;
  /** Names of axes of the inputs, in place of their lengths. */
  readonly named?: Readonly<Record<string, readonly Dim[]>>;
}

/** The output of a layer as plain numbers, and its shape as the graph infers it. */
export async function runLayer(
  layer: Layer,
  { inputs, weights = new Map(), training = false, draw = 0, named = {} }: LayerCase,
): Promise<{ numbers: number[]; shape: readonly number[]; inferred: readonly Dim[] }> {
  const graph = createGraph("layer");
  const all = new Map(weights);
  const scope = createScope(graph, { weights: all, rng: createRng(1), training });
  const values = Object.fromEntries(
    Object.entries(inputs).map(([name, { type, shape }]) => [
      name,
      graph.input(name, named[name] ?? shape, { type }),
    ]),
  );
  const output = layer(scope, values);
  graph.output(output, "output");
  const session = await openSession(writeOnnx(toOnnx(graph, { weights: all })), { threads: 1 });
  const draws = graph.inputs
    .filter(({ role }) => role === "random")
    .map(({ value }) => [value.name, int64([draw])]);
  const result = await session.run({ ...inputs, ...Object.fromEntries(draws) });
  await session.close();
  return {
    numbers: numbersOf(result.output),
    shape: result.output.shape,
    inferred: output.shape,
  };
}
