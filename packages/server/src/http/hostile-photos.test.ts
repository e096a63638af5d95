import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { bearer, type OpenedShop } from "./opened-shop.fixture.ts";
import { type HostilePhoto, hostilePhotos } from "./hostile-photos.fixture.ts";
import { colouredPhoto, formOf, openPhotoShop } from "./photo-shop.fixture.ts";

/** SOUK_HOSTILE=5000 is the full run. */
const COUNT = Number(process.env["SOUK_HOSTILE"] ?? 150);
const AT_A_TIME = 8;
/** Two photos of 64 million pixels being decoded on each of four threads, and what the tests themselves hold. */
const MOST_GROWTH_BYTES = 2.5 * 2 ** 30;

let shop: OpenedShop;
before(async () => {
  shop = await openPhotoShop();
});
after(() => shop.close());

async function send(url: string, photo: Uint8Array, fileName = "photo.png") {
  const form = await formOf({ model: "goods", text: "a nice thing" }, photo, { fileName });
  const headers = { ...bearer(shop.tokens.analyst), ...form.headers };
  return shop.app.inject({ method: "POST", url, headers, payload: form.payload });
}

async function attack(photo: HostilePhoto, i: number): Promise<number> {
  const url = i % 4 === 3 ? "/predict/feature_embedding" : "/api/predict";
  const { statusCode, body } = await send(url, photo.bytes, photo.fileName);
  const isRefused = statusCode >= 400 && statusCode < 500;
  const isFine =
    (isRefused && photo.outcome !== "answered") ||
    (statusCode === 200 && photo.outcome !== "refused");
  assert.ok(isFine, `${photo.name} at ${url}: ${statusCode} ${body.slice(0, 300)}`);
  return statusCode;
}

test(`${COUNT} hostile photos are refused or answered, and the server goes on`, async (t) => {
  const before = process.memoryUsage().rss;
  let most = before;
  const seen = new Map<string, number>();
  let next = 0;
  const photos = hostilePhotos(COUNT);
  const worker = async (): Promise<void> => {
    for (let step = photos.next(); !step.done; step = photos.next()) {
      const status = await attack(step.value, next++);
      const key = `${step.value.name}: ${status}`;
      seen.set(key, (seen.get(key) ?? 0) + 1);
      most = Math.max(most, process.memoryUsage().rss);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  assert.equal(
    [...seen.values()].reduce((sum, count) => sum + count, 0),
    COUNT,
  );
  const growth = most - before;
  assert.ok(growth < MOST_GROWTH_BYTES, `memory grew by ${Math.round(growth / 2 ** 20)} MiB`);
  const { workers } = (await shop.souk.serving.stats()) as { workers: { restarts: number } };
  assert.equal(workers.restarts, 0);
  t.diagnostic(`memory grew by ${Math.round(growth / 2 ** 20)} MiB at most`);
  for (const [key, count] of seen) t.diagnostic(`${key} × ${count}`);
  const { statusCode, body } = await send("/api/predict", colouredPhoto("green", 990));
  assert.deepEqual([statusCode, JSON.parse(body).label], [200, "green"]);
  assert.equal(shop.souk.serving.health().ready, true);
});

test("no refused photo leaves a file behind", async () => {
  const { statusCode } = await send("/api/predict", colouredPhoto("red", 991).subarray(0, 300));
  assert.equal(statusCode, 400);
  const files = await readdir(join(shop.folder, "images"), { recursive: true });
  assert.deepEqual(
    files.filter((name) => /tmp|part|~/.test(name)),
    [],
  );
});

test("two photos, a field that comes twice, a torn form and a long field are refused", async () => {
  const photo = colouredPhoto("red", 992);
  const { payload, headers } = await formOf({ model: "goods", text: "x" }, photo);
  const boundary = /boundary=(.+)$/.exec(headers["content-type"])![1]!;
  const body = payload.subarray(0, payload.lastIndexOf(`--${boundary}--`));
  const file = body.subarray(body.lastIndexOf(`--${boundary}`));
  const field = Buffer.from(
    `--${boundary}\r\nContent-Disposition: form-data; name="text"\r\n\r\ny\r\n`,
  );
  const end = Buffer.from(`--${boundary}--\r\n`);
  const bodies = {
    "two photos": Buffer.concat([body, file, end]),
    "a field twice": Buffer.concat([field, body, end]),
    "torn in the photo": body.subarray(0, body.length - 100),
    "a long field": Buffer.concat([
      field.subarray(0, -3),
      Buffer.alloc(500_000, "y"),
      field.subarray(-3),
      end,
    ]),
  };
  for (const [name, sent] of Object.entries(bodies)) {
    const response = await shop.app.inject({
      method: "POST",
      url: "/api/predict",
      headers: { ...bearer(shop.tokens.analyst), ...headers },
      payload: sent,
    });
    assert.ok([400, 413].includes(response.statusCode), `${name}: ${response.body}`);
  }
});
