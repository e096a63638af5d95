import type { TObject, TSchema } from "typebox";
import type { Permission } from "./roles.ts";

/** The nouns the routes are grouped by, in the order of the OpenAPI document. */
export const tags = [
  "probes",
  "accounts",
  "browser-sessions",
  "compat",
  "tensorflow-serving",
  "open-inference",
  "datasets",
  "photos",
  "products",
  "quality",
  "sql",
  "training",
  "tuning",
  "runs",
  "models",
  "forecasts",
  "predictions",
  "serving",
  "operations",
  "mlflow",
] as const;
export type Tag = (typeof tags)[number];

/**
 * One route: all that the server, the OpenAPI document and the client need to know of it.
 * Anything a schema does not name is refused.
 */
export interface RouteContract {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Fastify style: `:name`, `:name(regex)`, `::` for a colon, a last `*` for the rest of the path. */
  readonly path: string;
  /** What the caller must be allowed to do; "self": any known caller; "public": anybody. */
  readonly permission: Permission | "public" | "self";
  readonly summary: string;
  readonly tag: Tag;
  readonly params?: TObject;
  readonly query?: TObject;
  /** Schema of a JSON body; for uploads and JSON Lines, of what the body is made of. */
  readonly body?: TSchema;
  /** Content types of the body, default "application/json". */
  readonly contentTypes?: readonly string[];
  /** Answers by status. */
  readonly responses: Readonly<Record<number, TSchema>>;
  /** Content type of the answer, default "application/json". */
  readonly responseType?: string;
  /** Shape of errors: RFC 9457, `{ error }`, or MLflow's `{ error_code, message }`. */
  readonly errors: "problem" | "compat" | "mlflow";
  /** Bytes, default 1 MiB. Uploads: the configured upload limit. */
  readonly bodyLimit?: number;
  /** Bytes of a multipart form, where the route takes one for its fields and photo rather than for a file to ingest. */
  readonly formLimit?: number;
  /** "login": a few a minute for one address; "none": probes. Default: the general limit. */
  readonly rateLimit?: "login" | "general" | "none";
  /** "upload": the body is read as a stream; "download": the answer is bytes; "events": the answer is an SSE stream. */
  readonly stream?: "upload" | "download" | "events" | "both";
  /** True when an API key is not enough: what could outlive the key's revocation, or widen it. */
  readonly loginOnly?: boolean;
}

/** `/v1/models/:model(^[^:/]+)::predict` as OpenAPI and people write it: `/v1/models/{model}:predict`. A last `*` is `{path}`. */
export function pathTemplate(path: string): string {
  return path
    .replaceAll(/(?<!:):([A-Za-z]\w*)(\([^)]*\))?/g, "{$1}")
    .replaceAll("::", ":")
    .replace(/\*$/, "{path}");
}

/** The names in braces of a template, in order. */
export function pathNames(template: string): readonly string[] {
  return [...template.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "");
}
