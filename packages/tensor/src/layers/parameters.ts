/** What weights a network has, without making any. */
import { createGraph } from "../graph/create.ts";
import type { Graph, Value } from "../graph/graph.ts";
import type { Network, Scope } from "./scope.ts";

/** Names and shapes of all weights of a network, statistics of batch normalisation included. */
export function parametersOf(network: Network): ReadonlyMap<string, readonly number[]> {
  const graph = createGraph("parameters");
  const shapes = new Map<string, readonly number[]>();
  const values = new Map<string, Value>();
  const parameter = (name: string, shape: readonly number[]): Value => {
    const value = values.get(name) ?? graph.parameter(name, shape);
    shapes.set(name, shape);
    values.set(name, value);
    return value;
  };
  const place = (prefix: string): Scope => ({
    graph,
    training: false,
    parameter: (name, shape) => parameter(prefix + name, shape),
    statistic: (name, shape) => parameter(prefix + name, shape),
    random: (name) => graph.input(graph.uniqueName(prefix + name), [1], { type: "int64" }),
    within: (name) => place(`${prefix}${name}.`),
  });
  network.build(place(""), addInputs(graph, network));
  return shapes;
}

/** The declared inputs of `network` as inputs of `graph`, by name. */
export function addInputs(
  graph: Graph,
  { inputs }: Pick<Network, "inputs">,
): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { type, shape }]) => [
      name,
      graph.input(name, shape, { type }),
    ]),
  );
}
