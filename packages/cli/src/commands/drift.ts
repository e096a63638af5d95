import { SoukError } from "@souk/core";
import type { Command, Context } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { parseVersion } from "../line/pairs.ts";
import { listOf, member, numberOf, textOf } from "../plain.ts";
import { formatNumber } from "../terminal/numbers.ts";
import { wrap } from "../terminal/style.ts";

/** `souk drift`. */
export const command: Command = {
  name: "drift",
  summary: "compare two versions or periods of a dataset",
  about: `A side is a version ("3") or the rows of a date column from one day to before another
("review_date:2024-01-01:2025-01-01"). With --fail the exit code is 4 when something drifted.`,
  positionals: [{ name: "DATASET", summary: "name of the dataset" }],
  options: {
    from: { kind: "text", value: "SIDE", summary: "the rows to compare with" },
    to: {
      kind: "text",
      value: "SIDE",
      summary: "the rows to look at",
      fallback: "the newest version",
    },
    column: { kind: "list", value: "NAME", summary: "only these columns, may be repeated" },
    fail: { kind: "flag", summary: "exit code 4 on drift" },
  },
  examples: [
    { line: "souk drift reviews --from 1", about: "the first version against the newest" },
    {
      line: "souk drift reviews --from review_date:2023-01-01:2024-01-01 --to review_date:2024-01-01:2025-01-01",
      about: "one year against the next",
    },
  ],
  async run(context) {
    const { line, out, souk, signal } = context;
    const from = line.text("from");
    if (from === undefined)
      throw new SoukError("CLI_OPTION_VALUE", "--from is missing: a version or COLUMN:FROM:TO");
    const columns = line.list("column");
    const report = await (
      await souk()
    ).datasets.drift(
      {
        dataset: line.positionals[0]!,
        from: sideOf("from", from),
        to: line.text("to") === undefined ? {} : sideOf("to", line.text("to")!),
        ...(columns.length > 0 && { columns }),
      },
      { signal },
    );
    out.printJson(report);
    printReport(context, report);
    const hasDrifted = listOf(report, "columns").some(
      (column) => member(column, "drifted") === true,
    );
    return hasDrifted && line.flag("fail") ? exitCodes.refused : exitCodes.ok;
  },
};

function sideOf(
  option: string,
  text: string,
): { version?: number; period?: { column: string; from: string; to: string } } {
  const parts = text.split(":");
  if (parts.length === 1) return { version: parseVersion(text) };
  const [column, from, to] = parts;
  if (parts.length !== 3 || column === "" || from === "" || to === "")
    throw new SoukError(
      "CLI_OPTION_VALUE",
      `--${option}: expected a version or COLUMN:FROM:TO, got "${text}"`,
    );
  return { period: { column: column!, from: from!, to: to! } };
}

function printReport({ out }: Context, report: object): void {
  const columns = listOf(report, "columns");
  const hasDrifted = columns.map((column) => member(column, "drifted") === true);
  const figure = (column: unknown, name: string): string => {
    const value = numberOf(column, name);
    return value === undefined ? textOf(column, name) : formatNumber(value);
  };
  out.printTable(
    [
      { title: "column" },
      { title: "method" },
      { title: "statistic", align: "right" },
      { title: "p-value", align: "right" },
      { title: "effect", align: "right" },
      {
        title: "verdict",
        paint: (cell, row) =>
          hasDrifted[row] === true ? out.style.yellow(cell) : out.style.dim(cell),
      },
    ],
    columns.map((column, row) => [
      textOf(column, "name"),
      textOf(column, "method"),
      figure(column, "statistic"),
      figure(column, "pValue"),
      figure(column, "effect"),
      hasDrifted[row] === true ? "drifted" : "steady",
    ]),
  );
  out.print();
  for (const row of wrap(textOf(report, "verdict"), out.width)) out.print(out.style.bold(row));
}
