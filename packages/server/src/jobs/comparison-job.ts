/**
 * Child process: evaluates a registered version and the champion of the moment on the same test rows, those of the data
 * the version was trained on, so that a gate compares like with like.
 */
import { openLake } from "@souk/lake";
import { evaluateModel, loadModel, taskColumns, type EvaluationReport } from "@souk/models";
import { serveParent } from "./child-side.ts";

/** What the parent asks for. Folders hold artefacts. */
export interface ComparisonRequest {
  readonly lake: string;
  readonly candidate: string;
  readonly incumbent: string | undefined;
}

/** The candidate's report, and the incumbent's metrics on the same rows. */
export interface Comparison {
  readonly metric: string;
  readonly report: EvaluationReport;
  readonly incumbentMetrics: Readonly<Record<string, number>> | undefined;
}

async function compare({
  lake: directory,
  candidate,
  incumbent,
}: ComparisonRequest): Promise<Comparison> {
  const lake = openLake({ directory });
  try {
    const report = await evaluateFolder(lake, candidate, candidate);
    const other =
      incumbent === undefined ? undefined : await evaluateFolder(lake, incumbent, candidate);
    return {
      metric: report.metric,
      report: report.report,
      incumbentMetrics: other?.report.metrics,
    };
  } finally {
    await lake.close();
  }
}

/** Evaluates the model in `folder` on the test rows of the model in `rowsOf`. */
async function evaluateFolder(
  lake: ReturnType<typeof openLake>,
  folder: string,
  rowsOf: string,
): Promise<{ metric: string; report: EvaluationReport }> {
  const reference = await loadModel(rowsOf);
  const model = await loadModel(folder);
  try {
    const { task, data } = reference.card;
    const rows = lake.read(task.dataset, { columns: taskColumns(task), version: data.version });
    return { metric: task.metric, report: await evaluateModel(model, task, rows) };
  } finally {
    reference.close();
    model.close();
  }
}

if (import.meta.main) {
  // The parent is this project's own process: the request is what `ComparisonRequest` says.
  serveParent((request) => compare(request as ComparisonRequest));
}
