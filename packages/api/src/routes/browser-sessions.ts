import { Type } from "typebox";
import type { RouteContract } from "../contract.ts";
import { permissions, roles } from "../roles.ts";
import { closed, Nothing } from "../values.ts";

/** What a page holds in memory while somebody is logged in. */
const Opened = Type.Object({
  state: Type.Literal("open"),
  access_token: Type.String(),
  /** Seconds. */
  expires_in: Type.Integer(),
  id: Type.String(),
  username: Type.String(),
  role: Type.Enum(roles),
  permissions: Type.Array(Type.Enum([...permissions])),
});

/** Nobody is logged in; `setupNeeded` while there is no account at all. */
const Closed = Type.Object({ state: Type.Literal("closed"), setupNeeded: Type.Boolean() });

const Password = Type.String({ minLength: 1, maxLength: 256 });
const shared = { tag: "browser-sessions", errors: "problem" } as const;

/**
 * Logins of the dashboard. What outlives the page is a cookie no script can read (HttpOnly, SameSite=Strict, sent to these
 * routes alone); what calls the API is an access token of 15 minutes that lives in the page's memory.
 */
export const browserSessionRoutes = {
  openBrowserSession: {
    ...shared,
    method: "POST",
    path: "/api/v1/session",
    permission: "public",
    summary: "Log in from a browser: sets the session cookie",
    body: closed({ username: Type.String({ minLength: 1, maxLength: 64 }), password: Password }),
    responses: { 201: Opened },
    rateLimit: "login",
  },
  setupBrowserSession: {
    ...shared,
    method: "POST",
    path: "/api/v1/session/setup",
    permission: "public",
    summary:
      "First run from a browser: trade the printed setup token for an admin account and log in",
    body: closed({
      setupToken: Type.String({ minLength: 1, maxLength: 512 }),
      username: Type.String({
        minLength: 1,
        maxLength: 64,
        pattern: "^[A-Za-z0-9][A-Za-z0-9._@-]*$",
      }),
      password: Password,
    }),
    responses: { 201: Opened },
    rateLimit: "login",
  },
  renewBrowserSession: {
    ...shared,
    method: "POST",
    path: "/api/v1/session/renew",
    permission: "public",
    summary: "A fresh access token for the session of the cookie; says so when there is none",
    responses: { 200: Type.Union([Opened, Closed]) },
  },
  closeBrowserSession: {
    ...shared,
    method: "DELETE",
    path: "/api/v1/session",
    permission: "public",
    summary: "Log out: ends the session of the cookie and clears it",
    responses: { 204: Nothing },
  },
} as const satisfies Record<string, RouteContract>;
