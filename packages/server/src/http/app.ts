import { randomUUID } from "node:crypto";
import helmet from "@fastify/helmet";
import multipart from "@fastify/multipart";
import rateLimit from "@fastify/rate-limit";
import { fastify, type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import type { Logger } from "pino";
import type { Souk } from "../souk-interface.ts";
import { BODY_LIMIT, parseBodies } from "./bodies.ts";
import { allowOrigins } from "./cross-origin.ts";
import type { Dashboard } from "./dashboard.ts";
import { createMetrics } from "./metrics.ts";
import { createPhotoBudget } from "./photo-budget.ts";
import { answerErrors } from "./problems.ts";
import { registerRoutes } from "./register.ts";
import { contractOf, principalOf } from "./request-facts.ts";
import type { ServerState } from "./state.ts";
import { validateWithTypeBox } from "./validation.ts";

/** Our own ids are up to 200 characters; what is longer is no parameter of ours. */
const LONGEST_PARAMETER = 1000;
const HEADERS_MS = 15_000;

/** Builds the HTTP application around `souk`, ready to `listen` or `inject`. The caller closes both. */
export async function createApp(options: {
  souk: Souk;
  log: Logger;
  closing: AbortSignal;
  dashboard?: Dashboard;
}): Promise<FastifyInstance> {
  const { souk, log, closing, dashboard } = options;
  const state: ServerState = {
    souk,
    log,
    closing,
    metrics: createMetrics(),
    startedAt: souk.clock.now(),
    streams: new Map(),
    photos: createPhotoBudget(),
  };
  const app = createFastify(souk, log);
  validateWithTypeBox(app);
  app.setSerializerCompiler(() => JSON.stringify);
  answerErrors(app, state, dashboard);
  parseBodies(app);
  observe(app, state);
  allowOrigins(app, souk.config.corsOrigins ?? []);
  await app.register(helmet, securityHeaders);
  await app.register(rateLimit, { global: false, cache: 20_000 });
  await app.register(multipart, { throwFileSizeLimit: true });
  registerRoutes(app, state);
  await app.ready();
  return app;
}

function createFastify(souk: Souk, log: Logger): FastifyInstance {
  const loggerInstance: FastifyBaseLogger = log;
  return fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    trustProxy: souk.config.trustProxy ?? false,
    genReqId: requestId,
    exposeHeadRoutes: false,
    forceCloseConnections: "idle",
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
    http: { headersTimeout: HEADERS_MS, requestTimeout: 0 },
  });
}

/** The caller's id when it is a plain word, so that logs of both sides meet; else a fresh one. */
function requestId(request: { headers: Record<string, string | string[] | undefined> }): string {
  const given = request.headers["x-request-id"];
  return typeof given === "string" && /^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : randomUUID();
}

/** An API serves no page: nothing may be loaded, framed or guessed. */
const securityHeaders = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
  crossOriginResourcePolicy: { policy: "same-origin" },
  referrerPolicy: { policy: "no-referrer" },
} as const;

/** Headers, log line and metrics of every request; paths are logged as routes, never with their query. */
function observe(app: FastifyInstance, state: ServerState): void {
  app.addHook("onRequest", async (request, reply) => {
    void reply.header("x-request-id", request.id).header("cache-control", "no-store");
  });
  app.addHook("onResponse", async (request, reply) => {
    const { method } = request;
    const route = request.routeOptions.url ?? "(none)";
    const status = reply.statusCode;
    state.metrics.durations.observe({ method, route, status }, reply.elapsedTime / 1000);
    if (status === 401 || status === 403) state.metrics.refused.inc({ status });
    const level =
      status >= 500 ? "error" : contractOf(request)?.rateLimit === "none" ? "debug" : "info";
    request.log[level](
      {
        method,
        route,
        status,
        ms: Math.round(reply.elapsedTime * 10) / 10,
        user: principalOf(request).username,
        address: request.ip,
      },
      "request",
    );
  });
}
