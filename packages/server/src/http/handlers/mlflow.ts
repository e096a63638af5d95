import { Readable } from "node:stream";
import type { RouteName } from "@souk/api";
import type { MlflowAnswer } from "../../souk-values.ts";
import { safePath } from "./runs.ts";
import type { Call, HandlersOf } from "../call.ts";
import type { ServerState } from "../state.ts";
import { uploadStream } from "../uploads.ts";

type MlflowCall = Pick<Call<RouteName>, "principal" | "request" | "reply" | "actor"> & {
  readonly body: unknown;
};

/** Tracking knows MLflow's API; here its calls are only let in, counted and sent back. */
export function mlflowHandlers(state: ServerState): HandlersOf<"mlflow"> {
  const reading = (call: MlflowCall): Promise<unknown> => forward(state, call, call.body);
  const deciding = (call: MlflowCall): Promise<unknown> => decide(state, call);
  return {
    mlflowRead: reading,
    mlflowSearchRuns: reading,
    mlflowSearchExperiments: reading,
    mlflowSetAlias: deciding,
    mlflowSetStage: deciding,
    mlflowCreate: reading,
    mlflowUpdate: reading,
    mlflowRemove: deciding,
    mlflowArtifactRead: reading,
    mlflowArtifactWrite: (call) => forward(state, call, uploadStream(state, call.request)),
    mlflowArtifactRemove: reading,
  };
}

async function decide(state: ServerState, call: MlflowCall): Promise<unknown> {
  const answer = await forward(state, call, call.body);
  const subject = pathOf(call.request.url);
  await state.souk.audit.record({ action: "mlflow.change", subject }, call.actor);
  return answer;
}

async function forward(state: ServerState, call: MlflowCall, body: unknown): Promise<unknown> {
  const { request, principal, reply } = call;
  const path = pathOf(request.url);
  safePath(decodeURIComponent(path).slice(1));
  const answer = await state.souk.mlflow.handle({
    method: request.method,
    path,
    query: queryOf(request.url),
    body,
    principal: principal.username,
  });
  void reply.code(answer.status);
  return sendable(answer, call);
}

function sendable(answer: MlflowAnswer, { reply }: MlflowCall): unknown {
  const { body, contentType } = answer;
  if (body instanceof Uint8Array) {
    void reply.type(contentType ?? "application/octet-stream");
    return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  }
  if (Symbol.asyncIterator in body) {
    void reply.type(contentType ?? "application/octet-stream");
    return Readable.from(body, { objectMode: false });
  }
  void reply.type(contentType ?? "application/json");
  return body;
}

function pathOf(url: string): string {
  return url.split("?", 1)[0] ?? "/";
}

/** Repeated names become lists, as MLflow's client sends them. */
function queryOf(url: string): Record<string, string | string[]> {
  const parameters = new URLSearchParams(url.split("?")[1] ?? "");
  const names = [...new Set(parameters.keys())].filter((name) => name !== "__proto__");
  return Object.fromEntries(
    names.map((name) => {
      const values = parameters.getAll(name);
      return [name, values.length === 1 ? (values[0] ?? "") : values];
    }),
  );
}
