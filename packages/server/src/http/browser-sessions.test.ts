import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { bearer, checkAnswer, openShop, type OpenedShop, password } from "./opened-shop.fixture.ts";

const url = "/api/v1/session";

async function opened(t: TestContext): Promise<OpenedShop> {
  const shop = await openShop();
  t.after(() => shop.close());
  return shop;
}

/** Logs in as a browser does and gives the answer with the cookie to send back. */
async function logIn(shop: OpenedShop, headers: Record<string, string> = {}) {
  const payload = { username: "analyst", password };
  const answer = await shop.app.inject({ method: "POST", url, payload, headers });
  const setCookie = String(answer.headers["set-cookie"]);
  return { answer, setCookie, cookie: setCookie.split(";", 1)[0] ?? "" };
}

function renew(shop: OpenedShop, cookie?: string) {
  return shop.app.inject({
    method: "POST",
    url: `${url}/renew`,
    ...(cookie !== undefined && { headers: { cookie: `other=1; ${cookie}` } }),
  });
}

test("the cookie of a login can be read by no script and sent by no other site", async (t) => {
  const shop = await opened(t);
  const { answer, setCookie } = await logIn(shop);
  assert.equal(answer.statusCode, 201);
  checkAnswer("openBrowserSession", answer);
  assert.match(setCookie, /; Path=\/api\/v1\/session; Max-Age=2592000; HttpOnly; SameSite=Strict$/);
  const kept = setCookie.slice("souk_session=".length).split(";", 1)[0] ?? "";
  assert.ok(!answer.body.includes(kept), "the answer tells the secret of the cookie");
});

test("the cookie gives fresh access tokens any number of times, as tabs and reloads need", async (t) => {
  const shop = await opened(t);
  const { cookie } = await logIn(shop);
  const answers = await Promise.all([
    renew(shop, cookie),
    renew(shop, cookie),
    renew(shop, cookie),
  ]);
  for (const answer of answers) {
    checkAnswer("renewBrowserSession", answer);
    const { state, access_token: token, role } = answer.json();
    assert.deepEqual([state, role], ["open", "analyst"]);
    const me = await shop.app.inject({ url: "/api/v1/me", headers: bearer(token) });
    assert.equal(me.json().username, "analyst");
  }
});

test("without a cookie, with a forged one or a revoked session there is none, and nobody is told why", async (t) => {
  const shop = await opened(t);
  const { cookie } = await logIn(shop);
  const { items } = (
    await shop.app.inject({ url: "/api/v1/sessions?all=true", headers: bearer(shop.tokens.admin) })
  ).json();
  for (const { id, username } of items)
    if (username === "analyst")
      await shop.app.inject({
        method: "DELETE",
        url: `/api/v1/sessions/${id}`,
        headers: bearer(shop.tokens.admin),
      });
  for (const sent of [undefined, "souk_session=soukr_forged", "souk_session=", cookie]) {
    const answer = await renew(shop, sent);
    assert.deepEqual(
      [answer.statusCode, answer.json()],
      [200, { state: "closed", setupNeeded: false }],
    );
  }
});

test("logging out ends the session, its access tokens and the cookie", async (t) => {
  const shop = await opened(t);
  const { answer, cookie } = await logIn(shop);
  const out = await shop.app.inject({ method: "DELETE", url, headers: { cookie } });
  assert.equal(out.statusCode, 204);
  assert.match(String(out.headers["set-cookie"]), /^souk_session=; .*Max-Age=0/);
  const headers = bearer(answer.json().access_token);
  assert.equal((await shop.app.inject({ url: "/api/v1/me", headers })).statusCode, 401);
  assert.equal((await renew(shop, cookie)).json().state, "closed");
});

test("the cookie opens no route of the API by itself", async (t) => {
  const shop = await opened(t);
  const { cookie } = await logIn(shop);
  const answer = await shop.app.inject({ url: "/api/v1/me", headers: { cookie } });
  assert.equal(answer.statusCode, 401);
});

test("a wrong password gives no cookie", async (t) => {
  const shop = await opened(t);
  const payload = { username: "analyst", password: "wrong wrong wrong" };
  const answer = await shop.app.inject({ method: "POST", url, payload });
  assert.deepEqual([answer.statusCode, answer.json().code], [401, "AUTH_FAILED"]);
  assert.equal(answer.headers["set-cookie"], undefined);
});
