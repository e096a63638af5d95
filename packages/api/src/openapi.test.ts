import assert from "node:assert/strict";
import test from "node:test";
import { pathNames, pathTemplate } from "./contract.ts";
import { openApiDocument } from "./openapi.ts";
import { routeEntries } from "./routes.ts";

type Json = Readonly<Record<string, unknown>>;

/** Follows names into plain JSON. */
function at(value: unknown, ...names: string[]): unknown {
  return names.reduce<unknown>(
    (node, name) => (typeof node === "object" && node !== null ? (node as Json)[name] : undefined),
    value,
  );
}

const document = openApiDocument({ version: "1.2.3" });

test("each route is an operation of the document under its own name", () => {
  for (const [name, route] of routeEntries()) {
    const operation = at(document, "paths", pathTemplate(route.path), route.method.toLowerCase());
    assert.equal(at(operation, "operationId"), name);
    assert.equal(at(operation, "x-permission"), route.permission);
  }
  const count = Object.values(at(document, "paths") as Json).flatMap((path) =>
    Object.keys(path as Json),
  ).length;
  assert.equal(count, routeEntries().length);
});

test("each name in a path is a required parameter with a schema", () => {
  for (const [, route] of routeEntries()) {
    const template = pathTemplate(route.path);
    const parameters = at(document, "paths", template, route.method.toLowerCase(), "parameters");
    const listed = (Array.isArray(parameters) ? parameters : []).filter(
      (one) => at(one, "in") === "path",
    );
    assert.deepEqual(
      listed.map((one) => at(one, "name")),
      pathNames(template),
    );
    assert.ok(
      listed.every(
        (one) => at(one, "required") === true && at(one, "schema", "type") !== undefined,
      ),
    );
  }
});

test("a path with an expression and a verb is written as people write it", () => {
  const path = "/v1/models/:model(^[^:/]+)/versions/:version(^[^:/]+)::predict";
  assert.equal(pathTemplate(path), "/v1/models/{model}/versions/{version}:predict");
  assert.equal(pathTemplate("/api/v1/runs/:id/artifacts/*"), "/api/v1/runs/{id}/artifacts/{path}");
});

test("public routes ask for no security, all others for a token", () => {
  for (const [, route] of routeEntries()) {
    const security = at(
      document,
      "paths",
      pathTemplate(route.path),
      route.method.toLowerCase(),
      "security",
    );
    assert.equal(Array.isArray(security) && security.length === 0, route.permission === "public");
  }
});

test("the document is plain JSON", () => {
  assert.deepEqual(JSON.parse(JSON.stringify(document)), document);
});
