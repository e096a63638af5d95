import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { RouteName } from "@souk/api";
import { bearer, checkAnswer, openShop, type OpenedShop } from "./opened-shop.fixture.ts";

/*
 * One small model of star ratings, trained here on invented reviews whose words give the stars away:
 * "awful" is one star, "wonderful" is five.
 */
let shop: OpenedShop;
before(async () => {
  shop = await openShop();
  const { souk } = shop;
  const stream = { kind: "stream", stream: reviews(1200) } as const;
  await souk.datasets.ingest("reviews", stream, { format: "jsonl" });
  const job = await souk.jobs.startTraining(
    { task: "star-rating", family: "ngram", seed: 1, threads: 1 },
    { by: "test" },
  );
  for await (const event of souk.jobs.events(job.id)) void event;
  const ended = await souk.jobs.get(job.id);
  assert.equal(ended.status, "finished", JSON.stringify(ended.error));
});
after(() => shop.close());

async function* reviews(count: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < count; i++) {
    const good = i % 2 === 0;
    const review = {
      marketplace: "US",
      customer_id: `c${i}`,
      review_id: `r${i}`,
      product_id: `p${i % 10}`,
      product_parent: `${i % 10}`,
      product_title: "Thing",
      product_category: "Things",
      star_rating: good ? 5 : 1,
      helpful_votes: 0,
      total_votes: 0,
      vine: "N",
      verified_purchase: "Y",
      review_headline: good ? "wonderful buy" : "awful buy",
      review_body: good ? `wonderful thing number ${i}` : `awful thing number ${i}`,
      review_date: "2015-08-31",
    };
    yield Buffer.from(`${JSON.stringify(review)}\n`);
  }
}

interface Answer {
  readonly status: number;
  // Tests look into answers of many shapes; each assertion checks what it reads.
  readonly value: never;
}

async function call(name: RouteName, url: string, payload?: object | string): Promise<Answer> {
  const response = await shop.app.inject({
    method: payload === undefined ? "GET" : "POST",
    url,
    headers: bearer(shop.tokens.analyst),
    ...(payload !== undefined && { payload }),
  });
  checkAnswer(name, response);
  const isJson = response.body.startsWith("{") && !response.body.includes("}\n{");
  return {
    status: response.statusCode,
    value: (isJson ? JSON.parse(response.body) : response.body) as never,
  };
}

const good = "a wonderful thing";
const bad = "an awful thing";
const model = "/v1/models/star-rating";

test("/predict gives one number in two brackets", async () => {
  const { status, value } = await call("predictNumber", "/predict", { text: good });
  const { prediction } = value as { prediction: number[][] };
  assert.equal(status, 200);
  assert.ok((prediction[0]?.[0] ?? 0) > 3 && prediction.length === 1);
});

test("/predict without text is the words of old", async () => {
  for (const payload of [{ text: "" }, { text: "  " }, {}]) {
    const { status, value } = await call("predictNumber", "/predict", payload);
    assert.deepEqual([status, value], [400, { error: "No text provided" }]);
  }
});

test("JSON Lines of features come back as JSON Lines of labels, in order", async () => {
  const lines = [good, bad, good].map((text) => JSON.stringify({ features: [text] })).join("\n");
  const { value } = await call("invocations", "/invocations", lines);
  assert.equal(value, '{"predicted_label":5}\n{"predicted_label":1}\n{"predicted_label":5}\n');
});

test("a wrong line of features is named by its number", async () => {
  const { status, value } = await call(
    "invocations",
    "/invocations",
    `{"features":["x"]}\n{"features":[7]}`,
  );
  assert.equal(status, 400);
  assert.match((value as { error: string }).error, /^line 2:/);
});

test("/api/predict stores the prediction, and its outcome joins it", async () => {
  const { value } = await call("predictText", "/api/predict", { text: bad, top_k: 2 });
  const { id, label, probabilities } = value as {
    id: string;
    label: number;
    probabilities: { label: number }[];
  };
  assert.equal(label, 1);
  assert.deepEqual(probabilities[0]?.label, 1);
  const outcome = await shop.app.inject({
    method: "POST",
    url: `/api/v1/predictions/${id}/outcome`,
    headers: bearer(shop.tokens.analyst),
    payload: { value: 2 },
  });
  assert.equal(outcome.statusCode, 204, outcome.body);
  const kept = await call("getPrediction", `/api/v1/predictions/${id}`);
  assert.equal((kept.value as { outcome: number }).outcome, 2);
  const list = await call("listPredictions", "/api/v1/predictions?model=star-rating&limit=5");
  assert.ok((list.value as { items: unknown[] }).items.length > 0);
});

test("TensorFlow Serving: rows in, predictions out; by champion, version and label alike", async () => {
  const payload = { instances: [good, { review_headline: "awful", review_body: bad }] };
  for (const [name, url] of [
    ["tfPredict", `${model}:predict`],
    ["tfVersionPredict", `${model}/versions/1:predict`],
    ["tfLabelPredict", `${model}/labels/champion:predict`],
  ] as const) {
    const { status, value } = await call(name, url, payload);
    const { predictions } = value as { predictions: { label: number; probabilities: number[] }[] };
    assert.equal(status, 200, url);
    assert.deepEqual(
      predictions.map((one) => one.label),
      [5, 1],
    );
    for (const { probabilities } of predictions)
      assert.ok(Math.abs(probabilities.reduce((sum, p) => sum + p, 0) - 1) < 1e-4);
  }
});

test("TensorFlow Serving: columns in, outputs out", async () => {
  const inputs = { review_headline: ["", ""], review_body: [good, bad] };
  const { value } = await call("tfPredict", `${model}:predict`, { inputs });
  assert.deepEqual((value as { outputs: { label: number[] } }).outputs.label, [5, 1]);
});

test("TensorFlow Serving: classify gives pairs, likeliest first; regress gives numbers", async () => {
  const examples = [{ review_body: good }, { review_body: bad }];
  const classified = await call("tfClassify", `${model}:classify`, { examples });
  const { result } = classified.value as { result: [string, number][][] };
  assert.deepEqual(
    result.map((pairs) => pairs[0]?.[0]),
    ["5", "1"],
  );
  const regressed = await call("tfRegress", `${model}:regress`, { examples });
  const [high = 0, low = 9] = (regressed.value as { result: number[] }).result;
  assert.ok(high > 3 && low < 3);
});

test("TensorFlow Serving: status and metadata", async () => {
  const status = await call("tfStatus", model);
  assert.deepEqual(status.value, {
    model_version_status: [
      { version: "1", state: "AVAILABLE", status: { error_code: "OK", error_message: "" } },
    ],
  });
  const metadata = await call("tfMetadata", `${model}/metadata`);
  assert.equal((metadata.value as { model_spec: { version: string } }).model_spec.version, "1");
});

test("TensorFlow Serving: what is not there and what does not fit is { error } and nothing else", async () => {
  for (const [url, payload, status] of [
    ["/v1/models/nothing:predict", { instances: ["x"] }, 404],
    [`${model}/versions/99:predict`, { instances: ["x"] }, 404],
    [`${model}:predict`, { instances: [{ misspelt: "x" }] }, 400],
    [`${model}:predict`, { instances: [] }, 400],
    [`${model}:predict`, { inputs: { review_body: ["a"], review_headline: ["a", "b"] } }, 400],
    [`${model}:destroy`, { instances: ["x"] }, 404],
  ] as const) {
    const answer = await call("openApi", url, payload);
    assert.equal(answer.status, status, url + JSON.stringify(answer.value));
    assert.deepEqual(Object.keys(answer.value), ["error"], url);
  }
});

test("Open Inference: tensors in, tensors out, with the ids to report outcomes by", async () => {
  const tensor = { name: "text", shape: [2, 1], datatype: "BYTES", data: [[good], [bad]] };
  const { status, value } = await call("v2Infer", "/v2/models/star-rating/infer", {
    id: "7",
    inputs: [tensor],
  });
  const answer = value as {
    id: string;
    outputs: { datatype: string; shape: number[]; data: number[] }[];
  };
  assert.equal(status, 200);
  assert.equal(answer.id, "7");
  assert.deepEqual(answer.outputs[0], {
    name: "star_rating",
    shape: [2],
    datatype: "INT64",
    data: [5, 1],
  });
  assert.deepEqual(answer.outputs[1]?.datatype, "FP32");
});

test("Open Inference: a tensor whose shape and data disagree is { error }", async () => {
  const inputs = [{ name: "review_body", shape: [3], datatype: "BYTES", data: ["x"] }];
  const { status, value } = await call("openApi", "/v2/models/star-rating/infer", { inputs });
  assert.equal(status, 400);
  assert.match((value as { error: string }).error, /shape \[3\]/);
});

test("Open Inference: metadata, readiness of the server, of a model and of a version", async () => {
  for (const [name, url] of [
    ["v2Model", "/v2/models/star-rating"],
    ["v2ModelVersion", "/v2/models/star-rating/versions/1"],
    ["v2ModelReady", "/v2/models/star-rating/ready"],
    ["v2ModelVersionReady", "/v2/models/star-rating/versions/1/ready"],
    ["v2Ready", "/v2/health/ready"],
    ["monitor", "/api/monitor"],
    ["servingStats", "/api/v1/serving"],
    ["listRuns", "/api/v1/runs"],
    ["listModels", "/api/v1/models"],
    ["listJobs", "/api/v1/jobs"],
    ["servedAt", "/api/v1/served-at"],
    ["modelLog", "/api/v1/models/star-rating/log"],
    ["listTasks", "/api/v1/tasks"],
    ["describeDataset", "/api/v1/datasets/reviews"],
    ["runQuestion", "/api/v1/questions/5"],
    ["profileDataset", "/api/v1/datasets/reviews/profile"],
  ] as const)
    assert.equal((await call(name, url)).status, 200, url);
});

test("a file of rows comes back as a line each", async () => {
  const response = await shop.app.inject({
    method: "POST",
    url: "/api/v1/models/star-rating/predict-file",
    headers: { ...bearer(shop.tokens.analyst), "content-type": "text/csv" },
    payload: `review_headline,review_body\nx,${good}\ny,${bad}\n`,
  });
  assert.equal(response.statusCode, 200, response.body);
  const labels = response.body
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { label: number }).label);
  assert.deepEqual(labels, [5, 1]);
});

test("charts of a question are a drawing and a picture", async () => {
  const ask = (format: string) =>
    shop.app.inject({
      url: `/api/v1/questions/5/chart.${format}`,
      headers: bearer(shop.tokens.viewer),
    });
  const svg = await ask("svg");
  assert.match(svg.body, /^<svg /);
  assert.match(String(svg.headers["content-security-policy"]), /sandbox/);
  const png = await ask("png");
  assert.deepEqual([...png.rawPayload.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
});

test("events of a job come as a stream that ends, and resume after the last one seen", async () => {
  const [job] = await shop.souk.jobs.list();
  const url = `/api/v1/jobs/${job?.id}/events`;
  const headers = bearer(shop.tokens.viewer);
  const all = await shop.app.inject({ url, headers });
  assert.equal(all.headers["content-type"], "text/event-stream; charset=utf-8");
  const ids = [...all.body.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]));
  assert.ok(ids.length > 3);
  assert.deepEqual(
    ids,
    ids.map((_id, i) => i + 1),
  );
  const last = String(ids.length - 1);
  const rest = await shop.app.inject({ url, headers: { ...headers, "last-event-id": last } });
  assert.deepEqual(rest.body.match(/^id: .*$/gm), [`id: ${ids.length}`]);
  const unknown = await shop.app.inject({ url: "/api/v1/jobs/job_x/events", headers });
  assert.equal(unknown.statusCode, 404);
});

test("the report of a run is a page that may do nothing but show itself", async () => {
  const headers = bearer(shop.tokens.viewer);
  const [run] = (await shop.souk.runs.list()).items;
  const page = await shop.app.inject({ url: `/api/v1/runs/${run?.id}/report.html`, headers });
  assert.equal(page.statusCode, 200, page.body);
  assert.equal(page.headers["content-type"], "text/html; charset=utf-8");
  const policy = String(page.headers["content-security-policy"]);
  assert.match(policy, /^default-src 'none';.*; sandbox$/);
  assert.equal(page.headers["x-content-type-options"], "nosniff");
  assert.match(page.body, /^<!doctype html>[\s\S]*Where this comes from/);
  const download = await shop.app.inject({
    url: `/api/v1/runs/${run?.id}/artifacts/model/report.html`,
    headers,
  });
  assert.equal(download.headers["content-type"], "application/octet-stream");
  assert.equal(download.body, page.body);
  const missing = await shop.app.inject({ url: "/api/v1/runs/run_x/report.html", headers });
  assert.equal(missing.statusCode, 404);
});

test("a training starts over HTTP, is listed, and is cancelled over HTTP", async () => {
  const headers = bearer(shop.tokens.analyst);
  const payload = { task: "star-rating", family: "linear", settings: { epochs: 50 } };
  const started = await shop.app.inject({ method: "POST", url: "/api/v1/jobs", headers, payload });
  assert.equal(started.statusCode, 202, started.body);
  checkAnswer("startTraining", started);
  const { id } = started.json<{ id: string }>();
  const url = `/api/v1/jobs/${id}/cancel`;
  const cancelled = await shop.app.inject({ method: "POST", url, headers });
  assert.ok([200, 409].includes(cancelled.statusCode), cancelled.body);
  for await (const event of shop.souk.jobs.events(id)) void event;
  const { status } = await shop.souk.jobs.get(id);
  assert.ok(["cancelled", "finished"].includes(status), status);
});

test("the gate of a version is told to those who may promote, before they do", async () => {
  const url = "/api/v1/models/star-rating/versions/1/gate";
  const asked = (role: "operator" | "analyst") =>
    shop.app.inject({ url, headers: bearer(shop.tokens[role]) });
  assert.equal((await asked("analyst")).statusCode, 403);
  const told = await asked("operator");
  checkAnswer("checkGate", told);
  const { passed, rules } = told.json<{ passed: boolean; rules: { name: string }[] }>();
  assert.equal(passed, true);
  assert.deepEqual(
    rules.map(({ name }) => name),
    ["beats the baseline", "beats the incumbent"],
  );
  const { version } = (await shop.souk.models.get("star-rating")).versions[0] ?? {};
  assert.equal(version, 1, "asking promotes nothing and registers nothing");
});

test("serving's figures count what was just asked", async () => {
  interface Figures {
    stats: { model: string; recent: { requests: number; slots: { requests: number }[] } }[];
  }
  const requests = async (): Promise<number> => {
    const { value } = await call("servingStats", "/api/v1/serving");
    const { stats } = value as Figures;
    return stats.find(({ model }) => model === "star-rating")?.recent.requests ?? 0;
  };
  const before = await requests();
  await call("predictRows", "/api/v1/models/star-rating/predict", {
    rows: [{ review_headline: "x", review_body: good }],
  });
  assert.equal(await requests(), before + 1);
});
