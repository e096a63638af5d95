/**
 * Makes sure that a graph can be computed: every name is given once, every name that is read is given, and nodes stand
 * behind those they read from. Source: https://onnx.ai/onnx/repo-docs/IR.html, "Graphs" and "Names Within a Graph".
 */
import { SoukError } from "@souk/core";
import type { Attribute, OnnxGraph, OnnxNode } from "./model.ts";

/**
 * The graph with its nodes in an order of computation, bodies included; the order they have is kept if it is one.
 *
 * @throws SoukError `ONNX_MALFORMED` when a name is given twice (a body may not reuse a name of a graph around it),
 * when a name is read that nothing gives, or when nodes depend on each other in a circle.
 */
export function orderGraph(graph: OnnxGraph): OnnxGraph {
  const { graph: ordered, free } = order(graph, undefined);
  for (const [name, reader] of free) fail(`${reader} reads "${name}", which nothing gives`);
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  if (outputs.size < graph.outputs.length) fail("two outputs have the same name");
  return ordered;
}

/** Names that a graph gives, inside those of the graphs around it. */
interface Scope {
  readonly names: ReadonlySet<string>;
  readonly outer: Scope | undefined;
}

/** A graph, and the names that it reads from outside, each with a node that does. */
interface Ordered {
  readonly graph: OnnxGraph;
  readonly free: ReadonlyMap<string, string>;
}

interface Linked {
  readonly node: OnnxNode;
  readonly reads: ReadonlyMap<string, string>;
}

function order(graph: OnnxGraph, outer: Scope | undefined): Ordered {
  const producers = producersOf(graph, outer);
  const scope = { names: new Set(producers.keys()), outer };
  const linked = graph.nodes.map((node) => link(node, scope));
  const free = new Map<string, string>();
  for (const { reads } of linked) {
    for (const [name, reader] of reads) if (!producers.has(name)) free.set(name, reader);
  }
  for (const { name } of graph.outputs) {
    if (!producers.has(name)) free.set(name, `output of ${graph.name || "the graph"}`);
  }
  const nodes = sortNodes(linked, producers);
  return { graph: { ...graph, nodes }, free };
}

/** The index of the node that gives each name; -1 for inputs and initializers. */
function producersOf(graph: OnnxGraph, outer: Scope | undefined): ReadonlyMap<string, number> {
  const producers = new Map<string, number>();
  const claim = (name: string, index: number, giver: string) => {
    if (name === "" || producers.has(name)) fail(`${giver} gives "${name}" a second time`);
    if (isGiven(name, outer)) fail(`${giver} gives "${name}", as does the graph around it`);
    producers.set(name, index);
  };
  for (const { name } of graph.inputs) claim(name, -1, "an input");
  for (const name of graph.initializers.keys()) {
    // Before IR 4 every initializer had to be an input too.
    if (!producers.has(name)) claim(name, -1, "an initializer");
  }
  graph.nodes.forEach((node, index) => {
    for (const name of node.outputs) if (name !== "") claim(name, index, label(node));
  });
  return producers;
}

function isGiven(name: string, scope: Scope | undefined): boolean {
  for (let at = scope; at; at = at.outer) if (at.names.has(name)) return true;
  return false;
}

/** A node whose bodies are ordered, with all that it and they read. */
function link(node: OnnxNode, scope: Scope): Linked {
  const reads = new Map<string, string>();
  for (const name of node.inputs) if (name !== "") reads.set(name, label(node));
  const attributes = Object.entries(node.attributes).map(
    ([key, attribute]): [string, Attribute] => {
      if (attribute.kind !== "graph") return [key, attribute];
      const { graph, free } = order(attribute.value, scope);
      for (const [name, reader] of free) reads.set(name, reader);
      return [key, { kind: "graph", value: graph }];
    },
  );
  return { node: { ...node, attributes: Object.fromEntries(attributes) }, reads };
}

/** Depth first from each node to those it reads from, without recursion: a chain may be long. */
function sortNodes(linked: readonly Linked[], producers: ReadonlyMap<string, number>): OnnxNode[] {
  const sources = linked.map(({ reads }) =>
    [...reads.keys()].map((name) => producers.get(name) ?? -1).filter((index) => index >= 0),
  );
  const sorted: OnnxNode[] = [];
  const state = new Uint8Array(linked.length);
  const [OPEN, DONE] = [1, 2];
  for (let start = 0; start < linked.length; start++) {
    const stack = [start];
    while (stack.length > 0) {
      const index = stack[stack.length - 1];
      const next = state[index] === DONE ? -1 : nextSource(sources[index], state);
      if (next >= 0 && state[index] === OPEN && state[next] === OPEN) {
        fail(`${label(linked[next].node)} depends on its own result`);
      }
      if (state[index] === 0) state[index] = OPEN;
      if (next >= 0) stack.push(next);
      else {
        stack.pop();
        if (state[index] === OPEN) sorted.push(linked[index].node);
        state[index] = DONE;
      }
    }
  }
  return sorted;
}

/** The first node still to be computed, taken off the list of what a node waits for. */
function nextSource(sources: number[], state: Uint8Array): number {
  while (sources.length > 0) {
    const next = sources[sources.length - 1];
    if (state[next] !== 2) return next;
    sources.pop();
  }
  return -1;
}

function label(node: OnnxNode): string {
  return `${node.operator} ${node.name || node.outputs.join(", ")}`;
}

function fail(message: string): never {
  throw new SoukError("ONNX_MALFORMED", `graph: ${message}`);
}
