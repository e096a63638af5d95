/** The one error class of the project: a stable `code`, a message that says what was expected and what came. */
export class SoukError extends Error {
  override readonly name = "SoukError";
  /** Stable, upper-case, listed in docs/errors.md. */
  readonly code: string;
  /** Machine-readable facts for the reader: never secrets, tokens or rows of data. */
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(
    code: string,
    message: string,
    options: { cause?: unknown; details?: Record<string, unknown> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details;
  }
}

/** The message of anything that was thrown. */
export function errorMessage(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The `code` of a `SoukError` or a system error, `undefined` for anything else. */
export function errorCode(thrown: unknown): string | undefined {
  if (typeof thrown !== "object" || thrown === null || !("code" in thrown)) return undefined;
  return typeof thrown.code === "string" ? thrown.code : undefined;
}
