import { text } from "node:stream/consumers";
import { SoukError } from "@souk/core";
import type { Command, Context } from "../command.ts";
import { parsePairs, parseVersion } from "../line/pairs.ts";
import { formatDuration, formatRows } from "../terminal/numbers.ts";
import { cellText, printResult } from "../terminal/result-table.ts";

/** `souk sql`. */
export const command: Command = {
  name: "sql",
  summary: "run one SQL query over the datasets",
  about: `Read only, in a process of its own with limits on time, rows and memory. Datasets are tables; predict(model, text)
asks a served model.`,
  positionals: [{ name: "QUERY", summary: 'the statement, or "-" to read it from standard input' }],
  options: {
    format: {
      kind: "text",
      choices: ["table", "csv", "tsv", "jsonl"],
      value: "FORMAT",
      summary: "how to print the rows",
      fallback: "table",
    },
    rows: { kind: "number", min: 1, value: "N", summary: "most rows to return" },
    timeout: {
      kind: "number",
      min: 0.1,
      value: "SECONDS",
      summary: "longest time to wait",
      fallback: "30",
    },
    at: {
      kind: "list",
      value: "DATASET=VERSION",
      summary: "read an earlier version, may be repeated",
    },
  },
  examples: [
    { line: "souk sql 'select count(*) from reviews'", about: "count" },
    {
      line: "souk sql \"select predict('star-rating', review_body) as stars, count(*) from reviews group by 1\"",
      about: "ask a model inside a query",
    },
    { line: "souk sql - --format csv < query.sql > answer.csv", about: "from a file into a file" },
  ],
  async run(context) {
    const { line, out, signal, stdin, souk } = context;
    const given = line.positionals[0]!;
    const sql = given === "-" ? await text(stdin) : given;
    if (sql.trim() === "") throw new SoukError("CLI_ARGUMENT", "the query is empty");
    const timeout = line.number("timeout");
    const rows = line.number("rows");
    const answer = await (
      await souk()
    ).sql.run(sql, {
      signal,
      versions: versionsOf(context),
      ...(rows !== undefined && { maxRows: rows }),
      ...(timeout !== undefined && { limits: { timeMs: timeout * 1000 } }),
    });
    out.printJson(answer);
    const format = line.text("format") ?? "table";
    if (!out.isJson && format !== "table") {
      out.printRaw(delimited(answer, format));
      return;
    }
    printResult(out, answer, { maxRows: rows ?? 100 });
    out.print(
      out.style.dim(`${formatRows(answer.rowCount)} in ${formatDuration(answer.elapsedMs)}`),
    );
  },
};

function versionsOf({ line }: Context): Record<string, number> {
  const pairs = Object.entries(parsePairs("at", line.list("at")));
  return Object.fromEntries(pairs.map(([dataset, version]) => [dataset, parseVersion(version)]));
}

function delimited(
  {
    columns,
    rows,
  }: { columns: readonly { name: string }[]; rows: readonly (readonly unknown[])[] },
  format: string,
): string {
  const names = columns.map(({ name }) => name);
  if (format === "jsonl")
    return rows
      .map(
        (row) => `${JSON.stringify(Object.fromEntries(names.map((name, c) => [name, row[c]])))}\n`,
      )
      .join("");
  const write = format === "csv" ? csvCell : tsvCell;
  const gap = format === "csv" ? "," : "\t";
  return [names, ...rows]
    .map((row) => `${row.map((value) => write(cellText(value, ""))).join(gap)}\n`)
    .join("");
}

/** Source: RFC 4180. */
function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function tsvCell(text: string): string {
  return text
    .replaceAll("\\", "\\\\")
    .replaceAll("\t", "\\t")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r");
}
