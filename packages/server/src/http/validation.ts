import { SoukError } from "@souk/core";
import type { FastifyInstance } from "fastify";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { Value } from "typebox/value";

const SHOWN_ERRORS = 10;

/**
 * Checks every part of a request against its contract. Bodies are taken as they are; parameters come as text,
 * so numbers and booleans are read from it. Nothing is filled in or dropped.
 */
export function validateWithTypeBox(app: FastifyInstance): void {
  app.setValidatorCompiler<TSchema>(({ schema, httpPart }) => {
    const validator = Compile(schema);
    return (given: unknown) => {
      const value = httpPart === "body" ? (given ?? {}) : Value.Convert(schema, plainObject(given));
      if (validator.Check(value)) return { value };
      return { error: invalid(httpPart ?? "request", validator.Errors(value)) };
    };
  });
}

/** Query objects have no prototype; the converter wants one. */
function plainObject(given: unknown): unknown {
  return typeof given === "object" && given !== null ? { ...given } : {};
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
