import type { Command } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { parsePairs, settingOf } from "../line/pairs.ts";
import { member } from "../plain.ts";
import { followTraining, printTraining } from "../report/training.ts";

/** `souk train`. */
export const command: Command = {
  name: "train",
  summary: "train, evaluate and register a model for a task",
  about: `Reads the task's dataset, splits it, trains with early stopping, evaluates on rows it never saw beside the baseline
and the serving version, registers the result, and promotes it if it passes the gate. Exit code 4: the gate said no.
Declare your own task in DATA/souk.json: dataset, inputs, target, split, metric and baseline.
Forecasts of daily series are trained here too, by families of their own: see souk forecast --help.`,
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
      summary:
        "baseline, linear, ngram, neighbours, forest, boosted-trees, text-cnn, bilstm, transformer, image or fused; of a forecast see souk forecast",
      fallback: "the task's own, or what suits it",
    },
    seed: { kind: "number", min: 0, value: "N", summary: "same seed, same model", fallback: "1" },
    set: { kind: "list", value: "KEY=VALUE", summary: "a setting of the family, may be repeated" },
    threads: {
      kind: "number",
      min: 1,
      value: "N",
      summary: "worker threads",
      fallback: "one a core",
    },
    at: {
      kind: "number",
      min: 0,
      value: "VERSION",
      summary: "version of the dataset",
      fallback: "newest",
    },
    resume: { kind: "text", value: "RUN", summary: "go on with an interrupted run" },
    "correction-weight": {
      kind: "number",
      min: 0,
      value: "N",
      summary: "how often each correction counts; 0 leaves them out",
      fallback: "1",
    },
    "no-promote": { kind: "flag", summary: "register only, whatever the gate says" },
  },
  examples: [
    { line: "souk train star-rating", about: "learn stars from words" },
    {
      line: "souk train star-rating --family linear --set epochs=3 --seed 7",
      about: "another family, other settings",
    },
    {
      line: "souk train star-rating --json | jq .result.report.metrics",
      about: "the figures for a script",
    },
  ],
  async run(context) {
    const { line, out } = context;
    const settings = Object.entries(parsePairs("set", line.list("set"))).map(
      ([key, value]) => [key, settingOf(value)] as const,
    );
    const family = line.text("family");
    const seed = line.number("seed");
    const threads = line.number("threads");
    const version = line.number("at");
    const resume = line.text("resume");
    const correctionWeight = line.number("correction-weight");
    const job = await followTraining(context, {
      task: line.positionals[0]!,
      ...(family !== undefined && { family }),
      ...(seed !== undefined && { seed }),
      ...(threads !== undefined && { threads }),
      ...(version !== undefined && { version }),
      ...(resume !== undefined && { resume }),
      ...(correctionWeight !== undefined && { correctionWeight }),
      ...(settings.length > 0 && { settings: Object.fromEntries(settings) }),
      promote: !line.flag("no-promote"),
    });
    out.printJson(job);
    printTraining(context, job);
    const gate = member(job.result, "gate");
    return member(gate, "passed") === false ? exitCodes.refused : exitCodes.ok;
  },
};
