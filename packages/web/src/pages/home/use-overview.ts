import { useMemo } from "react";
import type { ApiError } from "../../wire/answers.ts";
import { useApi, useMay } from "../../wire/hooks.ts";
import { servingFacts } from "./facts.ts";
import type { Overview } from "./figures.ts";

const HEALTH_MS = 60_000;
const PREDICTIONS_MS = 30_000;

/** Everything Home shows, asked for side by side; what one may not see is not asked for. */
export function useOverview(): {
  overview: Overview;
  failure: ApiError | undefined;
  retry: () => void;
} {
  const datasets = useApi("listDatasets", {});
  const models = useApi("listModels", {});
  const jobs = useApi("listJobs", { query: { limit: 100 } });
  const promotions = useApi("promotionLog", {});
  const predictions = useApi(
    "listPredictions",
    { query: { limit: 1000 } },
    { enabled: useMay("predictions:read"), everyMs: PREDICTIONS_MS },
  );
  const health = useApi("doctor", {}, { enabled: useMay("system:read"), everyMs: HEALTH_MS });
  const users = useApi("listUsers", {}, { enabled: useMay("users:manage") });
  const serving = useMemo(() => models.data && servingFacts(models.data.items), [models.data]);
  const needed = [datasets, models, jobs, promotions];
  const failed = needed.find(({ error, data }) => error && !data);
  return {
    overview: {
      ...(datasets.data && { datasets: datasets.data.items }),
      ...(serving && { serving }),
      ...(jobs.data && { jobs: jobs.data.items }),
      ...(promotions.data && { promotions: promotions.data.items }),
      ...(predictions.data && { predictions: predictions.data.items }),
      ...(health.data && { health: health.data }),
      ...(users.data && { users: users.data.items.length }),
    },
    failure: failed?.error ?? undefined,
    retry: () => {
      for (const query of needed) void query.refetch();
    },
  };
}
