import type { RouteContract } from "@souk/api";
import { SoukError } from "@souk/core";
import type { FastifyInstance, FastifyRequest, onRequestAsyncHookHandler } from "fastify";
import { identityOf } from "./request-facts.ts";
import type { ServerState } from "./state.ts";

/** A person logs in a few times a day; 20 a minute from one address is an office on Monday morning. */
const LOGINS_A_MINUTE = 20;
/** Requests without a good token, from one address: probing is slow. */
const STRANGERS_A_MINUTE = 300;
const REQUESTS_A_MINUTE = 6000;
/** Predictions are what Souk is for; serving itself refuses what it cannot take. */
const PREDICTIONS_A_MINUTE = 3_000_000;

/** The limit of a route: per principal, or per address for those who have not said who they are. */
export function limitRate(
  app: FastifyInstance,
  state: ServerState,
  contract: RouteContract,
): onRequestAsyncHookHandler[] {
  if (contract.rateLimit === "none") return [];
  const kind = kindOf(contract);
  const hook = app.rateLimit({
    timeWindow: 60_000,
    max: (request: FastifyRequest) => mostOf(state, kind, request),
    keyGenerator: (request: FastifyRequest) => `${kind} ${whoOf(kind, request)}`,
    errorResponseBuilder: (_request, { ttl }) => tooMany(ttl),
  });
  return [hook];
}

type Kind = "login" | "predict" | "general";

function kindOf(contract: RouteContract): Kind {
  if (contract.rateLimit === "login") return "login";
  return contract.permission === "predict:run" ? "predict" : "general";
}

function mostOf(state: ServerState, kind: Kind, request: FastifyRequest): number {
  if (kind === "login") return LOGINS_A_MINUTE;
  if (identityOf(request).kind !== "known") return STRANGERS_A_MINUTE;
  return kind === "predict"
    ? PREDICTIONS_A_MINUTE
    : (state.souk.config.requestsPerMinute ?? REQUESTS_A_MINUTE);
}

function whoOf(kind: Kind, request: FastifyRequest): string {
  const identity = identityOf(request);
  return kind === "login" || identity.kind !== "known"
    ? `address ${request.ip}`
    : identity.principal.id;
}

function tooMany(ttl: number): SoukError {
  const retryAfterSeconds = Math.ceil(ttl / 1000);
  return new SoukError("HTTP_RATE", `Too many requests: try again in ${retryAfterSeconds} s`, {
    details: { retryAfterSeconds },
  });
}
