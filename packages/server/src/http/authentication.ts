import type { RouteContract } from "@souk/api";
import { SoukError } from "@souk/core";
import type { FastifyRequest } from "fastify";
import type { Actor, Origin, Principal } from "../accounts/account-values.ts";
import type { Identity } from "./request-facts.ts";
import type { ServerState } from "./state.ts";

/** Longer than any token we give. */
const LONGEST_CREDENTIAL = 4096;

/** Who sent the request. Never rejects: public routes do not care. */
export async function identify(
  state: ServerState,
  contract: RouteContract,
  request: FastifyRequest,
): Promise<Identity> {
  const header = request.headers.authorization;
  if (header === undefined) return { kind: "anonymous" };
  try {
    return { kind: "known", principal: await read(state, contract, { header, request }) };
  } catch (reason) {
    return { kind: "refused", reason };
  }
}

function read(
  state: ServerState,
  contract: RouteContract,
  { header, request }: { header: string; request: FastifyRequest },
): Promise<Principal> {
  const { accounts } = state.souk;
  const [scheme = "", credential = ""] = header.split(" ", 2);
  const kind = scheme.toLowerCase();
  if (credential !== "" && header.length <= LONGEST_CREDENTIAL) {
    if (kind === "bearer") return accounts.authenticate(credential);
    if (kind === "basic" && contract.errors === "mlflow") {
      const text = Buffer.from(credential, "base64").toString("utf8");
      const colon = text.indexOf(":");
      if (colon > 0)
        return accounts.authenticateBasic(
          text.slice(0, colon),
          text.slice(colon + 1),
          originOf(request),
        );
    }
  }
  throw new SoukError(
    "AUTH_TOKEN",
    "Expected `Authorization: Bearer` with an access token or API key",
  );
}

/**
 * Lets a request through to its route, or not: deny by default.
 * @throws SoukError `AUTH_REQUIRED`, `AUTH_TOKEN` (401); `AUTH_DENIED`, `AUTH_LOGIN_ONLY` (403), which the audit log keeps.
 */
export async function authorize(
  state: ServerState,
  contract: RouteContract,
  { identity, request }: { identity: Identity; request: FastifyRequest },
): Promise<void> {
  if (contract.permission === "public") return;
  if (identity.kind === "refused") throw identity.reason;
  if (identity.kind === "anonymous")
    throw new SoukError("AUTH_REQUIRED", "Log in first: this route needs a token");
  const { principal } = identity;
  const denial = denialOf(contract, principal);
  if (!denial) return;
  await state.souk.audit.record(
    {
      action: "request.denied",
      subject: `${contract.method} ${contract.path}`,
      outcome: "denied",
      details: { needs: contract.permission, code: denial.code },
    },
    actorOf(principal, request),
  );
  throw denial;
}

function denialOf(contract: RouteContract, principal: Principal): SoukError | undefined {
  const { permission } = contract;
  if (permission === "public") return undefined;
  if (permission !== "self" && !principal.permissions.has(permission))
    return new SoukError("AUTH_DENIED", `This needs the permission "${permission}"`);
  if (contract.loginOnly && principal.via !== "session")
    return new SoukError("AUTH_LOGIN_ONLY", "This needs a login: an API key is not enough");
  return undefined;
}

export function originOf(request: FastifyRequest): Origin {
  return { address: request.ip, requestId: request.id };
}

export function actorOf(principal: Principal, request: FastifyRequest): Actor {
  return { ...originOf(request), name: principal.username };
}
