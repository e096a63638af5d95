import { SoukError } from "@souk/core";
import { type PhotosReport, productRules } from "../../photos/photo-values.ts";
import { mediaType } from "../bodies.ts";
import type { Call, HandlersOf } from "../call.ts";
import { firstFile, guarded, oneOf } from "../multipart.ts";
import type { ServerState } from "../state.ts";
import { uploadProgress } from "../upload-progress.ts";
import { safeFileName, uploadStream } from "../uploads.ts";

/** A hash names one content for ever. Photos are not for caches between the shop and its people. */
const KEEP = "private, max-age=31536000, immutable";

type Wanted = Call<"addPhotos">["query"];

export function photoHandlers(state: ServerState): HandlersOf<"photos"> {
  return {
    addPhotos: (call) => addPhotos(state, call),
    photoThumbnail: (call) => thumbnail(state, call),
  };
}

async function addPhotos(state: ServerState, call: Call<"addPhotos">): Promise<PhotosReport> {
  const { photos, audit } = state.souk;
  const { stream: sent, wanted } = await uploadOf(state, call);
  const { fileName, productId, rule, source, progressId } = wanted;
  const { request } = call;
  const progress =
    progressId === undefined
      ? undefined
      : uploadProgress(state, { dataset: "images", id: progressId, request });
  const stream = progress?.counting(sent) ?? sent;
  const report = await photos.add(
    { kind: "stream", stream, ...(fileName !== undefined && { fileName: safeFileName(fileName) }) },
    {
      ...(rule && { rule }),
      ...(productId !== undefined && { productId }),
      ...(source !== undefined && { sourceName: source }),
      ...(progress && { onProgress: progress.read }),
      signal: call.signal,
    },
  );
  const details = { batchId: report.batchId, photos: report.photos, refused: report.refused };
  await audit.record({ action: "photos.add", subject: "images", details }, call.actor);
  return report;
}

/** The bytes and what is said about them, in the query or in the fields of a form before its file. */
async function uploadOf(
  state: ServerState,
  { query, request }: Call<"addPhotos">,
): Promise<{ stream: AsyncIterable<Uint8Array>; wanted: Wanted }> {
  if (mediaType(request) !== "multipart/form-data")
    return { stream: uploadStream(state, request), wanted: query };
  const { form, part } = await firstFile(state, request);
  const { productId, rule, source } = form;
  const wanted: Wanted = {
    fileName: part.filename,
    ...(productId && { productId: short(productId, "productId") }),
    ...(rule && { rule: oneOf(rule, productRules) }),
    ...(source && { source: short(source, "source") }),
    ...query,
  };
  return { stream: guarded(part.file), wanted };
}

function short(value: string, field: string): string {
  if (/^[^\p{Cc}]{1,200}$/u.test(value)) return value;
  throw new SoukError("HTTP_MULTIPART", `${field} must be up to 200 printable characters`);
}

async function thumbnail(
  { souk }: ServerState,
  { params, query, request, reply }: Call<"photoThumbnail">,
): Promise<Uint8Array | string> {
  const { hash } = params;
  const etag = `"${hash.slice(0, 32)}-${query.width ?? ""}"`;
  void reply.header("cache-control", KEEP).header("etag", etag);
  const bytes = await souk.photos.thumbnail(hash, query);
  if (request.headers["if-none-match"] === etag) {
    void reply.code(304);
    return "";
  }
  void reply.type("image/jpeg");
  return Buffer.from(bytes);
}
