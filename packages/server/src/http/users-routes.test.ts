import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { RouteName } from "@souk/api";
import { bearer, checkAnswer, openShop, type OpenedShop, password } from "./opened-shop.fixture.ts";

let shop: OpenedShop;
before(async () => {
  shop = await openShop();
});
after(() => shop.close());

/** Asks as the admin and checks the answer against its contract. */
async function admin(
  name: RouteName,
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
  url: string,
  payload?: object,
) {
  const response = await shop.app.inject({
    method,
    url,
    payload,
    headers: bearer(shop.tokens.admin),
  });
  checkAnswer(name, response);
  return response;
}

test("a user is made, promoted, listed and removed, and the audit log tells it newest first", async () => {
  const made = await admin("createUser", "POST", "/api/v1/users", {
    username: "bob",
    password,
    role: "viewer",
  });
  assert.equal(made.statusCode, 201, made.body);
  const { id } = made.json<{ id: string }>();
  const raised = await admin("updateUser", "PATCH", `/api/v1/users/${id}`, { role: "operator" });
  assert.equal(raised.json<{ role: string }>().role, "operator");
  const listed = await admin("listUsers", "GET", "/api/v1/users");
  assert.ok(listed.json<{ items: { id: string }[] }>().items.some((user) => user.id === id));
  assert.equal((await admin("removeUser", "DELETE", `/api/v1/users/${id}`)).statusCode, 204);
  const log = await admin("listAudit", "GET", "/api/v1/audit?limit=3");
  const { items } = log.json<{ items: { actor: string; action: string; subject: string }[] }>();
  assert.deepEqual(
    items.map(({ actor, action, subject }) => `${actor} ${action} ${subject}`),
    ["admin user.remove bob", "admin user.update bob", "admin user.create bob"],
  );
});

test("the last admin cannot be removed over HTTP", async () => {
  const me = (await admin("me", "GET", "/api/v1/me")).json<{ id: string }>();
  const response = await admin("removeUser", "DELETE", `/api/v1/users/${me.id}`);
  assert.equal(response.statusCode, 409);
  assert.equal(response.json<{ code: string }>().code, "USER_LAST_ADMIN");
});

test("lists of keys and sessions are what their contracts say and hold no secret", async () => {
  const secret = await shop.key(["sql:run"]);
  const keys = await admin("listKeys", "GET", "/api/v1/keys");
  const sessions = await admin("listSessions", "GET", "/api/v1/sessions?all=true");
  assert.ok(!keys.body.includes(secret) && !keys.body.includes("hash"));
  assert.ok(sessions.json<{ items: object[] }>().items.length >= 4);
});

test("metrics count requests by route and status, never by raw path", async () => {
  await shop.app.inject({
    url: "/api/v1/runs/run_secret_name",
    headers: bearer(shop.tokens.admin),
  });
  const { body } = await admin("metrics", "GET", "/metrics");
  assert.match(
    body,
    /souk_http_request_duration_seconds_count\{method="GET",route="\/api\/v1\/runs\/:id",status="404"\} 1/,
  );
  assert.ok(!body.includes("run_secret_name"));
  assert.match(body, /process_cpu_seconds_total/);
});

test("the document served is the document of the table, of this version", async () => {
  const response = await shop.app.inject({ url: "/api/openapi.json" });
  const document = response.json<{ openapi: string; info: { version: string } }>();
  assert.deepEqual([document.openapi, document.info.version], ["3.1.0", shop.souk.version]);
});

test("the doctor and the backup answer as their contracts say", async () => {
  assert.equal((await admin("doctor", "GET", "/api/v1/doctor")).statusCode, 200);
  const none = await admin("listBackups", "GET", "/api/v1/backups");
  assert.deepEqual(none.json(), { items: [] });
  const made = await admin("backup", "POST", "/api/v1/backup");
  assert.equal(made.statusCode, 201);
  const { path, sizeBytes } = made.json<{ path: string; sizeBytes: number }>();
  const listed = await admin("listBackups", "GET", "/api/v1/backups");
  const [kept] = listed.json<{ items: { name: string; sizeBytes: number }[] }>().items;
  assert.ok(kept && path.endsWith(`/${kept.name}`));
  assert.equal(kept.sizeBytes, sizeBytes);
});
