import { SoukError } from "@souk/core";
import type { FastifyInstance } from "fastify";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";

const SHOWN_ERRORS = 10;

/**
 * Checks every part of a request against its contract. Bodies are taken as they are; parameters come as text,
 * so numbers and booleans are read from it. Nothing is filled in or dropped.
 */
export function validateWithTypeBox(app: FastifyInstance): void {
  app.setValidatorCompiler<TSchema>(({ schema, httpPart }) => {
    const validator = Compile(schema);
    return (given: unknown) => {
      const value = httpPart === "body" ? (given ?? {}) : fromText(schema, given);
      if (validator.Check(value)) return { value };
      return { error: invalid(httpPart ?? "request", validator.Errors(value)) };
    };
  });
}

/**
 * Checks the JSON of a route that also takes streams, whose body no validator of fastify's sees.
 * The returned function throws SoukError `HTTP_INVALID`.
 */
export function bodyChecker(schema: TSchema): (body: unknown) => void {
  const validator = Compile(schema);
  return (body) => {
    if (!validator.Check(body)) throw invalid("body", validator.Errors(body));
  };
}

/** Parameters with the numbers and booleans their schema asks for read from text; the rest as it came. */
function fromText(schema: TSchema, given: unknown): object {
  const types = typesOf(schema);
  return Object.fromEntries(
    Object.entries(given ?? {}).map(([name, value]) => [name, readAs(types.get(name), value)]),
  );
}

function typesOf(schema: TSchema): ReadonlyMap<string, unknown> {
  const properties = "properties" in schema ? schema.properties : undefined;
  const entries = Object.entries(properties ?? {}).map(([name, one]: [string, unknown]) => {
    const typed = typeof one === "object" && one !== null && "type" in one;
    return [name, typed ? one.type : undefined] as const;
  });
  return new Map(entries);
}

function readAs(type: unknown, value: unknown): unknown {
  if (typeof value !== "string") return value;
  if (type === "boolean") return value === "true" ? true : value === "false" ? false : value;
  const isNumber = type === "integer" || type === "number";
  return isNumber && /^-?\d{1,20}(\.\d{1,20})?$/.test(value) ? Number(value) : value;
}

interface Found {
  readonly instancePath: string;
  readonly message: string;
  readonly keyword: string;
  readonly params: object;
}

function invalid(part: string, found: readonly Found[]): SoukError {
  const errors = found
    .filter((error) => error.message !== "schema is false")
    .slice(0, SHOWN_ERRORS)
    .map((error) => ({ path: error.instancePath.slice(0, 200) || "/", message: wordsOf(error) }));
  const first = errors[0] ?? { path: "/", message: "is not what the contract says" };
  return new SoukError("HTTP_INVALID", `${part} ${first.path}: ${first.message}`, {
    details: { errors },
  });
}

/** The message with the names it leaves out. */
function wordsOf(error: Found): string {
  const names = Object.entries(error.params).flatMap(([key, value]) =>
    /^(requiredProperties|additionalProperties|allowedValues)$/.test(key) && Array.isArray(value)
      ? value.map((name) => String(name).slice(0, 50))
      : [],
  );
  return names.length === 0 ? error.message : `${error.message}: ${names.slice(0, 20).join(", ")}`;
}
