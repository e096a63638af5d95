import assert from "node:assert/strict";
import { test } from "node:test";
import { type BinnedTable, binOf, fitEdges } from "./binning.ts";
import { Booster, type BoostOptions } from "./booster.ts";
import {
  absoluteLoss,
  huberLoss,
  logisticLoss,
  type Loss,
  softmaxLoss,
  squaredLoss,
} from "./losses.ts";
import { leafOf } from "./tree.ts";

const options: BoostOptions = {
  lr: 0.1,
  maxLeaves: 8,
  maxDepth: 0,
  minChildWeight: 20,
  minGain: 0,
  l2: 0,
  rowShare: 1,
  columnShare: 1,
  seed: 1,
};

function tableOf(columns: readonly Float64Array[]): BinnedTable {
  const rows = columns[0].length;
  const edges = columns.map((column) => fitEdges(column));
  const codes = new Uint8Array(columns.length * rows);
  columns.forEach((column, f) =>
    column.forEach((value, row) => (codes[f * rows + row] = binOf(value, edges[f]))),
  );
  return { rows, edges, codes };
}

function boost(
  table: BinnedTable,
  loss: Loss,
  { rounds = 20, ...more }: Partial<BoostOptions> & { rounds?: number } = {},
): Booster {
  const booster = new Booster({ train: table, validation: table, loss }, { ...options, ...more });
  for (let round = 0; round < rounds; round++) booster.addRound(round);
  return booster;
}

const ROWS = 600;
const whole = Float64Array.from({ length: ROWS }, (_, i) => (i * 83) % 97);
const columns = [
  Float64Array.from({ length: ROWS }, (_, i) => (i * 37) % 101),
  Float64Array.from({ length: ROWS }, (_, i) => (i * 59) % 89),
  whole.map((x, i) => (i % 11 === 0 ? NaN : x)),
];
const targets = whole.map((x, i) => {
  const z = i % 11 === 0 ? 0 : x;
  return (
    (columns[0][i] - 50) ** 2 / 100 + (columns[1][i] > 40 ? z : -z) / 10 + ((i * 7919) % 13) / 13
  );
});

// scikit-learn 1.9.1, HistGradientBoostingRegressor on the same rows: max_iter=20, learning_rate=.1, max_leaf_nodes=8,
// min_samples_leaf=20, l2_regularization=0, max_bins=255, early_stopping=False; its first eight predictions.
const peers = [
  {
    name: "squared",
    loss: squaredLoss(targets),
    wanted: [19.464989, 9.203461, 0.585143, 21.052196, 6.501535, 9.779396, 11.346805, 9.203461],
  },
  {
    name: "absolute",
    loss: absoluteLoss(targets),
    wanted: [18.186067, 9.95299, 1.727378, 18.767155, 5.36093, 9.886007, 12.212924, 9.208552],
  },
];

for (const { name, loss, wanted } of peers)
  test(`boosting by ${name} error predicts what scikit-learn 1.9.1 predicts`, () => {
    const scores = boost(tableOf(columns), loss).validationScores;
    wanted.forEach((want, row) => assert.ok(Math.abs(scores[row] - want) < 2e-6, `row ${row}`));
  });

// HistGradientBoostingClassifier, as above but min_samples_leaf=1, its least hessian of a leaf being 1e-3.
test("boosting by logistic loss gives the log odds of scikit-learn 1.9.1", () => {
  const sorted = targets.slice().sort();
  const median = (sorted[ROWS / 2 - 1] + sorted[ROWS / 2]) / 2;
  const classes = targets.map((y) => Number(y > median));
  const loss = logisticLoss(classes, Float32Array.of(1, 1));
  const scores = boost(tableOf(columns), loss, { minChildWeight: 1e-3 }).validationScores;
  const wanted = [2.33395, 1.705917, -2.618285, 2.333966, -2.089561, 0.861249, 2.060496, 1.377988];
  wanted.forEach((want, row) => assert.ok(Math.abs(scores[row] - want) < 2e-6, `row ${row}`));
});

test("boosting by softmax loss gives the log-loss of scikit-learn 1.9.1", () => {
  const classes = targets.map((y) => Number(y >= 3) + Number(y >= 8));
  const loss = softmaxLoss(classes, Float32Array.of(1, 1, 1));
  const scores = boost(tableOf(columns), loss, { minChildWeight: 1e-3 }).validationScores;
  let logLoss = 0;
  for (let row = 0; row < ROWS; row++) {
    const own = scores.subarray(3 * row, 3 * row + 3);
    const total = own.reduce((sum, score) => sum + Math.exp(score), 0);
    logLoss += (Math.log(total) - own[classes[row]]) / ROWS;
  }
  assert.ok(Math.abs(logLoss - 0.150809364) < 1e-6);
});

test("a small table is learnt by heart", () => {
  const table = tableOf([Float64Array.of(1, 2, 3, 4), Float64Array.of(0, 1, 0, 1)]);
  const wanted = Float64Array.of(10, -3, 7, 40);
  const { validationScores, trees } = boost(table, squaredLoss(wanted), {
    rounds: 1,
    lr: 1,
    minChildWeight: 1,
  });
  validationScores.forEach((score, i) => assert.ok(Math.abs(score - wanted[i]) < 1e-12));
  assert.equal(trees[0].left.length, 7);
});

test("a monotone transformation of the features changes nothing", () => {
  const scores = boost(tableOf(columns), squaredLoss(targets)).validationScores;
  const bent = columns.map((column) => column.map((x) => Math.exp(x / 20) - 7));
  assert.deepEqual(boost(tableOf(bent), squaredLoss(targets)).validationScores, scores);
});

test("a row reaches the same leaf by its values as by its bins", () => {
  const { trees, base, validationScores } = boost(tableOf(columns), squaredLoss(targets));
  for (let row = 0; row < ROWS; row++) {
    const values = Float64Array.from(columns, (column) => column[row]);
    const score = trees.reduce((sum, tree) => sum + tree.value[leafOf(tree, values)], base[0]);
    assert.equal(score, validationScores[row]);
  }
});

test("Huber's loss lets one absurd target move the others less than squares do", () => {
  const absurd = targets.slice();
  absurd[0] = 1e6;
  const table = tableOf(columns);
  const errorOf = (loss: Loss): number => {
    const scores = boost(table, loss).validationScores;
    return scores.reduce((sum, s, i) => sum + (i === 0 ? 0 : Math.abs(s - targets[i])), 0);
  };
  assert.ok(errorOf(huberLoss(absurd)) < errorOf(squaredLoss(absurd)) / 10);
});
