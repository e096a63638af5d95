/** Reads a node's attributes by the names and defaults of the ONNX operator documentation. */
import { SoukError } from "@souk/core";
import type { Tensor } from "../onnx/tensor.ts";
import type { Graph, Node } from "./graph.ts";

type Attributed = Pick<Node, "attributes" | "name" | "operator">;

/** An integer attribute, or `missing`. */
export function intAttribute(node: Attributed, name: string, missing: number): number {
  return read(node, name, "int") ?? missing;
}

/** A float attribute, or `missing`. */
export function floatAttribute(node: Attributed, name: string, missing: number): number {
  return read(node, name, "float") ?? missing;
}

/** A text attribute, or `missing`. */
export function textAttribute(node: Attributed, name: string, missing: string): string {
  return read(node, name, "string") ?? missing;
}

/** A list of integers, or `missing`. */
export function intsAttribute<Missing>(
  node: Attributed,
  name: string,
  missing: Missing,
): readonly number[] | Missing {
  return read(node, name, "ints") ?? missing;
}

/** A tensor, or undefined. */
export function tensorAttribute(node: Attributed, name: string): Tensor | undefined {
  return read(node, name, "tensor");
}

/** A body, or undefined. */
export function graphAttribute(node: Attributed, name: string): Graph | undefined {
  return read(node, name, "graph");
}

interface Kinds {
  readonly int: number;
  readonly float: number;
  readonly string: string;
  readonly ints: readonly number[];
  readonly tensor: Tensor;
  readonly graph: Graph;
}

function read<Kind extends keyof Kinds>(
  node: Attributed,
  name: string,
  kind: Kind,
): Kinds[Kind] | undefined {
  const attribute = node.attributes[name];
  if (attribute === undefined) return undefined;
  if (attribute.kind !== kind) {
    throw new SoukError(
      "ONNX_ATTRIBUTE",
      `${node.operator} ${node.name}: attribute ${name} must be ${kind}, got ${attribute.kind}`,
    );
  }
  return attribute.value as Kinds[Kind];
}
