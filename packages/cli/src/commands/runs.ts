import { buffer } from "node:stream/consumers";
import { SoukError, writeFileAtomic } from "@souk/core";
import type { Command, Context } from "../command.ts";
import { printEvaluation } from "../report/evaluation.ts";
import { member, numberOf, textOf } from "../plain.ts";
import { formatNumber, formatTime } from "../terminal/numbers.ts";

const list: Command = {
  name: "list",
  summary: "training runs, newest first",
  options: {
    experiment: { kind: "text", value: "NAME", summary: "only of this experiment (task)" },
    status: {
      kind: "text",
      value: "STATUS",
      choices: ["running", "finished", "failed", "interrupted", "cancelled"],
      summary: "only with this status",
    },
    limit: { kind: "number", min: 1, value: "N", summary: "how many", fallback: "20" },
  },
  run: listRuns,
};

async function listRuns({ line, out, souk }: Context): Promise<void> {
  const experiment = line.text("experiment");
  const status = line.text("status");
  const page = await (
    await souk()
  ).runs.list({
    limit: line.number("limit") ?? 20,
    ...(experiment !== undefined && { experiment }),
    ...(status !== undefined && { status }),
  });
  out.printJson(page);
  if (page.items.length === 0)
    return out.print(`No runs yet. ${out.style.cyan("souk train star-rating")} makes one.`);
  const statuses = page.items.map((run) => run.status);
  out.printTable(
    [
      { title: "run", isWhole: true },
      { title: "status", paint: (cell, row) => paintStatus(out.style, statuses[row]!, cell) },
      { title: "name" },
      { title: "accuracy", align: "right" },
      { title: "started", isWhole: true },
    ],
    page.items.map((run) => [
      run.id,
      run.status,
      run.name ?? run.experiment ?? "",
      accuracyOf(run),
      startOf(run),
    ]),
  );
}

function paintStatus(style: Context["out"]["style"], status: string, cell: string): string {
  if (status === "finished") return style.green(cell);
  return status === "running" ? style.cyan(cell) : style.yellow(cell);
}

function accuracyOf(run: object): string {
  const metrics = member(run, "metrics");
  const value = numberOf(metrics, "test_accuracy") ?? numberOf(metrics, "accuracy");
  return value === undefined ? "" : formatNumber(value);
}

function startOf(run: object): string {
  const at = numberOf(run, "startedAt") ?? numberOf(run, "createdAt") ?? numberOf(run, "startTime");
  return at === undefined ? "" : formatTime(at);
}

const show: Command = {
  name: "show",
  summary: "parameters, data, metrics and the report of one run",
  positionals: [{ name: "RUN", summary: "its id" }],
  async run({ line, out, souk }) {
    const { runs } = await souk();
    const id = line.positionals[0]!;
    const run = await runs.get(id);
    const report = await runs.report(id);
    out.printJson({ run, report: report ?? null });
    out.print(
      `${out.style.bold(run.name ?? run.id)}  ${paintStatus(out.style, run.status, run.status)}`,
    );
    const data = member(run, "data");
    out.printFacts([
      ["run", run.id],
      ["started", startOf(run)],
      [
        "data",
        `${textOf(data, "dataset")} version ${textOf(data, "version")} ${textOf(data, "hash").slice(0, 12)}`,
      ],
      ["command", textOf(run, "command")],
      ...Object.entries(run.params ?? {}),
    ]);
    out.print();
    if (report !== undefined) return printEvaluation(out, report);
    out.printTable(
      [{ title: "metric" }, { title: "value", align: "right" }],
      Object.entries(run.metrics ?? {}).map(([name, value]) => [name, formatNumber(value)]),
    );
  },
};

const report: Command = {
  name: "report",
  summary: "the report of a run as a page for a browser",
  positionals: [{ name: "RUN", summary: "its id" }],
  options: {
    output: {
      kind: "text",
      value: "FILE",
      summary: 'where it goes; "-" is standard output',
      fallback: "RUN.html",
    },
  },
  examples: [{ line: "souk runs report run_01j… --output report.html", about: "to look at" }],
  run: writeReport,
};

async function writeReport({ line, out, souk }: Context): Promise<void> {
  const id = line.positionals[0]!;
  const page = await (await souk()).runs.reportPage(id);
  if (!page) throw new SoukError("RUN_NO_REPORT", `run ${id} has no page of an evaluation`);
  const path = line.text("output") ?? `${id}.html`;
  const bytes = await buffer(page);
  if (path === "-") return out.printRaw(bytes.toString("utf8"));
  await writeFileAtomic(path, bytes);
  out.printJson({ run: id, path, sizeBytes: bytes.length });
  out.print(`Wrote ${path}.`);
}

/** `souk runs` and its actions. */
export const command: Command = {
  name: "runs",
  summary: "list and show training runs, write their reports",
  actions: [list, show, report],
  run: listRuns,
  examples: [
    { line: "souk runs list --status interrupted", about: "what could be resumed" },
    { line: "souk runs show run_01j…", about: "everything about one" },
  ],
};
