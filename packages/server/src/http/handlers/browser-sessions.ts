import { SoukError } from "@souk/core";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { AccessGrant, TokenPair } from "../../accounts/account-values.ts";
import { SESSION_MS } from "../../accounts/sessions.ts";
import { originOf } from "../authentication.ts";
import type { HandlersOf } from "../call.ts";
import type { ServerState } from "../state.ts";

const COOKIE = "souk_session";
/** The cookie goes nowhere but to the routes that need it. */
const COOKIE_PATH = "/api/v1/session";

export function browserSessionHandlers({ souk }: ServerState): HandlersOf<"browser-sessions"> {
  const { accounts } = souk;

  async function open(
    { request, reply }: { request: FastifyRequest; reply: FastifyReply },
    { refreshToken }: TokenPair,
  ): Promise<object> {
    const grant = await accounts.renew(refreshToken, originOf(request));
    if (!grant) throw new SoukError("AUTH_TOKEN", "The session ended while it was opened");
    setCookie(request, reply, { value: refreshToken, seconds: SESSION_MS / 1000 });
    return wireGrant(grant);
  }

  return {
    openBrowserSession: async (call) =>
      open(call, await accounts.login(call.body, originOf(call.request))),
    setupBrowserSession: async (call) =>
      open(call, await accounts.setup(call.body, originOf(call.request))),
    async renewBrowserSession({ request }) {
      const kept = cookieOf(request);
      const grant = kept && (await accounts.renew(kept, originOf(request)));
      if (grant) return wireGrant(grant);
      return { state: "closed", setupNeeded: await accounts.needsSetup() };
    },
    async closeBrowserSession({ request, reply }) {
      const kept = cookieOf(request);
      if (kept) await accounts.endSession(kept, originOf(request));
      setCookie(request, reply, { value: "", seconds: 0 });
    },
  };
}

function wireGrant({ accessToken, expiresInSeconds, principal }: AccessGrant): object {
  return {
    state: "open",
    access_token: accessToken,
    expires_in: expiresInSeconds,
    id: principal.id,
    username: principal.username,
    role: principal.role,
    permissions: [...principal.permissions],
  };
}

/** Source: RFC 6265bis. No other site can make a browser send it, and no script can read it. */
function setCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  { value, seconds }: { value: string; seconds: number },
): void {
  const secure = request.protocol === "https" ? "; Secure" : "";
  void reply.header(
    "set-cookie",
    `${COOKIE}=${value}; Path=${COOKIE_PATH}; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`,
  );
}

function cookieOf(request: FastifyRequest): string | undefined {
  const parts = (request.headers.cookie ?? "").split(";").map((part) => part.trim());
  return parts.find((part) => part.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1) || undefined;
}
