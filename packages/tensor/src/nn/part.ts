/** A network inside another one. */
import { SoukError } from "@souk/core";
import type { Value } from "../graph/graph.ts";
import type { InputSpec, Network, Scope } from "../layers/scope.ts";

/** The inputs of a part, each with the part's name and a dot before its own. */
export function partInputs(
  part: string,
  { inputs }: Pick<Network, "inputs">,
): Readonly<Record<string, InputSpec>> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, spec]) => [`${part}.${name}`, spec]),
  );
}

/**
 * Builds a part from its share of the inputs and gives one of its outputs.
 *
 * @throws SoukError `NETWORK_OUTPUT` when the part has no output of that name.
 */
export function buildPart(
  scope: Scope,
  {
    part,
    network,
    output,
    inputs,
  }: {
    part: string;
    network: Network;
    output: string;
    inputs: Readonly<Record<string, Value>>;
  },
): Value {
  const own = Object.keys(network.inputs).map((name) => [name, inputs[`${part}.${name}`]] as const);
  const outputs = network.build(scope, Object.fromEntries(own));
  if (Object.hasOwn(outputs, output)) return outputs[output];
  throw new SoukError(
    "NETWORK_OUTPUT",
    `${part}: expected one of ${Object.keys(outputs).join(", ")}, got "${output}"`,
  );
}
