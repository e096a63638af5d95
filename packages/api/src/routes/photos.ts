import { Type } from "typebox";
import type { RouteContract } from "../contract.ts";
import { Bytes, closed, Count, Id, Name } from "../values.ts";

const Hash = Type.String({ minLength: 64, maxLength: 64, pattern: "^[0-9a-f]{64}$" });
/** A product's id, as the shop writes it. */
export const ProductId = Type.String({
  minLength: 1,
  maxLength: 200,
  pattern: "^[^\\u0000-\\u001f\\u007f]+$",
});

const PhotosReport = Type.Object({
  photos: Count,
  products: Count,
  repeated: Count,
  refused: Count,
  reasons: Type.Record(Type.String(), Count),
  bad: Type.Array(
    Type.Object({ name: Type.String(), code: Type.String(), message: Type.String() }),
  ),
  batchId: Type.Optional(Type.String()),
  version: Type.Optional(Type.Integer()),
  skipped: Type.Boolean(),
});

const shared = { tag: "photos", errors: "problem" } as const;

/** Photos of products: in as files, archives or lists of addresses, out as thumbnails. */
export const photoRoutes = {
  addPhotos: {
    ...shared,
    method: "POST",
    path: "/api/v1/photos",
    permission: "datasets:write",
    summary:
      "Stream in a photo, an archive of photos (tar, tar.gz, zip) or a list of addresses (CSV, JSON Lines); bad ones are reported",
    query: closed({
      /** Ends in .csv, .tsv, .jsonl or .ndjson for a list; a photo's own name may be its product's id. */
      fileName: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
      /** Whose photo it is, for one photo. */
      productId: Type.Optional(ProductId),
      /** How the names in an archive tell the products. */
      rule: Type.Optional(Type.Enum(["stem", "numbered", "folder"])),
      /** What column `source` says. */
      source: Type.Optional(Name),
      /** Events of the kind "progress" carry it, so that whoever sent the photos knows which are about them. */
      progressId: Type.Optional(Id),
    }),
    body: Bytes,
    contentTypes: [
      "application/octet-stream",
      "application/zip",
      "application/x-tar",
      "application/gzip",
      "application/x-ndjson",
      "image/jpeg",
      "image/png",
      "image/webp",
      "text/csv",
      "multipart/form-data",
    ],
    stream: "upload",
    responses: { 200: PhotosReport },
  },
  photoThumbnail: {
    ...shared,
    method: "GET",
    path: "/api/v1/photos/:hash",
    permission: "datasets:read",
    summary: "A photo made anew as a JPEG, of the next width of 64, 160, 320, 640, 1024",
    params: closed({ hash: Hash }),
    query: closed({ width: Type.Optional(Type.Integer({ minimum: 1, maximum: 1024 })) }),
    responses: { 200: Bytes },
    responseType: "image/jpeg",
    stream: "download",
  },
} as const satisfies Record<string, RouteContract>;
