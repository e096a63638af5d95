import type { RouteBody, RouteName, RouteNameOf, RouteParams, RouteQuery, Tag } from "@souk/api";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Actor, Principal } from "../accounts/account-values.ts";

/** One request, parsed and allowed: what a handler works with. */
export interface Call<N extends RouteName> {
  readonly params: RouteParams<N>;
  readonly query: RouteQuery<N>;
  readonly body: RouteBody<N>;
  /** Who asks; on public routes nobody, with no permissions. */
  readonly principal: Principal;
  /** Who asks and from where, for the audit log. */
  readonly actor: Actor;
  /** Aborts when the caller hangs up or the server closes. */
  readonly signal: AbortSignal;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Answers one route: a value to send as JSON, or a stream or bytes after setting the content type on `reply`. */
type Handler<N extends RouteName> = (call: Call<N>) => unknown;

/** A handler for every route of a tag. */
export type HandlersOf<T extends Tag> = { readonly [N in RouteNameOf<T>]: Handler<N> };

/** Nobody: the principal of a request without credentials. */
export const anonymous: Principal = {
  id: "",
  username: "anonymous",
  role: "viewer",
  permissions: new Set(),
  via: "session",
};
