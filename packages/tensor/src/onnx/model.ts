/**
 * An ONNX file as plain values: what the reader returns and the writer takes. Field names are those of onnx.proto,
 * spelled out. Source: the ONNX intermediate representation, https://onnx.ai/onnx/repo-docs/IR.html
 */
import type { ElementType, Tensor } from "./tensor.ts";

/** An axis length: a number, or the name of a length known only at run time ("batch"); "" in a file has no name. */
export type Dim = number | string;

/** Name, element type and shape of a graph input, output or intermediate value; what a file leaves out is unknown. */
export interface ValueInfo {
  readonly name: string;
  readonly type?: ElementType;
  readonly shape?: readonly Dim[];
}

/** An attribute of a node. `G` is how a body (of Loop, Scan, If) is held. */
export type Attribute<G = OnnxGraph> =
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "ints"; readonly value: readonly number[] }
  | { readonly kind: "floats"; readonly value: readonly number[] }
  | { readonly kind: "strings"; readonly value: readonly string[] }
  | { readonly kind: "tensor"; readonly value: Tensor }
  | { readonly kind: "graph"; readonly value: G };

/** One operation. A missing optional input or output is the empty string. */
export interface OnnxNode {
  readonly operator: string;
  /** Empty for the standard operators, else for example "com.microsoft". */
  readonly domain: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** Nodes in an order in which every value is computed before it is used. */
export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, Tensor>;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly values: readonly ValueInfo[];
}

/** A whole file. */
export interface OnnxModel {
  readonly irVersion: number;
  readonly producer: string;
  /** Operator-set version by domain; "" is the standard domain. */
  readonly opsets: Readonly<Record<string, number>>;
  readonly graph: OnnxGraph;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Version of the standard operator set that Souk writes. */
export const OPSET = 20;
/** Version of the file format that Souk writes: the one that came with opset 20. */
export const IR_VERSION = 9;
/** Domain of ONNX Runtime's own operators. */
export const MICROSOFT = "com.microsoft";

/** An integer attribute. */
export function int(value: number): Attribute<never> {
  return { kind: "int", value };
}

/** A float attribute (stored as float32). */
export function float(value: number): Attribute<never> {
  return { kind: "float", value };
}

/** An attribute that is a list of integers. */
export function ints(value: readonly number[]): Attribute<never> {
  return { kind: "ints", value };
}

/** A text attribute. */
export function text(value: string): Attribute<never> {
  return { kind: "string", value };
}
