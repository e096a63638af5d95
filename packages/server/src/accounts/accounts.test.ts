import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { SignJWT } from "jose";
import { readFile } from "node:fs/promises";
import { by, openedAccounts, origin, password } from "./accounts.fixture.ts";
import { openAccounts } from "./open-accounts.ts";

const refused = (code: string) => ({ name: "SoukError", code });
const ms = { minute: 60_000, day: 24 * 60 * 60_000 };

test("the setup token makes one admin, once", async (t) => {
  const { accounts, setupToken, ada } = await openedAccounts(t);
  assert.equal(ada.role, "admin");
  assert.equal(await accounts.issueSetupToken(), undefined);
  const again = accounts.setup({ setupToken, username: "eve", password }, origin);
  await assert.rejects(again, refused("AUTH_SETUP_DONE"));
});

test("the database holds no password, token or key in the clear", async (t) => {
  const { accounts, store, folder, tokens, ada } = await openedAccounts(t);
  const { secret } = await accounts.keys.create(
    { userId: ada.id, name: "till", scopes: ["predict:run"] },
    by,
  );
  await store.backup(join(folder, "copy.sqlite"));
  const bytes = await readFile(join(folder, "copy.sqlite"), "latin1");
  for (const clear of [password, tokens.refreshToken, tokens.accessToken, secret])
    assert.ok(!bytes.includes(clear));
  assert.ok(bytes.includes("$argon2id$v=19$m=19456,t=2,p=1$"));
});

test("the signing key is readable by its owner only and survives a restart", async (t) => {
  const { store, clock, keysDirectory, tokens } = await openedAccounts(t);
  const { mode } = await stat(join(keysDirectory, "access-token.key"));
  assert.equal(mode & 0o777, 0o600);
  const reopened = await openAccounts({ store, keysDirectory, clock });
  assert.equal((await reopened.authenticate(tokens.accessToken)).username, "ada");
});

test("an access token is good for 15 minutes", async (t) => {
  const { accounts, clock, tokens } = await openedAccounts(t);
  clock.advance(15 * ms.minute - 1000);
  await accounts.authenticate(tokens.accessToken);
  clock.advance(2000);
  await assert.rejects(accounts.authenticate(tokens.accessToken), refused("AUTH_TOKEN"));
});

test("a token without a signature, of another key or of another type is refused", async (t) => {
  const { accounts, clock, keysDirectory, tokens } = await openedAccounts(t);
  const [, payload = ""] = tokens.accessToken.split(".");
  const none = Buffer.from(JSON.stringify({ alg: "none", typ: "at+jwt" })).toString("base64url");
  await assert.rejects(accounts.authenticate(`${none}.${payload}.`), refused("AUTH_TOKEN"));
  const claims: { sid: string; sub: string } = JSON.parse(
    Buffer.from(payload, "base64url").toString(),
  );
  const key = await readFile(join(keysDirectory, "access-token.key"));
  const sign = (secret: Uint8Array, typ: string) =>
    new SignJWT({ sid: claims.sid })
      .setProtectedHeader({ alg: "HS256", typ })
      .setIssuer("souk")
      .setAudience("souk")
      .setSubject(claims.sub)
      .setExpirationTime(clock.now() / 1000 + 600)
      .sign(secret);
  await assert.rejects(
    accounts.authenticate(await sign(new Uint8Array(32), "at+jwt")),
    refused("AUTH_TOKEN"),
  );
  await assert.rejects(accounts.authenticate(await sign(key, "JWT")), refused("AUTH_TOKEN"));
  assert.equal((await accounts.authenticate(await sign(key, "at+jwt"))).username, "ada");
});

test("a refresh token works once and gives a pair that works", async (t) => {
  const { accounts, clock, tokens } = await openedAccounts(t);
  clock.advance(20 * ms.minute);
  const next = await accounts.refresh(tokens.refreshToken, origin);
  assert.notEqual(next.refreshToken, tokens.refreshToken);
  assert.equal((await accounts.authenticate(next.accessToken)).username, "ada");
  const third = await accounts.refresh(next.refreshToken, origin);
  assert.equal((await accounts.authenticate(third.accessToken)).username, "ada");
});

test("a refresh token used twice ends every token of its session, and the audit log says so", async (t) => {
  const { accounts, audit, tokens } = await openedAccounts(t);
  const next = await accounts.refresh(tokens.refreshToken, origin);
  await accounts.authenticate(next.accessToken);
  await assert.rejects(accounts.refresh(tokens.refreshToken, origin), refused("AUTH_REFRESH"));
  await assert.rejects(accounts.refresh(next.refreshToken, origin), refused("AUTH_REFRESH"));
  await assert.rejects(accounts.authenticate(next.accessToken), refused("AUTH_TOKEN"));
  const { items } = await audit.list({ action: "session.reuse" });
  assert.deepEqual(
    items.map((item) => [item.actor, item.outcome]),
    [["ada", "denied"]],
  );
});

test("of two refreshes at the same moment with the same token at most one succeeds", async (t) => {
  const { accounts, tokens } = await openedAccounts(t);
  const both = await Promise.allSettled([
    accounts.refresh(tokens.refreshToken, origin),
    accounts.refresh(tokens.refreshToken, origin),
  ]);
  assert.equal(both.filter((one) => one.status === "fulfilled").length, 1);
});

test("a session ends 30 days after login whatever is refreshed", async (t) => {
  const { accounts, clock, tokens } = await openedAccounts(t);
  clock.advance(29 * ms.day);
  const late = await accounts.refresh(tokens.refreshToken, origin);
  clock.advance(ms.day);
  await assert.rejects(accounts.refresh(late.refreshToken, origin), refused("AUTH_REFRESH"));
});

test("logout ends the access token at once", async (t) => {
  const { accounts, ada, tokens } = await openedAccounts(t);
  await accounts.logout(ada, origin);
  await assert.rejects(accounts.authenticate(tokens.accessToken), refused("AUTH_TOKEN"));
});

test("a change of role by another process holds within two seconds", async (t) => {
  const { accounts, store, clock, keysDirectory, ada, tokens } = await openedAccounts(t);
  const other = await openAccounts({ store, keysDirectory, clock });
  await accounts.users.create({ username: "bob", password, role: "admin" }, by);
  await accounts.authenticate(tokens.accessToken);
  await other.users.update(ada.id, { disabled: true }, by);
  clock.advance(2001);
  await assert.rejects(accounts.authenticate(tokens.accessToken), refused("AUTH_TOKEN"));
});

test("a wrong password and an unknown name read the same", async (t) => {
  const { accounts } = await openedAccounts(t);
  const messages = await Promise.all(
    ["ada", "nobody"].map((username) =>
      accounts
        .login({ username, password: "wrong password" }, origin)
        .catch((error: unknown) => String(error)),
    ),
  );
  assert.deepEqual(messages, Array(2).fill("SoukError: Wrong username or password"));
});

test("after five wrong passwords the right one waits too, from that address only", async (t) => {
  const { accounts, clock } = await openedAccounts(t);
  for (let i = 0; i < 5; i++)
    await assert.rejects(
      accounts.login({ username: "ada", password: "wrong" }, origin),
      refused("AUTH_FAILED"),
    );
  await assert.rejects(
    accounts.login({ username: "ada", password }, origin),
    refused("AUTH_THROTTLED"),
  );
  await accounts.login({ username: "ada", password }, { address: "192.0.2.2" });
  clock.advance(1001);
  await accounts.login({ username: "ada", password }, origin);
});

test("twenty guesses at once are no more than five", async (t) => {
  const { accounts } = await openedAccounts(t);
  const tries = Array.from({ length: 20 }, () =>
    accounts
      .login({ username: "ada", password: "wrong" }, origin)
      .catch((error: { code: string }) => error.code),
  );
  const codes = await Promise.all(tries);
  assert.equal(codes.filter((code) => code === "AUTH_FAILED").length, 5);
  assert.equal(codes.filter((code) => code === "AUTH_THROTTLED").length, 15);
});

test("a key does what its scopes say and no more, until it is revoked", async (t) => {
  const { accounts, ada } = await openedAccounts(t);
  const { key, secret } = await accounts.keys.create(
    { userId: ada.id, name: "till", scopes: ["predict:run"] },
    by,
  );
  assert.match(secret, /^souk_[\w-]{43}$/);
  assert.deepEqual([...(await accounts.authenticate(secret)).permissions], ["predict:run"]);
  await accounts.keys.revoke(key.id, by);
  await assert.rejects(accounts.authenticate(secret), refused("AUTH_TOKEN"));
});

test("a key ends when its time is over, and cannot be made for a time gone by", async (t) => {
  const { accounts, clock, ada } = await openedAccounts(t);
  const request = { userId: ada.id, name: "till", scopes: ["predict:run"] as const };
  const { secret } = await accounts.keys.create({ ...request, expiresAt: clock.now() + 1000 }, by);
  await accounts.authenticate(secret);
  clock.advance(1000);
  await assert.rejects(accounts.authenticate(secret), refused("AUTH_TOKEN"));
  await assert.rejects(
    accounts.keys.create({ ...request, expiresAt: clock.now() }, by),
    refused("KEY_EXPIRY"),
  );
});

test("a key cannot be given more than its owner's role, and loses what the role loses", async (t) => {
  const { accounts } = await openedAccounts(t);
  const bob = await accounts.users.create({ username: "bob", password, role: "operator" }, by);
  const make = (scopes: ["users:manage"] | ["models:write", "predict:run"]) =>
    accounts.keys.create({ userId: bob.id, name: "key", scopes }, by);
  await assert.rejects(make(["users:manage"]), refused("KEY_SCOPE"));
  const { secret } = await make(["models:write", "predict:run"]);
  await accounts.users.update(bob.id, { role: "analyst" }, by);
  assert.deepEqual([...(await accounts.authenticate(secret)).permissions], ["predict:run"]);
});

test("a key of one user cannot be revoked in another's name", async (t) => {
  const { accounts, ada } = await openedAccounts(t);
  const { key } = await accounts.keys.create(
    { userId: ada.id, name: "till", scopes: ["predict:run"] },
    by,
  );
  await assert.rejects(
    accounts.keys.revoke(key.id, by, { userId: "user_else" }),
    refused("KEY_UNKNOWN"),
  );
});

test("the last admin can be neither removed, demoted nor disabled", async (t) => {
  const { accounts, ada } = await openedAccounts(t);
  const { users } = accounts;
  await assert.rejects(users.remove(ada.id, by), refused("USER_LAST_ADMIN"));
  await assert.rejects(users.update(ada.id, { role: "viewer" }, by), refused("USER_LAST_ADMIN"));
  await assert.rejects(users.update(ada.id, { disabled: true }, by), refused("USER_LAST_ADMIN"));
  const bob = await users.create({ username: "bob", password, role: "admin" }, by);
  await users.remove(ada.id, by);
  await assert.rejects(users.remove(bob.id, by), refused("USER_LAST_ADMIN"));
});

test("of two admins who remove each other at once, one stays", async (t) => {
  const { accounts, ada } = await openedAccounts(t);
  const bob = await accounts.users.create({ username: "bob", password, role: "admin" }, by);
  await Promise.allSettled([accounts.users.remove(ada.id, by), accounts.users.remove(bob.id, by)]);
  assert.equal((await accounts.users.list()).length, 1);
});

test("names that differ in case are one name", async (t) => {
  const { accounts } = await openedAccounts(t);
  const twin = accounts.users.create({ username: "ADA", password, role: "viewer" }, by);
  await assert.rejects(twin, refused("USER_EXISTS"));
});

test("a password that is short, monotonous or holds the name is refused", async (t) => {
  const { accounts } = await openedAccounts(t);
  for (const weak of ["short", "aaaaaaaaaaaaaaaa", "bobby-and-more"]) {
    const made = accounts.users.create({ username: "bobby", password: weak, role: "viewer" }, by);
    await assert.rejects(made, refused("AUTH_PASSWORD_WEAK"));
  }
});

test("changing the password needs the old one and ends every session", async (t) => {
  const { accounts, ada, tokens } = await openedAccounts(t);
  const newPassword = "another long sentence";
  const wrong = { currentPassword: "wrong", newPassword };
  await assert.rejects(accounts.users.changePassword(ada.id, wrong, by), refused("AUTH_FAILED"));
  await accounts.users.changePassword(ada.id, { currentPassword: password, newPassword }, by);
  await assert.rejects(accounts.authenticate(tokens.accessToken), refused("AUTH_TOKEN"));
  await accounts.login({ username: "ada", password: newPassword }, origin);
});

test("Basic takes the password, or a key of that user and of no other", async (t) => {
  const { accounts, ada } = await openedAccounts(t);
  await accounts.users.create({ username: "bob", password, role: "viewer" }, by);
  const { secret } = await accounts.keys.create(
    { userId: ada.id, name: "mlflow", scopes: ["runs:read"] },
    by,
  );
  assert.equal((await accounts.authenticateBasic("ada", password, origin)).via, "password");
  assert.equal((await accounts.authenticateBasic("ada", secret, origin)).via, "key");
  await assert.rejects(accounts.authenticateBasic("bob", secret, origin), refused("AUTH_TOKEN"));
});

test("twenty requests at once with the right Basic password are one verification, not twenty guesses", async (t) => {
  const { accounts } = await openedAccounts(t);
  const all = Array.from({ length: 20 }, () => accounts.authenticateBasic("ada", password, origin));
  assert.deepEqual(new Set((await Promise.all(all)).map((one) => one.username)), new Set(["ada"]));
});
