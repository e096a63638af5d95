import { writeFileAtomic, SoukError } from "@souk/core";
import type { Command, Context } from "../command.ts";
import { formatDuration } from "../terminal/numbers.ts";
import { wrap } from "../terminal/style.ts";
import { pivoted } from "../terminal/pivot.ts";
import { printResult } from "../terminal/result-table.ts";
import { textOf } from "../plain.ts";

const DEFAULT_ROWS = 20;
/** Charts that would say nothing beyond the table above them. */
const saidByTable: ReadonlySet<string> = new Set(["table", "number"]);

/** `souk question N`. */
export const command: Command = {
  name: "question",
  summary: "answer a saved question with a table and a chart",
  positionals: [{ name: "QUESTION", summary: "number or name, see souk questions" }],
  options: {
    chart: { kind: "text", value: "FILE", summary: "write the chart as FILE.png or FILE.svg" },
    part: { kind: "text", value: "NAME", summary: "only this part of a question with several" },
    rows: { kind: "number", min: 1, value: "N", summary: "rows of the table", fallback: "20" },
    sql: { kind: "flag", summary: "show the SQL as well" },
  },
  examples: [
    { line: "souk question 4", about: "stars by category" },
    { line: "souk question 11 --chart words.png", about: "the chart as a picture" },
    { line: "souk question helpful-votes --json | jq .results", about: "the numbers for a script" },
  ],
  async run(context) {
    const { line, out, signal, souk } = context;
    const { questions } = await souk();
    const { renderChartText } = await import("@souk/server");
    const name = line.positionals[0]!;
    const { question, results } = await questions.run(name, { signal });
    out.printJson({ question, results });
    out.print(out.style.bold(`${question.id}. ${question.title}`));
    for (const row of wrap(question.why, out.width)) out.print(out.style.dim(row));
    for (const [i, { name: part, result }] of results.entries()) {
      const statement = question.statements[i]!;
      if ((line.text("part") ?? part) !== part) continue;
      out.print();
      if (results.length > 1) out.print(out.style.bold(textOf(statement.chart, "title") || part));
      if (line.flag("sql")) out.print(`${out.style.dim(statement.sql)}\n`);
      printResult(out, pivoted(statement.chart, result), {
        maxRows: line.number("rows") ?? DEFAULT_ROWS,
      });
      if (!saidByTable.has(statement.chart.kind))
        out.print(`\n${renderChartText(statement.chart, result, { width: out.width })}\n`);
      out.print(out.style.dim(`answered in ${formatDuration(result.elapsedMs)}`));
    }
    await writeChart(context, name);
  },
};

async function writeChart({ line, out, signal, souk }: Context, question: string): Promise<void> {
  const path = line.text("chart");
  if (path === undefined) return;
  const format = /\.(png|svg)$/i.exec(path)?.[1]?.toLowerCase();
  if (format !== "png" && format !== "svg")
    throw new SoukError(
      "CLI_OPTION_VALUE",
      `--chart: expected a file name ending in .png or .svg, got "${path}"`,
    );
  const { questions } = await souk();
  const part = line.text("part");
  const bytes = await questions.chart(question, { format, statement: part, signal });
  await writeFileAtomic(path, bytes);
  out.log(`${out.errorStyle.green("✓")} chart written to ${path}`);
}
