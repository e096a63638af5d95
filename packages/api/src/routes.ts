import type { RouteContract } from "./contract.ts";
import { accountRoutes } from "./routes/accounts.ts";
import { compatRoutes } from "./routes/compat.ts";
import { datasetRoutes } from "./routes/datasets.ts";
import { mlflowRoutes } from "./routes/mlflow.ts";
import { modelRoutes } from "./routes/models.ts";
import { openInferenceRoutes } from "./routes/open-inference.ts";
import { operationRoutes } from "./routes/operations.ts";
import { predictionRoutes } from "./routes/predictions.ts";
import { probeRoutes } from "./routes/probes.ts";
import { qualityRoutes } from "./routes/quality.ts";
import { runRoutes } from "./routes/runs.ts";
import { sqlRoutes } from "./routes/sql.ts";
import { tensorflowServingRoutes } from "./routes/tensorflow-serving.ts";
import { trainingRoutes } from "./routes/training.ts";

/** Every route of Souk. The server registers these, OpenAPI shows these, the client calls these. */
export const routes = {
  ...probeRoutes,
  ...accountRoutes,
  ...compatRoutes,
  ...tensorflowServingRoutes,
  ...openInferenceRoutes,
  ...datasetRoutes,
  ...qualityRoutes,
  ...sqlRoutes,
  ...trainingRoutes,
  ...runRoutes,
  ...modelRoutes,
  ...predictionRoutes,
  ...operationRoutes,
  ...mlflowRoutes,
} as const satisfies Record<string, RouteContract>;

export type Routes = typeof routes;
export type RouteName = keyof Routes;

/** Every route with its name, as plain contracts: for code that treats them alike. */
export function routeEntries(): readonly (readonly [RouteName, RouteContract])[] {
  const entries: readonly (readonly [string, RouteContract])[] = Object.entries(routes);
  return entries.filter((entry): entry is [RouteName, RouteContract] =>
    Object.hasOwn(routes, entry[0]),
  );
}
