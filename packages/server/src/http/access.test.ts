import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  pathTemplate,
  permissions,
  permissionsOf,
  roles,
  type RouteContract,
  routeEntries,
  type RouteName,
} from "@souk/api";
import { bearer, checkAnswer, openShop, type OpenedShop, password } from "./opened-shop.fixture.ts";

let shop: OpenedShop;
before(async () => {
  shop = await openShop({ requestsPerMinute: 100_000 });
});
after(() => shop.close());

/** A path that reaches the route and nothing that exists: ids are "nothing", versions 1. */
function someUrl(contract: RouteContract): string {
  return pathTemplate(contract.path)
    .replace("{version}", "1")
    .replace("{path}", "experiments/nothing")
    .replaceAll(/\{\w+\}/g, "nothing");
}

/** Asks with an empty body; an event stream is left as soon as it has begun. */
async function ask(name: RouteName, contract: RouteContract, token?: string) {
  const takesJson = contract.body !== undefined && !contract.stream;
  const response = await shop.app.inject({
    method: contract.method,
    url: someUrl(contract),
    headers: {
      ...(token && bearer(token)),
      ...(takesJson && { "content-type": contract.contentTypes?.[0] ?? "application/json" }),
    },
    ...(takesJson && { payload: "{}" }),
    payloadAsStream: true,
  });
  const stream = response.stream();
  if (contract.stream === "events") {
    stream.destroy();
    return { statusCode: response.statusCode, body: "" };
  }
  let body = "";
  for await (const chunk of stream) body += String(chunk);
  const answer = { statusCode: response.statusCode, body };
  checkAnswer(name, answer);
  return answer;
}

/** logout ends the very token the next route needs; it has a test of its own. */
const asked = routeEntries().filter(([name]) => name !== "logout");

test("nobody gets anywhere but to the public routes", async () => {
  for (const [name, contract] of routeEntries()) {
    const { statusCode } = await ask(name, contract);
    if (contract.permission === "public")
      assert.ok(![401, 403].includes(statusCode), `${name}: ${statusCode}`);
    else assert.equal(statusCode, 401, name);
  }
});

test("a made-up token gets nowhere but to the public routes", async () => {
  for (const [name, contract] of routeEntries()) {
    if (contract.permission === "public") continue;
    assert.equal((await ask(name, contract, "made-up")).statusCode, 401, name);
  }
});

for (const role of roles)
  test(`a ${role} gets exactly where the table says`, async () => {
    const allowed: readonly string[] = ["public", "self", ...permissionsOf(role)];
    for (const [name, contract] of asked) {
      const { statusCode, body } = await ask(name, contract, shop.tokens[role]);
      if (allowed.includes(contract.permission))
        assert.ok(![401, 403].includes(statusCode), `${name}: ${statusCode} ${body}`);
      else assert.equal(statusCode, 403, name);
      assert.notEqual(statusCode, 500, `${name}: ${body}`);
    }
  });

test("an admin's key without the scope of a route is refused there", async () => {
  for (const permission of permissions) {
    const key = await shop.key(permissions.filter((scope) => scope !== permission));
    for (const [name, contract] of asked)
      if (contract.permission === permission)
        assert.equal((await ask(name, contract, key)).statusCode, 403, name);
  }
});

test("a key with every scope still cannot do what needs a login", async () => {
  const key = await shop.key(permissions);
  const names = asked.filter(([, contract]) => contract.loginOnly);
  assert.ok(names.length >= 7);
  for (const [name, contract] of names)
    assert.equal((await ask(name, contract, key)).statusCode, 403, name);
});

test("a denied attempt of somebody known is in the audit log", async () => {
  await shop.app.inject({ url: "/api/v1/users", headers: bearer(shop.tokens.viewer) });
  const { items } = await shop.souk.audit.list({
    action: "request.denied",
    actor: "viewer",
    limit: 1000,
  });
  assert.ok(
    items.some((item) => item.subject === "GET /api/v1/users" && item.outcome === "denied"),
  );
});

test("everybody's keys and sessions are for those who manage users", async () => {
  for (const what of ["keys", "sessions"]) {
    const url = `/api/v1/${what}?all=true`;
    const viewer = await shop.app.inject({ url, headers: bearer(shop.tokens.viewer) });
    assert.equal(viewer.statusCode, 403);
    const admin = await shop.app.inject({ url, headers: bearer(shop.tokens.admin) });
    assert.equal(admin.statusCode, 200);
  }
});

test("Basic opens MLflow's routes and no others", async () => {
  const basic = `Basic ${Buffer.from(`viewer:${password}`).toString("base64")}`;
  const headers = { authorization: basic };
  const mlflow = await shop.app.inject({
    url: "/api/2.0/mlflow/experiments/get?experiment_id=0",
    headers,
  });
  assert.ok(![401, 403].includes(mlflow.statusCode), mlflow.body);
  assert.equal((await shop.app.inject({ url: "/api/v1/datasets", headers })).statusCode, 401);
});

test("an analyst who may log runs to MLflow may not move its aliases", async () => {
  const call = (url: string, method: "POST" | "DELETE") =>
    shop.app.inject({
      method,
      url: `/api/2.0/mlflow/${url}`,
      headers: bearer(shop.tokens.analyst),
      payload: {},
    });
  assert.equal((await call("registered-models/alias", "POST")).statusCode, 403);
  assert.equal((await call("registered-models/alias", "DELETE")).statusCode, 403);
  assert.equal((await call("model-versions/transition-stage", "POST")).statusCode, 403);
  for (const disguise of [
    "registered-models//alias",
    "registered-models/%61lias",
    "registered-models/alias/",
  ])
    assert.notEqual((await call(disguise, "POST")).statusCode, 200, disguise);
});
