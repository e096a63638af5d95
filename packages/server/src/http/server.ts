import type { AddressInfo } from "node:net";
import { errorMessage, SoukError } from "@souk/core";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import type { Souk } from "../souk-interface.ts";
import { createApp } from "./app.ts";
import { openDashboard } from "./dashboard.ts";
import { createLogger } from "./logging.ts";

/** Requests under way get this long to end once shutdown begins. */
const DRAIN_MS = 10_000;

export interface RunningServer {
  /** "http://127.0.0.1:8000". */
  readonly url: string;
  /** Present while nobody has an account: what the first `setup` call needs. */
  readonly setupToken?: string;
  /** Stops accepting, turns readiness off, lets requests under way end (10 s at most). `souk` stays open: it is the caller's. */
  close(): Promise<void>;
}

/**
 * Serves `souk` over HTTP. Port 0 takes a free one.
 * @throws SoukError `HTTP_LISTEN` when the address is taken or not ours.
 */
export async function startServer(options: {
  souk: Souk;
  host?: string;
  port?: number;
  /** Default: JSON lines on standard output; `false`: none. */
  logger?: Logger | false;
  /** Folder of the built dashboard; without it pages say how to build it. */
  dashboard?: string;
}): Promise<RunningServer> {
  const { souk, host = "127.0.0.1", port = 8000, logger = createLogger() } = options;
  const log = logger || createLogger({ level: "silent" });
  const closing = new AbortController();
  const dashboard = await openDashboard(options.dashboard);
  const app = await createApp({ souk, log, closing: closing.signal, dashboard });
  const url = await listen(app, { host, port });
  const setupToken = await souk.accounts.issueSetupToken();
  let closed: Promise<void> | undefined;
  return {
    url,
    ...(setupToken !== undefined && { setupToken }),
    close: () => (closed ??= drain(app, closing)),
  };
}

async function listen(
  app: FastifyInstance,
  { host, port }: { host: string; port: number },
): Promise<string> {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    await app.close();
    throw new SoukError("HTTP_LISTEN", `Cannot listen on ${host}:${port}: ${errorMessage(cause)}`, {
      cause,
    });
  }
  const address = app.server.address();
  return `http://${shownHost(host)}:${isAddress(address) ? address.port : port}`;
}

function isAddress(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === "object" && address !== null;
}

/** An address a browser can open. */
function shownHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}

async function drain(app: FastifyInstance, closing: AbortController): Promise<void> {
  closing.abort();
  const deadline = setTimeout(() => app.server.closeAllConnections(), DRAIN_MS);
  try {
    await app.close();
  } finally {
    clearTimeout(deadline);
  }
}
