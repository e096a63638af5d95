import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { fastify, type FastifyInstance } from "fastify";
import { openDashboard } from "./dashboard.ts";

const script = `console.log(${JSON.stringify("souk ".repeat(50))})`;

/** A server of a small build, or of none. */
async function serve(t: TestContext, { isBuilt = true } = {}): Promise<FastifyInstance> {
  const folder = await mkdtemp(join(tmpdir(), "souk-pages-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  if (isBuilt) {
    await mkdir(join(folder, "assets"));
    await writeFile(
      join(folder, "index.html"),
      '<style nonce="__STYLE_NONCE__"></style><meta nonce="__STYLE_NONCE__">',
    );
    await writeFile(join(folder, "assets/app-1a2b.js"), script);
    await writeFile(join(folder, "assets/app-1a2b.js.gz"), gzipSync(script));
    await writeFile(join(folder, "souk.svg"), "<svg/>");
  }
  await writeFile(join(folder, "secret.key"), "secret");
  const dashboard = await openDashboard(folder);
  const app = fastify();
  app.setNotFoundHandler(
    (request, reply) => dashboard.answer(request, reply) ?? reply.code(404).send({ code: "NONE" }),
  );
  t.after(() => app.close());
  return app;
}

const html = { accept: "text/html,application/xhtml+xml" };

test("each page carries a nonce of its own, which the policy names", async (t) => {
  const app = await serve(t);
  const [one, two] = [await app.inject({ url: "/", headers: html }), await app.inject("/")];
  const nonces = Array.from(one.body.matchAll(/nonce="([^"]+)"/g), ([, nonce]) => nonce);
  assert.equal(nonces.length, 2);
  assert.equal(nonces[0], nonces[1]);
  assert.match(String(one.headers["content-security-policy"]), /script-src 'self';/);
  assert.ok(String(one.headers["content-security-policy"]).includes(`'nonce-${nonces[0]}'`));
  assert.notEqual(one.body, two.body);
  assert.equal(one.headers["cache-control"], "no-cache");
});

test("an address of a page gets the page; a path of the API, a lost file and another method do not", async (t) => {
  const app = await serve(t);
  const statusOf = async (url: string, headers = {}, method: "GET" | "POST" = "GET") =>
    (await app.inject({ url, headers, method })).statusCode;
  assert.equal(await statusOf("/runs/run_1", html), 200);
  assert.equal(await statusOf("/runs/run_1"), 404, "a program asked");
  for (const path of [
    "/api/v1/nope",
    "/v1/x",
    "/v2",
    "/predict",
    "/invocations/x",
    "/assets/old.js",
  ])
    assert.equal(await statusOf(path, html), 404, path);
  assert.equal(await statusOf("/", html, "POST"), 404);
});

test("a hashed file is kept for good, packed as the browser can unpack it, and not sent twice", async (t) => {
  const app = await serve(t);
  const url = "/assets/app-1a2b.js";
  const packed = await app.inject({ url, headers: { "accept-encoding": "br, gzip" } });
  assert.equal(packed.headers["content-encoding"], "gzip", "there is no brotli of it");
  assert.equal(gunzipSync(packed.rawPayload).toString(), script);
  assert.match(String(packed.headers["cache-control"]), /immutable/);
  const plain = await app.inject({ url });
  assert.deepEqual([plain.headers["content-encoding"], plain.body], [undefined, script]);
  assert.equal(plain.headers["content-type"], "text/javascript; charset=utf-8");
  const etag = String(plain.headers["etag"]);
  const again = await app.inject({ url, headers: { "if-none-match": etag } });
  assert.deepEqual([again.statusCode, again.body], [304, ""]);
  assert.equal((await app.inject("/souk.svg")).headers["cache-control"], "no-cache");
});

test("no path leads out of the build, nor to what is no file of pages", async (t) => {
  const app = await serve(t);
  for (const url of [
    "/secret.key",
    "/../secret.key",
    "/assets/..%2f..%2fetc/passwd",
    "/index.html",
  ])
    assert.equal((await app.inject(url)).statusCode, 404, url);
});

test("without a build, pages say how to build", async (t) => {
  const app = await serve(t, { isBuilt: false });
  const page = await app.inject({ url: "/runs", headers: html });
  assert.equal(page.statusCode, 200);
  assert.match(page.body, /npm run build/);
});
