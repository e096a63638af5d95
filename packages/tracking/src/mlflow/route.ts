import type { Tracking } from "../tracking.ts";
import type { Fields } from "./fields.ts";

/** What every route works with. */
export interface RouteContext {
  readonly tracking: Tracking;
  readonly principal: string;
}

/** One endpoint: parameters in, the body of a 200 out. */
export type Route = (fields: Fields, context: RouteContext) => Promise<object>;

/** Endpoints by method and path after `/api/2.0/mlflow/`. */
export type Routes = Readonly<Record<string, Route>>;
