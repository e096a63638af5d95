import type { Permission, Role } from "@souk/api";
import type {
  AccessGrant,
  Actor,
  ApiKey,
  Origin,
  Principal,
  Session,
  TokenPair,
  User,
} from "./account-values.ts";

/** Users, logins and keys of one data directory. */
export interface Accounts {
  /**
   * A fresh one-time setup token while there is no user (earlier ones stop working), undefined afterwards.
   * Only its hash is stored.
   */
  issueSetupToken(): Promise<string | undefined>;
  /** Creates the first admin. @throws SoukError `AUTH_SETUP_DONE`, `AUTH_SETUP_TOKEN`, `AUTH_PASSWORD_WEAK`. */
  setup(
    request: { setupToken: string; username: string; password: string },
    origin: Origin,
  ): Promise<TokenPair>;
  /** @throws SoukError `AUTH_FAILED` (same words for a wrong name and a wrong password), `AUTH_THROTTLED`. */
  login(request: { username: string; password: string }, origin: Origin): Promise<TokenPair>;
  /** Trades a refresh token for a new pair; a token used twice ends its session. @throws SoukError `AUTH_REFRESH`. */
  refresh(refreshToken: string, origin: Origin): Promise<TokenPair>;
  /**
   * A fresh access token for a session whose refresh token is kept in a browser's cookie. The token stays good: two tabs, or
   * a reload amid a renewal, would otherwise look like theft. Undefined when the session is over.
   */
  renew(refreshToken: string, origin: Origin): Promise<AccessGrant | undefined>;
  /** Ends the session of a refresh token; nothing happens when it is over. */
  endSession(refreshToken: string, origin: Origin): Promise<void>;
  /** True while nobody has an account. */
  needsSetup(): Promise<boolean>;
  /** Ends the session of an access token. Keys have none: nothing happens. */
  logout(principal: Principal, origin: Origin): Promise<void>;
  /** The principal of an access token or an API key. @throws SoukError `AUTH_TOKEN`. */
  authenticate(token: string): Promise<Principal>;
  /** For protocols that speak Basic: `password` is a password or an API key of that user. @throws as `login`. */
  authenticateBasic(username: string, password: string, origin: Origin): Promise<Principal>;
  readonly users: UserDirectory;
  readonly keys: KeyRing;
  readonly sessions: SessionList;
}

/** @throws SoukError `USER_UNKNOWN`, `USER_EXISTS`, `USER_LAST_ADMIN`, `AUTH_PASSWORD_WEAK`. */
export interface UserDirectory {
  list(): Promise<readonly User[]>;
  get(id: string): Promise<User>;
  create(request: { username: string; password: string; role: Role }, by: Actor): Promise<User>;
  /** Changing role, password or `disabled` ends the user's sessions. */
  update(
    id: string,
    change: { role?: Role; password?: string; disabled?: boolean },
    by: Actor,
  ): Promise<User>;
  remove(id: string, by: Actor): Promise<void>;
  /** The user's own change; needs the current password. @throws SoukError `AUTH_FAILED`. */
  changePassword(
    id: string,
    request: { currentPassword: string; newPassword: string },
    by: Actor,
  ): Promise<void>;
}

/** @throws SoukError `KEY_UNKNOWN`, `KEY_SCOPE`. */
export interface KeyRing {
  /** Keys of one user, or of everybody when `userId` is absent. */
  list(userId?: string): Promise<readonly ApiKey[]>;
  /** `secret` is shown this once. Scopes must be within the owner's role. `expiresAt` in epoch ms. */
  create(
    request: { userId: string; name: string; scopes: readonly Permission[]; expiresAt?: number },
    by: Actor,
  ): Promise<{ readonly key: ApiKey; readonly secret: string }>;
  /** `userId` limits it to keys of that user. */
  revoke(id: string, by: Actor, options?: { userId?: string }): Promise<void>;
}

/** @throws SoukError `SESSION_UNKNOWN`. */
export interface SessionList {
  list(userId?: string): Promise<readonly Session[]>;
  revoke(id: string, by: Actor, options?: { userId?: string }): Promise<void>;
}
