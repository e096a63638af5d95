import { SoukError } from "@souk/core";
import type { Call, HandlersOf } from "../call.ts";
import { eventsFrom, sendEvents } from "../event-stream.ts";
import type { ServerState } from "../state.ts";

export function trainingHandlers(state: ServerState): HandlersOf<"training"> {
  const { tasks, jobs, runs, audit } = state.souk;
  return {
    listTasks: () => ({ items: tasks.list() }),
    listFamilies: ({ query }) => ({ items: tasks.families(query.task) }),
    async startTraining({ body, actor, principal }) {
      const job = await jobs.startTraining(body, { by: principal.username });
      const details = { task: body.task, ...(body.family && { family: body.family }) };
      await audit.record({ action: "job.start", subject: job.id, details }, actor);
      return job;
    },
    async resumeTraining({ params, actor, principal }) {
      const job = await jobs.resumeTraining(await runs.get(params.id), { by: principal.username });
      await audit.record(
        { action: "job.start", subject: job.id, details: { run: params.id } },
        actor,
      );
      return job;
    },
    listJobs: async ({ query }) => ({ items: await jobs.list(query) }),
    getJob: ({ params }) => jobs.get(params.id),
    async cancelJob({ params, actor, principal }) {
      const job = await jobs.cancel(params.id, { by: principal.username });
      await audit.record({ action: "job.cancel", subject: params.id }, actor);
      return job;
    },
    jobLog: async ({ params, query }) => ({ items: await jobs.log(params.id, query) }),
    jobEvents: (call) => jobEvents(state, call),
  };
}

/** Resumes after the `Last-Event-ID` a reader sends when it comes back. */
async function jobEvents(state: ServerState, call: Call<"jobEvents">) {
  const { params, query, request } = call;
  const { jobs } = state.souk;
  await jobs.get(params.id);
  const after = lastEventId(request.headers["last-event-id"]) ?? query.after ?? 0;
  async function* items(signal: AbortSignal) {
    for await (const event of jobs.events(params.id, { after, signal }))
      yield { id: event.sequence, data: event };
  }
  return sendEvents(state, call, eventsFrom(state.log, items));
}

function lastEventId(header: string | string[] | undefined): number | undefined {
  if (header === undefined) return undefined;
  const id = Number(header);
  if (Number.isSafeInteger(id) && id >= 0) return id;
  throw new SoukError("HTTP_INVALID", "Last-Event-ID must be the number of an event");
}
