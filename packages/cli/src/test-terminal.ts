import { runSouk } from "./program.ts";
import type { ExitCode } from "./exit-codes.ts";

/** What one command line came to. */
export interface Finished {
  readonly code: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line of the real program with text buffers where the terminal would be. For tests. */
export async function runInMemory(
  args: readonly string[],
  {
    columns = 100,
    isTTY = false,
    environment = {},
    input = "",
    signal = new AbortController().signal,
    onStderr,
  }: {
    columns?: number;
    isTTY?: boolean;
    environment?: Record<string, string>;
    input?: string | Uint8Array;
    signal?: AbortSignal;
    onStderr?: (text: string) => void;
  } = {},
): Promise<Finished> {
  const written = { stdout: "", stderr: "" };
  const decode = (data: string | Uint8Array): string =>
    typeof data === "string" ? data : Buffer.from(data).toString("utf8");
  async function* stdin(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(input);
  }
  const code = await runSouk(args, {
    stdout: { isTTY, columns, write: (data) => void (written.stdout += decode(data)) },
    stderr: {
      isTTY: false,
      columns,
      write(data) {
        written.stderr += decode(data);
        onStderr?.(decode(data));
      },
    },
    stdin: stdin(),
    environment,
    signal,
  });
  return { code, ...written };
}
