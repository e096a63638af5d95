import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { RouteName } from "@souk/api";
import { bearer, checkAnswer, openShop, type OpenedShop } from "./opened-shop.fixture.ts";
import { train, trainStars } from "./trained-shop.fixture.ts";

let shop: OpenedShop;
before(async () => {
  shop = await openShop();
  await trainStars(shop.souk);
});
after(() => shop.close());

async function call(name: RouteName, url: string, payload?: object) {
  const response = await shop.app.inject({
    method: payload === undefined ? "GET" : "POST",
    url,
    headers: bearer(shop.tokens.analyst),
    ...(payload !== undefined && { payload }),
  });
  checkAnswer(name, response);
  return { status: response.statusCode, value: response.json() };
}

/** Body and type of a form. */
async function form(fields: Record<string, string>) {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  const request = new Request("http://souk.test", { method: "POST", body: data });
  const type = request.headers.get("content-type") ?? "";
  return { payload: Buffer.from(await request.arrayBuffer()), type };
}

async function sendForm(name: RouteName, url: string, fields: Record<string, string>) {
  const { payload, type } = await form(fields);
  const headers = { ...bearer(shop.tokens.analyst), "content-type": type };
  const response = await shop.app.inject({ method: "POST", url, headers, payload });
  checkAnswer(name, response);
  return { status: response.statusCode, value: response.json() };
}

test("a correction is stored with the inputs, and counted since the champion's training", async () => {
  const { value: predicted } = await call("predictText", "/api/predict", { text: "awful thing" });
  shop.clock.advance(1000);
  const url = `/api/v1/predictions/${predicted.id}/correction`;
  const made = await call("correctPrediction", url, { label: "5" });
  assert.equal(made.status, 201);
  assert.deepEqual(
    [made.value.label, made.value.input.review_body, made.value.by],
    [5, "awful thing", "analyst"],
  );
  shop.clock.advance(1000);
  const row = { review_body: "a plain thing" };
  const rows = "/api/v1/models/star-rating/corrections";
  assert.equal((await call("correctRow", rows, { row, label: 1 })).status, 201);
  const { value: count } = await call("countCorrections", `${rows}/count`);
  assert.deepEqual([count.total, count.model], [2, "star-rating"]);
  const { value: listed } = await call("listCorrections", "/api/v1/corrections?model=star-rating");
  assert.deepEqual(
    listed.items.map(({ label }: { label: number }) => label),
    [1, 5],
  );
});

test("a wrong label and an unknown prediction are refused", async () => {
  const { value: predicted } = await call("predictText", "/api/predict", { text: "awful thing" });
  const url = `/api/v1/predictions/${predicted.id}/correction`;
  const wrong = await call("correctPrediction", url, { label: "seven" });
  assert.deepEqual([wrong.status, wrong.value.code], [400, "SERVING_CORRECTION_LABEL"]);
  const none = await call("correctPrediction", "/api/v1/predictions/pred_x/correction", {
    label: 5,
  });
  assert.equal(none.status, 404);
});

test("/api/predict takes a form: text, inputs by name, model and top_k", async () => {
  const { status, value } = await sendForm("predictText", "/api/predict", {
    text: "a wonderful thing",
    review_headline: "wonderful",
    model: "star-rating",
    top_k: "1",
  });
  assert.deepEqual([status, value.label, value.probabilities.length], [200, 5, 1]);
  const stored = await shop.souk.serving.prediction(value.id);
  assert.deepEqual(
    [stored.label, "input" in stored && stored.input],
    [5, { review_body: "a wonderful thing", review_headline: "wonderful" }],
  );
});

test("an empty form, an empty JSON and a form of blanks are 400", async () => {
  const empty: Record<string, string>[] = [{}, { text: "  " }, { top_k: "3" }];
  for (const fields of empty) {
    const { status, value } = await sendForm("predictText", "/api/predict", fields);
    assert.deepEqual([status, value.code], [400, "PREDICT_NO_TEXT"]);
    assert.equal((await call("predictText", "/api/predict", {})).value.code, "PREDICT_NO_TEXT");
  }
});

test("a field that is no input, a bad top_k and a body that is no form are refused", async () => {
  const text = "fine";
  const stranger = await sendForm("predictText", "/api/predict", { text, colour: "red" });
  assert.deepEqual([stranger.status, stranger.value.code], [400, "PREDICT_INPUT"]);
  const many = await sendForm("predictText", "/api/predict", { text, top_k: "1000" });
  assert.deepEqual([many.status, many.value.code], [400, "HTTP_MULTIPART"]);
  const json = await call("predictText", "/api/predict", { text, topk: 3 });
  assert.deepEqual([json.status, json.value.code], [400, "HTTP_INVALID"]);
  const plain = await shop.app.inject({
    method: "POST",
    url: "/api/predict",
    headers: { ...bearer(shop.tokens.analyst), "content-type": "text/plain" },
    payload: "fine",
  });
  assert.equal(plain.statusCode, 415);
});

test("a photo for a model that takes none is refused by name", async () => {
  const image = "0".repeat(64);
  const { status, value } = await call("predictText", "/api/predict", {
    image,
    model: "star-rating",
  });
  assert.deepEqual([status, value.code], [400, "PREDICT_INPUT"]);
  const { value: unnamed } = await call("predictText", "/api/predict", { image });
  assert.equal(unnamed.code, "PREDICT_MODEL_UNKNOWN");
});

test("an explanation names the words that gave the stars away, in JSON and in a form", async () => {
  const url = "/api/v1/models/star-rating/explain";
  const row = { review_body: "what a wonderful thing" };
  const { status, value } = await call("explainRow", url, { row });
  assert.equal(status, 200, JSON.stringify(value));
  assert.deepEqual([value.label, value.tokens[0].text], [5, "wonderful"]);
  const { from, to } = value.tokens[0];
  assert.equal(row.review_body.slice(from, to), "wonderful");
  const asked = await sendForm("explainRow", url, { ...row, label: "1" });
  assert.deepEqual([asked.value.label, asked.value.tokens[0].contribution < 0], [1, true]);
});

test("a model without a space of vectors says so", async () => {
  const rows = [{ review_body: "fine" }];
  const { status, value } = await call("embedRows", "/api/v1/models/star-rating/embed", { rows });
  assert.deepEqual([status, value.code], [400, "MODEL_NO_EMBEDDING"]);
  const compat = await call("featureEmbedding", "/predict/feature_embedding", { text: "fine" });
  assert.equal(compat.status, 400);
  assert.match(compat.value.error, /embedding/);
});

test("corrections are rows of the next training, and its report and run say how many", async () => {
  const body = "quite a splendid thing";
  const { value: before } = await call("predictText", "/api/predict", { text: body });
  for (let i = 0; i < 20; i++) {
    const row = { review_body: `${body} ${"indeed ".repeat(i)}`, review_headline: "splendid" };
    const url = "/api/v1/models/star-rating/corrections";
    await call("correctRow", url, { row, label: before.label === 5 ? 1 : 5 });
  }
  const wanted = { task: "star-rating", family: "linear", promote: false, correctionWeight: 3 };
  const { value: count } = await call(
    "countCorrections",
    "/api/v1/models/star-rating/corrections/count",
  );
  const result = await train(shop.souk, wanted);
  const { report, runId } = result as {
    report: { corrections: { given: number; entered: number; rows: number } };
    runId: string;
  };
  assert.equal(report.corrections.given, count.total);
  assert.equal(report.corrections.rows, 3 * report.corrections.entered);
  assert.ok(report.corrections.entered >= 20, JSON.stringify(report.corrections));
  const run = await shop.souk.runs.get(runId);
  assert.equal(run.params?.["corrections"], String(report.corrections.entered));
});
