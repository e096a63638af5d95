import type { Permission, Role } from "@souk/api";

/** Who is asking: the outcome of a valid token, key or password. */
export interface Principal {
  /** User id, "user_…". */
  readonly id: string;
  readonly username: string;
  readonly role: Role;
  /** What this principal may do: its role's permissions, narrowed by the scopes of a key. */
  readonly permissions: ReadonlySet<Permission>;
  readonly via: "session" | "key" | "password";
  /** The session or key used. */
  readonly credentialId?: string;
}

/** Where a request came from, for throttling and the audit log. */
export interface Origin {
  readonly address: string;
  readonly requestId?: string;
}

/** An access token and who it speaks for. */
export interface AccessGrant {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  readonly principal: Principal;
}

export interface TokenPair {
  /** JWT, sent as `Authorization: Bearer`. */
  readonly accessToken: string;
  /** Opaque, one use. */
  readonly refreshToken: string;
  readonly expiresInSeconds: number;
  readonly role: Role;
}

export interface User {
  readonly id: string;
  readonly username: string;
  readonly role: Role;
  readonly disabled: boolean;
  /** Epoch ms. */
  readonly createdAt: number;
  readonly lastLoginAt?: number;
}

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly userId: string;
  readonly username: string;
  readonly scopes: readonly Permission[];
  /** First characters of the key, to tell keys apart. */
  readonly prefix: string;
  readonly createdAt: number;
  readonly expiresAt?: number;
  readonly revokedAt?: number;
  readonly lastUsedAt?: number;
}

/** A login that can still be refreshed. */
export interface Session {
  readonly id: string;
  readonly userId: string;
  readonly username: string;
  readonly createdAt: number;
  readonly lastUsedAt: number;
  readonly expiresAt: number;
  readonly address: string;
}

/** Who makes a change, for the audit log: a principal, or the command line. */
export interface Actor extends Origin {
  readonly name: string;
}
