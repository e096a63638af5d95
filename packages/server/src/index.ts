export type { Accounts, Actor, KeyRing, SessionList, UserDirectory } from "./accounts/accounts.ts";
export type {
  ApiKey,
  Origin,
  Principal,
  Session,
  TokenPair,
  User,
} from "./accounts/account-values.ts";
export type { Audit, AuditEntry } from "./accounts/audit.ts";
export type { Souk, SoukHttpConfig } from "./souk-interface.ts";
