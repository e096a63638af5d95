import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createClient, type RouteName } from "@souk/api";
import { sha256 } from "@souk/core";
import { imageStore } from "@souk/models";
import { bearer, checkAnswer, type OpenedShop } from "./opened-shop.fixture.ts";
import { type Colour, colouredPhoto, formOf, openPhotoShop, quick } from "./photo-shop.fixture.ts";
import { train } from "./trained-shop.fixture.ts";

let shop: OpenedShop;
before(async () => {
  shop = await openPhotoShop();
});
after(() => shop.close());

async function send(
  name: RouteName,
  url: string,
  { payload, headers = {} }: { payload?: Buffer | object; headers?: Record<string, string> },
) {
  const response = await shop.app.inject({
    method: payload === undefined ? "GET" : "POST",
    url,
    headers: { ...bearer(shop.tokens.analyst), ...headers },
    ...(payload !== undefined && { payload }),
  });
  checkAnswer(name, response);
  return { status: response.statusCode, value: response.json() };
}

async function predict(fields: Record<string, string>, photo?: Uint8Array) {
  return send("predictText", "/api/predict", await formOf({ model: "goods", ...fields }, photo));
}

const store = () => imageStore(join(shop.folder, "images"));
const photoOf = (colour: Colour, seed = 900) => colouredPhoto(colour, seed);

test("a photo decides, and each part says what it thinks alone", async () => {
  for (const colour of ["red", "green", "blue"] as const) {
    const { status, value } = await predict({ text: "a nice thing", top_k: "3" }, photoOf(colour));
    assert.equal(status, 200, JSON.stringify(value));
    assert.deepEqual([value.label, value.image[0].label], [colour, colour]);
    assert.deepEqual([value.probabilities.length, value.text.length], [3, 3]);
  }
});

test("a photo alone and a text alone are answered", async () => {
  assert.equal((await predict({}, photoOf("green"))).value.label, "green");
  assert.equal((await predict({ text: "a blue thing" })).value.label, "blue");
});

test("without a name the model that takes photos answers", async () => {
  const form = await formOf({}, photoOf("red"));
  const { value } = await send("predictText", "/api/predict", form);
  assert.deepEqual([value.model, value.label], ["goods", "red"]);
});

test("the photo of a stored prediction is kept under its hash, and the hash asks again", async () => {
  const photo = photoOf("blue", 901);
  const { value } = await predict({ text: "x" }, photo);
  const stored = await shop.souk.serving.prediction(value.id);
  assert.deepEqual("input" in stored && stored.input, { photo: sha256(photo), title: "x" });
  assert.deepEqual(await store().read(sha256(photo)), photo);
  const payload = { text: "x", image: sha256(photo), model: "goods" };
  const { value: again } = await send("predictText", "/api/predict", { payload });
  assert.deepEqual(again.probabilities, value.probabilities);
});

test("a data: URI and base64 are photos, a hash that is not there and another text are refused", async () => {
  const base64 = photoOf("green").toString("base64");
  for (const image of [`data:image/png;base64,${base64}`, base64, { b64: base64 }]) {
    const payload = { image, model: "goods" };
    assert.equal((await send("predictText", "/api/predict", { payload })).value.label, "green");
  }
  for (const [image, code] of [
    ["0".repeat(64), /^IMAGE_/],
    ["no photo at all!", /^SERVING_PHOTO$/],
    [Buffer.from("GIF89a and so on").toString("base64"), /^IMAGE_FORMAT$/],
  ] as const) {
    const payload = { image, model: "goods" };
    const { status, value } = await send("predictText", "/api/predict", { payload });
    assert.ok(status >= 400 && status < 500, `${status}`);
    assert.match(value.code, code);
  }
});

test("a broken photo is refused by its code, and nothing is stored", async () => {
  const before = (await shop.souk.serving.predictionsOf({ limit: 1 })).items[0]?.id;
  const broken = photoOf("red", 902).subarray(0, 200);
  const { status, value } = await predict({ text: "a red thing" }, broken);
  assert.deepEqual([status, value.code], [400, "IMAGE_BROKEN"]);
  assert.equal(await store().has(sha256(broken)), false);
  assert.equal((await shop.souk.serving.predictionsOf({ limit: 1 })).items[0]?.id, before);
});

test("a file larger than a photo may be, and a form larger than 200 MB, are refused as too large", async () => {
  const { status } = await predict({}, Buffer.alloc(33 * 2 ** 20));
  assert.equal(status, 413);
  const form = await formOf({ model: "goods" }, photoOf("red"));
  const headers = { ...form.headers, "content-length": String(201 * 2 ** 20) };
  assert.equal((await send("predictText", "/api/predict", { ...form, headers })).status, 413);
});

test("embeddings have length 1, and the same row has the same one by every way", async () => {
  const photo = photoOf("red", 903);
  await predict({ text: "a nice thing" }, photo);
  const form = await formOf({ text: "a nice thing" }, photo);
  const { status, value } = await send("featureEmbedding", "/predict/feature_embedding", form);
  assert.equal(status, 200, JSON.stringify(value));
  const length = Math.hypot(...value.embedding);
  assert.ok(Math.abs(length - 1) < 1e-5, `${length}`);
  assert.deepEqual([value.embedding.length, value.model], [value.dim, "goods"]);
  const rows = [{ title: "a nice thing", photo: sha256(photo) }];
  const url = "/api/v1/models/goods/embed";
  const { value: embedded } = await send("embedRows", url, { payload: { rows } });
  const likeness = (embedded.embeddings[0] as number[]).reduce(
    (sum, one, i) => sum + one * value.embedding[i],
    0,
  );
  assert.ok(likeness > 0.99999, `${likeness}`);
});

test("photos of one colour lie nearer to each other than to another colour", async () => {
  const rows = [photoOf("red", 1), photoOf("red", 2), photoOf("blue", 3)].map((photo) => ({
    title: "a nice thing",
    photo: photo.toString("base64"),
  }));
  const { value } = await send("embedRows", "/api/v1/models/goods/embed", { payload: { rows } });
  const [first, second, other] = value.embeddings as number[][];
  const dot = (a: number[], b: number[]) => a.reduce((sum, one, i) => sum + one * b[i]!, 0);
  assert.ok(dot(first!, second!) > dot(first!, other!));
});

test("an explanation has the words and the heat of the photo", async () => {
  const form = await formOf({ title: "a red thing", label: "red" }, photoOf("red"));
  const { status, value } = await send("explainRow", "/api/v1/models/goods/explain", form);
  assert.equal(status, 200, JSON.stringify(value));
  const [image] = value.images;
  assert.deepEqual([value.label, image.input], ["red", "photo"]);
  assert.equal(image.heat.length, image.width * image.height);
  assert.ok(value.tokens.some(({ text }: { text: string }) => text === "red"));
});

test("TensorFlow Serving's b64 and Open Inference's BYTES are photos", async () => {
  const b64 = photoOf("blue").toString("base64");
  const instances = [{ title: "a nice thing", photo: { b64 } }];
  const tf = await send("tfPredict", "/v1/models/goods:predict", { payload: { instances } });
  assert.equal(tf.value.predictions[0].label, "blue");
  const inputs = [
    { name: "title", shape: [1], datatype: "BYTES", data: ["a nice thing"] },
    { name: "photo", shape: [1], datatype: "BYTES", data: [b64] },
  ];
  const v2 = await send("v2Infer", "/v2/models/goods/infer", { payload: { inputs } });
  assert.equal(v2.value.outputs[0].data[0], "blue");
});

test("a file of rows names its photos by hash or data: URI; a bad one fails alone", async () => {
  const photo = photoOf("green", 904);
  const hash = await store().put(photo);
  const rows = [
    { title: "a nice thing", photo: hash },
    { title: "a nice thing", photo: `data:image/png;base64,${photo.toString("base64")}` },
    { title: "a nice thing", photo: "f".repeat(64) },
    { title: "a blue thing", photo: null },
  ];
  const payload = Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  const response = await shop.app.inject({
    method: "POST",
    url: "/api/v1/models/goods/predict-file?format=jsonl",
    headers: { ...bearer(shop.tokens.analyst), "content-type": "application/x-ndjson" },
    payload,
  });
  const lines = response.body
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    lines.map((line) => line.label ?? line.error.code.slice(0, 6)),
    ["green", "green", "IMAGE_", "blue"],
  );
});

test("a corrected photo is a row of the next training", async () => {
  const { value } = await predict({ text: "strange" }, photoOf("red", 905));
  const url = `/api/v1/predictions/${value.id}/correction`;
  const { status } = await send("correctPrediction", url, { payload: { label: "blue" } });
  assert.equal(status, 201);
  const wanted = { task: "goods", family: "fused", settings: quick, promote: false };
  const { report } = (await train(shop.souk, wanted)) as {
    report: { corrections: { entered: number } };
  };
  assert.equal(report.corrections.entered, 1);
});

test("over a socket: the typed client sends a form, and a sender that hangs up harms nobody", async () => {
  const baseUrl = await shop.app.listen({ host: "127.0.0.1", port: 0 });
  const client = createClient({ baseUrl, token: shop.tokens.analyst });
  const form = await formOf({ model: "goods" }, photoOf("blue", 906));
  const torn = connect(Number(new URL(baseUrl).port), "127.0.0.1");
  torn.write(
    `POST /api/predict HTTP/1.1\r\nhost: souk\r\nauthorization: Bearer ${shop.tokens.analyst}\r\n` +
      `content-type: ${form.headers["content-type"]}\r\ncontent-length: ${form.payload.length}\r\n\r\n`,
  );
  torn.write(form.payload.subarray(0, form.payload.length >> 1));
  await once(torn, "connect");
  torn.destroy();
  const body = new FormData();
  body.set("model", "goods");
  body.set("image", new Blob([Uint8Array.from(photoOf("blue", 906))]), "blue.png");
  const { label } = await client.predictText({ body });
  assert.equal(label, "blue");
});
