import { STATUS_CODES } from "node:http";
import type { Problem, RouteContract } from "@souk/api";
import { errorMessage, SoukError } from "@souk/core";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Dashboard } from "./dashboard.ts";
import { contractOf } from "./request-facts.ts";
import { isShuttingDown, type ServerState } from "./state.ts";
import { statusOf } from "./status.ts";

/** What goes out for a thrown thing: never more of an unexpected error than that there was one. */
interface ErrorFacts {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors?: Problem["errors"];
  readonly retryAfterSeconds?: number;
}

/** Answers every error in the shape its route promises, and what is no route with the dashboard when it has it. */
export function answerErrors(
  app: FastifyInstance,
  state: ServerState,
  dashboard: Dashboard | undefined,
): void {
  app.setErrorHandler((thrown, request, reply) => {
    const facts = factsOf(thrown);
    if (facts.status >= 500) request.log.error({ err: thrown, code: facts.code }, "request failed");
    return sendError({ request, reply, state }, facts);
  });
  app.setNotFoundHandler(
    (request, reply) =>
      dashboard?.answer(request, reply) ??
      sendError(
        { request, reply, state },
        { status: 404, code: "HTTP_ROUTE_UNKNOWN", detail: "There is no such route" },
      ),
  );
}

/** The shape of errors on a path that is no route. */
function shapeOf(request: FastifyRequest): RouteContract["errors"] {
  const contract = contractOf(request);
  if (contract) return contract.errors;
  if (request.url.startsWith("/api/2.0/")) return "mlflow";
  return /^\/(v1|v2|predict|invocations)(\/|$|\?)/.test(request.url) ? "compat" : "problem";
}

function sendError(
  { request, reply, state }: { request: FastifyRequest; reply: FastifyReply; state: ServerState },
  facts: ErrorFacts,
): FastifyReply {
  const shape = shapeOf(request);
  const type = shape === "problem" ? "application/problem+json" : "application/json";
  void reply.code(facts.status).type(type).header("x-error-code", facts.code);
  if (facts.status === 401) void reply.header("www-authenticate", challenge(shape));
  if (facts.retryAfterSeconds) void reply.header("retry-after", facts.retryAfterSeconds);
  if (!request.raw.readableEnded || isShuttingDown(state)) void reply.header("connection", "close");
  return reply.serializer(JSON.stringify).send(bodyOf(shape, facts, request));
}

function bodyOf(
  shape: RouteContract["errors"],
  facts: ErrorFacts,
  request: FastifyRequest,
): object {
  const { status, code, detail, errors } = facts;
  if (shape === "compat") return { error: detail };
  if (shape === "mlflow") return { error_code: mlflowCode(status), message: detail };
  const problem: Problem = {
    type: `urn:souk:error:${code}`,
    title: STATUS_CODES[status] ?? "Error",
    status,
    detail,
    code,
    instance: `urn:souk:request:${request.id}`,
    ...(errors && { errors }),
  };
  return problem;
}

function challenge(shape: RouteContract["errors"]): string {
  return shape === "mlflow" ? 'Bearer realm="souk", Basic realm="souk"' : 'Bearer realm="souk"';
}

/** MLflow's own names (mlflow/protos/databricks.proto). */
function mlflowCode(status: number): string {
  if (status === 401) return "UNAUTHENTICATED";
  if (status === 403) return "PERMISSION_DENIED";
  if (status === 404) return "RESOURCE_DOES_NOT_EXIST";
  if (status === 409) return "RESOURCE_ALREADY_EXISTS";
  if (status === 429) return "REQUEST_LIMIT_EXCEEDED";
  return status < 500 ? "INVALID_PARAMETER_VALUE" : "INTERNAL_ERROR";
}

/** Whoever read a request may wrap what the request itself did wrong: the sender needs to hear the latter. */
function rootOf(thrown: unknown): unknown {
  const cause = thrown instanceof SoukError ? thrown.cause : undefined;
  return cause instanceof SoukError && cause.code.startsWith("HTTP_") ? cause : thrown;
}

function factsOf(wrapped: unknown): ErrorFacts {
  const thrown = rootOf(wrapped);
  const status = statusOf(thrown);
  if (thrown instanceof SoukError) {
    const retry = thrown.details?.["retryAfterSeconds"];
    return {
      status,
      code: thrown.code,
      detail: thrown.message,
      ...(isProblemList(thrown.details?.["errors"]) && { errors: thrown.details["errors"] }),
      ...(typeof retry === "number" && { retryAfterSeconds: retry }),
    };
  }
  if (status < 500) return { status, code: codeOfStatus(status), detail: errorMessage(thrown) };
  return { status: 500, code: "INTERNAL", detail: "Something went wrong here; the log has more" };
}

/** Fastify's own refusals, under our names. */
function codeOfStatus(status: number): string {
  if (status === 413) return "HTTP_TOO_LARGE";
  if (status === 415) return "HTTP_MEDIA_TYPE";
  return status === 429 ? "HTTP_RATE" : "HTTP_REQUEST";
}

function isProblemList(value: unknown): value is { path: string; message: string }[] {
  return (
    Array.isArray(value) &&
    value.every(
      (item: unknown) =>
        typeof item === "object" && item !== null && "path" in item && "message" in item,
    )
  );
}
