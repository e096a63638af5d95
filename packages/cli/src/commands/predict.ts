import { createReadStream, createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { SoukError } from "@souk/core";
import type { Command, Context } from "../command.ts";
import { modelOf, oneRow, readPhoto, rowOptions } from "../line/model-inputs.ts";
import { formatNumber, formatRows } from "../terminal/numbers.ts";
import { bar } from "../terminal/progress.ts";

/** `souk predict`. */
export const command: Command = {
  name: "predict",
  summary: "predict a text, some columns or a whole file",
  positionals: [
    { name: "MODEL", summary: "name of the model" },
    { name: "TEXT", summary: "for the model's last text input", isOptional: true },
  ],
  options: {
    ...rowOptions,
    file: {
      kind: "text",
      value: "FILE",
      summary: 'predict every row; "-" reads standard input; JSON Lines out',
    },
    format: {
      kind: "text",
      choices: ["jsonl", "csv", "tsv"],
      value: "FORMAT",
      summary: "of the file",
      fallback: "by its name",
    },
    output: {
      kind: "text",
      value: "FILE",
      summary: "where the lines of --file go",
      fallback: "stdout",
    },
    comparables: {
      kind: "number",
      min: 1,
      value: "N",
      summary: "for a number: this many rows like it with theirs",
    },
    top: { kind: "number", min: 1, value: "K", summary: "the likeliest labels", fallback: "5" },
  },
  examples: [
    { line: "souk predict star-rating 'It broke after two days'", about: "one text" },
    {
      line: "souk predict star-rating --input review_headline='Love it' --input review_body='Works well'",
      about: "by column",
    },
    { line: "souk predict price 'steel kettle' --comparables 5", about: "beside what others cost" },
    { line: "souk predict star-rating --file new.tsv --output stars.jsonl", about: "a file" },
  ],
  run: (context) =>
    context.line.text("file") === undefined ? predictOne(context) : predictFile(context),
};

async function predictOne(context: Context): Promise<void> {
  const { line, out, souk, by } = context;
  const { serving } = await souk();
  const batch = { length: 1, columns: await oneRow(context) };
  const predicted = await serving.predict({
    ...modelOf(context),
    batch,
    parts: true,
    topK: line.number("top") ?? 5,
    principal: by,
  });
  const most = line.number("comparables");
  const like = most && (await serving.comparables({ ...modelOf(context), batch, most }));
  const comparables = like ? (like.comparables[0] ?? []) : [];
  const answer = { ...predicted, ...(like && { comparables }) };
  out.printJson(answer);
  const [prediction] = answer.predictions;
  if (prediction === undefined) return;
  const value =
    prediction.value === undefined || prediction.value === prediction.label
      ? ""
      : out.style.dim(`  expected ${formatNumber(prediction.value, 2)}`);
  out.print(`${out.style.bold(out.style.green(labelText(prediction.label)))}${value}`);
  if (prediction.low !== undefined && prediction.high !== undefined)
    out.print(
      `  between ${formatNumber(prediction.low, 2)} and ${formatNumber(prediction.high, 2)}`,
    );
  printLabels(out, prediction.top ?? []);
  printComparables(out, comparables);
  for (const [part, top] of Object.entries(prediction.parts ?? {})) {
    out.print(out.style.dim(`  by the ${part === "image" ? "photo" : part} alone`));
    printLabels(out, top);
  }
  out.print(
    out.style.dim(
      `${answer.model} version ${answer.version}${answer.ids[0] === undefined ? "" : `, prediction ${answer.ids[0]}`}`,
    ),
  );
}

function printComparables(
  out: Context["out"],
  comparables: readonly { key?: string; title: string; value: number; similarity: number }[],
): void {
  if (comparables.length === 0) return;
  out.printTable(
    [
      { title: "like it" },
      { title: "value", align: "right" },
      { title: "similarity", align: "right" },
      { title: "id" },
    ],
    comparables.map(({ key = "", title, value, similarity }) => [
      title,
      formatNumber(value, 2),
      formatNumber(similarity, 2),
      key,
    ]),
  );
}

function printLabels(
  out: Context["out"],
  top: readonly { label: string | number; probability: number }[],
): void {
  const width = Math.max(8, ...top.map(({ label }) => String(label).length));
  for (const { label, probability } of top)
    out.print(
      `  ${String(label).padEnd(width)} ${out.style.cyan(bar(probability, 30))} ${formatNumber(probability)}`,
    );
}

function labelText(label: string | number): string {
  return typeof label === "number" ? formatNumber(label, 2) : label;
}

async function predictFile(context: Context): Promise<void> {
  const { line, out, souk, signal, stdin, by } = context;
  const path = line.text("file")!;
  const format = formatOf(path, line.text("format"));
  const source = path === "-" ? stdin : await openFile(path);
  const topK = line.number("top");
  const lines = (await souk()).serving.predictFile({
    ...modelOf(context),
    source,
    format,
    principal: by,
    signal,
    // Photos are named from where the file of rows is.
    readPhoto: (name) => readPhoto(resolve(path === "-" ? "." : dirname(path), name)),
    ...(topK !== undefined && { topK }),
  });
  const output = line.text("output");
  const progress = out.progress();
  let rows = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of lines) {
      for (const byte of chunk) if (byte === 10) rows++;
      if (output !== undefined) progress.update({ label: "predicting", note: formatRows(rows) });
      yield chunk;
    }
  }
  if (output === undefined) for await (const chunk of counted()) out.printRaw(chunk);
  else await pipeline(Readable.from(counted()), createWriteStream(output), { signal });
  progress.done();
  out.log(`${out.errorStyle.green("✓")} ${formatRows(rows)} predicted`);
}

function formatOf(path: string, given: string | undefined): "jsonl" | "csv" | "tsv" {
  const ending = given ?? /\.(jsonl|ndjson|csv|tsv)$/i.exec(path)?.[1]?.toLowerCase();
  if (ending === "csv" || ending === "tsv" || ending === "jsonl") return ending;
  if (ending === "ndjson") return "jsonl";
  throw new SoukError(
    "CLI_OPTION_VALUE",
    `--format is missing: "${path}" does not end in .jsonl, .csv or .tsv`,
  );
}

async function openFile(path: string): Promise<AsyncIterable<Uint8Array>> {
  await stat(path).catch((cause: unknown) => {
    throw new SoukError("CLI_FILE_MISSING", `there is no file ${path}`, { cause });
  });
  return createReadStream(path);
}
