export type { Accounts, KeyRing, SessionList, UserDirectory } from "./accounts/accounts.ts";
export type {
  Actor,
  ApiKey,
  Origin,
  Principal,
  Session,
  TokenPair,
  User,
} from "./accounts/account-values.ts";
export { type Audit, type AuditEntry, openAudit } from "./accounts/audit.ts";
export { openAccounts } from "./accounts/open-accounts.ts";
export { createLogger } from "./http/logging.ts";
export { type RunningServer, startServer } from "./http/server.ts";
export { type PhotosReport, type ProductRule, productRules } from "./photos/photo-values.ts";
export type { Souk, SoukHttpConfig } from "./souk-interface.ts";
export { openSouk, type OpenSoukOptions } from "./souk.ts";
export { renderChartText } from "@souk/lake";
