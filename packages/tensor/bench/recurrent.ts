/**
 * Two ways to have the gates that the gradient of an LSTM needs: ONNX Runtime's kernel, then the gates of all steps at once
 * from the states it gave (what `gradients/lstm.ts` does), against a forward Scan that keeps gates as it goes.
 * Both directions; answers are compared first, rounds interleaved, medians reported. SOUK_BENCH_ROUNDS (10).
 */
import { performance } from "node:perf_hooks";
import { createRng, quantile, SoukError } from "@souk/core";
import { createGraph, op, openSession, type Session, toOnnx, type Value } from "../src/index.ts";
import { float32, type Tensor } from "../src/onnx/tensor.ts";
import { writeOnnx } from "../src/onnx/write.ts";

interface BenchResult {
  readonly name: string;
  readonly ratio: number;
  readonly goal: number;
  readonly peer: string;
  readonly figures: Readonly<Record<string, unknown>>;
}

interface Sizes {
  readonly steps: number;
  readonly batch: number;
  readonly features: number;
  readonly hidden: number;
}

const rounds = Number(process.env["SOUK_BENCH_ROUNDS"] ?? 10);
const sizes: Sizes = { steps: 64, batch: 32, features: 128, hidden: 128 };

/** Measures both ways in turn. */
export async function run(): Promise<BenchResult> {
  const inputs = drawInputs(sizes);
  const [kernel, scan] = [await open(withKernel), await open(withScan)];
  try {
    await checkEqual(await kernel.run(inputs), await scan.run(inputs));
    const times: { kernel: number[]; scan: number[] } = { kernel: [], scan: [] };
    for (let round = 0; round < rounds; round++) {
      times.kernel.push(await timeOf(() => kernel.run(inputs)));
      times.scan.push(await timeOf(() => scan.run(inputs)));
    }
    const [kernelMs, scanMs] = [quantile(times.kernel, 0.5), quantile(times.scan, 0.5)];
    return {
      name: "recurrent",
      ratio: scanMs / kernelMs,
      goal: 1,
      peer: "a forward Scan that keeps its gates",
      figures: { ...sizes, threads: 4, kernelMs, scanMs, times },
    };
  } finally {
    await kernel.close();
    await scan.close();
  }
}

type Inputs = Readonly<Record<"x" | "w" | "r", Value>>;

/** The sum of all gates and all states, both directions. */
async function open(build: (inputs: Inputs) => Value): Promise<Session> {
  const graph = createGraph();
  const { steps, batch, features, hidden } = sizes;
  const inputs = {
    x: graph.input("x", [steps, batch, features]),
    w: graph.input("w", [2, 4 * hidden, features]),
    r: graph.input("r", [2, 4 * hidden, hidden]),
  };
  graph.output(build(inputs), "sum");
  return await openSession(writeOnnx(toOnnx(graph)), { threads: 4 });
}

function withKernel({ x, w, r }: Inputs): Value {
  const { steps, batch, features, hidden } = sizes;
  const { y } = op.LSTM(x, { w, r, direction: "bidirectional" });
  const zeros = x.graph.constant(float32(new Float32Array(batch * hidden), [1, batch, hidden]));
  const states = op.Split(y, [1, 1], 1).map((one) => op.Reshape(one, [steps, batch, hidden]));
  const sums = states.map((state, at) => {
    const [starts, ends] = at === 0 ? [[0], [steps - 1]] : [[1], [steps]];
    const rest = op.Slice(state, { starts, ends, axes: [0] });
    const previous = op.Concat(at === 0 ? [zeros, rest] : [rest, zeros], 0);
    const input = op.Gemm(op.Reshape(x, [steps * batch, features]), pick(w, at), { transB: true });
    const rows = op.Reshape(previous, [steps * batch, hidden]);
    const z = op.Gemm(rows, pick(r, at), { transB: true, c: input });
    return op.ReduceSum(op.Concat(gatesOf(z), 1));
  });
  return op.Add(op.ReduceSum(y), op.Add(sums[0], sums[1]));
}

function withScan({ x, w, r }: Inputs): Value {
  const { steps, batch, features, hidden } = sizes;
  const zeros = x.graph.constant(float32(new Float32Array(batch * hidden), [batch, hidden]));
  const rows = op.Reshape(x, [steps * batch, features]);
  const sums = [0, 1].map((at) => {
    const input = op.Gemm(rows, pick(w, at), { transB: true });
    const inputs = [op.Reshape(input, [steps, batch, 4 * hidden])];
    const options = { reverseInputs: at === 1, reverseOutputs: at === 1 };
    const weights = pick(r, at);
    const { outputs } = op.Scan({ states: [zeros, zeros], inputs, ...options }, ([h, c], [zx]) => {
      const [sigmoids, g] = gatesOf(op.Gemm(h, weights, { transB: true, c: zx }));
      const [i, o, f] = op.Split(sigmoids, [hidden, hidden, hidden], 1);
      const cell = op.Add(op.Mul(f, c), op.Mul(i, g));
      const state = op.Mul(o, op.Tanh(cell));
      return { states: [state, cell], outputs: [state, sigmoids, g] };
    });
    return outputs.map((value) => op.ReduceSum(value)).reduce(op.Add);
  });
  return op.Add(sums[0], sums[1]);
}

/** i, o and f side by side, and g. */
function gatesOf(z: Value): readonly [Value, Value] {
  const [iof, g] = op.Split(z, [3 * sizes.hidden, sizes.hidden], 1);
  return [op.Sigmoid(iof), op.Tanh(g)];
}

function pick(weights: Value, at: number): Value {
  return op.Reshape(op.Split(weights, [1, 1], 0)[at], weights.shape.slice(1));
}

function drawInputs({ steps, batch, features, hidden }: Sizes): Record<"x" | "w" | "r", Tensor> {
  const rng = createRng(1);
  const draw = (shape: readonly number[], deviation: number) => {
    const size = shape.reduce((all, dim) => all * dim, 1);
    return float32(
      Float32Array.from({ length: size }, () => deviation * rng.normal()),
      shape,
    );
  };
  return {
    x: draw([steps, batch, features], 0.3),
    w: draw([2, 4 * hidden, features], 0.1),
    r: draw([2, 4 * hidden, hidden], 0.1),
  };
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function checkEqual(a: Awaited<ReturnType<Session["run"]>>, b: typeof a): Promise<void> {
  const [x, y] = [Number(a.sum.data[0]), Number(b.sum.data[0])];
  if (Math.abs(x - y) <= 1e-3 * Math.abs(x)) return;
  throw new SoukError("BENCH_DIFFERENT", `both ways must agree, got ${x} and ${y}`);
}

if (import.meta.main) console.log(JSON.stringify(await run(), null, 2));
