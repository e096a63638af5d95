import { type DestinationStream, type Logger, pino } from "pino";

const secret = [
  "authorization",
  "cookie",
  "password",
  "currentPassword",
  "newPassword",
  "token",
  "setupToken",
  "accessToken",
  "refreshToken",
  "access_token",
  "refresh_token",
  "apiKey",
  "secret",
] as const;

/** Each secret name at the top, and one and two levels down. */
const redacted = secret.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/** Structured logs (JSON lines) that never show a password, token or key. */
export function createLogger(
  options: { level?: string; destination?: DestinationStream } = {},
): Logger {
  const settings = {
    level: options.level ?? "info",
    base: null,
    redact: { paths: [...redacted], censor: "[hidden]" },
    serializers: { err: errorFacts },
  };
  return options.destination ? pino(settings, options.destination) : pino(settings);
}

/** An error without its details, which may hold what the caller sent. */
function errorFacts(error: unknown): object {
  if (!(error instanceof Error)) return { message: "not an Error" };
  return {
    message: error.message,
    code: "code" in error ? error.code : undefined,
    stack: error.stack,
    ...(error.cause instanceof Error && { cause: errorFacts(error.cause) }),
  };
}
