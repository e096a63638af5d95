import type { Static, TSchema } from "typebox";
import type { RouteContract, Tag } from "./contract.ts";
import { accountRoutes } from "./routes/accounts.ts";
import { browserSessionRoutes } from "./routes/browser-sessions.ts";
import { compatRoutes } from "./routes/compat.ts";
import { datasetRoutes } from "./routes/datasets.ts";
import { forecastRoutes } from "./routes/forecasts.ts";
import { mlflowRoutes } from "./routes/mlflow.ts";
import { modelRoutes } from "./routes/models.ts";
import { openInferenceRoutes } from "./routes/open-inference.ts";
import { operationRoutes } from "./routes/operations.ts";
import { photoRoutes } from "./routes/photos.ts";
import { predictionRoutes } from "./routes/predictions.ts";
import { probeRoutes } from "./routes/probes.ts";
import { productRoutes } from "./routes/products.ts";
import { qualityRoutes } from "./routes/quality.ts";
import { runRoutes } from "./routes/runs.ts";
import { savedQuestionRoutes } from "./routes/saved-questions.ts";
import { servingRoutes } from "./routes/serving.ts";
import { sqlRoutes } from "./routes/sql.ts";
import { tensorflowServingRoutes } from "./routes/tensorflow-serving.ts";
import { trainingRoutes } from "./routes/training.ts";
import { tuningRoutes } from "./routes/tuning.ts";

/** Every route of Souk. The server registers these, OpenAPI shows these, the client calls these. */
export const routes = {
  ...probeRoutes,
  ...accountRoutes,
  ...browserSessionRoutes,
  ...compatRoutes,
  ...tensorflowServingRoutes,
  ...openInferenceRoutes,
  ...datasetRoutes,
  ...photoRoutes,
  ...productRoutes,
  ...qualityRoutes,
  ...sqlRoutes,
  ...savedQuestionRoutes,
  ...trainingRoutes,
  ...tuningRoutes,
  ...runRoutes,
  ...modelRoutes,
  ...forecastRoutes,
  ...predictionRoutes,
  ...servingRoutes,
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

type Declared<N extends RouteName, K extends "params" | "query" | "body"> =
  Routes[N] extends Readonly<Record<K, infer S extends TSchema>> ? Static<S> : undefined;

/** Parameters of the path, `undefined` when there are none. */
export type RouteParams<N extends RouteName> = Declared<N, "params">;
/** Parameters after the `?`, `undefined` when there are none. */
export type RouteQuery<N extends RouteName> = Declared<N, "query">;
/** The body, `undefined` when there is none. */
export type RouteBody<N extends RouteName> = Declared<N, "body">;
/** The answer when all is well: that of the first of 200, 201, 202 the route has; `undefined` for 204. */
export type RouteAnswer<N extends RouteName> = Routes[N]["responses"] extends {
  200: infer S extends TSchema;
}
  ? Static<S>
  : Routes[N]["responses"] extends { 201: infer S extends TSchema }
    ? Static<S>
    : Routes[N]["responses"] extends { 202: infer S extends TSchema }
      ? Static<S>
      : undefined;
/** Names of the routes of one tag. */
export type RouteNameOf<T extends Tag> = {
  [N in RouteName]: Routes[N]["tag"] extends T ? N : never;
}[RouteName];
