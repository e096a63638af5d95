import type { RouteContract } from "@souk/api";
import type { FastifyRequest } from "fastify";
import type { Principal } from "../accounts/account-values.ts";
import { anonymous } from "./call.ts";

/** What the credentials of a request proved: a principal, or why not. */
export type Identity =
  | { readonly kind: "anonymous" }
  | { readonly kind: "known"; readonly principal: Principal }
  | { readonly kind: "refused"; readonly reason: unknown };

declare module "fastify" {
  interface FastifyContextConfig {
    contract?: RouteContract;
  }
  interface FastifyRequest {
    /** Set before anything else of a route runs; null until then. */
    identity: Identity | null;
  }
}

/** The contract of the route a request reached, undefined when it reached none. */
export function contractOf(request: FastifyRequest): RouteContract | undefined {
  return request.routeOptions.config.contract;
}

export function identityOf(request: FastifyRequest): Identity {
  return request.identity ?? { kind: "anonymous" };
}

/** Who sent the request; nobody when it is not known. */
export function principalOf(request: FastifyRequest): Principal {
  const identity = identityOf(request);
  return identity.kind === "known" ? identity.principal : anonymous;
}
