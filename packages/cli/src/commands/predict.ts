import { createReadStream, createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { SoukError } from "@souk/core";
import type { Command, Context } from "../command.ts";
import { parsePairs, settingOf } from "../line/pairs.ts";
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
    set: {
      kind: "list",
      value: "COLUMN=VALUE",
      summary: "an input by its column, may be repeated",
    },
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
    version: { kind: "number", min: 1, value: "N", summary: "this version" },
    alias: {
      kind: "text",
      value: "NAME",
      summary: "the version of this alias",
      fallback: "champion",
    },
    top: { kind: "number", min: 1, value: "K", summary: "the likeliest labels", fallback: "5" },
  },
  examples: [
    { line: "souk predict star-rating 'It broke after two days'", about: "one text" },
    {
      line: "souk predict star-rating --set review_headline='Love it' --set review_body='Works well'",
      about: "by column",
    },
    { line: "souk predict star-rating --file new.tsv --output stars.jsonl", about: "a file" },
  ],
  run: (context) =>
    context.line.text("file") === undefined ? predictOne(context) : predictFile(context),
};

function modelOf({ line }: Context): { model: string; version?: number; alias?: string } {
  const version = line.number("version");
  const alias = line.text("alias");
  return {
    model: line.positionals[0]!,
    ...(version !== undefined && { version }),
    ...(alias !== undefined && { alias }),
  };
}

async function predictOne(context: Context): Promise<void> {
  const { line, out, souk, by } = context;
  const { serving } = await souk();
  const columns = await inputColumns(context);
  const answer = await serving.predict({
    ...modelOf(context),
    batch: { length: 1, columns },
    topK: line.number("top") ?? 5,
    principal: by,
  });
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
  for (const { label, probability } of prediction.top ?? [])
    out.print(
      `  ${String(label).padEnd(8)} ${out.style.cyan(bar(probability, 30))} ${formatNumber(probability)}`,
    );
  out.print(
    out.style.dim(
      `${answer.model} version ${answer.version}${answer.ids[0] === undefined ? "" : `, prediction ${answer.ids[0]}`}`,
    ),
  );
}

function labelText(label: string | number): string {
  return typeof label === "number" ? formatNumber(label, 2) : label;
}

/** The text goes to the last text input: the body, not the headline; the other inputs are empty unless set. */
async function inputColumns(
  context: Context,
): Promise<Record<string, (string | number | boolean | null)[]>> {
  const { line, souk } = context;
  const { model, ...ref } = modelOf(context);
  const given = parsePairs("set", line.list("set"));
  const { signature } = await (await souk()).serving.card(model, ref);
  const known = signature.inputs.map(({ name }) => name);
  const stranger = Object.keys(given).find((name) => !known.includes(name));
  if (stranger !== undefined)
    throw new SoukError(
      "CLI_OPTION_VALUE",
      `--set: ${model} has the inputs ${known.join(", ")}, got "${stranger}"`,
    );
  const text = line.positionals[1];
  const textInput = signature.inputs.findLast(({ kind }) => kind === "text")?.name;
  if (text === undefined && line.list("set").length === 0)
    throw new SoukError(
      "CLI_ARGUMENT",
      `TEXT is missing; or give --set for ${known.join(", ")}, or --file`,
    );
  if (text !== undefined && textInput === undefined)
    throw new SoukError(
      "CLI_ARGUMENT",
      `${model} has no text input; give --set for ${known.join(", ")}`,
    );
  return Object.fromEntries(
    signature.inputs.map(({ name, kind }) => {
      const typed = given[name];
      if (typed !== undefined) return [name, [kind === "number" ? settingOf(typed) : typed]];
      if (name === textInput && text !== undefined) return [name, [text]];
      return [name, [kind === "text" ? "" : null]];
    }),
  );
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
