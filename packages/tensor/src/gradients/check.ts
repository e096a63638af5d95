/**
 * Checks gradient rules against finite differences. For f: inputs → outputs and a fixed random R of the outputs' shape,
 * L = Σ R f(x); the gradient of L that `differentiate` builds is compared with the symmetric difference of fourth order
 *
 *   dL/dx ≈ (8 (L(x+h) - L(x-h)) - (L(x+2h) - L(x-2h))) / 12h
 *
 * where f runs in float32 by ONNX Runtime and L is summed in float64.
 * Source: Abramowitz and Stegun, "Handbook of Mathematical Functions", 25.3.6.
 */
import { createRng, type Rng, SoukError } from "@souk/core";
import { createGraph } from "../graph/create.ts";
import { type Graph, staticShape, type Value } from "../graph/graph.ts";
import { toOnnx } from "../graph/to-onnx.ts";
import { bytesOf, formatShape, type Tensor } from "../onnx/tensor.ts";
import { writeOnnx } from "../onnx/write.ts";
import { Add, Mul } from "../operators/arithmetic.ts";
import { ReduceSum } from "../operators/reduction.ts";
import { openSession, type Session } from "../run/session.ts";
import { differentiate } from "./differentiate.ts";
import type { GradientRules } from "./rule.ts";
import { gradientRules } from "./rules.ts";
import { drawSample, type Sample } from "./samples.ts";

/** A function to check: adds its nodes to `graph` and gives its float32 outputs, of static shape. */
export type CheckedFunction = (graph: Graph, inputs: readonly Value[]) => Value | readonly Value[];

/** How to check. */
export interface GradientCheckOptions {
  /** What inputs look like: one for all, or one each. Operators with kinks need `away` or `distinct`. */
  readonly sample?: Sample | readonly Sample[];
  /** Random directions per input instead of every element; by default used (4) when inputs hold over 400 elements. */
  readonly directions?: number;
  /** Largest relative error that passes. */
  readonly tolerance?: number;
  /** The difference h; a power of two, so that x + h is exact. */
  readonly step?: number;
  readonly threads?: number;
  readonly seed?: number;
  readonly rules?: GradientRules;
}

/** The worst place of a check. */
export interface GradientReport {
  /** |analytic - numeric|, less what float32 rounding explains, over the largest of both and the gradient's mean size. */
  readonly error: number;
  /** Which input, and which of its elements; -1 for a random direction. */
  readonly input: number;
  readonly element: number;
  readonly analytic: number;
  readonly numeric: number;
  /** dL/dx of every input at the checked point. */
  readonly gradients: readonly Tensor[];
}

/**
 * Compares the gradient of a function with finite differences at a random point, and with itself run again.
 *
 * @param shapes of the function's float32 inputs. Inputs that are not differentiated are constants of the function.
 * @returns the worst relative error and its place.
 * @throws SoukError `GRADIENT_CHECK` when the error exceeds the tolerance or two runs differ, and what `differentiate` throws.
 */
export async function checkGradient(
  build: CheckedFunction,
  shapes: readonly (readonly number[])[],
  options: GradientCheckOptions = {},
): Promise<GradientReport> {
  const { sample = "normal", tolerance = 2e-3, step = 2 ** -7, seed = 1 } = options;
  const rng = createRng(seed);
  const point = shapes.map((shape, index) =>
    drawSample(shape, {
      sample: typeof sample === "string" ? sample : (sample[index] ?? "normal"),
      rng,
      input: index,
    }),
  );
  const { forward, gradients, contraction } = await compute(build, point, { ...options, rng });
  const size = point.reduce((sum, { data }) => sum + data.length, 0);
  const directions = options.directions ?? (size > 400 ? 4 : 0);
  let worst: GradientReport = {
    error: -1,
    input: 0,
    element: -1,
    analytic: 0,
    numeric: 0,
    gradients,
  };
  for (const probe of probesOf(point, directions, rng)) {
    const place = { ...probe, step, gradient: gradients[probe.input] };
    const found = await compare(forward, { point, contraction, place });
    if (!(found.error <= worst.error)) worst = { ...worst, ...found };
  }
  await forward.close();
  if (worst.error <= tolerance) return worst;
  const where = worst.element < 0 ? "in a random direction" : `at element ${worst.element}`;
  throw new SoukError(
    "GRADIENT_CHECK",
    `gradient of input ${worst.input} ${formatShape(shapes[worst.input])} ${where}: expected ${worst.numeric} ` +
      `by differences, got ${worst.analytic} (relative error ${worst.error.toExponential(1)}, at most ${tolerance})`,
  );
}

interface Computed {
  readonly forward: Session;
  readonly gradients: readonly Tensor[];
  /** R by output. */
  readonly contraction: readonly Tensor[];
}

/** The function as a model of its own, and the gradients that the differentiated one gives at `point`. */
async function compute(
  build: CheckedFunction,
  point: readonly Tensor[],
  { threads = 1, rules = gradientRules, rng }: GradientCheckOptions & { rng: Rng },
): Promise<Computed> {
  const plain = declare(build, point);
  plain.outputs.forEach((value, index) => plain.graph.output(value, `y${index}`));
  const differentiated = declare(build, point);
  const contraction = plain.outputs.map((value) =>
    drawSample(staticShape(value), { sample: "away", rng }),
  );
  const terms = differentiated.outputs.map((value, index) =>
    ReduceSum(Mul(value, differentiated.graph.input(`R${index}`, staticShape(value)))),
  );
  const found = differentiate(terms.reduce(Add), differentiated.inputs, { rules });
  found.forEach((value, index) => differentiated.graph.output(value, `g${index}`));
  const session = await openSession(writeOnnx(toOnnx(differentiated.graph)), { threads });
  const all = { ...named("x", point), ...named("R", contraction) };
  const feeds = Object.fromEntries(session.inputNames.map((name) => [name, all[name]]));
  const results = [await session.run(feeds), await session.run(feeds)];
  await session.close();
  const [gradients, again] = results.map((run) => point.map((_, index) => run[`g${index}`]));
  checkSame(gradients, again);
  const forward = await openSession(writeOnnx(toOnnx(plain.graph)), { threads });
  return { forward, gradients, contraction };
}

/** Threads must not race: the same point gives the same bits. */
function checkSame(gradients: readonly Tensor[], again: readonly Tensor[]): void {
  const input = gradients.findIndex((one, at) => Buffer.compare(bytesOf(one), bytesOf(again[at])));
  if (input < 0) return;
  throw new SoukError(
    "GRADIENT_CHECK",
    `gradient of input ${input}: expected the same bits from two runs, got different ones`,
  );
}

function declare(build: CheckedFunction, point: readonly Tensor[]) {
  const graph = createGraph();
  const inputs = point.map(({ shape }, index) => graph.input(`x${index}`, shape));
  const built = build(graph, inputs);
  const outputs: readonly Value[] = "name" in built ? [built] : built;
  return { graph, inputs, outputs };
}

function named(prefix: string, tensors: readonly Tensor[]): Record<string, Tensor> {
  return Object.fromEntries(tensors.map((one, index) => [`${prefix}${index}`, one]));
}

interface Probe {
  readonly input: number;
  readonly element: number;
  /** Where to move: a unit vector, or a random sign for every element. */
  readonly direction: Float32Array;
}

function* probesOf(point: readonly Tensor[], directions: number, rng: Rng): Generator<Probe> {
  for (const [input, { data }] of point.entries()) {
    for (let at = 0; at < (directions || data.length); at++) {
      const direction = new Float32Array(data.length);
      if (directions > 0)
        for (let i = 0; i < data.length; i++) direction[i] = rng.next() < 0.5 ? -1 : 1;
      else direction[at] = 1;
      yield { input, element: directions > 0 ? -1 : at, direction };
    }
  }
}

interface Setting {
  readonly point: readonly Tensor[];
  readonly contraction: readonly Tensor[];
  readonly place: Probe & { readonly step: number; readonly gradient: Tensor };
}

async function compare(forward: Session, { point, contraction, place }: Setting) {
  const { input, element, direction, step, gradient } = place;
  const at = async (distance: number) => {
    const data = floatsOf(point[input]).slice();
    for (let i = 0; i < data.length; i++) data[i] += distance * direction[i];
    const feeds = named("x", point.with(input, { ...point[input], data }));
    const used = forward.inputNames.map((name) => [name, feeds[name]]);
    return contract(await forward.run(Object.fromEntries(used)), contraction);
  };
  const near = [await at(step), await at(-step)];
  const far = [await at(2 * step), await at(-2 * step)];
  const numeric = (8 * (near[0].loss - near[1].loss) - (far[0].loss - far[1].loss)) / (12 * step);
  const { along: analytic, typical } = project(gradient, direction);
  const rounding = (4 * 2 ** -23 * near[0].size) / step;
  const scale = Math.max(Math.abs(analytic), Math.abs(numeric), typical, Number.MIN_VALUE);
  const error = Math.max(0, Math.abs(analytic - numeric) - rounding) / scale;
  return { error, input, element, analytic, numeric };
}

/** Σ R y in float64, and the size √Σ (R y)² by which float32 rounding of the outputs disturbs it. */
function contract(outputs: Readonly<Record<string, Tensor>>, contraction: readonly Tensor[]) {
  let [loss, squares] = [0, 0];
  contraction.forEach((r, index) => {
    const [factors, y] = [floatsOf(r), floatsOf(outputs[`y${index}`])];
    for (let i = 0; i < factors.length; i++) {
      const term = factors[i] * y[i];
      loss += term;
      squares += term * term;
    }
  });
  return { loss, size: Math.sqrt(squares) };
}

/** The gradient along a direction, and its typical size there: the root of the sum of squares it is made of. */
function project(gradient: Tensor, direction: Float32Array) {
  const data = floatsOf(gradient);
  let [along, squares, used] = [0, 0, 0];
  for (let i = 0; i < direction.length; i++) {
    along += data[i] * direction[i];
    squares += data[i] ** 2;
    used += direction[i] ** 2;
  }
  return { along, typical: Math.sqrt((squares * used) / Math.max(1, direction.length)) };
}

function floatsOf({ type, data }: Tensor): Float32Array {
  if (data instanceof Float32Array) return data;
  throw new SoukError("GRADIENT_CHECK", `expected inputs and outputs of float32, got ${type}`);
}
