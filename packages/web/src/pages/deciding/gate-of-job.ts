import type { RouteAnswer } from "@souk/api";
import type { GateResult } from "./standing.ts";

type Job = Pick<RouteAnswer<"getJob">, "result">;

/** What the gate said at the end of a training that wanted to serve. */
export interface GateOfJob {
  readonly model: string;
  readonly version: number;
  readonly gate: GateResult;
}

/** The gate that a training asked for its version; `undefined` when it asked none. */
export function gateOfJob({ result }: Job): GateOfJob | undefined {
  if (!isObject(result)) return undefined;
  const { model, modelVersion, gate } = result;
  if (typeof model !== "string" || typeof modelVersion !== "number") return undefined;
  if (!isObject(gate) || !Array.isArray(gate["rules"])) return undefined;
  const rules = gate["rules"].flatMap((rule: unknown) => {
    if (!isObject(rule)) return [];
    const { name, passed, expected, got } = rule;
    return [
      {
        name: String(name),
        passed: passed === true,
        expected: String(expected),
        got: String(got),
      },
    ];
  });
  return { model, version: modelVersion, gate: { passed: gate["passed"] === true, rules } };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
