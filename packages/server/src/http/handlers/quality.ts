import type { HandlersOf } from "../call.ts";
import type { ServerState } from "../state.ts";

export function qualityHandlers({ souk }: ServerState): HandlersOf<"quality"> {
  const { datasets, checks, audit } = souk;
  return {
    profileDataset: ({ params, query, signal }) =>
      datasets.profile(params.name, { ...query, signal }),
    getChecks: async ({ params }) => ({ items: await checks.get(params.name) }),
    async putChecks({ params, body, actor }) {
      const items = await checks.put(params.name, body.items);
      const details = { checks: items.length };
      await audit.record({ action: "checks.put", subject: params.name, details }, actor);
      return { items };
    },
    suggestChecks: async ({ params, signal }) => ({
      items: await checks.suggest(params.name, { signal }),
    }),
    runChecks: ({ params, signal }) => checks.run(params.name, { signal }),
    checkHistory: async ({ params, query }) => ({
      items: await checks.history(params.name, query),
    }),
    driftDataset: ({ params, body, signal }) =>
      datasets.drift({ ...body, dataset: params.name }, { signal }),
    driftTimeline: ({ params, body, signal }) =>
      datasets.driftTimeline({ ...body, dataset: params.name }, { signal }),
    compareColumn: ({ params, body, signal }) =>
      datasets.compareColumn({ ...body, dataset: params.name }, { signal }),
  };
}
