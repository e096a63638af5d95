import { sha256 } from "@souk/core";
import { ACCESS_TOKEN_MS } from "./access-tokens.ts";
import type { AccessGrant, Origin } from "./account-values.ts";
import type { AccountContext } from "./context.ts";
import {
  isLive,
  principalOfSession,
  revokeSession,
  SELECT_SESSION,
  type SessionRow,
} from "./sessions.ts";

/**
 * A fresh access token for the session a browser's cookie holds; undefined when it is over.
 * A refresh token that was traded in elsewhere is no longer the session's: it renews nothing.
 */
export async function renewAccess(
  context: AccountContext,
  refreshToken: string,
  origin: Origin,
): Promise<AccessGrant | undefined> {
  const row = await sessionOf(context, refreshToken);
  if (!row) return undefined;
  await context.store.run("UPDATE sessions SET last_used_at = ?, address = ? WHERE id = ?", [
    context.clock.now(),
    origin.address,
    row.id,
  ]);
  return {
    accessToken: await context.tokens.sign(row.user_id, row.id),
    expiresInSeconds: ACCESS_TOKEN_MS / 1000,
    principal: principalOfSession(row),
  };
}

/** Ends the session a browser's cookie holds. */
export async function endSessionOf(
  context: AccountContext,
  refreshToken: string,
  origin: Origin,
): Promise<void> {
  const row = await sessionOf(context, refreshToken);
  if (row) await revokeSession(context, { id: row.id }, { ...origin, name: row.username });
}

async function sessionOf(
  context: AccountContext,
  refreshToken: string,
): Promise<SessionRow | undefined> {
  const row = await context.store.get<SessionRow>(
    `${SELECT_SESSION} JOIN refresh_tokens ON refresh_tokens.session_id = sessions.id
     WHERE refresh_tokens.hash = ? AND refresh_tokens.used_at IS NULL`,
    [sha256(refreshToken)],
  );
  return row && isLive(row, context.clock.now()) ? row : undefined;
}
