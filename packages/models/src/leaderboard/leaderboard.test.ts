import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng, type Rng, wilsonInterval } from "@souk/core";
import type { EvaluationReport } from "../evaluation/report.ts";
import { leaderboard, type LeaderboardEntry } from "./leaderboard.ts";
import { gainVerdict, leaderboardVerdict } from "./leaderboard-verdict.ts";
import { mcnemar } from "./mcnemar.ts";
import { differenceInterval, pairedResamples } from "./paired-bootstrap.ts";
import { rowMetric } from "./row-metric.ts";

const near = (got: number, expected: number, within = 1e-12): void =>
  assert.ok(Math.abs(got - expected) <= within, `expected ${expected}, got ${got}`);

/** A model that is right where `hits` says so, on rows that are all "yes". */
function entryOf(
  name: string,
  hits: ArrayLike<number>,
  { testRowsHash = "one", latencyMs = 1 }: { testRowsHash?: string; latencyMs?: number } = {},
): LeaderboardEntry {
  const n = hits.length;
  const right = Array.from(hits).reduce((sum, hit) => sum + hit, 0);
  const report: EvaluationReport = {
    task: "mood",
    family: name,
    rows: { train: 1, validation: 1, test: n, dropped: 0 },
    testRowsHash,
    metrics: { accuracy: right / n },
    baseline: { name: "majority", metrics: { accuracy: 0.5 } },
    labels: ["no", "yes"],
    slices: {},
    worst: [],
    interval: { metric: "accuracy", ...wilsonInterval(right, n), method: "wilson" },
  };
  const outcomes = {
    actual: Array.from(hits, () => "yes"),
    predicted: Array.from(hits, (hit) => (hit === 1 ? "yes" : "no")),
  };
  return { family: name, report, outcomes, seconds: 2, latencyMs, sizeBytes: 3 };
}

/** `n` hits and misses with `right` hits, the first rows right. */
function hitsOf(n: number, right: number): Uint8Array {
  return Uint8Array.from({ length: n }, (_, row) => Number(row < right));
}

test("McNemar's exact p-values worked by hand", () => {
  // 1 against 6 alone: 2 (C(7,0) + C(7,1)) / 2^7 = 16/128; a row both got right or wrong changes nothing.
  const first = [1, 0, 0, 0, 0, 0, 0, 1, 0];
  const second = [0, 1, 1, 1, 1, 1, 1, 1, 0];
  const found = mcnemar(first, second);
  assert.deepEqual([found.onlyFirst, found.onlySecond], [1, 6]);
  near(found.pValue, 0.125);
  near(mcnemar([1, 1, 1, 1, 1], [0, 0, 0, 0, 0]).pValue, 2 / 32);
  near(mcnemar([1, 0], [0, 1]).pValue, 1);
  near(mcnemar([1, 0], [1, 0]).pValue, 1);
});

test("resamples of two rows differ by 0, 1/2 and 1 in a quarter, a half and a quarter of the draws", () => {
  const both = { actual: ["a", "a"], predicted: ["a", "a"] };
  const one = { actual: ["a", "a"], predicted: ["a", "b"] };
  const models = [both, one].map((outcomes) => rowMetric("accuracy", outcomes, ["a", "b"]));
  const [first, second] = pairedResamples(models, {
    rows: 2,
    resamples: 20_000,
    rng: createRng(7),
  });
  const differences = Array.from(first, (value, i) => value - second[i]);
  const share = (wanted: number): number =>
    differences.filter((value) => value === wanted).length / differences.length;
  // Four standard errors: a false alarm in 16,000 seeds.
  near(share(0), 0.25, 0.0123);
  near(share(0.5), 0.5, 0.0142);
  near(share(1), 0.25, 0.0123);
  assert.deepEqual(differenceInterval(first, second), { low: 0, high: 1 });
});

test("two models with the same answers have the difference 0 [0, 0] and share the first rank", () => {
  const board = leaderboard([entryOf("a", hitsOf(50, 30)), entryOf("b", hitsOf(50, 30))]);
  const [pair] = board.pairs;
  assert.deepEqual([pair.difference, pair.low, pair.high], [0, 0, 0]);
  assert.equal(pair.isToldApart, false);
  assert.equal(pair.mcnemar?.pValue, 1);
  assert.deepEqual(
    board.rows.map((row) => row.rank),
    [1, 1],
  );
  assert.deepEqual(leaderboardVerdict(board), ["a and b cannot be told apart on these 50 rows."]);
});

test("the same seed gives the same board, and the order of entries does not matter", () => {
  const entries = [
    entryOf("a", hitsOf(100, 70)),
    entryOf("b", hitsOf(100, 60)),
    entryOf("c", hitsOf(100, 20)),
  ];
  assert.deepEqual(leaderboard(entries), leaderboard(entries.toReversed()));
});

test("models told apart from every better one rank below them, ties share", () => {
  const board = leaderboard([
    entryOf("poor", hitsOf(200, 60), { latencyMs: 0.1 }),
    entryOf("best", hitsOf(200, 160), { latencyMs: 4 }),
    entryOf(
      "near",
      Uint8Array.from(hitsOf(200, 160), (hit, row) => (row % 40 < 1 ? 1 - hit : hit)),
      {
        latencyMs: 2,
      },
    ),
  ]);
  assert.deepEqual(
    board.rows.map(({ rank, name }) => [rank, name]),
    [
      [1, "best"],
      [1, "near"],
      [3, "poor"],
    ],
  );
  near(board.rows[2].toBest?.difference ?? 0, -0.5);
  assert.equal(board.rows[2].toBest?.mcnemar?.onlyFirst, 0);
  assert.equal(board.rows[2].toBest?.mcnemar?.onlySecond, 100);
  assert.match(
    leaderboardVerdict(board).join(" "),
    /^best and near cannot be told apart on these 200 rows\. best adds 50\.0 points \[4\d\.\d, 5\d\.\d\] over poor\. Of these, near answers soonest: 2 ms against 4 ms of best\.$/,
  );
  assert.match(
    gainVerdict(board, { of: "best", over: "poor", words: ["the photo", "the title"] }),
    /^the photo adds 50\.0 points \[\d+\.\d, \d+\.\d\] over the title$/,
  );
  assert.match(gainVerdict(board, { of: "poor", over: "best" }), /^poor loses 50\.0 points \[4/);
  assert.equal(
    gainVerdict(board, { of: "near", over: "best" }),
    "near and best cannot be told apart on these rows",
  );
});

test("for errors the smallest is best and a gain lowers the metric", () => {
  const entry = (name: string, off: number): LeaderboardEntry => {
    const base = entryOf(name, [1]);
    const actual = Array.from({ length: 40 }, (_, i) => i);
    const { labels: _, ...report } = {
      ...base.report,
      metrics: { mae: off, rmse: off },
      interval: { metric: "mae", low: off, high: off, method: "bootstrap" as const },
    };
    return { ...base, report, outcomes: { actual, predicted: actual.map((x) => x + off) } };
  };
  const board = leaderboard([entry("far", 3), entry("close", 1)]);
  assert.deepEqual(
    board.rows.map((row) => row.name),
    ["close", "far"],
  );
  assert.equal(
    gainVerdict(board, { of: "close", over: "far" }),
    "close lowers mae by 2 [2, 2] against far",
  );
});

test("macro-F1 and the mean distance of labels worked by hand, unknown labels left out", () => {
  // As in the evaluation's own example: actual 1 1 1 2 2 3, predicted 1 1 2 2 3 1; then a label it never learnt.
  const outcomes = {
    actual: ["1", "1", "1", "2", "2", "3", "9"],
    predicted: ["1", "1", "2", "2", "3", "1", "1"],
  };
  const rows = [0, 1, 2, 3, 4, 5, 6];
  const labels = ["1", "2", "3"];
  near(rowMetric("macroF1", outcomes, labels).value(rows), (2 / 3 + 1 / 2 + 0) / 3);
  near(rowMetric("weightedF1", outcomes, labels).value(rows), (3 * (2 / 3) + 2 * (1 / 2)) / 6);
  near(rowMetric("mae", outcomes, labels).value(rows), 4 / 6);
  near(rowMetric("accuracy", outcomes, labels).value(rows), 3 / 7);
  assert.throws(() => rowMetric("mae", outcomes, ["one", "two"]), { code: "LEADERBOARD_METRIC" });
  assert.throws(() => rowMetric("logLoss", outcomes, labels), { code: "LEADERBOARD_METRIC" });
});

test("entries that cannot be compared are refused by code", () => {
  const one = entryOf("a", hitsOf(10, 5));
  const refused = (entries: LeaderboardEntry[], code: string): void =>
    assert.throws(() => leaderboard(entries), { code });
  refused([], "LEADERBOARD_EMPTY");
  refused([one, entryOf("a", hitsOf(10, 6))], "LEADERBOARD_NAME");
  refused([one, entryOf("b", hitsOf(10, 6), { testRowsHash: "two" })], "LEADERBOARD_ROWS");
  refused([one, entryOf("b", hitsOf(11, 6))], "LEADERBOARD_ROWS");
  const other = entryOf("b", hitsOf(10, 6));
  const metrics = { accuracy: 0.7 };
  refused([one, { ...other, report: { ...other.report, metrics } }], "LEADERBOARD_OUTCOMES");
  const interval = { ...other.report.interval, metric: "macroF1" };
  refused([one, { ...other, report: { ...other.report, interval } }], "LEADERBOARD_METRIC");
  const board = leaderboard([one, other]);
  assert.throws(() => gainVerdict(board, { of: "a", over: "z" }), { code: "LEADERBOARD_NAME" });
});

/** Hits of two models that err together half of the time: right .8 and .7 of the rows. */
function correlatedHits(rng: Rng, n: number): [Uint8Array, Uint8Array] {
  const first = new Uint8Array(n);
  const second = new Uint8Array(n);
  for (let row = 0; row < n; row++) {
    const common = rng.next();
    const own = rng.next() < 0.5 ? common : rng.next();
    first[row] = Number(common < 0.8);
    second[row] = Number(own < 0.7);
  }
  return [first, second];
}

test("the 95 % interval of a difference holds the true one in about 95 of 100 experiments", () => {
  const rng = createRng("coverage");
  const experiments = 400;
  let held = 0;
  for (let i = 0; i < experiments; i++) {
    const models = correlatedHits(rng, 250).map((hits) => ({
      hits,
      value: (rows: ArrayLike<number>): number => {
        let sum = 0;
        for (let at = 0; at < rows.length; at++) sum += hits[rows[at]];
        return sum / rows.length;
      },
    }));
    const [first, second] = pairedResamples(models, { rows: 250, resamples: 300, rng });
    const { low, high } = differenceInterval(first, second);
    if (low <= 0.1 && 0.1 <= high) held++;
  }
  // With a true coverage of .945, below 365 of 400 happens in 2 of 1,000 seeds, above 392 in 3 of 1,000.
  assert.ok(held >= 365 && held <= 392, `${held} of ${experiments}`);
});

test("where photo and text are on the board, the verdict says what the photo adds", () => {
  const board = leaderboard([
    entryOf("fused", hitsOf(400, 390)),
    entryOf("image", hitsOf(400, 340)),
    entryOf("linear", hitsOf(400, 300)),
    entryOf("ngram", hitsOf(400, 350)),
  ]);
  const told = leaderboardVerdict(board).join(" ");
  assert.match(
    told,
    /The photo adds 10\.0 points \[\d+\.\d, \d+\.\d\] over the text alone \(ngram\)\./,
  );
  const none = leaderboard([
    entryOf("fused", hitsOf(400, 350)),
    entryOf("ngram", hitsOf(400, 350)),
  ]);
  assert.match(
    leaderboardVerdict(none).join(" "),
    /That the photo adds anything to the text alone \(ngram\) is not shown by these rows\./,
  );
});
