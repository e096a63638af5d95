import { SoukError } from "@souk/core";
import type { Principal, TokenPair } from "../../accounts/account-values.ts";
import { originOf } from "../authentication.ts";
import type { HandlersOf } from "../call.ts";
import type { ServerState } from "../state.ts";

export function accountHandlers({ souk }: ServerState): HandlersOf<"accounts"> {
  const { accounts, audit } = souk;
  const { users, keys, sessions } = accounts;
  return {
    setup: async ({ body, request }) => wireTokens(await accounts.setup(body, originOf(request))),
    login: async ({ body, request }) => wireTokens(await accounts.login(body, originOf(request))),
    refresh: async ({ body, request }) =>
      wireTokens(await accounts.refresh(body.refresh_token, originOf(request))),
    logout: ({ principal, request }) => accounts.logout(principal, originOf(request)),
    me: ({ principal }) => ({
      id: principal.id,
      username: principal.username,
      role: principal.role,
      permissions: [...principal.permissions],
      via: principal.via,
    }),
    changeMyPassword: ({ body, principal, actor }) =>
      users.changePassword(principal.id, body, actor),
    listUsers: async () => ({ items: await users.list() }),
    createUser: ({ body, actor }) => users.create(body, actor),
    updateUser: ({ params, body, actor }) => users.update(params.id, body, actor),
    removeUser: ({ params, actor }) => users.remove(params.id, actor),
    listKeys: async ({ principal, query }) => ({
      items: await keys.list(ownerAsked(principal, query.all)),
    }),
    createKey: ({ body, principal, actor }) =>
      keys.create({ ...body, userId: principal.id }, actor),
    revokeKey: ({ params, principal, actor }) =>
      keys.revoke(params.id, actor, { userId: ownerAllowed(principal) }),
    listSessions: async ({ principal, query }) => ({
      items: await sessions.list(ownerAsked(principal, query.all)),
    }),
    revokeSession: ({ params, principal, actor }) =>
      sessions.revoke(params.id, actor, { userId: ownerAllowed(principal) }),
    listAudit: ({ query }) => audit.list(query),
  };
}

/** `access_token` comes first, so that `cut -d'"' -f4` finds it. */
function wireTokens(pair: TokenPair): object {
  return {
    access_token: pair.accessToken,
    refresh_token: pair.refreshToken,
    token_type: "Bearer",
    expires_in: pair.expiresInSeconds,
    role: pair.role,
  };
}

/** Whose things to list: one's own, or everybody's for those who manage users. @throws SoukError `AUTH_DENIED`. */
function ownerAsked(principal: Principal, all: boolean | undefined): string | undefined {
  if (!all) return principal.id;
  if (principal.permissions.has("users:manage")) return undefined;
  throw new SoukError("AUTH_DENIED", 'Seeing everybody\'s needs the permission "users:manage"');
}

/** Whose things may be changed. */
function ownerAllowed(principal: Principal): string | undefined {
  return principal.permissions.has("users:manage") ? undefined : principal.id;
}
