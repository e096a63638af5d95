import { Type } from "typebox";
import type { RouteContract } from "../contract.ts";
import { permissions, roles } from "../roles.ts";
import { Id, IdParams, Nothing, closed, Limit, Open, pageOf, Time } from "../values.ts";

const Username = Type.String({
  minLength: 1,
  maxLength: 64,
  pattern: "^[A-Za-z0-9][A-Za-z0-9._@-]*$",
});
/** Longer than this, hashing becomes an attack; shorter than 12 is refused when set, not when tried. */
const Password = Type.String({ minLength: 1, maxLength: 256 });
const Secret = Type.String({ minLength: 1, maxLength: 512 });
const RoleName = Type.Enum(roles);
const Scope = Type.Enum([...permissions]);

const Tokens = Type.Object({
  access_token: Type.String(),
  refresh_token: Type.String(),
  token_type: Type.Literal("Bearer"),
  expires_in: Type.Integer(),
  role: RoleName,
});

const User = Type.Object({
  id: Id,
  username: Username,
  role: RoleName,
  disabled: Type.Boolean(),
  createdAt: Time,
  lastLoginAt: Type.Optional(Time),
});

const ApiKey = Type.Object({
  id: Id,
  name: Type.String(),
  userId: Id,
  username: Username,
  scopes: Type.Array(Scope),
  prefix: Type.String(),
  createdAt: Time,
  expiresAt: Type.Optional(Time),
  revokedAt: Type.Optional(Time),
  lastUsedAt: Type.Optional(Time),
});

const Session = Type.Object({
  id: Id,
  userId: Id,
  username: Username,
  createdAt: Time,
  lastUsedAt: Time,
  expiresAt: Time,
  address: Type.String(),
});

const AuditEntry = Type.Object({
  id: Id,
  at: Time,
  actor: Type.String(),
  address: Type.String(),
  action: Type.String(),
  subject: Type.String(),
  outcome: Type.Enum(["done", "denied", "failed"]),
  details: Open,
  requestId: Type.Optional(Type.String()),
});

const shared = { tag: "accounts", errors: "problem" } as const;

/** Who may come in: first run, login, users, keys, sessions, audit. */
export const accountRoutes = {
  setup: {
    ...shared,
    method: "POST",
    path: "/api/v1/setup",
    permission: "public",
    summary: "First run: trade the printed setup token for an admin account",
    body: closed({ setupToken: Secret, username: Username, password: Password }),
    responses: { 201: Tokens },
    rateLimit: "login",
  },
  login: {
    ...shared,
    method: "POST",
    path: "/api/auth",
    permission: "public",
    summary: "Trade a username and a password for tokens",
    body: closed({ username: Type.String({ minLength: 1, maxLength: 64 }), password: Password }),
    responses: { 200: Tokens },
    rateLimit: "login",
  },
  refresh: {
    ...shared,
    method: "POST",
    path: "/api/auth/refresh",
    permission: "public",
    summary: "Trade a refresh token, once, for new tokens",
    body: closed({ refresh_token: Secret }),
    responses: { 200: Tokens },
    rateLimit: "login",
  },
  logout: {
    ...shared,
    method: "POST",
    path: "/api/auth/logout",
    permission: "self",
    summary: "End this session: its tokens stop working",
    responses: { 204: Nothing },
  },
  me: {
    ...shared,
    method: "GET",
    path: "/api/v1/me",
    permission: "self",
    summary: "Who I am and what I may do",
    responses: {
      200: Type.Object({
        id: Id,
        username: Username,
        role: RoleName,
        permissions: Type.Array(Scope),
        via: Type.Enum(["session", "key", "password"]),
      }),
    },
  },
  changeMyPassword: {
    ...shared,
    method: "PUT",
    path: "/api/v1/me/password",
    loginOnly: true,
    permission: "self",
    summary: "Change my password; my sessions end",
    body: closed({ currentPassword: Password, newPassword: Password }),
    responses: { 204: Nothing },
    rateLimit: "login",
  },
  listUsers: {
    ...shared,
    method: "GET",
    path: "/api/v1/users",
    permission: "users:manage",
    summary: "Every user",
    responses: { 200: Type.Object({ items: Type.Array(User) }) },
  },
  createUser: {
    ...shared,
    method: "POST",
    path: "/api/v1/users",
    loginOnly: true,
    permission: "users:manage",
    summary: "Create a user",
    body: closed({ username: Username, password: Password, role: RoleName }),
    responses: { 201: User },
  },
  updateUser: {
    ...shared,
    method: "PATCH",
    path: "/api/v1/users/:id",
    loginOnly: true,
    permission: "users:manage",
    summary: "Change a user's role or password, or disable the user; their sessions end",
    params: IdParams,
    body: closed({
      role: Type.Optional(RoleName),
      password: Type.Optional(Password),
      disabled: Type.Optional(Type.Boolean()),
    }),
    responses: { 200: User },
  },
  removeUser: {
    ...shared,
    method: "DELETE",
    path: "/api/v1/users/:id",
    loginOnly: true,
    permission: "users:manage",
    summary: "Remove a user with their keys and sessions; never the last admin",
    params: IdParams,
    responses: { 204: Nothing },
  },
  listKeys: {
    ...shared,
    method: "GET",
    path: "/api/v1/keys",
    permission: "self",
    summary: "My API keys; with `all`, everybody's (admins)",
    query: closed({ all: Type.Optional(Type.Boolean()) }),
    responses: { 200: Type.Object({ items: Type.Array(ApiKey) }) },
  },
  createKey: {
    ...shared,
    method: "POST",
    path: "/api/v1/keys",
    loginOnly: true,
    permission: "self",
    summary: "Make an API key with scopes within my permissions; the secret is shown this once",
    body: closed({
      name: Type.String({ minLength: 1, maxLength: 100 }),
      scopes: Type.Array(Scope, { minItems: 1, maxItems: permissions.length }),
      expiresAt: Type.Optional(Time),
    }),
    responses: { 201: Type.Object({ key: ApiKey, secret: Type.String() }) },
  },
  revokeKey: {
    ...shared,
    method: "DELETE",
    path: "/api/v1/keys/:id",
    loginOnly: true,
    permission: "self",
    summary: "Revoke my API key, at once; admins may revoke anybody's",
    params: IdParams,
    responses: { 204: Nothing },
  },
  listSessions: {
    ...shared,
    method: "GET",
    path: "/api/v1/sessions",
    permission: "self",
    summary: "My logins; with `all`, everybody's (admins)",
    query: closed({ all: Type.Optional(Type.Boolean()) }),
    responses: { 200: Type.Object({ items: Type.Array(Session) }) },
  },
  revokeSession: {
    ...shared,
    method: "DELETE",
    path: "/api/v1/sessions/:id",
    loginOnly: true,
    permission: "self",
    summary: "End one of my logins; admins may end anybody's",
    params: IdParams,
    responses: { 204: Nothing },
  },
  listAudit: {
    ...shared,
    method: "GET",
    path: "/api/v1/audit",
    permission: "audit:read",
    summary: "The audit log, newest first",
    query: closed({
      limit: Type.Optional(Limit),
      cursor: Type.Optional(Type.String({ maxLength: 15, pattern: "^[0-9]+$" })),
      actor: Type.Optional(Type.String({ maxLength: 64 })),
      action: Type.Optional(Type.String({ maxLength: 64 })),
      fromMs: Type.Optional(Time),
      untilMs: Type.Optional(Time),
    }),
    responses: { 200: pageOf(AuditEntry) },
  },
} as const satisfies Record<string, RouteContract>;
