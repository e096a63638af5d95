import type { Clock } from "@souk/core";
import type { Sql, Store } from "@souk/store";
import type { AccessTokens } from "./access-tokens.ts";
import type { Actor } from "./account-values.ts";
import { appendAudit, type NewAuditEntry } from "./audit.ts";
import type { Passwords } from "./passwords.ts";
import type { LoginThrottle } from "./throttle.ts";
import type { VerifiedCache } from "./verified-cache.ts";

/** What the parts of accounts share. */
export interface AccountContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly passwords: Passwords;
  readonly tokens: AccessTokens;
  readonly throttle: LoginThrottle;
  readonly verified: VerifiedCache;
}

/**
 * Makes a change and its line in the audit log in one transaction, then forgets every verified token,
 * so that the change holds from the next request on.
 */
export async function change<T>(
  context: AccountContext,
  by: Actor,
  work: (sql: Sql) => Promise<{ readonly result: T; readonly audit: NewAuditEntry }>,
): Promise<T> {
  const { store, clock, verified } = context;
  try {
    return await store.transaction(async (sql) => {
      const { result, audit } = await work(sql);
      await appendAudit(sql, { entry: audit, by, clock });
      return result;
    });
  } finally {
    verified.clear();
  }
}
