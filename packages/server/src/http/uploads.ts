import type { IngestOptions, IngestSource } from "../souk-values.ts";
import { SoukError } from "@souk/core";
import type { FastifyRequest } from "fastify";
import { limitBytes } from "./bodies.ts";
import type { ServerState } from "./state.ts";

/** Bytes of an upload unless the configuration says otherwise: 20 GiB. */
const UPLOAD_LIMIT = 20 * 1024 ** 3;

/** What the query of an ingest says. */
export interface UploadQuery {
  readonly format?: "tsv" | "csv" | "jsonl" | "parquet";
  readonly delimiter?: "comma" | "semicolon" | "tab" | "pipe";
  readonly encoding?: "utf-8" | "windows-1252" | "utf-16";
  readonly mode?: "append" | "upsert";
  readonly batchId?: string;
  readonly fileName?: string;
  readonly mapping?: string;
  readonly maxBadShare?: number;
}

export function uploadLimit(state: ServerState): number {
  return state.souk.config.maxUploadBytes ?? UPLOAD_LIMIT;
}

/** The body of a request as it arrives, up to the upload limit: never held in memory. */
export function uploadStream(
  state: ServerState,
  request: FastifyRequest,
): AsyncIterable<Uint8Array> {
  return limitBytes(request, request.raw, uploadLimit(state));
}

/** An uploaded file as the lake takes it. */
export function uploadSource(
  state: ServerState,
  request: FastifyRequest,
  fileName: string | undefined,
): IngestSource {
  const stream = uploadStream(state, request);
  return {
    kind: "stream",
    stream,
    ...(fileName !== undefined && { fileName: safeFileName(fileName) }),
  };
}

/** @throws SoukError `HTTP_INVALID` when `mapping` is not a JSON object of text. */
export function ingestOptions(query: UploadQuery, signal: AbortSignal): IngestOptions {
  const { format, delimiter, encoding, mode, batchId, maxBadShare, mapping } = query;
  return {
    signal,
    ...(format && { format }),
    ...(delimiter && { delimiter }),
    ...(encoding && { encoding }),
    ...(mode && { mode }),
    ...(batchId && { batchId }),
    ...(maxBadShare !== undefined && { maxBadShare }),
    ...(mapping !== undefined && { mapping: parseMapping(mapping) }),
  };
}

/** A name only tells the format and the batch: no folders, no control characters. @throws SoukError `HTTP_INVALID`. */
export function safeFileName(name: string): string {
  if (/^[^/\\\p{Cc}]{1,255}$/u.test(name) && name !== "." && name !== "..") return name;
  throw new SoukError(
    "HTTP_INVALID",
    "fileName must be a name without folders or control characters",
  );
}

function parseMapping(text: string): Record<string, string> {
  const value = parseObject(text);
  const entries = Object.entries(value ?? {});
  if (!value || entries.length > 1000 || !entries.every(([, column]) => typeof column === "string"))
    throw new SoukError(
      "HTTP_INVALID",
      'mapping must be a JSON object such as {"star_rating": "stars"}: dataset column to source column',
    );
  return Object.fromEntries(entries.map(([key, column]) => [key, String(column)]));
}

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
