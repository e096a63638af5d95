import type { IngestOptions, IngestOutcome, IngestSource } from "../../souk-values.ts";
import type { Call, HandlersOf } from "../call.ts";
import type { ServerState } from "../state.ts";
import { uploadProgress } from "../upload-progress.ts";
import { ingestOptions, uploadSource } from "../uploads.ts";

export function datasetHandlers(state: ServerState): HandlersOf<"datasets"> {
  const { datasets, audit } = state.souk;
  return {
    listDatasets: async () => ({ items: await datasets.list() }),
    listShapes: () => ({ items: datasets.shapes() }),
    describeDataset: ({ params, query }) => datasets.describe(params.name, query),
    ingestDataset: (call) => ingest(state, call),
    dryRunDataset(call) {
      const { source, options } = tracked(state, call);
      return datasets.dryRun(call.params.name, source, options);
    },
    async undoBatch({ params, actor }) {
      const undone = await datasets.undo(params.name, params.batch);
      const details = { batch: params.batch, ...undone };
      await audit.record({ action: "dataset.undo", subject: params.name, details }, actor);
      return undone;
    },
    listQuarantine: async ({ params, query }) => ({
      items: await datasets.quarantine(params.name, query),
    }),
    async replayQuarantine({ params, body, actor }) {
      const outcome = await datasets.replay(params.name, body);
      const details = { rows: outcome.rows };
      await audit.record({ action: "dataset.replay", subject: params.name, details }, actor);
      return outcome;
    },
    async compactDataset({ params, actor }) {
      const outcome = await datasets.compact(params.name);
      const details = { ...outcome };
      await audit.record({ action: "dataset.compact", subject: params.name, details }, actor);
      return outcome;
    },
    async vacuumDataset({ params, body, actor }) {
      // A dataset that is not there is told before any file is looked at.
      await datasets.describe(params.name);
      const outcome = await datasets.vacuum(params.name, body);
      const details = { ...outcome };
      await audit.record({ action: "dataset.vacuum", subject: params.name, details }, actor);
      return outcome;
    },
  };
}

async function ingest(state: ServerState, call: Call<"ingestDataset">): Promise<IngestOutcome> {
  const { datasets, audit } = state.souk;
  const { source, options } = tracked(state, call);
  const outcome = await datasets.ingest(call.params.name, source, options);
  const { batchId, rows, quarantined } = outcome;
  const details = { batchId, rows, quarantined };
  await audit.record({ action: "dataset.ingest", subject: call.params.name, details }, call.actor);
  return outcome;
}

/** The file and the options of a request; both tell of their progress when the caller gave it a name. */
function tracked(
  state: ServerState,
  { params, query, request, signal }: Call<"ingestDataset"> | Call<"dryRunDataset">,
): { source: IngestSource; options: IngestOptions } {
  const source = uploadSource(state, request, query.fileName);
  const options = ingestOptions(query, signal);
  const { progressId } = query;
  if (progressId === undefined || source.kind !== "stream") return { source, options };
  const progress = uploadProgress(state, { dataset: params.name, id: progressId, request });
  return {
    source: { ...source, stream: progress.counting(source.stream) },
    options: { ...options, onProgress: progress.read },
  };
}
