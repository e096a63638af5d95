import { SoukError } from "@souk/core";
import { pathTemplate, type RouteContract } from "./contract.ts";
import { readEvents } from "./event-stream.ts";
import {
  type RouteAnswer,
  type RouteBody,
  routeEntries,
  type RouteName,
  type RouteParams,
  type RouteQuery,
  type Routes,
} from "./routes.ts";

/** Bytes on their way up. */
export type UploadBody =
  | Uint8Array<ArrayBuffer>
  | Blob
  | ReadableStream<Uint8Array>
  | string
  | FormData;

type Streamed<N extends RouteName> = Routes[N] extends { stream: infer S } ? S : undefined;
type IsUpload<N extends RouteName> = Streamed<N> extends "upload" | "both" ? true : false;
type Part<K extends string, T> = [T] extends [undefined]
  ? { readonly [P in K]?: undefined }
  : Partial<T> extends T
    ? { readonly [P in K]?: T }
    : { readonly [P in K]: T };

/** What a call needs: the parts the route has, and perhaps a signal. */
export type CallArguments<N extends RouteName> = Part<"params", RouteParams<N>> &
  Part<"query", RouteQuery<N>> &
  (IsUpload<N> extends true
    ? { readonly body: UploadBody | RouteBody<N>; readonly contentType?: string }
    : Part<"body", RouteBody<N>>) & { readonly signal?: AbortSignal };

/** What a call gives: JSON, the response itself for bytes, or events as they come. */
export type CallAnswer<N extends RouteName> =
  Streamed<N> extends "download" | "both"
    ? Promise<Response>
    : Streamed<N> extends "events"
      ? AsyncIterable<RouteAnswer<N>>
      : Promise<RouteAnswer<N>>;

type Call<N extends RouteName> =
  Partial<CallArguments<N>> extends CallArguments<N>
    ? (args?: CallArguments<N>) => CallAnswer<N>
    : (args: CallArguments<N>) => CallAnswer<N>;

/** One method for each route. */
export type Client = { readonly [N in RouteName]: Call<N> };

export interface ClientOptions {
  /** "http://127.0.0.1:8000", with or without a last slash. */
  readonly baseUrl: string;
  /** An access token; with `refreshToken` it is renewed when it is over. */
  readonly token?: string;
  readonly refreshToken?: string;
  readonly apiKey?: string;
  /** Told the new pair after each renewal, to keep it. */
  readonly onTokens?: (tokens: { accessToken: string; refreshToken: string }) => void;
  readonly fetch?: typeof fetch;
}

type Parameter = string | number | boolean | undefined;

interface LooseArguments {
  readonly params?: Readonly<Record<string, Parameter>>;
  readonly query?: Readonly<Record<string, Parameter>>;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly signal?: AbortSignal;
}

/**
 * A client with one method for each route, typed from the table.
 *
 * Methods reject with the server's SoukError (its code; details: status, errors), `API_UNREACHABLE` when nothing
 * answers, or `API_ANSWER` when what answers is not Souk.
 */
export function createClient(options: ClientOptions): Client {
  const connection = createConnection(options);
  const methods = routeEntries().map(([name, route]) => [
    name,
    (args: LooseArguments = {}) => answer(connection, route, args),
  ]);
  // Each name of the table gets a method of its contract: the type says nothing more.
  return Object.fromEntries(methods) as Client;
}

interface Connection {
  send(route: RouteContract, args: LooseArguments): Promise<Response>;
}

function answer(connection: Connection, route: RouteContract, args: LooseArguments): unknown {
  if (route.stream === "events") return readEvents(() => connection.send(route, args));
  const sent = connection.send(route, args);
  if (route.stream === "download" || route.stream === "both") return sent;
  return sent.then((response) => readAnswer(route, response));
}

async function readAnswer(route: RouteContract, response: Response): Promise<unknown> {
  if (response.status === 204) return undefined;
  const text = await response.text();
  if (route.responseType === "text/plain" || route.responseType === "text/html") return text;
  if (route.responseType === "application/jsonlines") {
    const lines = text.split("\n").filter((line) => line !== "");
    return parseJson(lines[0] ?? "", response);
  }
  return parseJson(text, response);
}

function createConnection(options: ClientOptions): Connection {
  const { baseUrl, fetch: fetchWith = fetch } = options;
  const root = baseUrl.replace(/\/+$/, "");
  let token = options.token ?? options.apiKey;
  let refreshToken = options.refreshToken;
  let renewal: Promise<void> | undefined;

  async function once(route: RouteContract, args: LooseArguments): Promise<Response> {
    try {
      return await fetchWith(root + urlOf(route, args), requestOf(route, args, token));
    } catch (cause) {
      if (args.signal?.aborted) throw cause;
      throw new SoukError("API_UNREACHABLE", `Nothing answered at ${root}`, { cause });
    }
  }

  async function renew(): Promise<void> {
    const body = { refresh_token: refreshToken };
    const response = await once(routeOf("refresh"), { body });
    if (!response.ok) {
      refreshToken = undefined;
      throw await errorOf(response);
    }
    const pair = tokensOf(await response.json());
    token = pair.accessToken;
    refreshToken = pair.refreshToken;
    options.onTokens?.(pair);
  }

  return {
    async send(route, args) {
      const used = token;
      let response = await once(route, args);
      if (
        response.status === 401 &&
        refreshToken &&
        route.permission !== "public" &&
        canRepeat(args)
      ) {
        if (token === used) await (renewal ??= renew().finally(() => (renewal = undefined)));
        response = await once(route, args);
      }
      if (!response.ok && !(response.status in route.responses)) throw await errorOf(response);
      return response;
    },
  };
}

/** A stream is gone once it is sent. */
function canRepeat(args: LooseArguments): boolean {
  return !(args.body instanceof ReadableStream);
}

function requestOf(
  route: RouteContract,
  args: LooseArguments,
  token: string | undefined,
): RequestInit {
  const headers = new Headers({ accept: route.responseType ?? "application/json" });
  if (token) headers.set("authorization", `Bearer ${token}`);
  const init: RequestInit & { duplex?: "half" } = {
    method: route.method,
    headers,
    signal: args.signal,
  };
  if (args.body === undefined) return init;
  if (isUpload(args.body)) {
    if (!(args.body instanceof FormData))
      headers.set("content-type", args.contentType ?? "application/octet-stream");
    if (args.body instanceof ReadableStream) init.duplex = "half";
    return { ...init, body: args.body };
  }
  headers.set("content-type", "application/json");
  return { ...init, body: JSON.stringify(args.body) };
}

function isUpload(body: unknown): body is UploadBody {
  return (
    typeof body === "string" ||
    body instanceof Uint8Array ||
    body instanceof Blob ||
    body instanceof ReadableStream ||
    body instanceof FormData
  );
}

function urlOf(route: RouteContract, args: LooseArguments): string {
  const path = pathTemplate(route.path).replaceAll(/\{(\w+)\}/g, (_whole, name: string) => {
    const rest = name === "path" && route.path.endsWith("*");
    const value = String(args.params?.[rest ? "*" : name] ?? "");
    return rest ? value.split("/").map(encodeURIComponent).join("/") : encodeURIComponent(value);
  });
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(args.query ?? {}))
    if (value !== undefined) query.set(name, String(value));
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}

async function errorOf(response: Response): Promise<SoukError> {
  const text = await response.text();
  const { status } = response;
  const body = parseJson(text, response);
  if (!isRecord(body)) throw notSouk(response);
  const retryAfter = response.headers.get("retry-after");
  const details = {
    status,
    ...(body["errors"] !== undefined && { errors: body["errors"] }),
    ...(retryAfter && { retryAfterSeconds: Number(retryAfter) }),
  };
  const code = body["code"] ?? body["error_code"] ?? response.headers.get("x-error-code");
  const message = body["detail"] ?? body["error"] ?? body["message"];
  return new SoukError(
    typeof code === "string" ? code : "API_ANSWER",
    typeof message === "string" ? message : `The server answered ${status}`,
    { details },
  );
}

function parseJson(text: string, response: Response): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw notSouk(response);
  }
}

function notSouk(response: Response): SoukError {
  return new SoukError(
    "API_ANSWER",
    `Expected an answer of Souk, got ${response.status} with other text`,
    {
      details: { status: response.status },
    },
  );
}

function tokensOf(value: unknown): { accessToken: string; refreshToken: string } {
  if (isRecord(value)) {
    const { access_token: accessToken, refresh_token: refreshToken } = value;
    if (typeof accessToken === "string" && typeof refreshToken === "string")
      return { accessToken, refreshToken };
  }
  throw new SoukError("API_ANSWER", "Expected access_token and refresh_token");
}

function routeOf(name: RouteName): RouteContract {
  const found = routeEntries().find(([known]) => known === name);
  if (!found) throw new SoukError("API_ANSWER", `There is no route ${name}`);
  return found[1];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
