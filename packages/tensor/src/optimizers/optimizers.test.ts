import assert from "node:assert/strict";
import { test } from "node:test";
import { createGraph } from "../graph/create.ts";
import type { Value } from "../graph/graph.ts";
import { toOnnx } from "../graph/to-onnx.ts";
import { float32, type Tensor } from "../onnx/tensor.ts";
import { writeOnnx } from "../onnx/write.ts";
import { op } from "../operators/operators.ts";
import { openSession } from "../run/session.ts";
import { adam, adamW } from "./adam.ts";
import { clipByNorm, clipByValue } from "./clipping.ts";
import { adagrad, sgd } from "./gradient-descent.ts";
import type { Optimizer } from "./optimizer.ts";

// Five steps at rate 0.1 on Σ a w² / 2 − t w from w = [1, -1.5, 0.5], by PyTorch 2.15.0 on the CPU.
const curvature = [1, 0.5, 3];
const target = [0.25, -1, 2];
const cases: readonly {
  name: string;
  optimizer: Optimizer;
  weightDecay: number;
  expected: readonly number[];
}[] = [
  {
    name: "sgd",
    optimizer: sgd(),
    weightDecay: 0,
    expected: [0.692867517, -1.61310947, 0.638655007],
  },
  {
    name: "sgd decay",
    optimizer: sgd(),
    weightDecay: 0.05,
    expected: [0.675633311, -1.57839012, 0.630484402],
  },
  {
    name: "momentum",
    optimizer: sgd({ momentum: 0.9 }),
    weightDecay: 0.05,
    expected: [0.187077031, -1.70151198, 0.777349651],
  },
  {
    name: "nesterov",
    optimizer: sgd({ momentum: 0.9, nesterov: true }),
    weightDecay: 0.05,
    expected: [0.135346547, -1.73442197, 0.708659112],
  },
  {
    name: "adam",
    optimizer: adam(),
    weightDecay: 0.05,
    expected: [0.512518466, -1.92624438, 0.740035653],
  },
  {
    name: "adam settings",
    optimizer: adam({ beta1: 0.8, beta2: 0.95, epsilon: 1e-3 }),
    weightDecay: 0,
    expected: [0.518143117, -1.96234739, 0.736250341],
  },
  {
    name: "adamW",
    optimizer: adamW(),
    weightDecay: 0.05,
    expected: [0.494082183, -1.93453968, 0.755649984],
  },
  {
    name: "adagrad",
    optimizer: adagrad({ rateDecay: 0.2 }),
    weightDecay: 0.05,
    expected: [0.759984076, -1.7107209, 0.649038553],
  },
];

for (const { name, optimizer, weightDecay, expected } of cases) {
  test(`${name} takes the steps of PyTorch`, async () => {
    close(await fiveSteps(optimizer, { weightDecay }), expected);
  });
}

test("clipping by norm and by value takes the steps of PyTorch", async () => {
  const byNorm = (gradient: Value) => clipByNorm([gradient], 0.7).gradients[0];
  const byValue = (gradient: Value) => clipByValue([gradient], 0.4)[0];
  close(await fiveSteps(sgd(), { clip: byNorm }), [0.71567589, -1.603742, 0.632860899]);
  close(await fiveSteps(sgd(), { clip: byValue }), [0.799999893, -1.61310947, 0.636254013]);
});

test("gradients are clipped by their common length: [3, 4] and [12] have length 13", async () => {
  const graph = createGraph();
  const given = [float32([3, 4]), float32([12])].map((content) => graph.constant(content));
  const { gradients, norm } = clipByNorm(given, 6.5);
  graph.output(norm, "norm");
  gradients.forEach((gradient, at) => graph.output(gradient, `clipped ${at}`));
  const session = await openSession(writeOnnx(toOnnx(graph)), { threads: 1 });
  const found = await session.run({});
  await session.close();
  assert.equal(found["norm"].data[0], 13);
  close([...found["clipped 0"].data, ...found["clipped 1"].data].map(Number), [1.5, 2, 6]);
});

test("settings outside their range are refused", () => {
  assert.throws(() => sgd({ momentum: 1 }), { code: "OPTIMIZER_SETTING" });
  assert.throws(() => sgd({ nesterov: true }), { code: "OPTIMIZER_SETTING" });
  assert.throws(() => adam({ beta2: 1 }), { code: "OPTIMIZER_SETTING" });
  assert.throws(() => adamW({ epsilon: 0 }), { code: "OPTIMIZER_SETTING" });
  assert.throws(() => adagrad({ rateDecay: -1 }), { code: "OPTIMIZER_SETTING" });
});

async function fiveSteps(
  optimizer: Optimizer,
  {
    weightDecay = 0,
    clip = (gradient) => gradient,
  }: { weightDecay?: number; clip?: (gradient: Value) => Value },
): Promise<readonly number[]> {
  const graph = createGraph();
  const vector = (name: string) => graph.input(name, [3]);
  const parameter = vector("w");
  const gradient = op.Sub(
    op.Mul(graph.constant(float32(curvature)), parameter),
    graph.constant(float32(target)),
  );
  const state = Object.fromEntries(optimizer.state.map((slot) => [slot, vector(slot)]));
  const scalars = Object.fromEntries(
    Object.keys(optimizer.scalars(1, 1)).map((name) => [name, graph.input(`scalar ${name}`, [])]),
  );
  const after = optimizer.update({
    parameter,
    gradient: clip(gradient),
    state,
    scalars,
    weightDecay,
  });
  graph.output(after.parameter, "new w");
  for (const slot of optimizer.state) graph.output(after.state[slot], `new ${slot}`);
  const session = await openSession(writeOnnx(toOnnx(graph)), { threads: 1 });
  let tensors: Record<string, Tensor> = { w: float32([1, -1.5, 0.5]) };
  for (const slot of optimizer.state) tensors[slot] = float32([0, 0, 0]);
  for (let step = 1; step <= 5; step++) {
    const numbers = Object.entries(optimizer.scalars(step, 0.1))
      .map(([name, value]): [string, Tensor] => [`scalar ${name}`, float32(value)])
      .filter(([name]) => session.inputNames.includes(name));
    const found = await session.run({ ...tensors, ...Object.fromEntries(numbers) });
    tensors = Object.fromEntries(Object.keys(tensors).map((name) => [name, found[`new ${name}`]]));
  }
  await session.close();
  return [...tensors["w"].data].map(Number);
}

function close(found: readonly number[], expected: readonly number[]): void {
  const text = `${found.join(", ")} is not ${expected.join(", ")}`;
  assert.equal(found.length, expected.length);
  found.forEach((value, at) => assert.ok(Math.abs(value - expected[at]) < 5e-7, text));
}
