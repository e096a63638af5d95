import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandomSampler } from "./random.ts";
import type { Sampler } from "./sampler.ts";
import { defineSpace, type Dimension, type SearchSpace, type TrialSettings } from "./space.ts";
import { createTpeSampler } from "./tpe.ts";

const SEEDS = 20;
/** Binomial(20, 1/2) gives 16 or more with chance 0.59 %: the false alarm of each test below if TPE were random search. */
const WINS = 16;

function range(name: string, min: number, max: number): Dimension {
  return { name, kind: "number", min, max, scale: "linear", integer: false };
}

function lowest(sampler: Sampler, f: (settings: TrialSettings) => number, trials: number): number {
  let best = Infinity;
  for (let trial = 0; trial < trials; trial++) {
    const proposal = sampler.ask(trial);
    assert.ok(typeof proposal !== "string");
    const loss = f(proposal.settings);
    best = Math.min(best, loss);
    sampler.tell({ ...proposal, trial, state: "done", loss });
  }
  return best;
}

function wins(space: SearchSpace, f: (settings: TrialSettings) => number, trials: number): number {
  let won = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const tpe = lowest(createTpeSampler(space, { seed }), f, trials);
    const random = lowest(createRandomSampler(space, { seed: seed + 1000 }), f, trials);
    won += Number(tpe < random);
  }
  return won;
}

test("TPE finds lower values of Branin's function than random search in 50 trials", () => {
  const space = defineSpace([range("x", -5, 10), range("y", 0, 15)]);
  assert.ok(wins(space, branin, 50) >= WINS);
});

test("TPE finds lower values of Hartmann's six-dimensional function than random search in 60 trials", () => {
  const space = defineSpace(Array.from({ length: 6 }, (_, i) => range(`x${i}`, 0, 1)));
  assert.ok(wins(space, hartmann6, 60) >= WINS);
});

test("TPE finds the better branch and its settings in a conditional space in 40 trials", () => {
  const linear = { setting: "kind", oneOf: ["linear"] };
  const trees = { setting: "kind", oneOf: ["trees"] };
  const space = defineSpace([
    { name: "kind", kind: "choice", options: ["linear", "trees", "none"] },
    { name: "lr", kind: "number", min: 1e-5, max: 1, scale: "log", integer: false, when: linear },
    { name: "bias", kind: "choice", options: [false, true], when: linear },
    { name: "depth", kind: "number", min: 1, max: 20, scale: "linear", integer: true, when: trees },
    { ...range("rate", 0, 1), when: trees },
  ]);
  const f = ({ kind, lr, bias, depth, rate }: TrialSettings): number => {
    if (kind === "linear") return 1 + (Math.log10(Number(lr)) + 2) ** 2 + (bias === true ? 0.3 : 0);
    if (kind === "trees")
      return 0.2 + ((Number(depth) - 7) / 5) ** 2 + Math.abs(Number(rate) - 0.3);
    return 3;
  };
  assert.ok(wins(space, f, 40) >= WINS);
});

test("what another study found is where TPE looks first; the same calls give the same answers", () => {
  const space = defineSpace([range("x", 0, 1)]);
  const proposals = (past: number[]): number[] => {
    const sampler = createTpeSampler(space, { seed: 3 });
    for (const x of past) sampler.tell({ settings: { x }, state: "done", loss: Math.abs(x - 0.8) });
    return Array.from({ length: 8 }, (_, trial) => {
      const proposal = sampler.ask(trial);
      assert.ok(typeof proposal !== "string");
      return Number(proposal.settings.x);
    });
  };
  const past = Array.from({ length: 20 }, (_, i) => i / 20);
  const near = proposals(past).filter((x) => Math.abs(x - 0.8) < 0.15).length;
  assert.ok(near >= 6, `${near} of 8 within 0.15`); // evenly: 6 or more of 8 with chance 1 %
  assert.deepEqual(proposals(past), proposals(past));
});

test("trials that failed or were pruned are not the good ones, however low their last loss", () => {
  const space = defineSpace([range("x", 0, 1)]);
  const sampler = createTpeSampler(space, { seed: 5 });
  for (let i = 0; i < 20; i++) {
    const x = i / 20;
    sampler.tell({ settings: { x }, state: x < 0.5 ? "pruned" : "done", loss: x });
  }
  const proposal = sampler.ask(0);
  assert.ok(typeof proposal !== "string" && Number(proposal.settings.x) > 0.4);
});

/** Three minima of 0.397887. Source: Dixon and Szegö (1978). */
function branin({ x, y }: TrialSettings): number {
  const [a, b] = [Number(x), Number(y)];
  const bowl = b - (5.1 * a * a) / (4 * Math.PI ** 2) + (5 * a) / Math.PI - 6;
  return bowl ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(a) + 10;
}

const STEEPNESS = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
];
const PLACES = [
  [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
  [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
  [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
  [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
];

/** Minimum -3.32237. Source: Dixon and Szegö (1978). */
function hartmann6(settings: TrialSettings): number {
  return -[1, 1.2, 3, 3.2].reduce((sum, height, i) => {
    const distance = STEEPNESS[i].reduce(
      (total, steep, j) => total + steep * (Number(settings[`x${j}`]) - PLACES[i][j]) ** 2,
      0,
    );
    return sum + height * Math.exp(-distance);
  }, 0);
}
