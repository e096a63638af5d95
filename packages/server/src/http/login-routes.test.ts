import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { bearer, openShop, type OpenedShop, password } from "./opened-shop.fixture.ts";

let shop: OpenedShop;
before(async () => {
  shop = await openShop();
});
after(() => shop.close());

/** POSTs from an address of the test's own, so that no test uses up another's tries. */
const post = (url: string, address: number, payload: object) =>
  shop.app.inject({ method: "POST", url, payload, remoteAddress: `198.51.100.${address}` });
const login = (address: number, payload: object) => post("/api/auth", address, payload);

test("login answers with the access token first, as cut expects", async () => {
  const { body, statusCode } = await login(1, { username: "viewer", password });
  assert.equal(statusCode, 200);
  const cut = body.split('"')[3] ?? "";
  const me = await shop.app.inject({ url: "/api/v1/me", headers: bearer(cut) });
  assert.equal(me.json<{ username: string }>().username, "viewer");
  assert.match(
    body,
    /^\{"access_token":"[^"]+","refresh_token":"[^"]+","token_type":"Bearer","expires_in":900,"role":"viewer"\}$/,
  );
});

test("a wrong password is a problem by RFC 9457 with a challenge", async () => {
  const response = await login(2, { username: "viewer", password: "wrong" });
  assert.equal(response.statusCode, 401);
  assert.equal(response.headers["content-type"], "application/problem+json");
  assert.equal(response.headers["www-authenticate"], 'Bearer realm="souk"');
  assert.deepEqual(response.json(), {
    type: "urn:souk:error:AUTH_FAILED",
    title: "Unauthorized",
    status: 401,
    detail: "Wrong username or password",
    code: "AUTH_FAILED",
    instance: `urn:souk:request:${String(response.headers["x-request-id"])}`,
  });
});

test("the sixth wrong password must wait, and the answer says how long", async () => {
  for (let i = 0; i < 5; i++) await login(3, { username: "viewer", password: "wrong" });
  const response = await login(3, { username: "viewer", password });
  assert.equal(response.statusCode, 429);
  assert.equal(response.headers["retry-after"], "1");
});

test("the twenty-first login from one address within a minute is refused, whoever it is for", async () => {
  for (let i = 0; i < 20; i++) await login(4, {});
  const response = await login(4, { username: "viewer", password });
  assert.equal(response.statusCode, 429);
  assert.equal(response.json<{ code: string }>().code, "HTTP_RATE");
  assert.ok(Number(response.headers["retry-after"]) > 0);
});

test("a refresh token used twice over HTTP ends the session", async () => {
  const first = (await login(5, { username: "viewer", password })).json<{
    refresh_token: string;
  }>();
  const refresh = () => post("/api/auth/refresh", 5, { refresh_token: first.refresh_token });
  const second = (await refresh()).json<{ access_token: string }>();
  assert.equal((await refresh()).statusCode, 401);
  const me = await shop.app.inject({ url: "/api/v1/me", headers: bearer(second.access_token) });
  assert.equal(me.statusCode, 401);
});

test("logout ends the session at once", async () => {
  const { access_token } = (await login(6, { username: "viewer", password })).json<{
    access_token: string;
  }>();
  const headers = bearer(access_token);
  const out = await shop.app.inject({ method: "POST", url: "/api/auth/logout", headers });
  assert.equal(out.statusCode, 204);
  assert.equal((await shop.app.inject({ url: "/api/v1/me", headers })).statusCode, 401);
});

test("setup is over once there is an admin, even with the right token", async () => {
  const payload = { setupToken: shop.setupToken, username: "eve", password };
  assert.equal((await post("/api/v1/setup", 7, payload)).statusCode, 409);
});

test("a key made over HTTP works until it is revoked over HTTP", async () => {
  const headers = bearer(shop.tokens.analyst);
  const payload = { name: "till", scopes: ["sql:run", "datasets:read"] };
  const made = await shop.app.inject({ method: "POST", url: "/api/v1/keys", headers, payload });
  assert.equal(made.statusCode, 201);
  const { key, secret } = made.json<{ key: { id: string }; secret: string }>();
  const list = () => shop.app.inject({ url: "/api/v1/datasets", headers: bearer(secret) });
  assert.equal((await list()).statusCode, 200);
  const revoked = await shop.app.inject({
    method: "DELETE",
    url: `/api/v1/keys/${key.id}`,
    headers,
  });
  assert.equal(revoked.statusCode, 204);
  assert.equal((await list()).statusCode, 401);
});

test("an analyst cannot make a key for what an analyst may not do", async () => {
  const payload = { name: "up", scopes: ["users:manage"] };
  const headers = bearer(shop.tokens.analyst);
  const made = await shop.app.inject({ method: "POST", url: "/api/v1/keys", headers, payload });
  assert.equal(made.json<{ code: string }>().code, "KEY_SCOPE");
});

test("passwords, tokens and keys never reach the log, whatever goes wrong", async () => {
  const secret = await shop.key(["sql:run"]);
  const { access_token: token, refresh_token: refresh } = (
    await login(8, { username: "viewer", password })
  ).json<{ access_token: string; refresh_token: string }>();
  await login(8, { username: "viewer", password: "secret-wrong-password" });
  await shop.app.inject({ url: `/api/v1/me?token=${token}`, headers: bearer(secret) });
  await post("/api/auth/refresh", 8, { refresh_token: refresh });
  const headers = { "content-type": "application/json" };
  await shop.app.inject({
    method: "POST",
    url: "/api/auth",
    payload: '{"password":"secret-torn',
    headers,
  });
  const log = shop.logged();
  assert.ok(log.includes('"route":"/api/auth"'));
  for (const hidden of [secret, token, refresh, password, "secret-wrong-password", "secret-torn"])
    assert.ok(!log.includes(hidden));
});
