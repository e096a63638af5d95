import type { Call, HandlersOf } from "../call.ts";
import { PAGE_POLICY } from "../page-policy.ts";
import type { ServerState } from "../state.ts";

export function tuningHandlers({ souk }: ServerState): HandlersOf<"tuning"> {
  const { jobs, studies, leaderboards, audit } = souk;
  return {
    async startStudy({ body, actor, principal }) {
      const job = await jobs.startTuning(body, { by: principal.username });
      const details = { kind: "tuning", task: body.task };
      await audit.record({ action: "job.start", subject: job.id, details }, actor);
      return job;
    },
    listStudies: async ({ query }) => ({ items: await studies.list(query) }),
    getStudy: ({ params }) => studies.get(params.id),
    async studyPage({ params, reply }: Call<"studyPage">) {
      const page = await studies.page(params.id);
      void reply.type("text/html; charset=utf-8").header("content-security-policy", PAGE_POLICY);
      return page;
    },
    async computeLeaderboard({ params, body, actor, principal }) {
      const request = { ...body, task: params.task };
      const job = await jobs.startLeaderboard(request, { by: principal.username });
      const details = { kind: "leaderboard", task: params.task };
      await audit.record({ action: "job.start", subject: job.id, details }, actor);
      return job;
    },
    listLeaderboards: async () => ({
      items: (await leaderboards.list()).map(({ task, computedAt, verdict }) => ({
        task,
        computedAt,
        verdict: [...verdict],
      })),
    }),
    getLeaderboard: ({ params }) => leaderboards.get(params.task),
  };
}
