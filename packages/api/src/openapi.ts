import type { TSchema } from "typebox";
import { pathNames, pathTemplate, type RouteContract, tags } from "./contract.ts";
import { routeEntries } from "./routes.ts";
import { CompatError, MlflowError, Problem } from "./values.ts";

const errorSchemas = { problem: Problem, compat: CompatError, mlflow: MlflowError } as const;
const errorNames = { problem: "Problem", compat: "CompatError", mlflow: "MlflowError" } as const;
const errorTypes = {
  problem: "application/problem+json",
  compat: "application/json",
  mlflow: "application/json",
} as const;

/**
 * The OpenAPI 3.1 document of every route, made from the table.
 *
 * `x-permission` of each operation is what the caller must be allowed to do. Source: OpenAPI Specification 3.1.1.
 */
export function openApiDocument(options: { version: string; serverUrl?: string }): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const [name, route] of routeEntries()) {
    const template = pathTemplate(route.path);
    const operations = (paths[template] ??= {});
    operations[route.method.toLowerCase()] = operation(name, route);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Souk",
      version: options.version,
      summary: "Self-hosted machine learning for online shops",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: options.serverUrl ?? "/" }],
    tags: tags.map((name) => ({ name })),
    paths,
    components: {
      schemas: Object.fromEntries(
        Object.entries(errorSchemas).map(([kind, schema]) => [errorName(kind), plain(schema)]),
      ),
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", description: "Access token or API key" },
        basic: { type: "http", scheme: "basic", description: "For MLflow's client only" },
      },
    },
  };
}

function errorName(kind: string): string {
  return Object.hasOwn(errorNames, kind) ? errorNames[kind as keyof typeof errorNames] : kind;
}

function operation(name: string, route: RouteContract): object {
  return {
    operationId: name,
    summary: route.summary,
    tags: [route.tag],
    "x-permission": route.permission,
    security: security(route),
    ...parameters(route),
    ...requestBody(route),
    responses: responses(route),
  };
}

function security(route: RouteContract): object[] {
  if (route.permission === "public") return [];
  return route.errors === "mlflow" ? [{ bearer: [] }, { basic: [] }] : [{ bearer: [] }];
}

function parameters(route: RouteContract): { parameters?: object[] } {
  const inPath = pathNames(pathTemplate(route.path)).map((name) => {
    const key = name === "path" && route.path.endsWith("*") ? "*" : name;
    const schema = route.params?.properties[key];
    return {
      name,
      in: "path",
      required: true,
      schema: schema ? plain(schema) : { type: "string" },
    };
  });
  const required: readonly string[] = route.query?.required ?? [];
  const inQuery = Object.entries(route.query?.properties ?? {}).map(([name, schema]) => ({
    name,
    in: "query",
    required: required.includes(name),
    schema: plain(schema),
  }));
  const all = [...inPath, ...inQuery];
  return all.length === 0 ? {} : { parameters: all };
}

function requestBody(route: RouteContract): { requestBody?: object } {
  if (!route.body) return {};
  const schema = plain(route.body);
  const types = route.contentTypes ?? ["application/json"];
  const content = Object.fromEntries(types.map((type) => [type, { schema }]));
  return { requestBody: { required: true, content } };
}

function responses(route: RouteContract): object {
  const known = Object.entries(route.responses).map(([status, schema]) => [
    status,
    response(status, schema, route.responseType ?? "application/json"),
  ]);
  const error = {
    description: "An error",
    content: {
      [errorTypes[route.errors]]: {
        schema: { $ref: `#/components/schemas/${errorNames[route.errors]}` },
      },
    },
  };
  return { ...Object.fromEntries(known), default: error };
}

function response(status: string, schema: TSchema, type: string): object {
  const description = status === "204" ? "Done" : Number(status) < 400 ? "The answer" : "Not now";
  if (status === "204") return { description };
  return { description, content: { [type]: { schema: plain(schema) } } };
}

/** The schema as plain JSON, without TypeBox's own marks. */
function plain(schema: unknown): unknown {
  return JSON.parse(JSON.stringify(schema));
}
