import type { RunInput } from "../inputs.ts";
import { invalid, limits } from "../limits.ts";
import type { MetricPoint, Run } from "../run.ts";
import type { Tracking } from "../tracking.ts";
import { readView } from "./experiment-routes.ts";
import { type Fields, readPairList } from "./fields.ts";
import { childrenOf } from "./artifact-routes.ts";
import type { Route, Routes } from "./route.ts";
import { pageSize } from "./select.ts";
import { artifactUri, pointToWire, runInfoToWire, runToWire, statusFromWire } from "./wire.ts";

const RUN_NAME = "mlflow.runName";
const PARENT = "mlflow.parentRunId";
/** Points of one page of a metric's history. */
const HISTORY_PAGE = 25_000;
/** Runs and points of one bulk request: MLflow's own limits. */
const BULK_RUNS = 100;
const BULK_POINTS = 2_500;

const logParam: Route = async (fields, { tracking }) => {
  const param = { key: fields.text("key"), value: fields.optionalText("value") ?? "" };
  await tracking.runs.logBatch(runId(fields), { params: [param] });
  return {};
};

/** `runs/…`, `metrics/…` and `artifacts/list`. */
export const runRoutes: Routes = {
  async "POST runs/create"(fields, { tracking, principal }) {
    const tags = readPairList(fields, "tags");
    const tag = (wanted: string): string | undefined =>
      tags.find(({ key }) => key === wanted)?.value;
    const run = await tracking.runs.create({
      experimentId: fields.optionalText("experiment_id") ?? "0",
      name: fields.optionalText("run_name") || tag(RUN_NAME) || undefined,
      startedAt: fields.integer("start_time"),
      createdBy: fields.optionalText("user_id") || principal,
      parentId: tag(PARENT),
      tags: Object.fromEntries(tags.map(({ key, value }) => [key, value] as const)),
    });
    return { run: await wholeRun(tracking, run) };
  },
  async "GET runs/get"(fields, { tracking }) {
    return { run: await wholeRun(tracking, await tracking.runs.get(runId(fields))) };
  },
  async "POST runs/update"(fields, { tracking }) {
    const id = runId(fields);
    const name = fields.optionalText("run_name");
    if (name) await rename(tracking, id, name);
    const status = fields.optionalText("status");
    const endedAt = fields.integer("end_time");
    if (status !== undefined) await tracking.runs.finish(id, statusFromWire(status), { endedAt });
    return { run_info: runInfoToWire(await tracking.runs.get(id)) };
  },
  async "POST runs/delete"(fields, { tracking }) {
    await tracking.runs.remove(runId(fields));
    return {};
  },
  async "POST runs/restore"(fields, { tracking }) {
    await tracking.runs.restore(runId(fields));
    return {};
  },
  async "POST runs/search"(fields, { tracking }) {
    const { items, nextCursor } = await tracking.runs.search({
      experimentIds: fields.texts("experiment_ids"),
      filter: fields.optionalText("filter"),
      orderBy: fields.texts("order_by"),
      view: readView(fields, "run_view_type"),
      limit: Math.min(pageSize(fields), limits.page),
      cursor: fields.optionalText("page_token"),
    });
    return { runs: await wholeRuns(tracking, items), next_page_token: nextCursor };
  },
  async "POST runs/log-metric"(fields, { tracking }) {
    await tracking.runs.logBatch(runId(fields), { metrics: [readPoint(fields)] });
    return {};
  },
  "POST runs/log-param": logParam,
  "POST runs/log-parameter": logParam,
  async "POST runs/log-batch"(fields, { tracking }) {
    const tags = readPairList(fields, "tags");
    const name = tags.findLast(({ key }) => key === RUN_NAME)?.value;
    await tracking.runs.logBatch(runId(fields), {
      metrics: fields.objects("metrics").map(readPoint),
      params: readPairList(fields, "params"),
      tags,
    });
    if (name) await tracking.runs.rename(runId(fields), name);
    return {};
  },
  async "POST runs/set-tag"(fields, { tracking }) {
    const tag = { key: fields.text("key"), value: fields.optionalText("value") ?? "" };
    await tracking.runs.logBatch(runId(fields), { tags: [tag] });
    if (tag.key === RUN_NAME && tag.value) await tracking.runs.rename(runId(fields), tag.value);
    return {};
  },
  async "POST runs/delete-tag"(fields, { tracking }) {
    await tracking.runs.get(runId(fields));
    await tracking.runs.removeTag(runId(fields), fields.text("key"));
    return {};
  },
  async "POST runs/log-inputs"(fields, { tracking }) {
    await tracking.inputs.add(runId(fields), fields.objects("datasets").map(readInput));
    return {};
  },
  async "GET metrics/get-history"(fields, { tracking }) {
    const offset = fields.integer("page_token") ?? 0;
    const size = Math.min(pageSizeOr(fields, HISTORY_PAGE), HISTORY_PAGE);
    const key = fields.text("metric_key");
    const points = await tracking.runs.metricHistory(runId(fields), key, {
      limit: size + 1,
      offset,
    });
    return {
      metrics: points.slice(0, size).map((point) => pointToWire(point)),
      next_page_token: points.length > size ? String(offset + size) : undefined,
    };
  },
  async "GET metrics/get-history-bulk-interval"(fields, { tracking }) {
    const ids = fields.texts("run_ids");
    if (ids.length > BULK_RUNS) throw invalid(`at most ${BULK_RUNS} runs`, String(ids.length));
    const most = Math.min(pageSizeOr(fields, BULK_POINTS), BULK_POINTS);
    const [start = -Infinity, end = Infinity] = [
      fields.integer("start_step"),
      fields.integer("end_step"),
    ];
    const found: object[] = [];
    for (const id of ids) {
      const points = await tracking.runs.metricHistory(id, fields.text("metric_key"));
      const within = points.filter(({ step }) => step >= start && step <= end);
      found.push(...sample(within, most).map((point) => pointToWire(point, id)));
    }
    return { metrics: found };
  },
  /** Clients of MLflow 3 look here whenever they list artefacts. This server keeps models in its registry, so: none. */
  async "POST logged-models/search"() {
    return { models: [] };
  },
  async "GET artifacts/list"(fields, { tracking }) {
    const id = runId(fields);
    const path = fields.optionalText("path") ?? "";
    const children = await childrenOf(tracking, id, path);
    const files = children.map((file) => ({
      ...file,
      path: path === "" ? file.path : `${path}/${file.path}`,
    }));
    return { root_uri: artifactUri(id), files };
  },
};

function runId(fields: Fields): string {
  return fields.optionalText("run_id") || fields.text("run_uuid");
}

function pageSizeOr(fields: Fields, size: number): number {
  return fields.integer("max_results") === undefined ? size : pageSize(fields);
}

async function rename({ runs }: Tracking, id: string, name: string): Promise<void> {
  await runs.rename(id, name);
  await runs.logBatch(id, { tags: [{ key: RUN_NAME, value: name }] });
}

async function wholeRun(tracking: Tracking, run: Run): Promise<object> {
  const [whole = {}] = await wholeRuns(tracking, [run]);
  return whole;
}

async function wholeRuns({ runs, inputs }: Tracking, found: readonly Run[]): Promise<object[]> {
  const ids = found.map(({ id }) => id);
  const points = await runs.latestMetrics(ids);
  const datasets = await inputs.of(ids);
  return found.map((run) => runToWire(run, points.get(run.id) ?? [], datasets.get(run.id) ?? []));
}

function readPoint(fields: Fields): MetricPoint {
  const timestamp = fields.integer("timestamp");
  if (timestamp === undefined) throw invalid("a value for timestamp", "none");
  return {
    key: fields.text("key"),
    value: fields.double("value"),
    step: fields.integer("step") ?? 0,
    timestamp,
  };
}

function readInput(fields: Fields): RunInput {
  const [dataset] = fields.objects("dataset");
  if (dataset === undefined) throw invalid("a value for dataset", "none");
  return {
    name: dataset.text("name"),
    digest: dataset.text("digest"),
    sourceType: dataset.optionalText("source_type") ?? "",
    source: dataset.optionalText("source") ?? "",
    schema: dataset.optionalText("schema"),
    profile: dataset.optionalText("profile"),
    tags: Object.fromEntries(
      readPairList(fields, "tags").map(({ key, value }) => [key, value] as const),
    ),
  };
}

/** At most `most` points, evenly spread, the first and the last among them. */
function sample(points: readonly MetricPoint[], most: number): MetricPoint[] {
  if (points.length <= most) return [...points];
  const stride = (points.length - 1) / Math.max(most - 1, 1);
  return Array.from({ length: most }, (_, i) => points[Math.round(i * stride)]).flatMap(
    (point) => point ?? [],
  );
}
