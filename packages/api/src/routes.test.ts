import assert from "node:assert/strict";
import test from "node:test";
import type { RouteContract } from "./contract.ts";
import { permissions, permissionsOf, roles } from "./roles.ts";
import { routeEntries } from "./routes.ts";

type Json = Readonly<Record<string, unknown>>;

/** Every schema within `schema`, with the way to it. */
function* schemasIn(schema: unknown, way: string): Generator<readonly [string, Json]> {
  if (typeof schema !== "object" || schema === null) return;
  if (Array.isArray(schema)) {
    for (const [i, one] of schema.entries()) yield* schemasIn(one, `${way}[${i}]`);
    return;
  }
  const node: Json = Object.fromEntries(Object.entries(schema));
  yield [way, node];
  for (const key of ["items", "anyOf", "allOf"]) yield* schemasIn(node[key], `${way}.${key}`);
  for (const key of ["properties", "patternProperties"])
    for (const [name, one] of Object.entries(node[key] ?? {}))
      yield* schemasIn(one, `${way}.${name}`);
}

function* inputSchemas(): Generator<readonly [string, Json]> {
  for (const [name, route] of routeEntries())
    for (const part of ["params", "query", "body"] as const)
      yield* schemasIn(route[part], `${name}.${part}`);
}

test("every text that comes in has a longest length", () => {
  const without = [...inputSchemas()].filter(
    ([, schema]) =>
      schema["type"] === "string" &&
      !("maxLength" in schema) &&
      !("const" in schema) &&
      schema["format"] !== "binary",
  );
  assert.deepEqual(
    without.map(([way]) => way),
    [],
  );
});

test("every list that comes in has a longest length", () => {
  const without = [...inputSchemas()].filter(
    ([, schema]) => schema["type"] === "array" && !("maxItems" in schema),
  );
  assert.deepEqual(
    without.map(([way]) => way),
    [],
  );
});

test("every number that comes in has a least and a most", () => {
  const without = [...inputSchemas()].filter(
    ([, schema]) =>
      (schema["type"] === "number" || schema["type"] === "integer") &&
      !("minimum" in schema && "maximum" in schema) &&
      !("const" in schema),
  );
  assert.deepEqual(
    without.map(([way]) => way),
    [],
  );
});

test("every /api/v1 body is closed or a map with a most", () => {
  const open = [...inputSchemas()].filter(
    ([way, schema]) =>
      schema["type"] === "object" &&
      /^(?!mlflow|invocations|putChecks)/.test(way) &&
      schema["additionalProperties"] !== false &&
      !("maxProperties" in schema) &&
      !way.startsWith("runArtifact.params"),
  );
  assert.deepEqual(
    open.map(([way]) => way),
    [],
  );
});

test("no two routes share method and path", () => {
  const keys = routeEntries().map(([, route]) => `${route.method} ${route.path}`);
  assert.equal(new Set(keys).size, keys.length);
});

test("public are the probes, the document, setup and login, and nothing else", () => {
  const open = routeEntries().filter(([, route]) => route.permission === "public");
  assert.deepEqual(open.map(([name]) => name).toSorted(), [
    "closeBrowserSession",
    "healthcheck",
    "live",
    "login",
    "openApi",
    "openBrowserSession",
    "ready",
    "refresh",
    "renewBrowserSession",
    "setup",
    "setupBrowserSession",
    "v2Live",
    "v2Ready",
  ]);
});

test("each role may do all that the one before it may, and something more", () => {
  for (const [i, role] of roles.entries()) {
    const before = i === 0 ? [] : permissionsOf(roles[i - 1] ?? role);
    const own = permissionsOf(role);
    assert.ok(before.every((permission) => own.includes(permission)));
    assert.ok(own.length > before.length);
  }
  assert.deepEqual(permissionsOf("admin"), permissions);
});

test("what changes something is no GET and needs more than a viewer", () => {
  const viewer = new Set<RouteContract["permission"]>([...permissionsOf("viewer"), "public"]);
  const reads = /^(login|refresh|setup|mlflowSearch|\w+BrowserSession$)/;
  const wrong = routeEntries().filter(
    ([name, route]) => route.method !== "GET" && viewer.has(route.permission) && !reads.test(name),
  );
  assert.deepEqual(
    wrong.map(([name]) => name),
    [],
  );
});
