import type { Command, Context } from "../command.ts";
import { parsePairs } from "../line/pairs.ts";
import { member, numberOf, textOf } from "../plain.ts";
import { formatBytes, formatCount, formatRows, formatTime } from "../terminal/numbers.ts";

const dataset = { name: "DATASET", summary: "name of the dataset" } as const;

const list: Command = {
  name: "list",
  summary: "every dataset with rows, size and freshness",
  run: (context) => listDatasets(context),
};

async function listDatasets({ out, souk }: Context): Promise<void> {
  const datasets = await (await souk()).datasets.list();
  out.printJson(datasets);
  if (datasets.length === 0)
    out.print(
      `No datasets yet. ${out.style.cyan("souk ingest reviews FILES…")} or ${out.style.cyan("souk demo")} makes some.`,
    );
  else
    out.printTable(
      [
        { title: "dataset", paint: (cell) => out.style.bold(cell) },
        { title: "rows", align: "right" },
        { title: "size", align: "right" },
        { title: "files", align: "right" },
        { title: "version", align: "right" },
        {
          title: "quarantined",
          align: "right",
          paint: (cell) => (/[1-9]/.test(cell) ? out.style.yellow(cell) : cell),
        },
        { title: "updated", isWhole: true },
      ],
      datasets.map((row) => [
        row.name,
        formatCount(row.rows),
        formatBytes(row.sizeBytes),
        formatCount(row.files),
        String(row.version),
        formatCount(row.quarantined),
        formatTime(row.updatedAt),
      ]),
    );
}

const describe: Command = {
  name: "describe",
  summary: "columns, key, partitions and batches",
  positionals: [dataset],
  options: { at: { kind: "number", min: 0, value: "VERSION", summary: "an earlier version" } },
  async run({ line, out, souk }) {
    const version = line.number("at");
    const detail = await (
      await souk()
    ).datasets.describe(line.positionals[0]!, version === undefined ? {} : { version });
    out.printJson(detail);
    out.print(out.style.bold(detail.name));
    out.printFacts([
      ["rows", formatCount(detail.rows)],
      [
        "size",
        `${formatBytes(detail.sizeBytes)} in ${formatCount(detail.files)} files, ${formatCount(detail.partitions)} partitions`,
      ],
      ["version", String(detail.version)],
      ["key", detail.key.join(", ") || "none"],
      ["partitioned by", detail.partitionBy.join(", ") || "nothing"],
      ["quarantined", formatCount(detail.quarantined)],
      ["updated", formatTime(detail.updatedAt)],
    ]);
    out.print();
    out.printTable(
      [{ title: "column" }, { title: "type" }, { title: "empty values" }],
      detail.columns.map(({ name, type, nullable }) => [
        name,
        type,
        nullable ? "allowed" : "never",
      ]),
    );
    out.print();
    printBatches(out, detail.batches);
  },
};

function printBatches(out: Context["out"], batches: readonly object[]): void {
  if (batches.length === 0) return;
  out.printTable(
    [
      { title: "batch" },
      { title: "rows", align: "right" },
      { title: "quarantined", align: "right" },
      { title: "when", isWhole: true },
    ],
    batches.map((batch) => [
      textOf(batch, "batchId") || textOf(batch, "id"),
      formatCount(numberOf(batch, "rows") ?? 0),
      formatCount(numberOf(batch, "quarantined") ?? 0),
      timeOf(batch),
    ]),
  );
}

function timeOf(value: object): string {
  const at = numberOf(value, "timestampMs") ?? numberOf(value, "at");
  return at === undefined ? "" : formatTime(at);
}

const history: Command = {
  name: "history",
  summary: "every version and what made it, newest first",
  positionals: [dataset],
  async run({ line, out, souk }) {
    const { history: commits } = await (await souk()).datasets.describe(line.positionals[0]!);
    out.printJson(commits);
    out.printTable(
      [
        { title: "version", align: "right" },
        { title: "operation" },
        { title: "when", isWhole: true },
        { title: "batch" },
      ],
      commits.map((commit) => [
        textOf(commit, "version"),
        textOf(commit, "operation"),
        timeOf(commit),
        textOf(member(commit, "summary"), "batchId"),
      ]),
    );
  },
};

const undo: Command = {
  name: "undo",
  summary: "take a batch out again; the version before stays readable",
  positionals: [
    dataset,
    { name: "BATCH", summary: "its id, or a beginning of it: souk datasets describe" },
  ],
  async run({ line, out, souk }) {
    const { datasets } = await souk();
    const [name, start] = line.positionals;
    const { batches } = await datasets.describe(name!);
    const ids = batches.map((batch) => textOf(batch, "batchId") || textOf(batch, "id"));
    const matching = ids.filter((id) => id.startsWith(start!));
    const undone = await datasets.undo(name!, matching.length === 1 ? matching[0]! : start!);
    out.printJson(undone);
    out.print(
      `${out.style.green("✓")} ${formatRows(undone.rowsRemoved)} removed, ${formatCount(undone.rowsRestored)} restored: ${name} is at version ${undone.version}`,
    );
  },
};

const compact: Command = {
  name: "compact",
  summary: "rewrite many small files as few large ones",
  positionals: [dataset],
  async run({ line, out, souk }) {
    const result = await (await souk()).datasets.compact(line.positionals[0]!);
    out.printJson(result);
    out.print(
      `${out.style.green("✓")} ${result.filesBefore} files became ${result.filesAfter}: version ${result.version}`,
    );
  },
};

const HOUR_MS = 3_600_000;

const vacuum: Command = {
  name: "vacuum",
  summary: "delete files that only old versions use",
  positionals: [dataset],
  options: {
    "older-than": {
      kind: "number",
      min: 0,
      value: "HOURS",
      summary: "keep files younger than this",
      fallback: "168",
    },
  },
  async run({ line, out, souk }) {
    const hours = line.number("older-than");
    const options = hours === undefined ? {} : { olderThanMs: hours * HOUR_MS };
    const result = await (await souk()).datasets.vacuum(line.positionals[0]!, options);
    out.printJson(result);
    out.print(`${out.style.green("✓")} ${formatCount(result.filesRemoved)} files removed`);
  },
};

const quarantine: Command = {
  name: "quarantine",
  summary: "rows that were not accepted, with the reasons",
  positionals: [dataset],
  options: {
    limit: { kind: "number", min: 1, value: "N", summary: "most rows to show", fallback: "50" },
    batch: { kind: "text", value: "ID", summary: "only of this batch" },
  },
  async run({ line, out, souk }) {
    const batch = line.text("batch");
    const rows = await (
      await souk()
    ).datasets.quarantine(line.positionals[0]!, {
      limit: line.number("limit") ?? 50,
      ...(batch !== undefined && { batch }),
    });
    out.printJson(rows);
    if (rows.length === 0) return out.print("The quarantine is empty.");
    out.printTable(
      [
        { title: "id", isWhole: true },
        { title: "line", align: "right" },
        { title: "reasons", paint: (cell) => out.style.yellow(cell) },
        { title: "row" },
      ],
      rows.map((row) => [row.id, String(row.line), row.reasons.join("; "), row.raw]),
    );
    out.print();
    out.print(
      `Fix and take them in: ${out.style.cyan(`souk datasets replay ${line.positionals[0]!} --id ID --set COLUMN=VALUE`)}`,
    );
  },
};

const replay: Command = {
  name: "replay",
  summary: "try quarantined rows again, with fixes",
  positionals: [dataset],
  options: {
    id: { kind: "list", value: "ID", summary: "only these rows, may be repeated" },
    set: {
      kind: "list",
      value: "COLUMN=VALUE",
      summary: "new values for the rows of --id, may be repeated",
    },
  },
  async run({ line, out, souk }) {
    const ids = line.list("id");
    const fix = parsePairs("set", line.list("set"));
    const hasFix = Object.keys(fix).length > 0;
    const { datasets } = await souk();
    const name = line.positionals[0]!;
    const fixed = ids.length > 0 ? ids : (await datasets.quarantine(name)).map(({ id }) => id);
    const outcome = await datasets.replay(name, {
      ...(ids.length > 0 && { ids }),
      ...(hasFix && { fixes: Object.fromEntries(fixed.map((id) => [id, fix])) }),
    });
    out.printJson(outcome);
    out.print(
      `${out.style.green("✓")} ${formatRows(outcome.rows)} taken in, ${formatCount(outcome.quarantined)} still in quarantine`,
    );
  },
};

/** `souk datasets` and its actions. */
export const command: Command = {
  name: "datasets",
  summary: "list, describe and look after datasets",
  actions: [list, describe, history, undo, compact, vacuum, quarantine, replay],
  run: (context) => listDatasets(context),
  examples: [
    { line: "souk datasets", about: "what there is" },
    { line: "souk datasets describe reviews", about: "columns and batches" },
    { line: "souk datasets undo reviews 3fa2", about: "take the batch 3fa2… out again" },
    { line: "souk datasets quarantine reviews --limit 5", about: "what was not accepted, and why" },
  ],
};
