import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { errorCode, SoukError } from "@souk/core";
import type { Command, Context } from "../command.ts";
import { parsePairs } from "../line/pairs.ts";
import { listOf, member, numberOf, textOf } from "../plain.ts";
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatRate,
  formatRows,
} from "../terminal/numbers.ts";
import type { ProgressBar } from "../terminal/progress.ts";

const SHOWN_BAD_ROWS = 20;

/** `souk ingest`. */
export const command: Command = {
  name: "ingest",
  summary: "read files or standard input into a dataset",
  about: `Bad rows go to quarantine with a reason; the rest is stored as one batch per file. The same file again is a no-op.`,
  positionals: [
    {
      name: "DATASET",
      summary: "its name; reviews, products, posts, orders and series have a known shape",
    },
    {
      name: "FILES",
      summary: 'files or folders, plain or .gz; "-" reads standard input',
      isMany: true,
    },
  ],
  options: {
    format: {
      kind: "text",
      choices: ["tsv", "csv", "jsonl", "parquet"],
      value: "FORMAT",
      summary: "when the file name does not say it",
    },
    delimiter: {
      kind: "text",
      choices: ["comma", "semicolon", "tab", "pipe"],
      value: "NAME",
      summary: "between the fields of CSV",
      fallback: "told by the first line",
    },
    encoding: {
      kind: "text",
      choices: ["utf-8", "windows-1252", "utf-16"],
      value: "NAME",
      summary: "of a text file; files saved by Excel are often windows-1252",
      fallback: "utf-8",
    },
    map: {
      kind: "list",
      value: "WANTED=GIVEN",
      summary: "fill column WANTED from GIVEN, or with TEXT by WANTED==TEXT; may be repeated",
    },
    mode: {
      kind: "text",
      choices: ["append", "upsert"],
      value: "MODE",
      summary: "upsert replaces rows with the same key",
      fallback: "append",
    },
    batch: {
      kind: "text",
      value: "ID",
      summary: "name of the batch, for one file",
      fallback: "hash of the content",
    },
    "max-bad": {
      kind: "number",
      min: 0,
      value: "SHARE",
      summary: "refuse a file with a larger share of bad rows",
    },
    "dry-run": { kind: "flag", summary: "verdict per column and the bad rows; stores nothing" },
  },
  examples: [
    { line: "souk ingest reviews data/*.tsv.gz", about: "all of them, one batch each" },
    {
      line: "souk ingest reviews export.csv --map review_body=text --map star_rating=stars",
      about: "other column names",
    },
    { line: "souk ingest reviews export.csv --dry-run", about: "look before you leap" },
    { line: "zcat big.tsv.gz | souk ingest reviews - --format tsv", about: "from a pipe" },
  ],
  async run(context) {
    const [dataset, ...files] = context.line.positionals;
    if (context.line.text("batch") !== undefined && files.length > 1)
      throw new SoukError("CLI_OPTION_VALUE", `--batch names one batch, got ${files.length} files`);
    const sources = await Promise.all(files.map((file) => sourceOf(file, context)));
    const outcomes: object[] = [];
    for (const source of sources) {
      context.signal.throwIfAborted();
      outcomes.push(await ingestOne(context, dataset!, source));
    }
    context.out.printJson(files.length === 1 ? outcomes[0] : outcomes);
  },
};

type Source = Parameters<Awaited<ReturnType<Context["souk"]>>["datasets"]["ingest"]>[1];

async function sourceOf(file: string, { stdin }: Context): Promise<Source> {
  if (file === "-") return { kind: "stream", stream: stdin };
  const path = resolve(file);
  const found = await stat(path).catch((cause: unknown) => {
    const missing = errorCode(cause) === "ENOENT";
    throw new SoukError(
      missing ? "CLI_FILE_MISSING" : "CLI_FILE",
      missing ? `there is no file ${path}` : `cannot read ${path}`,
      { cause },
    );
  });
  return { kind: found.isDirectory() ? "folder" : "file", path };
}

async function ingestOne(context: Context, dataset: string, source: Source): Promise<object> {
  const { line, out, signal, souk } = context;
  const { datasets } = await souk();
  const progress = out.progress();
  const label = source.kind === "stream" ? "standard input" : basename(source.path);
  const options = { ...ingestOptions(context), signal, onProgress: showInto(progress, label) };
  try {
    if (line.flag("dry-run")) {
      const report = await datasets.dryRun(dataset, source, options);
      progress.done();
      printDryRun(context, label, report);
      return report;
    }
    const outcome = await datasets.ingest(dataset, source, options);
    progress.done();
    printOutcome(context, label, outcome);
    return outcome;
  } finally {
    progress.done();
  }
}

function ingestOptions({ line }: Context): object {
  const maxBadShare = line.number("max-bad");
  const mapping = parsePairs("map", line.list("map"));
  return {
    format: line.text("format"),
    delimiter: line.text("delimiter"),
    encoding: line.text("encoding"),
    mode: line.text("mode"),
    batchId: line.text("batch"),
    ...(Object.keys(mapping).length > 0 && { mapping }),
    ...(maxBadShare !== undefined && { maxBadShare }),
  };
}

function showInto(
  progress: ProgressBar,
  label: string,
): (state: {
  bytes: number;
  totalBytes?: number;
  rows: number;
  ratePerSecond: number;
  etaMs?: number;
}) => void {
  return ({ bytes, totalBytes, rows, ratePerSecond, etaMs }) =>
    progress.update({
      label,
      ...(totalBytes !== undefined && totalBytes > 0 && { share: Math.min(1, bytes / totalBytes) }),
      ratePerSecond,
      ...(etaMs !== undefined && etaMs > 0 && { etaMs }),
      note: rows > 0 ? `${formatRows(rows)}, ${formatBytes(bytes)}` : formatBytes(bytes),
    });
}

type Outcome = Awaited<ReturnType<Awaited<ReturnType<Context["souk"]>>["datasets"]["ingest"]>>;

function printOutcome({ out }: Context, label: string, outcome: Outcome): void {
  const { style } = out;
  if (outcome.skipped) {
    out.print(
      `${style.dim("=")} ${label}: this batch is in ${outcome.dataset} already, nothing to do`,
    );
    return;
  }
  const rate = formatRate(outcome.rows / Math.max(0.001, outcome.elapsedMs / 1000));
  out.print(
    `${style.green("✓")} ${label}: ${formatRows(outcome.rows)} into ${outcome.dataset} version ${outcome.version}` +
      style.dim(
        `  ${formatDuration(outcome.elapsedMs)}, ${rate}, batch ${outcome.batchId.slice(0, 12)}`,
      ),
  );
  if (outcome.duplicates > 0)
    out.print(`  ${formatRows(outcome.duplicates)} with a key that another has too`);
  if (outcome.quarantined === 0) return;
  out.print(`  ${style.yellow("!")} ${formatRows(outcome.quarantined)} in quarantine:`);
  for (const [reason, count] of Object.entries(outcome.reasons))
    out.print(`    ${formatCount(count).padStart(8)}  ${reason}`);
  out.print(`  ${style.cyan("→")} souk datasets quarantine ${outcome.dataset}`);
}

function printDryRun({ out }: Context, label: string, report: object): void {
  const { style } = out;
  const refused = numberOf(report, "refused") ?? 0;
  out.print(`${style.bold(label)}  ${style.dim("dry run, nothing is stored")}`);
  out.print();
  const columns = listOf(report, "columns");
  const verdicts = columns.map((column) => textOf(column, "verdict"));
  out.printTable(
    [
      { title: "column" },
      { title: "from" },
      { title: "type" },
      { title: "empty", align: "right" },
      { title: "bad", align: "right" },
      { title: "verdict", paint: (cell, row) => paintVerdict(style, verdicts[row]!, cell) },
      { title: "examples" },
    ],
    columns.map((column, row) => [
      textOf(column, "name"),
      textOf(column, "source") || "nothing",
      textOf(column, "type") +
        (member(column, "hasDecimalCommas") === true ? ", decimal comma" : ""),
      formatCount(numberOf(column, "nulls") ?? 0),
      formatCount(numberOf(column, "bad") ?? 0),
      verdicts[row]!,
      listOf(column, "samples").map(String).join("; "),
    ]),
  );
  const ignored = listOf(report, "ignored").map(String);
  if (ignored.length > 0) out.print(style.dim(`not used: ${ignored.join(", ")}`));
  printBadRows(out, listOf(report, "badRows"));
  out.print();
  const rows = formatRows(numberOf(report, "rows") ?? 0);
  if (refused === 0) out.print(style.green(`✓ all ${rows} would be taken in`));
  else
    out.print(
      style.yellow(`! ${rows} would be taken in, ${formatCount(refused)} go to quarantine`),
    );
}

function paintVerdict(style: Context["out"]["style"], verdict: string, cell: string): string {
  if (verdict === "ok") return style.green(cell);
  return verdict === "bad" ? style.red(cell) : style.yellow(cell);
}

function printBadRows(out: Context["out"], badRows: readonly unknown[]): void {
  if (badRows.length === 0) return;
  out.print();
  out.printTable(
    [
      { title: "line", align: "right" },
      { title: "reasons", paint: (cell) => out.style.yellow(cell) },
      { title: "row", paint: (cell) => out.style.dim(cell) },
    ],
    badRows
      .slice(0, SHOWN_BAD_ROWS)
      .map((row) => [
        textOf(row, "line"),
        listOf(row, "reasons").map(String).join("; "),
        textOf(row, "raw"),
      ]),
  );
  const left = badRows.length - SHOWN_BAD_ROWS;
  if (left > 0) out.print(out.style.dim(`… ${formatCount(left)} more with --json`));
}
