import type { Command, Context } from "../command.ts";
import { formatRows, formatTime } from "../terminal/numbers.ts";

const SHOWN_INPUT = 60;

/** `souk corrections`. */
export const command: Command = {
  name: "corrections",
  summary: "list what people said a model should have answered",
  positionals: [{ name: "MODEL", summary: "name of the model" }],
  options: {
    limit: { kind: "number", min: 1, value: "N", summary: "at most so many", fallback: "20" },
    history: { kind: "flag", summary: "also those that a later correction replaced" },
  },
  examples: [{ line: "souk corrections star-rating", about: "the latest, and how many wait" }],
  run: list,
};

async function list({ line, out, souk }: Context): Promise<void> {
  const { serving } = await souk();
  const model = line.positionals[0]!;
  const count = await serving.correctionCount(model);
  const { items } = await serving.corrections({
    model,
    limit: line.number("limit") ?? 20,
    history: line.flag("history"),
  });
  out.printJson({ ...count, items });
  out.print(
    `${out.style.bold(model)}: ${formatRows(count.total)} corrections, ${formatRows(count.sinceTraining)} since its training`,
  );
  if (items.length === 0)
    return out.print(`${out.style.cyan("souk correct PREDICTION LABEL")} makes one.`);
  out.print();
  out.printTable(
    [
      { title: "when", isWhole: true },
      { title: "right", isWhole: true, paint: (cell) => out.style.green(cell) },
      { title: "by" },
      { title: "inputs" },
      { title: "" },
    ],
    items.map(({ at, label, by, input, replacedBy }) => [
      formatTime(at),
      String(label),
      by ?? "",
      inputText(input),
      replacedBy === undefined ? "" : "replaced",
    ]),
  );
}

function inputText(input: Readonly<Record<string, unknown>>): string {
  const words = Object.values(input)
    .filter((value) => value !== null && value !== "")
    .map(String)
    .join(" · ");
  return words.length > SHOWN_INPUT ? `${words.slice(0, SHOWN_INPUT - 1)}…` : words;
}
