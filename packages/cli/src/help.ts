import type { Command } from "./command.ts";
import { commandList } from "./command-list.ts";
import { globalOptions, type OptionSpec, type PositionalSpec } from "./line/arguments.ts";
import { pad } from "./terminal/table.ts";
import { type Style, wrap } from "./terminal/style.ts";

const NAME_WIDTH = 12;
const MIN_TEXT_WIDTH = 30;

/** How help is set: the colours and the columns of the terminal. */
export interface HelpSetting {
  readonly style: Style;
  readonly width: number;
}

/** What `souk` without a command prints. */
export function overview(setting: HelpSetting): string {
  const { style } = setting;
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
    ...optionLines(globalOptions, setting),
    "",
    `New here? ${style.cyan("souk start")} invents a small shop, trains a model on it and serves both.`,
    `More about a command: ${style.cyan("souk COMMAND --help")}`,
  );
  return lines.join("\n");
}

/** `souk ingest NAME FILES… [OPTIONS]` of a command and the words before it. */
function usageOf(command: Command, path: string): string {
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
export function helpOf(command: Command, path: string, setting: HelpSetting): string {
  const { style, width } = setting;
  const lines = [
    `${style.bold(`souk ${path}`)} — ${command.summary}`,
    "",
    `${style.dim("usage")}  ${usageOf(command, path)}`,
  ];
  if (command.about !== undefined) lines.push("", ...wrap(command.about, width));
  lines.push(...actionLines(command, setting), ...positionalLines(command, setting));
  if (Object.keys(command.options ?? {}).length > 0)
    lines.push("", style.bold("Options"), ...optionLines(command.options ?? {}, setting));
  lines.push("", style.bold("Every command"), ...optionLines(globalOptions, setting));
  if (command.examples !== undefined) {
    lines.push("", style.bold("Examples"));
    for (const { line, about } of command.examples)
      lines.push(`  ${style.dim(`# ${about}`)}`, `  ${style.cyan(line)}`);
  }
  return lines.join("\n");
}

function actionLines(command: Command, setting: HelpSetting): string[] {
  if (command.actions === undefined) return [];
  const rows = command.actions.map((action) => {
    const words = (action.positionals ?? []).map(placeholder);
    return [[action.name, ...words].join(" "), action.summary] as const;
  });
  return ["", setting.style.bold("Actions"), ...twoColumns(rows, setting)];
}

function positionalLines(command: Command, setting: HelpSetting): string[] {
  const rows = (command.positionals ?? []).map(
    (spec) => [placeholder(spec), spec.summary] as const,
  );
  return rows.length === 0
    ? []
    : ["", setting.style.bold("Arguments"), ...twoColumns(rows, setting)];
}

function optionLines(
  options: Readonly<Record<string, OptionSpec>>,
  setting: HelpSetting,
): string[] {
  return twoColumns(
    Object.entries(options).map(([name, spec]) => {
      const short = spec.short === undefined ? "" : `-${spec.short}, `;
      const value = spec.kind === "flag" ? "" : ` ${spec.value ?? "VALUE"}`;
      const choices = spec.choices === undefined ? "" : ` (${spec.choices.join(", ")})`;
      const fallback = spec.fallback === undefined ? "" : ` [${spec.fallback}]`;
      return [`${short}--${name}${value}`, spec.summary + choices + fallback] as const;
    }),
    setting,
  );
}

function twoColumns(
  rows: readonly (readonly [string, string])[],
  { style, width }: HelpSetting,
): string[] {
  const left = Math.max(...rows.map(([name]) => name.length));
  const room = Math.max(MIN_TEXT_WIDTH, width - left - 4);
  return rows.flatMap(([name, text]) =>
    wrap(text, room).map((line, i) => `  ${style.cyan(pad(i === 0 ? name : "", left))}  ${line}`),
  );
}
