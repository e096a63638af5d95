import type { Command } from "./command.ts";
import { commandList } from "./command-list.ts";
import { globalOptions, type OptionSpec, type PositionalSpec } from "./line/arguments.ts";
import { pad } from "./terminal/table.ts";
import type { Style } from "./terminal/style.ts";

const NAME_WIDTH = 12;

/** What `souk` without a command prints. */
export function overview(style: Style): string {
  const lines = [
    `${style.bold("souk")} — machine learning for your shop, on your machine`,
    "",
    `${style.dim("usage")}  souk COMMAND [OPTIONS]`,
  ];
  for (const group of ["Begin", "Data", "Models", "Operate"] as const) {
    lines.push("", style.bold(group));
    for (const { name, summary } of commandList.filter((entry) => entry.group === group))
      lines.push(`  ${style.cyan(pad(name, NAME_WIDTH))} ${summary}`);
  }
  lines.push(
    "",
    style.bold("Every command"),
    ...optionLines(globalOptions, style),
    "",
    `New here? ${style.cyan("souk start")} invents a small shop, trains a model on it and serves both.`,
    `More about a command: ${style.cyan("souk COMMAND --help")}`,
  );
  return lines.join("\n");
}

/** `souk ingest NAME FILES… [OPTIONS]` of a command and the words before it. */
export function usageOf(command: Command, path: string): string {
  const words = (command.positionals ?? []).map(placeholder);
  const action =
    command.actions === undefined ? [] : [command.run === undefined ? "ACTION" : "[ACTION]"];
  return ["souk", path, ...action, ...words, "[OPTIONS]"].join(" ");
}

function placeholder({ name, isOptional = false, isMany = false }: PositionalSpec): string {
  const word = isMany ? `${name}…` : name;
  return isOptional ? `[${word}]` : word;
}

/** What `souk COMMAND --help` prints. `path` is the command with the words before it: "datasets undo". */
export function helpOf(command: Command, path: string, style: Style): string {
  const lines = [
    `${style.bold(`souk ${path}`)} — ${command.summary}`,
    "",
    `${style.dim("usage")}  ${usageOf(command, path)}`,
  ];
  if (command.about !== undefined) lines.push("", command.about);
  lines.push(...actionLines(command, style), ...positionalLines(command, style));
  if (Object.keys(command.options ?? {}).length > 0)
    lines.push("", style.bold("Options"), ...optionLines(command.options ?? {}, style));
  lines.push("", style.bold("Every command"), ...optionLines(globalOptions, style));
  if (command.examples !== undefined) {
    lines.push("", style.bold("Examples"));
    for (const { line, about } of command.examples)
      lines.push(`  ${style.dim(`# ${about}`)}`, `  ${style.cyan(line)}`);
  }
  return lines.join("\n");
}

function actionLines(command: Command, style: Style): string[] {
  if (command.actions === undefined) return [];
  const rows = command.actions.map((action) => {
    const words = (action.positionals ?? []).map(placeholder);
    return [[action.name, ...words].join(" "), action.summary] as const;
  });
  return ["", style.bold("Actions"), ...twoColumns(rows, style)];
}

function positionalLines(command: Command, style: Style): string[] {
  const rows = (command.positionals ?? []).map(
    (spec) => [placeholder(spec), spec.summary] as const,
  );
  return rows.length === 0 ? [] : ["", style.bold("Arguments"), ...twoColumns(rows, style)];
}

function optionLines(options: Readonly<Record<string, OptionSpec>>, style: Style): string[] {
  return twoColumns(
    Object.entries(options).map(([name, spec]) => {
      const short = spec.short === undefined ? "" : `-${spec.short}, `;
      const value = spec.kind === "flag" ? "" : ` ${spec.value ?? "VALUE"}`;
      const choices = spec.choices === undefined ? "" : ` (${spec.choices.join(", ")})`;
      const fallback = spec.fallback === undefined ? "" : ` [${spec.fallback}]`;
      return [`${short}--${name}${value}`, spec.summary + choices + fallback] as const;
    }),
    style,
  );
}

function twoColumns(rows: readonly (readonly [string, string])[], style: Style): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${style.cyan(pad(left, width))}  ${right}`);
}
