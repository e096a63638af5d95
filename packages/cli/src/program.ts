import { userInfo } from "node:os";
import { resolve } from "node:path";
import { SoukError } from "@souk/core";
import type { Souk } from "@souk/server";
import type { Command, Context } from "./command.ts";
import { commandList } from "./command-list.ts";
import { type ExitCode, exitCodeOf, exitCodes, isInterruption } from "./exit-codes.ts";
import { explainFailure } from "./failure.ts";
import { helpOf, overview } from "./help.ts";
import { parseLine, takeWord } from "./line/arguments.ts";
import { didYouMean } from "./line/suggestion.ts";
import { createOutput, type Output, type Screen } from "./terminal/output.ts";

/** Everything outside the program that it touches, so that a test can stand in for a terminal. */
export interface Surroundings {
  readonly stdout: Screen;
  readonly stderr: Screen;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Fires when the user wants to stop. */
  readonly signal: AbortSignal;
}

/**
 * Runs one command line (without `node` and the script) to its end.
 * Results go to stdout, everything else to stderr; nothing is thrown: failures become a message and an exit code.
 */
export async function runSouk(
  args: readonly string[],
  surroundings: Surroundings,
): Promise<ExitCode> {
  const session: Session = { typed: [] };
  const output = outputFor(args, surroundings);
  try {
    return await dispatch(args, { surroundings, output, session });
  } catch (thrown) {
    // What fails after Ctrl-C fails because of it: child processes of a terminal are told to stop as well.
    const failure = surroundings.signal.aborted
      ? new SoukError("CLI_INTERRUPTED", "stopped", { cause: thrown })
      : thrown;
    await reportFailure(failure, output, session);
    return exitCodeOf(failure);
  } finally {
    await session.souk?.then((souk) => souk.close()).catch(() => {});
  }
}

/** What one run has opened. */
interface Session {
  souk?: Promise<Souk>;
  typed: readonly string[];
  path?: string;
}

interface Run {
  readonly surroundings: Surroundings;
  readonly output: Output;
  readonly session: Session;
}

/** The output must exist before the line is known to be right, to report what is wrong with it. */
function outputFor(args: readonly string[], { stdout, stderr, environment }: Surroundings): Output {
  const end = args.indexOf("--");
  const flags = new Set(end < 0 ? args : args.slice(0, end));
  const noColor = environment["NO_COLOR"];
  return createOutput({
    stdout,
    stderr,
    isJson: flags.has("--json"),
    isQuiet: flags.has("--quiet") || flags.has("-q"),
    hasColor:
      !flags.has("--no-color") &&
      (noColor === undefined || noColor === "") &&
      environment["TERM"] !== "dumb",
  });
}

async function dispatch(args: readonly string[], run: Run): Promise<ExitCode> {
  const { word, rest } = takeWord(args);
  if (word === undefined && rest.includes("--version"))
    return dispatch(["version", ...rest.filter((arg) => arg !== "--version")], run);
  if (word === undefined) return withoutCommand(rest, run.output);
  if (word === "help") return dispatch([...rest, "--help"], run);
  const entry = commandList.find(({ name }) => name === word);
  if (entry === undefined) {
    const hint = didYouMean(
      word,
      commandList.map(({ name }) => name),
    );
    throw new SoukError("CLI_COMMAND", `there is no command "${word}"${hint}`);
  }
  const { command } = await entry.load();
  return runCommand(command, { path: [word], args: rest, run });
}

function withoutCommand(args: readonly string[], output: Output): ExitCode {
  const line = parseLine(args);
  output.printRaw(`${overview(output)}\n`);
  return line.flag("help") ? exitCodes.ok : exitCodes.usage;
}

async function runCommand(
  command: Command,
  { path, args, run }: { path: readonly string[]; args: readonly string[]; run: Run },
): Promise<ExitCode> {
  const { word, rest } = takeWord(args);
  const action = command.actions?.find(({ name }) => name === word);
  if (action !== undefined)
    return runCommand(action, { path: [...path, action.name], args: rest, run });
  run.session.path = path.join(" ");
  const line = parseLine(
    args,
    command.options,
    command.actions === undefined ? command.positionals : [ACTION],
  );
  if (line.flag("help")) {
    run.output.printRaw(`${helpOf(command, path.join(" "), run.output)}\n`);
    return exitCodes.ok;
  }
  if (command.actions !== undefined && (word !== undefined || command.run === undefined))
    throw unknownAction(command, path, word);
  run.session.typed = line.positionals;
  return (await command.run?.(contextOf(line, run))) ?? exitCodes.ok;
}

const ACTION = { name: "ACTION", summary: "what to do", isOptional: true, isMany: true } as const;

function unknownAction(
  command: Command,
  path: readonly string[],
  word: string | undefined,
): SoukError {
  const names = (command.actions ?? []).map(({ name }) => name);
  const got = word === undefined ? "nothing" : `"${word}"`;
  return new SoukError(
    "CLI_COMMAND",
    `souk ${path.join(" ")}: expected ${names.join(", ")}, got ${got}${word === undefined ? "" : didYouMean(word, names)}`,
  );
}

function contextOf(line: Context["line"], { surroundings, output, session }: Run): Context {
  const { signal, stdin, environment } = surroundings;
  const dataDirectory = resolve(line.text("data") ?? environment["SOUK_DATA"] ?? "souk-data");
  return {
    line,
    out: output,
    signal,
    stdin,
    environment,
    dataDirectory,
    by: `cli:${userInfo().username}`,
    commands: () => Promise.all(commandList.map(async (entry) => (await entry.load()).command)),
    souk: ({ serving = "lazy" } = {}) => (session.souk ??= open({ dataDirectory, serving })),
  };
}

/** The application is loaded here and nowhere else, so that what does not need it starts at once. */
async function open(options: { dataDirectory: string; serving: "now" | "lazy" }): Promise<Souk> {
  const { openSouk } = await import("@souk/server");
  return openSouk(options);
}

async function reportFailure(thrown: unknown, output: Output, session: Session): Promise<void> {
  if (isInterruption(thrown)) {
    output.printJson({ error: { code: "CLI_INTERRUPTED", message: "stopped" } });
    output.log("stopped; nothing half-done was kept");
    return;
  }
  const souk = await session.souk?.catch(() => undefined);
  const { code, message, next } = await explainFailure(thrown, { typed: session.typed, souk });
  output.printJson({ error: { code, message } });
  output.log(`${output.errorStyle.red("✗")} ${message}  ${output.errorStyle.dim(code)}`);
  const isUsage = exitCodeOf(thrown) === exitCodes.usage;
  const steps = isUsage ? [`souk ${[session.path, "--help"].filter(Boolean).join(" ")}`] : next;
  for (const step of steps) output.log(`  ${output.errorStyle.cyan("→")} ${step}`);
}
