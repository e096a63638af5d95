import assert from "node:assert/strict";
import { test } from "node:test";
import { settingImportance } from "./importance.ts";
import { createRandomSampler } from "./random.ts";
import { defineSpace, type TrialSettings } from "./space.ts";
import { studyTable } from "./table.ts";
import type { Trial } from "./trial.ts";

function done(trial: number, settings: TrialSettings, value: number): Trial {
  return { trial, settings, value, state: "done", reports: [], seconds: 1.25 };
}

const space = defineSpace([
  { name: "idle", kind: "number", min: 0, max: 1, scale: "linear", integer: false },
  { name: "slope", kind: "number", min: 0, max: 1, scale: "linear", integer: false },
  { name: "solver", kind: "choice", options: ["a", "b", "c"] },
  { name: "lr", kind: "number", min: 1e-4, max: 1, scale: "log", integer: false },
  { name: "unused", kind: "choice", options: [false, true] },
]);

test("importance ranks the settings a function depends on by their part of its variance", () => {
  const sampler = createRandomSampler(space, { seed: 3 });
  const trials = Array.from({ length: 200 }, (_, trial) => {
    const proposal = sampler.ask(trial);
    assert.ok(typeof proposal !== "string");
    const { slope, solver, lr } = proposal.settings;
    // Variances: log10(lr) of 4 decades 16/12 = 1.333; solver b 0 or 1.5 with chance 1/3: 0.5; slope 1/12 = 0.083.
    const value = Math.log10(Number(lr)) + (solver === "b" ? 1.5 : 0) + Number(slope);
    return done(trial, proposal.settings, value);
  });
  const ranked = settingImportance(space, trials);
  assert.deepEqual(
    ranked.slice(0, 3).map((one) => one.setting),
    ["lr", "solver", "slope"],
  );
  const share = new Map(ranked.map((one) => [one.setting, one.share]));
  const total = 16 / 12 + 0.5 + 1 / 12;
  const wanted = {
    lr: 16 / 12 / total,
    solver: 0.5 / total,
    slope: 1 / 12 / total,
    idle: 0,
    unused: 0,
  };
  for (const [name, want] of Object.entries(wanted))
    assert.ok(Math.abs((share.get(name) ?? 9) - want) < 0.06, `${name} ${share.get(name)} ${want}`);
});

test("importance wants ten trials, and gives 0 to all when the value never changes", () => {
  const sampler = createRandomSampler(space, { seed: 3 });
  const trials = Array.from({ length: 10 }, (_, trial) => {
    const proposal = sampler.ask(trial);
    assert.ok(typeof proposal !== "string");
    return done(trial, proposal.settings, 4);
  });
  assert.ok(settingImportance(space, trials).every(({ share }) => share === 0));
  assert.throws(() => settingImportance(space, trials.slice(1)), { code: "TUNE_IMPORTANCE" });
  const failed: Trial[] = trials.map((trial) => ({ ...trial, state: "failed" }));
  assert.throws(() => settingImportance(space, failed), { code: "TUNE_IMPORTANCE" });
});

test("the table has the best trial first and marked, then the pruned and the failed", () => {
  const trials: Trial[] = [
    { ...done(0, { lr: 0.1 }, 0), state: "failed", value: undefined },
    done(1, { lr: 0.01, solver: "a" }, 0.712345),
    { ...done(2, { lr: 0.3 }, 0.5), state: "pruned" },
    done(3, { lr: 0.003, solver: "b" }, 0.8),
  ];
  const importance = [{ setting: "lr", share: 0.75 }];
  assert.equal(
    studyTable({ direction: "maximise", trials }, { importance }),
    [
      "trial  state   value   seconds  lr     solver",
      "3*     done    0.8     1.3      0.003  b",
      "1      done    0.7123  1.3      0.01   a",
      "2      pruned  0.5     1.3      0.3    -",
      "0      failed  -       1.3      0.1    -",
      "share of the variance each setting explains alone: lr 75 %",
      "",
    ].join("\n"),
  );
  assert.match(
    studyTable({ direction: "maximise", trials }, { limit: 1 }),
    /^trial.*\n3\* .*\n\(3 more\)\n$/,
  );
});
