import { errorCode } from "@souk/core";

/** What the shell learns: documented in the README and stable. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  refused: 4,
  interrupted: 130,
} as const;

/** One of the codes. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const notFound = /_UNKNOWN(_DATASET)?$|_NOT_FOUND$|_MISSING$|_NO_TABLE$|^ENOENT$/;
const refused = /GATE|^DEMO_NOT_EMPTY$|_TOO_MANY_BAD$/;
const usage = new Set([
  "CLI_ARGUMENT",
  "CLI_COMMAND",
  "CLI_OPTION",
  "CLI_OPTION_VALUE",
  "DEMO_OPTION",
  "PREDICT_LABEL",
  "SERVING_CORRECTION_LABEL",
]);

/** The exit code of anything that was thrown. */
export function exitCodeOf(thrown: unknown): ExitCode {
  const code = errorCode(thrown) ?? "";
  if (isInterruption(thrown)) return exitCodes.interrupted;
  if (usage.has(code)) return exitCodes.usage;
  if (refused.test(code)) return exitCodes.refused;
  if (notFound.test(code)) return exitCodes.notFound;
  return exitCodes.failed;
}

/** True for what an aborted signal or a cancelled job throws. */
export function isInterruption(thrown: unknown): boolean {
  const code = errorCode(thrown);
  if (code === "CLI_INTERRUPTED" || code === "JOB_CANCELLED") return true;
  return thrown instanceof Error && thrown.name === "AbortError";
}
