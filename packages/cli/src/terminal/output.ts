import { createProgressBar, type ProgressBar } from "./progress.ts";
import { createStyle, type Style } from "./style.ts";
import { renderFacts, renderTable, type TableColumn } from "./table.ts";

/** A place to write to, as far as the program needs to know it. */
export interface Screen {
  write(text: string | Uint8Array): void;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** Where a command writes: results on stdout, everything else on stderr. */
export interface Output {
  readonly isJson: boolean;
  /** Whether a person watches stderr. */
  readonly isWatched: boolean;
  /** Colours of stdout. */
  readonly style: Style;
  /** Colours of stderr. */
  readonly errorStyle: Style;
  /** Columns of the terminal, 100 when it is none. */
  readonly width: number;
  /** A line of the result for people; nothing in JSON mode. */
  print(line?: string): void;
  printTable(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): void;
  printFacts(facts: readonly (readonly [string, string])[]): void;
  /** The result for machines; nothing outside JSON mode. */
  printJson(value: unknown): void;
  /** Bytes of the result as they are, in both modes. */
  printRaw(data: string | Uint8Array): void;
  /** A line about the work, on stderr. */
  log(line: string): void;
  /** A step of the work, on stderr; nothing with --quiet. */
  step(line: string): void;
  progress(): ProgressBar;
}

const DEFAULT_WIDTH = 100;
const MIN_WIDTH = 40;

/** Makes the output of one run. */
export function createOutput(options: {
  stdout: Screen;
  stderr: Screen;
  isJson: boolean;
  isQuiet: boolean;
  hasColor: boolean;
}): Output {
  const { stdout, stderr, isJson, isQuiet, hasColor } = options;
  const style = createStyle(hasColor && stdout.isTTY === true);
  const errorStyle = createStyle(hasColor && stderr.isTTY === true);
  const width = Math.max(MIN_WIDTH, stdout.columns ?? DEFAULT_WIDTH);
  const print = (line = ""): void => {
    if (!isJson) stdout.write(`${line}\n`);
  };
  return {
    isJson,
    isWatched: stderr.isTTY === true,
    style,
    errorStyle,
    width,
    print,
    printTable(columns, rows) {
      if (isJson) return;
      for (const line of renderTable(columns, rows, { width, style })) print(line);
    },
    printFacts(facts) {
      for (const line of renderFacts(facts, { width, style })) print(line);
    },
    printJson(value) {
      if (isJson) stdout.write(`${toJson(value)}\n`);
    },
    printRaw: (data) => stdout.write(data),
    log(line) {
      stderr.write(`${line}\n`);
    },
    step(line) {
      if (!isQuiet) stderr.write(`${errorStyle.dim("·")} ${line}\n`);
    },
    progress: () =>
      createProgressBar({
        write: isQuiet ? () => {} : (text) => stderr.write(text),
        isTty: stderr.isTTY === true,
        width: Math.max(MIN_WIDTH, stderr.columns ?? DEFAULT_WIDTH),
        style: errorStyle,
        now: () => performance.now(),
      }),
  };
}

/** JSON with whole BigInts as numbers where they fit, typed arrays as lists. */
function toJson(value: unknown): string {
  return JSON.stringify(
    value,
    (_key, member: unknown) => {
      if (typeof member === "bigint")
        return Number.isSafeInteger(Number(member)) ? Number(member) : String(member);
      if (ArrayBuffer.isView(member) && !(member instanceof DataView))
        return Array.from(member as never);
      return member;
    },
    2,
  );
}
