import type { Command, Context } from "../command.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { listOf, member, textOf } from "../plain.ts";
import { formatTime } from "../terminal/numbers.ts";

const dataset = { name: "DATASET", summary: "name of the dataset" } as const;

const run: Command = {
  name: "run",
  summary: "run the kept checks and remember the outcome",
  about:
    "Ends with exit code 4 when a check of severity error fails. Without kept checks the suggested ones are kept first.",
  positionals: [dataset],
  async run({ line, out, souk, signal }): Promise<ExitCode> {
    const { checks } = await souk();
    const name = line.positionals[0]!;
    if ((await checks.get(name)).length === 0) {
      const suggested = await checks.suggest(name, { signal });
      await checks.put(name, suggested);
      out.log(
        `no checks were kept for ${name}: kept ${suggested.length} suggested from a profile of it`,
      );
    }
    const outcome = await checks.run(name, { signal });
    out.printJson(outcome);
    printResults({ out }, outcome.results);
    out.print();
    const failed = outcome.results.filter((result) => member(result, "passed") === false).length;
    const summary = `${outcome.results.length - failed} of ${outcome.results.length} checks passed on ${name} version ${outcome.version}`;
    out.print(outcome.passed ? out.style.green(summary) : out.style.red(summary));
    return outcome.passed ? exitCodes.ok : exitCodes.refused;
  },
};

function printResults({ out }: Pick<Context, "out">, results: readonly object[]): void {
  const passed = results.map((result) => member(result, "passed") === true);
  out.printTable(
    [
      {
        title: "",
        paint: (cell, row) => (passed[row] === true ? out.style.green(cell) : out.style.red(cell)),
      },
      { title: "severity" },
      { title: "check" },
      { title: "observed" },
      { title: "expected" },
    ],
    results.map((result, row) => [
      passed[row] === true ? "✓" : "✗",
      textOf(result, "severity"),
      checkName(member(result, "check")),
      textOf(result, "observed"),
      textOf(result, "expected"),
    ]),
  );
}

function checkName(check: unknown): string {
  if (typeof check === "string") return check;
  const column = textOf(check, "column") || listOf(check, "columns").join(", ");
  return [textOf(check, "kind"), column].filter((part) => part !== "").join(" ");
}

const suggest: Command = {
  name: "suggest",
  summary: "checks that fit the data as it is now",
  positionals: [dataset],
  options: { keep: { kind: "flag", summary: "replace the kept checks by these" } },
  async run({ line, out, souk, signal }) {
    const { checks } = await souk();
    const name = line.positionals[0]!;
    const suggested = await checks.suggest(name, { signal });
    out.printJson(suggested);
    out.printTable(
      [{ title: "severity" }, { title: "check" }, { title: "rule" }],
      suggested.map((check) => [textOf(check, "severity"), checkName(check), ruleOf(check)]),
    );
    out.print();
    if (!line.flag("keep"))
      return out.print(`Keep them: ${out.style.cyan(`souk check suggest ${name} --keep`)}`);
    await checks.put(name, suggested);
    out.print(
      `${out.style.green("✓")} kept; ${out.style.cyan(`souk check run ${name}`)} runs them`,
    );
  },
};

function ruleOf(check: object): string {
  const shown = Object.entries(check).filter(
    ([name]) => !["kind", "column", "columns", "severity", "name"].includes(name),
  );
  return shown
    .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ");
}

const history: Command = {
  name: "history",
  summary: "earlier outcomes, newest first",
  positionals: [dataset],
  options: { limit: { kind: "number", min: 1, value: "N", summary: "how many", fallback: "20" } },
  async run({ line, out, souk }) {
    const outcomes = await (
      await souk()
    ).checks.history(line.positionals[0]!, { limit: line.number("limit") ?? 20 });
    out.printJson(outcomes);
    if (outcomes.length === 0) return out.print("No checks have run yet.");
    out.printTable(
      [
        { title: "when" },
        { title: "version", align: "right" },
        { title: "outcome" },
        { title: "failed" },
      ],
      outcomes.map(({ at, version, passed, results }) => [
        formatTime(at),
        String(version),
        passed ? "passed" : "failed",
        results
          .filter((result) => member(result, "passed") === false)
          .map((result) => checkName(member(result, "check")))
          .join(", "),
      ]),
    );
  },
};

/** `souk check` and its actions. */
export const command: Command = {
  name: "check",
  summary: "run, suggest and remember quality checks",
  actions: [run, suggest, history],
  examples: [
    { line: "souk check suggest reviews --keep", about: "begin with what fits today" },
    { line: "souk check run reviews && souk train star-rating", about: "train only on good data" },
  ],
};
