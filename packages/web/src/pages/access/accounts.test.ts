import assert from "node:assert/strict";
import { test } from "node:test";
import { expiryOf, keyState } from "./accounts.ts";

const key = {
  id: "key_1",
  name: "till",
  userId: "user_1",
  username: "ada",
  scopes: [],
  prefix: "souk_abc",
  createdAt: 0,
};

test("a key is active until it ends or is revoked", () => {
  assert.equal(keyState(key, 10), "active");
  assert.equal(keyState({ ...key, expiresAt: 10 }, 10), "expired");
  assert.equal(keyState({ ...key, expiresAt: 10, revokedAt: 5 }, 20), "revoked");
});

test("a key of thirty days ends thirty days from now; one without days never", () => {
  assert.equal(expiryOf("30", 1000), 1000 + 30 * 86_400_000);
  assert.equal(expiryOf("", 1000), undefined);
});
