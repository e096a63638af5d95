import type { Command } from "./command.ts";

/** A command as the overview knows it, without loading its file. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly group: "Begin" | "Data" | "Models" | "Operate";
  load(): Promise<{ readonly command: Command }>;
}

/** Every command, in the order of the overview. A test keeps names and summaries equal to the files'. */
export const commandList: readonly CommandEntry[] = [
  {
    name: "start",
    summary: "serve this data directory; an empty one gets the demo shop first",
    group: "Begin",
    load: () => import("./commands/start.ts"),
  },
  {
    name: "demo",
    summary: "fill the data directory with an invented shop of any size",
    group: "Begin",
    load: () => import("./commands/demo.ts"),
  },
  {
    name: "ingest",
    summary: "read files or standard input into a dataset",
    group: "Data",
    load: () => import("./commands/ingest.ts"),
  },
  {
    name: "datasets",
    summary: "list, describe and look after datasets",
    group: "Data",
    load: () => import("./commands/datasets.ts"),
  },
  {
    name: "questions",
    summary: "list the saved questions",
    group: "Data",
    load: () => import("./commands/questions.ts"),
  },
  {
    name: "question",
    summary: "answer a saved question with a table and a chart",
    group: "Data",
    load: () => import("./commands/question.ts"),
  },
  {
    name: "sql",
    summary: "run one SQL query over the datasets",
    group: "Data",
    load: () => import("./commands/sql.ts"),
  },
  {
    name: "check",
    summary: "run, suggest and remember quality checks",
    group: "Data",
    load: () => import("./commands/check.ts"),
  },
  {
    name: "photos",
    summary: "take photos of products into the shop",
    group: "Data",
    load: () => import("./commands/photos.ts"),
  },
  {
    name: "drift",
    summary: "compare two versions or periods of a dataset",
    group: "Data",
    load: () => import("./commands/drift.ts"),
  },
  {
    name: "train",
    summary: "train, evaluate and register a model for a task",
    group: "Models",
    load: () => import("./commands/train.ts"),
  },
  {
    name: "tune",
    summary: "search the settings of a family that do best",
    group: "Models",
    load: () => import("./commands/tune.ts"),
  },
  {
    name: "leaderboard",
    summary: "compare the families of a task on the same test rows",
    group: "Models",
    load: () => import("./commands/leaderboard.ts"),
  },
  {
    name: "runs",
    summary: "list and show training runs, write their reports",
    group: "Models",
    load: () => import("./commands/runs.ts"),
  },
  {
    name: "models",
    summary: "list, show, approve and reject model versions",
    group: "Models",
    load: () => import("./commands/models.ts"),
  },
  {
    name: "promote",
    summary: "let a model version serve, if it passes the gate",
    group: "Models",
    load: () => import("./commands/promote.ts"),
  },
  {
    name: "rollback",
    summary: "let the version before serve again",
    group: "Models",
    load: () => import("./commands/rollback.ts"),
  },
  {
    name: "served-at",
    summary: "which version served at a moment, and what it learned from",
    group: "Models",
    load: () => import("./commands/served-at.ts"),
  },
  {
    name: "predict",
    summary: "predict a text, some columns or a whole file",
    group: "Models",
    load: () => import("./commands/predict.ts"),
  },
  {
    name: "explain",
    summary: "show which words, values and regions moved a prediction",
    group: "Models",
    load: () => import("./commands/explain.ts"),
  },
  {
    name: "correct",
    summary: "say what a prediction should have been; the next training learns it",
    group: "Models",
    load: () => import("./commands/correct.ts"),
  },
  {
    name: "corrections",
    summary: "list what people said a model should have answered",
    group: "Models",
    load: () => import("./commands/corrections.ts"),
  },
  {
    name: "forecast",
    summary: "what is expected of daily series, with intervals, and whether it beats naive",
    group: "Models",
    load: () => import("./commands/forecast.ts"),
  },
  {
    name: "users",
    summary: "list, add, change and remove users",
    group: "Operate",
    load: () => import("./commands/users.ts"),
  },
  {
    name: "keys",
    summary: "list, create and revoke API keys",
    group: "Operate",
    load: () => import("./commands/keys.ts"),
  },
  {
    name: "doctor",
    summary: "examine the installation and the data directory",
    group: "Operate",
    load: () => import("./commands/doctor.ts"),
  },
  {
    name: "completion",
    summary: "print the shell completion for bash, zsh or fish",
    group: "Operate",
    load: () => import("./commands/completion.ts"),
  },
  {
    name: "version",
    summary: "print the version",
    group: "Operate",
    load: () => import("./commands/version.ts"),
  },
];
