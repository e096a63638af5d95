import assert from "node:assert/strict";
import test from "node:test";
import { by, openedAccounts, origin } from "./accounts.fixture.ts";

test("a line of the audit log can be neither changed nor removed", async (t) => {
  const { store } = await openedAccounts(t);
  await assert.rejects(store.run("UPDATE audit_log SET actor = 'eve'"), /append-only/);
  await assert.rejects(store.run("DELETE FROM audit_log"), /append-only/);
});

test("pages of the audit log, newest first also within a millisecond, hold every line once", async (t) => {
  const { audit } = await openedAccounts(t);
  for (const subject of ["a", "b", "c", "d", "e"]) {
    await audit.record({ action: "test.line", subject }, by);
  }
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await audit.list({ action: "test.line", limit: 2, cursor });
    seen.push(...page.items.map((item) => item.subject));
    cursor = page.nextCursor;
  } while (cursor);
  assert.equal(seen.join(""), "edcba");
});

test("a password typed into the name field does not reach the audit log", async (t) => {
  const { accounts, audit } = await openedAccounts(t);
  const login = accounts.login({ username: "my secret pass phrase!", password: "x" }, origin);
  await assert.rejects(login, { code: "AUTH_FAILED" });
  const { items } = await audit.list({ action: "login.failed" });
  assert.deepEqual(
    items.map((item) => item.subject),
    ["(not a username)"],
  );
});

test("a change that fails leaves no line", async (t) => {
  const { accounts, audit, ada } = await openedAccounts(t);
  await assert.rejects(accounts.users.remove(ada.id, by), { code: "USER_LAST_ADMIN" });
  assert.deepEqual((await audit.list({ action: "user.remove" })).items, []);
});
