/**
 * Child process: one change to the lake, then the end. The request names a dataset, an operation and its arguments;
 * progress goes to the parent as events.
 */
import { type IngestOptions, type IngestSource, type Lake, openLake } from "@souk/lake";
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

function perform(
  lake: Lake,
  wanted: LakeRequest,
  tools: { signal: AbortSignal; emit: (event: unknown) => void },
): Promise<unknown> {
  const { dataset } = wanted;
  switch (wanted.operation) {
    case "ingest":
      return lake.ingest(dataset, wanted.source, {
        ...wanted.options,
        signal: tools.signal,
        onProgress: tools.emit,
      });
    case "dryRun":
      return lake.dryRun(dataset, wanted.source, {
        ...wanted.options,
        signal: tools.signal,
        onProgress: tools.emit,
      });
    case "replay":
      return lake.replay(dataset, wanted.options);
    case "undo":
      return lake.undo(dataset, wanted.batchId);
    case "compact":
      return lake.compact(dataset);
    default:
      return lake.vacuum(dataset, wanted.options);
  }
}

if (import.meta.main) {
  serveParent(async (request, tools) => {
    // The parent is this project's own process: the request is what `LakeRequest` says.
    const wanted = request as LakeRequest;
    const lake = openLake({ directory: wanted.folder });
    try {
      return await perform(lake, wanted, tools);
    } finally {
      await lake.close();
    }
  });
}
