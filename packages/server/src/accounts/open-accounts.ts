import { type Clock, systemClock } from "@souk/core";
import type { Store } from "@souk/store";
import { openAccessTokens } from "./access-tokens.ts";
import type { Principal } from "./account-values.ts";
import type { Accounts } from "./accounts.ts";
import { createKeyRing, KEY_PREFIX, verifyApiKey } from "./api-keys.ts";
import { auditMigrations, accountMigrations } from "./schema.ts";
import type { AccountContext } from "./context.ts";
import { authenticateBasic, issueSetupToken, logIn, setupFirstAdmin } from "./login.ts";
import { createPasswords } from "./passwords.ts";
import { createSessionList, refreshSession, revokeSession, verifyAccessToken } from "./sessions.ts";
import { createLoginThrottle } from "./throttle.ts";
import { createUserDirectory } from "./users.ts";
import { endSessionOf, renewAccess } from "./session-cookie.ts";
import { createVerifiedCache } from "./verified-cache.ts";

/**
 * Opens the users, logins and keys kept in `store`; the signing key lives in `keysDirectory` (made with mode 0700).
 * Nothing to close: the store is the caller's.
 * @throws SoukError `AUTH_KEY_FILE` when the signing key is damaged.
 */
export async function openAccounts(options: {
  store: Store;
  keysDirectory: string;
  clock?: Clock;
}): Promise<Accounts> {
  const { store, keysDirectory, clock = systemClock } = options;
  await store.migrate("audit", auditMigrations);
  await store.migrate("accounts", accountMigrations);
  const context: AccountContext = {
    store,
    clock,
    passwords: createPasswords(),
    tokens: await openAccessTokens({ keysDirectory, clock }),
    throttle: createLoginThrottle(clock),
    verified: createVerifiedCache(clock),
  };
  return {
    issueSetupToken: () => issueSetupToken(context),
    setup: (request, origin) => setupFirstAdmin(context, request, origin),
    login: (request, origin) => logIn(context, request, origin),
    refresh: (token, origin) => refreshSession(context, token, origin),
    renew: (token, origin) => renewAccess(context, token, origin),
    endSession: (token, origin) => endSessionOf(context, token, origin),
    needsSetup: async () => !(await store.get("SELECT id FROM users LIMIT 1")),
    logout: async (principal, origin) => {
      if (principal.via !== "session" || !principal.credentialId) return;
      const by = { ...origin, name: principal.username };
      await revokeSession(context, { id: principal.credentialId }, by);
    },
    authenticate: (token) => authenticate(context, token),
    authenticateBasic: (username, password, origin) =>
      authenticateBasic(context, { username, password }, origin),
    users: createUserDirectory(context),
    keys: createKeyRing(context),
    sessions: createSessionList(context),
  };
}

function authenticate(context: AccountContext, token: string): Promise<Principal> {
  return context.verified.get(token, () =>
    token.startsWith(KEY_PREFIX) ? verifyApiKey(context, token) : verifyAccessToken(context, token),
  );
}
