import type { RouteContract } from "@souk/api";
import { SoukError } from "@souk/core";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { contractOf } from "./request-facts.ts";
import { scanNesting } from "./nesting.ts";

/** Bytes of a body that is held in memory, unless its route says otherwise. */
export const BODY_LIMIT = 1024 * 1024;
/** A sender that pauses longer than this is cut off: held connections are what slow attacks live on. */
const SLOWEST_CHUNK_MS = 30_000;

/** Reads bodies by the contract: JSON and JSON Lines whole and within limits, uploads as a stream. */
export function parseBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  const parseJson = app.getDefaultJsonParser("error", "error");

  app.addContentTypeParser("*", async (request: FastifyRequest, payload: AsyncIterable<Buffer>) => {
    const contract = contractOf(request);
    if (!contract?.body) return undefined;
    const type = mediaType(request);
    if (takesStream(contract, type)) return undefined;
    if (!takesType(contract, type)) throw wrongType(contract, type);
    const text = await readWhole(request, payload, contract.bodyLimit ?? BODY_LIMIT);
    if (isLines(contract)) return text;
    return text.trim() === "" ? undefined : parse(text, request, parseJson);
  });
}

type JsonParser = ReturnType<FastifyInstance["getDefaultJsonParser"]>;

/** Parses one JSON text. @throws SoukError `HTTP_JSON`, also for "__proto__" keys and for nesting beyond the limit. */
function parse(text: string, request: FastifyRequest, parser: JsonParser): Promise<unknown> {
  scanNesting(text);
  return new Promise((resolve, reject) => {
    void parser(request, text, (error, value) => {
      if (error) reject(new SoukError("HTTP_JSON", "The body is not valid JSON", { cause: error }));
      else resolve(value);
    });
  });
}

/** Lower-case type without parameters, "" when there is none. */
export function mediaType(request: FastifyRequest): string {
  return (request.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

/** Uploads take any type as bytes, except JSON where the route knows JSON too. */
function takesStream(contract: RouteContract, type: string): boolean {
  if (contract.stream !== "upload" && contract.stream !== "both") return false;
  return !(type === "application/json" && contract.contentTypes?.includes(type));
}

/** The old protocols' clients often send no type, or a form's; they mean JSON. */
function takesType(contract: RouteContract, type: string): boolean {
  if (contract.errors === "compat") return true;
  return (contract.contentTypes ?? ["application/json"]).includes(type);
}

function isLines(contract: RouteContract): boolean {
  return contract.responseType === "application/jsonlines";
}

function wrongType(contract: RouteContract, type: string): SoukError {
  const expected = (contract.contentTypes ?? ["application/json"]).join(", ");
  return new SoukError(
    "HTTP_MEDIA_TYPE",
    `Expected content type ${expected}; got "${type.slice(0, 100)}"`,
  );
}

async function readWhole(
  request: FastifyRequest,
  payload: AsyncIterable<Buffer>,
  limit: number,
): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of limitBytes(request, payload, limit)) parts.push(chunk);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(parts));
  } catch (cause) {
    throw new SoukError("HTTP_JSON", "The body is not valid UTF-8", { cause });
  }
}

/**
 * The bytes of a request, up to `limit`, none of them later than 30 s after the one before.
 * @throws SoukError `HTTP_TOO_LARGE`, `HTTP_SLOW_BODY`, `HTTP_CANCELLED` when the sender hangs up half way.
 */
export async function* limitBytes(
  request: FastifyRequest,
  payload: AsyncIterable<Uint8Array>,
  limit: number,
): AsyncGenerator<Uint8Array> {
  if (Number(request.headers["content-length"] ?? 0) > limit) throw tooLarge(limit);
  const timer = setTimeout(() => request.raw.destroy(slowBody()), SLOWEST_CHUNK_MS);
  timer.unref();
  let bytes = 0;
  try {
    for await (const chunk of payload) {
      bytes += chunk.byteLength;
      if (bytes > limit) throw tooLarge(limit);
      yield chunk;
      timer.refresh();
    }
  } catch (cause) {
    if (cause instanceof SoukError) throw cause;
    throw new SoukError("HTTP_CANCELLED", "The sender hung up before the end", { cause });
  } finally {
    clearTimeout(timer);
  }
}

function tooLarge(limit: number): SoukError {
  return new SoukError("HTTP_TOO_LARGE", `The body is larger than ${limit} bytes`);
}

function slowBody(): SoukError {
  return new SoukError("HTTP_SLOW_BODY", `No byte for ${SLOWEST_CHUNK_MS / 1000} s`);
}
