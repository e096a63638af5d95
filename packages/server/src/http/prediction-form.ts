import type { RouteContract } from "@souk/api";
import { SoukError } from "@souk/core";
import { imageLimits } from "@souk/models";
import type { FastifyRequest } from "fastify";
import { guarded } from "./multipart.ts";
import type { PhotoBudget } from "./photo-budget.ts";

/** A form's fields by name, and its photo. */
export interface PredictionForm {
  readonly fields: ReadonlyMap<string, string>;
  /** The file's bytes, and the name of its field. */
  readonly photo?: { readonly field: string; readonly bytes: Uint8Array };
}

/** Longest field: 100,000 characters of up to four bytes. */
const FIELD_BYTES = 400_000;
/** All fields together. */
const FIELDS_BYTES = 4 * 2 ** 20;
/** A sender that pauses longer than this is cut off. */
const SLOWEST_CHUNK_MS = 30_000;

const limits = {
  files: 1,
  fields: 200,
  fieldNameSize: 200,
  fieldSize: FIELD_BYTES,
  fileSize: imageLimits.maxBytes,
  parts: 201,
  headerPairs: 50,
};

/**
 * Reads a form of fields and at most one photo, then does `work` with it. Bytes are taken as they come: of the photo no
 * more than a photo may have, of all forms read at one time no more than `budget` has. They are given back after `work`.
 *
 * @throws SoukError `HTTP_MULTIPART`, `HTTP_TOO_LARGE`, `HTTP_MEDIA_TYPE` for what is no form, `SERVING_OVERLOADED`.
 */
export async function withForm<T>(
  {
    request,
    contract,
    budget,
  }: { request: FastifyRequest; contract: RouteContract; budget: PhotoBudget },
  work: (form: PredictionForm) => Promise<T>,
): Promise<T> {
  if (!request.isMultipart())
    throw new SoukError(
      "HTTP_MEDIA_TYPE",
      "Expected content type application/json or multipart/form-data",
    );
  const account = budget.open();
  try {
    return await work(
      await readForm(request, { limit: contract.formLimit ?? FIELDS_BYTES, account }),
    );
  } finally {
    account.close();
  }
}

async function readForm(
  request: FastifyRequest,
  { limit, account }: { limit: number; account: ReturnType<PhotoBudget["open"]> },
): Promise<PredictionForm> {
  const fields = new Map<string, string>();
  let photo: PredictionForm["photo"];
  let fieldBytes = 0;
  const watch = watchBody(request, limit);
  try {
    for await (const part of guarded(request.parts({ limits }))) {
      if (part.type === "file") {
        photo = { field: part.fieldname, bytes: await collect(part.file, account) };
        continue;
      }
      const value = String(part.value);
      fieldBytes += value.length + part.fieldname.length;
      if (part.valueTruncated || fieldBytes > FIELDS_BYTES)
        throw new SoukError("HTTP_TOO_LARGE", "The fields of the form are larger than allowed");
      if (fields.has(part.fieldname))
        throw new SoukError("HTTP_MULTIPART", "A field of the form comes twice");
      fields.set(part.fieldname, value);
    }
  } finally {
    watch.stop();
  }
  return { fields, ...(photo && { photo }) };
}

async function collect(
  file: AsyncIterable<Uint8Array>,
  account: ReturnType<PhotoBudget["open"]>,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of guarded(file)) {
    account.take(chunk.byteLength);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Counts what comes, whatever it is: a form may also be endless between its parts, or stop in the middle. */
function watchBody(request: FastifyRequest, limit: number): { stop(): void } {
  const tooLarge = new SoukError("HTTP_TOO_LARGE", `The body is larger than ${limit} bytes`);
  if (Number(request.headers["content-length"] ?? 0) > limit) throw tooLarge;
  const slow = new SoukError("HTTP_SLOW_BODY", `No byte for ${SLOWEST_CHUNK_MS / 1000} s`);
  const timer = setTimeout(() => request.raw.destroy(slow), SLOWEST_CHUNK_MS);
  timer.unref();
  let bytes = 0;
  const count = (chunk: Uint8Array): void => {
    bytes += chunk.byteLength;
    timer.refresh();
    if (bytes > limit) request.raw.destroy(tooLarge);
  };
  request.raw.on("data", count);
  return {
    stop() {
      clearTimeout(timer);
      request.raw.off("data", count);
    },
  };
}
