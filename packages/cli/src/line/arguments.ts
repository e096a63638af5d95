import { parseArgs } from "node:util";
import { SoukError } from "@souk/core";
import { didYouMean } from "./suggestion.ts";

/** One option of a command. `list` may be repeated. */
export interface OptionSpec {
  readonly kind: "flag" | "text" | "number" | "list";
  readonly summary: string;
  /** One letter for `-x`. */
  readonly short?: string;
  /** Stands for the value in the help, like "DIR". */
  readonly value?: string;
  /** The only values accepted. */
  readonly choices?: readonly string[];
  /** Shown in the help. */
  readonly fallback?: string;
  /** Smallest number accepted. */
  readonly min?: number;
}

/** One argument without dashes. Only the last may be `many`. */
export interface PositionalSpec {
  readonly name: string;
  readonly summary: string;
  readonly isOptional?: boolean;
  readonly isMany?: boolean;
}

/** A checked command line. Asking for an option of another kind gives nothing. */
export interface ParsedLine {
  readonly positionals: readonly string[];
  flag(name: string): boolean;
  text(name: string): string | undefined;
  number(name: string): number | undefined;
  list(name: string): readonly string[];
}

/** Options that every command has. */
export const globalOptions = {
  data: {
    kind: "text",
    value: "DIR",
    summary: "data directory",
    fallback: "$SOUK_DATA or ./souk-data",
  },
  json: { kind: "flag", summary: "machine-readable output on stdout, nothing else there" },
  quiet: { kind: "flag", short: "q", summary: "no progress on stderr" },
  "no-color": { kind: "flag", summary: "no colours (also when NO_COLOR is set)" },
  help: { kind: "flag", short: "h", summary: "this help" },
} as const satisfies Record<string, OptionSpec>;

type Token = NonNullable<ReturnType<typeof parseArgs>["tokens"]>[number];

/**
 * Takes the first word that is not an option off the line: the command.
 * @returns the word, undefined when there is none, and the other arguments in order.
 */
export function takeWord(args: readonly string[]): {
  word: string | undefined;
  rest: readonly string[];
} {
  const tokens = tokensOf(args, globalOptions);
  const found = tokens.find(
    (token) => token.kind === "positional" || token.kind === "option-terminator",
  );
  if (found?.kind !== "positional") return { word: undefined, rest: args };
  return { word: found.value, rest: args.toSpliced(found.index, 1) };
}

/**
 * Reads `args` by the options of a command and the global ones.
 * @throws SoukError `CLI_OPTION` for an option that does not exist, `CLI_OPTION_VALUE` for a missing or unfit value,
 * `CLI_ARGUMENT` for too few or too many arguments.
 */
export function parseLine(
  args: readonly string[],
  own: Readonly<Record<string, OptionSpec>> = {},
  positionalSpecs: readonly PositionalSpec[] = [],
): ParsedLine {
  const specs: Readonly<Record<string, OptionSpec>> = { ...globalOptions, ...own };
  const values = new Map<string, string[]>();
  const positionals: string[] = [];
  for (const token of tokensOf(args, specs)) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const value = optionValue(token, specs);
    values.set(token.name, [...(values.get(token.name) ?? []), value]);
  }
  if (!values.has("help")) checkPositionals(positionals, positionalSpecs);
  const last = (name: string, kind: OptionSpec["kind"]): string | undefined =>
    specs[name]?.kind === kind ? values.get(name)?.at(-1) : undefined;
  return {
    positionals,
    flag: (name) => last(name, "flag") !== undefined,
    text: (name) => last(name, "text"),
    number: (name) => {
      const value = last(name, "number");
      return value === undefined ? undefined : Number(value);
    },
    list: (name) => (specs[name]?.kind === "list" ? (values.get(name) ?? []) : []),
  };
}

function tokensOf(
  args: readonly string[],
  specs: Readonly<Record<string, OptionSpec>>,
): readonly Token[] {
  const options = Object.fromEntries(
    Object.entries(specs).map(([name, { kind, short }]) => [
      name,
      {
        type: kind === "flag" ? ("boolean" as const) : ("string" as const),
        ...(short && { short }),
      },
    ]),
  );
  const { tokens } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  return tokens;
}

function optionValue(
  token: Extract<Token, { kind: "option" }>,
  specs: Readonly<Record<string, OptionSpec>>,
): string {
  const spec = Object.hasOwn(specs, token.name) ? specs[token.name] : undefined;
  if (spec === undefined) throw unknownOption(token.rawName, Object.keys(specs));
  if (spec.kind === "flag") {
    if (token.value === undefined) return "";
    throw new SoukError(
      "CLI_OPTION_VALUE",
      `${token.rawName} takes no value, got "${token.value}"`,
    );
  }
  if (token.value === undefined || (!token.inlineValue && token.value.startsWith("--")))
    throw new SoukError(
      "CLI_OPTION_VALUE",
      `${token.rawName} needs a ${spec.value ?? "value"} after it`,
    );
  return checkedValue(token.rawName, token.value, spec);
}

function checkedValue(name: string, value: string, spec: OptionSpec): string {
  if (spec.choices !== undefined && !spec.choices.includes(value))
    throw new SoukError(
      "CLI_OPTION_VALUE",
      `${name}: expected ${spec.choices.join(", ")}, got "${value}"${didYouMean(value, spec.choices)}`,
    );
  if (spec.kind !== "number") return value;
  const number = Number(value);
  if (value.trim() === "" || !Number.isFinite(number) || number < (spec.min ?? -Infinity))
    throw new SoukError(
      "CLI_OPTION_VALUE",
      `${name}: expected a number${spec.min === undefined ? "" : ` of at least ${spec.min}`}, got "${value}"`,
    );
  return value;
}

function unknownOption(rawName: string, names: readonly string[]): SoukError {
  const hint = didYouMean(
    rawName,
    names.map((name) => `--${name}`),
  );
  return new SoukError("CLI_OPTION", `there is no option ${rawName}${hint}`);
}

function checkPositionals(got: readonly string[], specs: readonly PositionalSpec[]): void {
  const required = specs.filter((spec) => !spec.isOptional);
  if (got.length < required.length) {
    const missing = required[got.length]!;
    throw new SoukError("CLI_ARGUMENT", `${missing.name} is missing: ${missing.summary}`);
  }
  if (got.length > specs.length && specs.at(-1)?.isMany !== true)
    throw new SoukError(
      "CLI_ARGUMENT",
      `expected ${specs.length === 0 ? "no arguments" : `at most ${specs.length}`}, got "${got[specs.length]}" as well`,
    );
}
