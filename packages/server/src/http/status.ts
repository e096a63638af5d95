import { SoukError } from "@souk/core";

/** Statuses of codes whose ending does not tell. */
const exact: Readonly<Record<string, number>> = {
  AUTH_FAILED: 401,
  AUTH_TOKEN: 401,
  AUTH_REFRESH: 401,
  AUTH_REQUIRED: 401,
  AUTH_DENIED: 403,
  AUTH_LOGIN_ONLY: 403,
  AUTH_SETUP_TOKEN: 403,
  AUTH_SETUP_DONE: 409,
  AUTH_THROTTLED: 429,
  AUTH_BUSY: 503,
  AUTH_KEY_FILE: 500,
  USER_LAST_ADMIN: 409,
  HTTP_RATE: 429,
  HTTP_STREAMS: 429,
  HTTP_TOO_LARGE: 413,
  HTTP_MEDIA_TYPE: 415,
  HTTP_SLOW_BODY: 408,
  HTTP_CANCELLED: 499,
  SQL_CANCELLED: 499,
  TRACKING_GATE_FAILED: 409,
};

/** Statuses by the last words of a code; the first that fits. */
const endings: readonly (readonly [RegExp, number])[] = [
  [/_(UNKNOWN|NOT_FOUND|MISSING|ABSENT|NO_CHAMPION|NO_REPORT)$/, 404],
  [/_(EXISTS|CONFLICT|GATE|GATE_FAILED|STAGE|STATE|ENDED|REJECTED|IN_USE)$/, 409],
  [/_(TOO_LARGE|TOO_BIG|ROW_TOO_LONG)$/, 413],
  [/_(BUSY|FULL|OVERLOADED|CLOSED|CLOSING|LOADING|NOT_READY|UNAVAILABLE)$/, 503],
  [/_(TIMEOUT|TIME|TIME_LIMIT)$/, 504],
  [/_(CRASHED|CORRUPT|CHECKSUM|INTERNAL)$/, 500],
];

/**
 * The HTTP status of an error code. Codes of the store are Souk's own trouble (500);
 * any other code says that the request asks for something that cannot be (400).
 */
export function statusOfCode(code: string): number {
  if (Object.hasOwn(exact, code)) return exact[code] ?? 500;
  const found = endings.find(([pattern]) => pattern.test(code));
  if (found) return found[1];
  return code.startsWith("STORE_") ? 500 : 400;
}

/** The status of anything thrown: Fastify's own client errors keep theirs. */
export function statusOf(thrown: unknown): number {
  if (thrown instanceof SoukError) return statusOfCode(thrown.code);
  if (typeof thrown === "object" && thrown !== null && "statusCode" in thrown) {
    const { statusCode } = thrown;
    if (typeof statusCode === "number" && statusCode >= 400 && statusCode < 500) return statusCode;
  }
  return 500;
}
