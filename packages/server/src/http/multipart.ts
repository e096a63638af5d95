import type { MultipartFile } from "@fastify/multipart";
import { SoukError } from "@souk/core";
import type { FastifyRequest } from "fastify";
import type { IngestOutcome } from "../souk-values.ts";
import type { ServerState } from "./state.ts";
import { ingestOptions, safeFileName, uploadLimit, type UploadQuery } from "./uploads.ts";

type FormQuery = UploadQuery & { readonly dataset?: string };

/**
 * Streams the file of a form into a dataset. Fields before the file (dataset, format, mode, batchId) count like the
 * query's. @throws SoukError `HTTP_MULTIPART` for a form that is torn, has no file or lacks the dataset.
 */
export async function ingestMultipart(
  state: ServerState,
  { query, request, signal }: { query: FormQuery; request: FastifyRequest; signal: AbortSignal },
): Promise<IngestOutcome> {
  const { form, part } = await firstFile(state, request);
  return ingestFile(state, { part, query: formQuery(query, form), signal });
}

/**
 * The first file of a form and the fields before it. Its bytes come as it is read.
 * @throws SoukError `HTTP_MULTIPART` for a form that is torn or has no file.
 */
export async function firstFile(
  state: ServerState,
  request: FastifyRequest,
): Promise<{ form: Readonly<Record<string, string>>; part: MultipartFile }> {
  const form: Record<string, string> = {};
  const limits = { files: 1, fields: 20, fieldSize: 20_000, parts: 25, headerPairs: 50 };
  const parts = request.parts({ limits: { ...limits, fileSize: uploadLimit(state) } });
  for await (const part of guarded(parts)) {
    if (part.type === "field") form[part.fieldname] = String(part.value);
    else return { form, part };
  }
  throw new SoukError("HTTP_MULTIPART", "The form has no file");
}

async function ingestFile(
  state: ServerState,
  { part, query, signal }: { part: MultipartFile; query: FormQuery; signal: AbortSignal },
): Promise<IngestOutcome> {
  if (!query.dataset)
    throw new SoukError(
      "HTTP_MULTIPART",
      "Name the dataset in a field before the file, or as ?dataset=",
    );
  const fileName = query.fileName ?? part.filename;
  const source = {
    kind: "stream",
    stream: guarded(part.file),
    ...(fileName && { fileName: safeFileName(fileName) }),
  } as const;
  return state.souk.datasets.ingest(query.dataset, source, ingestOptions(query, signal));
}

function formQuery(query: FormQuery, form: Readonly<Record<string, string>>): FormQuery {
  const { dataset, format, mode, batchId, mapping, fileName } = form;
  return {
    ...(dataset && { dataset: named(dataset, "dataset") }),
    ...(format && { format: oneOf(format, ["tsv", "csv", "jsonl", "parquet"] as const) }),
    ...(mode && { mode: oneOf(mode, ["append", "upsert"] as const) }),
    ...(batchId && { batchId: named(batchId, "batchId") }),
    ...(mapping && { mapping }),
    ...(fileName && { fileName }),
    ...query,
  };
}

function named(value: string, field: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._:@+-]{0,127}$/.test(value)) return value;
  throw new SoukError(
    "HTTP_MULTIPART",
    `${field} must be a name of letters, digits, ".", "_" or "-"`,
  );
}

/** One of the words a form may say. */
export function oneOf<T extends string>(value: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found !== undefined) return found;
  throw new SoukError("HTTP_MULTIPART", `Expected one of ${allowed.join(", ")}`);
}

/** The items of a form. Whatever the form parser trips over is the sender's fault, not ours. */
export async function* guarded<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* items;
  } catch (cause) {
    if (cause instanceof SoukError) throw cause;
    const tooLarge = cause instanceof Error && "statusCode" in cause && cause.statusCode === 413;
    throw tooLarge
      ? new SoukError("HTTP_TOO_LARGE", "The form or its file is larger than allowed", { cause })
      : new SoukError("HTTP_MULTIPART", "The form is torn or malformed", { cause });
  }
}
