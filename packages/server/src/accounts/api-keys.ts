import { randomBytes } from "node:crypto";
import { isPermission, type Permission, permissionsOf, type Role } from "@souk/api";
import { createId, SoukError, sha256 } from "@souk/core";
import type { Sql } from "@souk/store";
import { badToken } from "./access-tokens.ts";
import type { Actor, ApiKey } from "./account-values.ts";
import type { KeyRing } from "./accounts.ts";
import { type AccountContext, change } from "./context.ts";
import type { Verified } from "./verified-cache.ts";

/** What every key begins with, so that secret scanners and people know one. */
export const KEY_PREFIX = "souk_";
const SHOWN_CHARACTERS = KEY_PREFIX.length + 6;
/** "Last used" is written once a minute, not once a request. */
const USED_EVERY_MS = 60_000;

interface KeyRow {
  readonly id: string;
  readonly user_id: string;
  readonly username: string;
  readonly role: Role;
  readonly disabled: number;
  readonly name: string;
  readonly prefix: string;
  readonly scopes: string;
  readonly created_at: number;
  readonly expires_at: number | null;
  readonly revoked_at: number | null;
  readonly last_used_at: number | null;
}

const SELECT = `SELECT api_keys.*, users.username, users.role, users.disabled
  FROM api_keys JOIN users ON users.id = api_keys.user_id`;

/** Whose key this is; scopes its owner's role has lost since count no more. @throws SoukError `AUTH_TOKEN`. */
export async function verifyApiKey(context: AccountContext, secret: string): Promise<Verified> {
  const now = context.clock.now();
  const row = await context.store.get<KeyRow>(`${SELECT} WHERE api_keys.hash = ?`, [
    sha256(secret),
  ]);
  if (!row || row.revoked_at !== null || row.disabled === 1) throw badToken();
  if (row.expires_at !== null && row.expires_at <= now) throw badToken();
  if ((row.last_used_at ?? 0) < now - USED_EVERY_MS)
    await context.store.run("UPDATE api_keys SET last_used_at = ? WHERE id = ?", [now, row.id]);
  const scopes = new Set(scopesOf(row));
  return {
    principal: {
      id: row.user_id,
      username: row.username,
      role: row.role,
      permissions: new Set(permissionsOf(row.role).filter((permission) => scopes.has(permission))),
      via: "key",
      credentialId: row.id,
    },
    untilMs: row.expires_at ?? Number.POSITIVE_INFINITY,
  };
}

export function createKeyRing(context: AccountContext): KeyRing {
  return {
    async list(userId) {
      const rows = await context.store.all<KeyRow>(
        `${SELECT} WHERE ? IS NULL OR user_id = ? ORDER BY api_keys.id DESC LIMIT 1000`,
        [userId ?? null, userId ?? null],
      );
      return rows.map(keyOf);
    },
    create: (request, by) => createKey(context, request, by),
    revoke: (id, by, options = {}) => revokeKey(context, { id, ...options }, by),
  };
}

async function createKey(
  context: AccountContext,
  request: { userId: string; name: string; scopes: readonly Permission[]; expiresAt?: number },
  by: Actor,
): Promise<{ key: ApiKey; secret: string }> {
  const secret = KEY_PREFIX + randomBytes(32).toString("base64url");
  const id = createId("key", context.clock);
  const now = context.clock.now();
  if (request.expiresAt !== undefined && request.expiresAt <= now)
    throw new SoukError("KEY_EXPIRY", "expiresAt must be a time to come, in epoch milliseconds");
  const key = await change(context, by, async (sql) => {
    await checkScopes(sql, request);
    await sql.run(
      `INSERT INTO api_keys (id, user_id, name, hash, prefix, scopes, created_at, expires_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        id,
        request.userId,
        request.name,
        sha256(secret),
        secret.slice(0, SHOWN_CHARACTERS),
        JSON.stringify([...new Set(request.scopes)]),
        now,
        request.expiresAt ?? null,
      ],
    );
    const details = { name: request.name, scopes: request.scopes };
    return {
      result: keyOf(await requireKey(sql, id)),
      audit: { action: "key.create", subject: id, details },
    };
  });
  return { key, secret };
}

async function checkScopes(
  sql: Sql,
  { userId, scopes }: { userId: string; scopes: readonly Permission[] },
): Promise<void> {
  const owner = await sql.get<{ role: Role }>("SELECT role FROM users WHERE id = ?", [userId]);
  if (!owner) throw new SoukError("USER_UNKNOWN", `There is no user "${userId}"`);
  const allowed = permissionsOf(owner.role);
  const beyond = scopes.filter((scope) => !allowed.includes(scope));
  if (beyond.length > 0 || scopes.length === 0)
    throw new SoukError(
      "KEY_SCOPE",
      `Scopes must be some of what a ${owner.role} may do; not: ${beyond.join(", ") || "none at all"}`,
    );
}

async function revokeKey(
  context: AccountContext,
  { id, userId }: { id: string; userId?: string },
  by: Actor,
): Promise<void> {
  await change(context, by, async (sql) => {
    const row = await requireKey(sql, id);
    if (userId !== undefined && row.user_id !== userId) throw unknownKey(id);
    await sql.run("UPDATE api_keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", [
      context.clock.now(),
      id,
    ]);
    return { result: undefined, audit: { action: "key.revoke", subject: id } };
  });
}

async function requireKey(sql: Sql, id: string): Promise<KeyRow> {
  const row = await sql.get<KeyRow>(`${SELECT} WHERE api_keys.id = ?`, [id]);
  if (!row) throw unknownKey(id);
  return row;
}

function unknownKey(id: string): SoukError {
  return new SoukError("KEY_UNKNOWN", `There is no key "${id}"`);
}

function scopesOf(row: KeyRow): Permission[] {
  const value: unknown = JSON.parse(row.scopes);
  return Array.isArray(value) ? value.filter(isPermission) : [];
}

function keyOf(row: KeyRow): ApiKey {
  return {
    id: row.id,
    name: row.name,
    userId: row.user_id,
    username: row.username,
    scopes: scopesOf(row),
    prefix: row.prefix,
    createdAt: row.created_at,
    ...(row.expires_at !== null && { expiresAt: row.expires_at }),
    ...(row.revoked_at !== null && { revokedAt: row.revoked_at }),
    ...(row.last_used_at !== null && { lastUsedAt: row.last_used_at }),
  };
}
