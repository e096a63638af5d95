import type { Command, Context } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { parsePairs, settingOf } from "../line/pairs.ts";
import { parseSpace } from "../line/space.ts";
import { member } from "../plain.ts";
import { bestSettings, followStudy, printStudy } from "../report/study.ts";
import { followTraining, printTraining } from "../report/training.ts";

/** `souk tune`. */
export const command: Command = {
  name: "tune",
  summary: "search the settings of a family that do best",
  about: `Runs trials in child processes, each measured on validation rows; no trial sees a test row. Trial 0 has the default
settings. A trial that is worse than most at the same epoch is stopped. The journal is in the data directory: after a crash
--resume STUDY goes on without running a trial twice. --train trains the best settings and registers the model.`,
  positionals: [
    {
      name: "TASK",
      summary: "star-rating, sentiment, category, price, engagement, or one of your own",
    },
  ],
  options: {
    family: {
      kind: "text",
      value: "NAME",
      summary: "family whose settings are searched",
      fallback: "the task's own, or what suits it",
    },
    trials: {
      kind: "number",
      min: 1,
      value: "N",
      summary: "most trials, the default settings included",
      fallback: "30",
    },
    sampler: {
      kind: "text",
      value: "NAME",
      choices: ["tpe", "random", "grid", "halving"],
      summary: "how settings are chosen",
      fallback: "tpe",
    },
    space: {
      kind: "list",
      value: "KEY=LOW..HIGH[:log]|A,B,C",
      summary: "search only this setting, may be repeated",
    },
    set: {
      kind: "list",
      value: "KEY=VALUE",
      summary: "a setting all trials share, may be repeated",
    },
    parallel: {
      kind: "number",
      min: 1,
      value: "N",
      summary: "trials at once",
      fallback: "one for two threads",
    },
    threads: {
      kind: "number",
      min: 1,
      value: "N",
      summary: "threads of all trials together",
      fallback: "one a core",
    },
    "memory-mb": {
      kind: "number",
      min: 1,
      value: "N",
      summary: "memory of all trials together, MiB",
      fallback: "two thirds of the machine's",
    },
    seed: { kind: "number", min: 0, value: "N", summary: "same seed, same study", fallback: "1" },
    at: {
      kind: "number",
      min: 0,
      value: "VERSION",
      summary: "version of the dataset",
      fallback: "newest",
    },
    resume: { kind: "text", value: "STUDY", summary: "go on with a study; --trials may be more" },
    "warm-start": {
      kind: "text",
      value: "STUDY",
      summary: "take an earlier study's trials into account",
    },
    "no-prune": { kind: "flag", summary: "let every trial run to its end" },
    train: { kind: "flag", summary: "train the best settings and register the model" },
  },
  examples: [
    { line: "souk tune star-rating", about: "thirty trials of the n-gram family" },
    {
      line: "souk tune price --family boosted-trees --space lr=0.01..0.3:log --space maxLeaves=7..63",
      about: "two settings only",
    },
    { line: "souk tune star-rating --resume run_01j… --trials 60", about: "thirty more" },
  ],
  async run(context) {
    const { line, out } = context;
    const study = await followStudy(context, requestOf(context));
    printStudy(context, study);
    if (!line.flag("train")) {
      out.printJson({ study });
      return exitCodes.ok;
    }
    out.print();
    const threads = line.number("threads");
    const job = await followTraining(context, {
      task: study.task,
      family: study.family,
      settings: bestSettings(study),
      ...(threads !== undefined && { threads }),
    });
    out.printJson({ study, training: job });
    printTraining(context, job);
    const passed = member(member(job.result, "gate"), "passed");
    return passed === false ? exitCodes.refused : exitCodes.ok;
  },
};

function requestOf({ line }: Context): Parameters<typeof followStudy>[1] {
  const settings = Object.entries(parsePairs("set", line.list("set"))).map(
    ([key, value]) => [key, settingOf(value)] as const,
  );
  const space = parseSpace(line.list("space"));
  const texts = {
    family: line.text("family"),
    resume: line.text("resume"),
    warmStart: line.text("warm-start"),
  };
  const numbers = {
    trials: line.number("trials"),
    parallel: line.number("parallel"),
    threads: line.number("threads"),
    memoryMiB: line.number("memory-mb"),
    seed: line.number("seed"),
    version: line.number("at"),
  };
  const sampler = (["tpe", "random", "grid", "halving"] as const).find(
    (name) => name === line.text("sampler"),
  );
  return {
    task: line.positionals[0]!,
    ...given(texts),
    ...given(numbers),
    ...(sampler !== undefined && { sampler }),
    ...(settings.length > 0 && { settings: Object.fromEntries(settings) }),
    ...(Object.keys(space).length > 0 && { space }),
    prune: !line.flag("no-prune"),
  };
}

/** The members that are there. */
function given<T>(members: Readonly<Record<string, T | undefined>>): Record<string, T> {
  const entries = Object.entries(members).filter(
    (entry): entry is [string, T] => entry[1] !== undefined,
  );
  return Object.fromEntries(entries);
}
