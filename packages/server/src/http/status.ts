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
  SAVED_QUESTION_OWNER: 403,
  SAVED_QUESTION_LIMIT: 409,
  SQL_CANCELLED: 499,
  SQL_TIMEOUT: 422,
  SQL_MEMORY: 422,
  SQL_RESULT_TOO_LARGE: 422,
  JOB_CANCELLED: 409,
  JOB_NOT_RUNNING: 409,
  RUN_NOT_A_TRAINING: 409,
  SERVING_ABORTED: 499,
  SERVING_DEADLINE: 504,
  SERVING_LOAD_FAILED: 503,
  SERVING_NOT_LOADED: 503,
  SERVING_PREDICT_FAILED: 500,
  SERVING_MODEL_ANSWER: 500,
  SERVING_CORRECTION_INPUT: 409,
  TRACKING_PARAM_CHANGED: 409,
  TRACKING_NOTHING_BEFORE: 409,
  TRACKING_VERSION_SERVING: 409,
  TRACKING_ALIAS_GUARDED: 409,
  TRACKING_GATE_STALE: 409,
  DEMO_NOT_EMPTY: 409,
  PHOTO_FILE_MISSING: 400,
  PHOTO_THUMBNAIL_FAILED: 500,
  IMAGE_STORE_DAMAGED: 500,
  IMAGE_ENGINE: 500,
  LAKE_SCHEMA_CHANGE: 409,
  LAKE_CONTENTION: 503,
  LAKE_READ: 500,
  LAKE_LOG_INVALID: 500,
  LAKE_PROTOCOL: 500,
  LAKE_CHECKPOINT: 500,
};

/** Statuses by the last words of a code; the first that fits. */
const endings: readonly (readonly [RegExp, number])[] = [
  [/_(UNKNOWN|NOT_FOUND|NOT_A_FILE|MISSING|NO_TABLE|NO_BATCH|NO_VERSION|NO_ROW|NO_REPORT)$/, 404],
  [/_(EXISTS|CONFLICT|GATE_FAILED|RUN_STATE|REJECTED|IN_USE)$/, 409],
  [/_TOO_LARGE$/, 413],
  [/_(BUSY|FULL|OVERLOADED|CLOSED)$|^JOBS_FULL$/, 503],
  [/_(CRASHED|CORRUPT|CHECKSUM)$/, 500],
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
