import { SoukError } from "@souk/core";
import type { Call, HandlersOf } from "../call.ts";
import type { ServerState } from "../state.ts";

export function modelHandlers(state: ServerState): HandlersOf<"models"> {
  const { models, audit } = state.souk;
  return {
    listModels: async () => ({ items: await models.list() }),
    getModel: ({ params }) => models.get(params.name),
    approveVersion: (call) => decide(state, call, "approve"),
    rejectVersion: (call) => decide(state, call, "reject"),
    checkGate: ({ params }) => models.gate(params.name, params.version),
    async promoteVersion({ params, body, principal, actor }) {
      const by = principal.username;
      const promoted = await models.promote(params.name, params.version, { ...body, by });
      const details = {
        version: params.version,
        alias: promoted.alias,
        force: body.force ?? false,
      };
      await audit.record({ action: "model.promote", subject: params.name, details }, actor);
      return promoted;
    },
    async rollbackModel({ params, body, principal, actor }) {
      const moved = await models.rollback(params.name, { ...body, by: principal.username });
      const details = { version: moved.version, alias: moved.alias };
      await audit.record({ action: "model.rollback", subject: params.name, details }, actor);
      return moved;
    },
    async modelLog({ params }) {
      await models.get(params.name);
      return { items: await models.log(params.name) };
    },
    promotionLog: async () => ({ items: await models.log() }),
    async servedAt({ query }) {
      const { at: asked, ...which } = query;
      const at = asked === undefined ? state.souk.clock.now() : timeOf(asked);
      return { at, items: await models.servedAt(at, which) };
    },
  };
}

type Decision = Pick<Call<"approveVersion">, "params" | "body" | "principal" | "actor">;

async function decide(
  { souk }: ServerState,
  { params, body, principal, actor }: Decision,
  verdict: "approve" | "reject",
): Promise<object> {
  const options = { by: principal.username, reason: body.reason };
  const version = await souk.models[verdict](params.name, params.version, options);
  const details = { version: params.version };
  await souk.audit.record({ action: `model.${verdict}`, subject: params.name, details }, actor);
  return version;
}

/** Epoch ms as digits, or ISO 8601. @throws SoukError `HTTP_INVALID`. */
function timeOf(text: string): number {
  const ms = /^\d{9,15}$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isFinite(ms)) return ms;
  throw new SoukError(
    "HTTP_INVALID",
    "at must be epoch milliseconds or a time such as 2026-11-22T10:00:00Z",
  );
}
