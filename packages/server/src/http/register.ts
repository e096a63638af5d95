import { type RouteContract, routeEntries, type RouteName } from "@souk/api";
import { SoukError } from "@souk/core";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { actorOf, authorize, identify } from "./authentication.ts";
import { accountHandlers } from "./handlers/accounts.ts";
import { browserSessionHandlers } from "./handlers/browser-sessions.ts";
import { compatHandlers } from "./handlers/compat.ts";
import { datasetHandlers } from "./handlers/datasets.ts";
import { forecastHandlers } from "./handlers/forecasts.ts";
import { mlflowHandlers } from "./handlers/mlflow.ts";
import { modelHandlers } from "./handlers/models.ts";
import { openInferenceHandlers } from "./handlers/open-inference.ts";
import { operationHandlers } from "./handlers/operations.ts";
import { photoHandlers } from "./handlers/photos.ts";
import { predictionHandlers } from "./handlers/predictions.ts";
import { probeHandlers } from "./handlers/probes.ts";
import { productHandlers } from "./handlers/products.ts";
import { qualityHandlers } from "./handlers/quality.ts";
import { runHandlers } from "./handlers/runs.ts";
import { servingHandlers } from "./handlers/serving.ts";
import { sqlHandlers } from "./handlers/sql.ts";
import { tensorflowServingHandlers } from "./handlers/tensorflow-serving.ts";
import { trainingHandlers } from "./handlers/training.ts";
import { tuningHandlers } from "./handlers/tuning.ts";
import { limitRate } from "./rates.ts";
import { identityOf, principalOf } from "./request-facts.ts";
import type { ServerState } from "./state.ts";
import { bodyChecker } from "./validation.ts";

/** A handler whose call is known to fit only by the table it was looked up in. */
type LooseHandler = (call: never) => unknown;

/** Registers every route of the table: who may, how often, what comes in, who answers. */
export function registerRoutes(app: FastifyInstance, state: ServerState): void {
  app.decorateRequest("identity", null);
  const handlers = allHandlers(state);
  for (const [name, contract] of routeEntries())
    register(app, state, { contract, handler: handlers[name] });
}

function allHandlers(state: ServerState): Readonly<Record<RouteName, LooseHandler>> {
  return {
    ...probeHandlers(state),
    ...accountHandlers(state),
    ...browserSessionHandlers(state),
    ...compatHandlers(state),
    ...tensorflowServingHandlers(state),
    ...openInferenceHandlers(state),
    ...datasetHandlers(state),
    ...photoHandlers(state),
    ...productHandlers(state),
    ...qualityHandlers(state),
    ...sqlHandlers(state),
    ...trainingHandlers(state),
    ...tuningHandlers(state),
    ...runHandlers(state),
    ...modelHandlers(state),
    ...forecastHandlers(state),
    ...predictionHandlers(state),
    ...servingHandlers(state),
    ...operationHandlers(state),
    ...mlflowHandlers(state),
  };
}

function register(
  app: FastifyInstance,
  state: ServerState,
  { contract, handler }: { contract: RouteContract; handler: LooseHandler },
): void {
  const { method, path, params, query, body, bodyLimit, rateLimit } = contract;
  const streams = contract.stream === "upload" || contract.stream === "both";
  const checkBody = streams && body ? bodyChecker(body) : undefined;
  app.route({
    method,
    url: path,
    config: { contract },
    exposeHeadRoute: rateLimit === "none",
    ...(bodyLimit && { bodyLimit }),
    schema: {
      ...(params && { params }),
      ...(query && { querystring: query }),
      ...(body && !streams && contract.responseType !== "application/jsonlines" && { body }),
    },
    onRequest: [
      async (request) => {
        request.identity = await identify(state, contract, request);
      },
      ...limitRate(app, state, contract),
      async (request) => {
        await authorize(state, contract, { identity: identityOf(request), request });
      },
    ],
    handler: (request, reply) => {
      if (request.body !== undefined) checkBody?.(request.body);
      return handle({ contract, handler }, request, reply);
    },
  });
}

async function handle(
  { contract, handler }: { contract: RouteContract; handler: LooseHandler },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  void reply.code(statusOfSuccess(contract));
  const principal = principalOf(request);
  const call = {
    params: request.params,
    query: request.query,
    body: request.body,
    principal,
    actor: actorOf(principal, request),
    signal: hangUpSignal(reply),
    request,
    reply,
  };
  // The schema of this very route has just checked params, query and body.
  const answer = await handler(call as never);
  if (reply.statusCode === 204) return reply.send();
  if (answer === undefined) throw new SoukError("HTTP_NO_ANSWER", "The handler gave no answer");
  return reply.send(answer);
}

function statusOfSuccess(contract: RouteContract): number {
  return Number(Object.keys(contract.responses).find((status) => status.startsWith("2")) ?? 200);
}

/** Aborts when the connection closes before the answer is out. */
function hangUpSignal(reply: FastifyReply): AbortSignal {
  const hangUp = new AbortController();
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) hangUp.abort();
  });
  return hangUp.signal;
}
