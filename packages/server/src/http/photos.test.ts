import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createClient } from "@souk/api";
import { sha256 } from "@souk/core";
import { imageFacts } from "@souk/models";
import { drawnPhoto, tarOf } from "../photos/drawn-photos.fixture.ts";
import { bearer, checkAnswer, openShop, type OpenedShop } from "./opened-shop.fixture.ts";

let shop: OpenedShop;
let url: string;
let photo: Uint8Array<ArrayBuffer>;
before(async () => {
  shop = await openShop();
  url = await shop.app.listen({ host: "127.0.0.1", port: 0 });
  photo = new Uint8Array(await drawnPhoto(120));
});
after(() => shop.close());

test("an archive comes in through the client, and its photos go out as thumbnails", async () => {
  const client = createClient({ baseUrl: url, token: shop.tokens.operator });
  const archive = new Uint8Array(tarOf({ "p1.jpg": photo, "p2.jpg": Buffer.from("none") }));
  const report = await client.addPhotos({ body: archive, query: { fileName: "shoot.tar" } });
  assert.deepEqual([report.photos, report.reasons], [1, { IMAGE_FORMAT: 1 }]);
  const viewer = createClient({ baseUrl: url, token: shop.tokens.viewer });
  const answer = await viewer.photoThumbnail({
    params: { hash: sha256(photo) },
    query: { width: 64 },
  });
  assert.equal(answer.headers.get("content-type"), "image/jpeg");
  assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
  assert.match(answer.headers.get("cache-control") ?? "", /private.*immutable/);
  const { width, height } = await imageFacts(new Uint8Array(await answer.arrayBuffer()));
  assert.deepEqual([width, height], [24, 16]);
  const etag = answer.headers.get("etag") ?? "";
  const again = await fetch(`${url}/api/v1/photos/${sha256(photo)}?width=64`, {
    headers: { ...bearer(shop.tokens.viewer), "if-none-match": etag },
  });
  assert.equal(again.status, 304);
});

test("a form with a product's id and a photo adds that photo to it", async () => {
  const form = new FormData();
  form.set("productId", "mug 7");
  form.set("file", new Blob([new Uint8Array(await drawnPhoto(33))]), "front.jpg");
  const response = await fetch(`${url}/api/v1/photos`, {
    method: "POST",
    headers: bearer(shop.tokens.operator),
    body: form,
  });
  const body = await response.text();
  assert.equal(response.status, 200, body);
  checkAnswer("addPhotos", { statusCode: response.status, body });
  const { rows } = await shop.souk.sql.run(
    "SELECT product_id, source FROM images WHERE product_id = 'mug 7'",
  );
  assert.deepEqual(rows, [["mug 7", "front.jpg"]]);
});

test("an uploaded list reaches neither files nor this machine", async () => {
  const client = createClient({ baseUrl: url, token: shop.tokens.operator });
  const body = `product_id,url,file\na,${url}/healthz,\nb,,/etc/passwd\nc,http://169.254.169.254/,\n`;
  const report = await client.addPhotos({
    body,
    query: { fileName: "list.csv" },
    contentType: "text/csv",
  });
  assert.deepEqual(report.reasons, { PHOTO_URL_PRIVATE: 2, PHOTO_FILE_OUTSIDE: 1 });
});

test("who may not write, what is no photo, and hashes of nothing are turned away", async () => {
  const ask = async (path: string, token: string, body?: string): Promise<[number, string]> => {
    const method = body === undefined ? "GET" : "POST";
    const headers = {
      ...bearer(token),
      ...(body !== undefined && { "content-type": "application/zip" }),
    };
    const response = await fetch(`${url}/api/v1/photos${path}`, {
      method,
      headers,
      ...(body !== undefined && { body }),
    });
    const { code } = (await response.json()) as { code: string };
    return [response.status, code];
  };
  const { viewer, operator } = shop.tokens;
  assert.deepEqual(await ask("", viewer, "x"), [403, "AUTH_DENIED"]);
  assert.deepEqual(await ask("", operator, "neither zip nor tar"), [400, "IMAGE_SOURCE_BROKEN"]);
  assert.deepEqual(await ask(`/${"0".repeat(64)}`, viewer), [404, "PHOTO_UNKNOWN"]);
  assert.deepEqual(await ask("/..%2f..%2fsouk.sqlite", viewer), [400, "HTTP_INVALID"]);
  assert.deepEqual(await ask(`/${"0".repeat(64)}?width=100000`, viewer), [400, "HTTP_INVALID"]);
});
