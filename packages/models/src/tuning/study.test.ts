import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { createGridSampler } from "./grid.ts";
import { createHalvingSampler } from "./halving.ts";
import { isBelowMedian } from "./pruning.ts";
import { createRandomSampler } from "./random.ts";
import { defineSpace } from "./space.ts";
import { runStudy, type StudyOptions } from "./study.ts";
import { createTpeSampler } from "./tpe.ts";
import type { Evaluate, Report, Trial } from "./trial.ts";

const space = defineSpace([
  { name: "x", kind: "number", min: 0, max: 1, scale: "linear", integer: false },
]);
const bowl: Evaluate = async ({ x }) => (Number(x) - 0.3) ** 2;

function options(rest: Partial<StudyOptions> = {}): StudyOptions {
  const sampler = createRandomSampler(space, { seed: 7 });
  return { space, sampler, direction: "minimise", trials: 12, evaluate: bowl, ...rest };
}

test("a study runs its trials, and its best is the lowest or the highest value as asked", async () => {
  const lowest = await runStudy(options());
  assert.equal(lowest.trials.length, 12);
  const values = lowest.trials.map((trial) => trial.value ?? Number.NaN);
  assert.equal(lowest.best.value, Math.min(...values));
  const highest = await runStudy(options({ direction: "maximise" }));
  assert.equal(highest.best.value, Math.max(...values));
});

test("TPE maximises when asked to", async () => {
  const evaluate: Evaluate = async ({ x }) => -((Number(x) - 0.7) ** 2);
  const sampler = createTpeSampler(space, { seed: 1 });
  const { trials } = await runStudy(
    options({ sampler, direction: "maximise", trials: 40, evaluate }),
  );
  const late = trials.slice(20).filter(({ settings }) => Math.abs(Number(settings.x) - 0.7) < 0.2);
  assert.ok(late.length >= 14, `${late.length} of 20`); // evenly: 14 or more of 20 with chance 0.65 %
});

test("no more trials run at once than allowed, nor than their needs leave room for", async () => {
  let running = 0;
  let most = 0;
  const evaluate: Evaluate = async ({ x }) => {
    most = Math.max(most, ++running);
    for (let i = 0; i < 5; i++) await setImmediate();
    running--;
    return Number(x);
  };
  const limits = [
    { parallel: 3, want: 3 },
    { parallel: 8, capacity: { cores: 4, memoryBytes: 1e9 }, want: 2 },
    { parallel: 8, capacity: { cores: 99, memoryBytes: 4e8 }, want: 4 },
  ];
  for (const { want, ...limit } of limits) {
    most = 0;
    const need = () => ({ cores: 2, memoryBytes: 1e8 });
    const { trials } = await runStudy(options({ ...limit, need, evaluate, trials: 20 }));
    assert.deepEqual([most, trials.length], [want, 20]);
  }
  const capacity = { cores: 1, memoryBytes: 1e9 };
  const tooMuch = options({ capacity, need: () => ({ cores: 2, memoryBytes: 0 }) });
  await assert.rejects(runStudy(tooMuch), { code: "TUNE_CAPACITY" });
  await assert.rejects(runStudy(options({ parallel: 0 })), { code: "TUNE_CAPACITY" });
  await assert.rejects(runStudy(options({ trials: 0 })), { code: "TUNE_TRIALS" });
});

test("a trial that throws or gives no finite number has failed; the study goes on", async () => {
  const evaluate: Evaluate = async (settings, { trial }) => {
    if (trial === 1) throw new RangeError("no convergence");
    return trial === 2 ? Number.NaN : Number(settings.x);
  };
  const { trials } = await runStudy(options({ evaluate, trials: 5 }));
  const states = trials.map((trial) => trial.state);
  assert.deepEqual(states, ["done", "failed", "failed", "done", "done"]);
  assert.deepEqual(trials[1].error, { message: "no convergence" });
  assert.equal(trials[2].error?.code, "TUNE_VALUE");
  const broken: Evaluate = async () => Promise.reject(new Error("no data"));
  await assert.rejects(runStudy(options({ evaluate: broken })), {
    code: "TUNE_ALL_FAILED",
    message: /no data/,
  });
});

test("an aborted study stops its trials, waits for them and throws the reason", async () => {
  const abort = new AbortController();
  let left = 0;
  const evaluate: Evaluate = async (_, { trial, signal }) => {
    if (trial === 3) abort.abort(new RangeError("enough"));
    await setImmediate();
    left++;
    signal.throwIfAborted();
    return 1;
  };
  const study = runStudy(options({ evaluate, parallel: 2, signal: abort.signal }));
  await assert.rejects(study, { message: "enough" });
  assert.equal(left, 4);
});

test("an error of the listener stops the running trials and ends the study", async () => {
  let stopped = 0;
  const evaluate: Evaluate = async (_, { trial, signal }) => {
    if (trial === 0) return 1;
    await once(signal, "abort");
    stopped++;
    return 1;
  };
  const onEvent: StudyOptions["onEvent"] = ({ kind }) => {
    if (kind === "ended") throw new RangeError("listener");
  };
  const study = runStudy(options({ evaluate, onEvent, parallel: 3 }));
  await assert.rejects(study, { message: "listener" });
  assert.equal(stopped, 2);
});

test("the median rule: best so far against the median of the means up to the same step, by hand", () => {
  const done = (reports: Report[], trial: number): Trial => ({
    trial,
    settings: {},
    state: "done",
    value: 0,
    reports,
    seconds: 0,
  });
  // Means up to step 2: 4, 3, 6. Median 4. Up to step 3: 3, 4, 7 with median 4; without the reports after it.
  const others = [
    done(
      [
        [1, 5],
        [2, 3],
        [3, 1],
      ],
      0,
    ),
    done(
      [
        [1, 2],
        [2, 4],
        [3, 6],
      ],
      1,
    ),
    done(
      [
        [1, 8],
        [2, 4],
        [3, 9],
      ],
      2,
    ),
  ];
  const rule = { afterTrials: 3, sign: 1 } as const;
  assert.equal(
    isBelowMedian(
      [
        [1, 9],
        [2, 4.1],
      ],
      others,
      rule,
    ),
    true,
  );
  assert.equal(
    isBelowMedian(
      [
        [1, 9],
        [2, 4],
      ],
      others,
      rule,
    ),
    false,
  );
  assert.equal(
    isBelowMedian(
      [
        [1, 3],
        [2, 9],
      ],
      others,
      rule,
    ),
    false,
  ); // its best counts
  assert.equal(
    isBelowMedian(
      [
        [1, 9],
        [2, 9],
      ],
      others,
      { ...rule, afterTrials: 4 },
    ),
    false,
  );
  assert.equal(
    isBelowMedian(
      [
        [1, 9],
        [2, 9],
      ],
      others,
      { ...rule, afterStep: 2 },
    ),
    false,
  );
  assert.equal(
    isBelowMedian(
      [
        [1, 3],
        [2, 3.9],
      ],
      others,
      { ...rule, sign: -1 },
    ),
    true,
  );
});

test("pruning saves more than a third of the epochs and keeps the best trial", async () => {
  const run = async (prune?: StudyOptions["prune"], sign = 1) => {
    let epochs = 0;
    const evaluate: Evaluate = async ({ x }, { report, signal }) => {
      let value = Infinity;
      for (let epoch = 1; epoch <= 20; epoch++) {
        epochs++;
        value = (Number(x) - 0.3) ** 2 + 1 / epoch;
        report(epoch, sign * value);
        signal.throwIfAborted();
      }
      return sign * value;
    };
    const direction = sign === 1 ? "minimise" : "maximise";
    const { best, trials } = await runStudy(options({ evaluate, prune, direction, trials: 40 }));
    return { epochs, best: best.settings, trials };
  };
  const whole = await run();
  const pruned = await run({ afterTrials: 5 });
  assert.equal(whole.epochs, 800);
  assert.ok(pruned.epochs < (2 / 3) * 800, `${pruned.epochs} epochs`);
  assert.deepEqual(pruned.best, whole.best);
  assert.equal((await run({ afterTrials: 5 }, -1)).epochs, pruned.epochs);
  const stopped = pruned.trials.find((trial) => trial.state === "pruned");
  assert.equal(stopped?.value, stopped?.reports.at(-1)?.[1]);
});

test("a report that is no number or goes back fails the trial", async () => {
  const evaluate: Evaluate = async (_, { trial, report }) => {
    report(2, trial === 0 ? Number.NaN : 1);
    report(trial === 1 ? 2 : 3, 1);
    return 1;
  };
  const { trials } = await runStudy(options({ evaluate, trials: 3 }));
  const codes = trials.map((trial) => trial.error?.code);
  assert.deepEqual(codes, ["TUNE_REPORT", "TUNE_REPORT", undefined]);
});

test("the best of a halving study had the whole budget; a trial knows which one it goes on from", async () => {
  const sampler = createHalvingSampler(space, { configurations: 9, minBudget: 1, maxBudget: 9 });
  const evaluate: Evaluate = async ({ x }, { budget = 0 }) => Number(x) + budget; // larger looks worse
  const { trials, best } = await runStudy(options({ sampler, evaluate, trials: 99, parallel: 3 }));
  assert.equal(best.budget, 9);
  assert.equal(trials.length, 9 + 3 + 1);
  const before = trials[best.continues ?? -1];
  assert.deepEqual([before.budget, before.settings], [3, best.settings]);
});

test("earlier trials that fit the space are told to the sampler, not counted among the study's", async () => {
  const earlier = await runStudy(options({ trials: 20 }));
  const other = { ...earlier.trials[0], settings: { y: 1 } };
  const sampler = createTpeSampler(space, { seed: 2 });
  const warmStart = [...earlier.trials, other];
  const { trials } = await runStudy(options({ sampler, warmStart, trials: 8 }));
  assert.equal(trials.length, 8);
  const near = trials.filter(({ settings }) => Math.abs(Number(settings.x) - 0.3) < 0.15);
  assert.ok(near.length >= 6, `${near.length} of 8`); // evenly: 6 or more of 8 with chance 1 %
});

test("a grid study ends by itself", async () => {
  const { trials } = await runStudy(options({ sampler: createGridSampler(space), trials: 100 }));
  const xs = trials.map(({ settings }) => settings.x);
  assert.deepEqual(xs, [0, 0.25, 0.5, 0.75, 1]);
});
