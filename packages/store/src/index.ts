export { type BatchWriter, type BatchWriterOptions, createBatchWriter } from "./batch-writer.ts";
export { type Blobs, checkKey, openBlobs } from "./blobs.ts";
export { checkBlobs, type BlobsSubject } from "./blobs-laws.ts";
export { openStore } from "./sqlite.ts";
export type { Migration, Row, Sql, SqlValue, Store } from "./store.ts";
export { checkStore, type StoreSubject } from "./store-laws.ts";
