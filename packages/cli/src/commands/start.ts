import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Command, Context } from "../command.ts";
import { prepareDashboard } from "../dashboard.ts";
import { member, numberOf, textOf } from "../plain.ts";
import { followTraining } from "../report/training.ts";
import { welcomeLines } from "../report/welcome.ts";
import { formatDuration, formatNumber } from "../terminal/numbers.ts";

const DEMO_TASK = "star-rating";
const DEFAULT_PORT = 8000;
const PASSWORD_BYTES = 12;

/** `souk start`: `npm start` runs it. */
export const command: Command = {
  name: "start",
  summary: "serve this data directory; an empty one gets the demo shop first",
  about: `The first start on an empty data directory invents a small shop, trains a model that guesses stars from words,
registers it and serves both. Later starts just serve. Ctrl-C and SIGTERM stop it gently.`,
  options: {
    port: {
      kind: "number",
      min: 0,
      value: "PORT",
      summary: "0 lets the system choose",
      fallback: "8000",
    },
    host: { kind: "text", value: "ADDRESS", summary: "where to listen", fallback: "127.0.0.1" },
    "no-demo": { kind: "flag", summary: "an empty data directory stays empty" },
    size: {
      kind: "number",
      min: 500,
      value: "REVIEWS",
      summary: "reviews of the demo shop",
      fallback: "20000",
    },
  },
  examples: [
    { line: "souk start", about: "look around" },
    {
      line: "souk start --no-demo --data /var/lib/souk --host 0.0.0.0 --port 80",
      about: "for your own shop",
    },
  ],
  async run(context) {
    const { line, out, signal, dataDirectory, souk } = context;
    // Building takes seconds on the first start: meanwhile the data directory is opened and the demo is made.
    const building = prepareDashboard(context);
    const application = await souk({ serving: "now" });
    if (!line.flag("no-demo")) await prepareDemo(context);
    const dashboard = await building;
    const { createLogger, startServer } = await import("@souk/server");
    const server = await startServer({
      souk: application,
      host: line.text("host") ?? "127.0.0.1",
      port: line.number("port") ?? DEFAULT_PORT,
      dashboard,
      // A person wants to hear of trouble, a log collector of every request.
      logger: createLogger({
        level: out.isWatched ? "warn" : "info",
        destination: { write: (text) => out.log(text.trimEnd()) },
      }),
    });
    try {
      const models = application.serving.models().map(({ model }) => model);
      const welcome = {
        url: server.url,
        dataDirectory,
        setupToken: server.setupToken,
        password: randomBytes(PASSWORD_BYTES).toString("base64url"),
        isDemo: await isDemo(dataDirectory),
        models: [...new Set(models)],
      };
      out.printJson({
        url: welcome.url,
        setupToken: welcome.setupToken ?? null,
        dataDirectory,
        demo: welcome.isDemo,
      });
      for (const row of welcomeLines(welcome, out.style)) out.print(row);
      if (!signal.aborted) await once(signal, "abort");
      out.log("stopping: finishing what was begun");
    } finally {
      await server.close();
    }
  },
};

/** Fills an empty data directory, or finishes a demo that was stopped before its model was trained. */
async function prepareDemo(context: Context): Promise<void> {
  const { out, dataDirectory, souk, line, signal } = context;
  const { datasets, models, operations } = await souk();
  const isEmpty = (await datasets.list()).length === 0;
  if (!isEmpty && !(await isDemo(dataDirectory))) return;
  if ((await models.list()).some(({ aliases }) => Object.keys(aliases).length > 0)) return;
  const startedMs = performance.now();
  if (isEmpty)
    out.log("This data directory is empty: inventing a demo shop. Nothing in it is real.");
  const reviews = line.number("size");
  await operations.demo({ reviews, signal, onProgress: (message) => out.step(message) });
  signal.throwIfAborted();
  out.log("Training a model that guesses stars from words");
  const job = await followTraining(context, { task: DEMO_TASK, seed: 1 });
  out.log(
    `  ${out.errorStyle.green("✓")} ${DEMO_TASK} version ${textOf(job.result, "modelVersion")}: ${trainedWords(job.result)}  ${formatDuration(performance.now() - startedMs)} in all`,
  );
}

function trainedWords(result: unknown): string {
  const report = member(result, "report");
  const accuracy = numberOf(member(report, "metrics"), "accuracy");
  const baseline = numberOf(member(member(report, "baseline"), "metrics"), "accuracy");
  if (accuracy === undefined) return "trained";
  const beside =
    baseline === undefined ? "" : ` (always the same answer: ${formatNumber(baseline)})`;
  return `accuracy ${formatNumber(accuracy)} on reviews it never saw${beside}`;
}

/** The demo leaves its files, with a README that says so, in the data directory. */
async function isDemo(dataDirectory: string): Promise<boolean> {
  return stat(join(dataDirectory, "demo", "README_demo.md")).then(
    () => true,
    () => false,
  );
}
