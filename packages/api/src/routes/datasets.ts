import { Type } from "typebox";
import type { RouteContract } from "../contract.ts";
import {
  Bytes,
  closed,
  Count,
  Id,
  Limit,
  Name,
  NameParams,
  Open,
  Time,
  Version,
} from "../values.ts";

/** What a file may come as; the format is told by `format` or the file name. */
export const uploadTypes = [
  "application/octet-stream",
  "application/gzip",
  "application/x-ndjson",
  "application/jsonlines",
  "application/vnd.apache.parquet",
  "text/csv",
  "text/plain",
  "text/tab-separated-values",
] as const;

export const Ingested = Type.Object({
  dataset: Name,
  batchId: Type.String(),
  version: Type.Integer(),
  rows: Count,
  quarantined: Count,
  duplicates: Count,
  skipped: Type.Boolean(),
  bytes: Count,
  elapsedMs: Type.Number(),
  reasons: Type.Record(Type.String(), Type.Number()),
});

const listed = {
  name: Name,
  version: Type.Integer(),
  rows: Count,
  sizeBytes: Count,
  files: Count,
  partitions: Count,
  updatedAt: Time,
  quarantined: Count,
  key: Type.Array(Type.String()),
  partitionBy: Type.Array(Type.String()),
};
const Batch = Type.Object({
  batchId: Type.String(),
  version: Type.Integer(),
  timestampMs: Time,
  mode: Type.String(),
  source: Type.String(),
  rows: Count,
  quarantined: Count,
  duplicates: Count,
  replaced: Count,
  bytes: Count,
  undone: Type.Boolean(),
});
const Commit = Type.Object({
  version: Type.Integer(),
  timestampMs: Time,
  /** WRITE, MERGE (upsert), OPTIMIZE (compaction) or UNDO. */
  operation: Type.String(),
  summary: Open,
});
const DatasetListing = Type.Object({ ...listed, columns: Count });
const DatasetDetail = Type.Object({
  ...listed,
  columns: Type.Array(
    Type.Object({ name: Type.String(), type: Type.String(), nullable: Type.Boolean() }),
  ),
  batches: Type.Array(Batch),
  /** Commits, oldest first. */
  history: Type.Array(Commit),
});
const Quarantined = Type.Object({
  id: Type.String(),
  batch: Type.String(),
  /** Name of the source file. */
  file: Type.String(),
  line: Type.Integer(),
  raw: Type.String(),
  /** Texts by dataset column, as far as the row could be taken apart. */
  values: Type.Record(Type.String(), Type.Union([Type.String(), Type.Null()])),
  reasons: Type.Array(Type.String()),
  column: Type.Optional(Type.String()),
});
const ShapeColumn = Type.Object({
  name: Type.String(),
  type: Type.String(),
  nullable: Type.Optional(Type.Boolean()),
  min: Type.Optional(Type.Number()),
  max: Type.Optional(Type.Number()),
  oneOf: Type.Optional(Type.Array(Type.String())),
});
const Shape = Type.Object({
  name: Name,
  description: Type.Optional(Type.String()),
  columns: Type.Array(ShapeColumn),
  key: Type.Optional(Type.Array(Type.String())),
  partitionBy: Type.Optional(Type.Array(Type.String())),
});
const ColumnVerdict = Type.Object({
  name: Type.String(),
  /** Source column it is read from; absent when the source has none. */
  source: Type.Optional(Type.String()),
  type: Type.String(),
  /** Type that a sample of the source looks like. */
  guess: Type.Optional(Type.String()),
  /** Its numbers have a decimal comma ("129,95") and are read so. */
  hasDecimalCommas: Type.Optional(Type.Literal(true)),
  nulls: Count,
  bad: Count,
  samples: Type.Array(Type.String()),
  verdict: Type.Enum(["ok", "warning", "bad"]),
});
const DryRun = Type.Object({
  dataset: Name,
  shape: Shape,
  rows: Count,
  refused: Count,
  columns: Type.Array(ColumnVerdict),
  /** Source columns that no dataset column takes. */
  ignored: Type.Array(Type.String()),
  /** The first 1,000 refused rows. */
  badRows: Type.Array(
    Type.Object({
      file: Type.String(),
      line: Type.Integer(),
      raw: Type.String(),
      reasons: Type.Array(Type.String()),
    }),
  ),
  bytes: Count,
});

const IngestQuery = closed({
  format: Type.Optional(Type.Enum(["tsv", "csv", "jsonl", "parquet"])),
  /** Between the fields of CSV; without it a comma, or what the first line has when it has none. */
  delimiter: Type.Optional(Type.Enum(["comma", "semicolon", "tab", "pipe"])),
  /** Of text; without it UTF-8, or UTF-16 when the file begins with its mark. */
  encoding: Type.Optional(Type.Enum(["utf-8", "windows-1252", "utf-16"])),
  mode: Type.Optional(Type.Enum(["append", "upsert"])),
  batchId: Type.Optional(Id),
  fileName: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
  /** JSON object: dataset column to source column. */
  mapping: Type.Optional(Type.String({ maxLength: 20_000 })),
  maxBadShare: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  /** Events of the kind "progress" carry it, so that whoever sent the file knows which are about it. */
  progressId: Type.Optional(Id),
});

const shared = { tag: "datasets", errors: "problem" } as const;
const uploading = {
  ...shared,
  method: "POST",
  permission: "datasets:write",
  params: NameParams,
  query: IngestQuery,
  body: Bytes,
  contentTypes: uploadTypes,
  stream: "upload",
} as const;

/** Tables of the lake: what there is, rows in, rows out again. */
export const datasetRoutes = {
  listDatasets: {
    ...shared,
    method: "GET",
    path: "/api/v1/datasets",
    permission: "datasets:read",
    summary: "Every dataset with its size and freshness",
    responses: { 200: Type.Object({ items: Type.Array(DatasetListing) }) },
  },
  listShapes: {
    ...shared,
    method: "GET",
    path: "/api/v1/shapes",
    permission: "datasets:read",
    summary: "The shapes that datasets of these names get: known ones and the shop's own",
    responses: { 200: Type.Object({ items: Type.Array(Shape) }) },
  },
  describeDataset: {
    ...shared,
    method: "GET",
    path: "/api/v1/datasets/:name",
    permission: "datasets:read",
    summary: "Columns, batches and history of a dataset, now or at a version",
    params: NameParams,
    query: closed({ version: Type.Optional(Version) }),
    responses: { 200: DatasetDetail },
  },
  ingestDataset: {
    ...uploading,
    path: "/api/v1/datasets/:name/ingest",
    summary: "Stream a file (TSV, CSV, JSON Lines, Parquet; plain or gz) into a dataset",
    responses: { 200: Ingested },
  },
  dryRunDataset: {
    ...uploading,
    path: "/api/v1/datasets/:name/dry-run",
    summary:
      "What an ingest would do: a verdict for each column and the bad rows; nothing is written",
    responses: { 200: DryRun },
  },
  undoBatch: {
    ...shared,
    method: "DELETE",
    path: "/api/v1/datasets/:name/batches/:batch",
    permission: "datasets:write",
    summary: "Undo a batch",
    params: closed({ name: Name, batch: Id }),
    responses: {
      200: Type.Object({
        version: Type.Integer(),
        rowsRemoved: Type.Integer(),
        rowsRestored: Type.Integer(),
      }),
    },
  },
  listQuarantine: {
    ...shared,
    method: "GET",
    path: "/api/v1/datasets/:name/quarantine",
    permission: "datasets:read",
    summary: "Rows that were refused, with the reasons",
    params: NameParams,
    query: closed({ limit: Type.Optional(Limit), batch: Type.Optional(Id) }),
    responses: { 200: Type.Object({ items: Type.Array(Quarantined) }) },
  },
  replayQuarantine: {
    ...shared,
    method: "POST",
    path: "/api/v1/datasets/:name/quarantine/replay",
    permission: "datasets:write",
    summary: "Try refused rows again, with fixes",
    params: NameParams,
    body: closed({
      ids: Type.Optional(Type.Array(Id, { maxItems: 10_000 })),
      fixes: Type.Optional(
        Type.Record(
          Type.String(),
          Type.Record(Type.String(), Type.String({ maxLength: 1_000_000 }), {
            maxProperties: 1000,
          }),
          { maxProperties: 10_000 },
        ),
      ),
    }),
    responses: { 200: Ingested },
  },
  compactDataset: {
    ...shared,
    method: "POST",
    path: "/api/v1/datasets/:name/compact",
    permission: "datasets:manage",
    summary: "Join small files; no row changes",
    params: NameParams,
    responses: {
      200: Type.Object({ version: Type.Integer(), filesBefore: Count, filesAfter: Count }),
    },
  },
  vacuumDataset: {
    ...shared,
    method: "POST",
    path: "/api/v1/datasets/:name/vacuum",
    permission: "datasets:manage",
    summary: "Delete files that no version younger than this uses",
    params: NameParams,
    body: closed({
      olderThanMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 3_155_760_000_000 })),
    }),
    responses: { 200: Type.Object({ filesRemoved: Count }) },
  },
} as const satisfies Record<string, RouteContract>;
