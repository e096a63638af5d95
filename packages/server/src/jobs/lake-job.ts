/**
 * Child process: one change to the lake, then the end. The request names a dataset, an operation and its arguments;
 * progress goes to the parent as events.
 */
import { type IngestOptions, type IngestSource, openLake } from "@souk/lake";
import { serveParent } from "./child-side.ts";

/** What the parent may ask for. `folder` is the lake directory. */
export type LakeRequest = { readonly folder: string; readonly dataset: string } & (
  | {
      readonly operation: "ingest" | "dryRun";
      readonly source: IngestSource;
      readonly options: Omit<IngestOptions, "signal" | "onProgress">;
    }
  | {
      readonly operation: "replay";
      readonly options: { ids?: string[]; fixes?: Record<string, Record<string, string>> };
    }
  | { readonly operation: "undo"; readonly batchId: string }
  | { readonly operation: "compact" }
  | { readonly operation: "vacuum"; readonly options: { olderThanMs?: number } }
);

if (import.meta.main) {
  serveParent(async (request, { signal, emit }) => {
    // The parent is this project's own process: the request is what `LakeRequest` says.
    const wanted = request as LakeRequest;
    const lake = openLake({ directory: wanted.folder });
    try {
      switch (wanted.operation) {
        case "ingest":
          return await lake.ingest(wanted.dataset, wanted.source, {
            ...wanted.options,
            signal,
            onProgress: emit,
          });
        case "dryRun":
          return await lake.dryRun(wanted.dataset, wanted.source, {
            ...wanted.options,
            signal,
            onProgress: emit,
          });
        case "replay":
          return await lake.replay(wanted.dataset, wanted.options);
        case "undo":
          return await lake.undo(wanted.dataset, wanted.batchId);
        case "compact":
          return await lake.compact(wanted.dataset);
        case "vacuum":
          return await lake.vacuum(wanted.dataset, wanted.options);
      }
    } finally {
      await lake.close();
    }
  });
}
