/**
 * Boosted trees against scikit-learn's HistGradientBoostingRegressor: the same made-up rows, bins, rounds and leaves,
 * one thread each, binning included. Processor time, so that a busy machine does not decide; rounds alternate.
 * Needs the peer: scripts/peers/sklearn.sh.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createRng, quantile, SoukError } from "@souk/core";
import { type BinnedTable, binOf, fitEdges } from "../src/trees/binning.ts";
import { Booster } from "../src/trees/booster.ts";
import { squaredLoss } from "../src/trees/losses.ts";

const root = join(import.meta.dirname, "../../..");
const python = process.env["SOUK_SKLEARN_PYTHON"] ?? join(root, ".souk-peers/sklearn/bin/python");
const sizes = { train: 100_000, test: 20_000, features: 28 };
const trees = { rounds: 100, leaves: 31, least: 20 };
const ROUNDS = 5;

interface Part {
  /** Column-major. */
  readonly columns: readonly Float64Array[];
  readonly targets: Float64Array;
}

interface Fit {
  readonly seconds: number;
  /** Seconds of the processor. */
  readonly processor: number;
  readonly rmse: number;
}

/** Products, waves, steps and noise: half of the features say nothing. */
function makeUp(seed: string, rows: number): Part {
  const rng = createRng(seed);
  const columns = Array.from({ length: sizes.features }, () =>
    Float64Array.from({ length: rows }, () => rng.normal()),
  );
  const targets = Float64Array.from({ length: rows }, (_, i) => {
    const x = columns.map((column) => column[i]);
    const smooth = x[0] * x[1] + Math.sin(3 * x[2]) + x[3] ** 2 + 0.5 * x[4];
    return smooth + (x[5] > 0.5 ? x[6] : -x[7]) + rng.normal();
  });
  return { columns, targets };
}

function bin({ columns }: Part, edges: readonly Float64Array[]): BinnedTable {
  const rows = columns[0].length;
  const codes = new Uint8Array(rows * columns.length);
  columns.forEach((column, f) => {
    for (let i = 0; i < rows; i++) codes[f * rows + i] = binOf(column[i], edges[f]);
  });
  return { rows, edges, codes };
}

function ours(train: Part, test: Part): Fit {
  const started = performance.now();
  const used = process.cpuUsage();
  const edges = train.columns.map((column) => fitEdges(column));
  const booster = new Booster(
    { train: bin(train, edges), validation: bin(test, edges), loss: squaredLoss(train.targets) },
    {
      lr: 0.1,
      l2: 1,
      minGain: 0,
      maxDepth: 0,
      rowShare: 1,
      columnShare: 1,
      seed: 1,
      maxLeaves: trees.leaves,
      minChildWeight: trees.least,
    },
  );
  for (let round = 0; round < trees.rounds; round++) booster.addRound(round);
  const { user, system } = process.cpuUsage(used);
  const seconds = (performance.now() - started) / 1000;
  const squares = booster.validationScores.map((score, i) => (score - test.targets[i]) ** 2);
  const rmse = Math.sqrt(squares.reduce((sum, one) => sum + one, 0) / squares.length);
  return { seconds, processor: (user + system) / 1e6, rmse };
}

async function writePart(folder: string, name: string, { columns, targets }: Part): Promise<void> {
  const rows = targets.length;
  const values = Float64Array.from({ length: rows * columns.length }, (_, at) => {
    const f = at % columns.length;
    return columns[f][(at - f) / columns.length];
  });
  await writeFile(join(folder, `${name}-x.f64`), values);
  await writeFile(join(folder, `${name}-y.f64`), targets);
}

async function theirs(folder: string): Promise<Fit & { version: string }> {
  const script = join(import.meta.dirname, "peers/trees.py");
  const { rounds, leaves, least } = trees;
  const numbers = [sizes.features, rounds, leaves, least].map(String);
  const { stdout } = await promisify(execFile)(python, [script, folder, ...numbers], {
    env: { ...process.env, OMP_NUM_THREADS: "1" },
  });
  return JSON.parse(stdout);
}

/** Runs the benchmark; the ratio is our processor time to theirs: less is better. */
export async function run(): Promise<object> {
  if (!existsSync(python))
    throw new SoukError("BENCH_PEER_MISSING", `no ${python}: run scripts/peers/sklearn.sh first`);
  const train = makeUp("train", sizes.train);
  const test = makeUp("test", sizes.test);
  const folder = await mkdtemp(join(tmpdir(), "souk-trees-"));
  const fits: { souk: Fit; peer: Fit & { version: string } }[] = [];
  try {
    await writePart(folder, "train", train);
    await writePart(folder, "test", test);
    for (let round = 0; round < ROUNDS; round++) {
      const fit = { souk: ours(train, test), peer: await theirs(folder) };
      fits.push(fit);
      const { souk, peer } = fit;
      console.log(
        `souk ${souk.processor.toFixed(2)} s, RMSE ${souk.rmse.toFixed(4)}; scikit-learn ${peer.processor.toFixed(2)} s, RMSE ${peer.rmse.toFixed(4)}`,
      );
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  const [{ souk, peer }] = fits;
  if (souk.rmse > 1.02 * peer.rmse)
    throw new SoukError(
      "BENCH_ANSWERS_DIFFER",
      `expected an RMSE of at most ${1.02 * peer.rmse}, got ${souk.rmse}`,
    );
  return {
    name: "trees",
    ratio: quantile(
      Float64Array.from(fits, ({ souk: own, peer: other }) => own.processor / other.processor),
      0.5,
    ),
    goal: 2,
    lowerIsBetter: true,
    peer: `scikit-learn ${peer.version}, one thread`,
    figures: { sizes, trees, fits },
  };
}
