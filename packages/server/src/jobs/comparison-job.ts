/**
 * Child process: evaluates the champion of the moment on the test rows a registered version was measured on, so that a
 * gate compares like with like.
 */
import { openLake } from "@souk/lake";
import { evaluateModel, imageStore, loadModel, type Model, readTestRows } from "@souk/models";
import { serveParent } from "./child-side.ts";
import { openTaskRows } from "./task-rows.ts";

/** What the parent asks for. Both folders hold artefacts. */
export interface ComparisonRequest {
  /** The lake directory. */
  readonly lake: string;
  /** The photo store's folder. */
  readonly images: string;
  readonly candidate: string;
  readonly incumbent: string;
}

/** The incumbent's figures on the candidate's test rows. */
export interface Comparison {
  readonly metrics: Readonly<Record<string, number>>;
  readonly testRowsHash: string;
}

async function compare(request: ComparisonRequest): Promise<Comparison> {
  const images = imageStore(request.images);
  const candidate = await loadModel(request.candidate, { images });
  const incumbent = await loadModel(request.incumbent, { images });
  try {
    return await evaluateOn(candidate, incumbent, request.lake);
  } finally {
    candidate.close();
    incumbent.close();
  }
}

async function evaluateOn(
  candidate: Model,
  incumbent: Model,
  directory: string,
): Promise<Comparison> {
  const { task, data } = candidate.card;
  const lake = openLake({ directory });
  try {
    const source = await openTaskRows(lake, task, {
      version: data.version,
      photos: data.photos ?? "none",
    });
    const { metrics, testRowsHash } = await evaluateModel(
      incumbent,
      task,
      await readTestRows(task, source.rows()),
    );
    return { metrics, testRowsHash };
  } finally {
    await lake.close();
  }
}

if (import.meta.main) {
  // The parent is this project's own process: the request is what `ComparisonRequest` says.
  serveParent((request) => compare(request as ComparisonRequest));
}
