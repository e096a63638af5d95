import type { Souk } from "@souk/server";
import type { OptionSpec, ParsedLine, PositionalSpec } from "./line/arguments.ts";
import type { Output } from "./terminal/output.ts";
import type { ExitCode } from "./exit-codes.ts";

/** A line to copy, with what it does. */
export interface Example {
  readonly line: string;
  readonly about: string;
}

/** What every command file exports as `command`. One with `actions` has sub-commands and does `run` when none is named. */
export interface Command {
  readonly name: string;
  /** One line for the overview, no full stop. */
  readonly summary: string;
  /** Paragraphs for `--help`. */
  readonly about?: string;
  readonly positionals?: readonly PositionalSpec[];
  readonly options?: Readonly<Record<string, OptionSpec>>;
  readonly examples?: readonly Example[];
  readonly actions?: readonly Command[];
  /** @returns the exit code when it is not 0. Failures are thrown. */
  readonly run?: (context: Context) => Promise<ExitCode | void>;
}

/** What a command works with. */
export interface Context {
  readonly line: ParsedLine;
  readonly out: Output;
  /** Fires on Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly dataDirectory: string;
  /** Who acts, for the logs: "cli:" and the system's user name. */
  readonly by: string;
  /** Every command, loaded. */
  readonly commands: () => Promise<readonly Command[]>;
  /** The application over the data directory, opened at the first call and closed by the program. */
  readonly souk: (options?: { serving?: "now" | "lazy" }) => Promise<Souk>;
}
