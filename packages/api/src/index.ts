export {
  type CallAnswer,
  type CallArguments,
  type Client,
  type ClientOptions,
  createClient,
  type UploadBody,
} from "./client.ts";
export { pathTemplate, type RouteContract, type Tag, tags } from "./contract.ts";
export { readSentEvents, type SentEvent } from "./event-stream.ts";
export { openApiDocument } from "./openapi.ts";
export {
  isPermission,
  isRole,
  type Permission,
  permissions,
  permissionsOf,
  type Role,
  roles,
} from "./roles.ts";
export {
  type RouteAnswer,
  type RouteBody,
  routeEntries,
  type RouteName,
  type RouteNameOf,
  type RouteParams,
  type RouteQuery,
  type Routes,
  routes,
} from "./routes.ts";
export type { Problem } from "./values.ts";
