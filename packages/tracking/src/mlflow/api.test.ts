import assert from "node:assert/strict";
import { test } from "node:test";
import { type Opened, withTracking } from "../opened.fixture.ts";
import type { MlflowAnswer } from "./answer.ts";
import { createMlflowApi, mlflowEndpoints } from "./api.ts";

type Call = (method: string, path: string, values?: unknown) => Promise<MlflowAnswer>;

function withApi(work: (call: Call, opened: Opened) => Promise<void>): Promise<void> {
  return withTracking(async (opened) => {
    const api = createMlflowApi(opened.tracking, { maxArtifactBytes: 10 });
    const call: Call = (method, path, values) =>
      api.handle({
        method,
        path: path.startsWith("/") ? path : `/api/2.0/mlflow/${path}`,
        ...(method === "GET" ? { query: values as Record<string, string> } : { body: values }),
        principal: "ann",
      });
    await work(call, opened);
  });
}

/** The error code and status of an answer. */
async function refusal(answer: Promise<MlflowAnswer>): Promise<[number, unknown]> {
  const { status, body } = await answer;
  return [status, "error_code" in body ? body.error_code : undefined];
}

async function newRun({ tracking }: Opened): Promise<string> {
  return (await tracking.runs.create({})).id;
}

const FILES = "/api/2.0/mlflow-artifacts/artifacts";

test("a batch with one bad value answers 400 and logs nothing", () =>
  withApi(async (call, opened) => {
    const run_id = await newRun(opened);
    const metric = { key: "m", value: 1, timestamp: 1, step: 0 };
    for (const bad of [
      { ...metric, value: "1" },
      { ...metric, key: "" },
      { key: "m", value: 1 },
      { ...metric, step: 0.5 },
    ]) {
      const body = { run_id, metrics: [metric, bad], params: [{ key: "p", value: "1" }] };
      assert.deepEqual(await refusal(call("POST", "runs/log-batch", body)), [
        400,
        "INVALID_PARAMETER_VALUE",
      ]);
    }
    const { metrics, params } = await opened.tracking.runs.get(run_id);
    assert.deepEqual([metrics, params], [{}, {}]);
  }));

test("NaN and infinity travel as texts", () =>
  withApi(async (call, opened) => {
    const run_id = await newRun(opened);
    const values = ["NaN", "Infinity"];
    for (const [step, value] of values.entries())
      await call("POST", "runs/log-metric", { run_id, key: "m", value, timestamp: 1, step });
    const { body } = await call("GET", "metrics/get-history", { run_id, metric_key: "m" });
    assert.deepEqual(body, {
      metrics: [
        { key: "m", value: "NaN", step: 0, timestamp: 1 },
        { key: "m", value: Number.MAX_VALUE, step: 1, timestamp: 1 },
      ],
      next_page_token: undefined,
    });
  }));

test("a metric's history comes in pages, and in a spread sample for several runs", () =>
  withApi(async (call, opened) => {
    const run_id = await newRun(opened);
    const metrics = Array.from({ length: 5 }, (_, step) => ({
      key: "m",
      value: step,
      timestamp: 1,
      step,
    }));
    await call("POST", "runs/log-batch", { run_id, metrics });
    const page = { run_id, metric_key: "m", max_results: "2" };
    const steps = (answer: MlflowAnswer): unknown[] =>
      "metrics" in answer.body && Array.isArray(answer.body.metrics)
        ? answer.body.metrics.map(({ step }: { step: number }) => step)
        : [];
    assert.deepEqual(steps(await call("GET", "metrics/get-history", page)), [0, 1]);
    assert.deepEqual(
      steps(await call("GET", "metrics/get-history", { ...page, page_token: "4" })),
      [4],
    );
    const bulk = { run_ids: [run_id], metric_key: "m", max_results: "3" };
    assert.deepEqual(
      steps(await call("GET", "metrics/get-history-bulk-interval", bulk)),
      [0, 2, 4],
    );
    const some = { ...bulk, start_step: "1", end_step: "2" };
    assert.deepEqual(steps(await call("GET", "metrics/get-history-bulk-interval", some)), [1, 2]);
  }));

test("champion moves only to an approved version, other aliases freely, and both are in the log", () =>
  withApi(async (call, opened) => {
    const run_id = await newRun(opened);
    await opened.tracking.runs.putArtifact(run_id, "model/w", Buffer.from("w"));
    await call("POST", "registered-models/create", { name: "stars" });
    const source = `mlflow-artifacts:/${run_id}/artifacts/model`;
    await call("POST", "model-versions/create", { name: "stars", source, run_id });
    const set = (alias: string) =>
      call("POST", "registered-models/alias", { name: "stars", alias, version: "1" });
    assert.equal((await set("challenger")).status, 200);
    assert.deepEqual(await refusal(set("champion")), [403, "PERMISSION_DENIED"]);
    assert.deepEqual(await refusal(set("latest")), [400, "INVALID_PARAMETER_VALUE"]);
    await opened.tracking.registry.approve("stars", 1, { by: "bob", reason: "read the report" });
    assert.equal((await set("champion")).status, 200);
    const unset = call("DELETE", "registered-models/alias", { name: "stars", alias: "champion" });
    assert.deepEqual(await refusal(unset), [403, "PERMISSION_DENIED"]);
    const remove = call("DELETE", "registered-models/delete", { name: "stars" });
    assert.deepEqual(await refusal(remove), [403, "PERMISSION_DENIED"]);
    const [last] = await opened.tracking.registry.log("stars");
    assert.deepEqual(
      [last?.alias, last?.by, last?.reason, last?.forced],
      ["champion", "ann", "set through the MLflow API; approved by bob: read the report", true],
    );
  }));

test("a version is made only of files of a run here", () =>
  withApi(async (call, opened) => {
    const run_id = await newRun(opened);
    await call("POST", "registered-models/create", { name: "stars" });
    const sources = [
      "/etc/passwd",
      "file:///etc",
      "s3://bucket/x",
      `mlflow-artifacts:/${run_id}/artifacts/../../other`,
      `runs:/${run_id}/nothing-there`,
    ];
    for (const source of sources) {
      const made = call("POST", "model-versions/create", { name: "stars", source });
      assert.deepEqual(await refusal(made), [400, "INVALID_PARAMETER_VALUE"], source);
    }
  }));

test("artefact paths cannot leave their run, however they are written", () =>
  withApi(async (call, opened) => {
    const run = await newRun(opened);
    const bad = [
      "artifacts/../x",
      "artifacts/%2e%2e/x",
      "artifacts/..%2f..%2fx",
      "artifacts//x",
      "artifacts/%00",
      "artifacts/%zz",
      "other/x",
      "artifacts",
    ];
    for (const path of bad) {
      const put = call("PUT", `${FILES}/${run}/${path}`, Buffer.from("x"));
      assert.deepEqual(await refusal(put), [400, "INVALID_PARAMETER_VALUE"], path);
    }
    const missing = call("GET", `${FILES}/${run}/artifacts/absent`);
    assert.deepEqual(await refusal(missing), [404, "RESOURCE_DOES_NOT_EXIST"]);
    const elsewhere = call("PUT", `${FILES}/absent/artifacts/x`, Buffer.from("x"));
    assert.deepEqual(await refusal(elsewhere), [404, "RESOURCE_DOES_NOT_EXIST"]);
    assert.deepEqual(await opened.blobs.list(""), []);
  }));

test("an upload over the limit is refused and leaves nothing", () =>
  withApi(async (call, opened) => {
    const run = await newRun(opened);
    const put = call("PUT", `${FILES}/${run}/artifacts/big`, Buffer.alloc(11));
    assert.deepEqual(await refusal(put), [400, "INVALID_PARAMETER_VALUE"]);
    assert.equal(
      (await call("PUT", `${FILES}/${run}/artifacts/a%20b/small`, Buffer.alloc(10))).status,
      200,
    );
    const { body } = await call("GET", FILES, { path: `${run}/artifacts/a b` });
    assert.deepEqual(body, { files: [{ path: "small", is_dir: false, file_size: 10 }] });
    assert.equal((await call("DELETE", `${FILES}/${run}/artifacts/a%20b`)).status, 200);
    assert.deepEqual(await opened.blobs.list(""), []);
  }));

test("inputs, names and parents of a run come back as the client set them", () =>
  withApi(async (call, opened) => {
    const parent = await newRun(opened);
    const tags = [{ key: "mlflow.parentRunId", value: parent }];
    await call("POST", "runs/create", {
      experiment_id: "0",
      run_name: "child",
      start_time: 5,
      tags,
    });
    const { items } = await opened.tracking.runs.search({ filter: "run_name = 'child'" });
    const run_id = items[0]?.id ?? "";
    assert.deepEqual(
      [items[0]?.parentId, items[0]?.startedAt, items[0]?.createdBy],
      [parent, 5, "ann"],
    );
    const dataset = { name: "reviews", digest: "d1", source_type: "local", source: "{}" };
    await call("POST", "runs/log-inputs", {
      run_id,
      datasets: [{ tags: [{ key: "mlflow.data.context", value: "train" }], dataset }],
    });
    await call("POST", "runs/set-tag", { run_id, key: "mlflow.runName", value: "renamed" });
    const { body } = await call("GET", "runs/get", { run_id });
    const shown = JSON.parse(JSON.stringify(body)).run;
    assert.equal(shown.info.run_name, "renamed");
    assert.deepEqual(shown.inputs.dataset_inputs, [
      { tags: [{ key: "mlflow.data.context", value: "train" }], dataset },
    ]);
  }));

test("experiments, models and versions are searched by filter, order and page", () =>
  withApi(async (call, { clock }) => {
    for (const name of ["alpha", "beta", "gamma"]) {
      clock.advance(1);
      await call("POST", "experiments/create", {
        name,
        tags: [{ key: "first", value: name.slice(0, 1) }],
      });
    }
    const names = async (values: object): Promise<string[]> => {
      const { body } = await call("POST", "experiments/search", values);
      return JSON.parse(JSON.stringify(body)).experiments.map(({ name }: { name: string }) => name);
    };
    assert.deepEqual(await names({}), ["gamma", "beta", "alpha", "Default"]);
    assert.deepEqual(
      await names({ filter: "name LIKE '%a%' AND tags.first != 'g'", order_by: ["name ASC"] }),
      ["alpha", "beta"],
    );
    assert.deepEqual(await names({ filter: "name ILIKE 'A_PHA'" }), ["alpha"]);
    assert.deepEqual(await names({ max_results: 1, page_token: "1" }), ["beta"]);
    assert.deepEqual(await names({ filter: "creation_time > 1000001" }), ["gamma", "beta"]);
    assert.deepEqual(await names({ view_type: "DELETED_ONLY" }), []);
    for (const bad of [
      { filter: "password = 'x'" },
      { filter: "name > 'x'", order_by: ["x y z"] },
      { max_results: 0 },
      { page_token: "-1" },
      { view_type: "NONE" },
    ])
      assert.deepEqual(await refusal(call("POST", "experiments/search", bad)), [
        400,
        "INVALID_PARAMETER_VALUE",
      ]);
  }));

test("bodies of the wrong shape and unknown paths answer with MLflow's errors", () =>
  withApi(async (call) => {
    for (const body of [[], "text", 1, { name: {} }, { name: "" }, null])
      assert.deepEqual(await refusal(call("POST", "experiments/create", body)), [
        400,
        "INVALID_PARAMETER_VALUE",
      ]);
    for (const path of ["runs/nothing", "constructor", "/api/2.0/other"])
      assert.deepEqual(await refusal(call("POST", path, {})), [404, "ENDPOINT_NOT_FOUND"]);
    assert.deepEqual(await refusal(call("GET", "experiments/get", { experiment_id: "99" })), [
      404,
      "RESOURCE_DOES_NOT_EXIST",
    ]);
    const again = call("POST", "experiments/create", { name: "Default" });
    assert.deepEqual(await refusal(again), [400, "RESOURCE_ALREADY_EXISTS"]);
  }));

test("an error the caller did not cause is thrown, not dressed up", () =>
  withApi(async (call, { store }) => {
    await store.run("DROP TABLE experiment_tags");
    await assert.rejects(call("GET", "experiments/get", { experiment_id: "0" }), {
      code: "STORE_SQL",
    });
  }));

test("every endpoint is listed once", () => {
  const endpoints = mlflowEndpoints();
  assert.equal(new Set(endpoints).size, endpoints.length);
  assert.ok(endpoints.includes("POST /api/2.0/mlflow/runs/log-batch"));
});
