import { randomBytes } from "node:crypto";
import { type Role, permissionsOf } from "@souk/api";
import { createId, SoukError, sha256 } from "@souk/core";
import type { Sql } from "@souk/store";
import { ACCESS_TOKEN_MS, badToken } from "./access-tokens.ts";
import type { Actor, Origin, Principal, Session, TokenPair } from "./account-values.ts";
import type { SessionList } from "./accounts.ts";
import { appendAudit } from "./audit.ts";
import { type AccountContext, change } from "./context.ts";
import type { Verified } from "./verified-cache.ts";

/*
 * A session is a family of refresh tokens, each good for one use:
 *
 *   login ─► R1 ──refresh──► R2 ──refresh──► R3 …        each with an access token of 15 minutes
 *            └─ R1 again: somebody has a copy ─► the whole session ends, and the audit log says so
 */

/** How long a login lasts. */
export const SESSION_MS = 30 * 24 * 60 * 60_000;

/** A session with its user. */
export interface SessionRow {
  readonly id: string;
  readonly user_id: string;
  readonly username: string;
  readonly role: Role;
  readonly disabled: number;
  readonly address: string;
  readonly created_at: number;
  readonly last_used_at: number;
  readonly expires_at: number;
  readonly revoked_at: number | null;
}

export const SELECT_SESSION = `SELECT sessions.*, users.username, users.role, users.disabled
  FROM sessions JOIN users ON users.id = sessions.user_id`;

/** Starts a session for a user whose password was right. */
export async function startSession(
  sql: Sql,
  context: AccountContext,
  { user, origin }: { user: { id: string; role: Role }; origin: Origin },
): Promise<TokenPair> {
  const now = context.clock.now();
  const id = createId("session", context.clock);
  await sql.run("DELETE FROM sessions WHERE user_id = ? AND expires_at < ?", [user.id, now]);
  await sql.run(
    `INSERT INTO sessions (id, user_id, address, created_at, last_used_at, expires_at)
     VALUES (?, ?, ?, ?, ?, ?)`,
    [id, user.id, origin.address, now, now, now + SESSION_MS],
  );
  return issuePair(sql, context, { sessionId: id, user });
}

/** Trades a refresh token for the next pair. @throws SoukError `AUTH_REFRESH`. */
export async function refreshSession(
  context: AccountContext,
  refreshToken: string,
  origin: Origin,
): Promise<TokenPair> {
  const outcome = await context.store.transaction((sql) =>
    takeRefreshToken(sql, context, { hash: sha256(refreshToken), origin }),
  );
  if (outcome === "reused") context.verified.clear();
  if (typeof outcome === "string")
    throw new SoukError("AUTH_REFRESH", "This refresh token is used up or over: log in again");
  return outcome;
}

async function takeRefreshToken(
  sql: Sql,
  context: AccountContext,
  { hash, origin }: { hash: string; origin: Origin },
): Promise<TokenPair | "refused" | "reused"> {
  const now = context.clock.now();
  const token = await sql.get<{ session_id: string; used_at: number | null }>(
    "SELECT session_id, used_at FROM refresh_tokens WHERE hash = ?",
    [hash],
  );
  const row =
    token &&
    (await sql.get<SessionRow>(`${SELECT_SESSION} WHERE sessions.id = ?`, [token.session_id]));
  if (!token || !row || !isLive(row, now)) return "refused";
  if (token.used_at !== null) {
    await endFamily(sql, context, { row, origin });
    return "reused";
  }
  await sql.run("UPDATE refresh_tokens SET used_at = ? WHERE hash = ?", [now, hash]);
  await sql.run("UPDATE sessions SET last_used_at = ?, address = ? WHERE id = ?", [
    now,
    origin.address,
    row.id,
  ]);
  return issuePair(sql, context, { sessionId: row.id, user: { id: row.user_id, role: row.role } });
}

async function endFamily(
  sql: Sql,
  context: AccountContext,
  { row, origin }: { row: SessionRow; origin: Origin },
): Promise<void> {
  await sql.run("UPDATE sessions SET revoked_at = ? WHERE id = ?", [context.clock.now(), row.id]);
  await appendAudit(sql, {
    entry: { action: "session.reuse", subject: row.id, outcome: "denied" },
    by: { ...origin, name: row.username },
    clock: context.clock,
  });
}

async function issuePair(
  sql: Sql,
  context: AccountContext,
  { sessionId, user }: { sessionId: string; user: { id: string; role: Role } },
): Promise<TokenPair> {
  const refreshToken = `soukr_${randomBytes(32).toString("base64url")}`;
  await sql.run("INSERT INTO refresh_tokens (hash, session_id, created_at) VALUES (?, ?, ?)", [
    sha256(refreshToken),
    sessionId,
    context.clock.now(),
  ]);
  return {
    accessToken: await context.tokens.sign(user.id, sessionId),
    refreshToken,
    expiresInSeconds: ACCESS_TOKEN_MS / 1000,
    role: user.role,
  };
}

/** Whose access token this is, with the role of now. @throws SoukError `AUTH_TOKEN`. */
export async function verifyAccessToken(context: AccountContext, token: string): Promise<Verified> {
  const claims = await context.tokens.read(token);
  const row = await context.store.get<SessionRow>(`${SELECT_SESSION} WHERE sessions.id = ?`, [
    claims.sessionId,
  ]);
  if (!row || row.user_id !== claims.userId || !isLive(row, context.clock.now())) throw badToken();
  return {
    principal: principalOfSession(row),
    untilMs: claims.expiresAtMs,
  };
}

/** Who a session speaks for, with the role of now. */
export function principalOfSession(row: SessionRow): Principal {
  return {
    id: row.user_id,
    username: row.username,
    role: row.role,
    permissions: new Set(permissionsOf(row.role)),
    via: "session",
    credentialId: row.id,
  };
}

export function createSessionList(context: AccountContext): SessionList {
  return {
    async list(userId) {
      const now = context.clock.now();
      const rows = await context.store.all<SessionRow>(
        `${SELECT_SESSION} WHERE revoked_at IS NULL AND expires_at > ? AND (? IS NULL OR user_id = ?)
         ORDER BY last_used_at DESC LIMIT 1000`,
        [now, userId ?? null, userId ?? null],
      );
      return rows.map(sessionOf);
    },
    revoke: (id, by, options = {}) => revokeSession(context, { id, ...options }, by),
  };
}

/** Ends a session. @throws SoukError `SESSION_UNKNOWN`, also when it is of another user than `userId`. */
export async function revokeSession(
  context: AccountContext,
  { id, userId }: { id: string; userId?: string },
  by: Actor,
): Promise<void> {
  await change(context, by, async (sql) => {
    const row = await sql.get<SessionRow>(`${SELECT_SESSION} WHERE sessions.id = ?`, [id]);
    if (!row || (userId !== undefined && row.user_id !== userId))
      throw new SoukError("SESSION_UNKNOWN", `There is no session "${id}"`);
    await sql.run("UPDATE sessions SET revoked_at = ? WHERE id = ?", [context.clock.now(), id]);
    return { result: undefined, audit: { action: "session.revoke", subject: id } };
  });
}

/** True while a session may be used. */
export function isLive(row: SessionRow, now: number): boolean {
  return row.revoked_at === null && row.expires_at > now && row.disabled === 0;
}

function sessionOf(row: SessionRow): Session {
  return {
    id: row.id,
    userId: row.user_id,
    username: row.username,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    expiresAt: row.expires_at,
    address: row.address,
  };
}
