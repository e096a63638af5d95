import type { HandlersOf } from "../call.ts";
import { sendEvents } from "../event-stream.ts";
import type { ServerState } from "../state.ts";

export function operationHandlers(state: ServerState): HandlersOf<"operations"> {
  const { operations, events, audit } = state.souk;
  return {
    doctor: () => operations.doctor(),
    async backup({ actor }) {
      const kept = await operations.backup();
      await audit.record({ action: "backup.make", subject: kept.path }, actor);
      return kept;
    },
    listBackups: async () => ({ items: await operations.backups() }),
    events: (call) =>
      sendEvents(state, call, (push) => {
        const after = resumedFrom(call.request.headers["last-event-id"]);
        // Who comes back before the first event must not miss that one.
        push({ id: Math.min(after ?? Infinity, events.lastId()) });
        return events.subscribe(
          (event, id) => push({ ...(id !== undefined && { id }), data: event }),
          { after, run: call.query.run },
        );
      }),
  };
}

/** The last event a reader that comes back has seen; what is no number of ours says nothing. */
function resumedFrom(header: string | string[] | undefined): number | undefined {
  return typeof header === "string" && /^\d{1,12}$/.test(header) ? Number(header) : undefined;
}
