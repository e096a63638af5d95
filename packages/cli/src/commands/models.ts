import { SoukError } from "@souk/core";
import type { Command, Context } from "../command.ts";
import { parseVersion } from "../line/pairs.ts";
import { numberOf, textOf } from "../plain.ts";
import { formatNumber, formatTime } from "../terminal/numbers.ts";

const MAX_METRICS = 3;
/** Below this many columns the run ids would push everything else out. */
const RUN_COLUMN_WIDTH = 110;

const model = { name: "MODEL", summary: "name of the model" } as const;
const version = { name: "VERSION", summary: "its number" } as const;
const reason = { kind: "text", value: "WHY", summary: "kept with the decision" } as const;

const list: Command = { name: "list", summary: "models and what serves", run: listModels };

async function listModels({ out, souk }: Context): Promise<void> {
  const models = await (await souk()).models.list();
  out.printJson(models);
  if (models.length === 0)
    return out.print(`No models yet. ${out.style.cyan("souk train star-rating")} makes one.`);
  out.printTable(
    [
      { title: "model", paint: (cell) => out.style.bold(cell) },
      { title: "versions", align: "right" },
      { title: "serving" },
      { title: "task" },
    ],
    models.map(({ name, versions, aliases, task }) => [
      name,
      String(versions.length),
      aliasText(aliases),
      task ?? "",
    ]),
  );
}

function aliasText(aliases: Readonly<Record<string, number>>): string {
  return Object.entries(aliases)
    .map(([alias, number]) => `${alias} → ${number}`)
    .join(", ");
}

const show: Command = {
  name: "show",
  summary: "versions of a model with their figures",
  positionals: [model],
  async run({ line, out, souk }) {
    const detail = await (await souk()).models.get(line.positionals[0]!);
    out.printJson(detail);
    out.print(`${out.style.bold(detail.name)}  ${out.style.dim(detail.description ?? "")}`);
    out.print();
    const names = [
      ...new Set(detail.versions.flatMap(({ metrics }) => Object.keys(metrics))),
    ].slice(0, MAX_METRICS);
    const aliasesOf = (number: number): string =>
      Object.entries(detail.aliases)
        .filter(([, served]) => served === number)
        .map(([alias]) => alias)
        .join(", ");
    const hasRoom = out.width >= RUN_COLUMN_WIDTH;
    out.printTable(
      [
        { title: "version", align: "right" },
        { title: "alias", isWhole: true, paint: (cell) => out.style.green(cell) },
        { title: "stage" },
        ...names.map((title) => ({ title, align: "right" as const })),
        { title: "created", isWhole: true },
        ...(hasRoom ? [{ title: "run", isWhole: true }] : []),
      ],
      detail.versions
        .toSorted((a, b) => b.version - a.version)
        .map((row) => [
          String(row.version),
          aliasesOf(row.version),
          row.stage,
          ...names.map((name) =>
            row.metrics[name] === undefined ? "" : formatNumber(row.metrics[name]),
          ),
          formatTime(row.createdAt),
          ...(hasRoom ? [row.runId ?? ""] : []),
        ]),
    );
  },
};

function decision(name: "approve" | "reject"): Command {
  return {
    name,
    summary: `${name} a version`,
    positionals: [model, version],
    options: { reason },
    async run({ line, out, souk, by }) {
      const why = line.text("reason");
      if (why === undefined)
        throw new SoukError(
          "CLI_OPTION_VALUE",
          "--reason is missing: it is kept with the decision",
        );
      const [of, number] = line.positionals;
      const { models } = await souk();
      const record = await models[name](of!, parseVersion(number!), { by, reason: why });
      out.printJson(record);
      out.print(
        `${out.style.green("✓")} ${record.model} version ${record.version} is ${record.stage}`,
      );
    },
  };
}

const log: Command = {
  name: "log",
  summary: "who promoted what, when and why, newest first",
  positionals: [{ ...model, isOptional: true }],
  async run({ line, out, souk }) {
    const entries = await (await souk()).models.log(line.positionals[0]);
    out.printJson(entries);
    if (entries.length === 0) return out.print("Nothing has been promoted yet.");
    out.printTable(
      [
        { title: "when", isWhole: true },
        { title: "model" },
        { title: "what", isWhole: true },
        { title: "by" },
        { title: "reason" },
      ],
      entries.map((entry) => [
        formatTime(numberOf(entry, "at") ?? 0),
        textOf(entry, "model"),
        changeOf(entry),
        textOf(entry, "by"),
        textOf(entry, "reason"),
      ]),
    );
  },
};

function changeOf(entry: object): string {
  const action = textOf(entry, "action") || textOf(entry, "kind");
  const number = textOf(entry, "version") || textOf(entry, "to");
  return [action, textOf(entry, "alias"), number === "" ? "" : `→ ${number}`]
    .filter(Boolean)
    .join(" ");
}

/** `souk models` and its actions. */
export const command: Command = {
  name: "models",
  summary: "list, show, approve and reject model versions",
  actions: [list, show, decision("approve"), decision("reject"), log],
  run: listModels,
  examples: [
    { line: "souk models show star-rating", about: "versions and figures" },
    {
      line: "souk models reject star-rating 4 --reason 'worse on Toys'",
      about: "never let it serve",
    },
  ],
};
