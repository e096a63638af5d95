import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import { type TestContext, test } from "node:test";
import { fetchPhoto, type Resolver } from "./fetch-photo.ts";

/** A server on this machine; `url` names it by a host that only the test's resolver knows. */
async function serve(
  t: TestContext,
  listener: RequestListener,
): Promise<{ port: number; asked: () => number }> {
  let asked = 0;
  const server = createServer((request, response) => {
    asked++;
    listener(request, response);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  assert.ok(typeof address === "object" && address);
  return { port: address.port, asked: () => asked };
}

const limits = { maxBytes: 1000, timeoutMs: 10_000 };
const here: Resolver = async () => ["127.0.0.1"];

test("bytes come from the address that was looked up, asked for once, under the name of the host", async (t) => {
  let host = "";
  const { port } = await serve(t, (request, response) => {
    host = request.headers.host ?? "";
    response.end("photo");
  });
  let lookUps = 0;
  const resolve: Resolver = async (name) => {
    assert.equal(name, "shop.example");
    lookUps++;
    return ["127.0.0.1"];
  };
  const url = `http://shop.example:${port}/a.jpg`;
  const bytes = await fetchPhoto(url, { ...limits, allowPrivate: true, resolve });
  assert.equal(Buffer.from(bytes).toString(), "photo");
  assert.equal(lookUps, 1);
  assert.equal(host, `shop.example:${port}`);
});

test("a name that leads to this machine is refused before anything is connected", async (t) => {
  const { port, asked } = await serve(t, (_, response) => response.end("secret"));
  const url = `http://innocent.example:${port}/a.jpg`;
  await assert.rejects(fetchPhoto(url, { ...limits, resolve: here }), {
    code: "PHOTO_URL_PRIVATE",
  });
  assert.equal(asked(), 0);
});

test("one private answer among public ones refuses the name", async () => {
  const resolve: Resolver = async () => ["93.184.216.34", "10.0.0.1"];
  await assert.rejects(fetchPhoto("http://mixed.example/", { ...limits, resolve }), {
    code: "PHOTO_URL_PRIVATE",
  });
});

test("a name that changes its answer is connected to where it was checked", async (t) => {
  const { port } = await serve(t, (_, response) => response.end("checked"));
  // Whoever looks up again to connect finds nobody there.
  const answers = [["127.0.0.1"], ["192.0.2.1"]];
  const resolve: Resolver = async () => answers.shift() ?? [];
  const url = `http://rebind.example:${port}/`;
  const bytes = await fetchPhoto(url, { ...limits, allowPrivate: true, resolve });
  assert.equal(Buffer.from(bytes).toString(), "checked");
  assert.equal(answers.length, 1);
});

const spellings = [
  "http://127.0.0.1/",
  "http://127.1/",
  "http://0x7f.0.0.1/",
  "http://2130706433/",
  "http://0177.0.0.1/",
  "http://0/",
  "http://[::1]/",
  "http://[::ffff:127.0.0.1]/",
  "http://[::ffff:7f00:1]/",
  "http://[fd00:ec2::254]/",
  "http://169.254.169.254/latest/meta-data/",
  "http://１２７.0.0.1/",
];

for (const url of spellings)
  test(`${url} is refused`, () =>
    assert.rejects(fetchPhoto(url, { ...limits, resolve: () => assert.fail("looked up") }), {
      code: "PHOTO_URL_PRIVATE",
    }));

for (const url of [
  "file:///etc/passwd",
  "ftp://shop.example/a.jpg",
  "data:image/png;base64,AAAA",
  "gopher://shop.example/",
  "http://user:word@shop.example/",
  "shop.example/a.jpg",
  `http://shop.example/${"a".repeat(3000)}`,
  "http://",
])
  test(`${url.slice(0, 40)} is no address of a photo`, () =>
    assert.rejects(fetchPhoto(url, { ...limits, resolve: here }), { code: "PHOTO_URL_INVALID" }));

test("a redirect is not followed", async (t) => {
  const { port, asked } = await serve(t, (_, response) =>
    response.writeHead(302, { location: "/elsewhere" }).end(),
  );
  const fetching = fetchPhoto(`http://127.0.0.1:${port}/`, { ...limits, allowPrivate: true });
  await assert.rejects(fetching, { code: "PHOTO_URL_ANSWER", message: /status 302/ });
  assert.equal(asked(), 1);
});

test("too many bytes are refused, announced or not", async (t) => {
  const { port } = await serve(t, (request, response) => {
    if (request.url === "/announced") response.setHeader("content-length", 1001);
    response.write(Buffer.alloc(600));
    response.end(Buffer.alloc(401));
  });
  for (const path of ["announced", "silent"])
    await assert.rejects(
      fetchPhoto(`http://127.0.0.1:${port}/${path}`, { ...limits, allowPrivate: true }),
      { code: "PHOTO_URL_SIZE" },
    );
});

test("a server that never answers is given up", async (t) => {
  const { port } = await serve(t, () => {});
  const fetching = fetchPhoto(`http://127.0.0.1:${port}/`, {
    ...limits,
    timeoutMs: 50,
    allowPrivate: true,
  });
  await assert.rejects(fetching, { code: "PHOTO_URL_UNREACHABLE", message: /50 ms/ });
});

test("a torn answer is no photo", async (t) => {
  const { port } = await serve(t, (_, response) => {
    response.writeHead(200, { "content-length": 500 });
    response.write("half", () => response.destroy());
  });
  const fetching = fetchPhoto(`http://127.0.0.1:${port}/`, { ...limits, allowPrivate: true });
  await assert.rejects(fetching, { code: "PHOTO_URL_UNREACHABLE" });
});

test("a name without an address is unreachable, and a look-up that hangs does not hold the fetch", async () => {
  for (const resolve of [async () => [], () => new Promise<never>(() => {})])
    await assert.rejects(
      fetchPhoto("http://nowhere.example/", { ...limits, timeoutMs: 50, resolve }),
      { code: "PHOTO_URL_UNREACHABLE" },
    );
});

test("an aborted fetch ends with the signal's reason", async (t) => {
  const stop = new AbortController();
  const { port } = await serve(t, () => stop.abort(new Error("enough")));
  const fetching = fetchPhoto(`http://127.0.0.1:${port}/`, {
    ...limits,
    allowPrivate: true,
    signal: stop.signal,
  });
  await assert.rejects(fetching, /enough/);
});
