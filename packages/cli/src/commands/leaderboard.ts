import type { Command } from "../command.ts";
import { followLeaderboard, printLeaderboard } from "../report/leaderboard.ts";

/** `souk leaderboard`. */
export const command: Command = {
  name: "leaderboard",
  summary: "compare the families of a task on the same test rows",
  about: `Measures each family's latest model on the rows no training saw, with paired intervals that say what cannot be told
apart, and how long a training and a prediction take. A family whose model learnt from another version of the data, or that
was never trained, has no place; --train trains it with default settings and registers it without promoting it.`,
  positionals: [
    {
      name: "TASK",
      summary: "star-rating, sentiment, category, price, engagement, or one of your own",
    },
  ],
  options: {
    families: {
      kind: "text",
      value: "A,B,C",
      summary: "only these",
      fallback: "all that can read the task's inputs",
    },
    train: { kind: "flag", summary: "train the families that have no model of this data" },
    at: {
      kind: "number",
      min: 0,
      value: "VERSION",
      summary: "version of the dataset",
      fallback: "newest",
    },
    threads: {
      kind: "number",
      min: 1,
      value: "N",
      summary: "worker threads of a training",
      fallback: "one a core",
    },
    last: { kind: "flag", summary: "show what was computed last, compute nothing" },
  },
  examples: [
    { line: "souk leaderboard category --train", about: "every family, trained if need be" },
    { line: "souk leaderboard star-rating --families linear,ngram", about: "two of them" },
  ],
  async run(context) {
    const { line, out } = context;
    const task = line.positionals[0]!;
    const families = line.text("families");
    const version = line.number("at");
    const threads = line.number("threads");
    const board = line.flag("last")
      ? await (await context.souk()).leaderboards.get(task)
      : await followLeaderboard(context, {
          task,
          ...(families !== undefined && { families: families.split(",") }),
          ...(version !== undefined && { version }),
          ...(threads !== undefined && { threads }),
          train: line.flag("train"),
        });
    out.printJson(board);
    printLeaderboard(context, board);
  },
};
