import assert from "node:assert/strict";
import { connect } from "node:net";
import { Readable } from "node:stream";
import { after, before, test } from "node:test";
import { bearer, openShop, type OpenedShop } from "./opened-shop.fixture.ts";

let shop: OpenedShop;
before(async () => {
  shop = await openShop({ maxUploadBytes: 1_000_000 });
});
after(() => shop.close());

const json = { "content-type": "application/json" };

/** The status and code of a POST with this body as the admin. */
async function post(
  url: string,
  payload: string | Buffer | Readable,
  headers: Record<string, string> = json,
) {
  const response = await shop.app.inject({
    method: "POST",
    url,
    payload,
    headers: { ...bearer(shop.tokens.admin), ...headers },
  });
  const { code, error } = response.json<{ code?: string; error?: string }>();
  return { status: response.statusCode, code: code ?? error };
}

test("torn JSON is 400", async () => {
  assert.deepEqual(await post("/api/v1/sql", '{"sql":'), { status: 400, code: "HTTP_JSON" });
});

test("bytes that are no UTF-8 are 400", async () => {
  const body = Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]);
  assert.deepEqual(await post("/api/v1/sql", body), { status: 400, code: "HTTP_JSON" });
});

test("__proto__ and constructor.prototype in a body are 400 and change no object", async () => {
  for (const body of [
    '{"sql":"select 1","__proto__":{"polluted":1}}',
    '{"sql":"select 1","constructor":{"prototype":{"polluted":1}}}',
    '{"sql":"select 1","versions":{"__proto__":{"polluted":1}}}',
  ])
    assert.equal((await post("/api/v1/sql", body)).status, 400, body);
  assert.equal("polluted" in {}, false);
});

test("JSON nested 33 deep is 400, 100,000 deep too, and brackets in text do not count", async () => {
  const nested = (depth: number) => `{"sql":${"[".repeat(depth)}${"]".repeat(depth)}}`;
  assert.deepEqual(await post("/api/v1/sql", nested(32)), { status: 400, code: "HTTP_JSON" });
  assert.deepEqual(await post("/api/v1/sql", nested(31)), { status: 400, code: "HTTP_INVALID" });
  assert.deepEqual(await post("/api/v1/sql", nested(100_000)), { status: 400, code: "HTTP_JSON" });
  const text = `{"text":"${'\\"['.repeat(50)}"}`;
  assert.notEqual((await post("/api/predict", text)).code, "HTTP_JSON");
});

test("a body over the limit of its route is 413, with or without a content-length", async () => {
  const large = `{"sql":"${"x".repeat(1024 * 1024)}"}`;
  const tooLarge = { status: 413, code: "HTTP_TOO_LARGE" };
  assert.deepEqual(await post("/api/v1/sql", large), tooLarge);
  assert.deepEqual(await post("/api/v1/sql", Readable.from([large])), tooLarge);
});

test("an upload over the configured limit is 413", async () => {
  const rows = Buffer.alloc(1_000_001, "a");
  const csv = { "content-type": "text/csv" };
  const answer = await post("/api/v1/datasets/big/ingest?format=csv", rows, csv);
  assert.deepEqual(answer, { status: 413, code: "HTTP_TOO_LARGE" });
});

test("text longer than the contract says is 400 and names the place", async () => {
  const response = await shop.app.inject({
    method: "POST",
    url: "/api/v1/sql",
    headers: bearer(shop.tokens.admin),
    payload: { sql: "x".repeat(100_001) },
  });
  assert.equal(response.statusCode, 400);
  const { errors } = response.json<{ errors: { path: string }[] }>();
  assert.deepEqual(
    errors.map((error) => error.path),
    ["/sql"],
  );
});

test("a member the contract does not name is refused, not dropped", async () => {
  assert.deepEqual(await post("/api/v1/sql", '{"sql":"select 1","sudo":true}'), {
    status: 400,
    code: "HTTP_INVALID",
  });
});

test("a JSON route does not guess at other content types", async () => {
  const form = { "content-type": "application/x-www-form-urlencoded" };
  assert.deepEqual(await post("/api/v1/sql", "sql=select", form), {
    status: 415,
    code: "HTTP_MEDIA_TYPE",
  });
});

test("malformed forms are 400, never 500", async () => {
  const boundary = "xx";
  const type = { "content-type": `multipart/form-data; boundary=${boundary}` };
  const bodies = [
    "",
    "nonsense",
    `--${boundary}`,
    `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\na,b\r\n1,2`,
    `--${boundary}\r\nContent-Disposition: form-data; name="__proto__"\r\n\r\nx\r\n--${boundary}--\r\n`,
    `--${boundary}\r\n\r\n\r\n--${boundary}--\r\n`,
    `--${boundary}\r\nContent-Disposition: form-data; name="dataset"\r\n\r\n../../etc\r\n--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\na\r\n--${boundary}--\r\n`,
  ];
  for (const body of bodies) {
    const { status } = await post("/api/data-ingest", body, type);
    assert.equal(status, 400, JSON.stringify(body));
  }
  const none = await post("/api/data-ingest", "--xx--", { "content-type": "multipart/form-data" });
  assert.equal(none.status, 400);
});

test("no path leads out of the artefacts", async () => {
  for (const path of [
    "..%2f..%2fsouk.sqlite",
    "%2e%2e/%2e%2e/souk.sqlite",
    "a/%2e%2e/%2e%2e/x",
    "a%00b",
    "%2fetc%2fpasswd",
    "a%5c..%5cb",
  ]) {
    for (const url of [
      `/api/v1/runs/run_x/artifacts/${path}`,
      `/api/2.0/mlflow-artifacts/artifacts/${path}`,
    ]) {
      const response = await shop.app.inject({ url, headers: bearer(shop.tokens.admin) });
      assert.ok(
        [400, 404].includes(response.statusCode),
        `${url}: ${response.statusCode} ${response.body}`,
      );
    }
  }
});

test("names of datasets cannot be paths", async () => {
  for (const name of [
    "..",
    "%2e%2e",
    "..%2flake",
    "a%2fb",
    ".hidden",
    "a%00",
    "x".repeat(129),
    "a%0d%0ab",
  ]) {
    const url = `/api/v1/datasets/${name}`;
    const response = await shop.app.inject({ url, headers: bearer(shop.tokens.admin) });
    assert.ok([400, 404].includes(response.statusCode), `${name}: ${response.statusCode}`);
  }
});

test("a broken escape in the path is 400", async () => {
  const response = await shop.app.inject({
    url: "/api/v1/datasets/%zz",
    headers: bearer(shop.tokens.admin),
  });
  assert.equal(response.statusCode, 400);
});

test("a request id with line breaks or markup is replaced, a plain one is kept", async () => {
  const ask = (id: string) => shop.app.inject({ url: "/livez", headers: { "x-request-id": id } });
  assert.equal((await ask("till-42")).headers["x-request-id"], "till-42");
  assert.match(String((await ask("<script>")).headers["x-request-id"]), /^[0-9a-f-]{36}$/);
});

test("a header split by a bare line break ends the connection with 400", async () => {
  const url = new URL(await shop.app.listen({ host: "127.0.0.1", port: 0 }));
  const answer = await raw(
    Number(url.port),
    "GET /livez HTTP/1.1\r\nHost: x\r\nX-A: b\nX-B\r\n\r\n",
  );
  assert.match(answer, /^HTTP\/1\.1 400 /);
});

test("security headers are on every answer, also on errors", async () => {
  for (const url of ["/livez", "/nowhere", "/api/v1/users"]) {
    const { headers } = await shop.app.inject({ url });
    assert.match(String(headers["content-security-policy"]), /default-src 'none'/);
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.equal(headers["cache-control"], "no-store");
    assert.equal(headers["access-control-allow-origin"], undefined);
  }
});

test("an endless query or a repeated parameter is 400", async () => {
  const headers = bearer(shop.tokens.admin);
  for (const query of [
    "limit=1&limit=2",
    `cursor=${"x".repeat(501)}`,
    "limit=1e3",
    "limit=0",
    "surprise=1",
  ]) {
    const response = await shop.app.inject({ url: `/api/v1/predictions?${query}`, headers });
    assert.equal(response.statusCode, 400, query);
  }
});

/** What a raw socket gets back for raw text. */
function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    socket.on("data", (chunk) => (answer += chunk.toString()));
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
  });
}
