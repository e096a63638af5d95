import { randomBytes, timingSafeEqual } from "node:crypto";
import { permissionsOf } from "@souk/api";
import { SoukError, sha256 } from "@souk/core";
import type { Sql } from "@souk/store";
import type { Origin, Principal, TokenPair } from "./account-values.ts";
import { badToken } from "./access-tokens.ts";
import { KEY_PREFIX, verifyApiKey } from "./api-keys.ts";
import { appendAudit } from "./audit.ts";
import { type AccountContext, change } from "./context.ts";
import { checkPasswordStrength } from "./passwords.ts";
import { startSession } from "./sessions.ts";
import { insertUser, usernameKey, type UserRow } from "./users.ts";

/** A name as it may stand in the audit log: people type passwords into the name field. */
const PLAIN_NAME = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;

/** A fresh setup token while nobody has an account. */
export async function issueSetupToken(context: AccountContext): Promise<string | undefined> {
  const token = randomBytes(24).toString("base64url");
  return context.store.transaction(async (sql) => {
    if (await sql.get("SELECT id FROM users LIMIT 1")) return undefined;
    await sql.run("DELETE FROM setup_tokens");
    await sql.run("INSERT INTO setup_tokens (hash, created_at) VALUES (?, ?)", [
      sha256(token),
      context.clock.now(),
    ]);
    return token;
  });
}

/** Makes the first admin. The token is checked before the costly hash, and again inside the transaction. */
export async function setupFirstAdmin(
  context: AccountContext,
  request: { setupToken: string; username: string; password: string },
  origin: Origin,
): Promise<TokenPair> {
  context.throttle.enter("setup", origin.address);
  await checkSetupToken(context.store, request.setupToken);
  context.throttle.succeeded("setup", origin.address);
  checkPasswordStrength(request.password, request.username);
  const hash = await context.passwords.hash(request.password);
  return change(context, { ...origin, name: request.username }, async (sql) => {
    await checkSetupToken(sql, request.setupToken);
    const user = await insertUser(sql, context, { ...request, role: "admin", hash });
    await sql.run("DELETE FROM setup_tokens");
    const result = await startSession(sql, context, { user, origin });
    return { result, audit: { action: "setup.done", subject: user.username } };
  });
}

async function checkSetupToken(sql: Sql, token: string): Promise<void> {
  if (await sql.get("SELECT id FROM users LIMIT 1"))
    throw new SoukError("AUTH_SETUP_DONE", "Souk is set up already: log in instead");
  const kept = await sql.get<{ hash: string }>("SELECT hash FROM setup_tokens LIMIT 1");
  const tried = sha256(token);
  if (!kept || !timingSafeEqual(Buffer.from(kept.hash), Buffer.from(tried)))
    throw new SoukError("AUTH_SETUP_TOKEN", "Expected the setup token printed by the last start");
}

/** @throws SoukError `AUTH_FAILED`, `AUTH_THROTTLED`, `AUTH_BUSY`. */
export async function logIn(
  context: AccountContext,
  request: { username: string; password: string },
  origin: Origin,
): Promise<TokenPair> {
  const row = await checkPassword(context, request, origin);
  return context.store.transaction(async (sql) => {
    const now = context.clock.now();
    await sql.run("UPDATE users SET last_login_at = ? WHERE id = ?", [now, row.id]);
    const by = { ...origin, name: row.username };
    const entry = { action: "login.done", subject: row.username };
    await appendAudit(sql, { entry, by, clock: context.clock });
    return startSession(sql, context, { user: row, origin });
  });
}

/** Who a Basic `username:password` is, where the password may also be one of the user's keys. */
export function authenticateBasic(
  context: AccountContext,
  request: { username: string; password: string },
  origin: Origin,
): Promise<Principal> {
  const secret = JSON.stringify([request.username, request.password]);
  return context.verified.get(secret, async () => {
    if (request.password.startsWith(KEY_PREFIX)) {
      const verified = await verifyApiKey(context, request.password);
      const owner = usernameKey(verified.principal.username);
      if (owner !== usernameKey(request.username)) throw badToken();
      return verified;
    }
    const row = await checkPassword(context, request, origin);
    const permissions = new Set(permissionsOf(row.role));
    const { id, username, role } = row;
    const untilMs = Number.POSITIVE_INFINITY;
    return { principal: { id, username, role, permissions, via: "password" }, untilMs };
  });
}

/** The user whose password this is. A wrong name costs the same work as a wrong password, and reads the same. */
async function checkPassword(
  context: AccountContext,
  { username, password }: { username: string; password: string },
  origin: Origin,
): Promise<UserRow> {
  const name = PLAIN_NAME.test(username) ? username : "(not a username)";
  try {
    context.throttle.enter(username, origin.address);
    const row = await context.store.get<UserRow>("SELECT * FROM users WHERE username_key = ?", [
      usernameKey(username),
    ]);
    const right = await context.passwords.verify(password, row?.password_hash);
    if (!row || !right || row.disabled === 1)
      throw new SoukError("AUTH_FAILED", "Wrong username or password");
    context.throttle.succeeded(username, origin.address);
    return row;
  } catch (cause) {
    if (cause instanceof SoukError && cause.code.startsWith("AUTH_")) {
      const entry = { action: "login.failed", subject: name, outcome: "denied" } as const;
      const by = { ...origin, name: "anonymous" };
      const details = { code: cause.code };
      await appendAudit(context.store, { entry: { ...entry, details }, by, clock: context.clock });
    }
    throw cause;
  }
}
