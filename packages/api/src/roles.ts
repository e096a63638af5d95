/** What a person or key may be, least first: each role may do everything the one before it may. */
export const roles = ["viewer", "analyst", "operator", "admin"] as const;
export type Role = (typeof roles)[number];

/** Everything a route can ask for, with the least role that has it. */
const leastRole = {
  "datasets:read": "viewer",
  "models:read": "viewer",
  "runs:read": "viewer",
  "jobs:read": "viewer",
  "events:read": "viewer",
  "monitor:read": "viewer",
  "predictions:read": "analyst",
  "sql:run": "analyst",
  "checks:run": "analyst",
  "predict:run": "analyst",
  "outcomes:write": "analyst",
  "runs:write": "analyst",
  "training:run": "analyst",
  "datasets:write": "analyst",
  "datasets:manage": "operator",
  "checks:write": "operator",
  "models:write": "operator",
  "metrics:read": "operator",
  "system:read": "operator",
  "ingest:compat": "admin",
  "users:manage": "admin",
  "audit:read": "admin",
  "system:manage": "admin",
} as const satisfies Record<string, Role>;

export type Permission = keyof typeof leastRole;

/** Every permission, in the order of the table. */
export const permissions: readonly Permission[] = Object.keys(leastRole).filter(isPermission);

/** What a role may do. Anything not listed is denied. */
export function permissionsOf(role: Role): readonly Permission[] {
  const rank = roles.indexOf(role);
  return permissions.filter((permission) => roles.indexOf(leastRole[permission]) <= rank);
}

/** True for one of the four role names. */
export function isRole(value: unknown): value is Role {
  return roles.some((role) => role === value);
}

/** True for one of the permission names; "__proto__" and friends are not. */
export function isPermission(value: unknown): value is Permission {
  return typeof value === "string" && Object.hasOwn(leastRole, value);
}
