import { pathToFileURL } from "node:url";
import type { Plugin } from "vite";

/**
 * Gives the browser the table of routes without its schemas: the client asks only for method, path, permission, stream and
 * which statuses are answers. The schemas, and TypeBox that makes them, stay on the server; types are not touched.
 */
export function slimRoutes(): Plugin {
  return {
    name: "souk-slim-routes",
    enforce: "pre",
    async load(id) {
      const path = id.split("?", 1)[0] ?? id;
      if (!path.endsWith("/packages/api/src/routes.ts")) return null;
      // Any module of this path exports `routes`: it is the file the types come from.
      const { routes } = (await import(pathToFileURL(path).href)) as typeof import("@souk/api");
      const slim = Object.entries(routes).map(([name, route]) => [name, slimRoute(route)]);
      return `export const routes = ${JSON.stringify(Object.fromEntries(slim))};
export function routeEntries() { return Object.entries(routes); }`;
    },
  };
}

interface WholeRoute {
  readonly method: string;
  readonly path: string;
  readonly permission: string;
  readonly summary: string;
  readonly responses: object;
  readonly responseType?: string;
  readonly stream?: string;
}

function slimRoute(route: WholeRoute): object {
  const { method, path, permission, summary, responseType, stream } = route;
  const responses = Object.fromEntries(Object.keys(route.responses).map((status) => [status, 0]));
  return { method, path, permission, summary, responses, responseType, stream };
}
